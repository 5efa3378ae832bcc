//! Keeps PostgreSQL's planner from going by what tables were.

use std::time::Duration;

use crate::{app::App, service::health};

/// How often it is looked which tables have grown. Until then the first writes of a new shop take many times as long.
pub(super) const EVERY: Duration = Duration::from_secs(2);

pub(super) async fn refresh(app: App) -> bool {
    let done = health::refresh_statistics(&app.db).await;
    if let Err(error) = &done {
        tracing::warn!(%error, "Could not look at the tables that have grown; PostgreSQL does so by itself, but later");
    }
    done.is_ok()
}
