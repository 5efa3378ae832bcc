//! Reverses what was booked of a batch, the last row first: what was taken comes back before what was added goes.
//!
//! The ledger keeps its answer to each undoing under a key of the row, so that one whose answer was lost is told from
//! one that somebody else had undone before.

use std::collections::{BTreeMap, HashSet};

use futures_util::{StreamExt as _, stream};

use super::{
    actor,
    booking::{AT_ONCE, ROWS, problem},
    entry_id, told,
    work::{Ended, LEASE_SECS},
};
use crate::{
    app::App,
    domain::{
        actor::Caller,
        audit::Subject,
        bulk::{BatchState, Problem, RowState},
        ids::CustomerId,
        ledger::entry::Source,
    },
    service::{
        audit,
        idempotency::KeyedRequest,
        ledger::command::{Command, Done, Remarks, Request, fingerprint},
    },
    store::{
        DbError,
        bulk::{
            batches::{self, Batch},
            rows::Row,
            work::{self as store, Held, Mark},
        },
        db::retry_on_conflict,
        ledger::load,
    },
};

/// Reverses the rows of a batch that is held, until all were tried or the server stops.
pub(super) async fn run(app: &App, batch: &Batch) -> Result<Ended, DbError> {
    let held = Held::from(batch);
    // A run that was stopped may have booked rows of which that is not noted: first it is looked which.
    for state in [RowState::Ready, RowState::Booked] {
        loop {
            if app.stopping.is_cancelled() {
                return Ok(Ended::Later);
            }
            let rows = store::to_reverse(&app.db, &held, state, ROWS).await?;
            if rows.is_empty() {
                break;
            }
            let noted = if state == RowState::Ready {
                leave_out(app, &held, rows).await?
            } else {
                let undone = undo(app, batch, rows).await?;
                note(app, &held, &undone).await?
            };
            if !noted {
                return Ok(Ended::Lost);
            }
        }
    }
    end(app, batch, &held).await
}

/// Tells rows that were never booked from those of which only the note is missing.
async fn leave_out(app: &App, held: &Held, rows: Vec<Row>) -> Result<bool, DbError> {
    let ids: Vec<_> = rows.iter().map(|row| entry_id(&held.batch_id, row.row_no)).collect();
    let mut tx = app.db.snapshot().await?;
    let found = load::find_entry_ids(&mut tx, &ids.iter().map(|id| (&held.tenant, id)).collect::<Vec<_>>()).await?;
    drop(tx);
    let found: HashSet<&str> = found.iter().map(|taken| taken.entry_id.as_str()).collect();
    let rows: Vec<Row> = rows
        .into_iter()
        .zip(&ids)
        .map(|(row, id)| {
            let state = if found.contains(id.as_str()) { RowState::Booked } else { RowState::LeftOut };
            row.with(state, None)
        })
        .collect();
    let marks = marks(&rows, RowState::Ready);
    let booked = || rows.iter().filter(|row| row.state == RowState::Booked);
    let count = i64::try_from(booked().count()).unwrap_or(i64::MAX);
    let added: i64 = booked().map(|row| row.points.max(0)).sum();
    let taken: i64 = booked().map(|row| (-row.points).max(0)).sum();
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        let lease = app.now().plus_secs(LEASE_SECS);
        if store::hold(&mut tx, held, BatchState::Reversing, lease).await?.is_none() {
            return Ok(false);
        }
        store::mark(&mut tx, held, &marks).await?;
        store::count_booked(&mut tx, held, [count, 0, added, taken]).await?;
        tx.commit().await?;
        Ok(true)
    })
    .await
}

fn marks(rows: &[Row], was: RowState) -> Vec<Mark> {
    rows.iter().map(|row| Mark { row_no: row.row_no, was, now: row.clone() }).collect()
}

/// Undoes these rows: those of one customer one after another, those of different customers together.
async fn undo(app: &App, batch: &Batch, rows: Vec<Row>) -> Result<Vec<Row>, DbError> {
    let mut by_customer: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows {
        by_customer.entry(row.customer_id.clone()).or_default().push(row);
    }
    let one_after_another = async |rows: Vec<Row>| {
        let mut done = Vec::with_capacity(rows.len());
        for row in rows {
            done.push(undo_one(app, batch, row).await?);
        }
        Ok::<_, DbError>(done)
    };
    let mut ended = stream::iter(by_customer.into_values()).map(one_after_another).buffer_unordered(AT_ONCE);
    let mut undone = Vec::new();
    while let Some(done) = ended.next().await {
        undone.extend(done?);
    }
    Ok(undone)
}

async fn undo_one(app: &App, batch: &Batch, row: Row) -> Result<Row, DbError> {
    let Ok(customer) = CustomerId::parse(&row.customer_id) else {
        return Ok(row.with(RowState::Kept, Some(&Problem::Failed)));
    };
    let name = format!("bulk-reversal-{}-{}", batch.batch_id, row.row_no);
    let key = KeyedRequest { fingerprint: fingerprint(&[&name]), key: name };
    let answer: fn(&Done) -> (u16, String) = |_| (200, String::new());
    let request = Request {
        caller: Caller { tenant: batch.tenant_id.clone(), actor: actor(batch.reversed_by.as_deref()) },
        source: Source::BackOffice,
        customer,
        command: Command::Undo(entry_id(&batch.batch_id, row.row_no), Remarks::default()),
        key: Some((key, answer)),
    };
    match app.ledger.submit(request).await {
        Ok(_now_or_before) => Ok(row.with(RowState::Reversed, None)),
        Err(error) => {
            let problem = problem(batch, &row, error)?;
            Ok(row.with(RowState::Kept, Some(&problem)))
        }
    }
}

/// Notes down what became of rows; says whether the batch was still held.
async fn note(app: &App, held: &Held, rows: &[Row]) -> Result<bool, DbError> {
    let marks = marks(rows, RowState::Booked);
    let reversed = || rows.iter().filter(|row| row.state == RowState::Reversed);
    let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
    let points: i64 = reversed().map(|row| row.points).sum();
    let counts = [count(reversed().count()), count(rows.len() - reversed().count()), points];
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        let lease = app.now().plus_secs(LEASE_SECS);
        if store::hold(&mut tx, held, BatchState::Reversing, lease).await?.is_none() {
            return Ok(false);
        }
        store::mark(&mut tx, held, &marks).await?;
        store::count_reversed(&mut tx, held, counts).await?;
        tx.commit().await?;
        Ok(true)
    })
    .await
}

async fn end(app: &App, batch: &Batch, held: &Held) -> Result<Ended, DbError> {
    let caller = Caller { tenant: batch.tenant_id.clone(), actor: actor(batch.reversed_by.as_deref()) };
    retry_on_conflict(|| async {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        if !store::end_reversal(&mut tx, held, now).await? {
            return Ok(Ended::Lost);
        }
        let after = batches::find_in(&mut tx, &held.tenant, &held.batch_id).await?.as_ref().map(told);
        let subject = Subject::new("bulk_batch", &held.batch_id);
        audit::record(&mut tx, &caller, "bulk_batch.reversal_ended", subject, None, after, now).await?;
        tx.commit().await?;
        Ok(Ended::Done)
    })
    .await
}
