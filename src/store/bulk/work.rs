//! Working on a batch: who holds it, which rows come next, and what became of them.

use serde_json::json;
use sqlx::FromRow;

use super::{
    batches::{Batch, batch_columns},
    rows::{Row, row_columns},
};
use crate::{
    domain::{
        bulk::{BatchState, RowState},
        ids::TenantId,
        time::Timestamp,
    },
    store::{Db, DbError, Tx, db::Query, ledger::rows::balance_at, sql::statements},
};

statements! {
    /// Takes up the batch that has waited longest: until `$2` nobody else does.
    Global CLAIM_BATCH {
        "WITH due AS MATERIALIZED (
             SELECT b.tenant_id AS due_tenant, b.batch_id AS due_batch FROM bulk_batches b
             WHERE b.due_at <= $1 ORDER BY b.due_at LIMIT 1 " pg("FOR UPDATE SKIP LOCKED") ")
         UPDATE bulk_batches SET due_at = $2, turn = turn + 1
         FROM due WHERE tenant_id = due_tenant AND batch_id = due_batch
         RETURNING " [batch_columns]
    }
    /// The same for one batch.
    Tenant CLAIM_ONE {
        "UPDATE bulk_batches SET due_at = $4, turn = turn + 1
         WHERE tenant_id = $1 AND batch_id = $2 AND due_at <= $3
         RETURNING " [batch_columns]
    }
    Global NEXT_BATCH_DUE { "SELECT MIN(due_at) FROM bulk_batches WHERE due_at IS NOT NULL" }
    /// Holds on to a batch; no row comes back when another worker has taken it up, or it stands otherwise by now.
    Tenant HOLD_BATCH {
        "UPDATE bulk_batches SET due_at = $5
         WHERE tenant_id = $1 AND batch_id = $2 AND turn = $3 AND state = $4
         RETURNING stop_wanted"
    }
    /// Rows of customers one after another, with what the ledger knows of the customer. Rows that cannot be read are
    /// not among them. `known` is 0 for a customer with neither an open account nor personal data.
    Tenant LIST_TO_CHECK {
        "SELECT " [row_columns] ", CASE WHEN a.open THEN " [balance_at] " END AS balance,
             CAST(CASE WHEN a.open THEN 1 WHEN a.account_id IS NULL AND p.customer_id IS NOT NULL THEN 1 ELSE 0 END
                 AS BIGINT) AS known
         FROM bulk_rows r
         LEFT JOIN accounts a ON a.tenant_id = r.tenant_id AND a.customer_id = r.customer_id
         LEFT JOIN customers p ON p.tenant_id = r.tenant_id AND p.customer_id = r.customer_id
         WHERE r.tenant_id = $1 AND r.batch_id = $2 AND (r.customer_id, r.row_no) > ($4, $5) AND r.cells IS NULL
         ORDER BY r.customer_id, r.row_no LIMIT $6"
    }
    /// What the good rows come to.
    Tenant SUM_UP {
        "SELECT CAST(COALESCE(SUM(CASE WHEN state = 'bad' THEN 1 ELSE 0 END), 0) AS BIGINT),
             CAST(COALESCE(SUM(CASE WHEN state = 'ready' AND points > 0 THEN points ELSE 0 END), 0) AS BIGINT),
             CAST(COALESCE(SUM(CASE WHEN state = 'ready' AND points < 0 THEN -points ELSE 0 END), 0) AS BIGINT)
         FROM bulk_rows WHERE tenant_id = $1 AND batch_id = $2"
    }
    Tenant END_CHECK {
        "UPDATE bulk_batches SET state = 'checked', due_at = NULL, checked_at = $4, bad_count = $5, points_to_add = $6,
             points_to_take = $7, customer_count = $8, balance_before = $9
         WHERE tenant_id = $1 AND batch_id = $2 AND turn = $3 AND state = 'checking'"
    }
    /// The next rows to book.
    Tenant LIST_TO_BOOK {
        "SELECT " [row_columns] ", CASE WHEN a.open THEN a.balance END AS balance,
             CAST(CASE WHEN a.open THEN 1 WHEN a.account_id IS NULL AND p.customer_id IS NOT NULL THEN 1 ELSE 0 END
                 AS BIGINT) AS known
         FROM bulk_rows r
         LEFT JOIN accounts a ON a.tenant_id = r.tenant_id AND a.customer_id = r.customer_id
         LEFT JOIN customers p ON p.tenant_id = r.tenant_id AND p.customer_id = r.customer_id
         WHERE r.tenant_id = $1 AND r.batch_id = $2 AND r.state = 'ready' ORDER BY r.row_no LIMIT $3"
    }
    /// The next rows to reverse, the last first: what was taken comes back before what was added goes.
    Tenant LIST_TO_REVERSE {
        "SELECT " [row_columns] " FROM bulk_rows r
         WHERE r.tenant_id = $1 AND r.batch_id = $2 AND r.state = $3 ORDER BY r.row_no DESC LIMIT $4"
    }
    /// What became of rows: `value` is the batch's tenant and id, the row, the state it had, and state and problem now.
    Tenant MARK_ROWS {
        "UPDATE bulk_rows SET state = m.state, problem = m.problem
         FROM (SELECT j.value ->> 0 AS tenant, j.value ->> 1 AS batch, CAST(j.value ->> 2 AS BIGINT) AS row_no,
                   j.value ->> 3 AS was, j.value ->> 4 AS state, j.value ->> 5 AS problem
               FROM " rows ") AS m
         WHERE bulk_rows.tenant_id = m.tenant AND bulk_rows.batch_id = m.batch AND bulk_rows.row_no = m.row_no
           AND bulk_rows.state = m.was"
    }
    Tenant COUNT_BOOKED {
        "UPDATE bulk_batches SET booked_count = booked_count + $3, refused_count = refused_count + $4,
             points_added = points_added + $5, points_taken = points_taken + $6
         WHERE tenant_id = $1 AND batch_id = $2"
    }
    Tenant COUNT_REVERSED {
        "UPDATE bulk_batches SET reversed_count = reversed_count + $3, kept_count = kept_count + $4,
             points_reversed = points_reversed + $5
         WHERE tenant_id = $1 AND batch_id = $2"
    }
    Tenant END_RUN {
        "UPDATE bulk_batches SET state = 'done', due_at = NULL, done_at = $4, stop_wanted = " lite("0") pg("FALSE") "
         WHERE tenant_id = $1 AND batch_id = $2 AND turn = $3 AND state = 'running'"
    }
    Tenant STOP_RUN {
        "UPDATE bulk_batches SET state = 'stopped', due_at = NULL, stop_wanted = " lite("0") pg("FALSE") "
         WHERE tenant_id = $1 AND batch_id = $2 AND turn = $3 AND state = 'running'"
    }
    Tenant END_REVERSAL {
        "UPDATE bulk_batches SET state = 'reversed', due_at = NULL, reversed_at = $4
         WHERE tenant_id = $1 AND batch_id = $2 AND turn = $3 AND state = 'reversing'"
    }
    /// Lets another worker take a batch up at once.
    Tenant LET_GO {
        "UPDATE bulk_batches SET due_at = $4
         WHERE tenant_id = $1 AND batch_id = $2 AND turn = $3 AND due_at IS NOT NULL"
    }
}

