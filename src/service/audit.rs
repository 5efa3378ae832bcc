//! Records who changed what, and shows and proves it.

use serde_json::{Map, Value};

pub use crate::store::audit::{AuditFilter, KeptRow};
use crate::{
    domain::{
        actor::{Actor, Caller},
        audit::{AuditRow, START, Subject},
        ids::TenantId,
        time::Timestamp,
    },
    store::{self, Db, DbError, Tx},
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

async fn page(
    db: &Db,
    tenant: &str,
    filter: &AuditFilter,
    before: Option<i64>,
    limit: u16,
) -> Result<AuditPage, DbError> {
    let limit = usize::from(limit);
    // One more than asked for, to know whether there is a next page.
    let ask = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut rows = store::audit::list(db, tenant, filter, before.unwrap_or(i64::MAX), ask).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| last.row.seq);
    Ok(AuditPage { rows, next })
}

/// The actions in the log of the caller's tenant, for a choice on the page.
pub async fn actions(db: &Db, tenant: &TenantId) -> Result<Vec<String>, DbError> {
    store::audit::actions(db, tenant.as_str()).await
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
