//! What surrounds every request of the API: strict paths, CORS, the bodies of errors, headers that every answer has.

use std::borrow::Cow;

use actix_web::{
    Error, HttpMessage as _, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Data,
};

use super::{cors::Cors, error::ApiError};
use crate::{
    app::App,
    domain::percent,
    metrics::Surface,
    rate_limits::{Budget, WINDOW_SECS},
};

/// The middleware of the API. Requests of other paths pass through it untouched.
///
/// # Errors
/// Those of other surfaces; what the API answers is an answer.
pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let app = request.app_data::<Data<App>>().cloned();
    let (Some(app), Surface::Api) = (app, Surface::of(request.path())) else {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    };
    let raw_path = request.uri().path().to_owned();
    let cors = Cors::of(&app, &request).await;
    if let Some(mut preflight) = cors.as_ref().and_then(|cors| cors.preflight(&request)) {
        finish(preflight.headers_mut(), cors.as_ref());
        return Ok(request.into_response(preflight));
    }
    if !percent::is_clean(&raw_path) {
        let error =
            ApiError::BadRequest("Give a path in UTF-8, percent-encoded, without control characters.".to_owned());
        let mut answer = error.answer(&raw_path, app.now());
        finish(answer.headers_mut(), cors.as_ref());
        return Ok(request.into_response(answer));
    }
    let worded = |cause: &Error| {
        let mut answer = word(cause).answer(&raw_path, app.now());
        finish(answer.headers_mut(), cors.as_ref());
        answer
    };
    match next.call(request).await {
        Ok(response) => {
            let mut response = response.map_into_boxed_body();
            let budget = response.request().extensions().get::<Budget>().copied();
            if let Some(cause) = response.response().error() {
                let mut answer = worded(cause);
                tell(answer.headers_mut(), budget);
                let (request, _) = response.into_parts();
                return Ok(ServiceResponse::new(request, answer));
            }
            finish(response.headers_mut(), cors.as_ref());
            tell(response.headers_mut(), budget);
            Ok(response)
        }
        // A panic: the request is gone, but the answer is worded all the same.
        Err(cause) => {
            let answer = worded(&cause);
            Err(InternalError::from_response(cause.to_string(), answer).into())
        }
    }
}

/// The headers that every answer of the API has.
fn finish(headers: &mut HeaderMap, cors: Option<&Cors>) {
    if let Some(cors) = cors {
        cors.mark(headers);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// Tells what is left of the limit, as draft-ietf-httpapi-ratelimit-headers-10 has it.
fn tell(headers: &mut HeaderMap, budget: Option<Budget>) {
    let Some(Budget { whose, quota, left, full_in_secs, .. }) = budget else { return };
    let whose = whose.as_str();
    for (name, text) in [
        ("ratelimit-policy", format!("\"{whose}\";q={quota};w={WINDOW_SECS}")),
        ("ratelimit", format!("\"{whose}\";r={left};t={full_in_secs}")),
    ] {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// What an error is to be told as. What is our fault is written to the log, here and nowhere else.
fn word(cause: &Error) -> Cow<'_, ApiError> {
    let error = match cause.as_error::<ApiError>() {
        Some(error) => Cow::Borrowed(error),
        // Refused by the web server itself before the handler saw it, or a panic.
        None => Cow::Owned(foreign(cause)),
    };
    match &*error {
        ApiError::Internal(cause) => tracing::error!(%cause, "A request failed"),
        ApiError::Unavailable(cause) => tracing::warn!(%cause, "A request could not be done now"),
        _ => {}
    }
    error
}

fn foreign(cause: &Error) -> ApiError {
    match cause.as_response_error().status_code() {
        StatusCode::NOT_FOUND => not_found(),
        StatusCode::REQUEST_TIMEOUT => ApiError::Timeout,
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::TooLarge,
        status if status.is_client_error() => ApiError::BadRequest("The request cannot be read.".to_owned()),
        _ => ApiError::Internal(cause.to_string()),
    }
}

fn not_found() -> ApiError {
    ApiError::NotFound("There is nothing at this path.".to_owned())
}

/// The answer where nothing is.
pub async fn nothing_here() -> Result<HttpResponse, Error> {
    Err(not_found().into())
}
