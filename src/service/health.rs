//! Whether this process can do its work.

use std::time::Duration;

use crate::store::{self, Db, DbError};

/// A load balancer asks every few seconds; a database that takes longer is as good as away.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the database answers soon.
pub async fn is_ready(db: &Db) -> bool {
    matches!(tokio::time::timeout(PATIENCE, store::health::ping(db)).await, Ok(Ok(())))
}

/// The database's settings by which an acknowledged write could be lost, such as `fsync=off`.
pub async fn unsafe_settings(db: &Db) -> Result<Vec<String>, DbError> {
    store::health::unsafe_settings(db).await
}
