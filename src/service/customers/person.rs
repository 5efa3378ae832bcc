//! Personal data of a customer, kept apart from the ledger: read, set, erased.

use std::collections::BTreeSet;

use serde_json::json;

pub use crate::domain::customer::{Birthday, PersonalData};
use crate::{
    app::App,
    domain::{
        actor::Caller,
        audit::Subject,
        event::{Event, EventType},
        ids::{CustomerId, TenantId},
    },
    service::{
        audit,
        webhooks::outbox::{self, Wants},
    },
    store::{Db, DbError, approvals, customers, db::retry_on_conflict, webhooks::outbox::standing},
};

/// What is known of a customer as a person; empty when nothing is.
pub async fn find(db: &Db, tenant: &TenantId, customer: &CustomerId) -> Result<PersonalData, DbError> {
    customers::find(db, tenant, customer).await
}

/// Whether the customer has or had an account, or personal data.
pub async fn is_known(db: &Db, tenant: &TenantId, customer: &CustomerId) -> Result<bool, DbError> {
    customers::is_known(db, tenant, customer).await
}

/// Keeps what is known of a customer as a person, in the place of what was known before; whether anything changed. The
/// audit log tells which fields changed, not what they hold: it cannot forget.
pub async fn set(app: &App, caller: &Caller, customer: &CustomerId, person: &PersonalData) -> Result<bool, DbError> {
    Ok(set_all(app, caller, &[(customer, person)]).await? == 1)
}

/// [`set`] for several in one transaction; how many changed. Of a customer who is named twice, the last counts.
pub async fn set_all(app: &App, caller: &Caller, persons: &[(&CustomerId, &PersonalData)]) -> Result<u64, DbError> {
    retry_on_conflict(|| set_once(app, caller, persons)).await
}

async fn set_once(app: &App, caller: &Caller, persons: &[(&CustomerId, &PersonalData)]) -> Result<u64, DbError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let mut count = 0;
    for (customer, person) in persons {
        let before = customers::find_in(&mut tx, &caller.tenant, customer).await?;
        let changed = changed(&before, person);
        if changed.is_empty() {
            continue;
        }
        customers::put(&mut tx, &caller.tenant, customer, person, now).await?;
        let subject = Subject { kind: "customer", id: customer.as_str() };
        let after = json!({ "changed": changed });
        audit::record(&mut tx, caller, "customer.person_changed", subject, None, Some(after), now).await?;
        count += 1;
    }
    if count > 0 {
        tx.commit().await?;
    }
    Ok(count)
}

fn changed(before: &PersonalData, after: &PersonalData) -> Vec<&'static str> {
    let fields = [
        ("name", before.name != after.name),
        ("email", before.email != after.email),
        ("birthday", before.birthday != after.birthday),
        ("language", before.language != after.language),
    ];
    fields.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}

/// Forgets the person: personal data, and the private notes of employees; whether there was any of it. Account, entries
/// and sums stay, and the shop's programs are told.
pub async fn erase(app: &App, caller: &Caller, customer: &CustomerId) -> Result<bool, DbError> {
    retry_on_conflict(|| erase_once(app, caller, customer)).await
}

async fn erase_once(app: &App, caller: &Caller, customer: &CustomerId) -> Result<bool, DbError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if !customers::erase(&mut tx, &caller.tenant, customer).await? {
        return Ok(false);
    }
    approvals::forget_notes(&mut tx, &caller.tenant, customer).await?;
    let wants = Wants::of(&mut tx, &BTreeSet::from([&caller.tenant])).await?;
    if wants.has(&caller.tenant, EventType::CustomerErased) {
        let account = standing(&mut tx, &caller.tenant, customer, now).await?;
        let event = Event::of_erasure(&caller.tenant, customer, account, now);
        outbox::write(&mut tx, &wants, [event], now).await?;
    }
    let subject = Subject { kind: "customer", id: customer.as_str() };
    audit::record(&mut tx, caller, "customer.person_erased", subject, None, None, now).await?;
    tx.commit().await?;
    Ok(true)
}
