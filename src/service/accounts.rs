//! Reading one customer's account: balance, past balance, entries.

use std::{collections::HashMap, sync::Arc};

use tokio_util::task::TaskTracker;

use super::together::Together;
use crate::{
    clock::Clock,
    domain::{
        ids::{CustomerId, EntryId, TenantId},
        ledger::entry::Entry,
        time::Timestamp,
    },
    store::{Db, DbError, ledger::read},
};

/// What the customer can spend at `now`; `None` without an open account.
pub async fn balance(
    db: &Db,
    tenant: &TenantId,
    customer: &CustomerId,
    now: Timestamp,
) -> Result<Option<i64>, DbError> {
    read::balance(db, tenant, customer, now).await
}

/// Answers what customers can spend now; `None` without an open account.
pub type Balances = Together<(TenantId, CustomerId), Option<i64>>;

/// Reads balances for many who ask at once.
pub fn balances(db: &Db, clock: &Arc<dyn Clock>, tasks: &TaskTracker) -> Balances {
    let (db, clock) = (db.clone(), Arc::clone(clock));
    Together::new(tasks, move |customers: Vec<(TenantId, CustomerId)>| {
        let (db, now) = (db.clone(), clock.now());
        async move {
            let customers: Vec<_> = customers.iter().map(|(tenant, customer)| (tenant, customer)).collect();
            read::balances(&db, &customers, now).await
        }
    })
}

/// What the customer could spend at `at`, an instant that has passed; `None` without an open account.
pub async fn past_balance(
    db: &Db,
    tenant: &TenantId,
    customer: &CustomerId,
    at: Timestamp,
) -> Result<Option<i64>, DbError> {
    read::past_balance(db, tenant, customer, at).await
}

/// A page of an account's entries.
#[derive(Clone, Debug)]
pub struct Entries {
    /// The oldest first.
    pub entries: Vec<Entry>,
    /// The ids of the entries that made the lots which these took from, by place.
    pub lots: HashMap<i64, EntryId>,
    /// Whether more follow.
    pub more: bool,
}

/// At most `limit` entries of the present life of a customer's account behind the entry in place `after`, from one
/// snapshot; `None` without an open account.
pub async fn entries(
    db: &Db,
    tenant: &TenantId,
    customer: &CustomerId,
    after: i64,
    limit: i64,
) -> Result<Option<Entries>, DbError> {
    let mut snapshot = db.snapshot().await?;
    let account = read::account(&mut snapshot, tenant, customer).await?.filter(|account| account.open);
    let Some(account) = account else { return Ok(None) };
    let after = after.max(account.opened_seq);
    let mut entries = read::entries(&mut snapshot, tenant, account.account_id, after, limit.saturating_add(1)).await?;
    let limit = usize::try_from(limit).unwrap_or_default();
    let more = entries.len() > limit;
    entries.truncate(limit);
    let lots = entries.iter().flat_map(|entry| entry.takes.iter().map(|take| take.lot_seq)).collect();
    let lots = read::entry_ids(&mut snapshot, tenant, account.account_id, lots).await?;
    Ok(Some(Entries { entries, lots, more }))
}
