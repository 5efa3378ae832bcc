//! Coupons in words.

use chrono_tz::Tz;

use crate::{
    domain::{
        coupon::{Coupon, CouponStatus, CouponTemplate},
        time::Timestamp,
    },
    texts::t,
    web::format,
};

/// A state as a word, and the class of its badge.
pub(super) fn state(coupon: &Coupon, now: Timestamp) -> (String, &'static str) {
    if coupon.deleted_at.is_some() {
        return (t!("coupons-view-deleted"), "");
    }
    match coupon.status(now) {
        CouponStatus::Valid => (t!("coupons-view-valid"), "badge-pos"),
        CouponStatus::Inactive => (t!("coupons-view-inactive"), "badge-azure"),
        CouponStatus::Used => (t!("coupons-view-used"), ""),
        CouponStatus::Expired => (t!("coupons-view-expired"), ""),
    }
}

/// How often it was used, and may be.
pub(super) fn uses(coupon: &Coupon) -> String {
    match coupon.template.max_redemptions {
        -1 => t!("coupons-uses-endless", used = coupon.redemption_count),
        limit => t!("coupons-uses-of", used = coupon.redemption_count, limit = limit),
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
    pub(super) label: String,
    pub(super) value: String,
}

/// To whom a coupon is worth something, when and how often.
pub(super) fn facts(template: &CouponTemplate, zone: Tz) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut fact = |label: String, value: String| facts.push(Fact { label, value });
    if let Some(min) = &template.restrictions.min_order_value {
        fact(t!("coupons-order-from"), format::money(min.amount, &min.currency));
    }
    if let Some(at) = template.valid_from {
        fact(t!("coupons-valid-from"), format::date_time(at, zone));
    }
    fact(t!("coupons-until"), template.valid_until.map_or_else(|| t!("coupons-no-end"), |at| until(at, zone)));
    let times = |limit: i64| match limit {
        -1 => t!("coupon-no-limit"),
        limit => t!("coupon-times", count = limit),
    };
    fact(t!("coupon-can-be-used"), times(template.max_redemptions));
    if template.max_redemptions_per_customer != -1 {
        fact(t!("coupon-by-one-customer"), times(template.max_redemptions_per_customer));
    }
    let restrictions = &template.restrictions;
    let who = match restrictions.valid_for.len() {
        0 if template.allow_anonymous => t!("coupons-holder-anyone"),
        0 => t!("coupons-holder-signed-in"),
        1 => t!("coupons-holder-one"),
        many => t!("coupon-many-customers", count = many),
    };
    fact(t!("coupons-holder"), who);
    for (label, ids) in [
        (t!("coupon-categories"), &restrictions.included_categories),
        (t!("coupon-not-for"), &restrictions.excluded_categories),
        (t!("coupon-segments"), &restrictions.segments),
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
