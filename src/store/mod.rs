//! Everything that speaks SQL, written once for SQLite and PostgreSQL.

pub mod audit;
pub mod db;
pub mod health;
pub mod idempotency;
pub mod server_settings;
pub mod sql;
mod types;

pub use db::{Backend, Db, DbError, Tx};

/// Every statement of the store, for the tests that prepare them on both databases.
pub fn statements() -> impl Iterator<Item = &'static sql::Sql> {
    [audit::STATEMENTS, health::STATEMENTS, idempotency::STATEMENTS, server_settings::STATEMENTS].into_iter().flatten()
}
