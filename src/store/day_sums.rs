//! What moved in each day of a tenant, kept so that it need not be added up again.

use serde_json::json;
use sqlx::FromRow;

use super::{
    DbError, Tx,
    figures::{Exchanged, Sums, TextOfSums},
    sql::statements,
};
use crate::domain::{ids::TenantId, time::Timestamp};

statements! {
    Tenant NEWEST_DAY {
        "SELECT starts_at, ends_at, until, sums, exchanged FROM day_sums WHERE tenant_id = $1 ORDER BY starts_at DESC LIMIT 1"
    }
    Tenant LIST_DAYS {
        "SELECT starts_at, ends_at, until, sums, exchanged FROM day_sums
         WHERE tenant_id = $1 AND starts_at >= $2 AND starts_at < $3 ORDER BY starts_at"
    }
    Tenant PUT_DAY {
        "INSERT INTO day_sums (tenant_id, starts_at, ends_at, until, sums, exchanged) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, starts_at) DO UPDATE
         SET until = excluded.until, sums = excluded.sums, exchanged = excluded.exchanged"
    }
    Tenant DELETE_DAYS {
        "DELETE FROM day_sums WHERE tenant_id = $1 AND until > $2"
    }
    Tenant COUNT_TAKEN_BACK {
        "SELECT times FROM day_sums_taken_back WHERE tenant_id = $1"
    }
    Tenant TAKE_BACK {
        "INSERT INTO day_sums_taken_back (tenant_id, times) VALUES ($1, 1)
         ON CONFLICT (tenant_id) DO UPDATE SET times = day_sums_taken_back.times + 1"
    }
    Tenant FIRST_END_TO_RECORD {
        "SELECT MIN(valid_until) FROM lots WHERE tenant_id = $1 AND remaining > 0 AND valid_until < $2"
    }
    /// The instant of the entry that has `$4` others before it from `$2` to before `$3`.
    Tenant FIND_PLACE {
        "SELECT recorded_at FROM entries WHERE tenant_id = $1 AND recorded_at >= $2 AND recorded_at < $3
         ORDER BY recorded_at LIMIT 1 OFFSET $4"
    }
}

/// A local day with what moved in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// Its first instant.
    pub starts_at: Timestamp,
    /// The first instant of the next day.
    pub ends_at: Timestamp,
    /// The entries before this instant are in the sums.
    pub until: Timestamp,
    /// What moved from `starts_at` to before `until`.
    pub sums: Sums,
    /// What points were exchanged for in that time.
    pub exchanged: Exchanged,
}

#[derive(FromRow)]
struct Columns {
    starts_at: Timestamp,
    ends_at: Timestamp,
    until: Timestamp,
    sums: String,
    exchanged: String,
}

impl Columns {
    fn into_day(self) -> Result<Day, DbError> {
        let Self { starts_at, ends_at, until, sums, exchanged } = self;
        let damaged = |error| DbError::Damaged(format!("exchanges of a day: {error}"));
        let exchanged = serde_json::from_str(&exchanged).map_err(damaged)?;
        Ok(Day { starts_at, ends_at, until, sums: TextOfSums(sums).read()?, exchanged })
    }
}

/// Waits until nobody else keeps or takes back sums of the tenant, has them wait until the transaction ends, and says how
/// often sums were taken back.
pub async fn lock(tx: &mut Tx, tenant: &TenantId) -> Result<i64, DbError> {
    tx.lock_scope(&format!("day_sums/{tenant}")).await?;
    times_taken_back(tx, tenant).await
}

/// How often sums of the tenant were taken back.
pub async fn times_taken_back(tx: &mut Tx, tenant: &TenantId) -> Result<i64, DbError> {
    Ok(tx.query(COUNT_TAKEN_BACK).bind(tenant).optional::<(i64,)>().await?.map_or(0, |(times,)| times))
}

/// The newest day that is kept.
pub async fn newest(tx: &mut Tx, tenant: &TenantId) -> Result<Option<Day>, DbError> {
    tx.query(NEWEST_DAY).bind(tenant).optional::<Columns>().await?.map(Columns::into_day).transpose()
}

/// The kept days that start from `from` to before `until`, the first first.
pub async fn list(tx: &mut Tx, tenant: &TenantId, from: Timestamp, until: Timestamp) -> Result<Vec<Day>, DbError> {
    let query = tx.query(LIST_DAYS).bind(tenant).bind(from).bind(until);
    query.all::<Columns>().await?.into_iter().map(Columns::into_day).collect()
}

/// Keeps a day, in place of what was kept of it.
pub async fn put(tx: &mut Tx, tenant: &TenantId, day: &Day) -> Result<(), DbError> {
    let query = tx.query(PUT_DAY).bind(tenant).bind(day.starts_at).bind(day.ends_at).bind(day.until);
    query.bind(TextOfSums::of(&day.sums).0).bind(json!(day.exchanged).to_string()).run().await.map(drop)
}

/// Takes back the days that hold `from` or a later instant. Belongs into every transaction that writes entries which bear
/// another instant than now.
pub async fn take_back(tx: &mut Tx, tenant: &TenantId, from: Timestamp) -> Result<(), DbError> {
    lock(tx, tenant).await?;
    tx.query(TAKE_BACK).bind(tenant).run().await?;
    tx.query(DELETE_DAYS).bind(tenant).bind(from).run().await.map(drop)
}

/// When the entry was recorded that has `skipped` others before it from `from` to before `until`; `None` when there are
/// not so many.
pub async fn find_place(
    tx: &mut Tx,
    tenant: &TenantId,
    (from, until): (Timestamp, Timestamp),
    skipped: i64,
) -> Result<Option<Timestamp>, DbError> {
    let query = tx.query(FIND_PLACE).bind(tenant).bind(from).bind(until).bind(skipped);
    Ok(query.optional::<(Timestamp,)>().await?.map(|(at,)| at))
}

/// When the first of the points ended whose end before `before` is not recorded yet; the entry will bear that instant.
pub async fn first_end_to_record(
    tx: &mut Tx,
    tenant: &TenantId,
    before: Timestamp,
) -> Result<Option<Timestamp>, DbError> {
    let query = tx.query(FIRST_END_TO_RECORD).bind(tenant).bind(before);
    Ok(query.one::<(Option<Timestamp>,)>().await?.0)
}
