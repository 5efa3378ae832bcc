//! Keeps the sums of days that are over for the overview.

use std::time::Duration;

use crate::{app::App, service::figures::days};

/// How often it is looked for days to keep. Until then their entries are added up for each look.
pub(super) const EVERY: Duration = Duration::from_mins(1);

pub(super) async fn keep(app: App) -> bool {
    let done = days::keep_all(&app).await;
    if let Err(error) = &done {
        tracing::warn!(%error, "Could not keep the sums of days; the overview is slower meanwhile");
    }
    done.is_ok()
}
