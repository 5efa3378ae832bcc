//! What an order earns, and the sum that explains it.

use std::fmt::Write as _;

use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::snapshot::{Snapshot, Totals};
use crate::{
    domain::{
        calendar,
        ids::OrderId,
        points::Points,
        site::{Basis, EarningRule, OrderTotal, Rounding, Shortfall},
        time::Timestamp,
    },
    texts::{self, t},
};

/// What an order earns: decided once, by the rule that held when it was completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Award {
    /// How many points; 0 when none.
    pub points: i64,
    /// The version of the site's rule; `None` when none held yet.
    pub rule_version: Option<i64>,
    /// The sum that explains the points, as JSON (see [`Working`]); `None` when the rule was switched off, or none held.
    pub working: Option<String>,
    /// From when the points can be spent; `None`: at once.
    pub available_from: Option<Timestamp>,
    /// When they end.
    pub valid_until: Timestamp,
    /// What a return does when the points are spent.
    pub shortfall: Shortfall,
}

impl Award {
    /// What an order completed at `at` earns on a site in `zone`, by the rule that held then.
    pub fn of(id: &OrderId, order: &Snapshot, rule: Option<&EarningRule>, at: Timestamp, zone: Tz) -> Self {
        let none = Self {
            points: 0,
            rule_version: rule.map(|rule| rule.version),
            working: None,
            available_from: None,
            valid_until: at,
            shortfall: rule.map_or(Shortfall::Clamp, |rule| rule.shortfall),
        };
        let Some(rule) = rule.filter(|rule| rule.enabled) else { return none };
        let working = Working::of(id, order, rule);
        let days = u64::from(rule.pending_days);
        Self {
            points: working.points,
            working: Some(working.to_json().to_string()),
            available_from: (days > 0).then(|| calendar::start_of_day_after(at, days, zone)),
            valid_until: calendar::valid_until(at, rule.validity_months, rule.validity_end, zone),
            ..none
        }
    }

    /// Why the order earns what it earns, in a sentence.
    pub fn explanation(&self) -> String {
        let working = self.working.as_deref().and_then(Working::from_text);
        match (working, self.rule_version) {
            (Some(working), _) => working.to_string(),
            (None, Some(version)) => t!("earning-switched-off", version = version),
            (None, None) => t!("earning-before-first-rule"),
        }
    }
}

/// How the points of an order were worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Working {
    /// The order.
    pub order: String,
    /// Its currency.
    pub currency: String,
    /// Which total counts.
    pub counts: Basis,
    /// That total.
    pub total: Decimal,
    /// The shipping that does not count; `None` when it does.
    pub shipping: Option<Decimal>,
    /// The discount that is taken off; `None` when it is not.
    pub discount: Option<Decimal>,
    /// What counts: the basis of the points.
    pub basis: Decimal,
    /// Points per unit of currency.
    pub factor: Decimal,
    /// Basis times factor.
    pub exact: Decimal,
    /// What happened to the fraction.
    pub rounding: Rounding,
    /// The most that one order earned.
    pub cap: Option<i64>,
    /// The version of the site's rule.
    pub rule_version: i64,
    /// How many points.
    pub points: i64,
}

/// The total that a rule looks at, and the part of it that counts.
fn total_and_basis(totals: &Totals, rule: &EarningRule) -> (Decimal, Decimal) {
    let total = match rule.basis {
        Basis::Gross => totals.gross,
        Basis::Net => totals.net,
    };
    let (shipping, discount) = (totals.shipping, totals.discount);
    (total, rule.counted(&OrderTotal { paid: total - discount, shipping, discount }))
}

/// How many points an order earns by a rule that is switched on.
pub fn points_of(totals: &Totals, rule: &EarningRule) -> i64 {
    let (_, basis) = total_and_basis(totals, rule);
    rule.points_for(basis)
}

impl Working {
    fn of(id: &OrderId, order: &Snapshot, rule: &EarningRule) -> Self {
        let (shipping, discount) = (order.totals.shipping, order.totals.discount);
        let (total, basis) = total_and_basis(&order.totals, rule);
        Self {
            order: id.to_string(),
            currency: order.currency.as_str().to_owned(),
            counts: rule.basis,
            total,
            shipping: (!rule.with_shipping).then_some(shipping),
            discount: rule.after_discounts.then_some(discount),
            basis,
            factor: rule.factor.normalize(),
            exact: basis.checked_mul(rule.factor).unwrap_or(Decimal::MAX).normalize(),
            rounding: rule.rounding,
            cap: rule.cap_per_order.map(Points::get),
            rule_version: rule.version,
            points: rule.points_for(basis),
        }
    }

