//! Adjustments of many customers at once: uploaded as a table, checked, looked at, booked by a job, and reversed if
//! that was a mistake.

mod booking;
mod check;
pub mod requests;
mod reversal;
mod upload;
pub mod work;

use serde_json::{Value, json};

pub use crate::store::bulk::{
    batches::Batch,
    rows::{Row, RowPage},
};
pub use upload::{New, UploadError, Uploaded, upload};

use crate::{
    app::App,
    domain::{
        actor::{Actor, ActorKind, Caller},
        audit::Subject,
        bulk::{BatchState, RowState},
        ids::{EntryId, TenantId, UserId},
        reason::name_of,
        role::Role,
        time::Timestamp,
    },
    service::{approvals, audit, memberships, reasons},
    store::{
        Db, DbError, Tx,
        bulk::{batches, requests as request_store, rows},
        db::{AsConflict, retry_on_conflict},
    },
    texts::t,
};

/// An upload that has not ended after so long never will, in seconds.
const CUT_OFF_SECS: i64 = 3_600;

/// Why nothing was done with a batch.
#[derive(Debug, thiserror::Error)]
pub enum BulkError {
    /// There is no such batch.
    #[error("There is no such batch.")]
    Unknown,
    /// It stands otherwise by now.
    #[error("the batch is {}", .0.as_str())]
    State(BatchState),
    /// This person may not have it booked.
    #[error("a bulk change is run by managers")]
    NotAllowed,
    /// A row moves more points than this person may at once.
    #[error("a row moves {0} points, which is above the limit")]
    AboveLimit(i64),
    /// Nobody has to approve it: this person's limit reaches that far.
    #[error("{}", t!("bulk-request-not-needed"))]
    NotNeeded,
    /// Whoever asked does not decide.
    #[error("{}", t!("approvals-is-own"))]
    Own,
    /// Somebody decided first, or nobody asks any more.
    #[error("{}", t!("approvals-closed"))]
    Closed,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl AsConflict for BulkError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}

/// Whether this person may have this batch booked or reversed. The one place that decides it: managers and admins, whose
/// limit reaches every row.
///
/// # Errors
/// [`BulkError::NotAllowed`] or [`BulkError::AboveLimit`] when they may not.
pub async fn may_run(db: &Db, caller: &Caller, batch: &Batch) -> Result<(), BulkError> {
    let Some(user) = Some(&caller.actor).filter(|actor| actor.kind == ActorKind::Employee) else {
        return Err(BulkError::NotAllowed);
    };
    let user = UserId::parse(&user.id).map_err(|_no_user| BulkError::NotAllowed)?;
    let access = memberships::access(db, &caller.tenant, &user).await?;
    let access = access.filter(|access| access.role >= Role::Manager).ok_or(BulkError::NotAllowed)?;
    let largest = rows::largest(db, &caller.tenant, &batch.batch_id).await?;
    if approvals::may(access.limits, access.role, largest) { Ok(()) } else { Err(BulkError::AboveLimit(largest)) }
}

/// The reasons that rows may give: the name that is stored, and the one that people read.
pub async fn reasons(db: &Db, tenant: &TenantId) -> Result<Vec<(String, String)>, DbError> {
    let all = reasons::list(db, tenant).await?;
    let offered = all.into_iter().filter(|reason| reason.archived_at.is_none());
    Ok(offered
        .map(|reason| {
            let name = name_of(&reason.code, reason.draft.label.as_deref());
            (reason.code, name)
        })
        .collect())
}

/// At most `limit` batches older than one, the newest first; and whether there are more.
pub async fn list(
    db: &Db,
    tenant: &TenantId,
    older_than: Option<&str>,
    limit: usize,
) -> Result<(Vec<Batch>, bool), DbError> {
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut found = batches::list(db, tenant, older_than, wanted).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

/// One batch, once it was taken in.
pub async fn find(db: &Db, tenant: &TenantId, batch_id: &str) -> Result<Option<Batch>, DbError> {
    Ok(batches::find(db, tenant, batch_id).await?.filter(|batch| batch.state != BatchState::Reading))
}

/// The newest other batch of the same content whose points still stand.
pub async fn same_content(db: &Db, batch: &Batch) -> Result<Option<Batch>, DbError> {
    batches::find_same(db, batch).await
}

/// A page of rows, with whether there are rows before and behind it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// In the order of the table.
    pub rows: Vec<Row>,
    /// Whether there are rows before.
    pub before: bool,
    /// Whether there are rows behind.
    pub after: bool,
}

/// A page of at most `limit` rows.
pub async fn rows(
    db: &Db,
    tenant: &TenantId,
    batch_id: &str,
    state: Option<RowState>,
    page: RowPage,
    limit: usize,
) -> Result<Listed, DbError> {
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut found = rows::list(db, tenant, batch_id, state, page, wanted).await?;
    let more = found.len() > limit;
    Ok(match page {
        RowPage::Before(_) => {
            if more {
                found.remove(0);
            }
            Listed { before: more, after: true, rows: found }
        }
        RowPage::After(row) => {
            found.truncate(limit);
            Listed { before: row > 0, after: more, rows: found }
        }
    })
}

