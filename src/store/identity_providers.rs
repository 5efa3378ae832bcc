//! Identity providers of tenants, with their public keys.

use sqlx::FromRow;

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{
    endpoint::EndpointUrl,
    identity::{KeySource, ProviderDraft},
    ids::TenantId,
    time::Timestamp,
};

macro_rules! provider_columns {
    () => {
        "tenant_id, provider_id, name, issuer, audience, claim, jwks_url, jwks, fetched_at, tried_at, fetch_error, enabled,
         version, created_by, created_at FROM identity_providers"
    };
}

statements! {
    /// No row is written when the tenant has one for this issuer and audience.
    Tenant INSERT_PROVIDER {
        "INSERT INTO identity_providers (tenant_id, provider_id, name, issuer, audience, claim, jwks_url, jwks, fetched_at,
             tried_at, fetch_error, enabled, version, created_by, created_at, modified_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, NULL, $10, 1, $11, $12, $12)
         ON CONFLICT DO NOTHING"
    }
    Tenant LIST_PROVIDERS { "SELECT " [provider_columns] " WHERE tenant_id = $1 ORDER BY created_at, provider_id" }
    Tenant FIND_PROVIDER { "SELECT " [provider_columns] " WHERE tenant_id = $1 AND provider_id = $2" }
    Tenant LOCK_PROVIDER {
        "SELECT " [provider_columns] " WHERE tenant_id = $1 AND provider_id = $2 " pg("FOR NO KEY UPDATE")
    }
    Tenant FIND_OTHER_PROVIDER {
        "SELECT provider_id FROM identity_providers
         WHERE tenant_id = $1 AND issuer = $2 AND audience = $3 AND provider_id <> $4"
    }
    /// Of all tenants: a token does not name one.
    Global LIST_PROVIDERS_OF_ISSUER {
        "SELECT " [provider_columns] " WHERE issuer = $1 AND enabled = $2 ORDER BY tenant_id, provider_id LIMIT $3"
    }
    Tenant UPDATE_PROVIDER {
        "UPDATE identity_providers SET name = $3, issuer = $4, audience = $5, claim = $6, jwks_url = $7, jwks = $8,
             fetched_at = $9, tried_at = $9, fetch_error = NULL, version = version + 1, modified_at = $10
         WHERE tenant_id = $1 AND provider_id = $2"
    }
    Tenant SET_PROVIDER_ENABLED {
        "UPDATE identity_providers SET enabled = $3, version = version + 1, modified_at = $4
         WHERE tenant_id = $1 AND provider_id = $2"
    }
    Tenant DELETE_PROVIDER { "DELETE FROM identity_providers WHERE tenant_id = $1 AND provider_id = $2" }
    /// No row is touched when a replica tried behind `$4`: one of them fetches the keys.
    Tenant CLAIM_FETCH {
        "UPDATE identity_providers SET tried_at = $3
         WHERE tenant_id = $1 AND provider_id = $2 AND jwks_url IS NOT NULL AND (tried_at IS NULL OR tried_at <= $4)"
    }
    /// No row is touched when the address was changed meanwhile.
    Tenant KEEP_KEYS {
        "UPDATE identity_providers SET jwks = $4, fetched_at = $5, fetch_error = NULL
         WHERE tenant_id = $1 AND provider_id = $2 AND jwks_url = $3"
    }
    Tenant KEEP_FETCH_ERROR {
        "UPDATE identity_providers SET fetch_error = $4
         WHERE tenant_id = $1 AND provider_id = $2 AND jwks_url = $3"
    }
    /// Of all tenants: whose keys were fetched longest ago.
    Global LIST_PROVIDERS_TO_FETCH {
        "SELECT " [provider_columns] "
         WHERE jwks_url IS NOT NULL AND enabled = $1 AND (tried_at IS NULL OR tried_at <= $2)
         ORDER BY tried_at LIMIT $3"
    }
}

/// An identity provider of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Whose.
    pub tenant: TenantId,
    /// Which one.
    pub id: String,
    /// What an admin said of it.
    pub draft: ProviderDraft,
    /// The keys: as pasted, or as fetched last.
    pub jwks: String,
    /// When they were fetched last.
    pub fetched_at: Option<Timestamp>,
    /// When that was tried last.
    pub tried_at: Option<Timestamp>,
    /// Why it failed since.
    pub fetch_error: Option<String>,
    /// Whether its tokens are taken.
    pub enabled: bool,
    /// From 1, one more with every change.
    pub version: i64,
    /// The id of who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
}

impl Provider {
    /// The address of its keys, if they are fetched.
    pub fn url(&self) -> Option<&EndpointUrl> {
        match &self.draft.source {
            KeySource::Url(url) => Some(url),
            KeySource::Pasted(_) => None,
        }
    }
}

#[derive(FromRow)]
struct ProviderRow {
    tenant_id: TenantId,
    provider_id: String,
    name: String,
    issuer: String,
    audience: String,
    claim: String,
    jwks_url: Option<String>,
    jwks: String,
    fetched_at: Option<Timestamp>,
    tried_at: Option<Timestamp>,
    fetch_error: Option<String>,
    enabled: bool,
    version: i64,
    created_by: String,
    created_at: Timestamp,
}

