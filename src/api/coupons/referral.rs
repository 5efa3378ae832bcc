//! Coupons that customers share to win others.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use serde_json::Value;

use super::{REFERRAL, access, answer, view};
use crate::{
    api::{body, error::ApiError, params},
    app::App,
    domain::{
        ids::CustomerId,
        invalid::FieldErrors,
        scope::Scope,
        token::{AccessToken, Bearer},
    },
    service::coupons::{self, Answered, Coupon},
};

/// The token, and the customer that the path names: a customer's own, or any of a program's.
async fn asked(app: &App, request: &HttpRequest) -> Result<(AccessToken, CustomerId), ApiError> {
    let token = access::reader(app, request).await?;
    let id = params::path(request, "customerNumber")?;
    let customer = CustomerId::parse(&id).map_err(|error| FieldErrors::one("customerNumber", error))?;
    match &token.bearer {
        Bearer::Customer(own) if *own != customer => {
            Err(ApiError::Forbidden("A customer's token is for that customer's referral coupon alone.".to_owned()))
        }
        _ => Ok((token, customer)),
    }
}

/// Read a customer's referral coupon
#[utoipa::path(
    get, path = REFERRAL, tag = "Referral coupons", operation_id = "readReferralCoupon",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("customerNumber" = String, Path, description = "The customer who shares it."),
    ),
    responses(
        (status = 200, description = "The coupon.", content_type = "application/json", body = view::Coupon),
        (status = 204, description = "The customer has none."),
        (status = 403, description = "The coupon is another customer's, or the token does not do."),
    ),
    security(
        ("OAuth2" = ["coupon.coupon_read"]), ("OAuth2" = ["coupon.coupon_manage"]),
        ("OAuth2" = ["coupon.coupon_redeem"]), ("OAuth2" = ["coupon.coupon_redeem_on_behalf"]),
        ("CustomerAccessToken" = []),
    ),
)]
pub(super) async fn read(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let (token, customer) = asked(&app, &request).await?;
    Ok(match coupons::find_referral(&app.db, &token.tenant, &customer).await? {
        Some(coupon) => HttpResponse::Ok().json(coupon.to_json(app.now())),
        None => HttpResponse::NoContent().finish(),
    })
}

/// Make a customer's referral coupon
///
/// A customer has one; the same is answered again. What it is worth is `couponSettings.referral.value` of the site
/// `main`.
#[utoipa::path(
    post, path = REFERRAL, tag = "Referral coupons", operation_id = "createReferralCoupon",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("customerNumber" = String, Path, description = "The customer who shares it."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255,
            description = "Gives the first answer again; with another request it is refused with 422."),
    ),
    responses(
        (status = 200, description = "The coupon.", content_type = "application/json", body = view::Coupon),
        (status = 403, description = "The coupon would be another customer's, or the token does not do."),
        (status = 404, description = "Referral coupons are not set up."),
        (status = 422, description = "The Idempotency-Key was used for another request."),
    ),
    security(
        ("OAuth2" = ["coupon.coupon_manage"]), ("OAuth2" = ["coupon.coupon_redeem"]),
        ("OAuth2" = ["coupon.coupon_redeem_on_behalf"]), ("CustomerAccessToken" = []),
    ),
)]
pub(super) async fn create(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, ApiError> {
    let (token, customer) = asked(&app, &request).await?;
    if matches!(token.bearer, Bearer::Service { .. }) {
        crate::api::auth::require(&token, &access::REDEEM)?;
    }
    let key = body::read(&request, payload).await?.keyed(&request)?;
    let now = app.now();
    let kept = |coupon: &Coupon| (200, Value::Object(coupon.to_json(now)).to_string());
    let manages = token.may(Scope::CouponManage);
    Ok(match coupons::create_referral(&app, &token.caller(), &customer, manages, key.as_ref(), kept).await? {
        Answered::Now(coupon) => answer(kept(&coupon), false),
        Answered::Before { status, body } => answer((status, body), true),
    })
}
