//! What customers see of their own accounts: entries, and coupons that they bought.

use sqlx::FromRow;

use super::links::kind_of;
use crate::{
    domain::{
        ids::{EntryId, TenantId},
        ledger::entry::EntryKind,
        time::Timestamp,
    },
    store::{DbError, Tx, sql::statements},
};

statements! {
    /// The newest first, of the present life of the account (behind `$3`) and below `$4`.
    Tenant LIST_OWN_ENTRIES {
        "SELECT e.entry_id, e.kind, e.points, e.balance_after, e.recorded_at, e.available_from, e.valid_until,
             e.description, r.code
         FROM entries e
         LEFT JOIN redemptions r ON r.tenant_id = e.tenant_id AND r.redemption_id = e.redemption_id
         WHERE e.tenant_id = $1 AND e.account_id = $2 AND e.seq > $3 AND e.seq < $4
         ORDER BY e.seq DESC LIMIT $5"
    }
    Tenant FIND_OWN_PLACE {
        "SELECT e.seq FROM entries e WHERE e.tenant_id = $1 AND e.entry_id = $3 AND e.account_id = $2"
    }
    /// The codes that were bought, the newest first, with what else is told of each purchase.
    Tenant LIST_OWN_REDEMPTIONS {
        "SELECT r.code, e.entry_id, r.option_id, r.points, r.created_at, r.cancelled_at
         FROM redemptions r
         JOIN entries e ON e.tenant_id = r.tenant_id AND e.account_id = r.account_id AND e.seq = r.seq
         WHERE r.tenant_id = $1 AND r.account_id = $2 AND r.seq > $3 AND r.seq < $4
         ORDER BY r.seq DESC LIMIT $5"
    }
    /// How often the account had each option.
    Tenant COUNT_OWN_OPTIONS {
        "SELECT option_id, COUNT(*) FROM redemptions
         WHERE tenant_id = $1 AND account_id = $2 AND cancelled_at IS NULL GROUP BY option_id"
    }
}

/// An entry, as the customer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnEntry {
    /// Its id.
    pub id: EntryId,
    /// What it is.
    pub kind: EntryKind,
    /// Signed.
    pub points: i64,
    /// What could be spent right after.
    pub balance_after: i64,
    /// When.
    pub at: Timestamp,
    /// From when points that came can be spent; `None`: at once.
    pub available_from: Option<Timestamp>,
    /// When points that came end.
    pub valid_until: Option<Timestamp>,
    /// What the customer reads.
    pub description: Option<String>,
    /// The coupon that the points went for, or came back from.
    pub code: Option<String>,
}

#[derive(FromRow)]
struct OwnEntryRow {
    entry_id: EntryId,
    kind: String,
    points: i64,
    balance_after: i64,
    recorded_at: Timestamp,
    available_from: Option<Timestamp>,
    valid_until: Option<Timestamp>,
    description: Option<String>,
    code: Option<String>,
}

/// A purchase of a coupon, as the customer sees it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct OwnRedemption {
    /// The coupon.
    pub code: String,
    /// The entry that took the points.
    pub entry_id: EntryId,
    /// What was bought.
    pub option_id: String,
    /// What it cost.
    pub points: i64,
    /// When.
    pub created_at: Timestamp,
    /// When the points came back.
    pub cancelled_at: Option<Timestamp>,
}

/// Entries of an account behind the place `after` and below `before`, the newest first.
pub async fn entries(
    tx: &mut Tx,
    tenant: &TenantId,
    account_id: i64,
    (after, before): (i64, i64),
    limit: i64,
) -> Result<Vec<OwnEntry>, DbError> {
    let query = tx.query(LIST_OWN_ENTRIES).bind(tenant).bind(account_id).bind(after).bind(before).bind(limit);
    let rows = query.all::<OwnEntryRow>().await?;
    let entry = |row: OwnEntryRow| {
        Ok(OwnEntry {
            id: row.entry_id,
            kind: kind_of(&row.kind)?,
            points: row.points,
            balance_after: row.balance_after,
            at: row.recorded_at,
            available_from: row.available_from,
            valid_until: row.valid_until,
            description: row.description,
            code: row.code,
        })
    };
    rows.into_iter().map(entry).collect()
}

/// The place of an entry in its account.
pub async fn place(tx: &mut Tx, tenant: &TenantId, account_id: i64, id: &EntryId) -> Result<Option<i64>, DbError> {
    let row = tx.query(FIND_OWN_PLACE).bind(tenant).bind(account_id).bind(id).optional::<(i64,)>().await?;
    Ok(row.map(|(seq,)| seq))
}

/// Purchases of an account behind the place `after` and below `before`, the newest first.
pub async fn redemptions(
    tx: &mut Tx,
    tenant: &TenantId,
    account_id: i64,
    (after, before): (i64, i64),
    limit: i64,
) -> Result<Vec<OwnRedemption>, DbError> {
    let query = tx.query(LIST_OWN_REDEMPTIONS).bind(tenant).bind(account_id).bind(after).bind(before).bind(limit);
    query.all().await
}

/// How often an account had each option; those that it never had are not in it.
pub async fn times_had(tx: &mut Tx, tenant: &TenantId, account_id: i64) -> Result<Vec<(String, i64)>, DbError> {
    tx.query(COUNT_OWN_OPTIONS).bind(tenant).bind(account_id).all().await
}
