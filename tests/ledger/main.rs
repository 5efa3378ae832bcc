//! The ledger on both databases: against a plain model, under concurrency, and when somebody tampers with it.

#![cfg(test)]

#[path = "../common/mod.rs"]
mod common;

mod concurrency;
mod desk;
mod expiry;
mod model;
mod tamper;
