//! Deliveries, as people look at them.

use sqlx::FromRow;

use crate::{
    domain::{delivery::DeliveryState, ids::TenantId, time::Timestamp},
    store::{Db, DbError, Tx, sql::statements},
};

/// The columns of [`DeliveryRow`], in order.
macro_rules! delivery_columns {
    () => {
        "d.endpoint_id, d.event_id, d.event_type, d.state, d.tries, d.round_tries, d.next_at, d.claim, d.created_at,
         d.done_at, e.url, e.description, e.paused_at
         FROM webhook_deliveries d
         JOIN webhook_endpoints e ON e.tenant_id = d.tenant_id AND e.endpoint_id = d.endpoint_id"
    };
}

statements! {
    /// The newest first.
    Tenant LIST_DELIVERIES {
        "SELECT " [delivery_columns] "
         WHERE d.tenant_id = $1 AND e.deleted_at IS NULL AND (CAST($2 AS TEXT) IS NULL OR d.endpoint_id = $2)
             AND (CAST($3 AS TEXT) IS NULL OR d.event_type = $3) AND (d.event_id, d.endpoint_id) < ($4, $5)
         ORDER BY d.event_id DESC, d.endpoint_id DESC LIMIT $6"
    }
    /// The same of one state, by an index of its own.
    Tenant LIST_DELIVERIES_IN_STATE {
        "SELECT " [delivery_columns] "
         WHERE d.tenant_id = $1 AND e.deleted_at IS NULL AND (CAST($2 AS TEXT) IS NULL OR d.endpoint_id = $2)
             AND (CAST($3 AS TEXT) IS NULL OR d.event_type = $3) AND (d.event_id, d.endpoint_id) < ($4, $5)
             AND d.state = $7
         ORDER BY d.event_id DESC, d.endpoint_id DESC LIMIT $6"
    }
    Tenant GET_DELIVERY {
        "SELECT " [delivery_columns] "
         WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND d.event_id = $3 AND e.deleted_at IS NULL"
    }
    Tenant GET_BODY { "SELECT body FROM webhook_events WHERE tenant_id = $1 AND event_id = $2" }
    Tenant LIST_ATTEMPTS {
        "SELECT number, url, signature, attempted_at, duration_millis, status, error, answer FROM webhook_attempts
         WHERE tenant_id = $1 AND endpoint_id = $2 AND event_id = $3 ORDER BY number DESC LIMIT $4"
    }
    /// A try that is under way is left alone.
    Tenant SEND_AGAIN {
        "UPDATE webhook_deliveries SET state = 'pending', round_tries = 0, next_at = $4, done_at = NULL
         WHERE tenant_id = $1 AND endpoint_id = $2 AND event_id = $3 AND claim IS NULL"
    }
    Tenant SEND_PARKED_AGAIN {
        "UPDATE webhook_deliveries SET state = 'pending', round_tries = 0, next_at = $3, done_at = NULL
         WHERE tenant_id = $1 AND endpoint_id = $2 AND state = 'parked' AND event_id IN (
             SELECT d.event_id FROM webhook_deliveries d
             WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND d.state = 'parked' ORDER BY d.event_id LIMIT $4)"
    }
}

/// What a list of deliveries is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// To this endpoint.
    pub endpoint: Option<String>,
    /// In this state.
    pub state: Option<DeliveryState>,
    /// Of this type.
    pub event_type: Option<String>,
}

/// A delivery of an event to an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// To whom.
    pub endpoint_id: String,
    /// Where that is at present.
    pub url: String,
    /// What for.
    pub description: String,
    /// Whether nothing is sent there at present.
    pub endpoint_paused: bool,
    /// What.
    pub event_id: String,
    /// Of which type.
    pub event_type: String,
    /// How it goes.
    pub state: DeliveryState,
    /// Tries in all.
    pub tries: i64,
    /// Tries since it was last asked for.
    pub round_tries: i64,
    /// When the next is due.
    pub next_at: Option<Timestamp>,
    /// Whether one is under way.
    pub under_way: bool,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was delivered or parked.
    pub done_at: Option<Timestamp>,
}

