//! Traces, as somebody who collects them gets them: protobuf over HTTP, decoded.

use std::time::Duration;

use guerdon::store::Backend;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::{Span, span::SpanKind, status::StatusCode},
};
use prost::Message as _;

use crate::common::{
    database::TestDb,
    program::Program,
    receiver::{Manner, Receiver},
    wait,
};

/// What a caller's own trace and span are called.
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

fn text(attributes: &[KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|one| one.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        Value::IntValue(number) => Some(number.to_string()),
        other => panic!("{key} is {other:?}"),
    }
}

/// Everything that came, each span with the name of its service.
fn spans(receiver: &Receiver) -> Vec<(String, Span)> {
    let mut spans = Vec::new();
    for received in receiver.received() {
        let request = ExportTraceServiceRequest::decode(received.bytes.as_slice()).unwrap();
        for of_resource in request.resource_spans {
            let service = text(&of_resource.resource.unwrap().attributes, "service.name").unwrap();
            let scopes = of_resource.scope_spans.into_iter();
            spans.extend(scopes.flat_map(|scope| scope.spans).map(|span| (service.clone(), span)));
        }
    }
    spans
}

async fn wait_for(receiver: &Receiver, name: &str) -> (String, Span) {
    wait::until(&format!("the span `{name}` came"), Duration::from_secs(20), async || {
        spans(receiver).into_iter().find(|(_, span)| span.name == name)
    })
    .await
}