/// What a person does with a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Has it checked again, because time has passed.
    CheckAgain,
    /// Has it booked.
    Run,
    /// Has the run stopped.
    Stop,
    /// Goes on with a run that was stopped.
    GoOn,
    /// Has reversed what was booked, or what could not be reversed before.
    Reverse,
    /// Throws it away before a point has moved.
    Discard,
}

impl Act {
    const fn action(self) -> Option<&'static str> {
        match self {
            Self::CheckAgain => None,
            Self::Run => Some("bulk_batch.run"),
            Self::Stop => Some("bulk_batch.stopped"),
            Self::GoOn => Some("bulk_batch.continued"),
            Self::Reverse => Some("bulk_batch.reversed"),
            Self::Discard => Some("bulk_batch.discarded"),
        }
    }

    const fn moves_points(self) -> bool {
        matches!(self, Self::Run | Self::GoOn | Self::Reverse)
    }
}

/// Does it, if the batch stands so that it can be done.
///
/// # Errors
/// When there is no such batch, it stands otherwise, or the caller may not.
pub async fn act(app: &App, caller: &Caller, batch_id: &str, act: Act) -> Result<(), BulkError> {
    let batch = find(&app.db, &caller.tenant, batch_id).await?.ok_or(BulkError::Unknown)?;
    if act.moves_points() {
        may_run(&app.db, caller, &batch).await?;
    }
    retry_on_conflict(|| act_once(app, caller, batch_id, act)).await?;
    app.uploads.tell();
    Ok(())
}

async fn act_once(app: &App, caller: &Caller, batch_id: &str, act: Act) -> Result<(), BulkError> {
    let (now, tenant, by) = (app.now(), &caller.tenant, caller.name());
    let mut tx = app.db.begin().await?;
    let done = match act {
        Act::CheckAgain => batches::check_again(&mut tx, tenant, batch_id, now).await?,
        Act::Run => {
            requests::settle(&mut tx, caller, batch_id, now).await?;
            batches::run(&mut tx, tenant, batch_id, &by, now).await?
        }
        Act::Stop => batches::want_stop(&mut tx, tenant, batch_id).await?,
        Act::GoOn => batches::go_on(&mut tx, tenant, batch_id, now).await?,
        Act::Reverse => batches::reverse(&mut tx, tenant, batch_id, &by, now).await?,
        Act::Discard => {
            let known = batches::find_in(&mut tx, tenant, batch_id).await?.ok_or(BulkError::Unknown)?;
            request_store::delete(&mut tx, tenant, batch_id).await?;
            let gone = batches::delete(&mut tx, tenant, batch_id).await?;
            if gone {
                audit_discarded(&mut tx, caller, &known, now).await?;
                tx.commit().await?;
                return Ok(());
            }
            false
        }
    };
    let batch = batches::find_in(&mut tx, tenant, batch_id).await?.ok_or(BulkError::Unknown)?;
    if !done {
        return Err(BulkError::State(batch.state));
    }
    if let Some(action) = act.action() {
        audit::record(&mut tx, caller, action, Subject::new("bulk_batch", batch_id), None, Some(told(&batch)), now)
            .await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn audit_discarded(tx: &mut Tx, caller: &Caller, batch: &Batch, now: Timestamp) -> Result<(), DbError> {
    let subject = Subject::new("bulk_batch", &batch.batch_id);
    let action = Act::Discard.action().unwrap_or_default();
    audit::record(tx, caller, action, subject, Some(told(batch)), None, now).await
}

/// What the audit log says of a batch.
fn told(batch: &Batch) -> Value {
    json!({
        "name": batch.name,
        "rows": batch.row_count,
        "left_out": batch.bad_count,
        "to_add": batch.points_to_add,
        "to_remove": batch.points_to_take,
        "booked": batch.booked_count,
        "refused": batch.refused_count,
        "added": batch.points_added,
        "removed": batch.points_taken,
        "reversed": batch.reversed_count,
        "not_reversed": batch.kept_count,
    })
}

/// The id of the entry that a row becomes: the same however often it is booked.
pub fn entry_id(batch_id: &str, row_no: i64) -> EntryId {
    let id = format!("bulk-{batch_id}-{row_no}");
    EntryId::parse(&id).unwrap_or_else(|_| unreachable!("a UUID and a number are an id"))
}

/// Who did something, from `KIND:ID`.
fn actor(name: Option<&str>) -> Actor {
    let parsed = name.and_then(|name| name.split_once(':'));
    let known = parsed.and_then(|(kind, id)| Some(Actor { kind: ActorKind::parse(kind).ok()?, id: id.to_owned() }));
    known.unwrap_or_else(|| Actor::system("bulk changes"))
}

/// Deletes uploads that were cut off; says how many.
pub async fn purge(app: &App) -> Result<usize, DbError> {
    let cut_off = batches::cut_off(&app.db, app.now().plus_secs(-CUT_OFF_SECS)).await?;
    for (tenant, batch_id) in &cut_off {
        forget(&app.db, tenant, batch_id).await?;
    }
    Ok(cut_off.len())
}

/// Deletes what is there of an upload.
async fn forget(db: &Db, tenant: &TenantId, batch_id: &str) -> Result<(), DbError> {
    retry_on_conflict(|| async {
        let mut tx = db.begin().await?;
        batches::delete(&mut tx, tenant, batch_id).await?;
        tx.commit().await
    })
    .await
}
