//! Endpoints for the tests, and a look at what is written for them.

use std::sync::Arc;

use guerdon::{
    app::App,
    config::Settings,
    domain::{
        actor::{Actor, Caller},
        endpoint::{EndpointDraft, Reach},
        event::EventType,
        ids::TenantId,
    },
    service::webhooks::{self, NewEndpoint, deliveries},
};
use serde_json::Value;

use crate::common::database::raw;

/// The same Guerdon, which sends anywhere.
pub(crate) fn open(app: &App) -> App {
    let settings = Settings { webhooks_allow_private: Some(true), ..app.settings.as_ref().clone() };
    App { settings: Arc::new(settings), ..app.clone() }
}

pub(crate) fn caller(tenant: &str) -> Caller {
    Caller { tenant: TenantId::parse(tenant).unwrap(), actor: Actor::employee("u1") }
}

pub(crate) fn draft(url: &str, types: &[EventType]) -> EndpointDraft {
    let types: Vec<String> = types.iter().map(ToString::to_string).collect();
    EndpointDraft::parse(url, "Shop", &types, Reach::Anywhere).unwrap()
}

/// An endpoint that wants these.
pub(crate) async fn endpoint(app: &App, tenant: &str, url: &str, types: &[EventType]) -> NewEndpoint {
    webhooks::create(&open(app), &caller(tenant), &draft(url, types)).await.unwrap()
}

/// What is written for an endpoint, oldest first: id, type, body.
pub(crate) async fn written(app: &App, endpoint_id: &str) -> Vec<(String, String, Value)> {
    let sql = format!(
        "SELECT v.event_id, v.event_type, v.body FROM webhook_deliveries d
         JOIN webhook_events v ON v.tenant_id = d.tenant_id AND v.event_id = d.event_id
         WHERE d.endpoint_id = '{endpoint_id}' AND d.event_type = v.event_type ORDER BY v.event_id"
    );
    let rows: Vec<(String, String, String)> = app.db.query(raw(sql)).all().await.unwrap();
    rows.into_iter().map(|(id, kind, body)| (id, kind, serde_json::from_str(&body).unwrap())).collect()
}

/// State, tries and last error of the deliveries of a tenant, the newest first.
pub(crate) async fn states(app: &App, tenant: &str) -> Vec<(String, i64, Option<String>)> {
    let tenant = caller(tenant).tenant;
    let page = deliveries::list(&app.db, &tenant, &deliveries::DeliveryFilter::default(), None, 1_000).await.unwrap();
    let mut states = Vec::new();
    for one in page.deliveries {
        let found = deliveries::find(&app.db, &tenant, &one.endpoint_id, &one.event_id).await.unwrap().unwrap();
        let why = found.attempts.first().and_then(|attempt| attempt.error.clone());
        states.push((one.state.as_str().to_owned(), one.tries, why));
    }
    states
}
