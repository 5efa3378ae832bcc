//! The keys of identity providers, fetched from where the providers publish them and kept in the database, so that all
//! replicas agree and none needs the provider to be there.

use super::{Provider, store};
use crate::{
    app::App,
    domain::{
        endpoint::EndpointUrl,
        identity::{KeySet, SET_BYTES_MAX},
        ids::TenantId,
    },
    outbound::document,
    store::{
        Db, DbError,
        db::{AsConflict, retry_on_conflict},
    },
};

/// Keys are fetched again after so long.
const REFRESH_SECS: i64 = 10 * 60;
/// A key that nobody knows has them fetched sooner, but not sooner than this.
const UNKNOWN_KEY_SECS: i64 = 30;
/// Providers whose keys are fetched in one round, at most; the rest come in the next.
const ROUND_MAX: i64 = 100;

/// Fetches keys. What comes holds at least one that is of use: an empty answer is no reason to forget those that are
/// known.
///
/// # Errors
/// Why there are none.
pub(super) async fn fetch(app: &App, url: &EndpointUrl) -> Result<String, String> {
    let bytes = document::fetch(url, app.settings.reach(), SET_BYTES_MAX).await?;
    let text = String::from_utf8(bytes).map_err(|_binary| "the answer is no text".to_owned())?;
    KeySet::usable(&text).map_err(|error| error.to_string())?;
    Ok(text)
}

/// What a fetch failed with.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No keys came; those that are known stay.
    #[error("{0}")]
    NoKeys(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl AsConflict for FetchError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}

/// Fetches the keys of a provider, if no replica tried within the last `pause_secs`; says whether there are keys that
/// were just fetched.
async fn refresh(app: &App, provider: &Provider, pause_secs: i64) -> Result<bool, FetchError> {
    let Some(url) = provider.url() else { return Ok(false) };
    let (tenant, id) = (&provider.tenant, &provider.id);
    let now = app.now();
    let claimed = retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        let claimed = store::claim_fetch(&mut tx, tenant, id, now.plus_secs(-pause_secs), now).await?;
        tx.commit().await?;
        Ok::<_, DbError>(claimed)
    });
    if !claimed.await? {
        return Ok(false);
    }
    let fetched = fetch(app, url).await;
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        match &fetched {
            Ok(keys) => store::keep_keys(&mut tx, tenant, id, url, keys, app.now()).await?,
            Err(why) => store::keep_error(&mut tx, tenant, id, url, why).await?,
        }
        tx.commit().await
    })
    .await?;
    match fetched {
        Ok(_) => Ok(true),
        Err(why) => {
            tracing::warn!(tenant.id = %tenant, provider = %id, why, "The keys of identity provider `{id}` of tenant `{tenant}` did \
                not come: {why}. Those that are known stay in use");
            Err(FetchError::NoKeys(why))
        }
    }
}

/// Fetches the keys now, because somebody wants to see it done.
///
/// # Errors
/// Why none came.
pub async fn refresh_now(app: &App, provider: &Provider) -> Result<bool, FetchError> {
    refresh(app, provider, 0).await
}

/// A token names a key that is not known: the provider may have a new one. At most one request every thirty seconds
/// waits for an answer of the provider; what comes between is told no at once. The provider as it is then, if it changed.
pub(super) async fn after_unknown_key(app: &App, provider: &Provider) -> Result<Option<Provider>, DbError> {
    let (own, asked) = (app.clone(), provider.clone());
    // On its own, so that it comes to its end when the client has gone.
    let task = app.tasks.spawn(async move { refresh(&own, &asked, UNKNOWN_KEY_SECS).await });
    match task.await {
        Ok(Ok(true)) => find_again(&app.db, &provider.tenant, &provider.id).await,
        Ok(Ok(false) | Err(FetchError::NoKeys(_))) | Err(_) => Ok(None),
        Ok(Err(FetchError::Store(error))) => Err(error),
    }
}

async fn find_again(db: &Db, tenant: &TenantId, id: &str) -> Result<Option<Provider>, DbError> {
    Ok(store::find(db, tenant, id).await?.filter(|provider| provider.enabled))
}

/// Fetches the keys of all providers whose turn it is; for a job. Several replicas may do so at once. Says how many were
/// fetched.
pub async fn refresh_due(app: &App) -> Result<usize, DbError> {
    let mut fetched = 0;
    for provider in store::to_fetch(&app.db, app.now().plus_secs(-REFRESH_SECS), ROUND_MAX).await? {
        if app.stopping.is_cancelled() {
            break;
        }
        match refresh(app, &provider, REFRESH_SECS).await {
            Ok(true) => fetched += 1,
            Ok(false) | Err(FetchError::NoKeys(_)) => {}
            Err(FetchError::Store(error)) => return Err(error),
        }
    }
    Ok(fetched)
}
