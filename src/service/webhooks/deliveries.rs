//! Deliveries as people look at them, and sending them again.

use serde_json::json;

use super::{WebhookError, record};
pub use crate::store::webhooks::deliveries::{Attempt, Delivery, DeliveryFilter};
use crate::{
    app::App,
    domain::{actor::Caller, ids::TenantId},
    store::{
        Db, DbError,
        db::retry_on_conflict,
        webhooks::{deliveries, endpoints},
    },
};

/// Tries that are shown of one delivery, the newest.
const ATTEMPTS_SHOWN: i64 = 50;
/// Parked deliveries that are sent again in one transaction.
const AGAIN_AT_ONCE: i64 = 1_000;

/// A page of deliveries, the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryPage {
    /// The deliveries.
    pub deliveries: Vec<Delivery>,
    /// Whether there are older ones.
    pub more: bool,
}

/// A delivery, what is sent, and the newest tries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryDetails {
    /// The delivery.
    pub delivery: Delivery,
    /// The body, byte for byte.
    pub body: String,
    /// The newest first.
    pub attempts: Vec<Attempt>,
}

/// Deliveries of a tenant behind `before` (event and endpoint), the newest first.
pub async fn list(
    db: &Db,
    tenant: &TenantId,
    filter: &DeliveryFilter,
    before: Option<(&str, &str)>,
    limit: u16,
) -> Result<DeliveryPage, DbError> {
    let mut found = deliveries::list(db, tenant, filter, before, i64::from(limit) + 1).await?;
    let more = found.len() > usize::from(limit);
    found.truncate(usize::from(limit));
    Ok(DeliveryPage { deliveries: found, more })
}

/// One delivery.
pub async fn find(
    db: &Db,
    tenant: &TenantId,
    endpoint_id: &str,
    event_id: &str,
) -> Result<Option<DeliveryDetails>, DbError> {
    let mut tx = db.snapshot().await?;
    let found = deliveries::find(&mut tx, tenant, endpoint_id, event_id, ATTEMPTS_SHOWN).await?;
    Ok(found.map(|(delivery, body, attempts)| DeliveryDetails { delivery, body, attempts }))
}

/// Sends an event to an endpoint again, under the same webhook-id; the tries begin anew.
///
/// # Errors
/// When there is no such delivery.
pub async fn send_again(app: &App, caller: &Caller, endpoint_id: &str, event_id: &str) -> Result<(), WebhookError> {
    retry_on_conflict(|| send_again_once(app, caller, endpoint_id, event_id)).await?;
    app.ledger.news().notify_one();
    Ok(())
}

async fn send_again_once(app: &App, caller: &Caller, endpoint_id: &str, event_id: &str) -> Result<(), WebhookError> {
    let (now, tenant) = (app.now(), &caller.tenant);
    let mut tx = app.db.begin().await?;
    if deliveries::find(&mut tx, tenant, endpoint_id, event_id, 0).await?.is_none() {
        return Err(WebhookError::Unknown);
    }
    // One that is being sent in this moment need not be sent again.
    if deliveries::send_again(&mut tx, tenant, endpoint_id, event_id, now).await? {
        let after = Some(json!({ "event": event_id }));
        record(&mut tx, caller, "webhook.sent_again", endpoint_id, None, after, now).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Sends everything that is parked for an endpoint again; how many events these are.
///
/// # Errors
/// When there is no such endpoint.
pub async fn send_parked_again(app: &App, caller: &Caller, endpoint_id: &str) -> Result<u64, WebhookError> {
    let mut sent = 0;
    loop {
        let more = retry_on_conflict(|| send_some_again(app, caller, endpoint_id)).await?;
        app.ledger.news().notify_one();
        sent += more;
        if more < AGAIN_AT_ONCE.unsigned_abs() {
            return Ok(sent);
        }
    }
}

async fn send_some_again(app: &App, caller: &Caller, endpoint_id: &str) -> Result<u64, WebhookError> {
    let (now, tenant) = (app.now(), &caller.tenant);
    let mut tx = app.db.begin().await?;
    endpoints::lock(&mut tx, tenant, endpoint_id).await?.ok_or(WebhookError::Unknown)?;
    let sent = deliveries::send_parked_again(&mut tx, tenant, endpoint_id, now, AGAIN_AT_ONCE).await?;
    if sent > 0 {
        let after = Some(json!({ "events": sent }));
        record(&mut tx, caller, "webhook.parked_sent_again", endpoint_id, None, after, now).await?;
        tx.commit().await?;
    }
    Ok(sent)
}
