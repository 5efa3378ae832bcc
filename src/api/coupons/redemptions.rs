//! Coupons at checkout.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};

use super::{REDEMPTION, REDEMPTIONS, VALIDATION, access, answer, code, listing, made, view};
use crate::{
    api::{
        auth,
        body::{self, Body},
        error::ApiError,
        params,
    },
    app::App,
    domain::{
        coupon::{CouponRedemption, CouponRedemptionField, NewCouponRedemption},
        token::AccessToken,
    },
    service::coupons::{self, Answered, CouponError, Whose},
};

/// What the coupon is to be used for, and by whom.
fn wanted(token: &AccessToken, body: &Body) -> Result<NewCouponRedemption, ApiError> {
    let mut wanted = NewCouponRedemption::from_json(&body.object()?)?;
    wanted.customer = access::on_behalf(token, wanted.customer.take())?;
    Ok(wanted)
}

/// Validate a coupon
///
/// Whether the coupon could be used so now; nothing is used. The type of the first of `details` tells why not:
/// `coupon_inactive`, `coupon_expired`, `coupon_used`, `customer_required`, `customer_not_eligible`,
/// `own_referral_coupon`, `order_value_too_low`, `currency_mismatch` or `customer_limit_reached`.
#[utoipa::path(
    post, path = VALIDATION, tag = "Coupons at checkout", operation_id = "validateCoupon",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("code" = String, Path, description = "The coupon's code, in capitals or not."),
    ),
    request_body = view::NewRedemption,
    responses(
        (status = 200, description = "The coupon can be used."),
        (status = 400, description = "Something does not fit, or the coupon cannot be used so."),
        (status = 404, description = "There is no such coupon."),
    ),
    security(
        ("OAuth2" = ["coupon.coupon_manage"]), ("OAuth2" = ["coupon.coupon_redeem"]),
        ("OAuth2" = ["coupon.coupon_redeem_on_behalf"]), ("CustomerAccessToken" = []), ("AnonymousAccessToken" = []),
    ),
)]
pub(super) async fn validate(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, ApiError> {
    let token = access::validator(&app, &request).await?;
    let body = body::read(&request, payload).await?;
    let wanted = wanted(&token, &body)?;
    coupons::validate(&app, &token.caller(), &code(&request)?, &wanted).await?;
    Ok(HttpResponse::Ok().finish())
}

/// Use a coupon
///
/// Counts one use, if the coupon can be used so now; the same rules hold as for its validation. However many ask at the
/// same moment, no limit is passed.
#[utoipa::path(
    post, path = REDEMPTIONS, tag = "Coupons at checkout", operation_id = "redeemCoupon",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("code" = String, Path, description = "The coupon's code, in capitals or not."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255,
            description = "Makes the request safe to repeat: with the same key and body the same use is answered, with \
                another body it is refused with 422."),
    ),
    request_body = view::NewRedemption,
    responses(
        (status = 201, description = "The use, by its id.", content_type = "application/json", body = view::Location),
        (status = 400, description = "Something does not fit, or the coupon cannot be used so."),
        (status = 404, description = "There is no such coupon."),
        (status = 422, description = "The Idempotency-Key was used for another request."),
    ),
    security(
        ("OAuth2" = ["coupon.coupon_manage"]), ("OAuth2" = ["coupon.coupon_redeem"]),
        ("OAuth2" = ["coupon.coupon_redeem_on_behalf"]), ("CustomerAccessToken" = []),
    ),
)]
pub(super) async fn redeem(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, ApiError> {
    let token = access::redeemer(&app, &request).await?;
    let body = body::read(&request, payload).await?;
    let wanted = wanted(&token, &body)?;
    let key = body.keyed(&request)?;
    let caller = token.caller();
    let kept = |id: &str| made("coupon-redemption", &caller.tenant, id);
    Ok(match coupons::redeem(&app, &caller, &code(&request)?, &wanted, key.as_ref(), kept).await? {
        Answered::Now(id) => answer(kept(&id), false),
        Answered::Before { status, body } => answer((status, body), true),
    })
}

/// List the uses of a coupon
///
/// The shop sees all of them, customers their own, and a program with `coupon.coupon_redeem` those it recorded.
#[utoipa::path(
    get, path = REDEMPTIONS, tag = "Coupons at checkout", operation_id = "listCouponRedemptions",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("code" = String, Path, description = "The coupon's code, in capitals or not."),
        ("q" = Option<String>, Query, example = "customerNumber:61443563",
            description = "Criteria, as for the list of coupons."),
        ("sort" = Option<String>, Query, example = "redeemedAt:desc", description = "Fields, as for the list of coupons."),
        ("pageNumber" = Option<i64>, Query, minimum = 1, description = "The page, from 1."),
        ("pageSize" = Option<i64>, Query, minimum = 1, maximum = 1000, description = "Uses on a page; 16 by default."),
        ("totalCount" = Option<bool>, Query, description = "Tells in `Items-Count` how many there are in all."),
        ("X-Total-Count" = Option<bool>, Header, description = "Tells in `X-Total-Count` how many there are in all."),
    ),
    responses(
        (status = 200, description = "The page; empty behind the last one.", content_type = "application/json",
            body = Vec<view::Redemption>,
            headers(
                ("Items-Count" = i64, description = "How many there are in all, when `totalCount` asks."),
                ("X-Total-Count" = i64, description = "How many there are in all, when the header asks."),
            )),
        (status = 400, description = "Something does not fit."),
        (status = 404, description = "There is no such coupon."),
    ),
    security(
        ("OAuth2" = ["coupon.coupon_manage"]), ("OAuth2" = ["coupon.coupon_redeem"]),
        ("OAuth2" = ["coupon.coupon_redeem_on_behalf"]), ("CustomerAccessToken" = []),
    ),
)]
pub(super) async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let token = access::redeemer(&app, &request).await?;
    let whose = access::visible(&token, access::named(&request)?)?;
    let (query, counts) = listing::query::<CouponRedemptionField>(&request)?;
    let page = coupons::list_redemptions(&app, &token.tenant, &code(&request)?, &whose, &query).await?;
    Ok(listing::answer(page.items.iter().map(CouponRedemption::to_json).collect(), page.total, counts))
}

