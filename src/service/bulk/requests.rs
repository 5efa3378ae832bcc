//! Batches with rows above the limit of who wants them booked: a second person decides about the whole of it.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{BulkError, find, may_run, told};
pub use crate::store::bulk::requests::BulkRequest;
use crate::{
    app::App,
    domain::{
        actor::Caller,
        approval::State,
        audit::Subject,
        bulk::BatchState,
        ids::{TenantId, UserId},
        time::Timestamp,
    },
    service::audit,
    store::{
        Db, DbError, Tx,
        approvals::Decision,
        bulk::{
            batches::{self, Batch},
            requests as store,
        },
        db::retry_on_conflict,
    },
};

/// Requests that a list shows.
const LISTED: i64 = 100;

/// The newest request for a batch.
pub async fn newest(db: &Db, tenant: &TenantId, batch_id: &str) -> Result<Option<BulkRequest>, DbError> {
    store::find(db, tenant, batch_id).await
}

/// The newest requests that stand so, or any.
pub async fn list(db: &Db, tenant: &TenantId, state: Option<State>) -> Result<Vec<BulkRequest>, DbError> {
    store::list(db, tenant, state, LISTED).await
}

/// Nobody else asks or decides about this batch until the transaction ends.
async fn lock(tx: &mut Tx, tenant: &TenantId, batch_id: &str) -> Result<Batch, BulkError> {
    tx.lock_scope(&format!("bulk-requests:{tenant}:{batch_id}")).await?;
    batches::find_in(tx, tenant, batch_id).await?.ok_or(BulkError::Unknown)
}

fn user(caller: &Caller) -> Result<UserId, BulkError> {
    UserId::parse(&caller.actor.id).map_err(|_no_user| BulkError::NotAllowed)
}

