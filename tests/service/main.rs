//! The use cases, on both databases.

#![cfg(test)]

#[path = "../common/mod.rs"]
mod common;

mod approvals;
mod birthdays;
mod bulk;
mod customers;
mod day_sums;
mod desk;
mod figures;
mod history;
mod option_drafts;
mod options;
mod reasons;
mod rule_drafts;
mod scale;
mod shop;
mod sites;
