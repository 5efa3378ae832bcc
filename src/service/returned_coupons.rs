//! Orders that come back and were paid with coupons bought with points: the option says whether the points come back,
//! or an employee does.

use serde_json::json;
use uuid::Uuid;

use super::{
    audit,
    ledger::{LedgerError, command::Remarks},
    points::{self, Asked, PointsError},
};
pub use crate::store::returned_coupons::Case;
use crate::{
    app::App,
    domain::{
        actor::{Actor, Caller},
        audit::Subject,
        ids::TenantId,
        ledger::entry::Source,
        order::{Order, snapshot::OrderStatus},
        refusal::Refusal,
        returned_coupon::{Decision, WhenReturned},
    },
    store::{
        Db, DbError,
        db::retry_on_conflict,
        returned_coupons::{self as store, PaidWith},
    },
    texts::t,
};

/// Why nothing was decided.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// There is no such question.
    #[error("{}", t!("refusal-returned-unknown"))]
    Unknown,
    /// Somebody else decided first.
    #[error("{}", t!("refusal-returned-decided"))]
    Decided,
    /// The points did not come back.
    #[error(transparent)]
    Points(#[from] PointsError),
}

impl From<DbError> for CaseError {
    fn from(error: DbError) -> Self {
        Self::Points(error.into())
    }
}

/// Looks after the coupons with which an order was paid that came back, or was called off. To be called again after a
/// failure: what was done stays done, and nobody is asked twice.
///
/// # Errors
/// When the ledger or the database failed.
pub async fn look_after(app: &App, tenant: &TenantId, order: &Order) -> Result<(), PointsError> {
    let called_off = order.snapshot.as_ref().is_some_and(|snapshot| snapshot.status == OrderStatus::Declined);
    if order.returns.is_empty() && !called_off {
        return Ok(());
    }
    let whole = called_off || order.came_back_whole();
    for paid in store::paid_with(&app.db, tenant, &order.id).await? {
        if paid.when_returned == WhenReturned::Keep {
            continue;
        }
        let case = ask(app, tenant, order, &paid, whole).await?;
        if case.decision == Decision::Open && whole && paid.when_returned == WhenReturned::GiveBack {
            let caller = Caller { tenant: tenant.clone(), actor: Actor::system("returns") };
            match give(app, &caller, &case, Source::Job).await {
                // Refused because the account was closed, say: an employee sees the question.
                Ok(())
                | Err(
                    CaseError::Decided
                    | CaseError::Unknown
                    | CaseError::Points(PointsError::Ledger(LedgerError::Refused(_))),
                ) => {}
                Err(CaseError::Points(error)) => return Err(error),
            }
        }
    }
    Ok(())
}

async fn ask(app: &App, tenant: &TenantId, order: &Order, paid: &PaidWith, whole: bool) -> Result<Case, DbError> {
    let case_id = Uuid::now_v7().to_string();
    let now = app.now();
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        let case = store::open(&mut tx, tenant, &order.id, paid, whole, (&case_id, now)).await?;
        tx.commit().await?;
        Ok(case)
    })
    .await
}

/// Gives the points back that a coupon cost; it cannot be used any more.
///
/// # Errors
/// When there is no such question, or it was decided.
pub async fn give_back(app: &App, caller: &Caller, case_id: &str) -> Result<(), CaseError> {
    let case = find(&app.db, &caller.tenant, case_id).await?.ok_or(CaseError::Unknown)?;
    if case.decision != Decision::Open {
        return Err(CaseError::Decided);
    }
    give(app, caller, &case, Source::BackOffice).await
}

async fn give(app: &App, caller: &Caller, case: &Case, source: Source) -> Result<(), CaseError> {
    let asked = Asked { caller: caller.clone(), source, key: None };
    let remarks = Remarks {
        reference: Some(case.order_id.to_string()),
        description: Some(format!("Order {} returned", case.order_id)),
        ..Remarks::default()
    };
    let given = points::give_back_redemption(app, asked, case.customer_id.clone(), case.redemption_id.clone(), remarks);
    match given.await {
        // Given back before: the process died before it could say so.
        Ok(_) | Err(PointsError::Ledger(LedgerError::Refused(Refusal::AlreadyCancelled))) => {}
        Err(error) => return Err(error.into()),
    }
    match decide(app, caller, case, Decision::GivenBack).await {
        // Somebody left them spent in this moment, but they are back: that is what counts.
        Err(CaseError::Decided) => {
            let kept = Case { decision: Decision::Kept, ..case.clone() };
            decide(app, caller, &kept, Decision::GivenBack).await
        }
        other => other,
    }
}

/// Leaves the points spent.
///
/// # Errors
/// When there is no such question, or it was decided.
pub async fn keep(app: &App, caller: &Caller, case_id: &str) -> Result<(), CaseError> {
    let case = find(&app.db, &caller.tenant, case_id).await?.ok_or(CaseError::Unknown)?;
    if case.decision != Decision::Open {
        return Err(CaseError::Decided);
    }
    decide(app, caller, &case, Decision::Kept).await
}

/// Asks again about points that were left spent.
///
/// # Errors
/// When there is no such question, or the points came back.
pub async fn reopen(app: &App, caller: &Caller, case_id: &str) -> Result<(), CaseError> {
    let case = find(&app.db, &caller.tenant, case_id).await?.ok_or(CaseError::Unknown)?;
    if case.decision != Decision::Kept {
        return Err(CaseError::Decided);
    }
    decide(app, caller, &case, Decision::Open).await
}

async fn decide(app: &App, caller: &Caller, case: &Case, to: Decision) -> Result<(), CaseError> {
    let now = app.now();
    let decided = retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        let steps = (case.decision, to);
        if !store::decide(&mut tx, &caller.tenant, &case.case_id, steps, &caller.actor, now).await? {
            return Ok(false);
        }
        let (before, after) = (json!({ "decision": case.decision.as_str() }), json!({ "decision": to.as_str() }));
        let subject = Subject::new("returned_coupon", &case.code);
        audit::record(&mut tx, caller, "returned_coupon.decided", subject, Some(before), Some(after), now).await?;
        tx.commit().await?;
        Ok::<_, DbError>(true)
    })
    .await?;
    if decided { Ok(()) } else { Err(CaseError::Decided) }
}

/// One question.
pub async fn find(db: &Db, tenant: &TenantId, case_id: &str) -> Result<Option<Case>, DbError> {
    store::find(db, tenant, case_id).await
}

/// At most `limit` questions older than one, the newest first, and whether there are more.
pub async fn list(
    db: &Db,
    tenant: &TenantId,
    decision: Option<Decision>,
    older_than: Option<&str>,
    limit: usize,
) -> Result<(Vec<Case>, bool), DbError> {
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut cases = store::list(db, tenant, decision, older_than, wanted).await?;
    let more = cases.len() > limit;
    cases.truncate(limit);
    Ok((cases, more))
}

/// How many questions are open.
pub async fn count_open(db: &Db, tenant: &TenantId) -> Result<i64, DbError> {
    store::count_open(db, tenant).await
}
