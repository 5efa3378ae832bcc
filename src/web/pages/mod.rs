//! One file per page or resource, with its view, its form and its handlers.

pub(super) mod account;
pub(super) mod api_clients;
pub(super) mod api_docs;
pub(super) mod audit_log;
pub(super) mod bulk;
pub(super) mod coupons;
pub(super) mod customer;
pub(super) mod customers;
pub(super) mod inbox;
pub(super) mod ledger;
pub(super) mod options;
pub(super) mod overview;
mod overview_chart;
pub(super) mod returns;
pub(super) mod rules;
pub(super) mod search;
pub(super) mod second_factor;
pub(super) mod settings;
pub(super) mod setup;
pub(super) mod sign_in;
pub(super) mod sign_in_code;
pub(super) mod sign_ins;
pub(super) mod sites;
pub(super) mod team;
pub(super) mod tenants;
pub(super) mod webhooks;
