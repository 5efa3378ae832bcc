//! The JSON API over HTTP, on both databases.

#![cfg(test)]

#[path = "../common/mod.rs"]
mod common;

mod cors;
mod customer_tokens;
mod customers;
mod document;
mod identity;
mod limits;
mod oauth;
mod parsers;
mod raw;
mod redeem_options;
mod requests;
mod scopes;
mod shop;
mod storefront;
