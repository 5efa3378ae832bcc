//! Batches: what was uploaded, where it stands, and what came of it.

use sqlx::FromRow;

use crate::{
    domain::{
        bulk::BatchState,
        ids::{SiteCode, TenantId},
        time::Timestamp,
    },
    store::{Db, DbError, Tx, sql::statements},
};

macro_rules! batch_columns {
    () => {
        "tenant_id, batch_id, name, site_code, default_reason, opens_accounts, content_hash, state, stop_wanted,
         row_count, bad_count, customer_count, points_to_add, points_to_take, balance_before, booked_count,
         refused_count, points_added, points_taken, reversed_count, kept_count, points_reversed, created_by, created_at,
         checked_at, run_by, run_at, done_at, reversed_by, reverse_at, reversed_at, turn"
    };
}
pub(in crate::store) use batch_columns;

statements! {
    Tenant INSERT_BATCH {
        "INSERT INTO bulk_batches (tenant_id, batch_id, name, site_code, default_reason, opens_accounts, content_hash,
             state, stop_wanted, row_count, bad_count, customer_count, points_to_add, points_to_take, balance_before,
             booked_count, refused_count, points_added, points_taken, reversed_count, kept_count, points_reversed,
             created_by, created_at, turn, due_at)
         VALUES ($1, $2, $3, $4, $5, $6, '', 'reading', " lite("0") pg("FALSE") ", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
             $7, $8, 0, NULL)"
    }
    /// All rows are there: they can be checked.
    Tenant END_READING {
        "UPDATE bulk_batches SET state = 'checking', row_count = $3, content_hash = $4, due_at = $5
         WHERE tenant_id = $1 AND batch_id = $2 AND state = 'reading'"
    }
    Tenant GET_BATCH { "SELECT " [batch_columns] " FROM bulk_batches WHERE tenant_id = $1 AND batch_id = $2" }
    /// The newest first.
    Tenant LIST_BATCHES {
        "SELECT " [batch_columns] " FROM bulk_batches
         WHERE tenant_id = $1 AND state <> 'reading' AND (CAST($2 AS TEXT) IS NULL OR batch_id < $2)
         ORDER BY batch_id DESC LIMIT $3"
    }
    /// The newest batch of the same content that moved points.
    Tenant FIND_SAME_CONTENT {
        "SELECT " [batch_columns] " FROM bulk_batches
         WHERE tenant_id = $1 AND content_hash = $2 AND batch_id <> $3 AND booked_count > reversed_count
         ORDER BY batch_id DESC LIMIT 1"
    }
    Tenant CHECK_AGAIN {
        "UPDATE bulk_batches SET state = 'checking', due_at = $3
         WHERE tenant_id = $1 AND batch_id = $2 AND state = 'checked'"
    }
    Tenant RUN_BATCH {
        "UPDATE bulk_batches SET state = 'running', run_by = $3, run_at = $4, due_at = $4
         WHERE tenant_id = $1 AND batch_id = $2 AND state = 'checked'"
    }
    /// The worker sees it before it takes the next rows.
    Tenant WANT_STOP {
        "UPDATE bulk_batches SET stop_wanted = " lite("1") pg("TRUE") "
         WHERE tenant_id = $1 AND batch_id = $2 AND state = 'running'"
    }
    Tenant GO_ON {
        "UPDATE bulk_batches SET state = 'running', due_at = $3
         WHERE tenant_id = $1 AND batch_id = $2 AND state = 'stopped'"
    }
    Tenant REVERSE_BATCH {
        "UPDATE bulk_batches SET state = 'reversing', reversed_by = $3, reverse_at = $4, due_at = $4
         WHERE tenant_id = $1 AND batch_id = $2 AND state IN ('stopped', 'done')"
    }
    /// What could not be reversed is tried again.
    Tenant REVERSE_KEPT {
        "UPDATE bulk_batches SET state = 'reversing', reversed_by = $3, reverse_at = $4, due_at = $4, kept_count = 0
         WHERE tenant_id = $1 AND batch_id = $2 AND state = 'reversed' AND kept_count > 0"
    }
    Tenant TAKE_UP_KEPT {
        "UPDATE bulk_rows SET state = 'booked', problem = NULL
         WHERE tenant_id = $1 AND batch_id = $2 AND state = 'kept'"
    }
    Tenant DELETE_ROWS {
        "DELETE FROM bulk_rows WHERE tenant_id = $1 AND batch_id = $2
           AND EXISTS (SELECT 1 FROM bulk_batches b WHERE b.tenant_id = $1 AND b.batch_id = $2
               AND b.state IN ('reading', 'checked'))"
    }
    Tenant DELETE_BATCH {
        "DELETE FROM bulk_batches WHERE tenant_id = $1 AND batch_id = $2 AND state IN ('reading', 'checked')"
    }
    /// Uploads that were cut off.
    Global LIST_CUT_OFF {
        "SELECT tenant_id, batch_id FROM bulk_batches WHERE state = 'reading' AND created_at < $1 LIMIT 100"
    }
}

