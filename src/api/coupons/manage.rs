//! Coupons themselves.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};

use super::{COUPON, COUPONS, access, answer, code, flag, listing, made, view};
use crate::{
    api::{
        auth,
        body::{self},
        error::ApiError,
    },
    app::App,
    domain::{coupon::CouponField, token::Bearer},
    service::coupons::{self, Answered, CouponError, NewCoupon},
};

/// List coupons
///
/// The coupons that fit `q`, in the order of `sort`, page by page; the oldest first when nothing else is asked for.
#[utoipa::path(
    get, path = COUPONS, tag = "Coupons", operation_id = "listCoupons",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("q" = Option<String>, Query, example = "status:VALID name:~^Winter",
            description = "Criteria with blanks between, all of which must hold: `field:value`, `field:(a,b)` for one of \
                several, `field:~pattern` for a regular expression. A value with a blank stands in double quotes."),
        ("sort" = Option<String>, Query, example = "name:asc,restrictions.validUntil:desc",
            description = "Fields with commas between, each with `:asc` or `:desc`."),
        ("pageNumber" = Option<i64>, Query, minimum = 1, description = "The page, from 1."),
        ("pageSize" = Option<i64>, Query, minimum = 1, maximum = 1000, description = "Coupons on a page; 16 by default."),
        ("totalCount" = Option<bool>, Query, description = "Tells in `Items-Count` how many there are in all."),
        ("showDeleted" = Option<bool>, Query, description = "Lists deleted coupons too."),
        ("X-Total-Count" = Option<bool>, Header, description = "Tells in `X-Total-Count` how many there are in all."),
    ),
    responses(
        (status = 200, description = "The page; empty behind the last one.", content_type = "application/json",
            body = Vec<view::Coupon>,
            headers(
                ("Items-Count" = i64, description = "How many there are in all, when `totalCount` asks."),
                ("X-Total-Count" = i64, description = "How many there are in all, when the header asks."),
            )),
        (status = 400, description = "Something does not fit."),
    ),
    security(("OAuth2" = ["coupon.coupon_read"]), ("OAuth2" = ["coupon.coupon_manage"])),
)]
pub(super) async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let caller = auth::service(&app, &request, &access::READ).await?;
    let (query, counts) = listing::query::<CouponField>(&request)?;
    let with_deleted = flag(&request, "showDeleted")?;
    let page = coupons::list(&app, &caller.tenant, &query, with_deleted).await?;
    let now = app.now();
    Ok(listing::answer(page.items.iter().map(|coupon| coupon.to_json(now)).collect(), page.total, counts))
}

/// Create a coupon
///
/// The code is kept in capitals; one is made when none is sent.
#[utoipa::path(
    post, path = COUPONS, tag = "Coupons", operation_id = "createCoupon",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255,
            description = "Makes the request safe to repeat: with the same key and body the same code is answered, with \
                another body it is refused with 422."),
    ),
    request_body = view::NewCoupon,
    responses(
        (status = 201, description = "The code, as `id`.", content_type = "application/json", body = view::Location),
        (status = 400, description = "Something does not fit."),
        (status = 409, description = "The code is taken, or was: that of a deleted coupon stays taken."),
        (status = 422, description = "The Idempotency-Key was used for another request."),
    ),
    security(("OAuth2" = ["coupon.coupon_manage"])),
)]
pub(super) async fn create(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, ApiError> {
    let caller = auth::service(&app, &request, &access::MANAGE).await?;
    let body = body::read(&request, payload).await?;
    let new = NewCoupon::from_json(&body.object()?)?;
    let key = body.keyed(&request)?;
    let kept = |code: &str| made("coupon", &caller.tenant, code);
    Ok(match coupons::create(&app, &caller, &new, key.as_ref(), kept).await? {
        Answered::Now(code) => answer(kept(&code), false),
        Answered::Before { status, body } => answer((status, body), true),
    })
}

/// Read a coupon
///
/// Customers see a coupon that they may use; of others they do not learn what it is worth. Deleted coupons are seen by
/// the shop alone.
#[utoipa::path(
    get, path = COUPON, tag = "Coupons", operation_id = "readCoupon",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("code" = String, Path, description = "The coupon's code, in capitals or not."),
        ("customerNumber" = Option<String>, Query,
            description = "Only if this customer may use it. Needs `coupon.coupon_redeem_on_behalf`."),
    ),
    responses(
        (status = 200, description = "The coupon.", content_type = "application/json", body = view::Coupon),
        (status = 403, description = "The coupon is for other customers, or the token does not do."),
        (status = 404, description = "There is no such coupon."),
    ),
    security(
        ("OAuth2" = ["coupon.coupon_read"]), ("OAuth2" = ["coupon.coupon_manage"]),
        ("OAuth2" = ["coupon.coupon_redeem"]), ("OAuth2" = ["coupon.coupon_redeem_on_behalf"]),
        ("CustomerAccessToken" = []),
    ),
)]
pub(super) async fn read(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let token = access::reader(&app, &request).await?;
    let customer = access::on_behalf(&token, access::named(&request)?)?;
    let code = code(&request)?;
    let found = coupons::find_counted(&app.db, &token.tenant, code.as_str()).await?;
    let found = found.filter(|found| access::is_sellers(&token) || found.coupon.deleted_at.is_none());
    let found = found.ok_or_else(|| CouponError::Unknown(code.to_string()))?;
    let restrictions = &found.coupon.template.restrictions;
    if customer.as_ref().is_some_and(|customer| restrictions.excludes(customer.as_str())) {
        return Err(ApiError::Forbidden(format!("Insufficient permissions to retrieve the coupon with Id {code}")));
    }
    let json = match &token.bearer {
        Bearer::Customer(customer) => found.coupon.to_json_for(customer, app.now()),
        Bearer::Service { .. } | Bearer::Anonymous { .. } => found.to_json(app.now()),
    };
    Ok(HttpResponse::Ok().json(json))
}

