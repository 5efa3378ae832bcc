//! Books the rows of a batch, many at a time.
//!
//! Each row has an entry id of its own, so that a row whose answer was lost is found in the ledger when it is booked
//! again, and never stands there twice.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, stream};
use serde_json::json;

use super::{
    actor, entry_id, told,
    work::{Ended, LEASE_SECS},
};
use crate::{
    app::App,
    domain::{
        actor::Caller,
        audit::Subject,
        bulk::{BatchState, Problem, RowState},
        ids::CustomerId,
        ledger::entry::{EntryKind, Source},
        points::Points,
        site::Site,
    },
    service::{
        audit,
        ledger::{
            LedgerError,
            command::{Command, NewCredit, NewDebit, OwnId, Remarks, Request, fingerprint},
        },
    },
    store::{
        self as everything, DbError,
        bulk::{
            batches::{self, Batch},
            rows::Row,
            work::{self as store, Candidate, Held, Mark},
        },
        db::retry_on_conflict,
    },
};

/// Rows that are booked before it is noted down.
pub(super) const ROWS: i64 = 512;
/// Customers whose rows are on their way to the ledger at the same time.
pub(super) const AT_ONCE: usize = 256;

/// Books the rows of a batch that is held, until all are booked, somebody wants it to stop, or the server stops.
pub(super) async fn run(app: &App, batch: &Batch) -> Result<Ended, DbError> {
    let held = Held::from(batch);
    let site = everything::sites::find(&app.db, &batch.tenant_id, &batch.site_code).await?;
    let site = site.ok_or_else(|| DbError::Damaged(format!("batch {} has no site", batch.batch_id)))?;
    loop {
        if app.stopping.is_cancelled() {
            return Ok(Ended::Later);
        }
        match hold(app, &held).await? {
            None => return Ok(Ended::Lost),
            Some(true) => return stop(app, &held).await,
            Some(false) => {}
        }
        let rows = store::to_book(&app.db, &held, ROWS).await?;
        if rows.is_empty() {
            return end(app, batch, &held).await;
        }
        let booked = book(app, batch, &site, rows).await?;
        if !note(app, &held, &booked).await? {
            return Ok(Ended::Lost);
        }
    }
}

async fn hold(app: &App, held: &Held) -> Result<Option<bool>, DbError> {
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        let found = store::hold(&mut tx, held, BatchState::Running, app.now().plus_secs(LEASE_SECS)).await?;
        tx.commit().await?;
        Ok(found)
    })
    .await
}

/// Books these rows: those of one customer one after another, those of different customers together.
async fn book(app: &App, batch: &Batch, site: &Site, rows: Vec<Candidate>) -> Result<Vec<Row>, DbError> {
    let mut by_customer: BTreeMap<String, Vec<Candidate>> = BTreeMap::new();
    for one in rows {
        by_customer.entry(one.row.customer_id.clone()).or_default().push(one);
    }
    let one_after_another = async |rows: Vec<Candidate>| {
        let mut done = Vec::with_capacity(rows.len());
        // A row may open the account for those below it.
        let mut known = rows.first().is_some_and(Candidate::is_known);
        for one in rows {
            let row = book_one(app, batch, site, one.row, known).await?;
            known |= row.state == RowState::Booked;
            done.push(row);
        }
        Ok::<_, DbError>(done)
    };
    let mut ended = stream::iter(by_customer.into_values()).map(one_after_another).buffer_unordered(AT_ONCE);
    let mut booked = Vec::new();
    while let Some(done) = ended.next().await {
        booked.extend(done?);
    }
    Ok(booked)
}

async fn book_one(app: &App, batch: &Batch, site: &Site, row: Row, known: bool) -> Result<Row, DbError> {
    if !known && (row.points < 0 || !batch.opens_accounts) {
        return Ok(row.with(RowState::Refused, Some(&Problem::UnknownCustomer)));
    }
    let Some(request) = request(app, batch, site, &row) else {
        return Ok(row.with(RowState::Refused, Some(&Problem::Failed)));
    };
    let problem = match app.ledger.submit(request).await {
        Ok(_booked_now_or_before) => return Ok(row.with(RowState::Booked, None)),
        Err(error) => problem(batch, &row, error)?,
    };
    Ok(row.with(RowState::Refused, Some(&problem)))
}

