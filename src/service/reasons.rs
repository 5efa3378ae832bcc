//! Why employees add and remove points: made, changed, put in order, archived. A reason is never deleted, because
//! entries name it.

use serde_json::{Value, json};

use super::audit;
use crate::{
    app::App,
    domain::{
        actor::Caller,
        audit::Subject,
        ids::TenantId,
        invalid::FieldErrors,
        reason::{LABEL_CHARS_MAX, Reason, ReasonDraft, STARTING, code_for},
        time::Timestamp,
    },
    store::{
        self, Db, DbError, Tx,
        db::{AsConflict, retry_on_conflict},
    },
    texts::{message, t},
};

/// Reasons that are not archived, per tenant: employees read the list whenever they adjust.
const REASONS_MAX: usize = 50;
/// The kind of thing in the audit log.
const SUBJECT: &str = "reason";

/// Why a reason was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum ReasonError {
    /// What was given does not fit.
    #[error(transparent)]
    Invalid(#[from] FieldErrors),
    /// There is no such reason.
    #[error("{}", t!("reasons-unknown"))]
    Unknown,
    /// Somebody else changed it in the meantime; this is what it is now.
    #[error("{}", t!("reasons-stale"))]
    Stale(Box<Reason>),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl AsConflict for ReasonError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}

/// All reasons in their order, archived ones last.
pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<Reason>, DbError> {
    store::reasons::list(db, tenant).await
}

/// One reason, archived or not.
pub async fn find(db: &Db, tenant: &TenantId, code: &str) -> Result<Option<Reason>, DbError> {
    store::reasons::find(db, tenant, code).await
}

/// Makes the reasons that every tenant begins with.
pub(super) async fn create_starting(tx: &mut Tx, tenant: &TenantId, now: Timestamp) -> Result<(), DbError> {
    for (code, position) in STARTING.into_iter().zip(1..) {
        store::reasons::insert(tx, tenant, (code, position), &ReasonDraft::starting(code), now).await?;
    }
    Ok(())
}

fn nameless() -> FieldErrors {
    FieldErrors::one("label", message!("reasons-label-range", most = LABEL_CHARS_MAX))
}

/// Makes a reason, at the end of the list.
pub async fn create(app: &App, caller: &Caller, draft: &ReasonDraft) -> Result<Reason, ReasonError> {
    draft.check()?;
    let Some(label) = &draft.label else { return Err(nameless().into()) };
    retry_on_conflict(|| async {
        let (now, tenant) = (app.now(), &caller.tenant);
        let mut tx = app.db.begin().await?;
        let all = lock(&mut tx, tenant).await?;
        require_room(&all)?;
        require_own_label(&all, "", draft)?;
        let taken: Vec<&str> = all.iter().map(|reason| reason.code.as_str()).collect();
        let code = code_for(label, &taken);
        let position = all.iter().map(|reason| reason.position).max().unwrap_or_default() + 1;
        store::reasons::insert(&mut tx, tenant, (&code, position), draft, now).await?;
        let after = Some(Value::Object(draft.to_json()));
        audit::record(&mut tx, caller, "reason.created", Subject::new(SUBJECT, &code), None, after, now).await?;
        tx.commit().await?;
        Ok(Reason { code, draft: draft.clone(), position, version: 1, archived_at: None })
    })
    .await
}

