//! How the ledger's rows are read.

use sqlx::FromRow;

use crate::{
    domain::{
        actor::{Actor, ActorKind},
        ids::{CustomerId, EntryId, SiteCode, TenantId},
        ledger::{
            Account, Lot,
            entry::{Entry, EntryKind, Memo, Source, Take},
        },
        time::Timestamp,
    },
    store::DbError,
};

/// The columns of [`AccountRow`], in order.
macro_rules! account_columns {
    () => {
        "a.tenant_id, a.account_id, a.customer_id, a.balance, a.next_change_at, a.settled_at, a.seq, a.opened_seq,
         a.open, a.chain, a.changed_at, a.debt"
    };
}
pub(crate) use account_columns;

/// A row of `accounts`.
#[derive(Debug, FromRow)]
pub struct AccountRow {
    tenant_id: TenantId,
    account_id: i64,
    customer_id: CustomerId,
    balance: i64,
    next_change_at: Option<Timestamp>,
    settled_at: Timestamp,
    seq: i64,
    opened_seq: i64,
    open: bool,
    chain: String,
    changed_at: Timestamp,
    debt: i64,
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Self {
        Self {
            tenant: row.tenant_id,
            account_id: row.account_id,
            customer: row.customer_id,
            balance: row.balance,
            next_change_at: row.next_change_at,
            settled_at: row.settled_at,
            seq: row.seq,
            opened_seq: row.opened_seq,
            open: row.open,
            chain: row.chain,
            changed_at: row.changed_at,
            debt: row.debt,
        }
    }
}

/// What can be spent at an instant of account `a`: the balance as written, and only when its time has come, less the
/// lots that ended since, plus the pending ones that began. The same rule as `Book::settle`.
macro_rules! balance_of {
    ($at:literal) => {
        concat!(
            "CASE WHEN a.next_change_at IS NULL OR a.next_change_at > ",
            $at,
            " THEN a.balance ELSE a.balance
             - CAST(COALESCE((SELECT SUM(l.remaining) FROM lots l
                 WHERE l.tenant_id = a.tenant_id AND l.account_id = a.account_id AND l.remaining > 0
                   AND l.valid_until <= ",
            $at,
            "
                   AND (l.available_from IS NULL OR l.available_from <= a.settled_at)), 0) AS BIGINT)
             + CAST(COALESCE((SELECT SUM(l.remaining) FROM lots l
                 WHERE l.tenant_id = a.tenant_id AND l.account_id = a.account_id AND l.remaining > 0
                   AND l.available_from > a.settled_at AND l.available_from <= ",
            $at,
            "
                   AND l.valid_until > ",
            $at,
            "), 0) AS BIGINT)
             END"
        )
    };
}
/// [`balance_of`] at `$2`.
macro_rules! balance_at_2 {
    () => {
        $crate::store::ledger::rows::balance_of!("$2")
    };
}
/// [`balance_of`] at `$3`.
macro_rules! balance_at {
    () => {
        $crate::store::ledger::rows::balance_of!("$3")
    };
}
pub(in crate::store) use {balance_at, balance_at_2, balance_of};

/// A row of `lots`.
#[derive(Debug, FromRow)]
pub struct LotRow {
    seq: i64,
    points: i64,
    remaining: i64,
    available_from: Option<Timestamp>,
    valid_until: Timestamp,
}

impl From<LotRow> for Lot {
    fn from(row: LotRow) -> Self {
        Self {
            seq: row.seq,
            points: row.points,
            remaining: row.remaining,
            available_from: row.available_from,
            valid_until: row.valid_until,
        }
    }
}

/// A row of `lots`, with its account.
#[derive(Debug, FromRow)]
pub struct LotOfRow {
    account_id: i64,
    #[sqlx(flatten)]
    lot: LotRow,
}

impl LotOfRow {
    /// The account's number and the lot.
    pub fn into_lot(self) -> (i64, Lot) {
        (self.account_id, self.lot.into())
    }
}

/// A row of `usages`.
#[derive(Debug, FromRow)]
pub struct UsageRow {
    /// Whose.
    pub account_id: i64,
    /// The debiting entry.
    pub seq: i64,
    /// The lot it took from.
    pub lot_seq: i64,
    /// How many points.
    pub points: i64,
}

/// The columns of [`EntryRow`], in order.
macro_rules! entry_columns {
    () => {
        "e.account_id, e.seq, e.entry_id, e.kind, e.points, e.balance_after, e.recorded_at, e.settled_at,
         e.available_from, e.valid_until, e.site_code, e.reference_id, e.description, e.reason, e.actor_kind,
         e.actor_id, e.source, e.mends, e.redemption_id, e.details, e.fingerprint, e.hash"
    };
}
pub(crate) use entry_columns;

/// A row of `entries`.
#[derive(Debug, FromRow)]
pub struct EntryRow {
    /// Whose.
    pub account_id: i64,
    seq: i64,
    entry_id: EntryId,
    kind: String,
    points: i64,
    balance_after: i64,
    recorded_at: Timestamp,
    settled_at: Timestamp,
    available_from: Option<Timestamp>,
    valid_until: Option<Timestamp>,
    site_code: Option<String>,
    reference_id: Option<String>,
    description: Option<String>,
    reason: Option<String>,
    actor_kind: String,
    actor_id: String,
    source: String,
    mends: Option<String>,
    redemption_id: Option<String>,
    details: Option<String>,
    fingerprint: Option<String>,
    hash: String,
}

impl EntryRow {
    /// Its place in the account.
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// The entry, with the lots it took from.
    ///
    /// # Errors
    /// When the row holds what Guerdon never writes.
    pub fn into_entry(self, takes: Vec<Take>) -> Result<Entry, DbError> {
        let broken =
            |what: &str| DbError::Damaged(format!("entry {} of account {}: {what}", self.seq, self.account_id));
        Ok(Entry {
            kind: EntryKind::parse(&self.kind).map_err(|e| broken(e.message()))?,
            memo: Memo {
                actor: Actor {
                    kind: ActorKind::parse(&self.actor_kind).map_err(|e| broken(e.message()))?,
                    id: self.actor_id,
                },
                source: Source::parse(&self.source).map_err(|e| broken(e.message()))?,
                site: self.site_code.as_deref().map(SiteCode::parse).transpose().map_err(|e| broken(e.message()))?,
                reference: self.reference_id,
                description: self.description,
                reason: self.reason,
                mends: self.mends.as_deref().map(EntryId::parse).transpose().map_err(|e| broken(e.message()))?,
                redemption: self.redemption_id,
                details: self.details,
                fingerprint: self.fingerprint,
            },
            seq: self.seq,
            entry_id: self.entry_id,
            points: self.points,
            balance_after: self.balance_after,
            recorded_at: self.recorded_at,
            settled_at: self.settled_at,
            available_from: self.available_from,
            valid_until: self.valid_until,
            takes,
            hash: self.hash,
        })
    }
}
