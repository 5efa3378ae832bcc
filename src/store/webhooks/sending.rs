//! Which deliveries are due, who tries them, and how it went.

use serde_json::{Value, json};
use sqlx::FromRow;

use super::endpoints::{Endpoint, EndpointRow, endpoint_columns};
use crate::{
    domain::{
        delivery::{Next, Outcome},
        ids::TenantId,
        time::Timestamp,
    },
    store::{Db, DbError, Tx, sql::statements},
};

statements! {
    /// Endpoints of any tenant.
    Tenant LIST_DUE {
        "SELECT " [endpoint_columns] " WHERE e.paused_at IS NULL AND e.deleted_at IS NULL AND EXISTS (
             SELECT 1 FROM webhook_deliveries d
             WHERE d.tenant_id = e.tenant_id AND d.endpoint_id = e.endpoint_id AND d.state = 'pending' AND d.next_at <= $1)
         ORDER BY e.tenant_id, e.endpoint_id"
    }
    /// Takes what is due, skipping what another replica takes in this moment.
    Tenant CLAIM {
        "UPDATE webhook_deliveries SET next_at = $4, claim = $5
         WHERE tenant_id = $1 AND endpoint_id = $2 AND state = 'pending' AND next_at <= $3 AND event_id "
        lite("IN (") pg("= ANY (ARRAY (")
        "SELECT d.event_id FROM webhook_deliveries d
         WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND d.state = 'pending' AND d.next_at <= $3
         ORDER BY d.next_at, d.event_id LIMIT $6 "
        lite(")") pg("FOR UPDATE SKIP LOCKED))")
        " RETURNING event_id, round_tries"
    }
    Tenant LIST_BODIES {
        "SELECT v.event_id, v.body FROM " rows "
         JOIN webhook_events v ON v.tenant_id = j.value ->> 0 AND v.event_id = j.value ->> 1 ORDER BY v.event_id"
    }
    /// Of tries that nobody else took over.
    Tenant INSERT_ATTEMPTS {
        "INSERT INTO webhook_attempts (tenant_id, endpoint_id, event_id, number, url, signature, attempted_at,
             duration_millis, status, error, answer)
         SELECT d.tenant_id, d.endpoint_id, d.event_id, d.tries + 1, j.value ->> 4, j.value ->> 5,
             CAST(j.value ->> 6 AS BIGINT), CAST(j.value ->> 7 AS BIGINT), CAST(j.value ->> 8 AS BIGINT),
             j.value ->> 9, j.value ->> 10
         FROM " rows "
         JOIN webhook_deliveries d ON d.tenant_id = j.value ->> 0 AND d.endpoint_id = j.value ->> 1
             AND d.event_id = j.value ->> 2 AND d.claim = j.value ->> 3"
    }
    Tenant FINISH {
        "UPDATE webhook_deliveries SET state = r.state, tries = tries + 1, round_tries = round_tries + 1,
             next_at = r.next_at, done_at = r.done_at, claim = NULL
         FROM (SELECT j.value ->> 0 AS tenant, j.value ->> 1 AS endpoint, j.value ->> 2 AS event, j.value ->> 3 AS claim,
                   j.value ->> 4 AS state, CAST(j.value ->> 5 AS BIGINT) AS next_at,
                   CAST(j.value ->> 6 AS BIGINT) AS done_at
               FROM " rows ") AS r
         WHERE webhook_deliveries.tenant_id = r.tenant AND webhook_deliveries.endpoint_id = r.endpoint
             AND webhook_deliveries.event_id = r.event AND webhook_deliveries.claim = r.claim"
    }
    Tenant NOTE_HEALTH {
        "UPDATE webhook_endpoints SET failures = CASE WHEN $3 THEN $4 ELSE failures + $4 END,
             last_success_at = COALESCE($5, last_success_at), last_failure_at = COALESCE($6, last_failure_at),
             last_error = COALESCE($7, last_error)
         WHERE tenant_id = $1 AND endpoint_id = $2"
    }
    Tenant RELEASE {
        "UPDATE webhook_deliveries SET next_at = $5, claim = NULL
         WHERE tenant_id = $1 AND endpoint_id = $2 AND event_id = $3 AND claim = $4"
    }
    /// Of any tenant; for a database that nobody else sends from.
    Tenant RELEASE_ALL {
        "UPDATE webhook_deliveries SET next_at = $1, claim = NULL
         WHERE tenant_id IS NOT NULL AND state = 'pending' AND claim IS NOT NULL"
    }
}

/// A try that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Whose.
    pub tenant: TenantId,
    /// To whom.
    pub endpoint_id: String,
    /// What.
    pub event_id: String,
    /// What is sent.
    pub body: String,
    /// Who tries.
    pub claim: String,
    /// Failed tries since it was last asked for.
    pub round_tries: i64,
}

