//! The coupon service over HTTP, on both databases.

#![cfg(test)]

#[path = "../common/mod.rs"]
mod common;

mod access;
mod checkout;
mod crowd;
mod guests;
mod lists;
mod manage;
mod referral;
mod settings;
mod till;
