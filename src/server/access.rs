//! Watches every request: gives it an id, counts it, logs it without personal data, and survives its panic.

use std::{panic::AssertUnwindSafe, time::Instant};

use actix_web::{
    Error, HttpMessage as _, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        ConnectionType,
        header::{HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use futures_util::FutureExt as _;
use tracing::{Instrument as _, field::Empty};

use crate::{
    app::{App, RequestId, RequestTenant},
    domain::ids::TenantId,
    metrics::Surface,
    telemetry::traces::Answered,
};

/// The header that carries the id of a request, so that a log line can be found from an answer.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The outermost middleware.
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
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    let surface = Surface::of(request.path());
    let trace = app.traces.begin(|name| request.headers().get(name).and_then(|value| value.to_str().ok()));
    let span = tracing::info_span!("request", request.id = %id, request.method = %method, trace.id = Empty);
    if let Some(trace) = &trace {
        span.record("trace.id", trace.trace_id());
    }
    let answer = next.call(request).instrument(span.clone()).await;
    drop(in_flight);
    let status = match &answer {
        Ok(answer) => answer.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    let status = status.as_u16();
    let took = started.elapsed();
    app.metrics.answered(surface, status, took);
    // The pattern, not the path: paths hold ids of customers.
    let route = answer.as_ref().ok().and_then(|answer| answer.request().match_pattern());
    if let Some(trace) = trace {
        let tenant = answer.as_ref().ok().and_then(tenant_of);
        let (method, tenant) = (method.as_str(), tenant.as_ref().map(TenantId::as_str));
        trace.end(&Answered { method, route: route.as_deref(), status, tenant, request_id: &id });
    }
    let route = route.as_deref().unwrap_or("-");
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| match surface {
        Surface::Other => tracing::debug!(response.status = status, duration_ms = millis, "{method} {route} {status}"),
        Surface::Api | Surface::Web => {
            tracing::info!(response.status = status, duration_ms = millis, "{method} {route} {status}");
        }
    });
    let mut answer = answer?.map_into_boxed_body();
    if let Ok(value) = HeaderValue::from_str(&id) {
        answer.headers_mut().insert(REQUEST_ID, value);
    }
    if app.stopping.is_cancelled() {
        // Else the next request on this connection could meet its end.
        answer.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(answer)
}

/// The tenant of a request: that of its token or session, or else the one that its address names, if it is there.
fn tenant_of<B>(answer: &ServiceResponse<B>) -> Option<TenantId> {
    let request = answer.request();
    if let Some(RequestTenant(tenant)) = request.extensions().get() {
        return Some(tenant.clone());
    }
    let named = request.match_info().get("tenant").filter(|_| answer.status().is_success())?;
    TenantId::parse(named).ok()
}

/// The innermost middleware: a panic is a fault of ours, but of this request alone.
///
/// # Errors
/// Those of the handler, and an empty 500 in place of a panic.
pub async fn survive(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(answer) => answer,
        Err(_panic) => {
            let answer = HttpResponse::InternalServerError().finish();
            Err(InternalError::from_response("a handler panicked", answer).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{
        App as ActixApp,
        middleware::from_fn,
        test,
        web::{Data, to},
    };
    use serde_json::Value;

    use super::*;
    use crate::{api, clock::SystemClock, config::Settings, store::Db};

    #[actix_web::test]
    async fn a_panic_is_an_error_of_its_request_alone() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::connect(&format!("sqlite://{}/test.db", dir.path().display())).await.unwrap();
        let app = App::new(db, SystemClock, Settings::default());
        let service = ActixApp::new()
            .app_data(Data::new(app.clone()))
            .wrap(from_fn(survive))
            .wrap(from_fn(api::guard))
            .wrap(from_fn(watch))
            .route("/reward-points/customer/{id}", to(async || -> HttpResponse { panic!("a secret of the inside") }))
            .route("/reward-points/good", to(HttpResponse::Ok));
        let service = test::init_service(service).await;
        let request = test::TestRequest::get().uri("/reward-points/customer/C1").to_request();
        let error = test::try_call_service(&service, request).await.unwrap_err();
        let answer = error.error_response();
        assert_eq!(answer.status().as_u16(), 500);
        let body = actix_web::body::to_bytes(answer.into_body()).await.unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("secret"));
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((&body["error"], &body["path"]), (&"Internal Server Error".into(), &"/customer/C1".into()));
        let request = test::TestRequest::get().uri("/reward-points/good").to_request();
        assert_eq!(test::call_service(&service, request).await.status().as_u16(), 200);
        assert!(app.metrics.render(&[]).contains("guerdon_requests_total{surface=\"api\",class=\"5xx\"} 1\n"));
    }
}
