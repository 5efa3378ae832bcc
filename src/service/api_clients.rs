//! API clients: the programs that may get tokens. For the tenant's admins and the command line.

use serde_json::json;

use super::{access::AccessError, audit};
pub use crate::store::api_clients::ApiClient;
use crate::{
    app::App,
    domain::{
        access::AccessRefusal,
        actor::Caller,
        audit::Subject,
        ids::{ClientId, TenantId},
        scope::Scopes,
        time::Timestamp,
    },
    known_tokens::BELIEVED,
    secrets,
    store::{self, Db, DbError, db::retry_on_conflict},
};

/// How a client's secret begins, so that scanners for leaked secrets know it.
pub const SECRET_PREFIX: &str = "gds_";

/// While a secret is changed in the programs that use it, both are good for so long: a day.
pub const OVERLAP_SECS: i64 = 24 * 3600;

/// A new client, with the only copy of its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiClient {
    /// Which one.
    pub client_id: ClientId,
    /// Shown once, never kept.
    pub client_secret: String,
}

fn new_secret() -> String {
    format!("{SECRET_PREFIX}{}", secrets::random_text())
}

/// Makes a client for the caller's tenant, without a limit of its requests.
pub async fn create(app: &App, caller: &Caller, name: &str, scopes: &Scopes) -> Result<NewApiClient, AccessError> {
    create_with(app, caller, name, scopes, None).await
}

/// Makes a client for the caller's tenant, which may send so many requests per second.
pub async fn create_with(
    app: &App,
    caller: &Caller,
    name: &str,
    scopes: &Scopes,
    rate_limit: Option<i64>,
) -> Result<NewApiClient, AccessError> {
    if scopes.is_empty() {
        return Err(AccessRefusal::NoScope.into());
    }
    let client_id = ClientId::new(&caller.tenant, &secrets::random_id());
    let client_secret = new_secret();
    let client = ApiClient {
        client_id: client_id.clone(),
        name: name.to_owned(),
        secret_hash: secrets::sha256_hex(&client_secret),
        scopes: scopes.to_string(),
        created_by: caller.actor.id.clone(),
        created_at: app.now(),
        last_used_at: None,
        revoked_at: None,
        old_secret_hash: None,
        old_secret_until: None,
        secret_since: app.now(),
        rate_limit,
    };
    retry_on_conflict(|| create_once(app, caller, &client)).await?;
    Ok(NewApiClient { client_id, client_secret })
}

async fn create_once(app: &App, caller: &Caller, client: &ApiClient) -> Result<(), AccessError> {
    let mut tx = app.db.begin().await?;
    super::users::require_tenant(&mut tx, &caller.tenant).await?;
    store::api_clients::insert(&mut tx, &caller.tenant, client).await?;
    let after = json!({"name": client.name, "scopes": client.scopes, "rateLimit": client.rate_limit});
    let subject = Subject::new("api_client", client.client_id.as_str());
    audit::record(&mut tx, caller, "api_client.created", subject, None, Some(after), client.created_at).await?;
    tx.commit().await?;
    Ok(())
}

/// Revokes a client of the caller's tenant: its tokens, and those that it made for customers, end. When this returns, no
/// replica takes them any more (see [`crate::known_tokens`]).
pub async fn revoke(app: &App, caller: &Caller, client_id: &ClientId) -> Result<(), AccessError> {
    retry_on_conflict(|| revoke_once(app, caller, client_id)).await?;
    forget_everywhere(app).await;
    Ok(())
}

/// Forgets every token, for one of them is good no more, and waits until every other process has forgotten it.
pub(super) async fn forget_everywhere(app: &App) {
    app.known_tokens.forget();
    tokio::time::sleep(BELIEVED).await;
}

async fn revoke_once(app: &App, caller: &Caller, client_id: &ClientId) -> Result<(), AccessError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if store::api_clients::find_in(&mut tx, &caller.tenant, client_id).await?.is_none() {
        return Err(AccessRefusal::ClientUnknown(client_id.to_string()).into());
    }
    if !store::api_clients::revoke(&mut tx, &caller.tenant, client_id, now).await? {
        return Ok(());
    }
    let subject = Subject::new("api_client", client_id.as_str());
    audit::record(&mut tx, caller, "api_client.revoked", subject, None, None, now).await?;
    tx.commit().await?;
    Ok(())
}

