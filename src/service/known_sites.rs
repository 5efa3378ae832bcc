//! The sites that were read in the last moments, so that not every movement of points reads its site from the database.
//!
//! A site is believed for [`BELIEVED`] at most, counted from before it was read. So whoever changes it waits that long
//! before saying that it is done: from then on every replica works by what it is now, whatever the network between them
//! does.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio_util::task::TaskTracker;

use super::together::Together;
use crate::{
    domain::{
        ids::{SiteCode, TenantId},
        site::Site,
    },
    store::{self, Db, DbError},
};

/// How long a site is believed.
pub const BELIEVED: Duration = Duration::from_millis(250);
/// So many are kept at most; a few megabytes.
const KEPT_MAX: usize = 1_000;

type Name = (TenantId, SiteCode);

/// Answers which site a tenant has under a code, with the rule that holds; cheap to clone.
#[derive(Clone)]
pub struct KnownSites {
    read: Together<Name, Option<Site>>,
    known: Arc<Mutex<HashMap<Name, Known>>>,
}

struct Known {
    site: Site,
    /// By the clock that never steps.
    asked_at: Instant,
}

impl Known {
    fn is_good(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.asked_at) < BELIEVED
    }
}

impl KnownSites {
    /// Of this database. Those who ask for what is not known at the same moment share a read.
    pub fn new(db: &Db, tasks: &TaskTracker) -> Self {
        let db = db.clone();
        let read = Together::new(tasks, move |wanted: Vec<Name>| {
            let db = db.clone();
            async move {
                let mut found = BTreeMap::new();
                for name in &wanted {
                    if !found.contains_key(name) {
                        found.insert(name, store::sites::find(&db, &name.0, &name.1).await?);
                    }
                }
                Ok(wanted.iter().map(|name| found.get(name).cloned().flatten()).collect())
            }
        });
        Self { read, known: Arc::default() }
    }

    /// The site, as it was [`BELIEVED`] ago or later; `None` when the tenant has none under this code now.
    ///
    /// # Errors
    /// When the database fails or does not answer in time.
    pub async fn find(&self, tenant: &TenantId, code: &SiteCode) -> Result<Option<Site>, Arc<DbError>> {
        let name = (tenant.clone(), code.clone());
        let asked_at = Instant::now();
        if let Some(known) = self.lock().get(&name).filter(|known| known.is_good(asked_at)) {
            return Ok(Some(known.site.clone()));
        }
        let found = self.read.ask(name.clone()).await?;
        if let Some(site) = &found {
            self.keep(name, Known { site: site.clone(), asked_at });
        }
        Ok(found)
    }

    /// Returns when no process goes by what a site was before it was changed, this one at once. To be called after the
    /// change is committed.
    pub async fn forget_everywhere(&self) {
        self.lock().clear();
        tokio::time::sleep(BELIEVED).await;
    }

    fn keep(&self, name: Name, site: Known) {
        let mut known = self.lock();
        if known.len() >= KEPT_MAX {
            known.retain(|_, known| known.is_good(site.asked_at));
            if known.len() >= KEPT_MAX {
                known.clear();
            }
        }
        known.insert(name, site);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Name, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
