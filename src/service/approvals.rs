//! Adjustments above the limit of whoever asks for them: asked for, approved by a second person and booked with that,
//! declined, or withdrawn.
//!
//! An approval is booked by the ledger, in the transaction that closes the request: both or neither, once, however many
//! approve or decline at the same time on however many replicas.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    adjustments::{self, Adjustment, Wish, employee},
    audit,
    customers::overview,
    idempotency::{self, Begun},
    ledger::{
        LedgerError,
        command::{Approved, Command, Remarks, Request},
    },
    points::{self, AddPoints, Asked, PointsError, TakePoints},
};
use crate::{
    app::App,
    domain::{
        actor::{Actor, Caller},
        approval::{State, What},
        audit::Subject,
        ids::{CustomerId, EntryId, TenantId, UserId},
        invalid::{FieldErrors, Invalid},
        ledger::entry::{EntryKind, Source},
        limits::Limits,
        points::Points,
        refusal::Refusal,
        role::Role,
        text::{self, Lines},
        time::Timestamp,
    },
    store::{
        Db, DbError,
        approvals::{self as store, Decision, NewApproval},
        db::{AsConflict, retry_on_conflict},
    },
    texts::{message, t},
};
pub use crate::{service::customers::overview::Preview as Effect, store::approvals::Approval};

/// Requests of one person that may wait at once.
const OPEN_MAX: i64 = 500;
/// Longest reason for a decision, in characters.
pub const NOTE_CHARS_MAX: usize = 500;

/// Why nothing was asked for, or decided.
#[derive(Debug, thiserror::Error)]
pub enum ApprovalError {
    /// There is no such request.
    #[error("{}", t!("approvals-unknown"))]
    Unknown,
    /// Somebody else decided first.
    #[error("{}", t!("approvals-closed"))]
    Closed,
    /// Whoever asked does not decide.
    #[error("{}", t!("approvals-is-own"))]
    Own,
    /// The role or the limit does not reach that far.
    #[error("{}", t!("approvals-above-limit"))]
    AboveLimit,
    /// It is not theirs to do.
    #[error("{}", t!("approvals-not-yours"))]
    NotYours,
    /// Something does not fit.
    #[error(transparent)]
    Invalid(#[from] FieldErrors),
    /// The ledger refuses it, or failed.
    #[error(transparent)]
    Points(#[from] PointsError),
}

impl From<DbError> for ApprovalError {
    fn from(error: DbError) -> Self {
        Self::Points(error.into())
    }
}

impl From<LedgerError> for ApprovalError {
    fn from(error: LedgerError) -> Self {
        Self::Points(error.into())
    }
}

impl AsConflict for ApprovalError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Points(PointsError::Ledger(LedgerError::Store(error))) if error.is_conflict())
    }
}

/// Whether somebody with this role adds, removes or undoes so many points at once without a second person.
pub fn may(limits: Limits, role: Role, points: i64) -> bool {
    limits.reach(role, points)
}

/// Whether a member with this role decides about a request.
pub fn may_decide(limits: Limits, role: Role, user: &UserId, approval: &Approval) -> bool {
    *user != approval.asked_by && limits.decide(role, approval.points.get())
}

/// An entry that is asked to be undone.
pub(super) struct Undo {
    pub(super) customer: CustomerId,
    pub(super) entry_id: EntryId,
    pub(super) points: i64,
    pub(super) remarks: Remarks,
}

fn new_approval(
    asked: &Asked,
    what: What,
    (customer, points): (CustomerId, Points),
    remarks: Remarks,
    now: Timestamp,
) -> Result<NewApproval, ApprovalError> {
    points::check_remarks(&remarks).map_err(PointsError::from)?;
    Ok(NewApproval {
        approval_id: Uuid::now_v7().to_string(),
        what,
        customer,
        points,
        valid_until: None,
        site: remarks.site,
        reference: remarks.reference,
        description: remarks.description,
        reason: remarks.reason,
        private_note: remarks.private_note,
        undoes: None,
        asked_by: UserId::parse(&asked.caller.actor.id).map_err(|_no_id| ApprovalError::NotYours)?,
        asked_at: now,
    })
}

