//! Sites and their earning rules.

use chrono_tz::Tz;
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive as _};

use super::{
    calendar::{self, ValidityEnd},
    ids::SiteCode,
    invalid::Invalid,
    money::Currency,
    points::Points,
    time::Timestamp,
};
use crate::texts::t;

/// Longest coupon prefix.
const PREFIX_CHARS_MAX: usize = 16;

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ } else $message:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name, as it is stored and answered.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// Takes a name.
            ///
            /// # Errors
            /// When there is no such choice.
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text).ok_or_else(|| Invalid::new($message))
            }
        }
    };
}

choice! {
    /// How a fraction of a point becomes a whole number.
    Rounding {
        /// Down.
        Floor = "floor",
        /// To the nearest, halves up.
        HalfUp = "half_up",
        /// Up.
        Ceiling = "ceiling",
    } else t!("invalid-rounding")
}

choice! {
    /// Which total of an order counts.
    Basis {
        /// With tax.
        Gross = "gross",
        /// Without tax.
        Net = "net",
    } else t!("invalid-basis")
}

choice! {
    /// What a return does when its points are spent already.
    Shortfall {
        /// Takes what is there and records the rest.
        Clamp = "clamp",
        /// Later points pay it first.
        Owe = "owe",
    } else t!("invalid-shortfall")
}

/// What an order came to: every amount with tax, or every amount without, as the rule's basis asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderTotal {
    /// What was paid: with shipping, after discounts.
    pub paid: Decimal,
    /// The part of it that is shipping.
    pub shipping: Decimal,
    /// What was taken off before.
    pub discount: Decimal,
}

/// How a site awards points. A version never changes; a change is a new version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarningRule {
    /// From 1.
    pub version: i64,
    /// From when it holds.
    pub holds_from: Timestamp,
    /// Whether orders earn points at all.
    pub enabled: bool,
    /// Points per unit of currency.
    pub factor: Decimal,
    /// What happens to fractions of a point.
    pub rounding: Rounding,
    /// Which total counts.
    pub basis: Basis,
    /// Whether shipping counts.
    pub with_shipping: bool,
    /// Whether discounts are taken off first.
    pub after_discounts: bool,
    /// Days until the points can be spent.
    pub pending_days: u32,
    /// The most that one order earns.
    pub cap_per_order: Option<Points>,
    /// Calendar months that points are valid.
    pub validity_months: u32,
    /// To what their end is rounded.
    pub validity_end: ValidityEnd,
    /// What a return does when its points are spent.
    pub shortfall: Shortfall,
}

impl EarningRule {
    /// The rule of a new site.
    pub fn initial(now: Timestamp) -> Self {
        Self {
            version: 1,
            holds_from: now,
            enabled: true,
            factor: Decimal::ONE,
            rounding: Rounding::Floor,
            basis: Basis::Gross,
            with_shipping: false,
            after_discounts: true,
            pending_days: 0,
            cap_per_order: None,
            validity_months: 12,
            validity_end: ValidityEnd::StartOfDay,
            shortfall: Shortfall::Clamp,
        }
    }

    /// Takes a number of months.
    ///
    /// # Errors
    /// When it is not within 1 to 1200.
    pub fn months(text: &str) -> Result<u32, Invalid> {
        text.trim()
            .parse()
            .ok()
            .filter(|months| (1..=1200).contains(months))
            .ok_or_else(|| Invalid::new(t!("invalid-months")))
    }

    /// Takes a number of pending days.
    ///
    /// # Errors
    /// When it is not within 0 to 365.
    pub fn days(text: &str) -> Result<u32, Invalid> {
        text.trim().parse().ok().filter(|days| *days <= 365).ok_or_else(|| Invalid::new(t!("invalid-days")))
    }

    /// Takes a factor: 0 to 1,000,000, at most 9 decimals.
    ///
    /// # Errors
    /// When it is no such number.
    pub fn factor(text: &str) -> Result<Decimal, Invalid> {
        super::money::decimal_typed(text)
            .ok()
            .filter(|factor| *factor <= Decimal::from(1_000_000))
            .map(|factor| factor.normalize())
            .ok_or_else(|| Invalid::new(t!("invalid-factor")))
    }

    /// The part of an order's total that earns points.
    pub fn counted(&self, order: &OrderTotal) -> Decimal {
        let mut amount = order.paid;
        if !self.with_shipping {
            amount -= order.shipping;
        }
        if !self.after_discounts {
            amount += order.discount;
        }
        amount.max(Decimal::ZERO)
    }

    /// How many points `basis` earns: `basis x factor`, rounded, up to the cap.
    pub fn points_for(&self, basis: Decimal) -> i64 {
        let strategy = match self.rounding {
            Rounding::Floor => RoundingStrategy::ToNegativeInfinity,
            Rounding::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Rounding::Ceiling => RoundingStrategy::ToPositiveInfinity,
        };
        let exact = basis.checked_mul(self.factor).unwrap_or(Decimal::MAX);
        let points = exact.round_dp_with_strategy(0, strategy).to_i64().unwrap_or(i64::MAX).max(0);
        self.cap_per_order.map_or(points, |cap| points.min(cap.get())).min(Points::MAX)
    }
}

