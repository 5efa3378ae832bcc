//! One use of a coupon at checkout, and whether it may be.

use serde_json::{Map, Value, json};

use super::{Coupon, CouponStatus};
use crate::domain::{
    actor::Actor,
    fields::Fields,
    ids::{self, CustomerId},
    invalid::FieldErrors,
    money::{Currency, Money},
    time::Timestamp,
};

/// A use of a coupon that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCouponRedemption {
    /// Who buys; `None`: a guest.
    pub customer: Option<CustomerId>,
    /// The company that the customer buys for: each has its own count.
    pub legal_entity_id: Option<String>,
    /// The order, as the shop calls it.
    pub order_code: Option<String>,
    /// What the order is worth.
    pub order_total: Money,
    /// What the shop took off.
    pub discount: Money,
}

/// A use of a coupon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CouponRedemption {
    /// Its id.
    pub id: String,
    /// The coupon.
    pub code: String,
    /// What it was used for.
    pub used: NewCouponRedemption,
    /// When.
    pub redeemed_at: Timestamp,
    /// Who recorded it.
    pub actor: Actor,
    /// When the use was given back.
    pub deleted_at: Option<Timestamp>,
}

/// Why a coupon may not be used. The message tells what is the case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CouponRefusal {
    /// Its time has not come.
    #[error("The coupon {code} can be used from {} on.", .from.to_contract_z())]
    NotYet {
        /// The coupon.
        code: String,
        /// From when.
        from: Timestamp,
    },
    /// Its time is over.
    #[error("The coupon {0} has expired.")]
    Expired(String),
    /// It was used as often as it may be.
    #[error("The coupon {0} has been used as often as it may be.")]
    Used(String),
    /// Guests may not use it.
    #[error("The coupon {0} is for customers who are signed in. Give a customerNumber.")]
    NotForGuests(String),
    /// It is for other customers.
    #[error("The coupon {0} is for other customers.")]
    NotForCustomer(String),
    /// Whoever shares a referral coupon is not the one it is for.
    #[error("The coupon {0} is for those whom this customer invites.")]
    OwnReferral(String),
    /// The order is worth too little.
    #[error("The coupon {code} takes an order of at least {} {}.", .min.amount.normalize(), .min.currency.as_str())]
    OrderTooSmall {
        /// The coupon.
        code: String,
        /// What it takes.
        min: Money,
    },
    /// The order is in another currency than its least value.
    #[error("The coupon {code} takes orders in {}.", .wanted.as_str())]
    OtherCurrency {
        /// The coupon.
        code: String,
        /// The currency it takes.
        wanted: Currency,
    },
    /// The customer used it as often as one may.
    #[error("The customer has used the coupon {code} as often as one customer may: {limit} times.")]
    UsedByCustomer {
        /// The coupon.
        code: String,
        /// How often.
        limit: i64,
    },
}

impl CouponRefusal {
    /// A word for programs, and the field that it concerns.
    pub const fn kind(&self) -> (&'static str, &'static str) {
        match self {
            Self::NotYet { .. } => ("coupon_inactive", "code"),
            Self::Expired(_) => ("coupon_expired", "code"),
            Self::Used(_) => ("coupon_used", "code"),
            Self::NotForGuests(_) => ("customer_required", "customerNumber"),
            Self::NotForCustomer(_) => ("customer_not_eligible", "customerNumber"),
            Self::OwnReferral(_) => ("own_referral_coupon", "customerNumber"),
            Self::OrderTooSmall { .. } => ("order_value_too_low", "orderTotal.amount"),
            Self::OtherCurrency { .. } => ("currency_mismatch", "orderTotal.currency"),
            Self::UsedByCustomer { .. } => ("customer_limit_reached", "customerNumber"),
        }
    }
}

impl NewCouponRedemption {
    /// Reads what is sent to validate a coupon or to use it.
    ///
    /// # Errors
    /// Every field that does not fit.
    pub fn from_json(map: &Map<String, Value>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut fields = Fields { map, prefix: "", errors: &mut errors };
        let customer = fields.given("customerNumber", CustomerId::parse);
        let legal_entity_id = fields.given("legalEntityId", |id| ids::opaque(id, "an id of a legal entity"));
        let order_code = fields.given("orderCode", |code| ids::opaque(code, "a code of an order"));
        for name in ["orderTotal", "discount"] {
            if fields.get(name).is_none() {
                fields.error(name, "Give an amount and a currency, such as {\"amount\": 12.5, \"currency\": \"EUR\"}.");
            }
        }
        let order_total = fields.parsed("orderTotal", Money::from_json);
        let discount = fields.parsed("discount", Money::from_json);
        if let (Some(total), Some(discount)) = (&order_total, &discount)
            && total.currency != discount.currency
        {
            fields.error("discount", "Give the discount in the currency of the order.");
        }
        match (order_total, discount) {
            (Some(order_total), Some(discount)) if errors.is_empty() => {
                Ok(Self { customer, legal_entity_id, order_code, order_total, discount })
            }
            _ => Err(errors),
        }
    }
}

