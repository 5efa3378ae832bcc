//! What every part of a running Guerdon shares.

use std::sync::Arc;

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{clock::Clock, config::Settings, domain::time::Timestamp, store::Db};

/// The shared parts of a running Guerdon; cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// What the installation was told.
    pub settings: Arc<Settings>,
    /// Everything that runs beside the requests; shutdown waits for it.
    pub tasks: TaskTracker,
    /// Cancelled when the server begins to stop.
    pub stopping: CancellationToken,
}

impl App {
    /// Puts the parts together.
    pub fn new(db: Db, clock: impl Clock, settings: Settings) -> Self {
        Self {
            db,
            clock: Arc::new(clock),
            settings: Arc::new(settings),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
        }
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
