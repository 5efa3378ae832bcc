//! Checks, books and reverses bulk changes, as soon as somebody asks for it.

use std::time::Duration;

use crate::{app::App, service::bulk::work};

/// How often it is looked when nobody tells: another replica may have taken an upload in, or died at its work.
const EVERY: Duration = Duration::from_secs(1);
/// The pause when the database is away.
const AWAY: Duration = Duration::from_secs(5);

/// Works on bulk changes until the server stops.
pub(super) fn start(app: &App) {
    let (app, tasks) = (app.clone(), app.tasks.clone());
    tasks.spawn(async move {
        while !app.stopping.is_cancelled() {
            let pause = match work::work_off(&app).await {
                Ok(false) => EVERY,
                Ok(true) => continue,
                Err(error) => {
                    tracing::warn!(%error, "Could not work on a bulk change; trying again");
                    AWAY
                }
            };
            tokio::select! {
                () = app.stopping.cancelled() => break,
                () = app.uploads.told() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    });
}
