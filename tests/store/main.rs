//! The store on both databases: statements, schema, history.

#![cfg(test)]

#[path = "../common/mod.rs"]
mod common;

mod history;
mod migrations;
mod schema;
mod statements;
mod statistics;
