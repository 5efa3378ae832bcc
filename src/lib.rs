//! Guerdon: reward points for online shops.
//!
//! Imports run one way:
//! `main -> cli -> server -> { web, api, jobs } -> service -> { domain, store }`, `store -> domain`.
//! `app`, `clock`, `config`, `known_tokens`, `metrics`, `outbound`, `rate_limits` and `secrets` are what all of them share; `texts` too, the domain and the
//! store included.

pub mod api;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod demo_shop;
pub mod domain;
pub mod jobs;
pub mod known_tokens;
pub mod metrics;
pub mod outbound;
pub mod rate_limits;
pub mod secrets;
pub mod server;
pub mod service;
pub mod store;
pub mod telemetry;
pub mod texts;
pub mod web;
