//! What the product is about, without a database or a web server: names, amounts, rules.
//!
//! Nothing here is asynchronous; time and randomness are arguments.

pub mod actor;
pub mod audit;
pub mod calendar;
pub mod code;
pub mod coupon;
pub mod ids;
pub mod invalid;
pub mod ledger;
pub mod money;
pub mod option;
pub mod points;
pub mod refusal;
pub mod role;
pub mod site;
pub mod site_change;
pub mod text;
pub mod time;
