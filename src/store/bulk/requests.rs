//! Batches that wait for a second person, and what was decided about them.

use sqlx::FromRow;

use super::batches::Batch;
use crate::{
    domain::{
        approval::State,
        ids::{TenantId, UserId},
        time::Timestamp,
    },
    store::{Db, DbError, Tx, approvals::Decision, sql::statements},
};

macro_rules! request_columns {
    () => {
        "q.request_id, q.batch_id, b.name, q.state, q.row_count, q.points_to_add, q.points_to_take, q.largest, q.asked_by,
         ua.name AS asker, q.asked_at, q.decided_by, ud.name AS decider, q.decided_at, q.decision_note
         FROM bulk_requests q
         JOIN bulk_batches b ON b.tenant_id = q.tenant_id AND b.batch_id = q.batch_id
         LEFT JOIN users ua ON ua.user_id = q.asked_by
         LEFT JOIN users ud ON ud.user_id = q.decided_by"
    };
}

statements! {
    Tenant INSERT_BULK_REQUEST {
        "INSERT INTO bulk_requests (tenant_id, request_id, batch_id, state, row_count, points_to_add, points_to_take,
             largest, asked_by, asked_at)
         VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9)"
    }
    /// The newest request for a batch.
    Tenant FIND_BULK_REQUEST {
        "SELECT " [request_columns] " WHERE q.tenant_id = $1 AND q.batch_id = $2 ORDER BY q.request_id DESC LIMIT 1"
    }
    /// The newest first.
    Tenant LIST_BULK_REQUESTS {
        "SELECT " [request_columns] "
         WHERE q.tenant_id = $1 AND (CAST($2 AS TEXT) IS NULL OR q.state = $2) ORDER BY q.request_id DESC LIMIT $3"
    }
    /// No row is touched when somebody decided in between.
    Tenant CLOSE_BULK_REQUEST {
        "UPDATE bulk_requests SET state = $3, decided_by = $4, decision_note = $5, decided_at = $6
         WHERE tenant_id = $1 AND request_id = $2 AND state = 'open'"
    }
    Tenant DELETE_BULK_REQUESTS { "DELETE FROM bulk_requests WHERE tenant_id = $1 AND batch_id = $2" }
}

/// A batch that somebody wants booked whose own limit does not reach that far.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct BulkRequest {
    /// A UUID of version 7.
    pub request_id: String,
    /// Which batch.
    pub batch_id: String,
    /// The name of its file; empty for rows that were typed.
    pub name: String,
    /// Where the request stands.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// How many rows would be booked when it was asked for.
    pub row_count: i64,
    /// Points that they would add.
    pub points_to_add: i64,
    /// Points that they would take; not negative.
    pub points_to_take: i64,
    /// The most points that one of them moves.
    pub largest: i64,
    /// Who asked.
    pub asked_by: UserId,
    /// Their name; `None` when the user is gone.
    pub asker: Option<String>,
    /// When.
    pub asked_at: Timestamp,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// Their name.
    pub decider: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// What they said about it.
    pub decision_note: Option<String>,
}

/// Keeps a request for a batch as it stands.
pub async fn insert(
    tx: &mut Tx,
    batch: &Batch,
    (request_id, largest): (&str, i64),
    asked_by: &UserId,
    now: Timestamp,
) -> Result<(), DbError> {
    let query = tx.query(INSERT_BULK_REQUEST).bind(&batch.tenant_id).bind(request_id).bind(&batch.batch_id);
    let query = query.bind(batch.row_count - batch.bad_count).bind(batch.points_to_add).bind(batch.points_to_take);
    query.bind(largest).bind(asked_by).bind(now).run().await.map(drop)
}

/// The newest request for a batch.
pub async fn find(db: &Db, tenant: &TenantId, batch_id: &str) -> Result<Option<BulkRequest>, DbError> {
    db.query(FIND_BULK_REQUEST).bind(tenant).bind(batch_id).optional().await
}

/// The same within a transaction.
pub async fn find_in(tx: &mut Tx, tenant: &TenantId, batch_id: &str) -> Result<Option<BulkRequest>, DbError> {
    tx.query(FIND_BULK_REQUEST).bind(tenant).bind(batch_id).optional().await
}

/// At most `limit` requests, the newest first.
pub async fn list(db: &Db, tenant: &TenantId, state: Option<State>, limit: i64) -> Result<Vec<BulkRequest>, DbError> {
    db.query(LIST_BULK_REQUESTS).bind(tenant).bind(state.map(State::as_str)).bind(limit).all().await
}

/// Keeps what was decided; says whether the request was still open.
pub async fn close(tx: &mut Tx, tenant: &TenantId, request_id: &str, decision: &Decision<'_>) -> Result<bool, DbError> {
    let query = tx.query(CLOSE_BULK_REQUEST).bind(tenant).bind(request_id).bind(decision.state.as_str());
    Ok(query.bind(decision.by).bind(decision.note).bind(decision.at).run().await? > 0)
}

/// Forgets the requests for a batch, which is thrown away.
pub async fn delete(tx: &mut Tx, tenant: &TenantId, batch_id: &str) -> Result<(), DbError> {
    tx.query(DELETE_BULK_REQUESTS).bind(tenant).bind(batch_id).run().await.map(drop)
}
