//! Works the inbox off, as soon as something arrives.

use std::time::Duration;

use crate::{
    app::App,
    service::feeds::work::{self, Turn},
};

/// How often the inbox is looked at when nothing tells of arrivals: another replica may have died at its work.
const EVERY: Duration = Duration::from_secs(1);
/// The pause when the database is away.
const AWAY: Duration = Duration::from_secs(5);

/// Works off what is in the inbox until the server stops.
pub(super) fn start(app: &App) {
    let (app, tasks) = (app.clone(), app.tasks.clone());
    tasks.spawn(async move {
        let mut turn = Turn::default();
        while !app.stopping.is_cancelled() {
            let pause = match work::work_off(&app, &mut turn).await {
                Ok(0) => EVERY,
                Ok(_) => continue,
                Err(error) => {
                    tracing::warn!(%error, "Could not work the inbox off; trying again");
                    AWAY
                }
            };
            tokio::select! {
                () = app.stopping.cancelled() => break,
                () = app.arrivals.told() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    });
}
