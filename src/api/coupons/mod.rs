//! The coupon service: coupons, their uses at checkout, and those that customers share.

mod access;
mod listing;
mod manage;
mod redemptions;
mod referral;
mod view;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header::ContentType},
};
use serde_json::json;
use utoipa::OpenApi;

use super::{
    REPLAYED,
    error::ApiError,
    params,
    routes::{Route, delete, get, patch, post, put},
};
use crate::{
    domain::{code::CouponCode, ids::TenantId},
    service::coupons::CouponError,
};

const COUPONS: &str = "/coupon/{tenant}/coupons";
const COUPON: &str = "/coupon/{tenant}/coupons/{code}";
const VALIDATION: &str = "/coupon/{tenant}/coupons/{code}/validation";
const REDEMPTIONS: &str = "/coupon/{tenant}/coupons/{code}/redemptions";
const REDEMPTION: &str = "/coupon/{tenant}/coupons/{code}/redemptions/{id}";
const REFERRAL: &str = "/coupon/{tenant}/referral-coupons/{customerNumber}";

/// The operations of this resource, for the document.
#[derive(OpenApi)]
#[openapi(paths(
    manage::list,
    manage::create,
    manage::read,
    manage::replace,
    manage::merge,
    manage::delete,
    redemptions::validate,
    redemptions::list,
    redemptions::redeem,
    redemptions::read,
    redemptions::delete,
    referral::read,
    referral::create,
))]
pub(super) struct Operations;

/// The routes of this resource.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get(COUPONS, manage::list),
        post(COUPONS, manage::create),
        get(COUPON, manage::read),
        put(COUPON, manage::replace),
        patch(COUPON, manage::merge),
        delete(COUPON, manage::delete),
        post(VALIDATION, redemptions::validate),
        get(REDEMPTIONS, redemptions::list),
        post(REDEMPTIONS, redemptions::redeem),
        get(REDEMPTION, redemptions::read),
        delete(REDEMPTION, redemptions::delete),
        get(REFERRAL, referral::read),
        post(REFERRAL, referral::create),
    ]
}

impl From<CouponError> for ApiError {
    fn from(error: CouponError) -> Self {
        match error {
            CouponError::Invalid(errors) => Self::Invalid(errors),
            CouponError::Refused(refusal) => {
                let (kind, field) = refusal.kind();
                Self::Refused { kind, field, message: refusal.to_string() }
            }
            CouponError::Unknown(_) | CouponError::RedemptionUnknown(_) | CouponError::NoReferrals(_) => {
                Self::NotFound(error.to_string())
            }
            CouponError::Taken { .. } | CouponError::Stale { .. } => Self::Conflict(error.to_string()),
            CouponError::KeyReused => Self::KeyReused,
            CouponError::Store(error) => error.into(),
        }
    }
}

/// The coupon that the path names.
///
/// # Errors
/// 404 when no coupon can have such a code.
fn code(request: &HttpRequest) -> Result<CouponCode, ApiError> {
    let code = params::path(request, "code")?;
    CouponCode::parse(&code).map_err(|_no_code| CouponError::Unknown(code).into())
}

/// The answer to a request that made something with this id: status and body, as they are kept for its
/// Idempotency-Key.
fn made(kind: &str, tenant: &TenantId, id: &str) -> (u16, String) {
    let yrn = format!("urn:guerdon:{kind}:{tenant};{id}");
    (StatusCode::CREATED.as_u16(), json!({ "id": id, "yrn": yrn }).to_string())
}

/// An answer that was kept, or is being kept.
fn answer((status, body): (u16, String), replayed: bool) -> HttpResponse {
    let mut answer = HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::OK));
    if replayed {
        answer.insert_header(REPLAYED);
    }
    answer.content_type(ContentType::json()).body(body)
}

/// A parameter of the query that is `true` or `false`; false when it is not there.
///
/// # Errors
/// When it is something else.
fn flag(request: &HttpRequest, name: &str) -> Result<bool, ApiError> {
    match params::query(request, name)?.as_deref() {
        None | Some("false" | "") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(crate::domain::invalid::FieldErrors::one(name, "Give true or false.").into()),
    }
}
