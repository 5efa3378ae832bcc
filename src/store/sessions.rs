//! Who is signed in where.

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{ids::UserId, time::Timestamp};

statements! {
    Global FIND_SESSION {
        "SELECT state, expires_at FROM sessions WHERE session_hash = $1 AND expires_at > $2 AND created_at > $3"
    }
    Global INSERT_SESSION {
        "INSERT INTO sessions (session_hash, user_id, state, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)"
    }
    /// Touches nothing when the session was ended meanwhile: what was ended stays so.
    Global UPDATE_SESSION { "UPDATE sessions SET user_id = $2, state = $3, expires_at = $4 WHERE session_hash = $1" }
    Global EXTEND_SESSION { "UPDATE sessions SET expires_at = $2 WHERE session_hash = $1 AND expires_at < $2" }
    Global DELETE_SESSION { "DELETE FROM sessions WHERE session_hash = $1" }
    Global LIST_SESSIONS_OF_USER {
        "SELECT session_hash, state, created_at, expires_at FROM sessions
         WHERE user_id = $1 AND expires_at > $2 AND created_at > $3
         ORDER BY created_at DESC, session_hash LIMIT 100"
    }
    Global DELETE_SESSIONS_OF_USER {
        "DELETE FROM sessions WHERE user_id = $1 AND (CAST($2 AS TEXT) IS NULL OR session_hash <> $2)"
    }
    Global DELETE_ENDED_SESSIONS { "DELETE FROM sessions WHERE expires_at <= $1 OR created_at <= $2" }
}

/// A session as it is stored.
#[derive(Debug, sqlx::FromRow)]
pub struct SessionRow {
    /// SHA-256 of the key in the cookie.
    pub session_hash: String,
    /// JSON.
    pub state: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends unless it is used.
    pub expires_at: Timestamp,
}

/// The state of a session that still runs at `now` and began after `begun_after`, and when it ends.
pub async fn find(
    db: &Db,
    hash: &str,
    now: Timestamp,
    begun_after: Timestamp,
) -> Result<Option<(String, Timestamp)>, DbError> {
    db.query(FIND_SESSION).bind(hash).bind(now).bind(begun_after).optional().await
}

/// Begins a session.
pub async fn insert(
    tx: &mut Tx,
    hash: &str,
    user_id: Option<&str>,
    state: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    tx.query(INSERT_SESSION).bind(hash).bind(user_id).bind(state).bind(now).bind(expires_at).run().await.map(drop)
}

/// Changes a session; says whether it was still there.
pub async fn update(
    tx: &mut Tx,
    hash: &str,
    user_id: Option<&str>,
    state: &str,
    expires_at: Timestamp,
) -> Result<bool, DbError> {
    Ok(tx.query(UPDATE_SESSION).bind(hash).bind(user_id).bind(state).bind(expires_at).run().await? > 0)
}

/// Lets a session live on until `expires_at`.
pub async fn extend(tx: &mut Tx, hash: &str, expires_at: Timestamp) -> Result<(), DbError> {
    tx.query(EXTEND_SESSION).bind(hash).bind(expires_at).run().await.map(drop)
}

/// Ends a session.
pub async fn delete(tx: &mut Tx, hash: &str) -> Result<(), DbError> {
    tx.query(DELETE_SESSION).bind(hash).run().await.map(drop)
}

/// The sessions of a user that still run, the newest first, at most 100.
pub async fn list_of_user(
    db: &Db,
    user_id: &UserId,
    now: Timestamp,
    begun_after: Timestamp,
) -> Result<Vec<SessionRow>, DbError> {
    db.query(LIST_SESSIONS_OF_USER).bind(user_id).bind(now).bind(begun_after).all().await
}

/// Ends all sessions of a user but the one with the hash `keep`.
pub async fn delete_of_user(tx: &mut Tx, user_id: &UserId, keep: Option<&str>) -> Result<u64, DbError> {
    tx.query(DELETE_SESSIONS_OF_USER).bind(user_id).bind(keep).run().await
}

/// Forgets the sessions that ended by `now` or began by `begun_by`.
pub async fn delete_ended(tx: &mut Tx, now: Timestamp, begun_by: Timestamp) -> Result<u64, DbError> {
    tx.query(DELETE_ENDED_SESSIONS).bind(now).bind(begun_by).run().await
}
