//! Records who changed what, and shows and proves it.

use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;

pub use crate::store::audit::{AuditFilter, KeptRow};
use crate::{
    app::App,
    domain::{
        actor::{Actor, Caller},
        audit::{AuditRow, START, Subject},
        ids::TenantId,
        time::Timestamp,
    },
    store::{self, Db, DbError, Tx, audit::AuditRows, db::retry_on_conflict},
};

/// Rows read at once when a chain is checked.
const CHAIN_ROWS: i64 = 500;

/// Records a change in the log of the caller's tenant, in the transaction of the change, as its last statement.
/// `before` and `after` never hold secrets.
pub async fn record(
    tx: &mut Tx,
    caller: &Caller,
    action: &'static str,
    subject: Subject<'_>,
    before: Option<Value>,
    after: Option<Value>,
    now: Timestamp,
) -> Result<(), DbError> {
    store::audit::append(tx, caller.tenant.as_str(), row(&caller.actor, action, subject, before, after, now)).await
}

/// Records a change of what belongs to no tenant, such as a user's password.
pub async fn record_global(
    tx: &mut Tx,
    actor: &Actor,
    action: &'static str,
    subject: Subject<'_>,
    before: Option<Value>,
    after: Option<Value>,
    now: Timestamp,
) -> Result<(), DbError> {
    store::audit::append(tx, "", row(actor, action, subject, before, after, now)).await
}

fn row(
    actor: &Actor,
    action: &str,
    subject: Subject<'_>,
    before: Option<Value>,
    after: Option<Value>,
    now: Timestamp,
) -> AuditRow {
    AuditRow {
        seq: 0,
        recorded_at: now,
        actor: actor.clone(),
        action: action.to_owned(),
        subject_kind: subject.kind.to_owned(),
        subject_id: subject.id.to_owned(),
        before: before.map(|value| value.to_string()),
        after: after.map(|value| value.to_string()),
    }
}

/// The fields that differ, as they were and as they are, for [`record`]; `None` when all are the same.
pub fn difference(before: &Map<String, Value>, after: &Map<String, Value>) -> Option<(Value, Value)> {
    let only = |of: &Map<String, Value>, than: &Map<String, Value>| {
        let other = of.iter().filter(|(name, value)| than.get(*name) != Some(*value));
        other.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>()
    };
    let (old, new) = (only(before, after), only(after, before));
    (!old.is_empty() || !new.is_empty()).then_some((Value::Object(old), Value::Object(new)))
}

/// A page of a log, the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditPage {
    /// The rows.
    pub rows: Vec<KeptRow>,
    /// Where the next page begins: `before` of the next call; `None` on the last page.
    pub next: Option<i64>,
}

/// Rows of the caller's tenant, the newest first, older than the row `before`.
pub async fn list(
    db: &Db,
    caller: &Caller,
    filter: &AuditFilter,
    before: Option<i64>,
    limit: u16,
) -> Result<AuditPage, DbError> {
    page(db, caller.tenant.as_str(), filter, before, limit).await
}

/// The same for what belongs to no tenant; for operators only.
pub async fn list_global(db: &Db, filter: &AuditFilter, before: Option<i64>, limit: u16) -> Result<AuditPage, DbError> {
    page(db, "", filter, before, limit).await
}

/// The page of the caller's tenant that stands before the row `after`, and whether there are newer ones still.
pub async fn list_newer(
    db: &Db,
    caller: &Caller,
    filter: &AuditFilter,
    after: i64,
    limit: u16,
) -> Result<(Vec<KeptRow>, bool), DbError> {
    let (limit, rows) = (usize::from(limit), AuditRows::NewerThan(after));
    let mut rows = store::audit::list(db, caller.tenant.as_str(), filter, rows, one_more(limit)).await?;
    let more = rows.len() > limit;
    // The one too many is the newest.
    let found = rows.split_off(usize::from(more));
    Ok((found, more))
}

/// One more than asked for, to know whether there is a next page.
fn one_more(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1)
}

async fn page(
    db: &Db,
    tenant: &str,
    filter: &AuditFilter,
    before: Option<i64>,
    limit: u16,
) -> Result<AuditPage, DbError> {
    let (limit, rows) = (usize::from(limit), AuditRows::OlderThan(before.unwrap_or(i64::MAX)));
    let mut rows = store::audit::list(db, tenant, filter, rows, one_more(limit)).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| last.row.seq);
    Ok(AuditPage { rows, next })
}

/// What was done to one thing of a tenant, the newest first, at most `limit` rows.
pub async fn history(db: &Db, tenant: &TenantId, subject: Subject<'_>, limit: u16) -> Result<Vec<KeptRow>, DbError> {
    store::audit::list_of(db, tenant.as_str(), subject, i64::from(limit)).await
}

