//! What the API answers when it does not do what was asked: the contract's bodies, by status and family of paths.

use std::{fmt::Write as _, sync::Arc};

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde_json::{Map, Value, json};

use crate::{
    domain::{
        invalid::{FieldErrors, Invalid},
        scope::Scope,
        time::Timestamp,
    },
    store::DbError,
};

/// How long a client waits before it asks again while the database is away, in seconds.
const RETRY_SECS: u32 = 2;

/// Why a request was not done. A handler returns it; [`super::guard`] makes the body of it.
#[derive(Clone, Debug, thiserror::Error)]
pub(super) enum ApiError {
    /// 400: fields of the body, the path or the query.
    #[error(transparent)]
    Invalid(#[from] FieldErrors),
    /// 400: the request as a whole.
    #[error("{0}")]
    BadRequest(String),
    /// 400: a rule of a coupon said no.
    #[error("{message}")]
    Refused {
        /// A word for programs.
        kind: &'static str,
        /// What it concerns.
        field: &'static str,
        /// What is the case.
        message: String,
    },
    /// 401: no token, or none that is good.
    #[error("no good token")]
    Unauthorized,
    /// 401: a message without a good signature.
    #[error("{0}")]
    Untrusted(String),
    /// 403: the token lacks a scope; any one of these would do.
    #[error("a scope is missing")]
    MissingScope(Vec<Scope>),
    /// 403: the token is of another kind or of another tenant.
    #[error("{0}")]
    Forbidden(String),
    /// 404: there is no such thing.
    #[error("{0}")]
    NotFound(String),
    /// 408: the body did not arrive in time.
    #[error("the body did not arrive in time")]
    Timeout,
    /// 409: it is there already, or was changed by somebody else.
    #[error("{0}")]
    Conflict(String),
    /// 409 for a redeem option whose version is not the newest.
    #[error("{0}")]
    OptionConflict(String),
    /// 413: the body is too long.
    #[error("the body is too long")]
    TooLarge,
    /// 415: the body is encoded in a way that is not taken.
    #[error("{0}")]
    UnsupportedBody(String),
    /// 422: the Idempotency-Key belongs to another request.
    #[error("This Idempotency-Key was used for another request. Send a new key, or the same request again.")]
    KeyReused,
    /// 503: the database is away, or too busy.
    #[error("the database is away or too busy: {0}")]
    Unavailable(String),
    /// 429: more requests than the limit allows; in so many seconds the next one can be sent.
    #[error("too many requests")]
    TooMany(i64),
    /// 500: a fault of ours. The cause goes to the log and not into the answer.
    #[error("{0}")]
    Internal(String),
}

impl From<Invalid> for ApiError {
    fn from(invalid: Invalid) -> Self {
        Self::BadRequest(invalid.message().to_owned())
    }
}

impl ApiError {
    /// What the database's failure is told as.
    pub(super) fn of_database(error: &DbError) -> Self {
        let away = error.is_temporary();
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(error);
        while let Some(next) = cause {
            // Writing into a String does not fail.
            let _ = write!(text, ": {next}");
            cause = next.source();
        }
        if away { Self::Unavailable(text) } else { Self::Internal(text) }
    }
}

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        Self::of_database(&error)
    }
}

