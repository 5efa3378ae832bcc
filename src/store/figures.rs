//! Sums over a tenant's ledger. Each reads an index alone, or little beside it.

use std::{collections::BTreeMap, fmt::Display};

use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::FromRow;

use super::{Db, DbError, Tx, sql::statements};
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
    /// Points that end within a time, how many customers have some, and who has the most. Summed as floating point, which is
    /// exact up to 2^53: PostgreSQL sums BIGINT as NUMERIC, whose state for each of many accounts does not fit into its
    /// memory for sorting and hashing.
    Tenant SUM_ENDING {
        "WITH each_account AS MATERIALIZED (
             SELECT l.account_id, SUM(CAST(l.remaining AS FLOAT8)) AS points FROM lots l
             WHERE l.tenant_id = $1 AND l.remaining > 0 AND l.valid_until > $2 AND l.valid_until <= $3
             GROUP BY l.account_id)
         SELECT CAST((SELECT SUM(points) FROM each_account) AS BIGINT) AS total,
             (SELECT COUNT(*) FROM each_account) AS customers,
             a.customer_id AS customer, p.name, CAST(t.points AS BIGINT) AS points,
             (SELECT MIN(l.valid_until) FROM lots l
              WHERE l.tenant_id = $1 AND l.account_id = t.account_id AND l.remaining > 0 AND l.valid_until > $2) AS ends_at
         FROM (SELECT account_id, points FROM each_account ORDER BY points DESC, account_id LIMIT 1) AS t
         JOIN accounts a ON a.tenant_id = $1 AND a.account_id = t.account_id
         LEFT JOIN customers p ON p.tenant_id = a.tenant_id AND p.customer_id = a.customer_id"
    }
    /// How often each option was exchanged for in some periods (`$1`, as above), and for how many points; those that were
    /// cancelled count.
    Tenant SUM_EXCHANGED {
        "SELECT r.option_id, COUNT(*), CAST(SUM(r.points) AS BIGINT)
         FROM " rows lite(" CROSS") " JOIN redemptions r ON r.tenant_id = $2 AND r.created_at >= CAST(j.value ->> 0 AS BIGINT)
             AND r.created_at < CAST(j.value ->> 1 AS BIGINT)
         GROUP BY r.option_id"
    }
    /// Those of them that were cancelled.
    Tenant SUM_CANCELLED {
        "SELECT r.option_id, COUNT(*), CAST(SUM(r.points) AS BIGINT)
         FROM redemptions r " lite("INDEXED BY redemptions_cancelled ") "
         WHERE r.tenant_id = $1 AND r.created_at >= $2 AND r.created_at < $3 AND r.cancelled_at IS NOT NULL
         GROUP BY r.option_id"
    }
    Tenant LIST_NAMES { "SELECT option_id, name FROM options WHERE tenant_id = $1" }
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

/// How many kinds of entry there are.
const KINDS: usize = EntryKind::ALL.len();

/// Points and number of entries of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums([[i64; 2]; KINDS]);

impl Sums {
    /// Each kind with its points, signed, and its number of entries.
    pub fn of_kinds(&self) -> impl Iterator<Item = (EntryKind, i64, i64)> {
        EntryKind::ALL.into_iter().zip(self.0).map(|(kind, [points, entries])| (kind, points, entries))
    }

    /// How many entries there are of any kind.
    pub fn entries(&self) -> i64 {
        self.0.iter().map(|[_, entries]| entries).sum()
    }

    /// Takes in others.
    pub fn add(&mut self, others: &Self) {
        for (mine, other) in self.0.iter_mut().flatten().zip(others.0.iter().flatten()) {
            *mine = mine.saturating_add(*other);
        }
    }
}

/// [`Sums`] as a JSON array of numbers: points and entries of each kind, in the order of `EntryKind::ALL`.
pub(super) struct TextOfSums(pub(super) String);

