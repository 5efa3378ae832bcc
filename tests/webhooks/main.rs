//! Events out: each entry is told of, once it is there and not otherwise, and it gets to whoever wants to know.

#![cfg(test)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../ledger/desk.rs"]
#[expect(dead_code, reason = "the ledger's own tests use the rest")]
mod desk;
mod office;
mod outbox;
mod sending;
mod soon;
