//! Webhooks out: the endpoints of a tenant, the events for them, and how these get there.

pub mod deliveries;
pub mod expiring;
pub(in crate::service) mod outbox;
pub mod sending;

use serde_json::{Map, Value, json};

use super::audit;
pub use crate::store::webhooks::endpoints::Endpoint;
use crate::{
    app::App,
    domain::{
        actor::Caller,
        audit::Subject,
        endpoint::{EndpointDraft, PausedBy},
        event::Event,
        ids::TenantId,
        invalid::FieldErrors,
        time::Timestamp,
        webhook::WebhookSecret,
    },
    outbound::address::{self, Unreachable},
    secrets,
    store::{
        self, Db, DbError, Tx,
        db::{AsConflict, retry_on_conflict},
        webhooks::endpoints,
    },
    texts::t,
};

/// Endpoints of a tenant, at most: each entry is written once for each of them.
pub const ENDPOINTS_MAX: i64 = 20;
/// How long the secret before signs, too.
pub const ROTATION_SECS: i64 = 24 * 3_600;

/// Why an endpoint was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// What was sent does not fit.
    #[error(transparent)]
    Invalid(#[from] FieldErrors),
    /// There is no such endpoint, or it was deleted.
    #[error("{}", t!("access-endpoint-unknown"))]
    Unknown,
    /// There are as many as there may be.
    #[error("{}", t!("access-endpoints-max", most = ENDPOINTS_MAX))]
    TooMany,
    /// Somebody else changed it in the meantime.
    #[error("{}", t!("access-endpoint-changed"))]
    Stale(Box<Endpoint>),
    /// The machine failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl AsConflict for WebhookError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}

/// A new endpoint, with the only copy of its secret that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEndpoint {
    /// Which one.
    pub id: String,
    /// What it checks signatures with.
    pub secret: String,
}

/// For whom a secret is sealed.
pub(crate) fn purpose(tenant: &TenantId, id: &str) -> String {
    format!("webhook endpoint {tenant}/{id}")
}

fn told(draft: &EndpointDraft) -> Map<String, Value> {
    let types: Vec<&str> = draft.event_types.iter().map(|one| one.as_str()).collect();
    let told = json!({ "url": draft.url.as_str(), "description": draft.description, "eventTypes": types });
    told.as_object().cloned().unwrap_or_default()
}

/// Refuses a name that leads into a private network now. It is looked up again whenever something is sent: one that is
/// not found now is taken.
async fn refuse_private(app: &App, draft: &EndpointDraft) -> Result<(), FieldErrors> {
    let reach = app.settings.reach();
    let url = draft.url.check(reach).map_err(|error| FieldErrors::one("url", error))?;
    match address::resolve(&url, reach).await {
        Err(Unreachable::Private) => Err(FieldErrors::one(
            "url",
            "Give an address on the public internet: this name leads into a private network.",
        )),
        Ok(_) | Err(Unreachable::Unknown) => Ok(()),
    }
}

/// Makes an endpoint.
///
/// # Errors
/// When there are too many, or its address may not be used.
pub async fn create(app: &App, caller: &Caller, draft: &EndpointDraft) -> Result<NewEndpoint, WebhookError> {
    refuse_private(app, draft).await?;
    let (id, secret) = (secrets::random_id(), WebhookSecret::random().reveal());
    let endpoint = Endpoint {
        tenant: caller.tenant.clone(),
        id: id.clone(),
        draft: draft.clone(),
        secret: app.secret.seal(&purpose(&caller.tenant, &id), &secret),
        old_secret: None,
        paused: None,
        failures: 0,
        last_success_at: None,
        last_failure: None,
        version: 1,
        created_by: caller.actor.id.clone(),
        created_at: app.now(),
    };
    retry_on_conflict(|| create_once(app, caller, &endpoint)).await?;
    Ok(NewEndpoint { id, secret })
}

async fn create_once(app: &App, caller: &Caller, endpoint: &Endpoint) -> Result<(), WebhookError> {
    let mut tx = app.db.begin().await?;
    if endpoints::count(&mut tx, &caller.tenant).await? >= ENDPOINTS_MAX {
        return Err(WebhookError::TooMany);
    }
    endpoints::insert(&mut tx, endpoint).await?;
    let after = Some(Value::Object(told(&endpoint.draft)));
    record(&mut tx, caller, "webhook.created", &endpoint.id, None, after, endpoint.created_at).await?;
    tx.commit().await?;
    Ok(())
}

async fn record(
    tx: &mut Tx,
    caller: &Caller,
    action: &'static str,
    id: &str,
    before: Option<Value>,
    after: Option<Value>,
    now: Timestamp,
) -> Result<(), DbError> {
    audit::record(tx, caller, action, Subject::new("webhook", id), before, after, now).await
}

/// The endpoints of a tenant, the oldest first.
pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<Endpoint>, DbError> {
    endpoints::list(db, tenant).await
}

/// An endpoint.
pub async fn find(db: &Db, tenant: &TenantId, id: &str) -> Result<Option<Endpoint>, DbError> {
    endpoints::find(db, tenant, id).await
}

