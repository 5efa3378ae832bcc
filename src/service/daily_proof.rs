//! The proof of the ledger that is made once a day, by whichever replica comes first.

use serde::{Deserialize, Serialize};

use super::verify::{self, Report};
use crate::{
    app::App,
    domain::time::Timestamp,
    store::{self, Db, DbError, db::retry_on_conflict},
};

/// The setting that keeps what was found.
const SETTING: &str = "ledger_proof";
/// So long after one proof began the next is due.
const EVERY_SECS: i64 = 86_400;

/// What the last proof found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Proof {
    /// When the last one began; in microseconds since 1970.
    begun_at: i64,
    /// When the last one ended, in seconds since 1970; 0 before the first.
    pub ended_at_secs: i64,
    /// How many accounts it saw.
    pub accounts: u64,
    /// How many entries it saw.
    pub entries: u64,
    /// How many things were off.
    pub problems: u64,
}

/// What was found last; nothing before the first proof.
pub async fn last(db: &Db) -> Result<Proof, DbError> {
    Ok(read(store::server_settings::find(db, SETTING).await?))
}

fn read(setting: Option<String>) -> Proof {
    // What cannot be read is made anew.
    setting.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// Proves the ledger when that is due; `None` when it is not, or another replica does it.
pub async fn prove_if_due(app: &App) -> Result<Option<Report>, DbError> {
    if !retry_on_conflict(|| claim(app)).await? {
        return Ok(None);
    }
    let report = verify::verify(&app.db).await?;
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    retry_on_conflict(|| async {
        keep(app, |proof| Proof {
            ended_at_secs: app.now().micros() / 1_000_000,
            accounts: report.accounts,
            entries: report.entries,
            problems: count(report.problems.len()),
            ..proof
        })
        .await
    })
    .await?;
    Ok(Some(report))
}

/// Takes the proof on itself, if one is due. When the replica dies at it, the next is made a day later.
async fn claim(app: &App) -> Result<bool, DbError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    tx.lock_scope(SETTING).await?;
    let kept = store::server_settings::find_in(&mut tx, SETTING).await?;
    // A database of an earlier version may be large; its first proof waits, so that an upgrade brings no load with it.
    let is_late = kept.is_none() && store::figures::outstanding_of_all(&app.db).await?.1 > 0;
    let proof = read(kept);
    let begun_at = Timestamp::from_micros(proof.begun_at);
    // One that began a day ahead was begun while the clock was wrong.
    if begun_at.plus_secs(EVERY_SECS) > now && begun_at < now.plus_secs(EVERY_SECS) {
        return Ok(false);
    }
    put(&mut tx, &Proof { begun_at: now.micros(), ..proof }).await?;
    tx.commit().await?;
    Ok(!is_late)
}

async fn keep(app: &App, change: impl FnOnce(Proof) -> Proof) -> Result<(), DbError> {
    let mut tx = app.db.begin().await?;
    tx.lock_scope(SETTING).await?;
    let proof = read(store::server_settings::find_in(&mut tx, SETTING).await?);
    put(&mut tx, &change(proof)).await?;
    tx.commit().await
}

async fn put(tx: &mut store::Tx, proof: &Proof) -> Result<(), DbError> {
    let text = serde_json::json!(proof).to_string();
    store::server_settings::put(tx, SETTING, &text).await
}
