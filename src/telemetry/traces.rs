//! Traces: a span for each request, sent by OTLP over HTTP to whoever collects them, where the operator names one. A span
//! tells the pattern of the path, never the path, and no customer: what it holds is named here, all of it.
//!
//! Spans wait in a queue of the library's, which is bounded, and a thread of its own sends them: no request waits for it.
//! What does not fit is dropped.

use std::{env, fmt, sync::Arc, time::Duration};

use opentelemetry::{
    Context, Key, KeyValue,
    propagation::{Extractor, TextMapPropagator as _},
    trace::{Span as _, SpanKind, Status, Tracer as _, TracerProvider as _},
};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{BatchSpanProcessor, SdkTracer, SdkTracerProvider, Span},
};

use super::collector::Collector;
use crate::{config::Settings, domain::invalid::Invalid};

/// How long what is left may take to be sent when the server stops.
const LAST: Duration = Duration::from_secs(5);

/// The variables that say how to speak to the collector, the more special one first.
const PROTOCOL: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"];
/// What Guerdon speaks.
const SPOKEN: &str = "http/protobuf";

/// Where spans go, if anywhere; cheap to clone.
#[derive(Clone, Default)]
pub struct Traces(Option<Arc<Sent>>);

struct Sent {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.are_sent() { "Traces(sent)" } else { "Traces(off)" })
    }
}

/// What is told of a request when it was answered.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    /// Its method.
    pub method: &'a str,
    /// The pattern of its path; `None` when nothing is there.
    pub route: Option<&'a str>,
    /// The status of the answer.
    pub status: u16,
    /// The tenant whose token or session it had.
    pub tenant: Option<&'a str>,
    /// Its id in the log.
    pub request_id: &'a str,
}

/// A request on its way. It ends when this is dropped, at the latest.
#[derive(Debug)]
pub struct RequestSpan(Span);

/// What a caller tells of its own span, as W3C's Trace Context has it.
struct Told<'h> {
    traceparent: Option<&'h str>,
    tracestate: Option<&'h str>,
}

impl Extractor for Told<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        match key {
            "traceparent" => self.traceparent,
            "tracestate" => self.tracestate,
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent", "tracestate"]
    }
}

impl Traces {
    /// Sends spans to the collector that the settings name; to nobody when they name none. To be called within a runtime.
    ///
    /// # Errors
    /// When a variable of OpenTelemetry is of no use.
    pub fn start(settings: &Settings) -> Result<Self, Invalid> {
        let Some(endpoint) = settings.traces_endpoint() else { return Ok(Self::default()) };
        let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found.trim().eq_ignore_ascii_case(value));
        if is("OTEL_SDK_DISABLED", "true") || is("OTEL_TRACES_EXPORTER", "none") {
            return Ok(Self::default());
        }
        let protocol = PROTOCOL.iter().filter_map(|name| env::var(name).ok()).find(|value| !value.trim().is_empty());
        if let Some(other) = protocol.filter(|protocol| protocol.trim() != SPOKEN) {
            // Variables that hold for all programs of a machine must not keep this one from its work.
            tracing::warn!(
                "Traces are not sent: they would be as {SPOKEN}, and OTEL_EXPORTER_OTLP_PROTOCOL asks for {other}"
            );
            return Ok(Self::default());
        }
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector::new(endpoint.clone()))
            .with_endpoint(endpoint.clone())
            .with_protocol(Protocol::HttpBinary)
            .build()
            .map_err(|error| Invalid::new(format!("Cannot send traces to {endpoint}: {error}.")))?;
        let processor = BatchSpanProcessor::builder(exporter).build();
        let provider = SdkTracerProvider::builder().with_resource(resource()).with_span_processor(processor).build();
        let tracer = provider.tracer("guerdon");
        tracing::info!("Traces are sent to {endpoint}");
        Ok(Self(Some(Arc::new(Sent { provider, tracer }))))
    }

    /// Whether anybody wants to know.
    pub fn are_sent(&self) -> bool {
        self.0.is_some()
    }

    /// Begins the span of a request, as a part of what its `traceparent` tells. `head` finds a head by its name.
    pub fn begin<'h>(&self, head: impl Fn(&str) -> Option<&'h str>) -> Option<RequestSpan> {
        let sent = self.0.as_ref()?;
        let told = Told { traceparent: head("traceparent"), tracestate: head("tracestate") };
        let parent = TraceContextPropagator::new().extract_with_context(&Context::new(), &told);
        let begun = sent.tracer.span_builder("request").with_kind(SpanKind::Server);
        Some(RequestSpan(sent.tracer.build_with_context(begun, &parent)))
    }

    /// Sends what is left, for a few seconds at most, and ends.
    pub async fn close(&self) {
        let Some(sent) = self.0.clone() else { return };
        // It waits for the thread that sends.
        let closed = tokio::task::spawn_blocking(move || sent.provider.shutdown_with_timeout(LAST)).await;
        if !matches!(closed, Ok(Ok(()))) {
            tracing::warn!("The last traces could not be sent");
        }
    }
}

impl RequestSpan {
    /// The number by which the trace is found, where its spans are collected.
    pub fn trace_id(&self) -> String {
        self.0.span_context().trace_id().to_string()
    }

    /// Ends the span with what came of the request.
    pub fn end(mut self, answered: &Answered<'_>) {
        let Answered { method, route, status, tenant, request_id } = *answered;
        if !self.0.is_recording() {
            return;
        }
        // Anybody can send any word as a method: only those that are known are told.
        let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].contains(&method);
        let (name, method) = if known { (method, method) } else { ("HTTP", "_OTHER") };
        self.0.update_name(route.map_or_else(|| name.to_owned(), |route| format!("{name} {route}")));
        let set =
            |span: &mut Span, key: &'static str, value: &str| span.set_attribute(KeyValue::new(key, value.to_owned()));
        set(&mut self.0, "http.request.method", method);
        self.0.set_attribute(KeyValue::new("http.response.status_code", i64::from(status)));
        set(&mut self.0, "guerdon.request_id", request_id);
        if let Some(route) = route {
            set(&mut self.0, "http.route", route);
        }
        if let Some(tenant) = tenant {
            set(&mut self.0, "guerdon.tenant", tenant);
        }
        if status >= 500 {
            set(&mut self.0, "error.type", &status.to_string());
            self.0.set_status(Status::error(""));
        }
        self.0.end();
    }
}

/// Who sends: what `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` say, and `guerdon` where they say no name.
fn resource() -> Resource {
    let told = Resource::builder().build();
    let named = told.get(&Key::from_static_str("service.name"));
    let unknown = named.is_none_or(|name| name.as_str().starts_with("unknown_service"));
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let resource = Resource::builder().with_attribute(version);
    if unknown { resource.with_service_name("guerdon").build() } else { resource.build() }
}
