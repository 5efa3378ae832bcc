//! Coupons.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{
    auth,
    error::ApiError,
    params,
    routes::{self, Route},
};
use crate::{
    app::App,
    domain::{scope::Scope, time::Timestamp, token::Bearer},
    service::coupons,
};

const COUPON: &str = "/coupon/{tenant}/coupons/{code}";

/// Any of these reads a coupon by its code.
const READ: &[Scope] = &[Scope::CouponRead, Scope::CouponManage, Scope::CouponRedeem, Scope::CouponRedeemOnBehalf];

/// The routes of this resource.
pub(super) fn routes() -> Vec<Route> {
    vec![routes::get(COUPON, read)]
}

/// A coupon. `maxRedemptions`, `redemptionCount`, `issuedTo` and `deleted` are for programs alone.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Coupon {
    /// Its code, in capitals.
    #[schema(example = "LLS-7K3QWN5TZ9RXB")]
    code: String,
    /// `INACTIVE` before `restrictions.validFrom`, `EXPIRED` after `restrictions.validUntil`, `USED` when it was redeemed as
    /// often as it may be, else `VALID`.
    #[schema(example = "VALID")]
    status: &'static str,
    /// What people read.
    #[schema(example = "10 € voucher")]
    name: String,
    /// More to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// `PERCENT` or `ABSOLUTE`.
    #[schema(example = "ABSOLUTE")]
    discount_type: String,
    /// How many percent it takes off, when it is `PERCENT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    discount_percentage: Option<Value>,
    /// The `amount` in a `currency` that it takes off, when it is `ABSOLUTE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, example = json!({ "amount": 10, "currency": "EUR" }))]
    discount_absolute: Option<Value>,
    /// Whether guests may use it.
    allow_anonymous: bool,
    /// How often it can be redeemed; -1 for without limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 1)]
    max_redemptions: Option<i64>,
    /// How often one customer can redeem it; -1 for without limit.
    #[schema(example = -1)]
    max_redemptions_per_customer: i64,
    /// Whether it is for some categories alone.
    category_restricted: bool,
    /// Whether it is for some segments alone.
    segment_restricted: bool,
    /// When and for what it can be used: `validFrom`, `validUntil`, `minOrderValue`, `validFor` and others.
    #[schema(value_type = Object)]
    restrictions: Map<String, Value>,
    /// The customer who had it issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "C4289081720")]
    issued_to: Option<String>,
    /// How often it was redeemed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 0)]
    redemption_count: Option<i64>,
    /// Whether it was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted: Option<bool>,
    /// Its `version`, from 0, one more with every change.
    #[schema(value_type = Object, example = json!({ "version": 0 }))]
    metadata: Value,
}

/// Read a coupon
///
/// What the code is worth now.
#[utoipa::path(
    get, path = COUPON, tag = "Coupons", operation_id = "readCoupon",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("code" = String, Path, description = "The coupon's code, in capitals or not.", example = "LLS-7K3QWN5TZ9RXB"),
    ),
    responses(
        (status = 200, description = "The coupon.", content_type = "application/json", body = Coupon),
        (status = 404, description = "There is no such coupon, or it was deleted."),
    ),
    security(
        ("OAuth2" = ["coupon.coupon_read"]), ("OAuth2" = ["coupon.coupon_manage"]), ("OAuth2" = ["coupon.coupon_redeem"]),
        ("OAuth2" = ["coupon.coupon_redeem_on_behalf"]), ("CustomerAccessToken" = []),
    ),
)]
pub(super) async fn read(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let token = auth::token(&app, &request).await?;
    let by_customer = matches!(token.bearer, Bearer::Customer(_));
    if !by_customer {
        auth::require(&token, READ)?;
    }
    let code = params::path(&request, "code")?;
    let coupon = coupons::find(&app.db, &token.tenant, &code).await?.filter(|coupon| coupon.deleted_at.is_none());
    let coupon = coupon.ok_or_else(|| ApiError::NotFound(format!("Coupon with code {code} not found.")))?;
    Ok(HttpResponse::Ok().json(Coupon::of(coupon, !by_customer, app.now())))
}

impl Coupon {
    fn of(coupon: coupons::Coupon, for_programs: bool, now: Timestamp) -> Self {
        let status = coupon.status(now).as_str();
        let mut discount = coupon.template.to_json();
        let mut take = |name: &str| discount.get_mut(name).map(Value::take);
        let restrictions = coupon.template.restrictions_json();
        let restricts =
            |name: &str| restrictions.get(name).and_then(Value::as_array).is_some_and(|list| !list.is_empty());
        Self {
            status,
            discount_type: take("discountType").and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default(),
            discount_percentage: take("discountPercentage"),
            discount_absolute: take("discountAbsolute"),
            category_restricted: restricts("includedCategories") || restricts("excludedCategories"),
            segment_restricted: restricts("segments"),
            restrictions,
            code: coupon.code,
            name: coupon.template.name,
            description: coupon.template.description,
            allow_anonymous: coupon.template.allow_anonymous,
            max_redemptions: for_programs.then_some(coupon.template.max_redemptions),
            max_redemptions_per_customer: coupon.template.max_redemptions_per_customer,
            issued_to: coupon.issued_to.filter(|_| for_programs),
            redemption_count: for_programs.then_some(coupon.redemption_count),
            deleted: for_programs.then_some(coupon.deleted_at.is_some()),
            metadata: json!({ "version": coupon.version }),
        }
    }
}
