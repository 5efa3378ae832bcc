//! The back office over HTTP, as people and browsers use it, on both databases: with and without htmx.

#![cfg(test)]

#[path = "../common/mod.rs"]
mod common;

mod account;
mod audit_log;
mod clients;
mod errors;
mod escaping;
mod guards;
mod roles;
mod sign_in;
mod team;
mod visitor;
