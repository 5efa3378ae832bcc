//! What runs beside the requests.

mod birthdays;
mod bulk;
mod clock;
mod identity_keys;
mod inbox;
mod purge;
mod webhooks;

use std::{pin::Pin, time::Duration};

use crate::{
    app::App,
    service::{expiry, health, webhooks::expiring},
};

/// How often expiry is recorded. Balances do not depend on it.
const EXPIRY_EVERY: Duration = Duration::from_mins(1);

/// How often it is looked for points that end soon.
const NOTICES_EVERY: Duration = Duration::from_mins(10);

/// Starts every job. They end when `app.stopping` is cancelled; `app.tasks` knows when all have ended.
pub fn start(app: &App) {
    every(app, EXPIRY_EVERY, by_the_clock(record_expiry));
    every(app, clock::EVERY, clock::compare);
    every(app, purge::EVERY, by_the_clock(purge::run));
    every(app, purge::HEADS_EVERY, purge::write_heads);
    inbox::start(app);
    bulk::start(app);
    every(app, birthdays::EVERY, by_the_clock(birthdays::give));
    every(app, NOTICES_EVERY, by_the_clock(give_notice));
    every(app, identity_keys::EVERY, identity_keys::fetch);
    webhooks::start(app);
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

async fn give_notice(app: App) {
    match expiring::give_notice(&app).await {
        Ok(0) => {}
        Ok(told) => tracing::info!(told, "Told of {told} lots whose points end soon"),
        Err(error) => tracing::warn!(%error, "Could not tell of points that end soon; trying again in ten minutes"),
    }
}

/// The job, but only while this machine's clock can be believed: what is recorded as expired is gone.
fn by_the_clock<F: Future<Output = ()> + Send + 'static>(
    job: impl Fn(App) -> F + Copy + Send + 'static,
) -> impl Fn(App) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + 'static {
    move |app| {
        Box::pin(async move {
            match health::is_clock_right(&app).await {
                Ok(true) => job(app).await,
                Ok(false) => tracing::error!("Nothing is done by this machine's clock until it is set right"),
                Err(error) => tracing::warn!(%error, "Could not compare the clock with the database's"),
            }
        })
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
