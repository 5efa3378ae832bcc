//! Whether this process can do its work.

use std::time::Duration;

use crate::{
    app::App,
    clock::{Clock as _, SystemClock},
    store::{self, Db, DbError},
};

/// A load balancer asks every few seconds; a database that takes longer is as good as away.
const PATIENCE: Duration = Duration::from_secs(2);

/// A difference of clocks that somebody should look at.
const DRIFT_MILLIS_WARN: i64 = 2_000;
/// With a clock this far off the database's, points would expire at another time than elsewhere.
const DRIFT_MILLIS_MAX: i64 = 30_000;

/// Whether the database answers soon, and its clock and this machine's agree.
pub async fn is_ready(app: &App) -> bool {
    let right = tokio::time::timeout(PATIENCE, is_clock_right(app)).await;
    matches!(right, Ok(Ok(true)))
}

/// Whether the clock of this machine goes by the database's, as far as that can be told; measured anew.
pub async fn is_clock_right(app: &App) -> Result<bool, DbError> {
    let drift = clock_drift_millis(&app.db).await?;
    app.metrics.set_clock_drift_millis(drift);
    if drift.abs() > DRIFT_MILLIS_WARN {
        tracing::warn!(drift_ms = drift, "The clocks of this machine and of the database differ by {drift} ms");
    }
    Ok(drift.abs() <= DRIFT_MILLIS_MAX)
}

/// What Guerdon cannot work with: a PostgreSQL that is too old, or a database that is not in UTF-8.
pub async fn unfit(db: &Db) -> Result<Vec<String>, DbError> {
    store::health::unfit(db).await
}

/// The database's settings by which an acknowledged write could be lost, such as `fsync=off`.
pub async fn unsafe_settings(db: &Db) -> Result<Vec<String>, DbError> {
    store::health::unsafe_settings(db).await
}

/// Has the database's planner look again at tables that have grown much.
pub async fn refresh_statistics(db: &Db) -> Result<(), DbError> {
    store::statistics::refresh(db).await
}

/// By how many milliseconds the clock of the database's machine goes before this machine's; 0 where they are one.
///
/// Points expire by this machine's clock, so replicas whose clocks differ would tell customers different things.
pub async fn clock_drift_millis(db: &Db) -> Result<i64, DbError> {
    let asked = SystemClock.now();
    let Some(theirs) = store::health::clock(db).await? else { return Ok(0) };
    let answered = SystemClock.now();
    // The answer was read somewhere between.
    let ours = asked.micros().midpoint(answered.micros());
    Ok(theirs.micros().saturating_sub(ours) / 1_000)
}
