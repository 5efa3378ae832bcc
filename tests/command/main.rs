//! The command line: what it prints, what it refuses, and by which exit code.

#![cfg(test)]

#[path = "../common/mod.rs"]
mod common;

mod access;
mod import;
mod secrets;
mod settings;
