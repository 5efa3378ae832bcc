//! Writing events beside what causes them.

use serde_json::{Value, json};

use crate::{
    domain::{
        event::EventType,
        ids::{CustomerId, TenantId},
        time::Timestamp,
    },
    store::{DbError, Tx, ledger::rows::balance_at, sql::statements},
};

statements! {
    /// Of the tenants in `$1`.
    Tenant LIST_WANTS {
        "SELECT e.tenant_id, e.endpoint_id, e.event_types FROM " rows "
         JOIN webhook_endpoints e ON e.tenant_id = j.value ->> 0
         WHERE e.paused_at IS NULL AND e.deleted_at IS NULL ORDER BY e.tenant_id, e.endpoint_id"
    }
    /// The newest entry of an open account and what can be spent at `$3`, in one glance.
    Tenant GET_STANDING {
        "SELECT a.seq, " [balance_at] " FROM accounts a WHERE a.tenant_id = $1 AND a.customer_id = $2 AND a.open"
    }
    Tenant INSERT_EVENTS {
        "INSERT INTO webhook_events (tenant_id, event_id, event_type, body, created_at)
         SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, CAST(j.value ->> 4 AS BIGINT) FROM " rows
    }
    Tenant INSERT_DELIVERIES {
        "INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id, event_type, state, tries, round_tries, next_at,
             created_at)
         SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, 'pending', 0, 0,
             CAST(j.value ->> 4 AS BIGINT), CAST(j.value ->> 4 AS BIGINT) FROM " rows
    }
}

/// An endpoint that takes events at present, and which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanting {
    /// Whose.
    pub tenant: TenantId,
    /// Which one.
    pub endpoint_id: String,
    /// What it wants.
    pub event_types: Vec<EventType>,
}

/// An event as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptEvent {
    /// Whose.
    pub tenant: TenantId,
    /// Its id.
    pub event_id: String,
    /// What.
    pub event_type: EventType,
    /// What is sent.
    pub body: String,
    /// To whom.
    pub endpoints: Vec<String>,
}

/// Reads the JSON array of an endpoint's event types; what is no type any more is left out.
pub(super) fn event_types(text: &str) -> Vec<EventType> {
    let names: Vec<String> = serde_json::from_str(text).unwrap_or_default();
    names.iter().filter_map(|name| EventType::parse(name).ok()).collect()
}

/// The endpoints of these tenants that take events at present.
pub async fn wanting(tx: &mut Tx, tenants: impl Iterator<Item = &TenantId>) -> Result<Vec<Wanting>, DbError> {
    let tenants: Vec<Value> = tenants.map(|tenant| json!([tenant.as_str()])).collect();
    let rows: Vec<(TenantId, String, String)> =
        tx.query(LIST_WANTS).bind(Value::Array(tenants).to_string()).all().await?;
    let wanting = rows.into_iter().map(|(tenant, endpoint_id, types)| {
        let event_types = event_types(&types);
        Wanting { tenant, endpoint_id, event_types }
    });
    Ok(wanting.collect())
}

/// The newest entry of a customer's account and the balance at `now`; `None` without an open account.
pub async fn standing(
    tx: &mut Tx,
    tenant: &TenantId,
    customer: &CustomerId,
    now: Timestamp,
) -> Result<Option<(i64, i64)>, DbError> {
    tx.query(GET_STANDING).bind(tenant).bind(customer).bind(now).optional().await
}

/// Writes events, and a delivery to each of their endpoints that is due at once.
pub async fn insert(tx: &mut Tx, events: &[KeptEvent], now: Timestamp) -> Result<(), DbError> {
    let (mut rows, mut deliveries) = (Vec::new(), Vec::new());
    for event in events {
        let (tenant, id, event_type) = (event.tenant.as_str(), &event.event_id, event.event_type.as_str());
        rows.push(json!([tenant, id, event_type, event.body, now.micros()]));
        deliveries
            .extend(event.endpoints.iter().map(|endpoint| json!([tenant, endpoint, id, event_type, now.micros()])));
    }
    tx.query(INSERT_EVENTS).bind(Value::Array(rows).to_string()).run().await?;
    tx.query(INSERT_DELIVERIES).bind(Value::Array(deliveries).to_string()).run().await?;
    Ok(())
}
