//! How the ledger's answers and refusals are told.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use serde_json::json;

use super::view::CouponCode;
use crate::{
    api::{REPLAYED, body::Body, error::ApiError},
    domain::{ids::CustomerId, invalid::FieldErrors, refusal::Refusal},
    service::{
        idempotency::KeyedRequest,
        ledger::{
            LedgerError,
            command::{AnswerOf, Done, Reply},
        },
        points::PointsError,
    },
};

/// 200 without a body.
pub(super) fn ok(_done: &Done) -> (u16, String) {
    (200, String::new())
}

/// 201 without a body.
pub(super) fn created(_done: &Done) -> (u16, String) {
    (201, String::new())
}

/// 200 with the coupon's code.
pub(super) fn coupon_code(done: &Done) -> (u16, String) {
    let Done::Redeemed { code, .. } = done else { unreachable!("a redemption ends in a coupon") };
    (200, json!(CouponCode { code: code.clone() }).to_string())
}

/// 200 with what can be spent after a redemption was cancelled.
pub(super) fn balance_after(done: &Done) -> (u16, String) {
    let Done::Cancelled { balance, .. } = done else { unreachable!("cancelling ends in points given back") };
    (200, balance.to_string())
}

/// The request's Idempotency-Key, with how its answer is kept.
///
/// # Errors
/// When the key does not fit.
pub(super) fn keyed(
    body: &Body,
    request: &HttpRequest,
    answer_of: AnswerOf,
) -> Result<Option<(KeyedRequest, AnswerOf)>, ApiError> {
    Ok(body.keyed(request)?.map(|key| (key, answer_of)))
}

/// The answer to a change: as `answer_of` makes it, or the first one again.
pub(in crate::api) fn to_change(reply: Reply, answer_of: AnswerOf) -> HttpResponse {
    let ((status, body), replayed) = match reply {
        Reply::Done(done) => (answer_of(&done), false),
        Reply::DoneBefore(done) => (answer_of(&done), true),
        Reply::Replay { status, body } => ((status, body), true),
    };
    let mut answer = HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::OK));
    if replayed {
        answer.insert_header(REPLAYED);
    }
    if body.is_empty() { answer.finish() } else { answer.content_type("application/json").body(body) }
}

/// 200 with a bare integer.
pub(super) fn integer(points: i64) -> HttpResponse {
    HttpResponse::Ok().json(points)
}

/// 404: the customer has no account.
pub(super) fn no_points(customer: &CustomerId) -> ApiError {
    ApiError::NotFound(Refusal::UnknownCustomer(customer.clone()).to_string())
}

impl From<PointsError> for ApiError {
    fn from(error: PointsError) -> Self {
        match error {
            PointsError::Invalid(errors) => Self::Invalid(errors),
            PointsError::Ledger(LedgerError::Refused(refusal)) => refusal.into(),
            PointsError::Ledger(LedgerError::Store(error)) => Self::of_database(&error),
            PointsError::Ledger(LedgerError::Stopped) => Self::Unavailable("the server is stopping".to_owned()),
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::NotEnough { .. }
            | Refusal::SoldOut
            | Refusal::PerCustomerReached(_)
            | Refusal::NotOnThisSite(_)
            | Refusal::NotUndoable => Self::BadRequest(message),
            Refusal::BalanceTooLarge => FieldErrors::one("points", message).into(),
            Refusal::EndsInThePast => FieldErrors::one("validUntil", message).into(),
            Refusal::UnknownCustomer(_)
            | Refusal::OptionUnknown(_)
            | Refusal::EntryUnknown(_)
            | Refusal::RedemptionUnknown(_)
            | Refusal::OrderUnknown(_) => Self::NotFound(message),
            Refusal::AccountExists(_)
            | Refusal::EntryIdTaken(_)
            | Refusal::AlreadyUndone
            | Refusal::AlreadyCancelled
            | Refusal::CouponUsed(_)
            | Refusal::CancellingOver(_)
            | Refusal::OrderCompleted { .. }
            | Refusal::OrderChanged(_)
            | Refusal::OrderOfAnother(_)
            | Refusal::ReturnTaken(_)
            | Refusal::ApprovalClosed
            | Refusal::AccountClosed(_) => Self::Conflict(message),
            Refusal::ItemUnknown(_) => FieldErrors::one("items", message).into(),
            Refusal::OtherCurrency(_) => FieldErrors::one("currency", message).into(),
            Refusal::CancellingOff => Self::Forbidden(message),
            Refusal::KeyReused => Self::KeyReused,
            // Goes to the log, which names no customers.
            Refusal::Damaged(_) => Self::Internal("an account's lots do not add up: see `guerdon verify`".to_owned()),
        }
    }
}
