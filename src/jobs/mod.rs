//! What runs beside the requests.

mod clock;
mod inbox;
mod purge;

use std::time::Duration;

use crate::{app::App, service::expiry};

/// How often expiry is recorded. Balances do not depend on it.
const EXPIRY_EVERY: Duration = Duration::from_mins(1);

/// Starts every job. They end when `app.stopping` is cancelled; `app.tasks` knows when all have ended.
pub fn start(app: &App) {
    every(app, EXPIRY_EVERY, record_expiry);
    every(app, clock::EVERY, clock::compare);
    every(app, purge::EVERY, purge::run);
    every(app, purge::HEADS_EVERY, purge::write_heads);
    inbox::start(app);
}

async fn record_expiry(app: App) {
    match expiry::record_due(&app).await {
        Ok(recorded) if recorded.entries > 0 => {
            tracing::info!(accounts = recorded.accounts, entries = recorded.entries, "Recorded expired points");
        }
        Ok(_) => {}
        Err(error) => tracing::error!(%error, "Cannot record expired points"),
    }
}

/// Runs `job` again and again, the first time at once, until the server stops.
fn every<F: Future<Output = ()> + Send + 'static>(app: &App, pause: Duration, job: impl Fn(App) -> F + Send + 'static) {
    let (app, tasks) = (app.clone(), app.tasks.clone());
    tasks.spawn(async move {
        loop {
            job(app.clone()).await;
            tokio::select! {
                () = app.stopping.cancelled() => break,
                () = tokio::time::sleep(pause) => {}
            }
        }
    });
}
