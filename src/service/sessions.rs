//! Sessions of the back office: how long they live, which ones a user has, and how they end.

use std::collections::HashMap;

use crate::{
    app::App,
    domain::{ids::UserId, time::Timestamp},
    store::{self, DbError, db::retry_on_conflict},
};

/// An unused session ends after this time: half a working day, so that lunch does not cost what was typed.
pub const IDLE_SECS: i64 = 4 * 60 * 60;
/// Used or not, nobody stays signed in for longer.
pub const LIFE_SECS: i64 = 24 * 60 * 60;

/// A session that runs, as its user sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// Names the session; worth nothing to whoever wants to use it.
    pub id: String,
    /// The browser, as it named itself at sign-in.
    pub agent: String,
    /// Where it came from at sign-in; empty when that is not known.
    pub address: String,
    /// When the user signed in.
    pub created_at: Timestamp,
    /// When it ends unless it is used.
    pub expires_at: Timestamp,
}

/// A user's sessions, the newest first.
pub async fn list(app: &App, user_id: &UserId) -> Result<Vec<OpenSession>, DbError> {
    Ok(rows(app, user_id).await?.into_iter().map(|(_hash, session)| session).collect())
}

/// The hash under which the session called `id` is kept.
pub(super) async fn find_hash(app: &App, user_id: &UserId, id: &str) -> Result<Option<String>, DbError> {
    Ok(rows(app, user_id).await?.into_iter().find(|(_, session)| session.id == id).map(|(hash, _)| hash))
}

/// Ends one session of a user; says whether there was such a one.
pub async fn end(app: &App, user_id: &UserId, id: &str) -> Result<bool, DbError> {
    let Some(hash) = find_hash(app, user_id, id).await? else { return Ok(false) };
    retry_on_conflict(async || {
        let mut tx = app.db.begin().await?;
        store::sessions::delete(&mut tx, &hash).await?;
        tx.commit().await
    })
    .await?;
    Ok(true)
}

/// Ends all sessions of a user but the one with the id `keep`; says how many.
pub async fn end_others(app: &App, user_id: &UserId, keep: &str) -> Result<u64, DbError> {
    let kept = find_hash(app, user_id, keep).await?;
    retry_on_conflict(async || {
        let mut tx = app.db.begin().await?;
        let ended = store::sessions::delete_of_user(&mut tx, user_id, kept.as_deref()).await?;
        tx.commit().await?;
        Ok(ended)
    })
    .await
}

/// Forgets what has ended; says how many.
pub async fn purge(app: &App) -> Result<u64, DbError> {
    retry_on_conflict(async || {
        let mut tx = app.db.begin().await?;
        let gone = store::sessions::delete_ended(&mut tx, app.now(), app.now().plus_secs(-LIFE_SECS)).await?;
        tx.commit().await?;
        Ok(gone)
    })
    .await
}

async fn rows(app: &App, user_id: &UserId) -> Result<Vec<(String, OpenSession)>, DbError> {
    let rows = store::sessions::list_of_user(&app.db, user_id, app.now(), app.now().plus_secs(-LIFE_SECS)).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let state: HashMap<String, String> = serde_json::from_str(&row.state).unwrap_or_default();
            let text =
                |key| state.get(key).and_then(|json| serde_json::from_str::<String>(json).ok()).unwrap_or_default();
            let session = OpenSession {
                id: text("id"),
                agent: text("agent"),
                address: text("address"),
                created_at: row.created_at,
                expires_at: row.expires_at,
            };
            (row.session_hash, session)
        })
        .collect())
}
