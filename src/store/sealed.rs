//! Everything that is sealed with the installation's keys, wherever it stands, so that it can be sealed anew.
//!
//! A value is replaced only while it is the one that was read: what a server writes meanwhile stays.

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{
    feed::Feed,
    ids::{TenantId, UserId},
    sealed::Place,
    time::Timestamp,
};

statements! {
    Global LIST_SEALED_FACTORS {
        "SELECT user_id, secret FROM second_factors WHERE user_id > $1 ORDER BY user_id LIMIT $2"
    }
    /// Of all tenants.
    Tenant LIST_SEALED_FEEDS {
        "SELECT tenant_id, secret_id, feed, sealed FROM feed_secrets WHERE (tenant_id, secret_id) > ($1, $2)
         ORDER BY tenant_id, secret_id LIMIT $3"
    }
    /// Of all tenants. Those of an endpoint that was deleted are gone; what ended before $4 is not read any more.
    Tenant LIST_SEALED_ENDPOINTS {
        "SELECT tenant_id, endpoint_id, secret, CASE WHEN old_secret_until > $4 THEN old_secret END
         FROM webhook_endpoints
         WHERE (tenant_id, endpoint_id) > ($1, $2) AND deleted_at IS NULL
         ORDER BY tenant_id, endpoint_id LIMIT $3"
    }
    Global LIST_SEALED_SETTINGS {
        "SELECT name, value FROM server_settings WHERE name > $1 AND name LIKE 'recovery_key %' ORDER BY name LIMIT $2"
    }
    Global RESEAL_FACTOR { "UPDATE second_factors SET secret = $3 WHERE user_id = $1 AND secret = $2" }
    Tenant RESEAL_FEED {
        "UPDATE feed_secrets SET sealed = $4 WHERE tenant_id = $1 AND secret_id = $2 AND sealed = $3"
    }
    Tenant RESEAL_ENDPOINT {
        "UPDATE webhook_endpoints SET secret = $4 WHERE tenant_id = $1 AND endpoint_id = $2 AND secret = $3"
    }
    Tenant RESEAL_ENDPOINT_OLD {
        "UPDATE webhook_endpoints SET old_secret = $4 WHERE tenant_id = $1 AND endpoint_id = $2 AND old_secret = $3"
    }
    Global RESEAL_SETTING { "UPDATE server_settings SET value = $3 WHERE name = $1 AND value = $2" }
    /// With what is sealed within a transaction.
    Global LIST_RECOVERY_KEYS { "SELECT name, value FROM server_settings WHERE name LIKE 'recovery_key %' ORDER BY name" }
}

/// What the settings with the retired keys of recovery codes are called: this, and the name of the key.
const RECOVERY_KEY: &str = "recovery_key ";

/// A sealed value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedValue {
    /// Where it stands.
    pub place: Place,
    /// As it stands there.
    pub sealed: String,
}

/// How far somebody has come in reading all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// After the factor of this user.
    Factors(String),
    /// After this secret of this tenant's feeds.
    Feeds(String, String),
    /// After this endpoint of this tenant.
    Endpoints(String, String),
    /// After this setting.
    Settings(String),
}

impl Cursor {
    /// Before the first.
    pub fn start() -> Self {
        Self::Factors(String::new())
    }
}

/// Values, and where to go on; `None` at the end.
type Page = (Vec<SealedValue>, Option<Cursor>);

/// The values of the next `limit` rows that are good at `now`. A page may be empty before the end.
pub async fn page(db: &Db, from: &Cursor, now: Timestamp, limit: i64) -> Result<Page, DbError> {
    match from {
        Cursor::Factors(after) => factors(db, after, limit).await,
        Cursor::Feeds(tenant, after) => feeds(db, tenant, after, limit).await,
        Cursor::Endpoints(tenant, after) => endpoints(db, (tenant, after), now, limit).await,
        Cursor::Settings(after) => settings(db, after, limit).await,
    }
}

async fn factors(db: &Db, after: &str, limit: i64) -> Result<Page, DbError> {
    let rows: Vec<(UserId, String)> = db.query(LIST_SEALED_FACTORS).bind(after).bind(limit).all().await?;
    let next = rows.last().map(|(user, _)| Cursor::Factors(user.to_string()));
    let values = rows.into_iter().map(|(user, sealed)| SealedValue { place: Place::SecondFactor(user), sealed });
    Ok((values.collect(), next.or_else(|| Some(Cursor::Feeds(String::new(), String::new())))))
}