/// Replace a coupon
///
/// Puts what is sent in the place of the coupon. `metadata.version` is that of the coupon when it was read: if it was
/// changed since then, this is refused with 409. Without a version the change is taken as it is. A coupon that was bought
/// with points, and a referral coupon, stay with their customer.
#[utoipa::path(
    put, path = COUPON, tag = "Coupons", operation_id = "replaceCoupon",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("code" = String, Path, description = "The coupon's code, in capitals or not."),
        ("partial" = Option<bool>, Query, deprecated,
            description = "Changes only what is named, as PATCH does."),
    ),
    request_body = view::CouponChange,
    responses(
        (status = 200, description = "It was replaced."),
        (status = 400, description = "Something does not fit."),
        (status = 404, description = "There is no such coupon, or it was deleted."),
        (status = 409, description = "Somebody else changed it in the meantime."),
    ),
    security(("OAuth2" = ["coupon.coupon_manage"])),
)]
pub(super) async fn replace(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, ApiError> {
    let partial = flag(&request, "partial");
    change(app, request, payload, partial).await
}

/// Change a coupon
///
/// Changes what is named; the rest stays. `null` takes a field away. The version is checked as by PUT.
#[utoipa::path(
    patch, path = COUPON, tag = "Coupons", operation_id = "changeCoupon",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("code" = String, Path, description = "The coupon's code, in capitals or not."),
    ),
    request_body = view::CouponChange,
    responses(
        (status = 200, description = "It was changed."),
        (status = 400, description = "Something does not fit."),
        (status = 404, description = "There is no such coupon, or it was deleted."),
        (status = 409, description = "Somebody else changed it in the meantime."),
    ),
    security(("OAuth2" = ["coupon.coupon_manage"])),
)]
pub(super) async fn merge(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, ApiError> {
    change(app, request, payload, Ok(true)).await
}

async fn change(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
    merge: Result<bool, ApiError>,
) -> Result<HttpResponse, ApiError> {
    let caller = auth::service(&app, &request, &access::MANAGE).await?;
    let sent = body::read(&request, payload).await?.object()?;
    coupons::change(&app, &caller, &code(&request)?, &sent, merge?).await?;
    Ok(HttpResponse::Ok().finish())
}

/// Delete a coupon
///
/// Nobody can use it any more; the shop sees it with `showDeleted`, and its code stays taken. Points that it was bought
/// with do not come back.
#[utoipa::path(
    delete, path = COUPON, tag = "Coupons", operation_id = "deleteCoupon",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("code" = String, Path, description = "The coupon's code, in capitals or not."),
    ),
    responses(
        (status = 204, description = "It is deleted."),
        (status = 404, description = "There is no such coupon, or it was deleted before."),
    ),
    security(("OAuth2" = ["coupon.coupon_manage"])),
)]
pub(super) async fn delete(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let caller = auth::service(&app, &request, &access::MANAGE).await?;
    coupons::delete(&app, &caller, &code(&request)?).await?;
    Ok(HttpResponse::NoContent().finish())
}
