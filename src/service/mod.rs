//! Use cases: one transaction each, in which the domain decides and the store writes.

pub mod accounts;
pub mod audit;
pub mod coupons;
pub mod expiry;
pub mod health;
pub mod idempotency;
pub mod ledger;
pub mod points;
pub mod sites;
pub mod summary;
pub mod verify;
