//! The history of sign-ins.

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{ids::UserId, time::Timestamp};

statements! {
    Global INSERT_SIGN_IN {
        "INSERT INTO sign_ins (user_id, sign_in_id, at, outcome, address, agent) VALUES ($1, $2, $3, $4, $5, $6)"
    }
    Global DELETE_SIGN_IN { "DELETE FROM sign_ins WHERE user_id = $1 AND sign_in_id = $2" }
    /// The newest first, older than the one called `$2`.
    Global LIST_SIGN_INS {
        "SELECT sign_in_id, at, outcome, address, agent FROM sign_ins
         WHERE user_id = $1 AND (CAST($2 AS TEXT) IS NULL OR sign_in_id < $2)
         ORDER BY sign_in_id DESC LIMIT $3"
    }
    Global PURGE_SIGN_INS { "DELETE FROM sign_ins WHERE at < $1" }
}

/// A sign-in, or a try at one.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SignInRow {
    /// Which one; later ones have greater ids.
    pub sign_in_id: String,
    /// When.
    pub at: Timestamp,
    /// How it ended.
    pub outcome: String,
    /// Where it came from; empty when that is not known.
    pub address: String,
    /// The browser, as it named itself.
    pub agent: String,
}

/// Keeps a sign-in. `user_id` may be of nobody.
pub async fn insert(tx: &mut Tx, user_id: &str, row: &SignInRow) -> Result<(), DbError> {
    let query = tx.query(INSERT_SIGN_IN).bind(user_id).bind(&row.sign_in_id).bind(row.at).bind(&row.outcome);
    query.bind(&row.address).bind(&row.agent).run().await.map(drop)
}

/// Deletes a sign-in.
pub async fn delete(tx: &mut Tx, user_id: &str, sign_in_id: &str) -> Result<(), DbError> {
    tx.query(DELETE_SIGN_IN).bind(user_id).bind(sign_in_id).run().await.map(drop)
}

/// The sign-ins of a user, the newest first, older than the one called `before`.
pub async fn list(db: &Db, user_id: &UserId, before: Option<&str>, limit: i64) -> Result<Vec<SignInRow>, DbError> {
    db.query(LIST_SIGN_INS).bind(user_id).bind(before).bind(limit).all().await
}

/// Forgets what happened before an instant.
pub async fn purge(tx: &mut Tx, before: Timestamp) -> Result<u64, DbError> {
    tx.query(PURGE_SIGN_INS).bind(before).run().await
}