/// Asks for an adjustment. What the ledger would refuse now is refused at once.
pub(super) async fn ask(app: &App, asked: Asked, adjustment: Adjustment) -> Result<String, ApprovalError> {
    let (now, tenant) = (app.now(), &asked.caller.tenant);
    let Adjustment { customer, wish, site, remarks } = adjustment;
    let change = match wish {
        Wish::Add { points, .. } => overview::Change::Add(points),
        Wish::Remove { points } => overview::Change::Remove(points),
    };
    overview::preview(&app.db, tenant, &customer, change, now).await?.map_err(LedgerError::from)?;
    if let Wish::Add { valid_until: Some(until), .. } = wish
        && until <= now
    {
        return Err(LedgerError::from(Refusal::EndsInThePast).into());
    }
    points::find_site(app, tenant, site.as_ref()).await?;
    let remarks = Remarks { site, ..remarks };
    let mut new = new_approval(&asked, wish.what(), (customer, wish.points()), remarks, now)?;
    if let Wish::Add { valid_until, .. } = wish {
        new.valid_until = valid_until;
    }
    retry_on_conflict(|| keep(app, &asked, &new)).await
}

/// Asks for an entry to be undone; of several who ask for the same, the first is the one.
pub(super) async fn ask_to_undo(app: &App, asked: Asked, undo: Undo) -> Result<String, ApprovalError> {
    let points = Points::new(undo.points.saturating_abs()).map_err(|_range| LedgerError::from(Refusal::NotUndoable))?;
    let mut new = new_approval(&asked, What::Undo, (undo.customer, points), undo.remarks, app.now())?;
    new.undoes = Some(undo.entry_id);
    retry_on_conflict(|| keep(app, &asked, &new)).await
}

async fn keep(app: &App, asked: &Asked, new: &NewApproval) -> Result<String, ApprovalError> {
    let (caller, now) = (&asked.caller, app.now());
    let key = asked.key.as_ref().map(|(key, _)| key);
    let mut tx = app.db.begin().await?;
    match idempotency::begin(&mut tx, caller, key, now).await? {
        Begun::Fresh => {}
        Begun::Replay { body, .. } => {
            return match adjustments::read(&body) {
                adjustments::Outcome::Waits(id) => Ok(id),
                // It was booked under this key while the limit reached that far.
                adjustments::Outcome::Booked(_) => Err(LedgerError::from(Refusal::KeyReused).into()),
            };
        }
        Begun::KeyReused => return Err(LedgerError::from(Refusal::KeyReused).into()),
    }
    tx.lock_scope(&format!("approvals:{}:{}", caller.tenant, new.customer)).await?;
    if let Some(entry) = &new.undoes
        && let Some(waiting) = store::open_undo(&mut tx, &caller.tenant, &new.customer, entry).await?
    {
        return Ok(waiting.approval_id);
    }
    if store::count_open_of(&mut tx, &caller.tenant, &new.asked_by).await? >= OPEN_MAX {
        return Err(FieldErrors::one("points", message!("approvals-too-many", most = OPEN_MAX)).into());
    }
    store::insert(&mut tx, &caller.tenant, new).await?;
    idempotency::finish(&mut tx, caller, key, 200, &adjustments::asked_body(&new.approval_id)).await?;
    let after = json!({
        "customer": new.customer.as_str(), "what": new.what.as_str(), "points": new.points.get(), "reason": new.reason,
        "undoes": new.undoes.as_ref().map(EntryId::as_str),
    });
    let subject = Subject::new("approval", &new.approval_id);
    audit::record(&mut tx, caller, "approval.asked", subject, None, Some(after), now).await?;
    tx.commit().await?;
    Ok(new.approval_id.clone())
}

