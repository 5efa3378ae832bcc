//! The identity providers of a tenant: made, changed, switched off, removed; and the tokens that they sign.

pub mod fetching;
pub mod signing_in;

use serde_json::{Map, Value, json};

use super::{api_clients, audit};
pub use crate::store::identity_providers::Provider;
use crate::{
    app::App,
    domain::{
        actor::Caller,
        audit::Subject,
        identity::{KeySet, KeySource, ProviderDraft},
        ids::TenantId,
        invalid::FieldErrors,
        time::Timestamp,
    },
    secrets,
    store::{
        Db, DbError, Tx,
        db::{AsConflict, retry_on_conflict},
        identity_providers as store,
    },
    texts::t,
};

/// Providers of a tenant, at most.
pub const PROVIDERS_MAX: usize = 10;
/// The kind of thing in the audit log.
const SUBJECT: &str = "identity_provider";

/// Why a provider was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// What was typed does not fit, or no keys came from the address.
    #[error(transparent)]
    Invalid(#[from] FieldErrors),
    /// There is no such provider, or it was removed.
    #[error("{}", t!("identity-unknown"))]
    Unknown,
    /// Somebody else changed it in the meantime; this is what it is now.
    #[error("{}", t!("identity-stale"))]
    Stale(Box<Provider>),
    /// The machine failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl AsConflict for IdentityError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}

/// The providers of a tenant, the oldest first.
pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<Provider>, DbError> {
    store::list(db, tenant).await
}

/// A provider.
pub async fn find(db: &Db, tenant: &TenantId, id: &str) -> Result<Option<Provider>, DbError> {
    store::find(db, tenant, id).await
}

/// What the audit log keeps of a provider: its keys by their names.
fn told(draft: &ProviderDraft, jwks: &str) -> Map<String, Value> {
    let keys = KeySet::parse(jwks).unwrap_or_default().keys;
    let keys: Vec<String> =
        keys.iter().map(|key| format!("{} {}", key.algorithm(), key.kid.as_deref().unwrap_or("-"))).collect();
    let url = match &draft.source {
        KeySource::Url(url) => Some(url.as_str()),
        KeySource::Pasted(_) => None,
    };
    let told = json!({ "name": draft.name, "issuer": draft.issuer, "audience": draft.audience, "claim": draft.claim,
        "jwksUrl": url, "keys": keys });
    told.as_object().cloned().unwrap_or_default()
}

async fn record(
    tx: &mut Tx,
    caller: &Caller,
    (action, id): (&'static str, &str),
    before: Option<Value>,
    after: Option<Value>,
    now: Timestamp,
) -> Result<(), DbError> {
    audit::record(tx, caller, action, Subject::new(SUBJECT, id), before, after, now).await
}

/// The keys of a draft, and when they were fetched if they were.
async fn keys_of(app: &App, draft: &ProviderDraft) -> Result<(String, Option<Timestamp>), FieldErrors> {
    match &draft.source {
        KeySource::Pasted(keys) => Ok((keys.clone(), None)),
        KeySource::Url(url) => match fetching::fetch(app, url).await {
            Ok(keys) => Ok((keys, Some(app.now()))),
            Err(why) => Err(FieldErrors::one("jwks_url", t!("identity-not-fetched", why = why))),
        },
    }
}

fn taken() -> FieldErrors {
    FieldErrors::one("audience", t!("identity-taken"))
}

/// Makes a provider, whose tokens are taken from now on. Its keys are fetched first.
///
/// # Errors
/// When there are too many, its keys cannot be fetched, or there is one for its issuer and audience.
pub async fn create(app: &App, caller: &Caller, draft: &ProviderDraft) -> Result<String, IdentityError> {
    let (jwks, fetched_at) = keys_of(app, draft).await?;
    let provider = Provider {
        tenant: caller.tenant.clone(),
        id: secrets::random_id(),
        draft: draft.clone(),
        jwks,
        fetched_at,
        tried_at: fetched_at,
        fetch_error: None,
        enabled: true,
        version: 1,
        created_by: caller.actor.id.clone(),
        created_at: app.now(),
    };
    retry_on_conflict(|| create_once(app, caller, &provider)).await?;
    app.known_tokens.forget();
    Ok(provider.id)
}

async fn create_once(app: &App, caller: &Caller, provider: &Provider) -> Result<(), IdentityError> {
    let mut tx = app.db.begin().await?;
    if store::list_in(&mut tx, &caller.tenant).await?.len() >= PROVIDERS_MAX {
        return Err(FieldErrors::one("name", t!("identity-too-many", most = PROVIDERS_MAX)).into());
    }
    if !store::insert(&mut tx, provider).await? {
        return Err(taken().into());
    }
    let after = Some(Value::Object(told(&provider.draft, &provider.jwks)));
    record(&mut tx, caller, ("identity_provider.created", &provider.id), None, after, provider.created_at).await?;
    tx.commit().await?;
    Ok(())
}

/// Changes a provider. `seen` is the version that the change is of. Keys at an address are fetched anew.
///
/// # Errors
/// When there is no such provider, somebody else changed it since, its keys cannot be fetched, or there is another for
/// its issuer and audience.
pub async fn change(
    app: &App,
    caller: &Caller,
    id: &str,
    seen: i64,
    draft: &ProviderDraft,
) -> Result<(), IdentityError> {
    let keys = keys_of(app, draft).await?;
    retry_on_conflict(|| change_once(app, caller, (id, seen), draft, &keys)).await?;
    api_clients::forget_everywhere(app).await;
    Ok(())
}

async fn change_once(
    app: &App,
    caller: &Caller,
    (id, seen): (&str, i64),
    draft: &ProviderDraft,
    (jwks, fetched_at): &(String, Option<Timestamp>),
) -> Result<(), IdentityError> {
    let (now, tenant) = (app.now(), &caller.tenant);
    let mut tx = app.db.begin().await?;
    let before = store::lock(&mut tx, tenant, id).await?.ok_or(IdentityError::Unknown)?;
    if before.version != seen {
        return Err(IdentityError::Stale(Box::new(before)));
    }
    if store::is_taken(&mut tx, tenant, &draft.issuer, &draft.audience, id).await? {
        return Err(taken().into());
    }
    if let Some((was, is)) = audit::difference(&told(&before.draft, &before.jwks), &told(draft, jwks)) {
        record(&mut tx, caller, ("identity_provider.changed", id), Some(was), Some(is), now).await?;
    }
    store::update(&mut tx, tenant, id, draft, (jwks, *fetched_at), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes a provider's tokens from now on, or no more: on every replica, when this returns. What is so already is left so.
///
/// # Errors
/// When there is no such provider.
pub async fn set_enabled(app: &App, caller: &Caller, id: &str, enabled: bool) -> Result<(), IdentityError> {
    retry_on_conflict(|| async {
        let (now, tenant) = (app.now(), &caller.tenant);
        let mut tx = app.db.begin().await?;
        let before = store::lock(&mut tx, tenant, id).await?.ok_or(IdentityError::Unknown)?;
        if before.enabled != enabled {
            store::set_enabled(&mut tx, tenant, id, enabled, now).await?;
            let action = if enabled { "identity_provider.enabled" } else { "identity_provider.disabled" };
            record(&mut tx, caller, (action, id), None, None, now).await?;
            tx.commit().await?;
        }
        Ok::<_, IdentityError>(())
    })
    .await?;
    api_clients::forget_everywhere(app).await;
    Ok(())
}

/// Forgets a provider: its tokens are good no more, on any replica, when this returns.
///
/// # Errors
/// When there is no such provider.
pub async fn remove(app: &App, caller: &Caller, id: &str) -> Result<(), IdentityError> {
    retry_on_conflict(|| async {
        let (now, tenant) = (app.now(), &caller.tenant);
        let mut tx = app.db.begin().await?;
        let before = store::lock(&mut tx, tenant, id).await?.ok_or(IdentityError::Unknown)?;
        store::delete(&mut tx, tenant, id).await?;
        let before = Some(Value::Object(told(&before.draft, &before.jwks)));
        record(&mut tx, caller, ("identity_provider.removed", id), before, None, now).await?;
        tx.commit().await?;
        Ok::<_, IdentityError>(())
    })
    .await?;
    api_clients::forget_everywhere(app).await;
    Ok(())
}
