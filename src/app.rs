//! What every part of a running Guerdon shares.

use std::sync::Arc;

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    clock::Clock,
    config::Settings,
    domain::{ids::TenantId, time::Timestamp},
    known_tokens::KnownTokens,
    metrics::Metrics,
    rate_limits::RateLimits,
    secrets::{SecretKey, Secrets},
    service::{feeds::Arrivals, ledger::writer::Ledger, reads::Reads},
    store::Db,
    telemetry::traces::Traces,
};

/// The shared parts of a running Guerdon; cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The only way to move points.
    pub ledger: Ledger,
    /// Small reads that many ask for at once.
    pub reads: Reads,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// What the installation was told.
    pub settings: Arc<Settings>,
    /// What signs cookies and the like, and seals what must be read again.
    pub secret: Arc<Secrets>,
    /// The tokens that were seen in the last moments.
    pub known_tokens: Arc<KnownTokens>,
    /// How many requests each customer and client sent lately.
    pub rate_limits: Arc<RateLimits>,
    /// What this process counts.
    pub metrics: Arc<Metrics>,
    /// Where it tells of each request, if anybody wants to know.
    pub traces: Traces,
    /// Tells of events that were put into the inbox, so that they are worked off at once.
    pub arrivals: Arc<Arrivals>,
    /// Tells of bulk changes that are to be worked on.
    pub uploads: Arc<Arrivals>,
    /// Everything that runs beside the requests; shutdown waits for it.
    pub tasks: TaskTracker,
    /// Cancelled when the server begins to stop.
    pub stopping: CancellationToken,
}

impl App {
    /// Puts the parts together, with a secret key that lives as long as the process.
    /// Called within a tokio runtime, on which the ledger's writers run.
    pub fn new(db: Db, clock: impl Clock, settings: Settings) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(clock);
        let tasks = TaskTracker::new();
        Self {
            reads: Reads::new(&db, &clock, &tasks),
            ledger: Ledger::start(&db, &clock),
            db,
            clock,
            settings: Arc::new(settings),
            secret: Arc::new(SecretKey::random().into()),
            known_tokens: Arc::default(),
            rate_limits: Arc::default(),
            metrics: Arc::default(),
            traces: Traces::default(),
            arrivals: Arc::default(),
            uploads: Arc::default(),
            tasks,
            stopping: CancellationToken::new(),
        }
    }

    /// The same with the installation's own keys, so that what they signed stays good after a restart.
    #[must_use]
    pub fn with_secret(self, secret: impl Into<Secrets>) -> Self {
        Self { secret: Arc::new(secret.into()), ..self }
    }

    /// The same, telling of its requests there.
    #[must_use]
    pub fn with_traces(self, traces: Traces) -> Self {
        Self { traces, ..self }
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// The id of a request, kept with it, so that an answer can name what the log names.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// The tenant whose token or session a request had, kept with it for its trace.
#[derive(Clone, Debug)]
pub struct RequestTenant(pub TenantId);