/// What becomes of the secret before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldSecret {
    /// It is good for [`OVERLAP_SECS`] more.
    Overlaps,
    /// It ends at once, with every token of the client: for a secret that somebody else may know.
    EndsAtOnce,
}

/// Makes a new secret for a client and returns it, the only copy.
pub async fn rotate(app: &App, caller: &Caller, client_id: &ClientId, old: OldSecret) -> Result<String, AccessError> {
    let secret = new_secret();
    let hash = secrets::sha256_hex(&secret);
    retry_on_conflict(|| rotate_once(app, caller, client_id, old, &hash)).await?;
    if old == OldSecret::EndsAtOnce {
        forget_everywhere(app).await;
    }
    Ok(secret)
}

async fn rotate_once(
    app: &App,
    caller: &Caller,
    client_id: &ClientId,
    old: OldSecret,
    hash: &str,
) -> Result<(), AccessError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let until = (old == OldSecret::Overlaps).then(|| now.plus_secs(OVERLAP_SECS));
    if !store::api_clients::rotate(&mut tx, &caller.tenant, client_id, hash, until, now).await? {
        return Err(AccessRefusal::ClientUnknown(client_id.to_string()).into());
    }
    if old == OldSecret::EndsAtOnce {
        store::api_clients::end_tokens(&mut tx, &caller.tenant, client_id).await?;
    }
    let after = json!({"oldSecretGoodUntil": until.map(Timestamp::to_contract_z)});
    let subject = Subject::new("api_client", client_id.as_str());
    audit::record(&mut tx, caller, "api_client.secret_rotated", subject, None, Some(after), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends the secret before the present one, once every program uses the new one.
pub async fn drop_old_secret(app: &App, caller: &Caller, client_id: &ClientId) -> Result<(), AccessError> {
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        if store::api_clients::find_in(&mut tx, &caller.tenant, client_id).await?.is_none() {
            return Err(AccessRefusal::ClientUnknown(client_id.to_string()).into());
        }
        if !store::api_clients::drop_old_secret(&mut tx, &caller.tenant, client_id).await? {
            return Ok(());
        }
        let subject = Subject::new("api_client", client_id.as_str());
        audit::record(&mut tx, caller, "api_client.old_secret_dropped", subject, None, None, app.now()).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Limits how many requests per second a client may send. It acts at once in this process, within a second in every
/// other.
pub async fn set_rate(app: &App, caller: &Caller, client_id: &ClientId, rate: Option<i64>) -> Result<(), AccessError> {
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        let before = store::api_clients::find_in(&mut tx, &caller.tenant, client_id).await?;
        let unknown = || AccessRefusal::ClientUnknown(client_id.to_string());
        let before = before.filter(|client| client.revoked_at.is_none()).ok_or_else(unknown)?;
        if before.rate_limit == rate {
            return Ok(());
        }
        store::api_clients::set_rate(&mut tx, &caller.tenant, client_id, rate).await?;
        let told = |rate: Option<i64>| Some(json!({ "rateLimit": rate }));
        let subject = Subject::new("api_client", client_id.as_str());
        let (was, is) = (told(before.rate_limit), told(rate));
        audit::record(&mut tx, caller, "api_client.rate_changed", subject, was, is, app.now()).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
    .inspect(|()| app.known_tokens.forget())
}

/// Notes that a client was there: beside the request, for nothing waits for it.
pub(super) fn note_use(app: &App, client_id: &ClientId) {
    let Some(tenant) = client_id.tenant().filter(|_| app.known_tokens.is_use_due(client_id, app.now())) else {
        return;
    };
    let (tasks, app, client_id) = (app.tasks.clone(), app.clone(), client_id.clone());
    tasks.spawn(async move {
        let noted = retry_on_conflict(|| async {
            let mut tx = app.db.begin().await?;
            store::api_clients::touch(&mut tx, &tenant, &client_id, app.now()).await?;
            tx.commit().await
        });
        if let Err(error) = noted.await {
            tracing::warn!(%error, client = %client_id, "Could not note that an API client was there");
        }
    });
}

/// The clients of a tenant, revoked ones included, the oldest first.
pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<ApiClient>, DbError> {
    store::api_clients::list(db, tenant).await
}

/// A client of a tenant.
pub async fn find(db: &Db, tenant: &TenantId, client_id: &ClientId) -> Result<Option<ApiClient>, DbError> {
    store::api_clients::find(db, tenant, client_id).await
}
