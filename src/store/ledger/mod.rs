//! The ledger's tables: accounts, entries, lots, usages.
//!
//! Writes of many accounts go out as one statement per table, over a JSON array, so that a transaction costs the
//! same number of statements however many requests share it.

pub mod history;
pub mod links;
pub mod load;
pub mod own;
pub mod read;
pub mod rows;
pub mod save;
pub mod summary;