/// Which batch a worker holds, by the turn in which it took it up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Whose.
    pub tenant: TenantId,
    /// The batch.
    pub batch_id: String,
    /// The turn.
    pub turn: i64,
}

impl From<&Batch> for Held {
    fn from(batch: &Batch) -> Self {
        Self { tenant: batch.tenant_id.clone(), batch_id: batch.batch_id.clone(), turn: batch.turn }
    }
}

/// A row with what the ledger knows of its customer.
#[derive(Clone, Debug, FromRow)]
pub struct Candidate {
    /// The row.
    #[sqlx(flatten)]
    pub row: Row,
    /// What the customer can spend; `None` without an open account.
    pub balance: Option<i64>,
    known: i64,
}

impl Candidate {
    /// Whether the customer has an open account, or none yet but is known by name.
    pub fn is_known(&self) -> bool {
        self.known > 0
    }
}

/// What became of a row.
#[derive(Clone, Debug)]
pub struct Mark {
    /// Which.
    pub row_no: i64,
    /// Where it stood: one that stands otherwise by now is left alone.
    pub was: RowState,
    /// Where it stands, with what is wrong with it.
    pub now: Row,
}

/// What the good rows of a batch come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sums {
    /// Rows that something is wrong with.
    pub bad: i64,
    /// Points that the others add.
    pub to_add: i64,
    /// Points that the others take; not negative.
    pub to_take: i64,
}

/// When the next batch is to be worked on, if any is.
pub async fn next_due(db: &Db) -> Result<Option<Timestamp>, DbError> {
    let (next,): (Option<Timestamp>,) = db.query(NEXT_BATCH_DUE).one().await?;
    Ok(next)
}

/// Takes up a batch that is due, and holds it until `until`.
pub async fn claim(tx: &mut Tx, now: Timestamp, until: Timestamp) -> Result<Option<Batch>, DbError> {
    tx.query(CLAIM_BATCH).bind(now).bind(until).optional().await
}