impl From<Arc<DbError>> for ApiError {
    fn from(error: Arc<DbError>) -> Self {
        Self::of_database(&error)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Invalid(_) | Self::BadRequest(_) | Self::Refused { .. } => StatusCode::BAD_REQUEST,
            Self::Unauthorized | Self::Untrusted(_) => StatusCode::UNAUTHORIZED,
            Self::MissingScope(_) | Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Timeout => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict(_) | Self::OptionConflict(_) => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedBody(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// Which of the two services of the contract a path belongs to; they word their errors differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Everything else.
    RewardPoints,
    /// `/coupon`, and the webhooks, of which the contract does not say.
    Coupon,
}

impl Family {
    /// The family of a path.
    pub(super) fn of(path: &str) -> Self {
        if ["/coupon", "/webhooks"].iter().any(|root| path == *root || path.starts_with(&format!("{root}/"))) {
            Self::Coupon
        } else {
            Self::RewardPoints
        }
    }
}

/// The path as the bodies of the contract name it.
fn instance(path: &str) -> &str {
    path.strip_prefix("/reward-points").filter(|rest| rest.starts_with('/')).unwrap_or(path)
}

impl ApiError {
    /// The answer, for a request of this path.
    pub(super) fn answer(&self, path: &str, now: Timestamp) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        match self {
            Self::Unauthorized => {
                answer.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"guerdon\""));
            }
            Self::TooMany(secs) => {
                answer.insert_header((header::RETRY_AFTER, secs.to_string()));
            }
            Self::Unavailable(_) => {
                answer.insert_header((header::RETRY_AFTER, RETRY_SECS));
            }
            _ => {}
        }
        answer.json(self.body(path, now))
    }

    /// The body of the answer.
    pub(super) fn body(&self, path: &str, now: Timestamp) -> Value {
        match Family::of(path) {
            Family::RewardPoints => self.body_of_points(path, now),
            Family::Coupon => self.body_of_coupons(),
        }
    }

    fn body_of_points(&self, path: &str, now: Timestamp) -> Value {
        match self {
            Self::Invalid(errors) => {
                let list: Vec<Value> =
                    errors.iter().map(|(field, message)| json!({ "field": field, "message": message })).collect();
                let mut body = problem(&errors.summary(), path);
                body.insert("errors".to_owned(), Value::Array(list));
                Value::Object(body)
            }
            Self::BadRequest(detail) => Value::Object(problem(detail, path)),
            Self::Unauthorized => unauthorized(),
            Self::MissingScope(scopes) => {
                let names: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
                let first = names.first().copied().unwrap_or_default();
                forbidden(&[
                    format!("Missing required scopes '[{}]'", names.join(", ")),
                    format!("missing scope: {first}"),
                ])
            }
            Self::Forbidden(detail) => forbidden(&[detail]),
            Self::NotFound(message) => json!({ "type": "resource_not_found", "status": 404, "message": message }),
            Self::Conflict(message) => json!({
                "status": 409, "type": "application/json", "message": "New Reward Point Entry not Created",
                "moreInfo": "",
                "details": [{ "field": null, "type": null, "message": message, "moreInfo": "" }],
            }),
            Self::OptionConflict(message) => json!({
                "status": 409, "message": "RedeemOption not Updated", "details": { "message": message },
            }),
            Self::Internal(_) => json!({
                "timestamp": now.to_contract(), "status": 500, "error": "Internal Server Error",
                "path": instance(path),
            }),
            _ => self.body_of_coupons(),
        }
    }

    fn body_of_coupons(&self) -> Value {
        let status = self.status_code().as_u16();
        match self {
            Self::Invalid(errors) => {
                let details: Vec<Value> = errors
                    .iter()
                    .map(|(field, message)| {
                        json!({ "field": field, "type": kind_of(field), "message": message, "moreInfo": "" })
                    })
                    .collect();
                let message = "There are validation problems, see details section for more information";
                json!({ "type": "validation_violation", "status": 400, "message": message, "details": details })
            }
            Self::Refused { kind, field, message } => json!({
                "type": "validation_violation", "status": 400, "message": message,
                "details": [{ "field": field, "type": kind, "message": message, "moreInfo": "" }],
            }),
            Self::BadRequest(message) => json!({
                "type": "validation_violation", "status": 400, "message": message,
                "details": [{ "field": "", "type": "invalid_request", "message": message, "moreInfo": "" }],
            }),
            Self::Unauthorized => unauthorized(),
            Self::MissingScope(scopes) => {
                let names: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
                let message = format!("Insufficient permissions: one of these scopes is needed: {}", names.join(", "));
                typed("insufficient_permissions", status, &message)
            }
            Self::Untrusted(message) => typed("untrusted_message", status, message),
            Self::Forbidden(message) => typed("insufficient_permissions", status, message),
            Self::NotFound(message) => typed("resource_not_found", status, message),
            Self::Conflict(message) | Self::OptionConflict(message) => typed("conflict_resource", status, message),
            Self::Timeout => typed("request_timeout", status, "The body did not arrive in time. Send it again."),
            Self::TooLarge => typed("payload_too_large", status, "Send a body of at most 1 MiB."),
            Self::UnsupportedBody(message) => typed("unsupported_media_type", status, message),
            Self::KeyReused => typed("idempotency_key_reused", status, &self.to_string()),
            Self::TooMany(_) => typed(
                "too_many_requests",
                status,
                "Too many requests. Send the next one after the seconds in Retry-After.",
            ),
            Self::Unavailable(_) => {
                typed("service_unavailable", status, "The service is busy. Send the request again in a moment.")
            }
            Self::Internal(_) => typed(
                "internal_service_error",
                status,
                "Something went wrong while processing the request. Please contact the administrator.",
            ),
        }
    }
}

/// What is wrong with a field, in a word for programs.
fn kind_of(field: &str) -> &'static str {
    match field {
        "q" | "sort" | "pageNumber" | "pageSize" | "totalCount" | "showDeleted" | "partial" => {
            "invalid_query_parameter"
        }
        "body" => "invalid_payload",
        _ => "invalid_value",
    }
}

