//! What the database says instead of a result, and what follows from it.

/// What the database answered instead of a result.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// A named constraint refused the write.
    #[error("constraint `{0}` violated")]
    Constraint(String),
    /// The transaction lost a race and may be run again from its start.
    #[error("transaction conflict")]
    Conflict(#[source] sqlx::Error),
    /// What was read has changed before it could be locked; the transaction may be run again from its start.
    #[error("the rows changed meanwhile")]
    Changed,
    /// The connection was lost while the transaction was being committed: it stands or it does not. To be asked again
    /// under the same id, never to be run again as it is.
    #[error("whether the transaction was committed is unknown")]
    Unknown(#[source] sqlx::Error),
    /// The database did not answer in time; whether the transaction was committed is unknown.
    #[error("the database did not answer in time")]
    Late,
    /// A row holds what Guerdon never writes.
    #[error("the database holds what Guerdon never wrote: {0}")]
    Damaged(String),
    /// Anything else: the connection, the disk, a statement that does not fit the schema.
    #[error(transparent)]
    Other(sqlx::Error),
}

impl DbError {
    /// Whether the same may well succeed in a moment: the database is away, full, or too busy.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Conflict(_) | Self::Changed | Self::Unknown(_) | Self::Late => true,
            Self::Other(error) => {
                matches!(error, sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed)
                    || is_lost(error)
                    || is_refused_for_now(error)
            }
            Self::Constraint(_) | Self::Damaged(_) => false,
        }
    }

    /// What it means that a commit failed: [`DbError::Unknown`] unless the database said that it rolled back.
    pub(super) fn of_commit(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        // Integrity, rollback, and a session that was ended before: nothing of it stands.
        let ended = code.is_some_and(|code| {
            code.starts_with("23") || code.starts_with("40") || code == "25P03" || sqlite_primary(&code) == Some(5)
        });
        if ended { error.into() } else { Self::Unknown(error) }
    }

    /// Whether the database is away or did not answer, so that asking it for something else at once is of no use
    /// either.
    pub fn is_away(&self) -> bool {
        self.is_temporary() && !matches!(self, Self::Conflict(_) | Self::Changed)
    }
}

/// Whether the connection is gone. Only what is being committed in that moment may stand all the same, and
/// [`DbError::of_commit`] tells that apart.
pub(super) fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        // Cut in the middle of a message, or of the handshake.
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) => true,
        // PostgreSQL: connection exceptions, the server stops, it ended a transaction that was not gone on with.
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            code.len() == 5 && (["08", "57P"].iter().any(|c| code.starts_with(c)) || code == "25P03")
        }),
        _ => false,
    }
}

/// Whether the database answers, but cannot do such a thing now.
fn is_refused_for_now(error: &sqlx::Error) -> bool {
    let Some(code) = error.as_database_error().and_then(sqlx::error::DatabaseError::code) else { return false };
    if code.len() == 5 {
        // PostgreSQL: too few resources (a full disk among them), the operator intervenes, a lock that did not come
        // free, a server that takes no writes.
        return ["53", "57"].iter().any(|class| code.starts_with(class)) || matches!(&*code, "55P03" | "25006");
    }
    // SQLite: the disk fails (10) or is full (13).
    matches!(sqlite_primary(&code), Some(10 | 13))
}

/// The primary result code of SQLite: the low byte of the extended one.
fn sqlite_primary(code: &str) -> Option<u32> {
    code.parse::<u32>().ok().filter(|_| code.len() < 5).map(|code| code & 0xff)
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        let Some(db) = error.as_database_error() else {
            return Self::Other(error);
        };
        let code = db.code().unwrap_or_default().into_owned();
        // PostgreSQL: serialization_failure, deadlock_detected.
        // SQLite primary codes: BUSY (5) and LOCKED (6), low byte of the extended code.
        if matches!(code.as_str(), "40001" | "40P01") || matches!(sqlite_primary(&code), Some(5 | 6)) {
            return Self::Conflict(error);
        }
        if db.is_unique_violation() || db.is_check_violation() || db.is_foreign_key_violation() {
            let name = db.constraint().map_or_else(|| constraint_from(db.message()), str::to_owned);
            return Self::Constraint(name);
        }
        Self::Other(error)
    }
}

/// SQLite reports `UNIQUE constraint failed: t.a, t.b` or `CHECK constraint failed: name`.
fn constraint_from(message: &str) -> String {
    message.rsplit_once(": ").map_or(message, |(_, name)| name).to_owned()
}

/// Errors that can say "run the transaction again".
pub trait AsConflict {
    /// Whether the transaction may be run again from its start.
    fn is_conflict(&self) -> bool;
}
impl AsConflict for DbError {
    fn is_conflict(&self) -> bool {
        match self {
            Self::Conflict(_) | Self::Changed => true,
            Self::Other(error) => is_lost(error),
            Self::Constraint(_) | Self::Unknown(_) | Self::Late | Self::Damaged(_) => false,
        }
    }
}