/// A batch.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Batch {
    /// Whose.
    pub tenant_id: TenantId,
    /// A UUID of version 7.
    pub batch_id: String,
    /// The name of the file; empty for rows that were typed.
    pub name: String,
    /// The site whose rule says when points end.
    pub site_code: SiteCode,
    /// The reason of rows that give none.
    pub default_reason: Option<String>,
    /// Whether points open accounts for customers of whom nothing is known yet.
    pub opens_accounts: bool,
    /// SHA-256 of what was uploaded.
    pub content_hash: String,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub state: BatchState,
    /// Whether somebody wants the run to stop.
    pub stop_wanted: bool,
    /// How many rows it has.
    pub row_count: i64,
    /// How many of them the check found something wrong with.
    pub bad_count: i64,
    /// How many customers the other rows are about.
    pub customer_count: i64,
    /// Points that the other rows add.
    pub points_to_add: i64,
    /// Points that the other rows take; not negative.
    pub points_to_take: i64,
    /// What those customers had together when it was checked.
    pub balance_before: i64,
    /// How many rows were booked, those that were reversed later included.
    pub booked_count: i64,
    /// How many rows the ledger refused.
    pub refused_count: i64,
    /// Points that were added.
    pub points_added: i64,
    /// Points that were taken; not negative.
    pub points_taken: i64,
    /// How many rows were reversed.
    pub reversed_count: i64,
    /// How many rows could not be reversed.
    pub kept_count: i64,
    /// The sum of the points of the rows that were reversed, as they had been booked.
    pub points_reversed: i64,
    /// Who uploaded it, as `KIND:ID`.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it was checked last.
    pub checked_at: Option<Timestamp>,
    /// Who ran it, as `KIND:ID`.
    pub run_by: Option<String>,
    /// When that began.
    pub run_at: Option<Timestamp>,
    /// When that ended.
    pub done_at: Option<Timestamp>,
    /// Who reversed it, as `KIND:ID`.
    pub reversed_by: Option<String>,
    /// When that began.
    pub reverse_at: Option<Timestamp>,
    /// When that ended.
    pub reversed_at: Option<Timestamp>,
    /// Grows each time that a worker takes it up.
    pub turn: i64,
}