impl From<ProviderRow> for Provider {
    fn from(row: ProviderRow) -> Self {
        let source = match row.jwks_url {
            Some(url) => KeySource::Url(EndpointUrl::kept(url)),
            None => KeySource::Pasted(row.jwks.clone()),
        };
        Self {
            tenant: row.tenant_id,
            id: row.provider_id,
            draft: ProviderDraft {
                name: row.name,
                issuer: row.issuer,
                audience: row.audience,
                claim: row.claim,
                source,
            },
            jwks: row.jwks,
            fetched_at: row.fetched_at,
            tried_at: row.tried_at,
            fetch_error: row.fetch_error,
            enabled: row.enabled,
            version: row.version,
            created_by: row.created_by,
            created_at: row.created_at,
        }
    }
}

fn all(rows: Vec<ProviderRow>) -> Vec<Provider> {
    rows.into_iter().map(Provider::from).collect()
}

/// Keeps a new provider; says whether the tenant had none for its issuer and audience.
pub async fn insert(tx: &mut Tx, provider: &Provider) -> Result<bool, DbError> {
    let draft = &provider.draft;
    let query = tx.query(INSERT_PROVIDER).bind(&provider.tenant).bind(&provider.id).bind(&draft.name);
    let query = query.bind(&draft.issuer).bind(&draft.audience).bind(&draft.claim);
    let query = query.bind(provider.url().map(EndpointUrl::as_str)).bind(&provider.jwks).bind(provider.fetched_at);
    Ok(query.bind(provider.enabled).bind(&provider.created_by).bind(provider.created_at).run().await? > 0)
}

/// The providers of a tenant, the oldest first.
pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<Provider>, DbError> {
    Ok(all(db.query(LIST_PROVIDERS).bind(tenant).all().await?))
}

/// The same inside a transaction.
pub async fn list_in(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<Provider>, DbError> {
    Ok(all(tx.query(LIST_PROVIDERS).bind(tenant).all().await?))
}

/// A provider of a tenant.
pub async fn find(db: &Db, tenant: &TenantId, id: &str) -> Result<Option<Provider>, DbError> {
    Ok(db.query(FIND_PROVIDER).bind(tenant).bind(id).optional::<ProviderRow>().await?.map(Provider::from))
}

/// The same, under a lock held to the end of the transaction.
pub async fn lock(tx: &mut Tx, tenant: &TenantId, id: &str) -> Result<Option<Provider>, DbError> {
    Ok(tx.query(LOCK_PROVIDER).bind(tenant).bind(id).optional::<ProviderRow>().await?.map(Provider::from))
}

/// Whether another provider of the tenant is for this issuer and audience.
pub async fn is_taken(
    tx: &mut Tx,
    tenant: &TenantId,
    issuer: &str,
    audience: &str,
    but: &str,
) -> Result<bool, DbError> {
    let query = tx.query(FIND_OTHER_PROVIDER).bind(tenant).bind(issuer).bind(audience).bind(but);
    Ok(query.optional::<(String,)>().await?.is_some())
}

/// Providers with this issuer whose tokens are taken, of all tenants.
pub async fn of_issuer(db: &Db, issuer: &str, limit: i64) -> Result<Vec<Provider>, DbError> {
    Ok(all(db.query(LIST_PROVIDERS_OF_ISSUER).bind(issuer).bind(true).bind(limit).all().await?))
}

/// Changes what a provider is, with its keys.
pub async fn update(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &str,
    draft: &ProviderDraft,
    (jwks, fetched_at): (&str, Option<Timestamp>),
    now: Timestamp,
) -> Result<(), DbError> {
    let url = match &draft.source {
        KeySource::Url(url) => Some(url.as_str()),
        KeySource::Pasted(_) => None,
    };
    let query = tx.query(UPDATE_PROVIDER).bind(tenant).bind(id).bind(&draft.name).bind(&draft.issuer);
    let query = query.bind(&draft.audience).bind(&draft.claim).bind(url).bind(jwks).bind(fetched_at).bind(now);
    query.run().await.map(drop)
}

/// Takes a provider's tokens from now on, or no more.
pub async fn set_enabled(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &str,
    enabled: bool,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.query(SET_PROVIDER_ENABLED).bind(tenant).bind(id).bind(enabled).bind(now).run().await.map(drop)
}

/// Forgets a provider.
pub async fn delete(tx: &mut Tx, tenant: &TenantId, id: &str) -> Result<(), DbError> {
    tx.query(DELETE_PROVIDER).bind(tenant).bind(id).run().await.map(drop)
}

/// Says whether this replica is to fetch the keys: nobody tried behind `since`.
pub async fn claim_fetch(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &str,
    since: Timestamp,
    now: Timestamp,
) -> Result<bool, DbError> {
    Ok(tx.query(CLAIM_FETCH).bind(tenant).bind(id).bind(now).bind(since).run().await? > 0)
}

/// Keeps the keys that were fetched from an address, if it is the provider's still.
pub async fn keep_keys(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &str,
    url: &EndpointUrl,
    jwks: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.query(KEEP_KEYS).bind(tenant).bind(id).bind(url.as_str()).bind(jwks).bind(now).run().await.map(drop)
}

/// Notes why no keys came; those that are there stay.
pub async fn keep_error(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &str,
    url: &EndpointUrl,
    error: &str,
) -> Result<(), DbError> {
    tx.query(KEEP_FETCH_ERROR).bind(tenant).bind(id).bind(url.as_str()).bind(error).run().await.map(drop)
}

/// Providers of all tenants whose keys nobody tried to fetch behind `since`.
pub async fn to_fetch(db: &Db, since: Timestamp, limit: i64) -> Result<Vec<Provider>, DbError> {
    Ok(all(db.query(LIST_PROVIDERS_TO_FETCH).bind(true).bind(since).bind(limit).all().await?))
}