async fn feeds(db: &Db, tenant: &str, after: &str, limit: i64) -> Result<Page, DbError> {
    let query = db.query(LIST_SEALED_FEEDS).bind(tenant).bind(after).bind(limit);
    let rows: Vec<(TenantId, String, String, String)> = query.all().await?;
    let next = rows.last().map(|(tenant, id, ..)| Cursor::Feeds(tenant.to_string(), id.clone()));
    let mut values = Vec::with_capacity(rows.len());
    for (tenant, secret_id, feed, sealed) in rows {
        let feed = Feed::parse(&feed).map_err(|error| DbError::Damaged(error.to_string()))?;
        values.push(SealedValue { place: Place::FeedSecret { tenant, feed, secret_id }, sealed });
    }
    Ok((values, next.or_else(|| Some(Cursor::Endpoints(String::new(), String::new())))))
}

async fn endpoints(db: &Db, after: (&str, &str), now: Timestamp, limit: i64) -> Result<Page, DbError> {
    let query = db.query(LIST_SEALED_ENDPOINTS).bind(after.0).bind(after.1).bind(limit).bind(now);
    let rows: Vec<(TenantId, String, String, Option<String>)> = query.all().await?;
    let next = rows.last().map(|(tenant, id, ..)| Cursor::Endpoints(tenant.to_string(), id.clone()));
    let mut values = Vec::with_capacity(rows.len());
    for (tenant, endpoint_id, secret, old_secret) in rows {
        let of = |before| Place::Webhook { tenant: tenant.clone(), endpoint_id: endpoint_id.clone(), before };
        values.push(SealedValue { place: of(false), sealed: secret });
        values.extend(old_secret.map(|sealed| SealedValue { place: of(true), sealed }));
    }
    Ok((values, next.or_else(|| Some(Cursor::Settings(String::new())))))
}

async fn settings(db: &Db, after: &str, limit: i64) -> Result<Page, DbError> {
    let rows: Vec<(String, String)> = db.query(LIST_SEALED_SETTINGS).bind(after).bind(limit).all().await?;
    let next = rows.last().map(|(name, _)| Cursor::Settings(name.clone()));
    Ok((rows.into_iter().map(recovery_key).collect(), next))
}

fn recovery_key((name, sealed): (String, String)) -> SealedValue {
    let key = name.strip_prefix(RECOVERY_KEY).unwrap_or_default().to_owned();
    SealedValue { place: Place::RecoveryKey { key }, sealed }
}

/// Puts `sealed` in the place of a value that was read; says whether it still stood there.
pub async fn replace(tx: &mut Tx, read: &SealedValue, sealed: &str) -> Result<bool, DbError> {
    let query = match &read.place {
        Place::SecondFactor(user) => tx.query(RESEAL_FACTOR).bind(user),
        Place::FeedSecret { tenant, secret_id, .. } => tx.query(RESEAL_FEED).bind(tenant).bind(secret_id),
        Place::Webhook { tenant, endpoint_id, before } => {
            let statement = if *before { RESEAL_ENDPOINT_OLD } else { RESEAL_ENDPOINT };
            tx.query(statement).bind(tenant).bind(endpoint_id)
        }
        Place::RecoveryKey { key } => tx.query(RESEAL_SETTING).bind(format!("{RECOVERY_KEY}{key}")),
    };
    Ok(query.bind(&read.sealed).bind(sealed).run().await? > 0)
}

/// The retired keys of recovery codes, sealed.
pub async fn recovery_keys(tx: &mut Tx) -> Result<Vec<SealedValue>, DbError> {
    let rows: Vec<(String, String)> = tx.query(LIST_RECOVERY_KEYS).all().await?;
    Ok(rows.into_iter().map(recovery_key).collect())
}

/// Keeps the key of the recovery codes that the key called `key` signed, unless it is kept already.
pub async fn keep_recovery_key(tx: &mut Tx, key: &str, sealed: &str) -> Result<(), DbError> {
    super::server_settings::insert(tx, &format!("{RECOVERY_KEY}{key}"), sealed).await
}
