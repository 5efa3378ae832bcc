//! Gives points on birthdays, in the tenants that want that to happen by itself.

use std::time::Duration;

use crate::{app::App, service::birthdays};

/// How often it is looked for birthdays: whose is entered during the day gets the points the same day.
pub(super) const EVERY: Duration = Duration::from_mins(10);

/// Gives what is due. Several replicas may do so at once.
pub(super) async fn give(app: App) -> bool {
    let done = birthdays::give_due(&app).await;
    let ok = done.is_ok();
    match done {
        Ok(0) => {}
        Ok(given) => tracing::info!(given, "Gave points to {given} customers on their birthdays"),
        Err(error) => tracing::warn!(%error, "Could not give points on birthdays; trying again in ten minutes"),
    }
    ok
}
