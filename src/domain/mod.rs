//! What the product is about, without a database or a web server: names, amounts, rules.
//!
//! Nothing here is asynchronous; time and randomness are arguments.

pub mod access;
pub mod actor;
pub mod audit;
pub mod bulk;
pub mod calendar;
pub mod code;
pub mod coupon;
pub mod coupon_settings;
pub mod customer;
pub mod delivery;
pub mod email;
pub mod endpoint;
pub mod event;
pub mod feed;
pub mod fields;
pub mod ids;
pub mod invalid;
pub mod ledger;
pub mod list_query;
pub mod merge_patch;
pub mod money;
pub mod name;
pub mod network;
pub mod option;
pub mod order;
pub mod password;
pub mod past;
pub mod points;
pub mod reason;
pub mod refusal;
pub mod returned_coupon;
pub mod role;
pub mod scope;
pub mod site;
pub mod site_change;
pub mod tenant;
pub mod text;
pub mod throttle;
pub mod time;
pub mod token;
pub mod webhook;
pub mod worth;