async fn program(receiver: &Receiver) -> (TestDb, Program) {
    let db = TestDb::new(Backend::Sqlite).await;
    let program = Program::on(&db)
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", &receiver.base())
        .with("OTEL_EXPORTER_OTLP_HEADERS", "x-key=of-the-collector")
        .with("OTEL_BSP_SCHEDULE_DELAY", "100");
    (db, program)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_request_is_a_span_that_tells_no_customer() {
    let receiver = Receiver::start();
    let (_db, program) = program(&receiver).await;
    let server = program.serve().await;
    program.ok(&["tenant", "create", "acme", "--name", "Acme"]);
    let token = program.json(&["token", "customer", "--tenant", "acme", "--customer", "C1", "--json"]);
    let token = token["access_token"].as_str().unwrap();
    let client = reqwest::Client::new();
    let points = server.url("/reward-points/public/customer?siteCode=main&note=private-thing");
    let answer = client
        .get(points)
        .bearer_auth(token)
        .header("traceparent", format!("00-{TRACE}-{PARENT}-01"))
        .send()
        .await
        .unwrap();
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let status = answer.status().as_u16();
    client.get(server.url("/reward-points/customer/C1")).send().await.unwrap();
    client.get(server.url("/no/such/C1")).send().await.unwrap();

    let (service, span) = wait_for(&receiver, "GET /reward-points/public/customer").await;
    assert_eq!(service, "guerdon");
    assert_eq!(hex::encode(&span.trace_id), TRACE);
    assert_eq!(hex::encode(&span.parent_span_id), PARENT);
    assert_eq!(span.kind, i32::from(SpanKind::Server));
    assert!(span.end_time_unix_nano > span.start_time_unix_nano);
    let told = |key: &str| text(&span.attributes, key);
    assert_eq!(told("http.request.method").as_deref(), Some("GET"));
    assert_eq!(told("http.route").as_deref(), Some("/reward-points/public/customer"));
    assert_eq!(told("http.response.status_code"), Some(status.to_string()));
    assert_eq!(told("guerdon.tenant").as_deref(), Some("acme"));
    assert_eq!(told("guerdon.request_id"), Some(id.clone()));
    assert_eq!(span.attributes.len(), 5, "and nothing else: {:?}", span.attributes);

    let (_, refused) = wait_for(&receiver, "GET /reward-points/customer/{customerId}").await;
    assert_eq!(text(&refused.attributes, "http.response.status_code").as_deref(), Some("401"));
    assert!(refused.parent_span_id.is_empty() && text(&refused.attributes, "guerdon.tenant").is_none());
    assert_eq!(refused.status.unwrap_or_default().code, i32::from(StatusCode::Unset), "the caller's fault");
    wait_for(&receiver, "GET").await;
    for received in receiver.received() {
        assert!(received.line.starts_with("POST /v1/traces "), "{}", received.line);
        assert_eq!(received.headers["content-type"], "application/x-protobuf");
        assert_eq!(received.headers["x-key"], "of-the-collector");
        for private in ["C1", "siteCode", "private-thing", token] {
            assert!(!received.body.contains(private), "{private} is in {}", received.body);
        }
    }
    // The log leads from one to the other.
    assert!(server.log().contains(TRACE) && server.log().contains(&id), "{}", server.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_is_sent_when_the_server_stops() {
    let receiver = Receiver::start();
    let (_db, program) = program(&receiver).await;
    let program = program.with("OTEL_BSP_SCHEDULE_DELAY", "600000").with("OTEL_SERVICE_NAME", "points");
    let server = program.serve().await;
    reqwest::get(server.url("/admin/login")).await.unwrap();
    assert!(receiver.received().is_empty());
    assert!(server.stop().success());
    let found = spans(&receiver);
    assert!(found.iter().any(|(service, span)| service == "points" && span.name == "GET /admin/login"), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_waits_for_a_collector_that_does_not_answer() {
    let receiver = Receiver::start();
    receiver.usually(Manner::Hang);
    let (_db, program) = program(&receiver).await;
    let program = program.with("OTEL_BSP_MAX_QUEUE_SIZE", "16").with("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "8");
    let server = program.serve().await;
    wait::until("the collector is asked", Duration::from_secs(20), async || {
        reqwest::get(server.url("/admin/login")).await.unwrap();
        (!receiver.received().is_empty()).then_some(())
    })
    .await;
    let begun = std::time::Instant::now();
    for _ in 0..200 {
        assert_eq!(reqwest::get(server.url("/health/live")).await.unwrap().status(), 200);
    }
    assert!(begun.elapsed() < Duration::from_secs(8), "200 requests took {:?}", begun.elapsed());
    // Nor does its end, for longer than the last spans are waited for.
    let begun = std::time::Instant::now();
    assert!(server.stop().success());
    assert!(begun.elapsed() < Duration::from_secs(15), "it took {:?} to stop", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_away_is_told_of_once_and_spans_come_when_it_is_back() {
    let receiver = Receiver::start();
    receiver.usually(Manner::Answer(400));
    let (_db, program) = program(&receiver).await;
    let server = program.serve().await;
    for count in 1..=2 {
        reqwest::get(server.url("/admin/login")).await.unwrap();
        receiver.wait_for(count).await;
    }
    receiver.usually(Manner::Answer(200));
    reqwest::get(server.url("/docs/api")).await.unwrap();
    wait_for(&receiver, "GET /docs/api").await;
    wait::until("it is told", Duration::from_secs(20), async || server.log().contains("are sent to").then_some(()))
        .await;
    assert_eq!(server.log().matches("Traces cannot be sent to").count(), 1, "{}", server.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_unless_it_is_asked_for() {
    let receiver = Receiver::start();
    let db = TestDb::new(Backend::Sqlite).await;
    for (variable, value) in [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", String::new()),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc".to_owned()),
        ("OTEL_SDK_DISABLED", "true".to_owned()),
        ("OTEL_TRACES_EXPORTER", "none".to_owned()),
    ] {
        let program = Program::on(&db).with("OTEL_EXPORTER_OTLP_ENDPOINT", &receiver.base()).with(variable, &value);
        let server = program.serve().await;
        reqwest::get(server.url("/admin/login")).await.unwrap();
        assert!(server.stop().success());
        assert_eq!(server.log().contains("http/protobuf"), value == "grpc", "{}", server.log());
        assert!(receiver.received().is_empty(), "{variable}={value}");
    }
    let wrong = Program::on(&db).with("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "collector:4318").run(&["migrate"]);
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
    assert!(wrong.err.contains("OTLP endpoint such as http://localhost:4318"), "{wrong:?}");
}
