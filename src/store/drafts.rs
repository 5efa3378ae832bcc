//! What is kept of a thing until somebody publishes it.

use serde_json::{Map, Value};
use sqlx::FromRow;

use super::DbError;
use crate::domain::time::Timestamp;

/// A change that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept<T> {
    /// What it would become.
    pub draft: T,
    /// What the employee is called who kept it last; `None` when there is no such user any more.
    pub keeper: Option<String>,
    /// When that was.
    pub kept_at: Timestamp,
}

/// A draft as it is stored.
#[derive(FromRow)]
pub(super) struct Row {
    /// What it is a draft of.
    of: String,
    content: String,
    keeper: Option<String>,
    kept_at: Timestamp,
}

impl Row {
    /// The draft, which `read` makes of its JSON.
    pub(super) fn into_kept<T, E: ToString>(
        self,
        read: impl Fn(&Map<String, Value>) -> Result<T, E>,
    ) -> Result<Kept<T>, DbError> {
        let broken = |what: String| DbError::Damaged(format!("draft of {}: {what}", self.of));
        let map: Map<String, Value> = serde_json::from_str(&self.content).map_err(|e| broken(e.to_string()))?;
        let draft = read(&map).map_err(|e| broken(e.to_string()))?;
        Ok(Kept { draft, keeper: self.keeper, kept_at: self.kept_at })
    }
}
