//! Whether the database answers, and whether it keeps what it is given.

use super::{Db, DbError, sql::statements};
use crate::domain::time::Timestamp;

statements! {
    /// The time of the database's machine, in microseconds; nothing where that is this machine.
    Global READ_CLOCK {
        "SELECT CAST(" lite("NULL") pg("EXTRACT(EPOCH FROM clock_timestamp()) * 1000000") " AS BIGINT)"
    }
    /// What makes a PostgreSQL unfit whatever it is set to: too old, or texts that are not Unicode.
    Global UNFIT {
        pg("SELECT name, setting FROM pg_settings
            WHERE (name = 'server_version_num' AND CAST(setting AS BIGINT) < 140000)
               OR (name = 'server_encoding' AND setting <> 'UTF8') ORDER BY name")
        lite("SELECT 'sqlite', sqlite_version() WHERE 1 = 0")
    }
    /// Settings of a PostgreSQL server that lose acknowledged writes in a crash. SQLite's are set by us.
    Global UNSAFE_SETTINGS {
        pg("SELECT name, setting FROM pg_settings
            WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' ORDER BY name")
        lite("SELECT 'fsync', 'off' WHERE 1 = 0")
    }
}

/// The time of the database's machine; `None` where that is this machine.
pub async fn clock(db: &Db) -> Result<Option<Timestamp>, DbError> {
    Ok(db.query(READ_CLOCK).one::<(Option<Timestamp>,)>().await?.0)
}

/// What this version cannot work with, as `name=value`.
pub async fn unfit(db: &Db) -> Result<Vec<String>, DbError> {
    let rows = db.query(UNFIT).all::<(String, String)>().await?;
    Ok(rows.into_iter().map(|(name, setting)| format!("{name}={setting}")).collect())
}

/// The settings by which an acknowledged write could be lost, as `name=value`.
pub async fn unsafe_settings(db: &Db) -> Result<Vec<String>, DbError> {
    let rows = db.query(UNSAFE_SETTINGS).all::<(String, String)>().await?;
    Ok(rows.into_iter().map(|(name, setting)| format!("{name}={setting}")).collect())
}
