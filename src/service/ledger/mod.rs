//! Everything that moves points.
//!
//! Callers describe what they want as a [`command::Request`] and hand it to the [`writer::Ledger`]. Requests that
//! arrive together share one transaction (and one sync of the disk); each gets an answer of its own, and one that is
//! refused never fails the others.

mod batch;
pub mod command;
mod decide;
mod events;
mod orders;
pub mod writer;

pub(in crate::service) use batch::{new_account_id, new_entry_id};

use std::sync::Arc;

use crate::{domain::refusal::Refusal, store::DbError};

/// Why points did not move.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LedgerError {
    /// A rule said no; nothing changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed. Whether the change was made is unknown: ask again with the same id.
    #[error(transparent)]
    Store(#[from] Arc<DbError>),
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopped,
}

impl From<DbError> for LedgerError {
    fn from(error: DbError) -> Self {
        Self::Store(Arc::new(error))
    }
}
