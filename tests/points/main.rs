//! Reward points over HTTP, on both databases.

#![cfg(test)]

#[path = "../common/mod.rs"]
mod common;

mod access;
mod bad_input;
mod batch;
mod cancelling;
mod coupons;
mod crowd;
mod feeds;
mod operations;
mod orders;
mod repeats;
mod returned_coupons;
mod returns;
mod rule_trial;
mod shop;
mod shuffle;
mod turns;