/// What the ledger's no says of a row. What passes by itself is no problem of the row: it is tried again later.
pub(super) fn problem(batch: &Batch, row: &Row, error: LedgerError) -> Result<Problem, DbError> {
    match error {
        LedgerError::Refused(refusal) => Ok(Problem::from(&refusal)),
        LedgerError::Stopped => Err(DbError::Changed),
        LedgerError::Store(error) if error.is_temporary() => Err(DbError::Changed),
        LedgerError::Store(error) => {
            let (tenant, batch, row) = (&batch.tenant_id, &batch.batch_id, row.row_no);
            tracing::error!(%tenant, batch, row, %error, "A row of a bulk change failed");
            Ok(Problem::Failed)
        }
    }
}

/// What is asked of the ledger: the same however often, but for an end of the points that the site's rule gives.
fn request(app: &App, batch: &Batch, site: &Site, row: &Row) -> Option<Request> {
    let customer = CustomerId::parse(&row.customer_id).ok()?;
    let points = Points::new(row.points.checked_abs()?).ok()?;
    let id = entry_id(&batch.batch_id, row.row_no);
    let id = Some(OwnId { id, fingerprint: fingerprint(&["bulk", &batch.batch_id, &row.row_no.to_string()]) });
    let remarks = Remarks {
        site: Some(site.code.clone()),
        reference: row.reference_id.clone(),
        description: row.note.clone(),
        reason: row.reason.clone(),
        private_note: row.private_note.clone(),
        details: Some(json!({ "bulk_change": batch.batch_id, "line": row.line }).to_string()),
    };
    let command = if row.points > 0 {
        let valid_until = row.valid_until.unwrap_or_else(|| site.valid_until(app.now()));
        Command::Credit(EntryKind::Added, NewCredit { id, points, available_from: None, valid_until, remarks })
    } else {
        Command::Debit(EntryKind::Removed, NewDebit { id, points, remarks })
    };
    let caller = Caller { tenant: batch.tenant_id.clone(), actor: actor(batch.run_by.as_deref()) };
    Some(Request { caller, source: Source::BackOffice, customer, command, key: None })
}

/// Notes down what became of rows; says whether the batch was still held.
async fn note(app: &App, held: &Held, rows: &[Row]) -> Result<bool, DbError> {
    let marks: Vec<Mark> =
        rows.iter().map(|row| Mark { row_no: row.row_no, was: RowState::Ready, now: row.clone() }).collect();
    let (mut booked, mut refused, mut added, mut taken) = (0, 0, 0_i64, 0_i64);
    for row in rows {
        match row.state {
            RowState::Booked if row.points > 0 => (booked, added) = (booked + 1, added.saturating_add(row.points)),
            RowState::Booked => (booked, taken) = (booked + 1, taken.saturating_sub(row.points)),
            _ => refused += 1,
        }
    }
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        let lease = app.now().plus_secs(LEASE_SECS);
        if store::hold(&mut tx, held, BatchState::Running, lease).await?.is_none() {
            return Ok(false);
        }
        store::mark(&mut tx, held, &marks).await?;
        store::count_booked(&mut tx, held, [booked, refused, added, taken]).await?;
        tx.commit().await?;
        Ok(true)
    })
    .await
}

async fn stop(app: &App, held: &Held) -> Result<Ended, DbError> {
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        let stopped = store::stop(&mut tx, held).await?;
        tx.commit().await?;
        Ok(if stopped { Ended::Done } else { Ended::Lost })
    })
    .await
}

async fn end(app: &App, batch: &Batch, held: &Held) -> Result<Ended, DbError> {
    let caller = Caller { tenant: batch.tenant_id.clone(), actor: actor(batch.run_by.as_deref()) };
    retry_on_conflict(|| async {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        if !store::end_run(&mut tx, held, now).await? {
            return Ok(Ended::Lost);
        }
        let after = batches::find_in(&mut tx, &held.tenant, &held.batch_id).await?.as_ref().map(told);
        let subject = Subject::new("bulk_batch", &held.batch_id);
        audit::record(&mut tx, &caller, "bulk_batch.booked", subject, None, after, now).await?;
        tx.commit().await?;
        Ok(Ended::Done)
    })
    .await
}
