//! Deletes what has ended: tokens, sessions, failed sign-ins that nobody counts any more, events that were worked off,
//! and webhook deliveries of long ago.

use std::time::Duration;

use crate::{
    app::App,
    service::{audit, bulk, feeds::inbox, sessions, sign_in, sign_ins, tokens, webhooks},
    store::DbError,
};

/// How often what has ended is deleted.
pub(super) const EVERY: Duration = Duration::from_mins(10);
/// How often the heads of the audit logs are written down.
pub(super) const HEADS_EVERY: Duration = Duration::from_hours(24);

/// Deletes what has ended. Several replicas may do so at once.
pub(super) async fn run(app: App) -> bool {
    let done = purge(&app).await;
    let ok = done.is_ok();
    match done {
        Ok(Purged { tokens: 0, sessions: 0, failures: 0, sign_ins: 0, events: 0, deliveries: 0, uploads: 0 }) => {}
        Ok(Purged { tokens, sessions, failures, sign_ins, events, deliveries, uploads }) => tracing::info!(
            tokens,
            sessions,
            failures,
            sign_ins,
            events,
            deliveries,
            uploads,
            "Deleted {tokens} ended tokens, {sessions} ended sessions, {failures} old failed sign-ins, {sign_ins} sign-ins \
             of long ago, {events} old events of the inbox, {deliveries} old webhook deliveries and {uploads} uploads \
             that were cut off"
        ),
        Err(error) => tracing::warn!(%error, "Could not delete what has ended; trying again in ten minutes"),
    }
    ok
}

/// How many of each were deleted.
struct Purged {
    tokens: u64,
    sessions: u64,
    failures: u64,
    sign_ins: u64,
    events: u64,
    deliveries: usize,
    uploads: usize,
}

async fn purge(app: &App) -> Result<Purged, DbError> {
    Ok(Purged {
        tokens: tokens::purge(&app.db, app.now()).await?,
        sessions: sessions::purge(app).await?,
        failures: sign_in::purge(&app.db, app.now()).await?,
        sign_ins: sign_ins::purge(app).await?,
        events: inbox::purge(app).await?,
        deliveries: webhooks::sending::purge(app).await?,
        uploads: bulk::purge(app).await?,
    })
}

/// Writes the heads of the audit logs to the log of the process, where they show whether the end of an audit log was
/// cut off later.
pub(super) async fn write_heads(app: App) -> bool {
    let done = audit::heads(&app.db).await;
    let ok = done.is_ok();
    match done {
        Ok(heads) => {
            for (tenant, seq, hash) in heads {
                tracing::info!(%tenant, seq, %hash, "The audit log ends with row {seq}");
            }
        }
        Err(error) => tracing::warn!(%error, "Could not read the heads of the audit logs"),
    }
    ok
}
