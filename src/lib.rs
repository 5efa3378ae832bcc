//! Guerdon: reward points for online shops.
//!
//! Imports run one way:
//! `main -> cli -> { web, api, jobs } -> service -> { domain, store }`, `store -> domain`.
//! `app`, `clock` and `config` are what all of them share.

pub mod app;
pub mod clock;
pub mod config;
pub mod domain;
pub mod store;