impl CouponRedemption {
    /// The contract's JSON of it.
    pub fn to_json(&self) -> Map<String, Value> {
        let used = &self.used;
        let mut map = Map::new();
        let mut put = |name: &str, value: Value| map.insert(name.to_owned(), value);
        put("id", json!(self.id));
        put("code", json!(self.code));
        let texts = [
            ("customerNumber", used.customer.as_ref().map(CustomerId::as_str)),
            ("legalEntityId", used.legal_entity_id.as_deref()),
            ("orderCode", used.order_code.as_deref()),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                put(name, json!(text));
            }
        }
        put("orderTotal", used.order_total.to_json());
        put("discount", used.discount.to_json());
        put("redeemedAt", json!(self.redeemed_at.to_contract_z()));
        map
    }
}

/// Whether a coupon that is there can be used for this. The one function that decides it, for the validation and for
/// the use itself. `uses_by_customer` counts what this customer used of it before, for the same legal entity.
///
/// The shop's cart knows its categories, and the shop the segments of its customers: neither is looked at here.
///
/// # Errors
/// The first rule that says no.
pub fn check(
    coupon: &Coupon,
    wanted: &NewCouponRedemption,
    uses_by_customer: i64,
    now: Timestamp,
) -> Result<(), CouponRefusal> {
    let code = || coupon.code.clone();
    let template = &coupon.template;
    match coupon.status(now) {
        CouponStatus::Inactive => {
            return Err(CouponRefusal::NotYet { code: code(), from: template.valid_from.unwrap_or(now) });
        }
        CouponStatus::Expired => return Err(CouponRefusal::Expired(code())),
        CouponStatus::Used => return Err(CouponRefusal::Used(code())),
        CouponStatus::Valid => {}
    }
    match &wanted.customer {
        None if !template.allow_anonymous => return Err(CouponRefusal::NotForGuests(code())),
        Some(customer) if template.restrictions.excludes(customer.as_str()) => {
            return Err(CouponRefusal::NotForCustomer(code()));
        }
        Some(customer) if coupon.referral && coupon.issued_to.as_deref() == Some(customer.as_str()) => {
            return Err(CouponRefusal::OwnReferral(code()));
        }
        _ => {}
    }
    if let Some(min) = &template.restrictions.min_order_value {
        if wanted.order_total.currency != min.currency {
            return Err(CouponRefusal::OtherCurrency { code: code(), wanted: min.currency.clone() });
        }
        if wanted.order_total.amount < min.amount {
            return Err(CouponRefusal::OrderTooSmall { code: code(), min: min.clone() });
        }
    }
    let limit = template.max_redemptions_per_customer;
    if wanted.customer.is_some() && limit >= 0 && uses_by_customer >= limit {
        return Err(CouponRefusal::UsedByCustomer { code: code(), limit });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::coupon::CouponDraft;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn coupon(more: &Value) -> Coupon {
        let mut map = json!({"name": "Winter", "discountType": "PERCENT", "discountPercentage": 10});
        let map = map.as_object_mut().unwrap();
        map.extend(more.as_object().unwrap().clone());
        let draft = CouponDraft::from_json(map).unwrap();
        Coupon {
            code: "WINTER".to_owned(),
            template: draft.template,
            issued_to: draft.issued_to.map(|id| id.to_string()),
            redemption_id: None,
            referral: false,
            redemption_count: 0,
            mixins: None,
            mixin_links: draft.mixin_links,
            version: 0,
            created_at: at("2027-01-01T00:00:00Z"),
            modified_at: at("2027-01-01T00:00:00Z"),
            deleted_at: None,
            imported_at: None,
            uses_before: 0,
        }
    }

    fn by(customer: Option<&str>, amount: &str, currency: &str) -> NewCouponRedemption {
        let money =
            |amount: &str| Money { amount: amount.parse().unwrap(), currency: Currency::parse(currency).unwrap() };
        NewCouponRedemption {
            customer: customer.map(|id| CustomerId::parse(id).unwrap()),
            legal_entity_id: None,
            order_code: None,
            order_total: money(amount),
            discount: money("0"),
        }
    }

    fn kind(answer: Result<(), CouponRefusal>) -> &'static str {
        answer.map_or_else(|refusal| refusal.kind().0, |()| "yes")
    }

    #[test]
    fn the_clock_decides_from_the_first_instant_to_before_the_last() {
        let coupon = coupon(&json!({"restrictions": {
            "validFrom": "2027-01-15T12:00:00Z", "validUntil": "2027-01-16T12:00:00Z"}}));
        let wanted = by(Some("C1"), "10", "EUR");
        for (now, expected) in [
            ("2027-01-15T11:59:59.999Z", "coupon_inactive"),
            ("2027-01-15T12:00:00Z", "yes"),
            ("2027-01-16T11:59:59.999Z", "yes"),
            ("2027-01-16T12:00:00Z", "coupon_expired"),
        ] {
            assert_eq!(kind(check(&coupon, &wanted, 0, at(now))), expected, "{now}");
        }
    }

    #[test]
    fn limits_hold_in_all_and_for_one_customer() {
        let now = at("2027-01-15T12:00:00Z");
        let mut two = coupon(&json!({"maxRedemptions": 2, "maxRedemptionsPerCustomer": 1}));
        let wanted = by(Some("C1"), "10", "EUR");
        assert_eq!(kind(check(&two, &wanted, 0, now)), "yes");
        assert_eq!(kind(check(&two, &wanted, 1, now)), "customer_limit_reached");
        two.redemption_count = 2;
        assert_eq!((two.status(now), kind(check(&two, &wanted, 0, now))), (CouponStatus::Used, "coupon_used"));
        let mut endless = coupon(&json!({}));
        endless.redemption_count = 1_000_000;
        assert_eq!(kind(check(&endless, &wanted, 1_000_000, now)), "yes");
    }

    #[test]
    fn guests_use_what_is_for_guests_and_customers_what_is_for_them() {
        let now = at("2027-01-15T12:00:00Z");
        assert_eq!(kind(check(&coupon(&json!({})), &by(None, "10", "EUR"), 0, now)), "customer_required");
        let open = coupon(&json!({"allowAnonymous": true}));
        assert_eq!(kind(check(&open, &by(None, "10", "EUR"), 0, now)), "yes");
        let bound = coupon(&json!({"restrictions": {"validFor": ["C1"]}}));
        assert_eq!(kind(check(&bound, &by(Some("C1"), "10", "EUR"), 0, now)), "yes");
        assert_eq!(kind(check(&bound, &by(Some("c1"), "10", "EUR"), 0, now)), "customer_not_eligible");
        let mut shared = coupon(&json!({"allowAnonymous": true, "issuedTo": "C1"}));
        assert_eq!(kind(check(&shared, &by(Some("C1"), "10", "EUR"), 0, now)), "yes");
        shared.referral = true;
        assert_eq!(kind(check(&shared, &by(Some("C1"), "10", "EUR"), 0, now)), "own_referral_coupon");
        assert_eq!(kind(check(&shared, &by(Some("C2"), "10", "EUR"), 0, now)), "yes");
    }

    #[test]
    fn the_order_is_large_enough_in_its_own_currency() {
        let now = at("2027-01-15T12:00:00Z");
        let coupon = coupon(&json!({"restrictions": {"minOrderValue": {"amount": 49.99, "currency": "EUR"}}}));
        for (amount, currency, expected) in [
            ("49.99", "EUR", "yes"),
            ("49.990", "EUR", "yes"),
            ("49.98", "EUR", "order_value_too_low"),
            ("5000", "USD", "currency_mismatch"),
        ] {
            assert_eq!(
                kind(check(&coupon, &by(Some("C1"), amount, currency), 0, now)),
                expected,
                "{amount} {currency}"
            );
        }
    }

    #[test]
    fn every_wrong_field_of_a_use_is_named() {
        let sample = json!({
            "customerNumber": "C1", "legalEntityId": "L1", "orderCode": "O1",
            "orderTotal": {"amount": 1090, "currency": "EUR"}, "discount": {"amount": 5, "currency": "EUR"}
        });
        assert!(NewCouponRedemption::from_json(sample.as_object().unwrap()).is_ok());
        for (path, value, field) in [
            ("/orderTotal", Value::Null, "orderTotal"),
            ("/orderTotal", json!([]), "orderTotal"),
            ("/orderTotal/amount", json!(-1), "orderTotal"),
            ("/orderTotal/amount", json!("10"), "orderTotal"),
            ("/orderTotal/amount", Value::Null, "orderTotal"),
            ("/orderTotal/currency", json!("XYZ"), "orderTotal"),
            ("/discount", Value::Null, "discount"),
            ("/discount/currency", json!("USD"), "discount"),
            ("/customerNumber", json!(""), "customerNumber"),
            ("/customerNumber", json!(7), "customerNumber"),
            ("/legalEntityId", json!("a\u{0}"), "legalEntityId"),
            ("/orderCode", json!("x".repeat(256)), "orderCode"),
        ] {
            let mut body = sample.clone();
            *body.pointer_mut(path).unwrap() = value.clone();
            let errors = NewCouponRedemption::from_json(body.as_object().unwrap()).unwrap_err();
            assert!(errors.iter().any(|(named, _)| named == field), "{path} = {value}: {errors}");
        }
    }
}
