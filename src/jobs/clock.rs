//! Compares this machine's clock with the database's, for the log and the metrics.

use std::time::Duration;

use crate::{app::App, service::health};

/// How often the clocks are compared, when nobody asks whether the server is ready.
pub(super) const EVERY: Duration = Duration::from_mins(1);

pub(super) async fn compare(app: App) -> bool {
    let done = health::is_clock_right(&app).await;
    if let Err(error) = &done {
        tracing::warn!(%error, "Could not compare the clock with the database's");
    }
    matches!(done, Ok(true))
}