/// Takes up this batch if it is due, and holds it until `until`.
pub async fn claim_one(
    tx: &mut Tx,
    tenant: &TenantId,
    batch_id: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Batch>, DbError> {
    tx.query(CLAIM_ONE).bind(tenant).bind(batch_id).bind(now).bind(until).optional().await
}

/// Holds on to a batch until `until`; `None` when it is lost, else whether somebody wants it to stop.
pub async fn hold(tx: &mut Tx, held: &Held, state: BatchState, until: Timestamp) -> Result<Option<bool>, DbError> {
    let query = tx.query(HOLD_BATCH).bind(&held.tenant).bind(&held.batch_id).bind(held.turn);
    let row: Option<(bool,)> = query.bind(state.as_str()).bind(until).optional().await?;
    Ok(row.map(|(stop_wanted,)| stop_wanted))
}

/// The next rows to check, behind the row of a customer.
pub async fn to_check(
    db: &Db,
    held: &Held,
    now: Timestamp,
    (customer, row_no): (&str, i64),
    limit: i64,
) -> Result<Vec<Candidate>, DbError> {
    let query = db.query(LIST_TO_CHECK).bind(&held.tenant).bind(&held.batch_id).bind(now);
    query.bind(customer).bind(row_no).bind(limit).all().await
}

/// What the good rows come to.
pub async fn sum_up(tx: &mut Tx, held: &Held) -> Result<Sums, DbError> {
    let (bad, to_add, to_take) = tx.query(SUM_UP).bind(&held.tenant).bind(&held.batch_id).one().await?;
    Ok(Sums { bad, to_add, to_take })
}

/// Ends the check; says whether the batch was still held.
pub async fn end_check(
    tx: &mut Tx,
    held: &Held,
    sums: Sums,
    (customers, balance): (i64, i64),
    now: Timestamp,
) -> Result<bool, DbError> {
    let query = tx.query(END_CHECK).bind(&held.tenant).bind(&held.batch_id).bind(held.turn).bind(now);
    let query = query.bind(sums.bad).bind(sums.to_add).bind(sums.to_take).bind(customers).bind(balance);
    Ok(query.run().await? > 0)
}

/// The next rows to book.
pub async fn to_book(db: &Db, held: &Held, limit: i64) -> Result<Vec<Candidate>, DbError> {
    db.query(LIST_TO_BOOK).bind(&held.tenant).bind(&held.batch_id).bind(limit).all().await
}

/// The next rows that stand so, the last first.
pub async fn to_reverse(db: &Db, held: &Held, state: RowState, limit: i64) -> Result<Vec<Row>, DbError> {
    let query = db.query(LIST_TO_REVERSE).bind(&held.tenant).bind(&held.batch_id).bind(state.as_str());
    query.bind(limit).all().await
}

/// Notes what became of rows.
pub async fn mark(tx: &mut Tx, held: &Held, marks: &[Mark]) -> Result<(), DbError> {
    if marks.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = marks
        .iter()
        .map(|mark| {
            let (was, now) = (mark.was.as_str(), mark.now.state.as_str());
            json!([held.tenant.as_str(), held.batch_id, mark.row_no, was, now, mark.now.problem])
        })
        .collect();
    let marked = tx.query(MARK_ROWS).bind(json!(rows).to_string()).run().await?;
    // Whoever holds a batch is the only one who moves its rows.
    if usize::try_from(marked).is_ok_and(|marked| marked == marks.len()) { Ok(()) } else { Err(DbError::Changed) }
}

/// Counts rows that were booked, rows that were refused, points added and points taken.
pub async fn count_booked(tx: &mut Tx, held: &Held, counts: [i64; 4]) -> Result<(), DbError> {
    let query = tx.query(COUNT_BOOKED).bind(&held.tenant).bind(&held.batch_id);
    counts.into_iter().fold(query, Query::bind).run().await.map(drop)
}

/// Counts rows that were reversed, rows that could not be, and the points that had been booked by the first.
pub async fn count_reversed(tx: &mut Tx, held: &Held, counts: [i64; 3]) -> Result<(), DbError> {
    let query = tx.query(COUNT_REVERSED).bind(&held.tenant).bind(&held.batch_id);
    counts.into_iter().fold(query, Query::bind).run().await.map(drop)
}

/// Ends the run; says whether the batch was still held.
pub async fn end_run(tx: &mut Tx, held: &Held, now: Timestamp) -> Result<bool, DbError> {
    end(tx, END_RUN, held, now).await
}

/// Ends the reversal; says whether the batch was still held.
pub async fn end_reversal(tx: &mut Tx, held: &Held, now: Timestamp) -> Result<bool, DbError> {
    end(tx, END_REVERSAL, held, now).await
}

async fn end(tx: &mut Tx, sql: crate::store::sql::Sql, held: &Held, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx.query(sql).bind(&held.tenant).bind(&held.batch_id).bind(held.turn).bind(now).run().await? > 0)
}

/// Stops the run; says whether the batch was still held.
pub async fn stop(tx: &mut Tx, held: &Held) -> Result<bool, DbError> {
    Ok(tx.query(STOP_RUN).bind(&held.tenant).bind(&held.batch_id).bind(held.turn).run().await? > 0)
}

/// Lets another worker take the batch up at `due`.
pub async fn let_go(tx: &mut Tx, held: &Held, due: Timestamp) -> Result<(), DbError> {
    tx.query(LET_GO).bind(&held.tenant).bind(&held.batch_id).bind(held.turn).bind(due).run().await.map(drop)
}
