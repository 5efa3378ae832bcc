//! The few values that belong to the whole installation.

use super::{Db, DbError, Tx, sql::statements};

statements! {
    Global FIND_SETTING { "SELECT value FROM server_settings WHERE name = $1" }
    Global PUT_SETTING {
        "INSERT INTO server_settings (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    }
    /// Keeps a value where there is none.
    Global INSERT_SETTING { "INSERT INTO server_settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING" }
    Global DELETE_SETTING { "DELETE FROM server_settings WHERE name = $1" }
}

/// The value of a setting, if it has one.
pub async fn find(db: &Db, name: &str) -> Result<Option<String>, DbError> {
    Ok(db.query(FIND_SETTING).bind(name).optional::<(String,)>().await?.map(|(value,)| value))
}

/// The value of a setting, within a transaction.
pub async fn find_in(tx: &mut Tx, name: &str) -> Result<Option<String>, DbError> {
    Ok(tx.query(FIND_SETTING).bind(name).optional::<(String,)>().await?.map(|(value,)| value))
}

/// Sets a setting.
pub async fn put(tx: &mut Tx, name: &str, value: &str) -> Result<(), DbError> {
    tx.query(PUT_SETTING).bind(name).bind(value).run().await.map(drop)
}

/// Sets a setting that has no value yet.
pub async fn insert(tx: &mut Tx, name: &str, value: &str) -> Result<(), DbError> {
    tx.query(INSERT_SETTING).bind(name).bind(value).run().await.map(drop)
}

/// Forgets a setting; says whether it was there.
pub async fn delete(tx: &mut Tx, name: &str) -> Result<bool, DbError> {
    Ok(tx.query(DELETE_SETTING).bind(name).run().await? > 0)
}
