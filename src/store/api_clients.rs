//! API clients: the programs that may get tokens.

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{
    ids::{ClientId, TenantId},
    time::Timestamp,
};

statements! {
    Tenant INSERT_CLIENT {
        "INSERT INTO api_clients (tenant_id, client_id, name, secret_hash, scopes, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    }
    Tenant FIND_CLIENT {
        "SELECT client_id, name, secret_hash, scopes, created_by, created_at, last_used_at, revoked_at
         FROM api_clients WHERE tenant_id = $1 AND client_id = $2"
    }
    Tenant LIST_CLIENTS {
        "SELECT client_id, name, secret_hash, scopes, created_by, created_at, last_used_at, revoked_at
         FROM api_clients WHERE tenant_id = $1 ORDER BY created_at, client_id"
    }
    /// No row is touched when the client is revoked already.
    Tenant REVOKE_CLIENT {
        "UPDATE api_clients SET revoked_at = $3 WHERE tenant_id = $1 AND client_id = $2 AND revoked_at IS NULL"
    }
    Tenant TOUCH_CLIENT { "UPDATE api_clients SET last_used_at = $3 WHERE tenant_id = $1 AND client_id = $2" }
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
    /// When it last asked for a token.
    pub last_used_at: Option<Timestamp>,
    /// Since when it gets no tokens any more.
    pub revoked_at: Option<Timestamp>,
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

/// Notes that a client asked for a token.
pub async fn touch(tx: &mut Tx, tenant: &TenantId, client_id: &ClientId, now: Timestamp) -> Result<(), DbError> {
    tx.query(TOUCH_CLIENT).bind(tenant).bind(client_id).bind(now).run().await.map(drop)
}
