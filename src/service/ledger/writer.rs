//! The queue in front of the ledger: what waits is written together.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher},
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use futures_util::FutureExt as _;
use tokio::sync::{Notify, Semaphore, mpsc, oneshot};

use super::{
    LedgerError, batch,
    command::{Reply, Request},
};
use crate::{
    clock::Clock,
    domain::ids::TenantId,
    store::{Backend, Db, DbError},
};

/// Requests that share a transaction, at most: beyond it the sync of the disk is no longer what counts.
const BATCH_MAX: usize = 64;
/// Requests that wait, at most: more are told to come back later by waiting here.
const QUEUE_MAX: usize = 1_024;
/// Requests of one tenant that wait or are written, at most: enough to keep the writers busy, and few enough that who
/// comes from another tenant waits behind no crowd.
const OF_TENANT_MAX: usize = 256;
/// Writers on PostgreSQL. An account always has the same one, so that they never wait for each other in one process.
const POSTGRES_LANES: usize = 2;

/// Requests after which SQLite's log is folded. Folding syncs too, and a commit that meets it waits for it: the less there
/// is to fold, the shorter.
const FOLD_AFTER: usize = 100;

struct Job {
    request: Request,
    answer: oneshot::Sender<Result<Reply, LedgerError>>,
}

/// The ledger's writers; cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    lanes: Arc<[mpsc::Sender<Job>]>,
    news: Arc<Notify>,
    /// The places of each tenant that was there since the start.
    places: Arc<Mutex<HashMap<TenantId, Arc<Semaphore>>>>,
}

impl Ledger {
    /// Starts the writers: one on SQLite, which has one writer anyway, and a few on PostgreSQL. They end when the
    /// last handle is gone.
    pub fn start(db: &Db, clock: &Arc<dyn Clock>) -> Self {
        let news = Arc::new(Notify::new());
        let lanes = match db.backend() {
            Backend::Sqlite => 1,
            Backend::Postgres => POSTGRES_LANES,
        };
        let start = |_| {
            let (sender, receiver) = mpsc::channel(QUEUE_MAX);
            #[expect(clippy::disallowed_methods, reason = "ends by itself when the last handle is gone")]
            tokio::spawn(write(db.clone(), Arc::clone(clock), Arc::clone(&news), receiver));
            sender
        };
        Self { lanes: (0..lanes).map(start).collect(), news, places: Arc::default() }
    }

    fn places_of(&self, tenant: &TenantId) -> Arc<Semaphore> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = places.get(tenant) {
            return Arc::clone(found);
        }
        let made = Arc::new(Semaphore::new(OF_TENANT_MAX));
        places.insert(tenant.clone(), Arc::clone(&made));
        made
    }

    /// Told when events were written, so that they are sent at once.
    pub fn news(&self) -> &Notify {
        &self.news
    }

    /// Does what is asked, once; the answer is given after it is durable. It is done even when the caller stops
    /// waiting.
    ///
    /// # Errors
    /// When a rule refuses it, or the database fails.
    pub async fn submit(&self, request: Request) -> Result<Reply, LedgerError> {
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        let hash = hasher.hash_one((request.caller.tenant.as_str(), request.customer.as_str()));
        let lanes = u64::try_from(self.lanes.len()).unwrap_or(1).max(1);
        let lane = usize::try_from(hash % lanes).unwrap_or_default();
        let (answer, answered) = oneshot::channel();
        let lane = self.lanes.get(lane).ok_or(LedgerError::Stopped)?;
        let places = self.places_of(&request.caller.tenant);
        let _place = places.acquire().await.map_err(|_closed| LedgerError::Stopped)?;
        lane.send(Job { request, answer }).await.map_err(|_closed| LedgerError::Stopped)?;
        answered.await.map_err(|_closed| LedgerError::Stopped)?
    }
}

