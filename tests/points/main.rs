//! Reward points over HTTP, on both databases.

#![cfg(test)]

#[path = "../common/mod.rs"]
mod common;

mod operations;
mod shop;