/// How many deliveries of each endpoint wait, and how many are parked; endpoints without either are left out.
pub async fn open_deliveries(db: &Db, tenant: &TenantId) -> Result<Vec<(String, i64, i64)>, DbError> {
    endpoints::open_deliveries(db, tenant).await
}

/// How many deliveries wait, and how many are parked, of all tenants.
pub async fn open_deliveries_of_all(db: &Db) -> Result<(i64, i64), DbError> {
    endpoints::open_deliveries_of_all(db).await
}

/// For how many seconds the oldest delivery of all tenants is due that was not made.
pub async fn oldest_due_secs(db: &Db, now: Timestamp) -> Result<i64, DbError> {
    Ok(endpoints::oldest_due_of_all(db)
        .await?
        .map_or(0, |due| now.micros().saturating_sub(due.micros()).max(0) / 1_000_000))
}

/// What is done to an endpoint beside changing its draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndpointAct {
    /// Writes and sends nothing from now on.
    Pause,
    /// Ends a pause.
    Resume,
    /// Signs with this new secret, sealed.
    Rotate(String),
    /// Signs no longer with the secret before.
    DropOldSecret,
    /// Deletes it with its deliveries.
    Delete,
    /// Sends a test.
    Test,
}

/// Changes what an endpoint is. `seen` is the version that the change is of.
///
/// # Errors
/// When there is no such endpoint, somebody else changed it since, or its address may not be used.
pub async fn change(
    app: &App,
    caller: &Caller,
    id: &str,
    seen: i64,
    draft: &EndpointDraft,
) -> Result<(), WebhookError> {
    refuse_private(app, draft).await?;
    retry_on_conflict(|| change_once(app, caller, id, seen, draft)).await
}

async fn change_once(
    app: &App,
    caller: &Caller,
    id: &str,
    seen: i64,
    draft: &EndpointDraft,
) -> Result<(), WebhookError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let endpoint = endpoints::lock(&mut tx, &caller.tenant, id).await?.ok_or(WebhookError::Unknown)?;
    let Some((before, after)) = audit::difference(&told(&endpoint.draft), &told(draft)) else { return Ok(()) };
    if endpoint.version != seen {
        return Err(WebhookError::Stale(Box::new(endpoint)));
    }
    endpoints::update(&mut tx, &caller.tenant, id, draft, now).await?;
    record(&mut tx, caller, "webhook.changed", id, Some(before), Some(after), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Does something to an endpoint. What is so already is left so.
///
/// # Errors
/// When there is no such endpoint.
pub async fn act(app: &App, caller: &Caller, id: &str, act: &EndpointAct) -> Result<(), WebhookError> {
    retry_on_conflict(|| act_once(app, caller, id, act)).await?;
    app.ledger.news().notify_one();
    Ok(())
}

async fn act_once(app: &App, caller: &Caller, id: &str, act: &EndpointAct) -> Result<(), WebhookError> {
    let (now, tenant) = (app.now(), &caller.tenant);
    let mut tx = app.db.begin().await?;
    let endpoint = endpoints::lock(&mut tx, tenant, id).await?.ok_or(WebhookError::Unknown)?;
    let (action, before) = match act {
        EndpointAct::Pause if endpoint.paused.is_some() => return Ok(()),
        EndpointAct::Resume if endpoint.paused.is_none() => return Ok(()),
        EndpointAct::DropOldSecret if endpoint.old_secret.is_none() => return Ok(()),
        EndpointAct::Pause => {
            endpoints::pause(&mut tx, tenant, id, PausedBy::Employee, now).await?;
            ("webhook.paused", None)
        }
        EndpointAct::Resume => {
            endpoints::resume(&mut tx, tenant, id).await?;
            ("webhook.resumed", None)
        }
        EndpointAct::Rotate(sealed) => {
            endpoints::rotate(&mut tx, tenant, id, sealed, now.plus_secs(ROTATION_SECS)).await?;
            ("webhook.secret_rotated", None)
        }
        EndpointAct::DropOldSecret => {
            endpoints::drop_old_secret(&mut tx, tenant, id).await?;
            ("webhook.old_secret_dropped", None)
        }
        EndpointAct::Delete => {
            endpoints::delete(&mut tx, tenant, id, now).await?;
            ("webhook.deleted", Some(Value::Object(told(&endpoint.draft))))
        }
        EndpointAct::Test => {
            let event = outbox::keep(&Event::of_test(tenant, id, now), vec![id.to_owned()]);
            store::webhooks::outbox::insert(&mut tx, &[event], now).await?;
            ("webhook.tested", None)
        }
    };
    record(&mut tx, caller, action, id, before, None, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Makes a new secret for an endpoint and returns it. The one before signs for a day, too.
///
/// # Errors
/// When there is no such endpoint.
pub async fn rotate(app: &App, caller: &Caller, id: &str) -> Result<String, WebhookError> {
    let secret = WebhookSecret::random().reveal();
    let sealed = app.secret.seal(&purpose(&caller.tenant, id), &secret);
    act(app, caller, id, &EndpointAct::Rotate(sealed)).await?;
    Ok(secret)
}
