//! The inbox as people see it: what arrived, what became of it, and another try for what failed.

use serde_json::json;

pub use crate::store::inbox::{Event, EventCounts, EventFilter, EventPage};
use crate::{
    app::App,
    domain::{actor::Caller, audit::Subject, ids::TenantId, time::Timestamp},
    service::audit,
    store::{Db, DbError, db::retry_on_conflict, inbox as store},
};

/// How long events that were worked off are kept, in seconds: they hold what the shop says of its customers.
const WORKED_SECS: i64 = 30 * 24 * 3_600;
/// How long events that failed are kept, in seconds.
const FAILED_SECS: i64 = 180 * 24 * 3_600;

/// A page of events, with whether there are newer and older ones.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The newest first, without their bodies.
    pub events: Vec<Event>,
    /// Whether there are newer ones.
    pub newer: bool,
    /// Whether there are older ones.
    pub older: bool,
}

/// A page of at most `limit` events.
pub async fn list(
    db: &Db,
    tenant: &TenantId,
    filter: &EventFilter,
    page: &EventPage,
    limit: usize,
) -> Result<Listed, DbError> {
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut events = store::list(db, tenant, filter, page, wanted).await?;
    let more = events.len() > limit;
    Ok(match page {
        EventPage::NewerThan(_) => {
            if more {
                events.remove(0);
            }
            Listed { older: !events.is_empty(), newer: more, events }
        }
        EventPage::Newest | EventPage::OlderThan(_) => {
            events.truncate(limit);
            Listed { newer: *page != EventPage::Newest, older: more, events }
        }
    })
}

/// One event, with its body.
pub async fn find(db: &Db, tenant: &TenantId, event_id: &str) -> Result<Option<Event>, DbError> {
    store::find(db, tenant, event_id).await
}

/// How many events of a tenant wait, and how many failed.
pub async fn counts(db: &Db, tenant: &TenantId) -> Result<EventCounts, DbError> {
    store::count(db, tenant).await
}

/// The same for all tenants together.
pub async fn all_counts(db: &Db) -> Result<EventCounts, DbError> {
    store::count_all(db).await
}

/// For how many seconds the oldest event of all tenants is due that waits.
pub async fn oldest_secs(db: &Db, now: Timestamp) -> Result<i64, DbError> {
    Ok(store::oldest_due(db).await?.map_or(0, |due| now.micros().saturating_sub(due.micros()).max(0) / 1_000_000))
}

/// Gives a failed event another try; says whether it had failed.
pub async fn retry(app: &App, caller: &Caller, event_id: &str) -> Result<bool, DbError> {
    let retried = retry_on_conflict(|| retry_once(app, caller, event_id)).await?;
    app.arrivals.tell();
    Ok(retried)
}

async fn retry_once(app: &App, caller: &Caller, event_id: &str) -> Result<bool, DbError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if !store::retry(&mut tx, &caller.tenant, event_id, now).await? {
        return Ok(false);
    }
    let subject = Subject::new("inbox_event", event_id);
    audit::record(&mut tx, caller, "inbox_event.retried", subject, None, None, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// Gives every failed event of the caller's tenant another try; says how many.
pub async fn retry_failed(app: &App, caller: &Caller) -> Result<u64, DbError> {
    let retried = retry_on_conflict(|| retry_failed_once(app, caller)).await?;
    app.arrivals.tell();
    Ok(retried)
}

async fn retry_failed_once(app: &App, caller: &Caller) -> Result<u64, DbError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let retried = store::retry_failed(&mut tx, &caller.tenant, now).await?;
    if retried == 0 {
        return Ok(0);
    }
    let after = json!({ "events": retried });
    let subject = Subject::new("inbox_event", "failed");
    audit::record(&mut tx, caller, "inbox_event.retried", subject, None, Some(after), now).await?;
    tx.commit().await?;
    Ok(retried)
}

/// Forgets events that ended long ago; says how many.
pub async fn purge(app: &App) -> Result<u64, DbError> {
    let now = app.now();
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        let purged = store::purge(&mut tx, now.plus_secs(-WORKED_SECS), now.plus_secs(-FAILED_SECS)).await?;
        tx.commit().await?;
        Ok(purged)
    })
    .await
}
