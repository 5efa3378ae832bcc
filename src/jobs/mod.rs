//! What runs beside the requests.

mod birthdays;
mod bulk;
mod clock;
mod coupon_names;
mod day_sums;
mod gauges;
mod identity_keys;
mod inbox;
mod purge;
mod secret_file;
mod statistics;
mod webhooks;

use std::{
    pin::Pin,
    time::{Duration, Instant},
};

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
    every(app, "expiry", EXPIRY_EVERY, by_the_clock(record_expiry));
    every(app, "clock", clock::EVERY, clock::compare);
    every(app, "purge", purge::EVERY, by_the_clock(purge::run));
    every(app, "audit_heads", purge::HEADS_EVERY, purge::write_heads);
    every(app, "gauges", gauges::EVERY, gauges::measure);
    every(app, "day_sums", day_sums::EVERY, by_the_clock(day_sums::keep));
    every(app, "statistics", statistics::EVERY, statistics::refresh);
    inbox::start(app);
    bulk::start(app);
    every(app, "birthdays", birthdays::EVERY, by_the_clock(birthdays::give));
    every(app, "expiry_notices", NOTICES_EVERY, by_the_clock(give_notice));
    every(app, "coupon_names", coupon_names::EVERY, coupon_names::fold);
    every(app, "identity_keys", identity_keys::EVERY, identity_keys::fetch);
    webhooks::start(app);
    secret_file::start(app);
}

async fn record_expiry(app: App) -> bool {
    let recorded = expiry::record_due(&app).await;
    let ok = recorded.is_ok();
    match recorded {
        Ok(recorded) if recorded.entries > 0 => {
            tracing::info!(accounts = recorded.accounts, entries = recorded.entries, "Recorded expired points");
        }
        Ok(_) => {}
        Err(error) => tracing::error!(%error, "Cannot record expired points"),
    }
    ok
}

async fn give_notice(app: App) -> bool {
    let given = expiring::give_notice(&app).await;
    let ok = given.is_ok();
    match given {
        Ok(0) => {}
        Ok(told) => tracing::info!(told, "Told of {told} lots whose points end soon"),
        Err(error) => tracing::warn!(%error, "Could not tell of points that end soon; trying again in ten minutes"),
    }
    ok
}

/// The job, but only while this machine's clock can be believed: what is recorded as expired is gone.
fn by_the_clock<F: Future<Output = bool> + Send + 'static>(
    job: impl Fn(App) -> F + Copy + Send + 'static,
) -> impl Fn(App) -> Pin<Box<dyn Future<Output = bool> + Send>> + Send + 'static {
    move |app| {
        Box::pin(async move {
            match health::is_clock_right(&app).await {
                Ok(true) => job(app).await,
                Ok(false) => {
                    tracing::error!("Nothing is done by this machine's clock until it is set right");
                    false
                }
                Err(error) => {
                    tracing::warn!(%error, "Could not compare the clock with the database's");
                    false
                }
            }
        })
    }
}

/// Runs `job` again and again, the first time at once, until the server stops, and counts under `name` how that went:
/// the job says whether well.
fn every<F: Future<Output = bool> + Send + 'static>(
    app: &App,
    name: &'static str,
    pause: Duration,
    job: impl Fn(App) -> F + Send + 'static,
) {
    let (app, tasks) = (app.clone(), app.tasks.clone());
    tasks.spawn(async move {
        loop {
            let begun = Instant::now();
            let ok = job(app.clone()).await;
            app.metrics.job_ran(name, ok, begun.elapsed(), app.now().micros() / 1_000_000);
            tokio::select! {
                () = app.stopping.cancelled() => break,
                () = tokio::time::sleep(pause) => {}
            }
        }
    });
}
