//! The shape of options in the API's document. The domain writes and reads them; a test compares the two.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::{option, reach::Reach};

/// What so many points buy.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RedeemOption {
    /// Its id.
    #[schema(example = "019316e0a3f27c3e9a1f4f6f5c7d8e90")]
    id: String,
    #[serde(flatten)]
    option: NewRedeemOption,
    /// How many can still be had; only of options with a stock.
    stock_left: Option<i64>,
}

/// What so many points buy, and whether the customer can have it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct OwnRedeemOption {
    #[serde(flatten)]
    option: RedeemOption,
    /// The points that the customer lacks; 0 when there are enough.
    #[schema(minimum = 0, example = 40)]
    missing_points: i64,
    /// Whether the customer can have it now.
    #[schema(example = false)]
    can_redeem: bool,
    /// Why not: `points`, `limit` (the customer had it as often as one may), `soldOut` or `notYet`; absent when it can
    /// be had.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "points")]
    reason: Option<String>,
}

/// An option with whether the customer can have it.
pub(super) fn with_reach(option: &option::RedeemOption, reach: Reach) -> Value {
    let mut value = option.to_json();
    if let Some(map) = value.as_object_mut() {
        map.insert("missingPoints".to_owned(), json!(reach.missing));
        map.insert("canRedeem".to_owned(), json!(reach.obstacle.is_none()));
        if let Some(obstacle) = reach.obstacle {
            map.insert("reason".to_owned(), json!(obstacle.as_str()));
        }
    }
    value
}

/// What so many points shall buy.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewRedeemOption {
    /// Always `coupon`.
    #[schema(example = "coupon")]
    r#type: String,
    /// What customers read.
    #[schema(max_length = 200, example = "10 Euro Gutschein")]
    name: String,
    /// More to read.
    #[schema(max_length = 2000, example = "Für 90 Punkte")]
    description: Option<String>,
    /// What it costs.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 90)]
    points: i64,
    /// The coupon that the points buy.
    #[schema(inline = false)]
    coupon: OptionCoupon,
    /// Kept and shown for clients that use it.
    points_after_coupon: Option<i64>,
    /// Whether it can be had; true when it is left out.
    active: Option<bool>,
    /// From when it can be had.
    #[schema(format = DateTime, example = "2027-01-01T00:00:00.000Z")]
    active_from: Option<String>,
    /// Up to when it can be had.
    #[schema(format = DateTime, example = "2027-02-01T00:00:00.000Z")]
    active_until: Option<String>,
    /// How often it can be had in all.
    #[schema(minimum = 0, example = 1000)]
    stock: Option<i64>,
    /// How often one customer can have it.
    #[schema(minimum = 1, example = 1)]
    max_per_customer: Option<i64>,
    /// The sites on which it can be had; all of them when it is left out or empty.
    #[schema(example = json!(["main"]))]
    sites: Option<Vec<String>>,
    /// Days for which its coupons can be used.
    #[schema(minimum = 1, maximum = 36_500, example = 90)]
    coupon_lifetime_days: Option<i64>,
    /// Whether only the customer who paid the points can use the coupon.
    bound_to_customer: Option<bool>,
    /// What becomes of the points when an order comes back that was paid with a coupon of this option: `ASK` an
    /// employee, `GIVE_BACK` them when all of it comes back, or `KEEP` them spent.
    #[schema(default = "ASK", example = "GIVE_BACK")]
    when_order_returned: Option<String>,
    /// Names and descriptions in other languages.
    #[schema(example = json!({"de": {"name": "10 € Gutschein", "description": "Ab 50 € Bestellwert"}}))]
    names: Option<BTreeMap<String, OptionName>>,
    /// Version and times. Of a change only the version counts; of a new option nothing.
    #[schema(inline = false)]
    metadata: Option<OptionMetadata>,
}

/// A name and a description in one language.
#[derive(Serialize, ToSchema)]
pub(super) struct OptionName {
    /// What customers read.
    name: String,
    /// More to read.
    description: Option<String>,
}

/// Version and times of an option.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct OptionMetadata {
    /// From 1, one more with every change.
    #[schema(example = 1)]
    version: Option<i64>,
    /// When it was made.
    #[schema(format = DateTime, example = "2023-07-25T13:28:25.960Z")]
    created_at: Option<String>,
    /// When it was changed last.
    #[schema(format = DateTime, example = "2023-07-25T13:28:25.960Z")]
    modified_at: Option<String>,
}