    /// As it is stored with the entry.
    pub fn to_json(&self) -> Value {
        let text = |amount: Decimal| Value::String(amount.to_string());
        json!({
            "order": self.order, "currency": self.currency, "counts": self.counts.as_str(), "total": text(self.total),
            "shipping": self.shipping.map(text), "discount": self.discount.map(text), "basis": text(self.basis),
            "factor": text(self.factor), "exact": text(self.exact), "rounding": self.rounding.as_str(),
            "cap": self.cap, "ruleVersion": self.rule_version, "points": self.points,
        })
    }

    /// Reads what was stored with an entry; `None` when it is something else.
    pub fn from_text(details: &str) -> Option<Self> {
        let map: Map<String, Value> = serde_json::from_str(details).ok()?;
        let text = |name: &str| map.get(name).and_then(Value::as_str);
        let amount = |name: &str| text(name).and_then(|text| text.parse::<Decimal>().ok());
        let whole = |name: &str| map.get(name).and_then(Value::as_i64);
        Some(Self {
            order: text("order")?.to_owned(),
            currency: text("currency")?.to_owned(),
            counts: Basis::parse(text("counts")?).ok()?,
            total: amount("total")?,
            shipping: amount("shipping"),
            discount: amount("discount"),
            basis: amount("basis")?,
            factor: amount("factor")?,
            exact: amount("exact")?,
            rounding: Rounding::parse(text("rounding")?).ok()?,
            cap: whole("cap"),
            rule_version: whole("ruleVersion")?,
            points: whole("points")?,
        })
    }
}

