//! Rows of a batch: taken in many at a time, and listed by where they stand.

use serde_json::json;
use sqlx::FromRow;

use crate::{
    domain::{
        bulk::{Problem, RowState},
        ids::TenantId,
        time::Timestamp,
    },
    store::{Db, DbError, Tx, sql::statements},
};

macro_rules! row_columns {
    () => {
        "r.row_no, r.line, r.customer_id, r.points, r.reason, r.note, r.private_note, r.valid_until, r.reference_id,
         r.cells, r.state, r.problem"
    };
}
pub(in crate::store) use row_columns;

statements! {
    Tenant INSERT_ROWS {
        "INSERT INTO bulk_rows (tenant_id, batch_id, row_no, line, customer_id, points, reason, note, private_note,
             valid_until, reference_id, cells, state, problem)
         SELECT j.value ->> 0, j.value ->> 1, CAST(j.value ->> 2 AS BIGINT), CAST(j.value ->> 3 AS BIGINT),
             j.value ->> 4, CAST(j.value ->> 5 AS BIGINT), j.value ->> 6, j.value ->> 7, j.value ->> 8,
             CAST(j.value ->> 9 AS BIGINT), j.value ->> 10, j.value ->> 11, j.value ->> 12, j.value ->> 13
         FROM " rows
    }
    /// The most points that a row which is not bad moves.
    Tenant FIND_LARGEST {
        "SELECT CAST(COALESCE(MAX(ABS(points)), 0) AS BIGINT) FROM bulk_rows
         WHERE tenant_id = $1 AND batch_id = $2 AND state <> 'bad'"
    }
    /// In the order of the table.
    Tenant LIST_ROWS {
        "SELECT " [row_columns] " FROM bulk_rows r
         WHERE r.tenant_id = $1 AND r.batch_id = $2 AND r.row_no > $3 ORDER BY r.row_no LIMIT $4"
    }
    Tenant LIST_ROWS_IN_STATE {
        "SELECT " [row_columns] " FROM bulk_rows r
         WHERE r.tenant_id = $1 AND r.batch_id = $2 AND r.row_no > $3 AND r.state = $5 ORDER BY r.row_no LIMIT $4"
    }
    /// The page before: read backwards.
    Tenant LIST_ROWS_BEFORE {
        "SELECT " [row_columns] " FROM bulk_rows r
         WHERE r.tenant_id = $1 AND r.batch_id = $2 AND r.row_no < $3 ORDER BY r.row_no DESC LIMIT $4"
    }
    Tenant LIST_ROWS_IN_STATE_BEFORE {
        "SELECT " [row_columns] " FROM bulk_rows r
         WHERE r.tenant_id = $1 AND r.batch_id = $2 AND r.row_no < $3 AND r.state = $5
         ORDER BY r.row_no DESC LIMIT $4"
    }
}

/// A row of a batch.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Row {
    /// From 1, in the order of the table.
    pub row_no: i64,
    /// Where it begins in the file.
    pub line: i64,
    /// Whose points, as it is written.
    pub customer_id: String,
    /// Signed; 0 when it cannot be read.
    pub points: i64,
    /// The reason's stored name.
    pub reason: Option<String>,
    /// What the customer reads.
    pub note: Option<String>,
    /// What employees write for each other.
    pub private_note: Option<String>,
    /// When added points end.
    pub valid_until: Option<Timestamp>,
    /// What the shop calls it.
    pub reference_id: Option<String>,
    /// JSON: the row as it was written, when it cannot be read.
    pub cells: Option<String>,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub state: RowState,
    /// JSON: why it is bad, was refused, or could not be reversed.
    pub problem: Option<String>,
}

impl TryFrom<String> for RowState {
    type Error = crate::domain::invalid::Invalid;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl Row {
    /// A row as it is taken in.
    pub fn new(row_no: i64, line: i64) -> Self {
        Self {
            row_no,
            line,
            customer_id: String::new(),
            points: 0,
            reason: None,
            note: None,
            private_note: None,
            valid_until: None,
            reference_id: None,
            cells: None,
            state: RowState::Ready,
            problem: None,
        }
    }

    /// The same row, with which something is wrong.
    #[must_use]
    pub fn with(self, state: RowState, problem: Option<&Problem>) -> Self {
        Self { state, problem: problem.and_then(|problem| serde_json::to_string(problem).ok()), ..self }
    }

    /// What is wrong with it.
    pub fn problem(&self) -> Option<Problem> {
        serde_json::from_str(self.problem.as_deref()?).ok()
    }
}

/// Takes rows in.
pub async fn insert(tx: &mut Tx, tenant: &TenantId, batch_id: &str, rows: &[Row]) -> Result<(), DbError> {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            json!([
                tenant.as_str(),
                batch_id,
                row.row_no,
                row.line,
                row.customer_id,
                row.points,
                row.reason,
                row.note,
                row.private_note,
                row.valid_until.map(Timestamp::micros),
                row.reference_id,
                row.cells,
                row.state.as_str(),
                row.problem,
            ])
        })
        .collect();
    tx.query(INSERT_ROWS).bind(json!(rows).to_string()).run().await.map(drop)
}

/// Where a page of rows begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowPage {
    /// Behind a row.
    After(i64),
    /// Ends before a row.
    Before(i64),
}

/// At most `limit` rows of a page, in the order of the table.
pub async fn list(
    db: &Db,
    tenant: &TenantId,
    batch_id: &str,
    state: Option<RowState>,
    page: RowPage,
    limit: i64,
) -> Result<Vec<Row>, DbError> {
    let (sql, of_state, place) = match page {
        RowPage::After(row) => (LIST_ROWS, LIST_ROWS_IN_STATE, row),
        RowPage::Before(row) => (LIST_ROWS_BEFORE, LIST_ROWS_IN_STATE_BEFORE, row),
    };
    let sql = if state.is_some() { of_state } else { sql };
    let query = db.query(sql).bind(tenant).bind(batch_id).bind(place).bind(limit);
    let mut rows: Vec<Row> = match state {
        Some(state) => query.bind(state.as_str()).all().await?,
        None => query.all().await?,
    };
    if matches!(page, RowPage::Before(_)) {
        rows.reverse();
    }
    Ok(rows)
}

/// The most points that a row which is not bad moves.
pub async fn largest(db: &Db, tenant: &TenantId, batch_id: &str) -> Result<i64, DbError> {
    let (largest,): (i64,) = db.query(FIND_LARGEST).bind(tenant).bind(batch_id).one().await?;
    Ok(largest)
}