/// The coupon that an option's points buy.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct OptionCoupon {
    /// What people read.
    #[schema(max_length = 200, example = "Gutschein über 10 Euro")]
    name: String,
    /// More to read.
    #[schema(max_length = 2000)]
    description: Option<String>,
    /// `PERCENT` or `ABSOLUTE`.
    #[schema(example = "ABSOLUTE")]
    discount_type: String,
    /// How many percent a `PERCENT` coupon takes off.
    #[schema(maximum = 100, example = json!(null))]
    discount_percentage: Option<f64>,
    /// What an `ABSOLUTE` coupon takes off.
    #[schema(inline = false)]
    discount_absolute: Option<OptionMoney>,
    /// Whether guests can use it.
    allow_anonymous: Option<bool>,
    /// How often it can be used; -1 for without limit.
    #[schema(example = 1)]
    max_redemptions: Option<i64>,
    /// How often one customer can use it; -1 for without limit.
    max_redemptions_per_customer: Option<i64>,
    /// Further conditions, as the coupon service has them: `validFrom`, `validUntil`, `minOrderValue` and others.
    #[schema(value_type = Option<Object>, example = json!({"minOrderValue": {"amount": 50, "currency": "EUR"}}))]
    restrictions: Option<Value>,
    /// Always `VALID`.
    #[schema(example = "VALID")]
    status: Option<String>,
}

/// An amount of money.
#[derive(Serialize, ToSchema)]
pub(super) struct OptionMoney {
    /// How much.
    #[schema(example = 10)]
    amount: f64,
    /// Of which currency (ISO 4217).
    #[schema(example = "EUR")]
    currency: String,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use utoipa::PartialSchema;

    use super::*;
    use crate::domain::time::Timestamp;

    /// The names of a schema's properties, those of the schemas that it is made of included.
    fn properties(schema: &Value) -> BTreeSet<String> {
        let own = schema["properties"].as_object().into_iter().flat_map(|map| map.keys().cloned());
        let parts = schema["allOf"].as_array().into_iter().flatten();
        own.chain(parts.flat_map(|part| match part["$ref"].as_str() {
            Some(_) => properties(&of::<NewRedeemOption>()),
            None => properties(part),
        }))
        .collect()
    }

    fn of<T: PartialSchema>() -> Value {
        serde_json::to_value(T::schema()).unwrap()
    }

    fn keys(value: &Value) -> BTreeSet<String> {
        value.as_object().unwrap().keys().cloned().collect()
    }

    #[test]
    fn the_document_names_the_fields_that_are_answered() {
        let money = json!({"amount": 1, "currency": "EUR"});
        let mut full = json!({
            "type": "coupon", "name": "n", "description": "d", "points": 1, "pointsAfterCoupon": 1, "active": false,
            "activeFrom": "2027-01-01T00:00:00Z", "activeUntil": "2027-01-02T00:00:00Z", "stock": 1,
            "maxPerCustomer": 1, "sites": ["main"], "couponLifetimeDays": 1, "boundToCustomer": true, "whenOrderReturned": "KEEP",
            "names": {"de": {"name": "n", "description": "d"}},
            "coupon": {
                "name": "n", "description": "d", "discountType": "ABSOLUTE", "discountAbsolute": money,
                "maxRedemptions": 1, "maxRedemptionsPerCustomer": 1, "restrictions": {"minOrderValue": money},
            },
        });
        let answered = |option: &Value| {
            option::RedeemOption {
                id: "o1".to_owned(),
                position: 1,
                version: 1,
                redeemed: 0,
                draft: option::OptionDraft::from_json(option.as_object().unwrap()).unwrap(),
                created_at: Timestamp::from_micros(0),
                modified_at: Timestamp::from_micros(0),
                archived_at: None,
            }
            .to_json()
        };
        let absolute = answered(&full);
        full["coupon"]["discountType"] = json!("PERCENT");
        full["coupon"]["discountPercentage"] = json!(5);
        let percent = answered(&full);
        assert_eq!(keys(&absolute), properties(&of::<RedeemOption>()));
        assert_eq!(&keys(&absolute["coupon"]) | &keys(&percent["coupon"]), properties(&of::<OptionCoupon>()));
        assert_eq!(keys(&absolute["coupon"]["discountAbsolute"]), properties(&of::<OptionMoney>()));
        assert_eq!(keys(&absolute["metadata"]), properties(&of::<OptionMetadata>()));
        assert_eq!(keys(&absolute["names"]["de"]), properties(&of::<OptionName>()));
    }
}
