//! Small reads that many ask for at once.

use std::sync::Arc;

use tokio_util::task::TaskTracker;

use super::{
    accounts::{self, Balances},
    known_sites::KnownSites,
};
use crate::{clock::Clock, store::Db};

/// What is asked of the database together by all who ask at the same moment; cheap to clone.
#[derive(Clone)]
pub struct Reads {
    /// What customers can spend now.
    pub balances: Balances,
    /// Sites, with the rules that hold, as they were a moment ago.
    pub sites: KnownSites,
}

impl Reads {
    /// Of this database.
    pub fn new(db: &Db, clock: &Arc<dyn Clock>, tasks: &TaskTracker) -> Self {
        Self { balances: accounts::balances(db, clock, tasks), sites: KnownSites::new(db, tasks) }
    }
}
