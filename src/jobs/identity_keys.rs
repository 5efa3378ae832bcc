//! Fetches the keys of identity providers again and again.

use std::time::Duration;

use crate::{app::App, service::identity::fetching};

/// How often it is looked whose turn it is.
pub(super) const EVERY: Duration = Duration::from_mins(1);

pub(super) async fn fetch(app: App) -> bool {
    let done = fetching::refresh_due(&app).await;
    let ok = done.is_ok();
    match done {
        Ok(0) => {}
        Ok(fetched) => tracing::debug!(fetched, "Fetched the keys of {fetched} identity providers"),
        Err(error) => tracing::warn!(%error, "Could not keep the keys of identity providers; trying again in a minute"),
    }
    ok
}