impl TryFrom<String> for BatchState {
    type Error = crate::domain::invalid::Invalid;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

/// What a batch begins with.
#[derive(Clone, Debug)]
pub struct NewBatch {
    /// A UUID of version 7.
    pub batch_id: String,
    /// The name of the file.
    pub name: String,
    /// The site whose rule says when points end.
    pub site: SiteCode,
    /// The reason of rows that give none.
    pub default_reason: Option<String>,
    /// Whether points open accounts.
    pub opens_accounts: bool,
    /// Who uploads it, as `KIND:ID`.
    pub created_by: String,
}

/// Begins a batch, whose rows follow.
pub async fn insert(tx: &mut Tx, tenant: &TenantId, new: &NewBatch, now: Timestamp) -> Result<(), DbError> {
    let query = tx.query(INSERT_BATCH).bind(tenant).bind(&new.batch_id).bind(&new.name).bind(&new.site);
    let query = query.bind(new.default_reason.as_deref()).bind(new.opens_accounts);
    query.bind(&new.created_by).bind(now).run().await.map(drop)
}

/// Ends the upload of a batch, which is to be checked at `due`.
pub async fn end_reading(
    tx: &mut Tx,
    tenant: &TenantId,
    batch_id: &str,
    (rows, content_hash): (i64, &str),
    due: Timestamp,
) -> Result<bool, DbError> {
    let query = tx.query(END_READING).bind(tenant).bind(batch_id).bind(rows).bind(content_hash);
    Ok(query.bind(due).run().await? > 0)
}

/// One batch.
pub async fn find(db: &Db, tenant: &TenantId, batch_id: &str) -> Result<Option<Batch>, DbError> {
    db.query(GET_BATCH).bind(tenant).bind(batch_id).optional().await
}

/// One batch, within a transaction.
pub async fn find_in(tx: &mut Tx, tenant: &TenantId, batch_id: &str) -> Result<Option<Batch>, DbError> {
    tx.query(GET_BATCH).bind(tenant).bind(batch_id).optional().await
}

/// At most `limit` batches older than one, the newest first.
pub async fn list(db: &Db, tenant: &TenantId, older_than: Option<&str>, limit: i64) -> Result<Vec<Batch>, DbError> {
    db.query(LIST_BATCHES).bind(tenant).bind(older_than).bind(limit).all().await
}

/// The newest other batch of the same content whose points still stand.
pub async fn find_same(db: &Db, batch: &Batch) -> Result<Option<Batch>, DbError> {
    let query = db.query(FIND_SAME_CONTENT).bind(&batch.tenant_id).bind(&batch.content_hash);
    query.bind(&batch.batch_id).optional().await
}

/// Has a batch checked again; says whether it stood so that it could be.
pub async fn check_again(tx: &mut Tx, tenant: &TenantId, batch_id: &str, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx.query(CHECK_AGAIN).bind(tenant).bind(batch_id).bind(now).run().await? > 0)
}

/// Has a batch booked; says whether it stood so that it could be.
pub async fn run(tx: &mut Tx, tenant: &TenantId, batch_id: &str, by: &str, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx.query(RUN_BATCH).bind(tenant).bind(batch_id).bind(by).bind(now).run().await? > 0)
}

/// Wants a run to stop; says whether there was one.
pub async fn want_stop(tx: &mut Tx, tenant: &TenantId, batch_id: &str) -> Result<bool, DbError> {
    Ok(tx.query(WANT_STOP).bind(tenant).bind(batch_id).run().await? > 0)
}

/// Goes on with a run that was stopped; says whether there was one.
pub async fn go_on(tx: &mut Tx, tenant: &TenantId, batch_id: &str, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx.query(GO_ON).bind(tenant).bind(batch_id).bind(now).run().await? > 0)
}

/// Has reversed what was booked, or what could not be reversed before; says whether it stood so that it could be.
pub async fn reverse(
    tx: &mut Tx,
    tenant: &TenantId,
    batch_id: &str,
    by: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    if tx.query(REVERSE_BATCH).bind(tenant).bind(batch_id).bind(by).bind(now).run().await? > 0 {
        return Ok(true);
    }
    if tx.query(REVERSE_KEPT).bind(tenant).bind(batch_id).bind(by).bind(now).run().await? == 0 {
        return Ok(false);
    }
    tx.query(TAKE_UP_KEPT).bind(tenant).bind(batch_id).run().await?;
    Ok(true)
}

/// Deletes a batch that never moved a point; says whether there was one.
pub async fn delete(tx: &mut Tx, tenant: &TenantId, batch_id: &str) -> Result<bool, DbError> {
    tx.query(DELETE_ROWS).bind(tenant).bind(batch_id).run().await?;
    Ok(tx.query(DELETE_BATCH).bind(tenant).bind(batch_id).run().await? > 0)
}

/// Uploads that began before an instant and never ended.
pub async fn cut_off(db: &Db, before: Timestamp) -> Result<Vec<(TenantId, String)>, DbError> {
    db.query(LIST_CUT_OFF).bind(before).all().await
}
