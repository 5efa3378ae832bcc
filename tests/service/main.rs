//! The use cases, on both databases.

#![cfg(test)]

#[path = "../common/mod.rs"]
mod common;

mod desk;
mod options;
mod sites;
