//! What employees do to points by hand: within their limit at once, above it as a request that a second person decides.

use super::{
    approvals::{self, ApprovalError},
    history,
    ledger::command::{AnswerOf, Done, Posted, Remarks, Reply},
    memberships::{self, Access},
    points::{self, AddPoints, Asked, PointsError, TakePoints},
};
pub use crate::store::approvals::Approval;
use crate::{
    app::App,
    domain::{
        actor::{ActorKind, Caller},
        approval::What,
        ids::{CustomerId, EntryId, SiteCode, UserId},
        ledger::entry::EntryKind,
        points::Points,
        refusal::Refusal,
        role::Role,
        time::Timestamp,
    },
    service::ledger::LedgerError,
};

/// What begins the answer that is kept under the key of a form when it became a request.
const ASKED: &str = "approval:";

/// What is to be done to a customer's points.
#[derive(Clone, Debug)]
pub enum Wish {
    /// Add points.
    Add {
        /// How many.
        points: Points,
        /// When they end; `None`: as the site's rule says.
        valid_until: Option<Timestamp>,
    },
    /// Remove points.
    Remove {
        /// How many.
        points: Points,
    },
}

/// An adjustment.
#[derive(Clone, Debug)]
pub struct Adjustment {
    /// Whose points.
    pub customer: CustomerId,
    /// What is to be done.
    pub wish: Wish,
    /// The site it concerns.
    pub site: Option<SiteCode>,
    /// What is said about it.
    pub remarks: Remarks,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is booked: the id of the entry, when one was written.
    Booked(Option<EntryId>),
    /// It waits for a second person: the id of the request.
    Waits(String),
}

impl Wish {
    /// How many points.
    pub const fn points(&self) -> Points {
        match self {
            Self::Add { points, .. } | Self::Remove { points } => *points,
        }
    }

    /// What is asked for when it has to be asked for.
    pub const fn what(&self) -> What {
        match self {
            Self::Add { .. } => What::Add,
            Self::Remove { .. } => What::Remove,
        }
    }
}

/// What is kept under the key of a form.
pub(super) fn kept(done: &Done) -> (u16, String) {
    let first = match done {
        Done::Posted(Posted { entry_id, .. }) => entry_id.to_string(),
        Done::Undone(posted) => posted.first().map(|posted| posted.entry_id.to_string()).unwrap_or_default(),
        _ => String::new(),
    };
    (200, first)
}

fn outcome(reply: &Reply) -> Outcome {
    match reply {
        Reply::Done(done) | Reply::DoneBefore(done) => Outcome::Booked(EntryId::parse(&kept(done).1).ok()),
        Reply::Replay { body, .. } => read(body),
    }
}

/// What the answer under the key of a form says.
pub(super) fn read(body: &str) -> Outcome {
    match body.strip_prefix(ASKED) {
        Some(id) => Outcome::Waits(id.to_owned()),
        None => Outcome::Booked(EntryId::parse(body).ok()),
    }
}

/// The answer under the key of a form that became a request.
pub(super) fn asked_body(approval_id: &str) -> String {
    format!("{ASKED}{approval_id}")
}

/// What the caller may do as an employee of the tenant; `None` for programs and for Guerdon itself, which no limit holds.
pub(super) async fn employee(app: &App, caller: &Caller) -> Result<Option<Access>, ApprovalError> {
    if caller.actor.kind != ActorKind::Employee {
        return Ok(None);
    }
    let user = UserId::parse(&caller.actor.id).map_err(|_no_id| ApprovalError::NotYours)?;
    // Asked again here, so that a limit that was lowered a moment ago holds.
    memberships::access(&app.db, &caller.tenant, &user).await?.map(Some).ok_or(ApprovalError::NotYours)
}

/// Adds or removes points: at once when the caller's limit reaches that far, else as a request.
///
/// # Errors
/// When something does not fit, or the ledger refuses it. Requests are refused as the ledger would refuse them now.
pub async fn adjust(app: &App, asked: Asked, adjustment: Adjustment) -> Result<Outcome, ApprovalError> {
    let points = adjustment.wish.points().get();
    if let Some(access) = employee(app, &asked.caller).await? {
        if access.role < Role::Agent {
            return Err(ApprovalError::NotYours);
        }
        if !approvals::may(access.limits, access.role, points) {
            return approvals::ask(app, asked, adjustment).await.map(Outcome::Waits);
        }
    }
    let answer: AnswerOf = kept;
    let asked = Asked { key: asked.key.map(|(key, _)| (key, answer)), ..asked };
    let Adjustment { customer, wish, site, remarks } = adjustment;
    let reply = match wish {
        Wish::Add { points, valid_until } => {
            points::add(app, asked, customer, site, AddPoints { id: None, points, valid_until, remarks }).await?
        }
        Wish::Remove { points } => {
            let take = TakePoints { id: None, points, remarks: Remarks { site, ..remarks } };
            points::remove(app, asked, customer, take).await?
        }
    };
    Ok(outcome(&reply))
}

/// Whether somebody may have an entry undone at all, be it by a request: what was added or removed by hand, and agents
/// only what they did themselves.
pub fn may_undo(role: Role, own: bool, told: &history::Story) -> Result<(), Refusal> {
    let entry = &told.entry;
    if told.mended.is_some() {
        return Err(Refusal::AlreadyUndone);
    }
    let by_hand = matches!(entry.kind, EntryKind::Added | EntryKind::Removed) && entry.memo.mends.is_none();
    let allowed = role >= Role::Manager || (role == Role::Agent && own);
    if by_hand && allowed { Ok(()) } else { Err(Refusal::NotUndoable) }
}

/// Undoes an entry: at once when the caller's limit reaches its points, else as a request.
///
/// # Errors
/// When there is no such entry, it was undone before, its points are spent, or it is not the caller's to undo.
pub async fn undo(
    app: &App,
    asked: Asked,
    customer: CustomerId,
    entry_id: EntryId,
    remarks: Remarks,
) -> Result<Outcome, ApprovalError> {
    if let Some(access) = employee(app, &asked.caller).await? {
        let told = history::entry(&app.db, &asked.caller.tenant, &customer, &entry_id).await?;
        let told = told.ok_or_else(|| LedgerError::Refused(Refusal::EntryUnknown(entry_id.to_string())))?;
        let entry = &told.story.entry;
        may_undo(access.role, entry.memo.actor == asked.caller.actor, &told.story)
            .map_err(|refusal| PointsError::from(LedgerError::from(refusal)))?;
        if !approvals::may(access.limits, access.role, entry.points) {
            let undo = approvals::Undo { customer, entry_id, points: entry.points, remarks };
            return approvals::ask_to_undo(app, asked, undo).await.map(Outcome::Waits);
        }
    }
    let reply = points::undo(app, asked, customer, entry_id, remarks).await?;
    Ok(outcome(&reply))
}
