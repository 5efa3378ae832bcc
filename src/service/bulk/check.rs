//! Checks a batch against the ledger, customer by customer, before a point moves.
//!
//! What it finds depends on nothing but the rows and the ledger, so that a check that was cut off is simply made again.

use std::collections::HashMap;

use super::work::{Ended, LEASE_SECS};
use crate::{
    app::App,
    domain::{
        bulk::{BatchState, Problem, RowState},
        points::Points,
        time::Timestamp,
    },
    store::{
        DbError,
        bulk::{
            batches::Batch,
            rows::Row,
            work::{self as store, Candidate, Held, Mark},
        },
        db::retry_on_conflict,
    },
};

/// Rows that are read at once.
const ROWS: i64 = 1_000;

/// What the check knows while it goes through the rows of one customer.
#[derive(Debug, Default)]
struct Account {
    customer: String,
    /// What the customer will have when it is the next row's turn.
    balance: i64,
    /// Whether a row of this customer is good.
    counted: bool,
    /// Where each row stands that was there before.
    rows: HashMap<String, i64>,
    /// Where each reference stands.
    references: HashMap<String, i64>,
}

/// What the check found up to now.
#[derive(Debug, Default)]
struct Found {
    account: Account,
    customers: i64,
    balance: i64,
}

impl Found {
    /// What is wrong with the next row. Rows of a customer come one after another, in the order of the table.
    fn judge(&mut self, batch: &Batch, one: &Candidate) -> Option<Problem> {
        let row = &one.row;
        let before = one.balance.unwrap_or_default();
        if self.account.customer != row.customer_id {
            self.account = Account { customer: row.customer_id.clone(), balance: before, ..Account::default() };
        }
        let problem = self.account.judge(batch, one);
        if problem.is_none() && !self.account.counted {
            self.account.counted = true;
            self.customers += 1;
            self.balance = self.balance.saturating_add(before);
        }
        problem
    }
}

impl Account {
    fn judge(&mut self, batch: &Batch, one: &Candidate) -> Option<Problem> {
        let row = &one.row;
        // A row above may have opened the account.
        let known = one.is_known() || self.counted;
        if !known && (row.points < 0 || !batch.opens_accounts) {
            return Some(Problem::UnknownCustomer);
        }
        if let Some(line) = self.rows.insert(content(row), row.line) {
            return Some(Problem::RowTwice { line });
        }
        if let Some(reference) = &row.reference_id
            && let Some(line) = self.references.insert(reference.clone(), row.line)
        {
            return Some(Problem::ReferenceTwice { line });
        }
        let after = self.balance.saturating_add(row.points);
        if after < 0 {
            return Some(Problem::NotEnough { has: self.balance, asked: row.points.saturating_abs() });
        }
        if after > Points::BALANCE_MAX {
            return Some(Problem::BalanceTooLarge);
        }
        self.balance = after;
        None
    }
}

/// Everything that a row of a customer says.
fn content(row: &Row) -> String {
    serde_json::json!([
        row.points,
        row.reason,
        row.note,
        row.private_note,
        row.valid_until.map(Timestamp::micros),
        row.reference_id
    ])
    .to_string()
}

/// Checks all rows of a batch that is held.
pub(super) async fn run(app: &App, batch: &Batch) -> Result<Ended, DbError> {
    let held = Held::from(batch);
    let now = app.now();
    let mut found = Found::default();
    let (mut customer, mut row_no) = (String::new(), 0);
    loop {
        if app.stopping.is_cancelled() {
            return Ok(Ended::Later);
        }
        let rows = store::to_check(&app.db, &held, now, (&customer, row_no), ROWS).await?;
        let Some(last) = rows.last() else { break };
        (customer, row_no) = (last.row.customer_id.clone(), last.row.row_no);
        let marks: Vec<Mark> = rows
            .iter()
            .filter_map(|one| {
                let problem = found.judge(batch, one);
                let state = if problem.is_some() { RowState::Bad } else { RowState::Ready };
                let now = one.row.clone().with(state, problem.as_ref());
                (now != one.row).then_some(Mark { row_no: now.row_no, was: one.row.state, now })
            })
            .collect();
        let still = retry_on_conflict(|| async {
            let mut tx = app.db.begin().await?;
            let held_on = store::hold(&mut tx, &held, BatchState::Checking, app.now().plus_secs(LEASE_SECS)).await?;
            if held_on.is_some() {
                store::mark(&mut tx, &held, &marks).await?;
            }
            tx.commit().await?;
            Ok::<_, DbError>(held_on.is_some())
        })
        .await?;
        if !still {
            return Ok(Ended::Lost);
        }
    }
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        let sums = store::sum_up(&mut tx, &held).await?;
        let ended = store::end_check(&mut tx, &held, sums, (found.customers, found.balance), app.now()).await?;
        tx.commit().await?;
        Ok(if ended { Ended::Done } else { Ended::Lost })
    })
    .await
}
