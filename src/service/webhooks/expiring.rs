//! Telling that points will end soon.

use std::collections::BTreeSet;

use super::outbox::{self, Wants};
use crate::{
    app::App,
    domain::{
        event::{Event, EventType},
        ids::TenantId,
    },
    store::{DbError, db::retry_on_conflict, webhooks::expiring},
};

/// Lots that are told of in one transaction.
const LOTS_AT_ONCE: i64 = 200;

/// Writes an event for every lot that ends within the days of a notice and was not told of yet; how many these are.
/// Safe to be killed and to run in several replicas at once.
pub async fn give_notice(app: &App) -> Result<usize, DbError> {
    let mut told = 0;
    for tenant in expiring::tenants(&app.db).await? {
        // The fewest days first: what ends in three days is told of once, not as ending within thirty, too.
        for days in app.settings.expiry_notice_days() {
            loop {
                let some = retry_on_conflict(|| give_some(app, &tenant, days)).await?;
                told += some;
                if some == 0 || app.stopping.is_cancelled() {
                    break;
                }
                app.ledger.news().notify_one();
            }
        }
    }
    Ok(told)
}

async fn give_some(app: &App, tenant: &TenantId, days: i64) -> Result<usize, DbError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    // Another replica's notice of fewer days must be seen before one of more is given.
    tx.lock_scope(&format!("expiry notices of {tenant}")).await?;
    let wants = Wants::of(&mut tx, &BTreeSet::from([tenant])).await?;
    if !wants.has(tenant, EventType::PointsExpiring) {
        return Ok(0);
    }
    let soon = expiring::give_notice(&mut tx, tenant, days, now, LOTS_AT_ONCE).await?;
    let events = soon.iter().map(|one| Event::of_expiring(tenant, one, now));
    let told = outbox::write(&mut tx, &wants, events, now).await?;
    tx.commit().await?;
    Ok(told)
}