/// One shop of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its code.
    pub code: SiteCode,
    /// From 1, one more with every change of what stands here; the rule has a version of its own.
    pub version: i64,
    /// What people call it.
    pub name: String,
    /// Its time zone.
    pub zone: Tz,
    /// The currency of its orders.
    pub currency: Currency,
    /// What its coupon codes begin with; empty for none.
    pub coupon_prefix: String,
    /// Origins whose pages may call the storefront API.
    pub allowed_origins: Vec<String>,
    /// The earning rule that holds.
    pub rule: EarningRule,
}

impl Site {
    /// A site as it begins: no prefix, no origins, the initial rule.
    pub fn initial(code: SiteCode, name: &str, zone: Tz, currency: Currency, now: Timestamp) -> Self {
        Self {
            code,
            version: 1,
            name: name.to_owned(),
            zone,
            currency,
            coupon_prefix: String::new(),
            allowed_origins: Vec::new(),
            rule: EarningRule::initial(now),
        }
    }

    /// Takes a coupon prefix: nothing, or up to 16 capital letters and digits.
    ///
    /// # Errors
    /// When it is no such text.
    pub fn prefix(text: &str) -> Result<String, Invalid> {
        let text = text.trim().to_ascii_uppercase();
        if text.len() <= PREFIX_CHARS_MAX && text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            Ok(text)
        } else {
            Err(Invalid::new(t!("invalid-prefix")))
        }
    }

    /// Takes a time zone of the IANA database.
    ///
    /// # Errors
    /// When there is no such zone.
    pub fn time_zone(text: &str) -> Result<Tz, Invalid> {
        text.trim().parse().map_err(|_unknown| Invalid::new(t!("invalid-time-zone")))
    }

    /// Takes an origin such as `https://shop.example.com`: scheme, host and port, nothing behind.
    ///
    /// # Errors
    /// When it is no such text.
    pub fn origin(text: &str) -> Result<String, Invalid> {
        let text = text.trim().trim_end_matches('/').to_ascii_lowercase();
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let fits = host.is_some_and(|host| {
            !host.is_empty()
                && host.len() <= 255
                && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
        });
        if fits { Ok(text) } else { Err(Invalid::new(t!("invalid-origin"))) }
    }

    /// When points awarded now end.
    pub fn valid_until(&self, now: Timestamp) -> Timestamp {
        calendar::valid_until(now, self.rule.validity_months, self.rule.validity_end, self.zone)
    }

    /// From when points of an order completed now can be spent; `None`: at once.
    pub fn available_from(&self, now: Timestamp) -> Option<Timestamp> {
        (self.rule.pending_days > 0)
            .then(|| calendar::start_of_day_after(now, u64::from(self.rule.pending_days), self.zone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::decimal;

    #[test]
    fn points_are_rounded_as_the_rule_says() {
        let mut rule = EarningRule::initial(Timestamp::from_micros(0));
        rule.factor = decimal("0.95").unwrap();
        let table = [("10.00", 9, 10, 10), ("100", 95, 95, 95), ("0", 0, 0, 0), ("0.01", 0, 0, 1), ("5.80", 5, 6, 6)];
        for (basis, floor, half_up, ceiling) in table {
            for (rounding, points) in
                [(Rounding::Floor, floor), (Rounding::HalfUp, half_up), (Rounding::Ceiling, ceiling)]
            {
                rule.rounding = rounding;
                assert_eq!(rule.points_for(decimal(basis).unwrap()), points, "{basis} {rounding:?}");
            }
        }
        rule.cap_per_order = Points::new(50).ok();
        assert_eq!(rule.points_for(decimal("1000").unwrap()), 50);
    }

    #[test]
    fn shipping_and_discounts_count_as_the_rule_says() {
        let amount = |text: &str| decimal(text).unwrap();
        let order = OrderTotal { paid: amount("119.00"), shipping: amount("4.90"), discount: amount("10.00") };
        let mut rule = EarningRule::initial(Timestamp::from_micros(0));
        for (with_shipping, after_discounts, counted) in
            [(false, true, "114.10"), (true, true, "119.00"), (false, false, "124.10"), (true, false, "129.00")]
        {
            (rule.with_shipping, rule.after_discounts) = (with_shipping, after_discounts);
            assert_eq!(rule.counted(&order), amount(counted));
        }
        let only_shipping = OrderTotal { paid: amount("1.00"), shipping: amount("4.90"), discount: amount("3.90") };
        (rule.with_shipping, rule.after_discounts) = (false, true);
        assert_eq!(rule.counted(&only_shipping), Decimal::ZERO);
    }

    #[test]
    fn origins_are_scheme_host_and_port() {
        assert_eq!(Site::origin(" https://Shop.example.com/ ").unwrap(), "https://shop.example.com");
        assert!(Site::origin("http://localhost:3000").is_ok());
        for text in ["", "*", "shop.example.com", "https://", "https://a/b", "https://a b", "null", "https://u@h"] {
            assert!(Site::origin(text).is_err(), "{text}");
        }
    }
}
