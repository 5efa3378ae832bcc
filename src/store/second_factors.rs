//! Second factors: the sealed secrets of apps, and the hashes of recovery codes.

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{ids::UserId, time::Timestamp};

statements! {
    Global FIND_FACTOR { "SELECT secret, last_step, created_at FROM second_factors WHERE user_id = $1" }
    /// No row is written when there is one already.
    Global INSERT_FACTOR {
        "INSERT INTO second_factors (user_id, secret, last_step, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id) DO NOTHING"
    }
    /// Checks and takes in one statement: of two who send the same code at once, wherever, one finds no row.
    Global TAKE_STEP { "UPDATE second_factors SET last_step = $2 WHERE user_id = $1 AND last_step < $2" }
    Global DELETE_FACTOR { "DELETE FROM second_factors WHERE user_id = $1" }
    Global INSERT_RECOVERY_CODE { "INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2)" }
    /// The same for a recovery code.
    Global USE_RECOVERY_CODE {
        "UPDATE recovery_codes SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL"
    }
    Global DELETE_RECOVERY_CODES { "DELETE FROM recovery_codes WHERE user_id = $1" }
    Global COUNT_RECOVERY_CODES {
        "SELECT CAST(COUNT(*) AS BIGINT) FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL"
    }
    Global LIST_FACTOR_OWNERS { "SELECT user_id FROM second_factors ORDER BY user_id" }
}

/// A second factor as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredFactor {
    /// Sealed.
    pub secret: String,
    /// The newest step whose code was taken.
    pub last_step: i64,
    /// Since when.
    pub created_at: Timestamp,
}

/// The second factor of a user.
pub async fn find(db: &Db, user_id: &UserId) -> Result<Option<StoredFactor>, DbError> {
    db.query(FIND_FACTOR).bind(user_id).optional().await
}

/// The second factor of a user, within a transaction.
pub async fn find_in(tx: &mut Tx, user_id: &UserId) -> Result<Option<StoredFactor>, DbError> {
    tx.query(FIND_FACTOR).bind(user_id).optional().await
}

/// Keeps a second factor; says whether there was none before.
pub async fn insert(tx: &mut Tx, user_id: &UserId, factor: &StoredFactor) -> Result<bool, DbError> {
    let query = tx.query(INSERT_FACTOR).bind(user_id).bind(&factor.secret);
    Ok(query.bind(factor.last_step).bind(factor.created_at).run().await? > 0)
}

/// Takes the code of a step; says whether it was still to be had.
pub async fn take_step(tx: &mut Tx, user_id: &UserId, step: i64) -> Result<bool, DbError> {
    Ok(tx.query(TAKE_STEP).bind(user_id).bind(step).run().await? > 0)
}

/// Deletes a second factor and its recovery codes; says whether there was one.
pub async fn delete(tx: &mut Tx, user_id: &UserId) -> Result<bool, DbError> {
    tx.query(DELETE_RECOVERY_CODES).bind(user_id).run().await?;
    Ok(tx.query(DELETE_FACTOR).bind(user_id).run().await? > 0)
}

/// Puts new recovery codes in the place of all before them.
pub async fn replace_recovery_codes(tx: &mut Tx, user_id: &UserId, hashes: &[String]) -> Result<(), DbError> {
    tx.query(DELETE_RECOVERY_CODES).bind(user_id).run().await?;
    for hash in hashes {
        tx.query(INSERT_RECOVERY_CODE).bind(user_id).bind(hash.as_str()).run().await?;
    }
    Ok(())
}

/// Uses a recovery code up; says whether it was good.
pub async fn use_recovery_code(tx: &mut Tx, user_id: &UserId, hash: &str, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx.query(USE_RECOVERY_CODE).bind(user_id).bind(hash).bind(now).run().await? > 0)
}

/// How many recovery codes a user has left.
pub async fn count_recovery_codes(db: &Db, user_id: &UserId) -> Result<i64, DbError> {
    Ok(db.query(COUNT_RECOVERY_CODES).bind(user_id).one::<(i64,)>().await?.0)
}

/// Everybody who has a second factor.
pub async fn list_owners(db: &Db) -> Result<Vec<UserId>, DbError> {
    Ok(db.query(LIST_FACTOR_OWNERS).all::<(UserId,)>().await?.into_iter().map(|(id,)| id).collect())
}