/// The actions in the log of the caller's tenant, for a choice on the page.
pub async fn actions(db: &Db, tenant: &TenantId) -> Result<Vec<String>, DbError> {
    store::audit::actions(db, tenant.as_str()).await
}

/// The kinds of things that the log of the caller's tenant tells of.
pub async fn subject_kinds(db: &Db, tenant: &TenantId) -> Result<Vec<String>, DbError> {
    store::audit::subject_kinds(db, tenant.as_str()).await
}

/// How a tenant's log was last found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// When it was checked.
    pub at: Timestamp,
    /// What the employee is called who had it checked.
    pub by: Option<String>,
    /// How many rows were right.
    pub rows: i64,
    /// What is off, if anything.
    pub problem: Option<String>,
}

const PROVED: &str = "audit_log.proved";

/// Recomputes the chain of the caller's log, and records in it what was found.
pub async fn prove(app: &App, caller: &Caller) -> Result<AuditCheck, DbError> {
    // Each reads a whole log; one at a time is enough.
    static TURN: Semaphore = Semaphore::const_new(1);
    let _turn = TURN.acquire().await;
    let mut check = AuditCheck::default();
    verify_log(&app.db, caller.tenant.as_str(), &mut check).await?;
    let problem = check.problems.first().map(|problem| format!("Row {}: {}", problem.seq, problem.what));
    let right = i64::try_from(check.rows).unwrap_or(i64::MAX) - i64::from(problem.is_some());
    let after = json!({"rows": right, "problem": problem});
    retry_on_conflict(async || {
        let mut tx = app.db.begin().await?;
        let subject = Subject::new("audit_log", caller.tenant.as_str());
        record(&mut tx, caller, PROVED, subject, None, Some(after.clone()), app.now()).await?;
        tx.commit().await
    })
    .await?;
    Ok(check)
}

/// How the log of the caller's tenant was last found; `None` when nobody ever looked.
pub async fn last_proof(db: &Db, tenant: &TenantId) -> Result<Option<Proof>, DbError> {
    let subject = Subject::new("audit_log", tenant.as_str());
    let found = store::audit::list_of(db, tenant.as_str(), subject, 1).await?.into_iter().next();
    Ok(found.map(|kept| {
        let after: Value =
            kept.row.after.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
        let field = |name: &str| after.get(name).cloned().unwrap_or_default();
        Proof {
            at: kept.row.recorded_at,
            by: kept.actor_name,
            rows: field("rows").as_i64().unwrap_or_default(),
            problem: field("problem").as_str().map(str::to_owned),
        }
    }))
}

/// A row of an audit log that is not what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditProblem {
    /// Whose log; empty for what belongs to no tenant.
    pub tenant: String,
    /// The first row that is off.
    pub seq: i64,
    /// What is off.
    pub what: String,
}

/// What checking the audit logs found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditCheck {
    /// How many rows were read.
    pub rows: u64,
    /// What is off: in each log at most the first.
    pub problems: Vec<AuditProblem>,
}

/// Recomputes the chain of every log.
pub async fn verify(db: &Db) -> Result<AuditCheck, DbError> {
    let mut check = AuditCheck::default();
    for tenant in store::audit::logs(db).await? {
        verify_log(db, &tenant, &mut check).await?;
    }
    Ok(check)
}

async fn verify_log(db: &Db, tenant: &str, check: &mut AuditCheck) -> Result<(), DbError> {
    let (mut seq, mut previous) = (0, START.to_owned());
    loop {
        let rows = store::audit::read_chain(db, tenant, seq, CHAIN_ROWS).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for kept in rows {
            check.rows += 1;
            let what = if kept.row.seq != seq + 1 {
                format!("The audit log lacks row {}.", seq + 1)
            } else if kept.row.link(&previous, tenant) != kept.hash {
                "This row of the audit log was changed, or the one before it.".to_owned()
            } else {
                seq = kept.row.seq;
                previous = kept.hash;
                continue;
            };
            check.problems.push(AuditProblem { tenant: tenant.to_owned(), seq: seq + 1, what });
            return Ok(());
        }
    }
}

/// The number and the hash of the newest row of every log. Written down elsewhere (such as in the log of the
/// process), they show when the end of a log was cut off.
pub async fn heads(db: &Db) -> Result<Vec<(String, i64, String)>, DbError> {
    let mut heads = Vec::new();
    for tenant in store::audit::logs(db).await? {
        if let Some((seq, hash)) = store::audit::head(db, &tenant).await? {
            heads.push((tenant, seq, hash));
        }
    }
    Ok(heads)
}