/// A reason for a decision, as it was typed.
///
/// # Errors
/// When it is too long.
pub fn note(typed: &str) -> Result<Option<String>, Invalid> {
    let typed = typed.trim();
    text::check(typed, NOTE_CHARS_MAX, Lines::Many)?;
    Ok((!typed.is_empty()).then(|| typed.to_owned()))
}

/// The request, if the caller may decide about it.
async fn decidable(app: &App, caller: &Caller, id: &str) -> Result<Approval, ApprovalError> {
    let access = employee(app, caller).await?.ok_or(ApprovalError::NotYours)?;
    let approval = find(&app.db, &caller.tenant, id).await?.ok_or(ApprovalError::Unknown)?;
    if approval.asked_by == access.user.user_id {
        return Err(ApprovalError::Own);
    }
    if !may_decide(access.limits, access.role, &access.user.user_id, &approval) {
        return Err(ApprovalError::AboveLimit);
    }
    if approval.state == State::Open { Ok(approval) } else { Err(ApprovalError::Closed) }
}

/// Approves a request: it is booked in the name of whoever asked, and names who approved. What the ledger refuses leaves
/// the request open.
///
/// # Errors
/// When the caller may not decide, somebody decided first, or the ledger refuses what was asked for.
pub async fn approve(app: &App, caller: &Caller, id: &str, note: Option<String>) -> Result<(), ApprovalError> {
    let approval = decidable(app, caller, id).await?;
    let command = booking(app, caller, &approval).await?;
    let approved = Approved { approval_id: id.to_owned(), approver: caller.actor.clone(), note, command };
    let request = Request {
        caller: Caller { tenant: caller.tenant.clone(), actor: Actor::employee(approval.asked_by.as_str()) },
        source: Source::BackOffice,
        customer: approval.customer_id,
        command: Command::Approved(Box::new(approved)),
        key: None,
    };
    match app.ledger.submit(request).await {
        Ok(_) => Ok(()),
        Err(LedgerError::Refused(Refusal::ApprovalClosed)) => Err(ApprovalError::Closed),
        Err(error) => Err(error.into()),
    }
}

/// What is booked when a request is approved.
async fn booking(app: &App, caller: &Caller, approval: &Approval) -> Result<Command, ApprovalError> {
    let details = json!({ "approval": approval.approval_id, "approvedBy": caller.actor.id });
    let remarks = Remarks {
        site: approval.site_code.clone(),
        reference: approval.reference_id.clone(),
        description: approval.description.clone(),
        reason: approval.reason.clone(),
        private_note: approval.private_note.clone(),
        details: Some(details.to_string()),
    };
    let (customer, points) = (&approval.customer_id, approval.points);
    // Two requests are never one entry, and one request never two.
    let id = EntryId::parse(&approval.approval_id).ok();
    Ok(match (approval.what, &approval.undoes) {
        (What::Add, _) => {
            let add = AddPoints { id, points, valid_until: approval.valid_until, remarks };
            points::adding(app, &caller.tenant, customer, approval.site_code.as_ref(), add).await?
        }
        (What::Remove, _) => points::taking(EntryKind::Removed, customer, TakePoints { id, points, remarks })?,
        (What::Undo, Some(entry)) => Command::Undo(entry.clone(), remarks),
        (What::Undo, None) => return Err(ApprovalError::Unknown),
    })
}

/// Who approved an entry, as its details keep it.
pub(super) fn approver_of(details: Option<&str>) -> Option<UserId> {
    let details: Value = serde_json::from_str(details.filter(|text| text.contains("approvedBy"))?).ok()?;
    UserId::parse(details.get("approvedBy")?.as_str()?).ok()
}

/// Whether the details of an entry only tell that it was approved.
pub fn is_approval(details: Option<&str>) -> bool {
    approver_of(details).is_some()
}

/// Declines a request.
///
/// # Errors
/// When the caller may not decide, or somebody decided first.
pub async fn decline(app: &App, caller: &Caller, id: &str, note: Option<String>) -> Result<(), ApprovalError> {
    decidable(app, caller, id).await?;
    retry_on_conflict(|| close(app, caller, id, State::Declined, note.as_deref())).await
}