async fn write(db: Db, clock: Arc<dyn Clock>, news: Arc<Notify>, mut queue: mpsc::Receiver<Job>) {
    let mut jobs = Vec::with_capacity(BATCH_MAX);
    let mut folding = Folding::of(&db);
    while queue.recv_many(&mut jobs, BATCH_MAX).await > 0 {
        let (requests, answers): (Vec<_>, Vec<_>) = jobs.drain(..).map(|job| (job.request, job.answer)).unzip();
        let writing = AssertUnwindSafe(write_together(&db, &requests, clock.as_ref(), &news));
        let Ok(results) = writing.catch_unwind().await else {
            tracing::error!("The ledger's writer panicked; it goes on with what comes next");
            continue;
        };
        folding.after(results.len());
        let away = results.last().and_then(away);
        for (answer, result) in answers.into_iter().zip(results) {
            // Whoever asked may have gone away; it is done all the same.
            drop(answer.send(result));
        }
        // Who waited behind them has waited as long, and would wait as long again.
        while let Some(away) = &away
            && let Ok(job) = queue.try_recv()
        {
            drop(job.answer.send(Err(away.clone())));
        }
    }
}

/// Folds SQLite's log into the file beside the writer, so that no commit has to do it.
struct Folding {
    db: Db,
    written: usize,
    under_way: Arc<AtomicBool>,
}

impl Folding {
    fn of(db: &Db) -> Self {
        Self { db: db.clone(), written: 0, under_way: Arc::default() }
    }

    /// Told after every transaction of `requests` requests.
    fn after(&mut self, requests: usize) {
        self.written += requests;
        if self.db.backend() != Backend::Sqlite
            || self.written < FOLD_AFTER
            || self.under_way.swap(true, Ordering::Relaxed)
        {
            return;
        }
        self.written = 0;
        let (db, under_way) = (self.db.clone(), Arc::clone(&self.under_way));
        #[expect(
            clippy::disallowed_methods,
            reason = "ends by itself; what it leaves undone is done by a later commit"
        )]
        tokio::spawn(async move {
            if let Err(error) = db.fold().await {
                tracing::debug!(%error, "The log was not folded into the file");
            }
            under_way.store(false, Ordering::Relaxed);
        });
    }
}

/// The error, if it says that the database is away.
fn away(result: &Result<Reply, LedgerError>) -> Option<LedgerError> {
    match result {
        Err(LedgerError::Store(error)) if error.is_away() => Some(LedgerError::Store(Arc::clone(error))),
        _ => None,
    }
}

/// Writes all in one transaction. If that fails, each in one of its own, so that none suffers for another; but not when
/// it may stand all the same: what has no id of its own would be done twice. Nor when the database is away: each would
/// wait for it in turn.
async fn write_together(
    db: &Db,
    requests: &[Request],
    clock: &dyn Clock,
    news: &Notify,
) -> Vec<Result<Reply, LedgerError>> {
    match batch::run(db, requests, clock.now(), news).await {
        Ok(results) => return results.into_iter().map(|result| result.map_err(LedgerError::from)).collect(),
        Err(error) if error.is_away() => {
            let error = LedgerError::from(error);
            return requests.iter().map(|_| Err(error.clone())).collect();
        }
        Err(error) => tracing::debug!(%error, "Requests that came together are written one by one"),
    }
    let mut results: Vec<Result<Reply, LedgerError>> = Vec::with_capacity(requests.len());
    for request in requests {
        let result = match results.last().and_then(away) {
            Some(away) => Err(away),
            None => write_one(db, request, clock, news).await,
        };
        results.push(result);
    }
    results
}

async fn write_one(db: &Db, request: &Request, clock: &dyn Clock, news: &Notify) -> Result<Reply, LedgerError> {
    let one = std::slice::from_ref(request);
    let outcome = match batch::run(db, one, clock.now(), news).await {
        // Another replica took the same entry id or key in the meantime: now it is seen.
        Err(DbError::Constraint(_)) => batch::run(db, one, clock.now(), news).await,
        other => other,
    };
    let result = outcome?.pop().ok_or(LedgerError::Stopped)?;
    result.map_err(LedgerError::from)
}
