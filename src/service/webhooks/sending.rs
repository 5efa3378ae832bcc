//! Taking what is due, signing it, and writing down how it went.

use std::collections::{BTreeMap, HashMap};

use rand::seq::SliceRandom as _;

use super::{Endpoint, purpose};
use crate::{
    app::App,
    domain::{
        actor::{Actor, Caller},
        delivery::{Next, Outcome},
        endpoint::PausedBy,
        ids::TenantId,
        time::Timestamp,
        webhook::{Message, WebhookSecret},
    },
    secrets,
    store::{
        Backend, DbError,
        db::retry_on_conflict,
        webhooks::{
            endpoints, purge,
            sending::{self, Health},
        },
    },
};

pub use crate::store::webhooks::sending::{Claimed, Tried};

/// Tries of one process that are under way at once.
pub const TRIES_MAX: usize = 64;
/// Those of them to one endpoint: a slow one leaves room for the others.
const TRIES_PER_ENDPOINT_MAX: usize = 8;
/// After so long a try that nobody reported on is made again. Longer than a try may take.
const LEASE_SECS: i64 = 40;
/// Deliveries that were taken are kept for so many days, for people to look at.
pub const KEPT_DAYS: i64 = 30;
/// Deliveries that are deleted in one transaction.
const PURGED_AT_ONCE: i64 = 500;

/// How many tries to an endpoint are under way in this process.
pub type Busy = HashMap<(TenantId, String), usize>;

/// Takes what is due, as much as there is room for. An endpoint that fails has one try at a time until it takes one.
pub async fn claim(app: &App, busy: &Busy) -> Result<Vec<(Endpoint, Vec<Claimed>)>, DbError> {
    let mut room = TRIES_MAX.saturating_sub(busy.values().sum());
    if room == 0 {
        return Ok(Vec::new());
    }
    let mut due = sending::due(&app.db, app.now()).await?;
    // Whoever comes first in the alphabet must not always be first.
    due.shuffle(&mut rand::rng());
    let mut wanted = Vec::new();
    for endpoint in due {
        let most = if endpoint.failures > 0 { 1 } else { TRIES_PER_ENDPOINT_MAX };
        let name = (endpoint.tenant.clone(), endpoint.id.clone());
        let some = most.saturating_sub(busy.get(&name).copied().unwrap_or_default()).min(room);
        if some > 0 {
            room -= some;
            wanted.push((endpoint, some));
        }
    }
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    retry_on_conflict(|| claim_once(app, &wanted)).await
}

async fn claim_once(app: &App, wanted: &[(Endpoint, usize)]) -> Result<Vec<(Endpoint, Vec<Claimed>)>, DbError> {
    let now = app.now();
    let token = secrets::random_id();
    let mut tx = app.db.begin().await?;
    let mut taken = Vec::with_capacity(wanted.len());
    for (endpoint, some) in wanted {
        let (name, lease) = ((&endpoint.tenant, endpoint.id.as_str()), now.plus_secs(LEASE_SECS));
        let limit = i64::try_from(*some).unwrap_or(1);
        let claimed = sending::claim(&mut tx, name, now, lease, &token, limit).await?;
        if !claimed.is_empty() {
            taken.push((endpoint.clone(), claimed));
        }
    }
    tx.commit().await?;
    Ok(taken)
}

/// The header `webhook-signature`: made with the endpoint's secret, and with the one before it for a day after.
///
/// # Errors
/// When a secret was sealed with another key than this installation's.
pub fn sign(app: &App, endpoint: &Endpoint, message: Message<'_>, now: Timestamp) -> Result<String, Outcome> {
    let purpose = purpose(&endpoint.tenant, &endpoint.id);
    let old = endpoint.old_secret.as_ref().filter(|(_, until)| *until > now).map(|(sealed, _)| sealed);
    let signed: Option<Vec<String>> = [&endpoint.secret]
        .into_iter()
        .chain(old)
        .map(|sealed| {
            let secret = WebhookSecret::parse(&app.secret.open(&purpose, sealed)?).ok()?;
            Some(secret.sign(message))
        })
        .collect();
    signed.map(|signatures| signatures.join(" ")).ok_or_else(|| {
        Outcome::failed("the secret was sealed with another key: give every replica the same secret file, or rotate it")
    })
}

/// Writes down how tries went.
pub async fn finish(app: &App, tried: &[Tried]) -> Result<(), DbError> {
    retry_on_conflict(|| finish_once(app, tried)).await
}

async fn finish_once(app: &App, tried: &[Tried]) -> Result<(), DbError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    sending::finish(&mut tx, tried).await?;
    // In one order for all replicas.
    let mut by_endpoint: BTreeMap<(&TenantId, &str), (Health, bool)> = BTreeMap::new();
    for one in tried {
        let (health, gone) = by_endpoint.entry((&one.claimed.tenant, &one.claimed.endpoint_id)).or_default();
        *gone |= one.outcome.is_gone();
        match &one.outcome.error {
            None => {
                health.success_at = health.success_at.max(Some(one.at));
                health.failures = 0;
            }
            Some(why) => {
                health.failure = Some((one.at, why.clone()));
                health.failures += 1;
            }
        }
    }
    for ((tenant, endpoint_id), (health, gone)) in by_endpoint {
        sending::note_health(&mut tx, tenant, endpoint_id, &health).await?;
        if !gone {
            continue;
        }
        let found = endpoints::lock(&mut tx, tenant, endpoint_id).await?;
        if found.is_some_and(|endpoint| endpoint.paused.is_none()) {
            endpoints::pause(&mut tx, tenant, endpoint_id, PausedBy::Gone, now).await?;
            let caller = Caller { tenant: tenant.clone(), actor: Actor::system("webhooks") };
            super::record(&mut tx, &caller, "webhook.paused", endpoint_id, None, None, now).await?;
        }
    }
    tx.commit().await
}

/// What follows from a try.
pub fn next(app: &App, claimed: &Claimed, outcome: &Outcome) -> Next {
    Next::after(outcome, claimed.round_tries, app.now(), rand::random())
}

/// Gives back tries that are not made any more.
pub async fn release(app: &App, claimed: &[Claimed]) -> Result<(), DbError> {
    let mut tx = app.db.begin().await?;
    for one in claimed {
        sending::release(&mut tx, one, app.now()).await?;
    }
    tx.commit().await
}

/// Makes the tries due at once that a process left behind which was killed. SQLite has one server at a time, so nobody
/// else makes them; on PostgreSQL another replica may be at it, and they wait for the end of their lease.
pub async fn take_over(app: &App) -> Result<u64, DbError> {
    if app.db.backend() != Backend::Sqlite {
        return Ok(0);
    }
    let mut tx = app.db.begin().await?;
    let released = sending::release_all(&mut tx, app.now()).await?;
    tx.commit().await?;
    Ok(released)
}

/// Deletes deliveries that were taken long ago, and those of deleted endpoints; how many these are.
pub async fn purge(app: &App) -> Result<usize, DbError> {
    let mut deleted = 0;
    loop {
        let mut tx = app.db.begin().await?;
        let until = app.now().plus_secs(-KEPT_DAYS * 86_400);
        let mut some = purge::old(&mut tx, until, PURGED_AT_ONCE).await?;
        some += purge::orphans(&mut tx, app.now(), PURGED_AT_ONCE).await?;
        tx.commit().await?;
        deleted += some;
        if some == 0 || app.stopping.is_cancelled() {
            return Ok(deleted);
        }
    }
}