impl TextOfSums {
    /// The sums, written.
    pub(super) fn of(sums: &Sums) -> Self {
        Self(json!(sums.0.as_flattened()).to_string())
    }

    /// The sums that are written.
    ///
    /// # Errors
    /// When this is no text of sums.
    pub(super) fn read(&self) -> Result<Sums, DbError> {
        let damaged = |why: &dyn Display| DbError::Damaged(format!("sums of entries: {why}"));
        let numbers: Vec<i64> = serde_json::from_str(&self.0).map_err(|error| damaged(&error))?;
        let (pairs, _) = numbers.as_chunks();
        pairs.try_into().map(Sums).map_err(|error| damaged(&error))
    }
}

/// What moved in each of some periods (from, to before), in their order.
pub async fn moved(tx: &mut Tx, tenant: &TenantId, periods: &[(Timestamp, Timestamp)]) -> Result<Vec<Sums>, DbError> {
    let rows: Vec<_> = periods.iter().zip(0_i64..).map(|((from, to), at)| [from.micros(), to.micros(), at]).collect();
    let query = tx.query(SUM_PERIODS).bind(json!(rows).to_string()).bind(tenant);
    let mut all = vec![Sums::default(); periods.len()];
    for (place, text) in query.all::<(i64, String)>().await? {
        if let Some(sums) = usize::try_from(place).ok().and_then(|place| all.get_mut(place)) {
            *sums = TextOfSums(text).read()?;
        }
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

/// Times and points of each option that was exchanged for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Exchanged(BTreeMap<String, [i64; 2]>);

impl Exchanged {
    fn of(rows: Vec<(String, i64, i64)>) -> Self {
        Self(rows.into_iter().map(|(option, times, points)| (option, [times, points])).collect())
    }

    /// Takes in others.
    pub fn add(&mut self, others: &Self) {
        self.count(others, 1);
    }

    fn count(&mut self, others: &Self, sign: i64) {
        for (option, others) in &others.0 {
            let mine = self.0.entry(option.clone()).or_default();
            for (mine, other) in mine.iter_mut().zip(others) {
                *mine = mine.saturating_add(other.saturating_mul(sign));
            }
        }
        self.0.retain(|_, [times, _]| *times > 0);
    }
}

/// How often each option was exchanged for in some periods (from, to before), those that were cancelled later included.
pub async fn exchanged(
    tx: &mut Tx,
    tenant: &TenantId,
    periods: &[(Timestamp, Timestamp)],
) -> Result<Exchanged, DbError> {
    let rows: Vec<_> = periods.iter().map(|(from, to)| [from.micros(), to.micros()]).collect();
    tx.query(SUM_EXCHANGED).bind(json!(rows).to_string()).bind(tenant).all().await.map(Exchanged::of)
}

/// An option with how often it was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// Which options were chosen, the most chosen first: what was exchanged for from `from` to before `until` without what
/// was cancelled of it.
pub async fn chosen(
    tx: &mut Tx,
    tenant: &TenantId,
    (from, until): (Timestamp, Timestamp),
    mut exchanged: Exchanged,
) -> Result<Vec<Chosen>, DbError> {
    let cancelled = tx.query(SUM_CANCELLED).bind(tenant).bind(from).bind(until).all().await?;
    exchanged.count(&Exchanged::of(cancelled), -1);
    let mut names: BTreeMap<String, String> = tx.query(LIST_NAMES).bind(tenant).all().await?.into_iter().collect();
    let chosen = exchanged.0.into_iter().map(|(option_id, [times, points])| {
        let name = names.remove(&option_id).unwrap_or_default();
        Chosen { option_id, name, times, points }
    });
    let mut chosen: Vec<_> = chosen.collect();
    chosen.sort_by(|a, b| b.times.cmp(&a.times).then_with(|| (&a.name, &a.option_id).cmp(&(&b.name, &b.option_id))));
    Ok(chosen)
}