/// Reads all reasons; whoever changes one is alone with them, so that no two get one name or one place.
async fn lock(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<Reason>, DbError> {
    tx.lock_scope(&format!("reasons:{tenant}")).await?;
    store::reasons::list_in(tx, tenant).await
}

fn require_room(all: &[Reason]) -> Result<(), FieldErrors> {
    if all.iter().filter(|reason| reason.archived_at.is_none()).count() < REASONS_MAX {
        return Ok(());
    }
    Err(FieldErrors::one("label", message!("reasons-too-many", most = REASONS_MAX)))
}

/// Two reasons of one name could not be told apart.
fn require_own_label(all: &[Reason], code: &str, draft: &ReasonDraft) -> Result<(), FieldErrors> {
    let same = |other: &&Reason| {
        other.code != code && other.archived_at.is_none() && draft.label.is_some() && other.draft.label == draft.label
    };
    match all.iter().find(same) {
        Some(_) => Err(FieldErrors::one("label", message!("reasons-label-taken"))),
        None => Ok(()),
    }
}

fn position_of(all: &[Reason], code: &str) -> Result<usize, ReasonError> {
    all.iter().position(|reason| reason.code == code).ok_or(ReasonError::Unknown)
}

/// Changes a reason, when it still has this version.
pub async fn update(
    app: &App,
    caller: &Caller,
    code: &str,
    version: i64,
    draft: &ReasonDraft,
) -> Result<(), ReasonError> {
    draft.check()?;
    if draft.label.is_none() && !STARTING.contains(&code) {
        return Err(nameless().into());
    }
    retry_on_conflict(|| async {
        let (now, tenant) = (app.now(), &caller.tenant);
        let mut tx = app.db.begin().await?;
        let mut all = lock(&mut tx, tenant).await?;
        let at = position_of(&all, code)?;
        require_own_label(&all, code, draft)?;
        let before = all.swap_remove(at);
        let Some((old, new)) = audit::difference(&before.draft.to_json(), &draft.to_json()) else { return Ok(()) };
        if before.version != version {
            return Err(ReasonError::Stale(Box::new(before)));
        }
        store::reasons::update(&mut tx, tenant, code, draft, now).await?;
        let subject = Subject::new(SUBJECT, code);
        audit::record(&mut tx, caller, "reason.changed", subject, Some(old), Some(new), now).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Takes a reason out of the offer. Entries keep it, and it can be restored.
pub async fn archive(app: &App, caller: &Caller, code: &str) -> Result<(), ReasonError> {
    set_archived(app, caller, code, true).await
}

/// Takes a reason back into the offer.
pub async fn restore(app: &App, caller: &Caller, code: &str) -> Result<(), ReasonError> {
    set_archived(app, caller, code, false).await
}

async fn set_archived(app: &App, caller: &Caller, code: &str, archived: bool) -> Result<(), ReasonError> {
    retry_on_conflict(|| async {
        let (now, tenant) = (app.now(), &caller.tenant);
        let mut tx = app.db.begin().await?;
        let mut all = lock(&mut tx, tenant).await?;
        let at = position_of(&all, code)?;
        if all.iter().any(|reason| reason.code == code && reason.archived_at.is_some() == archived) {
            return Ok(());
        }
        if !archived {
            require_room(&all)?;
        }
        let reason = all.swap_remove(at);
        if !archived {
            require_own_label(&all, code, &reason.draft)?;
        }
        store::reasons::archive(&mut tx, tenant, code, archived.then_some(now), now).await?;
        let (subject, what) = (Subject::new(SUBJECT, code), Some(Value::Object(reason.draft.to_json())));
        if archived {
            audit::record(&mut tx, caller, "reason.archived", subject, what, None, now).await?;
        } else {
            audit::record(&mut tx, caller, "reason.restored", subject, None, what, now).await?;
        }
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// A step in the list of reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Towards the beginning.
    Up,
    /// Towards the end.
    Down,
}

/// Moves a reason by one place among those that are not archived; at the end of the list it stays.
pub async fn step(app: &App, caller: &Caller, code: &str, step: Step) -> Result<(), ReasonError> {
    retry_on_conflict(|| async {
        let (now, tenant) = (app.now(), &caller.tenant);
        let mut tx = app.db.begin().await?;
        let mut order = lock(&mut tx, tenant).await?;
        order.retain(|reason| reason.archived_at.is_none());
        let at = position_of(&order, code)?;
        let to = match step {
            Step::Up => at.checked_sub(1),
            Step::Down => (at + 1 < order.len()).then_some(at + 1),
        };
        let Some(to) = to else { return Ok(()) };
        order.swap(at, to);
        for (reason, position) in order.iter().zip(1_i64..) {
            if reason.position != position {
                store::reasons::place(&mut tx, tenant, &reason.code, position).await?;
            }
        }
        let [before, after] = [at, to].map(|index| Some(json!({ "place": index + 1 })));
        audit::record(&mut tx, caller, "reason.moved", Subject::new(SUBJECT, code), before, after, now).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}
