//! API clients: the programs that may get tokens.

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{
    ids::{ClientId, TenantId},
    time::Timestamp,
};

/// A use is noted again after so many seconds.
const TOUCH_SECS: i64 = 60;

macro_rules! client_columns {
    () => {
        "client_id, name, secret_hash, scopes, created_by, created_at, last_used_at, revoked_at, old_secret_hash,
         old_secret_until, secret_since, rate_limit FROM api_clients"
    };
}

statements! {
    Tenant INSERT_CLIENT {
        "INSERT INTO api_clients (tenant_id, client_id, name, secret_hash, scopes, created_by, created_at, secret_since,
             rate_limit)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)"
    }
    Tenant FIND_CLIENT {
        "SELECT " [client_columns] " WHERE tenant_id = $1 AND client_id = $2"
    }
    Tenant LIST_CLIENTS {
        "SELECT " [client_columns] " WHERE tenant_id = $1 ORDER BY created_at, client_id"
    }
    /// No row is touched when the client is revoked already.
    Tenant REVOKE_CLIENT {
        "UPDATE api_clients SET revoked_at = $3 WHERE tenant_id = $1 AND client_id = $2 AND revoked_at IS NULL"
    }
    /// No row is touched when this was noted a short while ago.
    Tenant TOUCH_CLIENT {
        "UPDATE api_clients SET last_used_at = $3
         WHERE tenant_id = $1 AND client_id = $2 AND (last_used_at IS NULL OR last_used_at <= $4)"
    }
    /// The secret before is good until `$4`, or no more when that is missing.
    Tenant ROTATE_CLIENT_SECRET {
        "UPDATE api_clients
         SET old_secret_hash = CASE WHEN CAST($4 AS BIGINT) IS NULL THEN NULL ELSE secret_hash END,
             old_secret_until = $4, secret_hash = $3, secret_since = $5
         WHERE tenant_id = $1 AND client_id = $2 AND revoked_at IS NULL"
    }
    Tenant DROP_OLD_CLIENT_SECRET {
        "UPDATE api_clients SET old_secret_hash = NULL, old_secret_until = NULL
         WHERE tenant_id = $1 AND client_id = $2 AND old_secret_hash IS NOT NULL"
    }
    Tenant SET_CLIENT_RATE {
        "UPDATE api_clients SET rate_limit = $3 WHERE tenant_id = $1 AND client_id = $2 AND revoked_at IS NULL"
    }
    /// Those that it made for customers end, too.
    Tenant END_TOKENS_OF_CLIENT { "DELETE FROM access_tokens WHERE tenant_id = $1 AND client_id = $2" }
}

/// An API client, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ApiClient {
    /// Which one.
    pub client_id: ClientId,
    /// What it is called.
    pub name: String,
    /// SHA-256 of its secret.
    pub secret_hash: String,
    /// What its tokens may do; space separated.
    pub scopes: String,
    /// The id of who made it.
    pub created_by: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it last asked for a token or used one, give or take a minute.
    pub last_used_at: Option<Timestamp>,
    /// Since when it gets no tokens any more.
    pub revoked_at: Option<Timestamp>,
    /// SHA-256 of the secret before.
    pub old_secret_hash: Option<String>,
    /// Until when that one is good, too.
    pub old_secret_until: Option<Timestamp>,
    /// Since when the present secret is.
    pub secret_since: Timestamp,
    /// Requests per second that it may send; `None` without limit.
    pub rate_limit: Option<i64>,
}

/// Inserts a client.
pub async fn insert(tx: &mut Tx, tenant: &TenantId, client: &ApiClient) -> Result<(), DbError> {
    tx.query(INSERT_CLIENT)
        .bind(tenant)
        .bind(&client.client_id)
        .bind(&client.name)
        .bind(&client.secret_hash)
        .bind(&client.scopes)
        .bind(&client.created_by)
        .bind(client.created_at)
        .bind(client.rate_limit)
        .run()
        .await
        .map(drop)
}

/// A client by id.
pub async fn find(db: &Db, tenant: &TenantId, client_id: &ClientId) -> Result<Option<ApiClient>, DbError> {
    db.query(FIND_CLIENT).bind(tenant).bind(client_id).optional().await
}

/// A client by id, within a transaction.
pub async fn find_in(tx: &mut Tx, tenant: &TenantId, client_id: &ClientId) -> Result<Option<ApiClient>, DbError> {
    tx.query(FIND_CLIENT).bind(tenant).bind(client_id).optional().await
}

/// The clients of a tenant, the oldest first.
pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<ApiClient>, DbError> {
    db.query(LIST_CLIENTS).bind(tenant).all().await
}

/// Revokes a client; says whether it was good until now.
pub async fn revoke(tx: &mut Tx, tenant: &TenantId, client_id: &ClientId, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx.query(REVOKE_CLIENT).bind(tenant).bind(client_id).bind(now).run().await? > 0)
}

/// Notes that a client was there, at most once a minute.
pub async fn touch(tx: &mut Tx, tenant: &TenantId, client_id: &ClientId, now: Timestamp) -> Result<(), DbError> {
    let query = tx.query(TOUCH_CLIENT).bind(tenant).bind(client_id).bind(now);
    query.bind(now.plus_secs(-TOUCH_SECS)).run().await.map(drop)
}

/// Puts a new secret in the place of the present one, which is good until `old_until`, too, or no more. Says whether
/// there is such a client that is not revoked.
pub async fn rotate(
    tx: &mut Tx,
    tenant: &TenantId,
    client_id: &ClientId,
    secret_hash: &str,
    old_until: Option<Timestamp>,
    now: Timestamp,
) -> Result<bool, DbError> {
    let query = tx.query(ROTATE_CLIENT_SECRET).bind(tenant).bind(client_id).bind(secret_hash);
    Ok(query.bind(old_until).bind(now).run().await? > 0)
}

/// Ends the secret before the present one; says whether there was one.
pub async fn drop_old_secret(tx: &mut Tx, tenant: &TenantId, client_id: &ClientId) -> Result<bool, DbError> {
    Ok(tx.query(DROP_OLD_CLIENT_SECRET).bind(tenant).bind(client_id).run().await? > 0)
}

/// Limits how many requests per second a client may send; says whether there is such a client that is not revoked.
pub async fn set_rate(
    tx: &mut Tx,
    tenant: &TenantId,
    client_id: &ClientId,
    rate: Option<i64>,
) -> Result<bool, DbError> {
    Ok(tx.query(SET_CLIENT_RATE).bind(tenant).bind(client_id).bind(rate).run().await? > 0)
}

/// Ends every token of a client.
pub async fn end_tokens(tx: &mut Tx, tenant: &TenantId, client_id: &ClientId) -> Result<u64, DbError> {
    tx.query(END_TOKENS_OF_CLIENT).bind(tenant).bind(client_id).run().await
}