#[derive(FromRow)]
struct DeliveryRow {
    endpoint_id: String,
    event_id: String,
    event_type: String,
    state: String,
    tries: i64,
    round_tries: i64,
    next_at: Option<Timestamp>,
    claim: Option<String>,
    created_at: Timestamp,
    done_at: Option<Timestamp>,
    url: String,
    description: String,
    paused_at: Option<Timestamp>,
}

impl From<DeliveryRow> for Delivery {
    fn from(row: DeliveryRow) -> Self {
        Self {
            endpoint_id: row.endpoint_id,
            url: row.url,
            description: row.description,
            endpoint_paused: row.paused_at.is_some(),
            event_id: row.event_id,
            event_type: row.event_type,
            // The schema knows no other word.
            state: DeliveryState::parse(&row.state).unwrap_or(DeliveryState::Parked),
            tries: row.tries,
            round_tries: row.round_tries,
            next_at: row.next_at,
            under_way: row.claim.is_some(),
            created_at: row.created_at,
            done_at: row.done_at,
        }
    }
}

/// One try.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Attempt {
    /// From 1.
    pub number: i64,
    /// Where it was sent to.
    pub url: String,
    /// What was sent as webhook-signature.
    pub signature: String,
    /// When.
    pub attempted_at: Timestamp,
    /// How long it took.
    pub duration_millis: i64,
    /// The answer's status.
    pub status: Option<i64>,
    /// Why it counts as failed.
    pub error: Option<String>,
    /// The beginning of the answer.
    pub answer: Option<String>,
}

/// Deliveries of a tenant, the newest first, from behind `before` (event and endpoint) on.
pub async fn list(
    db: &Db,
    tenant: &TenantId,
    filter: &DeliveryFilter,
    before: Option<(&str, &str)>,
    limit: i64,
) -> Result<Vec<Delivery>, DbError> {
    // Greater than every id.
    let (event, endpoint) = before.unwrap_or(("~", "~"));
    let sql = if filter.state.is_some() { LIST_DELIVERIES_IN_STATE } else { LIST_DELIVERIES };
    let mut query = db
        .query(sql)
        .bind(tenant)
        .bind(filter.endpoint.as_deref())
        .bind(filter.event_type.as_deref())
        .bind(event)
        .bind(endpoint)
        .bind(limit);
    if let Some(state) = filter.state {
        query = query.bind(state.as_str());
    }
    Ok(query.all::<DeliveryRow>().await?.into_iter().map(Delivery::from).collect())
}

/// A delivery with what is sent and the newest tries, newest first.
pub async fn find(
    tx: &mut Tx,
    tenant: &TenantId,
    endpoint_id: &str,
    event_id: &str,
    attempts: i64,
) -> Result<Option<(Delivery, String, Vec<Attempt>)>, DbError> {
    let query = tx.query(GET_DELIVERY).bind(tenant).bind(endpoint_id).bind(event_id);
    let Some(row) = query.optional::<DeliveryRow>().await? else { return Ok(None) };
    let (body,) = tx.query(GET_BODY).bind(tenant).bind(event_id).one::<(String,)>().await?;
    let query = tx.query(LIST_ATTEMPTS).bind(tenant).bind(endpoint_id).bind(event_id).bind(attempts);
    Ok(Some((row.into(), body, query.all().await?)))
}

/// Lets the tries begin again; whether there is such a delivery, and no try under way.
pub async fn send_again(
    tx: &mut Tx,
    tenant: &TenantId,
    endpoint_id: &str,
    event_id: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    Ok(tx.query(SEND_AGAIN).bind(tenant).bind(endpoint_id).bind(event_id).bind(now).run().await? > 0)
}

/// The same for parked deliveries to an endpoint, at most `limit`; how many these are.
pub async fn send_parked_again(
    tx: &mut Tx,
    tenant: &TenantId,
    endpoint_id: &str,
    now: Timestamp,
    limit: i64,
) -> Result<u64, DbError> {
    tx.query(SEND_PARKED_AGAIN).bind(tenant).bind(endpoint_id).bind(now).bind(limit).run().await
}
