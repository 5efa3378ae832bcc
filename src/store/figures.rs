//! Sums over a tenant's ledger. Each reads an index alone, or little beside it.

use serde_json::json;
use sqlx::FromRow;

use super::{Db, DbError, sql::statements};
use crate::domain::{
    ids::{CustomerId, TenantId},
    ledger::entry::EntryKind,
    time::Timestamp,
};

/// The sum of the points of one kind of entry, and how many there are.
macro_rules! sum_of {
    ($kind:literal) => {
        concat!(
            "CAST(COALESCE(SUM(e.points) FILTER (WHERE e.kind = '",
            $kind,
            "'), 0) AS BIGINT),
             COUNT(*) FILTER (WHERE e.kind = '",
            $kind,
            "')"
        )
    };
}
/// The same of every kind, in the order of `EntryKind::ALL`.
macro_rules! sums {
    () => {
        concat!(
            sum_of!("earned"),
            ", ",
            sum_of!("added"),
            ", ",
            sum_of!("removed"),
            ", ",
            sum_of!("redeemed"),
            ", ",
            sum_of!("expired"),
            ", ",
            sum_of!("taken_back"),
            ", ",
            sum_of!("given_back"),
            ", ",
            sum_of!("closed")
        )
    };
}

statements! {
    /// What customers can spend, as written.
    Tenant SUM_BALANCES {
        "SELECT CAST(COALESCE(SUM(a.balance), 0) AS BIGINT), COUNT(*) FROM accounts a WHERE a.tenant_id = $1 AND a.open"
    }
    /// The same of all tenants.
    Global SUM_ALL_BALANCES {
        "SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT), COUNT(*) FROM accounts WHERE open"
    }
    /// By how much that is off at `$2`, because points ended or began since and nobody recorded it yet.
    Tenant SUM_UNRECORDED {
        "SELECT CAST(COALESCE(SUM(COALESCE((
             SELECT SUM(l.remaining) FROM lots l
             WHERE l.tenant_id = a.tenant_id AND l.account_id = a.account_id AND l.remaining > 0
               AND l.valid_until > $2 AND (l.available_from IS NULL OR l.available_from <= $2)), 0) - a.balance), 0) AS BIGINT)
         FROM accounts a WHERE a.tenant_id = $1 AND a.next_change_at IS NOT NULL AND a.next_change_at <= $2 AND a.open"
    }
    /// What moved in some periods: `$1` the periods (from, to before), `$2` the tenant. The place of the period, and points
    /// and entries of each kind in the order of `EntryKind::ALL`, as JSON. One pass over an index, and nothing is sorted:
    /// grouping would keep a million entries in memory.
    Tenant SUM_PERIODS {
        "SELECT CAST(j.value ->> 2 AS BIGINT),
             (SELECT CAST(" lite("json_array") pg("json_build_array") "(" [sums] ") AS TEXT)
              FROM entries e WHERE e.tenant_id = $2 AND e.recorded_at >= CAST(j.value ->> 0 AS BIGINT)
                AND e.recorded_at < CAST(j.value ->> 1 AS BIGINT))
         FROM " rows
    }
    /// Points that end within a time, how many customers have some, and who has the most.
    Tenant SUM_ENDING {
        "SELECT t.total, t.customers, a.customer_id AS customer, p.name, t.points, t.ends_at
         FROM (SELECT account_id, points, ends_at, CAST(SUM(points) OVER () AS BIGINT) AS total, COUNT(*) OVER () AS customers
             FROM (SELECT l.account_id, CAST(SUM(l.remaining) AS BIGINT) AS points, MIN(l.valid_until) AS ends_at FROM lots l
                 WHERE l.tenant_id = $1 AND l.remaining > 0 AND l.valid_until > $2 AND l.valid_until <= $3
                 GROUP BY l.account_id) AS each_account
             ORDER BY points DESC, account_id LIMIT 1) AS t
         JOIN accounts a ON a.tenant_id = $1 AND a.account_id = t.account_id
         LEFT JOIN customers p ON p.tenant_id = a.tenant_id AND p.customer_id = a.customer_id"
    }
    /// Which options were chosen in a period; cancelled exchanges do not count.
    Tenant LIST_CHOSEN {
        "SELECT r.option_id, o.name, r.times, r.points FROM (
             SELECT option_id, COUNT(*) AS times, CAST(SUM(points) AS BIGINT) AS points FROM redemptions
             WHERE tenant_id = $1 AND created_at >= $2 AND created_at < $3 AND cancelled_at IS NULL
             GROUP BY option_id) AS r
         JOIN options o ON o.tenant_id = $1 AND o.option_id = r.option_id
         ORDER BY r.times DESC, o.name, r.option_id"
    }
}

