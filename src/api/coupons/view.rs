//! The shape of coupons in the API's document. The domain writes and reads them; a test compares the two.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// A coupon.
#[expect(clippy::struct_field_names, reason = "the contract's names")]
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Coupon {
    /// Its code.
    #[schema(example = "WINTER-SALE")]
    code: String,
    /// `INACTIVE` before its time, `EXPIRED` after it, `USED` when it was used as often as it may be, else `VALID`.
    #[schema(example = "VALID")]
    status: String,
    /// How often it was used.
    #[schema(example = 0)]
    redemption_count: i64,
    /// Whether it was deleted.
    deleted: bool,
    /// Whether a customer shares it to win others.
    referral_coupon: bool,
    /// How often legal entities used it; for the shop alone.
    legal_entity_redemptions: Option<Vec<LegalEntityRedemptions>>,
    #[serde(flatten)]
    worth: CouponChange,
}

/// How often a legal entity used a coupon.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct LegalEntityRedemptions {
    /// The legal entity.
    legal_entity_id: String,
    /// How often.
    count: i64,
}

/// A coupon to be made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewCoupon {
    /// Its code; one is made when it is left out.
    #[schema(max_length = 128, example = "WINTER-SALE")]
    code: Option<String>,
    #[serde(flatten)]
    worth: CouponChange,
}

/// What a coupon is worth, to whom and when.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CouponChange {
    /// What people read.
    #[schema(min_length = 1, max_length = 200, example = "Winter sale")]
    name: String,
    /// More to read.
    #[schema(max_length = 2000)]
    description: Option<String>,
    /// `PERCENT`, `ABSOLUTE` or `FREE_SHIPPING`; `ABSOLUTE` when it is left out.
    #[schema(example = "PERCENT")]
    discount_type: Option<String>,
    /// How many percent a `PERCENT` coupon takes off.
    #[schema(minimum = 0, maximum = 100, example = 10)]
    discount_percentage: Option<f64>,
    /// What an `ABSOLUTE` coupon takes off.
    #[schema(inline = false)]
    discount_absolute: Option<CouponMoney>,
    /// Whether guests can use it.
    allow_anonymous: Option<bool>,
    /// How often it can be used; -1 for without limit.
    #[schema(minimum = -1, example = -1)]
    max_redemptions: Option<i64>,
    /// How often one customer can use it, for each legal entity; -1 for without limit. Not for coupons of guests.
    #[schema(minimum = -1, example = 1)]
    max_redemptions_per_customer: Option<i64>,
    /// Whether the discount is worked out from the `TOTAL` or the `SUBTOTAL` of the order.
    #[schema(example = "SUBTOTAL")]
    discount_calculation_type: Option<String>,
    /// Whether it is for certain categories alone.
    category_restricted: Option<bool>,
    /// Whether it is for customers of certain segments alone.
    segment_restricted: Option<bool>,
    /// Who may use it, when, and for what.
    #[schema(inline = false)]
    restrictions: Option<CouponRestrictions>,
    /// Who had it issued.
    issued_to: Option<String>,
    /// What the shop keeps with it.
    #[schema(value_type = Option<Object>, example = json!({"campaign": {"provenance": "Winter sale"}}))]
    mixins: Option<serde_json::Value>,
    /// Its version, and the schemas of its mixins.
    #[schema(inline = false)]
    metadata: Option<CouponMetadata>,
}

/// Restrictions of a coupon. Customers, categories and segments exclude one another.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CouponRestrictions {
    /// The customers who may use it; empty: all. Customers see only themselves.
    valid_for: Option<Vec<String>>,
    /// From when it can be used.
    #[schema(format = DateTime, example = "2027-01-01T00:00:00.000Z")]
    valid_from: Option<String>,
    /// Up to when it can be used.
    #[schema(format = DateTime, example = "2027-02-01T00:00:00.000Z")]
    valid_until: Option<String>,
    /// What the order must be worth at least, in its own currency.
    #[schema(inline = false)]
    min_order_value: Option<CouponMoney>,
    /// The categories it applies to; the shop's cart looks at them.
    included_categories: Option<Vec<String>>,
    /// The categories it does not apply to.
    excluded_categories: Option<Vec<String>>,
    /// The segments of customers it is for; the shop looks at them.
    segments: Option<Vec<String>>,
}

/// An amount of money.
#[derive(Serialize, ToSchema)]
pub(super) struct CouponMoney {
    /// How much.
    #[schema(minimum = 0, example = 49.99)]
    amount: f64,
    /// Of which currency (ISO 4217).
    #[schema(example = "EUR")]
    currency: String,
}

/// The version of a coupon, and the schemas of its mixins.
#[derive(Serialize, ToSchema)]
pub(super) struct CouponMetadata {
    /// From 0, one more with every change.
    #[schema(example = 0)]
    version: Option<i64>,
    /// Addresses of schemas by the names of mixins.
    #[schema(example = json!({"campaign": "https://example.com/campaign.json"}))]
    mixins: Option<BTreeMap<String, String>>,
}

/// What a coupon is to be used for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewRedemption {
    /// Who buys, when that is not the bearer of the token. Needs `coupon.coupon_redeem_on_behalf`.
    #[schema(example = "61443563")]
    customer_number: Option<String>,
    /// The legal entity that the customer buys for. Limits for one customer hold for each of them apart when a program
    /// tells it, and for all of them together when the customer does.
    legal_entity_id: Option<String>,
    /// The order.
    order_code: Option<String>,
    /// What the order is worth.
    #[schema(inline = false)]
    order_total: CouponMoney,
    /// What was taken off, in the currency of the order.
    #[schema(inline = false)]
    discount: CouponMoney,
}

/// A use of a coupon.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CouponRedemption)]
pub(super) struct Redemption {
    /// Its id.
    id: String,
    /// The coupon.
    code: String,
    /// When.
    #[schema(format = DateTime, example = "2027-01-15T12:00:00.000Z")]
    redeemed_at: String,
    #[serde(flatten)]
    used: NewRedemption,
}

/// What was made.
#[derive(Serialize, ToSchema)]
pub(super) struct Location {
    /// Its id; of a coupon, its code.
    #[schema(example = "WINTER-SALE")]
    id: String,
    /// The same for the whole world.
    #[schema(example = "urn:guerdon:coupon:acme;WINTER-SALE")]
    yrn: String,
}
