//! The back office over HTTP, as people and browsers use it, on both databases: with and without htmx.

#![cfg(test)]

#[path = "../common/mod.rs"]
mod common;

mod account;
mod approvals;
mod audit_log;
mod birthdays;
mod bulk;
mod clients;
mod coupons;
mod crawl;
mod customer;
mod customers;
mod desk;
mod errors;
mod escaping;
mod guards;
mod hostile;
mod identity;
mod inbox;
mod ledger;
mod options;
mod reasons;
mod returns;
mod roles;
mod rules;
mod second_factor;
mod session_key;
mod settings;
mod sign_in;
mod statement;
mod team;
mod templates;
mod visitor;
mod webhooks;