/// A try that was made.
#[derive(Clone, Debug)]
pub struct Tried {
    /// What was to be done.
    pub claimed: Claimed,
    /// Where it was sent to.
    pub url: String,
    /// What was sent as webhook-signature.
    pub signature: String,
    /// When.
    pub at: Timestamp,
    /// How long it took.
    pub millis: i64,
    /// What came of it.
    pub outcome: Outcome,
    /// What follows from it.
    pub next: Next,
}

/// How the last tries of an endpoint went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// When one was taken last.
    pub success_at: Option<Timestamp>,
    /// When one failed last, and why.
    pub failure: Option<(Timestamp, String)>,
    /// How many failed since one was taken.
    pub failures: i64,
}

#[derive(FromRow)]
struct ClaimRow {
    event_id: String,
    round_tries: i64,
}

/// The endpoints for which something is due.
pub async fn due(db: &Db, now: Timestamp) -> Result<Vec<Endpoint>, DbError> {
    Ok(db.query(LIST_DUE).bind(now).all::<EndpointRow>().await?.into_iter().map(Endpoint::from).collect())
}

/// Takes at most `limit` deliveries to an endpoint that are due. Until `lease` they are nobody else's.
pub async fn claim(
    tx: &mut Tx,
    endpoint: (&TenantId, &str),
    now: Timestamp,
    lease: Timestamp,
    claim: &str,
    limit: i64,
) -> Result<Vec<Claimed>, DbError> {
    let (tenant, endpoint_id) = endpoint;
    let query = tx.query(CLAIM).bind(tenant).bind(endpoint_id).bind(now).bind(lease).bind(claim).bind(limit);
    let mut rows: Vec<ClaimRow> = query.all().await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    rows.sort_by(|one, two| one.event_id.cmp(&two.event_id));
    let names: Vec<Value> = rows.iter().map(|row| json!([tenant.as_str(), row.event_id])).collect();
    let bodies: Vec<(String, String)> = tx.query(LIST_BODIES).bind(Value::Array(names).to_string()).all().await?;
    let claimed = rows.into_iter().zip(bodies).map(|(row, (event_id, body))| Claimed {
        tenant: tenant.clone(),
        endpoint_id: endpoint_id.to_owned(),
        event_id,
        body,
        claim: claim.to_owned(),
        round_tries: row.round_tries,
    });
    Ok(claimed.collect())
}

/// Writes how tries went.
pub async fn finish(tx: &mut Tx, tried: &[Tried]) -> Result<(), DbError> {
    let (mut attempts, mut deliveries) = (Vec::new(), Vec::new());
    for one in tried {
        let Claimed { tenant, endpoint_id, event_id, claim, .. } = &one.claimed;
        let (status, error, answer) = (one.outcome.status, &one.outcome.error, &one.outcome.answer);
        attempts.push(json!([
            tenant.as_str(),
            endpoint_id,
            event_id,
            claim,
            one.url,
            one.signature,
            one.at.micros(),
            one.millis,
            status,
            error,
            answer
        ]));
        let (state, next_at, done_at) = match one.next {
            Next::Delivered(at) => ("delivered", None, Some(at)),
            Next::Again(at) => ("pending", Some(at), None),
            Next::Parked(at) => ("parked", None, Some(at)),
        };
        let (next_at, done_at) = (next_at.map(Timestamp::micros), done_at.map(Timestamp::micros));
        deliveries.push(json!([tenant.as_str(), endpoint_id, event_id, claim, state, next_at, done_at]));
    }
    tx.query(INSERT_ATTEMPTS).bind(Value::Array(attempts).to_string()).run().await?;
    tx.query(FINISH).bind(Value::Array(deliveries).to_string()).run().await?;
    Ok(())
}

/// Writes how an endpoint does.
pub async fn note_health(tx: &mut Tx, tenant: &TenantId, endpoint_id: &str, health: &Health) -> Result<(), DbError> {
    tx.query(NOTE_HEALTH)
        .bind(tenant)
        .bind(endpoint_id)
        .bind(health.success_at.is_some())
        .bind(health.failures)
        .bind(health.success_at)
        .bind(health.failure.as_ref().map(|(at, _)| *at))
        .bind(health.failure.as_ref().map(|(_, why)| why.as_str()))
        .run()
        .await
        .map(drop)
}

/// Gives back a try that was not made.
pub async fn release(tx: &mut Tx, claimed: &Claimed, now: Timestamp) -> Result<(), DbError> {
    let Claimed { tenant, endpoint_id, event_id, claim, .. } = claimed;
    tx.query(RELEASE).bind(tenant).bind(endpoint_id).bind(event_id).bind(claim).bind(now).run().await.map(drop)
}

/// Gives back every try that is under way.
pub async fn release_all(tx: &mut Tx, now: Timestamp) -> Result<u64, DbError> {
    tx.query(RELEASE_ALL).bind(now).run().await
}