/// `119.00 gross - 4.90 shipping - 10.00 discount = 104.10 x 1 = 104.1, rounded down: 104`
impl std::fmt::Display for Working {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let number = |amount: Decimal| amount.to_string().replace('.', &texts::current().decimal_sign().to_string());
        let counts = match self.counts {
            Basis::Gross => t!("earning-gross", amount = number(self.total)),
            Basis::Net => t!("earning-net", amount = number(self.total)),
        };
        let mut sum = counts;
        let mut less = Decimal::ZERO;
        for (amount, what) in [(self.shipping, t!("earning-shipping")), (self.discount, t!("earning-discount"))] {
            if let Some(amount) = amount.filter(|amount| !amount.is_zero()) {
                write!(sum, " - {} {what}", number(amount))?;
                less += amount;
            }
        }
        if !less.is_zero() {
            if less > self.total {
                write!(sum, ", {}", t!("earning-nothing", amount = number(self.basis)))?;
            } else {
                write!(sum, " = {}", number(self.basis))?;
            }
        }
        write!(f, "{sum} x {} = {}", number(self.factor), number(self.exact))?;
        let rounded = match self.rounding {
            _ if self.exact.is_integer() => None,
            Rounding::Floor => Some(t!("earning-rounded-down")),
            Rounding::HalfUp => Some(t!("earning-rounded-nearest")),
            Rounding::Ceiling => Some(t!("earning-rounded-up")),
        };
        let is_capped = self.cap.is_some_and(|cap| cap == self.points && self.exact > Decimal::from(cap));
        let capped = is_capped.then(|| t!("earning-capped"));
        let changed = rounded.is_some() || capped.is_some();
        for what in [rounded, capped].into_iter().flatten() {
            write!(f, ", {what}")?;
        }
        if changed { write!(f, ": {}", self.points) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{
        ids::SiteCode,
        money::{Currency, decimal},
        order::snapshot::{OrderStatus, Totals},
    };

    fn order(gross: &str, net: &str, shipping: &str, discount: &str) -> Snapshot {
        let amount = |text: &str| decimal(text).unwrap();
        let (gross, net) = (amount(gross), amount(net));
        let totals = Totals { gross, net, tax: gross - net, shipping: amount(shipping), discount: amount(discount) };
        Snapshot {
            customer: None,
            site: SiteCode::main(),
            status: OrderStatus::Completed,
            currency: Currency::parse("EUR").unwrap(),
            totals,
            items: Vec::new(),
            completed_at: None,
        }
    }

    fn rule() -> EarningRule {
        EarningRule::initial(Timestamp::from_micros(0))
    }

    fn award(order: &Snapshot, rule: Option<&EarningRule>) -> Award {
        let at = Timestamp::parse("2026-11-22T20:00:00Z").unwrap();
        Award::of(&OrderId::parse("B1").unwrap(), order, rule, at, chrono_tz::Europe::Berlin)
    }

    #[test]
    fn an_award_explains_itself() {
        let order = order("119.00", "100.00", "4.90", "10.00");
        let mut rule = rule();
        let told = |rule: &EarningRule| {
            let award = award(&order, Some(rule));
            (award.points, award.explanation())
        };
        let of = |points: i64, text: &str| (points, text.to_owned());
        assert_eq!(
            told(&rule),
            of(104, "119.00 gross - 4.90 shipping - 10.00 discount = 104.10 x 1 = 104.1, rounded down: 104")
        );
        rule.rounding = Rounding::Ceiling;
        rule.with_shipping = true;
        assert_eq!(told(&rule), of(109, "119.00 gross - 10.00 discount = 109.00 x 1 = 109"));
        rule.factor = decimal("0.95").unwrap();
        assert_eq!(told(&rule), of(104, "119.00 gross - 10.00 discount = 109.00 x 0.95 = 103.55, rounded up: 104"));
        rule.after_discounts = false;
        rule.basis = Basis::Net;
        rule.rounding = Rounding::HalfUp;
        rule.factor = decimal("1.005").unwrap();
        assert_eq!(told(&rule), of(101, "100.00 net x 1.005 = 100.5, rounded to the nearest: 101"));
        rule.cap_per_order = Points::new(50).ok();
        assert_eq!(
            told(&rule),
            of(50, "100.00 net x 1.005 = 100.5, rounded to the nearest, limited by the most for one order: 50")
        );
        // A bound that takes nothing away is not told.
        rule.cap_per_order = Points::new(101).ok();
        assert_eq!(told(&rule), of(101, "100.00 net x 1.005 = 100.5, rounded to the nearest: 101"));
        rule.factor = decimal("1.01").unwrap();
        assert_eq!(told(&rule), of(101, "100.00 net x 1.01 = 101"));
        assert_eq!(points_of(&order.totals, &rule), 101);
        rule.enabled = false;
        assert_eq!(told(&rule), of(0, "The site's earning rule (version 1) was switched off."));
        let none = award(&order, None);
        assert_eq!((none.points, none.rule_version), (0, None));
        assert!(none.explanation().contains("before the site's first"), "{}", none.explanation());
    }

    #[test]
    fn an_order_that_counts_less_than_nothing_earns_nothing() {
        let award = award(&order("1.00", "1.00", "4.90", "0"), Some(&rule()));
        assert_eq!(award.points, 0);
        let text = "1.00 gross - 4.90 shipping, which is less than nothing and counts as 0 x 1 = 0";
        assert_eq!(award.explanation(), text);
    }

    #[test]
    fn an_order_that_counts_nothing_is_not_called_less_than_that() {
        let award = award(&order("4.90", "4.90", "4.90", "0"), Some(&rule()));
        assert_eq!(award.explanation(), "4.90 gross - 4.90 shipping = 0.00 x 1 = 0");
    }

    #[test]
    fn points_begin_and_end_by_the_order_and_not_by_its_arrival() {
        let mut rule = rule();
        assert_eq!(award(&order("10.00", "10.00", "0", "0"), Some(&rule)).available_from, None);
        rule.pending_days = 14;
        let award = award(&order("10.00", "10.00", "0", "0"), Some(&rule));
        assert_eq!(award.available_from.unwrap().to_contract_z(), "2026-12-05T23:00:00.000Z");
        assert_eq!(award.valid_until.to_contract_z(), "2027-11-21T23:00:00.000Z");
    }

    proptest! {
        /// The same sum in whole numbers of billionths.
        #[test]
        fn points_are_those_of_whole_numbers(
            gross in 0_i64..1_000_000_000_000, shipping in 0_i64..10_000_000, discount in 0_i64..1_000_000_000,
            scale in 0_u32..=9, factor in 0_i64..1_000_000_000_000_000, with_shipping: bool, after_discounts: bool,
            rounding in 0_usize..3, cap in proptest::option::of(1_i64..2_000_000),
        ) {
            let amount = |units: i64| Decimal::new(units, scale);
            let mut order = order("0", "0", "0", "0");
            order.totals = Totals {
                gross: amount(gross), net: amount(gross), tax: Decimal::ZERO,
                shipping: amount(shipping), discount: amount(discount),
            };
            let mut rule = rule();
            rule.factor = Decimal::new(factor, 9);
            rule.rounding = Rounding::ALL[rounding];
            (rule.with_shipping, rule.after_discounts) = (with_shipping, after_discounts);
            rule.cap_per_order = cap.and_then(|cap| Points::new(cap).ok());

            let mut basis = i128::from(gross);
            if !with_shipping { basis -= i128::from(shipping); }
            if after_discounts { basis -= i128::from(discount); }
            let product = basis.max(0) * i128::from(factor);
            let unit = 10_i128.pow(scale + 9);
            let whole = match rule.rounding {
                Rounding::Floor => product / unit,
                Rounding::HalfUp => (2 * product + unit) / (2 * unit),
                Rounding::Ceiling => (product + unit - 1) / unit,
            };
            let points = whole.min(i128::from(cap.unwrap_or(Points::MAX))).min(i128::from(Points::MAX));
            let award = award(&order, Some(&rule));
            prop_assert_eq!(i128::from(award.points), points);
            let working = Working::from_text(award.working.as_deref().unwrap()).unwrap();
            prop_assert_eq!(working.points, award.points);
            prop_assert_eq!(working.to_json().to_string(), award.working.unwrap());
        }
    }
}
