//! Access tokens, by the SHA-256 of their text.

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{
    ids::{ClientId, CustomerId, TenantId},
    time::Timestamp,
};

statements! {
    /// The same token again is the same row: a repeated request that derives it changes nothing.
    Tenant INSERT_TOKEN {
        "INSERT INTO access_tokens (tenant_id, token_hash, kind, client_id, customer_id, scopes, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tenant_id, token_hash) DO NOTHING"
    }
    /// A token is good while it lasts and its client is not revoked.
    Tenant FIND_TOKEN {
        "SELECT t.kind, t.client_id, t.customer_id, t.scopes, t.created_at, t.expires_at, c.rate_limit
         FROM access_tokens t
         LEFT JOIN api_clients c ON c.tenant_id = t.tenant_id AND c.client_id = t.client_id
         WHERE t.tenant_id = $1 AND t.token_hash = $2 AND t.expires_at > $3 AND c.revoked_at IS NULL"
    }
    Global PURGE_TOKENS { "DELETE FROM access_tokens WHERE expires_at <= $1" }
}

/// A token as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredToken {
    /// `service` or `customer`; those of guests are not kept.
    pub kind: String,
    /// The client that got or made it; none when the command line made it.
    pub client_id: Option<ClientId>,
    /// Whose it is, for a customer's token.
    pub customer_id: Option<CustomerId>,
    /// What it may do; space separated.
    pub scopes: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A token as it is found.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct FoundToken {
    /// The token.
    #[sqlx(flatten)]
    pub token: StoredToken,
    /// Requests per second that its client may send.
    pub rate_limit: Option<i64>,
}

/// Inserts a token.
pub async fn insert(tx: &mut Tx, tenant: &TenantId, token_hash: &str, token: &StoredToken) -> Result<(), DbError> {
    tx.query(INSERT_TOKEN)
        .bind(tenant)
        .bind(token_hash)
        .bind(token.kind.as_str())
        .bind(&token.client_id)
        .bind(&token.customer_id)
        .bind(token.scopes.as_str())
        .bind(token.created_at)
        .bind(token.expires_at)
        .run()
        .await
        .map(drop)
}

/// A token that is good now.
pub async fn find(db: &Db, tenant: &TenantId, token_hash: &str, now: Timestamp) -> Result<Option<FoundToken>, DbError> {
    db.query(FIND_TOKEN).bind(tenant).bind(token_hash).bind(now).optional().await
}

/// Deletes the tokens that ended up to `until`.
pub async fn purge(db: &Db, until: Timestamp) -> Result<u64, DbError> {
    let mut tx = db.begin().await?;
    let rows = tx.query(PURGE_TOKENS).bind(until).run().await?;
    tx.commit().await?;
    Ok(rows)
}
