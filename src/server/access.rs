//! Watches every request: gives it an id, counts it, logs it without personal data, and survives its panic.

use std::{panic::AssertUnwindSafe, time::Instant};

use actix_web::{
    Error, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
    web::Data,
};
use futures_util::FutureExt as _;
use tracing::Instrument as _;

use crate::{app::App, metrics::Surface};

/// The header that carries the id of a request, so that a log line can be found from an answer.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The middleware around everything.
///
/// # Errors
/// Those of the handler.
pub async fn watch(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(app) = request.app_data::<Data<App>>().cloned() else {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    };
    let started = Instant::now();
    let in_flight = app.metrics.begin();
    let id = uuid::Uuid::new_v4().simple().to_string();
    let method = request.method().clone();
    let surface = Surface::of(request.path());
    let span = tracing::info_span!("request", request.id = %id, request.method = %method);
    // A panic is a fault of ours, but of this request alone.
    let answer = AssertUnwindSafe(next.call(request)).catch_unwind().instrument(span.clone()).await;
    let answer = answer.unwrap_or_else(|_panic| Err(panicked().into()));
    let mut answer = answer.map(ServiceResponse::map_into_boxed_body)?;
    drop(in_flight);
    let took = started.elapsed();
    let status = answer.status().as_u16();
    app.metrics.answered(surface, status, took);
    if let Ok(value) = HeaderValue::from_str(&id) {
        answer.headers_mut().insert(REQUEST_ID, value);
    }
    // The pattern, not the path: paths hold ids of customers.
    let route = answer.request().match_pattern();
    let route = route.as_deref().unwrap_or("-");
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| {
        if status >= 500 {
            tracing::error!(response.status = status, duration_ms = millis, "Failed {method} {route}");
        } else {
            tracing::debug!(response.status = status, duration_ms = millis, "Answered {method} {route}");
        }
    });
    Ok(answer)
}

fn panicked() -> InternalError<&'static str> {
    InternalError::from_response("a handler panicked", HttpResponse::InternalServerError().finish())
}