/// Read a use of a coupon
#[utoipa::path(
    get, path = REDEMPTION, tag = "Coupons at checkout", operation_id = "readCouponRedemption",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("code" = String, Path, description = "The coupon's code, in capitals or not."),
        ("id" = String, Path, description = "The use."),
        ("customerNumber" = Option<String>, Query,
            description = "Only if this customer used it. Needs `coupon.coupon_redeem_on_behalf`."),
    ),
    responses(
        (status = 200, description = "The use.", content_type = "application/json", body = view::Redemption),
        (status = 403, description = "It is somebody else's, or the token does not do."),
        (status = 404, description = "There is no such coupon or no such use, or the use was given back."),
    ),
    security(
        ("OAuth2" = ["coupon.coupon_manage"]), ("OAuth2" = ["coupon.coupon_redeem"]),
        ("OAuth2" = ["coupon.coupon_redeem_on_behalf"]), ("CustomerAccessToken" = []),
    ),
)]
pub(super) async fn read(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let token = access::redeemer(&app, &request).await?;
    let whose = access::visible(&token, access::named(&request)?)?;
    let id = params::path(&request, "id")?;
    let found = coupons::find_redemption(&app.db, &token.tenant, &code(&request)?, &id).await?;
    let sees = match &whose {
        Whose::All => true,
        Whose::Customer(customer) => found.used.customer.as_ref() == Some(customer),
        Whose::Actor(actor) => found.actor == *actor,
    };
    // Nobody learns that somebody else's is there.
    if sees { Ok(HttpResponse::Ok().json(found.to_json())) } else { Err(CouponError::RedemptionUnknown(id).into()) }
}

/// Give a use of a coupon back
///
/// It no longer counts, neither in all nor for its customer.
#[utoipa::path(
    delete, path = REDEMPTION, tag = "Coupons at checkout", operation_id = "deleteCouponRedemption",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("code" = String, Path, description = "The coupon's code, in capitals or not."),
        ("id" = String, Path, description = "The use."),
    ),
    responses(
        (status = 204, description = "It was given back."),
        (status = 404, description = "There is no such coupon or no such use, or it was given back before."),
    ),
    security(("OAuth2" = ["coupon.coupon_manage"])),
)]
pub(super) async fn delete(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let caller = auth::service(&app, &request, &access::MANAGE).await?;
    let id = params::path(&request, "id")?;
    coupons::delete_redemption(&app, &caller, &code(&request)?, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}
