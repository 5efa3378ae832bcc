//! Recording what expired. Balances are right without it; it writes the entries that say so.

use futures_util::future::join_all;

use super::ledger::{
    LedgerError,
    command::{Command, Done, Reply, Request},
};
use crate::{
    app::App,
    domain::{
        actor::{Actor, Caller},
        ledger::entry::Source,
        time::Timestamp,
    },
    store::{DbError, expiry, server_settings},
};

/// Accounts that are looked for at once.
const ACCOUNTS_PAGE: i64 = 256;
/// Lots are recorded so long after they ended: a clock that is a little ahead takes nothing from anybody.
const DELAY_SECS: i64 = 5 * 60;
/// Where the time of the last run is kept.
const LAST_RUN: &str = "expiry_recorded_until";

/// What a run recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Accounts that were looked at.
    pub accounts: usize,
    /// Entries that were written.
    pub entries: usize,
}

/// Why a run stopped.
#[derive(Debug, thiserror::Error)]
pub enum ExpiryError {
    /// The clock went back since the last run.
    #[error("the clock says {now}, but expiry was recorded up to {last}: set the clock right")]
    ClockWentBack {
        /// What the clock says.
        now: String,
        /// Up to when expiry was recorded.
        last: String,
    },
    /// The ledger refused or failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// Records every lot that ended at least five minutes ago. Safe to be killed, to run twice and to run in several
/// replicas at once: each account is settled under its lock, and a lot has nothing left to expire afterwards.
pub async fn record_due(app: &App) -> Result<Recorded, ExpiryError> {
    let now = app.now();
    let last = server_settings::find(&app.db, LAST_RUN).await?.and_then(|text| text.parse().ok());
    if let Some(last) = last.map(Timestamp::from_micros).filter(|last| now < *last) {
        return Err(ExpiryError::ClockWentBack { now: now.to_contract_z(), last: last.to_contract_z() });
    }
    let until = now.plus_secs(-DELAY_SECS);
    let mut recorded = Recorded::default();
    loop {
        let due = expiry::due(&app.db, until, ACCOUNTS_PAGE).await?;
        let page = due.len();
        let settled = join_all(due.into_iter().map(|(tenant, customer)| {
            let caller = Caller { tenant, actor: Actor::system("expiry") };
            app.ledger.submit(Request { caller, source: Source::Job, customer, command: Command::Settle, key: None })
        }));
        let before = recorded.entries;
        for reply in settled.await {
            recorded.accounts += 1;
            if let Reply::Done(Done::Settled(entries)) = reply? {
                recorded.entries += entries;
            }
        }
        // A page that changed nothing was settled by another replica, or never will be.
        if page < usize::try_from(ACCOUNTS_PAGE).unwrap_or(usize::MAX) || recorded.entries == before {
            break;
        }
        if app.stopping.is_cancelled() {
            return Ok(recorded);
        }
    }
    let mut tx = app.db.begin().await?;
    server_settings::put(&mut tx, LAST_RUN, &until.micros().to_string()).await?;
    tx.commit().await?;
    Ok(recorded)
}
