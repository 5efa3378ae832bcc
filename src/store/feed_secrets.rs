//! The secrets with which shops sign what they send, sealed.

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{feed::Feed, ids::TenantId, time::Timestamp};

statements! {
    /// No row is written when somebody else took the slot.
    Tenant INSERT_SECRET {
        "INSERT INTO feed_secrets (tenant_id, secret_id, feed, slot, sealed, hint, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING"
    }
    Tenant LIST_SECRETS {
        "SELECT secret_id, feed, slot, sealed, hint, created_by, created_at, last_used_at FROM feed_secrets
         WHERE tenant_id = $1 ORDER BY feed, created_at, secret_id"
    }
    Tenant LIST_FEED_SECRETS {
        "SELECT secret_id, feed, slot, sealed, hint, created_by, created_at, last_used_at FROM feed_secrets
         WHERE tenant_id = $1 AND feed = $2 ORDER BY created_at, secret_id"
    }
    Tenant DELETE_SECRET { "DELETE FROM feed_secrets WHERE tenant_id = $1 AND secret_id = $2" }
    /// Once in a while is enough: no row is touched when it was noted after $4.
    Tenant TOUCH_SECRET {
        "UPDATE feed_secrets SET last_used_at = $3
         WHERE tenant_id = $1 AND secret_id = $2 AND (last_used_at IS NULL OR last_used_at < $4)"
    }
}

/// A secret of a feed.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct FeedSecret {
    /// Which one.
    pub secret_id: String,
    #[sqlx(try_from = "String")]
    /// Of which feed.
    pub feed: Feed,
    /// Which of the two places of its feed it has: 1 or 2.
    pub slot: i64,
    /// The secret, sealed.
    pub sealed: String,
    /// Its last characters.
    pub hint: String,
    /// The id of who made it.
    pub created_by: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When a message was last signed with it, to the hour.
    pub last_used_at: Option<Timestamp>,
}

impl TryFrom<String> for Feed {
    type Error = crate::domain::invalid::Invalid;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

/// Keeps a secret; says whether its slot was free.
pub async fn insert(tx: &mut Tx, tenant: &TenantId, secret: &FeedSecret) -> Result<bool, DbError> {
    let written = tx
        .query(INSERT_SECRET)
        .bind(tenant)
        .bind(&secret.secret_id)
        .bind(secret.feed.as_str())
        .bind(secret.slot)
        .bind(&secret.sealed)
        .bind(&secret.hint)
        .bind(&secret.created_by)
        .bind(secret.created_at)
        .run()
        .await?;
    Ok(written > 0)
}

/// The secrets of both feeds of a tenant.
pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<FeedSecret>, DbError> {
    db.query(LIST_SECRETS).bind(tenant).all().await
}

/// The same within a transaction.
pub async fn list_in(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<FeedSecret>, DbError> {
    tx.query(LIST_SECRETS).bind(tenant).all().await
}

/// The secrets of one feed of a tenant, the oldest first.
pub async fn list_of(db: &Db, tenant: &TenantId, feed: Feed) -> Result<Vec<FeedSecret>, DbError> {
    db.query(LIST_FEED_SECRETS).bind(tenant).bind(feed.as_str()).all().await
}

/// Forgets a secret; says whether there was one.
pub async fn delete(tx: &mut Tx, tenant: &TenantId, secret_id: &str) -> Result<bool, DbError> {
    Ok(tx.query(DELETE_SECRET).bind(tenant).bind(secret_id).run().await? > 0)
}

/// Notes that a secret signed a message, unless that was noted after `unless_after`.
pub async fn touch(
    tx: &mut Tx,
    tenant: &TenantId,
    secret_id: &str,
    now: Timestamp,
    unless_after: Timestamp,
) -> Result<(), DbError> {
    tx.query(TOUCH_SECRET).bind(tenant).bind(secret_id).bind(now).bind(unless_after).run().await.map(drop)
}