/// What customers can spend in all, and how many accounts are open.
pub async fn outstanding(db: &Db, tenant: &TenantId, now: Timestamp) -> Result<(i64, i64), DbError> {
    let (written, accounts) = db.query(SUM_BALANCES).bind(tenant).one::<(i64, i64)>().await?;
    let (unrecorded,) = db.query(SUM_UNRECORDED).bind(tenant).bind(now).one::<(i64,)>().await?;
    Ok((written.saturating_add(unrecorded), accounts))
}

/// What customers of all tenants can spend, as it is written, and how many accounts are open.
pub async fn outstanding_of_all(db: &Db) -> Result<(i64, i64), DbError> {
    db.query(SUM_ALL_BALANCES).one().await
}

/// What moved in one period, of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The place of the period in the list.
    pub period: usize,
    /// The kind of entry.
    pub kind: EntryKind,
    /// The sum of the points, signed.
    pub points: i64,
    /// How many entries.
    pub entries: i64,
}

/// What moved in some periods (from, to before), by kind.
pub async fn moved(db: &Db, tenant: &TenantId, periods: &[(Timestamp, Timestamp)]) -> Result<Vec<Moved>, DbError> {
    let rows: Vec<_> = periods.iter().zip(0_i64..).map(|((from, to), at)| [from.micros(), to.micros(), at]).collect();
    let query = db.query(SUM_PERIODS).bind(json!(rows).to_string()).bind(tenant);
    let mut all = Vec::new();
    for (period, sums) in query.all::<(i64, String)>().await? {
        let period = usize::try_from(period).unwrap_or_default();
        let sums: Vec<i64> =
            serde_json::from_str(&sums).map_err(|error| DbError::Damaged(format!("sums of a period: {error}")))?;
        let (pairs, _) = sums.as_chunks();
        let kinds = EntryKind::ALL.into_iter().zip(pairs).filter(|(_, [_, entries])| *entries > 0);
        all.extend(kinds.map(|(kind, &[points, entries])| Moved { period, kind, points, entries }));
    }
    Ok(all)
}

/// Points that end soon.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Ending {
    /// How many.
    pub total: i64,
    /// How many customers have some.
    pub customers: i64,
    /// Who has the most.
    #[sqlx(flatten)]
    pub most: EndingOf,
}

/// A customer with points that end soon.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct EndingOf {
    /// Who.
    pub customer: CustomerId,
    /// The person's name.
    pub name: Option<String>,
    /// How many.
    pub points: i64,
    /// When the first of them end.
    pub ends_at: Timestamp,
}

/// Points that end after `from` and up to `until`; `None` when there are none.
pub async fn ending(db: &Db, tenant: &TenantId, from: Timestamp, until: Timestamp) -> Result<Option<Ending>, DbError> {
    db.query(SUM_ENDING).bind(tenant).bind(from).bind(until).optional().await
}

/// An option with how often it was chosen.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Chosen {
    /// The option's id.
    pub option_id: String,
    /// Its name.
    pub name: String,
    /// How often.
    pub times: i64,
    /// For how many points.
    pub points: i64,
}

/// Which options were chosen from `from` to before `until`, the most chosen first.
pub async fn chosen(db: &Db, tenant: &TenantId, from: Timestamp, until: Timestamp) -> Result<Vec<Chosen>, DbError> {
    db.query(LIST_CHOSEN).bind(tenant).bind(from).bind(until).all().await
}
