//! What a batch tells the outbox: one event for each entry, and one for each coupon issued with it.

use std::collections::BTreeSet;

use super::decide::Sale;
use crate::{
    domain::{
        event::{Event, EventType},
        ledger::{book::Changes, entry::Source},
        time::Timestamp,
    },
    service::webhooks::outbox::{self, Wants},
    store::{DbError, Tx},
};

/// Writes the events of a batch; how many these are. What is moved in from elsewhere is no news.
pub(super) async fn write(tx: &mut Tx, changes: &[Changes], sales: &[Sale], now: Timestamp) -> Result<usize, DbError> {
    let tenants: BTreeSet<_> =
        changes.iter().filter(|change| !change.entries.is_empty()).map(|change| &change.account.tenant).collect();
    let wants = Wants::of(tx, &tenants).await?;
    if wants.is_empty() {
        return Ok(0);
    }
    let mut events = Vec::new();
    for change in changes {
        let account = &change.account;
        for entry in change.entries.iter().filter(|entry| entry.memo.source != Source::Import) {
            if wants.has(&account.tenant, EventType::of_entry(entry.kind)) {
                events.push(Event::of_entry(account, entry));
            }
            let is_of_entry = |sale: &&Sale| {
                sale.tenant == account.tenant && (sale.account_id, sale.seq) == (account.account_id, entry.seq)
            };
            if let Some(sale) = sales.iter().find(is_of_entry) {
                events.push(Event::of_issue(account, entry, &sale.option.id, &sale.coupon));
            }
        }
    }
    outbox::write(tx, &wants, events, now).await
}
