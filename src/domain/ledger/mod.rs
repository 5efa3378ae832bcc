//! The ledger: accounts, entries, lots, and the only rules by which they change.
//!
//! [`book::Book`] holds one account in memory and decides; the store loads and saves it.
//! Nothing else computes what is available.

pub mod book;
pub mod chain;
pub mod entry;
pub mod proof;
mod tests;

use super::{
    ids::{CustomerId, TenantId},
    time::Timestamp,
};

/// A customer's points in one tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Whose.
    pub tenant: TenantId,
    /// The ledger's own number of the account.
    pub account_id: i64,
    /// The shop's id of the customer.
    pub customer: CustomerId,
    /// What can be spent, as of `settled_at` and until `next_change_at`.
    pub balance: i64,
    /// The next instant at which the balance changes by itself.
    pub next_change_at: Option<Timestamp>,
    /// Pending lots that begin up to here are in the balance.
    pub settled_at: Timestamp,
    /// Points of returned orders that were spent already; the next points pay them first.
    pub debt: i64,
    /// The newest entry; 0 when there is none.
    pub seq: i64,
    /// The entry after which the present life of the account began.
    pub opened_seq: i64,
    /// Whether the account exists for the API.
    pub open: bool,
    /// Hash of the newest entry.
    pub chain: String,
    /// When the newest entry was recorded.
    pub changed_at: Timestamp,
}

impl Account {
    /// An account that nothing has happened to.
    pub fn new(tenant: TenantId, account_id: i64, customer: CustomerId, now: Timestamp) -> Self {
        Self {
            tenant,
            account_id,
            customer,
            balance: 0,
            next_change_at: None,
            settled_at: now,
            debt: 0,
            seq: 0,
            opened_seq: 0,
            open: false,
            chain: chain::START.to_owned(),
            changed_at: now,
        }
    }
}

/// The points of one crediting entry, and what remains of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    /// The crediting entry.
    pub seq: i64,
    /// How many there were.
    pub points: i64,
    /// How many are left.
    pub remaining: i64,
    /// From when they can be spent; `None`: at once.
    pub available_from: Option<Timestamp>,
    /// Up to when, not including that instant.
    pub valid_until: Timestamp,
}

impl Lot {
    /// The order in which lots are spent: what ends soonest, then the oldest.
    pub fn spending_order(&self) -> (Timestamp, i64) {
        (self.valid_until, self.seq)
    }

    /// Whether the lot has begun, as of `settled_at`.
    pub fn has_begun(&self, settled_at: Timestamp) -> bool {
        self.available_from.is_none_or(|from| from <= settled_at)
    }
}