fn problem(detail: &str, path: &str) -> Map<String, Value> {
    let fields = [
        ("type", json!("about:blank")),
        ("title", json!("Bad Request")),
        ("status", json!(400)),
        ("detail", json!(detail)),
        ("instance", json!(instance(path))),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn unauthorized() -> Value {
    json!({ "fault": {
        "faultstring": "Invalid access token", "detail": { "errorcode": "oauth.v2.InvalidAccessToken" },
    } })
}

fn forbidden(details: &[impl AsRef<str>]) -> Value {
    let details: Vec<&str> = details.iter().map(AsRef::as_ref).collect();
    json!({ "code": 403, "status": "Forbidden", "message": "Scope validation failed", "details": details })
}

fn typed(kind: &str, status: u16, message: &str) -> Value {
    json!({ "type": kind, "status": status, "message": message })
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINTS: &str = "/reward-points/customer/C1/addPoints";
    const COUPON: &str = "/coupon/acme/coupons/X";

    fn points(error: &ApiError) -> Value {
        error.body_of_points(POINTS, Timestamp::parse("2023-10-12T06:41:03.866Z").unwrap())
    }

    #[test]
    fn reward_points_errors_read_as_in_the_contract() {
        assert_eq!(
            points(&ApiError::Invalid(FieldErrors::one("points", "Give a number."))),
            json!({
                "type": "about:blank", "title": "Bad Request", "status": 400, "detail": "points: Give a number.",
                "instance": "/customer/C1/addPoints", "errors": [{ "field": "points", "message": "Give a number." }],
            })
        );
        assert_eq!(
            points(&ApiError::MissingScope(vec![Scope::RewardPointsManage])),
            json!({
                "code": 403, "status": "Forbidden", "message": "Scope validation failed",
                "details": ["Missing required scopes '[rewardspoints.rewardpoints_manage]'",
                    "missing scope: rewardspoints.rewardpoints_manage"],
            })
        );
        assert_eq!(
            points(&ApiError::NotFound("No reward points found for customer 202429132".to_owned())),
            json!({ "type": "resource_not_found", "status": 404,
                "message": "No reward points found for customer 202429132" })
        );
        assert_eq!(
            points(&ApiError::Conflict("Couldn't".to_owned())),
            json!({
                "status": 409, "type": "application/json", "message": "New Reward Point Entry not Created",
                "moreInfo": "",
                "details": [{ "field": null, "type": null, "message": "Couldn't", "moreInfo": "" }],
            })
        );
        assert_eq!(
            points(&ApiError::OptionConflict("stale".to_owned())),
            json!({ "status": 409, "message": "RedeemOption not Updated", "details": { "message": "stale" } })
        );
        assert_eq!(
            points(&ApiError::Internal("password=hunter2".to_owned())),
            json!({ "timestamp": "2023-10-12T06:41:03.866+00:00", "status": 500, "error": "Internal Server Error",
                "path": "/customer/C1/addPoints" })
        );
    }

    #[test]
    fn coupon_errors_read_as_in_the_contract() {
        assert_eq!(Family::of(COUPON), Family::Coupon);
        assert_eq!(Family::of("/coupons"), Family::RewardPoints);
        assert_eq!(
            ApiError::Conflict("Duplicate Coupon 'X' on tenant 't'".to_owned()).body_of_coupons(),
            json!({ "type": "conflict_resource", "status": 409, "message": "Duplicate Coupon 'X' on tenant 't'" })
        );
        let invalid = ApiError::Invalid(FieldErrors::one("code", "Give a code.")).body_of_coupons();
        assert_eq!(
            invalid["details"][0],
            json!({
                "field": "code", "type": "invalid_value", "message": "Give a code.", "moreInfo": "",
            })
        );
        assert!(!ApiError::Internal("password=hunter2".to_owned()).body_of_coupons().to_string().contains("hunter2"));
    }

    #[test]
    fn both_families_say_the_same_about_tokens() {
        assert_eq!(points(&ApiError::Unauthorized), ApiError::Unauthorized.body_of_coupons());
        let answer = ApiError::Unauthorized.answer(POINTS, Timestamp::from_micros(0));
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert!(answer.headers().contains_key(header::WWW_AUTHENTICATE));
        assert!(
            ApiError::Unavailable(String::new())
                .answer(COUPON, Timestamp::from_micros(0))
                .headers()
                .contains_key(header::RETRY_AFTER)
        );
    }
}