/// Takes a request of the caller's own back.
///
/// # Errors
/// When it is somebody else's, or was decided.
pub async fn withdraw(app: &App, caller: &Caller, id: &str) -> Result<(), ApprovalError> {
    let access = employee(app, caller).await?.ok_or(ApprovalError::NotYours)?;
    let approval = find(&app.db, &caller.tenant, id).await?.ok_or(ApprovalError::Unknown)?;
    if approval.asked_by != access.user.user_id {
        return Err(ApprovalError::NotYours);
    }
    if approval.state != State::Open {
        return Err(ApprovalError::Closed);
    }
    retry_on_conflict(|| close(app, caller, id, State::Withdrawn, None)).await
}

async fn close(app: &App, caller: &Caller, id: &str, state: State, note: Option<&str>) -> Result<(), ApprovalError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let decision = Decision { state, by: &caller.actor.id, note, at: now };
    if !store::close(&mut tx, &caller.tenant, id, &decision).await? {
        return Err(ApprovalError::Closed);
    }
    let (before, after) = (json!({ "state": "open" }), json!({ "state": state.as_str() }));
    let action = if state == State::Withdrawn { "approval.withdrawn" } else { "approval.declined" };
    audit::record(&mut tx, caller, action, Subject::new("approval", id), Some(before), Some(after), now).await?;
    tx.commit().await?;
    Ok(())
}

/// One request.
pub async fn find(db: &Db, tenant: &TenantId, id: &str) -> Result<Option<Approval>, DbError> {
    store::find(db, tenant, id).await
}

/// At most `limit` requests older than one, the newest first, and whether there are more.
pub async fn list(
    db: &Db,
    tenant: &TenantId,
    state: Option<State>,
    older_than: Option<&str>,
    limit: usize,
) -> Result<(Vec<Approval>, bool), DbError> {
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut found = store::list(db, tenant, state, older_than, wanted).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

/// What waits for one customer, the newest first.
pub async fn open_of_customer(db: &Db, tenant: &TenantId, customer: &CustomerId) -> Result<Vec<Approval>, DbError> {
    store::open_of_customer(db, tenant, customer, OPEN_SHOWN_MAX).await
}

/// What approving a request would do now; the inner result is a refusal.
pub async fn effect(app: &App, tenant: &TenantId, approval: &Approval) -> Result<Result<Effect, Refusal>, DbError> {
    let (customer, now) = (&approval.customer_id, app.now());
    let change = match approval.what {
        What::Add => overview::Change::Add(approval.points),
        What::Remove => overview::Change::Remove(approval.points),
        What::Undo => {
            let Some(entry) = &approval.undoes else { return Ok(Err(Refusal::NotUndoable)) };
            let told = super::history::entry(&app.db, tenant, customer, entry).await?;
            match told.map(|told| told.story) {
                Some(story) if story.mended.is_some() => return Ok(Err(Refusal::AlreadyUndone)),
                Some(story) if story.entry.points > 0 => overview::Change::Remove(approval.points),
                Some(_) => overview::Change::Add(approval.points),
                None => return Ok(Err(Refusal::EntryUnknown(entry.to_string()))),
            }
        }
    };
    if approval.valid_until.is_some_and(|until| until <= now) {
        return Ok(Err(Refusal::EndsInThePast));
    }
    overview::preview(&app.db, tenant, customer, change, now).await
}

/// Requests that the page of a customer shows.
const OPEN_SHOWN_MAX: i64 = 20;

/// The names of those who could decide about so many points that `asker` asks for.
pub async fn deciders(
    db: &Db,
    tenant: &TenantId,
    limits: Limits,
    asker: &UserId,
    points: i64,
) -> Result<Vec<String>, DbError> {
    let team = super::team::list(db, tenant).await?;
    let able = team
        .into_iter()
        .filter(|one| one.user.disabled_at.is_none() && one.user.user_id != *asker && limits.decide(one.role, points));
    Ok(able.map(|one| one.user.name).collect())
}
