//! Use cases: one transaction each, in which the domain decides and the store writes.

pub mod audit;
pub mod expiry;
pub mod health;
pub mod idempotency;
pub mod ledger;
pub mod sites;
pub mod verify;
