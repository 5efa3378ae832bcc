//! Use cases: one transaction each, in which the domain decides and the store writes.

pub mod access;
pub mod accounts;
pub mod api_clients;
pub mod audit;
pub mod coupons;
pub mod customers;
pub mod expiry;
pub mod figures;
pub mod health;
pub mod history;
pub mod idempotency;
pub mod ledger;
pub mod options;
pub mod passwords;
pub mod points;
pub mod sign_in;
pub mod sites;
pub mod summary;
pub mod team;
pub mod tenants;
pub mod tokens;
pub mod users;
pub mod verify;
