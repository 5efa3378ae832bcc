//! The history of sign-ins: who got in or tried to, when and from where. For the person themselves.

use crate::{
    app::App,
    domain::{
        ids::UserId,
        sign_in::{Device, Outcome},
        time::Timestamp,
    },
    store::{self, DbError, Tx, db::retry_on_conflict, sign_ins::SignInRow},
};

/// For so long sign-ins are kept: they tell where people were.
pub const KEPT_DAYS: i64 = 90;
/// Stands for nobody, of whom nothing is kept.
const NOBODY: &str = "nobody";

/// A sign-in, or a try at one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// Names it, for the next page.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// Where it came from; empty when that is not known.
    pub address: String,
    /// The browser, as it named itself.
    pub agent: String,
}

fn row(outcome: Outcome, device: &Device, now: Timestamp) -> SignInRow {
    SignInRow {
        sign_in_id: uuid::Uuid::now_v7().to_string(),
        at: now,
        outcome: outcome.as_str().to_owned(),
        address: device.address.map(|address| address.to_string()).unwrap_or_default(),
        agent: device.agent.clone(),
    }
}

/// Keeps how a try ended, in a transaction of the sign-in.
pub(super) async fn record(
    tx: &mut Tx,
    user_id: &UserId,
    outcome: Outcome,
    device: &Device,
    now: Timestamp,
) -> Result<(), DbError> {
    store::sign_ins::insert(tx, user_id.as_str(), &row(outcome, device, now)).await
}

/// Keeps that a password was wrong. For nobody it does as much and leaves nothing, so that it takes as long.
pub(super) async fn record_wrong(app: &App, user_id: Option<&UserId>, device: &Device) -> Result<(), DbError> {
    let row = row(Outcome::WrongPassword, device, app.now());
    let user = user_id.map_or(NOBODY, UserId::as_str);
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        store::sign_ins::insert(&mut tx, user, &row).await?;
        if user_id.is_none() {
            store::sign_ins::delete(&mut tx, user, &row.sign_in_id).await?;
        }
        tx.commit().await
    })
    .await
}

/// The sign-ins of a user, the newest first, and where the next page begins: `before` of the next call.
pub async fn list(
    app: &App,
    user_id: &UserId,
    before: Option<&str>,
    limit: u8,
) -> Result<(Vec<SignIn>, Option<String>), DbError> {
    let mut rows = store::sign_ins::list(&app.db, user_id, before, i64::from(limit) + 1).await?;
    let more = rows.len() > usize::from(limit);
    rows.truncate(usize::from(limit));
    let next = rows.last().filter(|_| more).map(|last| last.sign_in_id.clone());
    let known = rows.into_iter().filter_map(|row| {
        let outcome = Outcome::parse(&row.outcome)?;
        Some(SignIn { id: row.sign_in_id, at: row.at, outcome, address: row.address, agent: row.agent })
    });
    Ok((known.collect(), next))
}

/// Forgets what is older than [`KEPT_DAYS`]; says how many.
pub async fn purge(app: &App) -> Result<u64, DbError> {
    retry_on_conflict(async || {
        let mut tx = app.db.begin().await?;
        let gone = store::sign_ins::purge(&mut tx, app.now().plus_secs(-KEPT_DAYS * 24 * 3600)).await?;
        tx.commit().await?;
        Ok(gone)
    })
    .await
}
