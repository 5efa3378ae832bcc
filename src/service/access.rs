//! Why a use case about people, clients or tenants did not happen.

use super::passwords::HashingError;
use crate::{
    domain::access::AccessRefusal,
    store::{DbError, db::AsConflict},
};

/// Why nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// A rule said no: to be shown.
    #[error(transparent)]
    Refused(#[from] AccessRefusal),
    /// The machine failed: to be logged.
    #[error(transparent)]
    Store(#[from] DbError),
    /// The password could not be hashed now.
    #[error(transparent)]
    Hashing(#[from] HashingError),
}

impl AsConflict for AccessError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}