/// Asks for a batch to be booked that is above the caller's limit. A request that is open already is the one.
///
/// # Errors
/// When the batch does not stand so that it can be booked, or the caller may book it alone.
pub async fn ask(app: &App, caller: &Caller, batch_id: &str) -> Result<(), BulkError> {
    let batch = find(&app.db, &caller.tenant, batch_id).await?.ok_or(BulkError::Unknown)?;
    let largest = match may_run(&app.db, caller, &batch).await {
        Err(BulkError::AboveLimit(largest)) => largest,
        Ok(()) => return Err(BulkError::NotNeeded),
        Err(other) => return Err(other),
    };
    let asker = user(caller)?;
    let request_id = Uuid::now_v7().to_string();
    retry_on_conflict(|| async {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        let batch = lock(&mut tx, &caller.tenant, batch_id).await?;
        if batch.state != BatchState::Checked || batch.row_count == batch.bad_count {
            return Err(BulkError::State(batch.state));
        }
        let known = store::find_in(&mut tx, &caller.tenant, batch_id).await?;
        if known.is_some_and(|known| known.state == State::Open) {
            return Ok(());
        }
        store::insert(&mut tx, &batch, (&request_id, largest), &asker, now).await?;
        record(&mut tx, caller, "bulk_batch.approval_asked", (&batch, None), now).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// What a second person looked at, and says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// The request.
    pub request_id: String,
    /// When the batch had been checked.
    pub checked_at: Option<Timestamp>,
    /// Why it is decided so.
    pub note: Option<String>,
}

/// Has a batch booked that somebody else asked for, in the name of who approves: the batch says who uploaded it, the
/// request who asked.
///
/// # Errors
/// When the caller asked for it, may not book it, the batch was checked again since they looked, or somebody decided first.
pub async fn approve(app: &App, caller: &Caller, batch_id: &str, looked: &Looked) -> Result<(), BulkError> {
    decide(app, caller, batch_id, looked, State::Approved).await?;
    app.uploads.tell();
    Ok(())
}

/// Declines a batch that somebody else asked for; it stays as it is.
///
/// # Errors
/// As [`approve`].
pub async fn decline(app: &App, caller: &Caller, batch_id: &str, looked: &Looked) -> Result<(), BulkError> {
    decide(app, caller, batch_id, looked, State::Declined).await
}

async fn decide(app: &App, caller: &Caller, batch_id: &str, looked: &Looked, becomes: State) -> Result<(), BulkError> {
    let batch = find(&app.db, &caller.tenant, batch_id).await?.ok_or(BulkError::Unknown)?;
    may_run(&app.db, caller, &batch).await?;
    let decider = user(caller)?;
    retry_on_conflict(|| async {
        let (now, tenant) = (app.now(), &caller.tenant);
        let mut tx = app.db.begin().await?;
        let batch = lock(&mut tx, tenant, batch_id).await?;
        let known = store::find_in(&mut tx, tenant, batch_id).await?;
        let open = known.filter(|known| known.state == State::Open && known.request_id == looked.request_id);
        let request = open.ok_or(BulkError::Closed)?;
        if request.asked_by == decider {
            return Err(BulkError::Own);
        }
        if batch.state != BatchState::Checked || batch.checked_at != looked.checked_at {
            return Err(BulkError::State(batch.state));
        }
        let note = looked.note.as_deref();
        let decision = Decision { state: becomes, by: &caller.actor.id, note, at: now };
        store::close(&mut tx, tenant, &request.request_id, &decision).await?;
        if becomes == State::Declined {
            record(&mut tx, caller, "bulk_batch.approval_declined", (&batch, note), now).await?;
        } else {
            if !batches::run(&mut tx, tenant, batch_id, &caller.name(), now).await? {
                return Err(BulkError::State(batch.state));
            }
            record(&mut tx, caller, "bulk_batch.approved", (&batch, note), now).await?;
        }
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Takes a request of the caller's own back.
///
/// # Errors
/// When it is somebody else's, or was decided.
pub async fn withdraw(app: &App, caller: &Caller, batch_id: &str) -> Result<(), BulkError> {
    let asker = user(caller)?;
    retry_on_conflict(|| async {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        let batch = lock(&mut tx, &caller.tenant, batch_id).await?;
        let known = store::find_in(&mut tx, &caller.tenant, batch_id).await?;
        let request = known.filter(|known| known.state == State::Open).ok_or(BulkError::Closed)?;
        if request.asked_by != asker {
            return Err(BulkError::NotAllowed);
        }
        let decision = Decision { state: State::Withdrawn, by: &caller.actor.id, note: None, at: now };
        store::close(&mut tx, &caller.tenant, &request.request_id, &decision).await?;
        record(&mut tx, caller, "bulk_batch.approval_withdrawn", (&batch, None), now).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Closes the request for a batch that somebody books who may: approved, or by who asked, whose limit reaches that far now,
/// taken back.
pub(super) async fn settle(tx: &mut Tx, caller: &Caller, batch_id: &str, now: Timestamp) -> Result<(), DbError> {
    tx.lock_scope(&format!("bulk-requests:{}:{batch_id}", caller.tenant)).await?;
    let known = store::find_in(tx, &caller.tenant, batch_id).await?;
    let Some(open) = known.filter(|known| known.state == State::Open) else { return Ok(()) };
    let state = if open.asked_by.as_str() == caller.actor.id { State::Withdrawn } else { State::Approved };
    let decision = Decision { state, by: &caller.actor.id, note: None, at: now };
    store::close(tx, &caller.tenant, &open.request_id, &decision).await.map(drop)
}

async fn record(
    tx: &mut Tx,
    caller: &Caller,
    action: &'static str,
    (batch, note): (&Batch, Option<&str>),
    now: Timestamp,
) -> Result<(), DbError> {
    let mut after = told(batch);
    if let (Value::Object(after), Some(note)) = (&mut after, note) {
        after.insert("note".to_owned(), json!(note));
    }
    let subject = Subject::new("bulk_batch", &batch.batch_id);
    audit::record(tx, caller, action, subject, None, Some(after), now).await
}
