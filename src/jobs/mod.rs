//! What runs beside the requests.

use crate::app::App;

/// Starts every job. They end when `app.stopping` is cancelled; `app.tasks` knows when all have ended.
pub fn start(_app: &App) {}
