//! Works on batches that are to be checked, booked or reversed: any number of replicas at once, each batch by one at a
//! time. One that dies leaves its batch to the others after a while.

use super::{booking, check, reversal};
use crate::{
    app::App,
    domain::{bulk::BatchState, ids::TenantId},
    store::{
        DbError,
        bulk::{
            batches::Batch,
            work::{self as store, Held},
        },
        db::retry_on_conflict,
    },
};

/// How long a worker may be silent before another takes its batch, in seconds.
pub(super) const LEASE_SECS: i64 = 15;
/// The pause before a batch is taken up again after the database failed, in seconds.
const PAUSE_SECS: i64 = 5;

/// How the work on a batch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It stands otherwise now.
    Done,
    /// The server stops: another worker goes on.
    Later,
    /// Another worker has it.
    Lost,
}

/// Works on the batch that has waited longest; says whether there was one.
///
/// # Errors
/// When the database is away.
pub async fn work_off(app: &App) -> Result<bool, DbError> {
    let now = app.now();
    if app.stopping.is_cancelled() || store::next_due(&app.db).await?.is_none_or(|next| next > now) {
        return Ok(false);
    }
    let claimed = retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        let batch = store::claim(&mut tx, now, now.plus_secs(LEASE_SECS)).await?;
        tx.commit().await?;
        Ok::<_, DbError>(batch)
    })
    .await?;
    let Some(batch) = claimed else { return Ok(false) };
    work_on(app, &batch).await?;
    Ok(true)
}

/// Checks a batch at once, if no other worker has begun with it: a short one is checked before its page is looked at.
///
/// # Errors
/// When the database is away.
pub async fn check_now(app: &App, tenant: &TenantId, batch_id: &str) -> Result<(), DbError> {
    let now = app.now();
    let claimed = retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        let batch = store::claim_one(&mut tx, tenant, batch_id, now, now.plus_secs(LEASE_SECS)).await?;
        tx.commit().await?;
        Ok::<_, DbError>(batch)
    })
    .await?;
    match claimed {
        Some(batch) => work_on(app, &batch).await,
        None => Ok(()),
    }
}

async fn work_on(app: &App, batch: &Batch) -> Result<(), DbError> {
    let (tenant, id, state) = (&batch.tenant_id, &batch.batch_id, batch.state.as_str());
    tracing::info!(%tenant, batch = id, state, "Working on bulk change `{id}`");
    let ended = match batch.state {
        BatchState::Checking => check::run(app, batch).await,
        BatchState::Running => booking::run(app, batch).await,
        BatchState::Reversing => reversal::run(app, batch).await,
        _ => Ok(Ended::Lost),
    };
    match ended {
        Ok(Ended::Done | Ended::Lost) => Ok(()),
        Ok(Ended::Later) => let_go(app, batch, 0).await,
        Err(error) => {
            // If the database is away now, the batch is free again when the lease ends.
            if let Err(also) = let_go(app, batch, PAUSE_SECS).await {
                tracing::warn!(%tenant, batch = id, error = %also, "A bulk change waits until its lease ends");
            }
            Err(error)
        }
    }
}

async fn let_go(app: &App, batch: &Batch, pause_secs: i64) -> Result<(), DbError> {
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        store::let_go(&mut tx, &Held::from(batch), app.now().plus_secs(pause_secs)).await?;
        tx.commit().await
    })
    .await
}
