//! Compares this machine's clock with the database's.

use std::time::Duration;

use crate::{app::App, service::health};

/// How often the clocks are compared.
pub(super) const EVERY: Duration = Duration::from_mins(1);
/// A difference that somebody should look at.
const DRIFT_MILLIS_WARN: i64 = 2_000;

pub(super) async fn compare(app: App) {
    match health::clock_drift_millis(&app.db).await {
        Ok(drift) => {
            app.metrics.set_clock_drift_millis(drift);
            if drift.abs() > DRIFT_MILLIS_WARN {
                tracing::warn!(drift_ms = drift, "The clocks of this machine and of the database differ by {drift} ms");
            }
        }
        Err(error) => tracing::warn!(%error, "Could not compare the clock with the database's"),
    }
}
