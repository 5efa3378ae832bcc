//! Coupons in words.

use chrono_tz::Tz;

use crate::{
    domain::{
        coupon::{Coupon, CouponStatus, CouponTemplate, Discount},
        time::Timestamp,
    },
    web::format,
};

/// A state as a word, and the class of its badge.
pub(super) fn state(coupon: &Coupon, now: Timestamp) -> (&'static str, &'static str) {
    if coupon.deleted_at.is_some() {
        return ("Deleted", "");
    }
    match coupon.status(now) {
        CouponStatus::Valid => ("Valid", "badge-pos"),
        CouponStatus::Inactive => ("Not valid yet", "badge-azure"),
        CouponStatus::Used => ("Used up", ""),
        CouponStatus::Expired => ("Expired", ""),
    }
}

/// What it takes off.
pub(super) fn worth(discount: &Discount) -> String {
    match discount {
        Discount::Percent(percent) => format!("{}% off", percent.normalize()),
        Discount::Absolute { amount, currency } => format!("{} off", format::money(*amount, currency)),
        Discount::FreeShipping => "Free shipping".to_owned(),
    }
}

/// How often it was used, and may be.
pub(super) fn uses(coupon: &Coupon) -> String {
    let used = format::number(coupon.redemption_count);
    match coupon.template.max_redemptions {
        -1 => format!("{used}, no limit"),
        limit => format!("{used} of {}", format::number(limit)),
    }
}

/// The last day on which it can be used, or the instant where it does not end with a day.
pub(super) fn until(at: Timestamp, zone: Tz) -> String {
    let last = Timestamp::from_micros(at.micros().saturating_sub(1));
    if format::date(last, zone) == format::date(at, zone) {
        format::date_time(at, zone)
    } else {
        format::date(last, zone)
    }
}

/// One fact of a coupon.
pub(super) struct Fact {
    pub(super) label: &'static str,
    pub(super) value: String,
}

/// To whom a coupon is worth something, when and how often.
pub(super) fn facts(template: &CouponTemplate, zone: Tz) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut fact = |label: &'static str, value: String| facts.push(Fact { label, value });
    if let Some(min) = &template.restrictions.min_order_value {
        fact("Order from", format::money(min.amount, &min.currency));
    }
    if let Some(at) = template.valid_from {
        fact("Valid from", format::date_time(at, zone));
    }
    fact("Valid until", template.valid_until.map_or_else(|| "No end".to_owned(), |at| until(at, zone)));
    let times = |limit: i64| match limit {
        -1 => "No limit".to_owned(),
        limit => format::count(limit, "time", "times"),
    };
    fact("Can be used", times(template.max_redemptions));
    if template.max_redemptions_per_customer != -1 {
        fact("By one customer", times(template.max_redemptions_per_customer));
    }
    let restrictions = &template.restrictions;
    let who = match restrictions.valid_for.len() {
        0 if template.allow_anonymous => "Anyone with the code".to_owned(),
        0 => "Any signed-in customer".to_owned(),
        1 => "One customer".to_owned(),
        many => format!("{} customers", format::number(i64::try_from(many).unwrap_or(i64::MAX))),
    };
    fact("Who can use it", who);
    for (label, ids) in [
        ("Categories", &restrictions.included_categories),
        ("Not for", &restrictions.excluded_categories),
        ("Segments", &restrictions.segments),
    ] {
        if !ids.is_empty() {
            fact(label, ids.join(", "));
        }
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coupon_that_ends_with_a_day_tells_its_last_day() {
        let zone = chrono_tz::Europe::Berlin;
        let at = |text: &str| Timestamp::parse(text).unwrap();
        assert_eq!(until(at("2027-01-31T23:00:00Z"), zone), "31 Jan 2027");
        assert_eq!(until(at("2027-01-31T23:00:00Z"), chrono_tz::UTC), "31 Jan 2027, 23:00");
        assert_eq!(until(at("2027-01-31T11:30:00Z"), zone), "31 Jan 2027, 12:30");
    }
}
