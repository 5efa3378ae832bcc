//! What the product is about, without a database or a web server: names, amounts, rules.
//!
//! Nothing here is asynchronous; time and randomness are arguments.

pub mod actor;
pub mod audit;
pub mod ids;
pub mod invalid;
pub mod points;
pub mod role;
pub mod time;
