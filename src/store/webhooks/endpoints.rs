//! Where a tenant wants to be told what happens.

use serde_json::json;

use super::outbox::event_types;
use crate::{
    domain::{
        endpoint::{EndpointDraft, EndpointUrl, PausedBy},
        ids::TenantId,
        time::Timestamp,
    },
    store::{Db, DbError, Tx, sql::statements},
};

/// The columns of [`EndpointRow`], in order.
macro_rules! endpoint_columns {
    () => {
        "e.tenant_id, e.endpoint_id, e.url, e.description, e.event_types, e.secret, e.old_secret, e.old_secret_until,
         e.paused_at, e.paused_by, e.failures, e.last_success_at, e.last_failure_at, e.last_error, e.version,
         e.created_by, e.created_at FROM webhook_endpoints e"
    };
}
pub(super) use endpoint_columns;

statements! {
    Tenant INSERT_ENDPOINT {
        "INSERT INTO webhook_endpoints (tenant_id, endpoint_id, url, description, event_types, secret, failures, version,
             created_by, created_at, modified_at)
         VALUES ($1, $2, $3, $4, $5, $6, 0, 1, $7, $8, $8)"
    }
    Tenant LIST_ENDPOINTS {
        "SELECT " [endpoint_columns] " WHERE e.tenant_id = $1 AND e.deleted_at IS NULL ORDER BY e.created_at, e.endpoint_id"
    }
    Tenant GET_ENDPOINT {
        "SELECT " [endpoint_columns] " WHERE e.tenant_id = $1 AND e.endpoint_id = $2 AND e.deleted_at IS NULL"
    }
    Tenant LOCK_ENDPOINT {
        "SELECT " [endpoint_columns] " WHERE e.tenant_id = $1 AND e.endpoint_id = $2 AND e.deleted_at IS NULL "
        pg("FOR NO KEY UPDATE")
    }
    Tenant COUNT_ENDPOINTS { "SELECT COUNT(*) FROM webhook_endpoints WHERE tenant_id = $1 AND deleted_at IS NULL" }
    Tenant UPDATE_ENDPOINT {
        "UPDATE webhook_endpoints SET url = $3, description = $4, event_types = $5, version = version + 1,
             modified_at = $6
         WHERE tenant_id = $1 AND endpoint_id = $2"
    }
    Tenant PAUSE_ENDPOINT {
        "UPDATE webhook_endpoints SET paused_at = $3, paused_by = $4 WHERE tenant_id = $1 AND endpoint_id = $2"
    }
    /// What failed before counts no more.
    Tenant RESUME_ENDPOINT {
        "UPDATE webhook_endpoints SET paused_at = NULL, paused_by = NULL, failures = 0
         WHERE tenant_id = $1 AND endpoint_id = $2"
    }
    Tenant ROTATE_SECRET {
        "UPDATE webhook_endpoints SET old_secret = secret, old_secret_until = $4, secret = $3
         WHERE tenant_id = $1 AND endpoint_id = $2"
    }
    Tenant DROP_OLD_SECRET {
        "UPDATE webhook_endpoints SET old_secret = NULL, old_secret_until = NULL
         WHERE tenant_id = $1 AND endpoint_id = $2"
    }
    /// The secrets go at once.
    Tenant DELETE_ENDPOINT {
        "UPDATE webhook_endpoints SET deleted_at = $3, secret = '', old_secret = NULL, old_secret_until = NULL
         WHERE tenant_id = $1 AND endpoint_id = $2"
    }
    Tenant COUNT_BY_STATE {
        "SELECT endpoint_id, CAST(SUM(CASE WHEN state = 'pending' THEN 1 ELSE 0 END) AS BIGINT),
             CAST(SUM(CASE WHEN state = 'parked' THEN 1 ELSE 0 END) AS BIGINT)
         FROM (SELECT endpoint_id, state FROM webhook_deliveries WHERE tenant_id = $1 AND state = 'pending'
               UNION ALL
               SELECT endpoint_id, state FROM webhook_deliveries WHERE tenant_id = $1 AND state = 'parked') AS open
         GROUP BY endpoint_id"
    }
    Global COUNT_ALL_DELIVERIES {
        "SELECT (SELECT COUNT(*) FROM webhook_deliveries WHERE state = 'pending'),
             (SELECT COUNT(*) FROM webhook_deliveries WHERE state = 'parked')"
    }
    /// Since when the oldest delivery is due to an endpoint that is not paused.
    Global FIND_OLDEST_DUE_DELIVERY {
        "SELECT MIN(d.next_at) FROM webhook_deliveries d
         JOIN webhook_endpoints e ON e.tenant_id = d.tenant_id AND e.endpoint_id = d.endpoint_id
         WHERE d.state = 'pending' AND e.paused_at IS NULL AND e.deleted_at IS NULL"
    }
}

/// An endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Whose.
    pub tenant: TenantId,
    /// Which one.
    pub id: String,
    /// Where to, what for, and what is wanted.
    pub draft: EndpointDraft,
    /// Its secret, sealed.
    pub secret: String,
    /// The secret before, sealed, and until when it signs, too.
    pub old_secret: Option<(String, Timestamp)>,
    /// Since when nothing is sent, and by whose doing.
    pub paused: Option<(Timestamp, PausedBy)>,
    /// Failed tries since the last that was taken.
    pub failures: i64,
    /// The last try that was taken.
    pub last_success_at: Option<Timestamp>,
    /// The last that failed, and why.
    pub last_failure: Option<(Timestamp, String)>,
    /// From 1, one more with every change of the draft.
    pub version: i64,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
}

#[derive(sqlx::FromRow)]
pub(super) struct EndpointRow {
    tenant_id: TenantId,
    endpoint_id: String,
    url: String,
    description: String,
    event_types: String,
    secret: String,
    old_secret: Option<String>,
    old_secret_until: Option<Timestamp>,
    paused_at: Option<Timestamp>,
    paused_by: Option<String>,
    failures: i64,
    last_success_at: Option<Timestamp>,
    last_failure_at: Option<Timestamp>,
    last_error: Option<String>,
    version: i64,
    created_by: String,
    created_at: Timestamp,
}

impl From<EndpointRow> for Endpoint {
    fn from(row: EndpointRow) -> Self {
        let draft = EndpointDraft {
            url: EndpointUrl::kept(row.url),
            description: row.description,
            event_types: event_types(&row.event_types).into_iter().collect(),
        };
        Self {
            tenant: row.tenant_id,
            id: row.endpoint_id,
            draft,
            secret: row.secret,
            old_secret: row.old_secret.zip(row.old_secret_until),
            paused: row.paused_at.zip(row.paused_by.as_deref().map(PausedBy::of)),
            failures: row.failures,
            last_success_at: row.last_success_at,
            last_failure: row.last_failure_at.map(|at| (at, row.last_error.unwrap_or_default())),
            version: row.version,
            created_by: row.created_by,
            created_at: row.created_at,
        }
    }
}

fn types_text(draft: &EndpointDraft) -> String {
    json!(draft.event_types.iter().map(|one| one.as_str()).collect::<Vec<_>>()).to_string()
}

/// Inserts a new endpoint.
pub async fn insert(tx: &mut Tx, endpoint: &Endpoint) -> Result<(), DbError> {
    tx.query(INSERT_ENDPOINT)
        .bind(&endpoint.tenant)
        .bind(&endpoint.id)
        .bind(endpoint.draft.url.as_str())
        .bind(&endpoint.draft.description)
        .bind(types_text(&endpoint.draft))
        .bind(&endpoint.secret)
        .bind(&endpoint.created_by)
        .bind(endpoint.created_at)
        .run()
        .await
        .map(drop)
}

/// The endpoints of a tenant, the oldest first.
pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<Endpoint>, DbError> {
    Ok(db.query(LIST_ENDPOINTS).bind(tenant).all::<EndpointRow>().await?.into_iter().map(Endpoint::from).collect())
}

/// An endpoint.
pub async fn find(db: &Db, tenant: &TenantId, id: &str) -> Result<Option<Endpoint>, DbError> {
    Ok(db.query(GET_ENDPOINT).bind(tenant).bind(id).optional::<EndpointRow>().await?.map(Endpoint::from))
}

/// An endpoint, which nobody else changes until the transaction ends.
pub async fn lock(tx: &mut Tx, tenant: &TenantId, id: &str) -> Result<Option<Endpoint>, DbError> {
    Ok(tx.query(LOCK_ENDPOINT).bind(tenant).bind(id).optional::<EndpointRow>().await?.map(Endpoint::from))
}

/// How many endpoints a tenant has.
pub async fn count(tx: &mut Tx, tenant: &TenantId) -> Result<i64, DbError> {
    Ok(tx.query(COUNT_ENDPOINTS).bind(tenant).one::<(i64,)>().await?.0)
}

/// Changes what an endpoint is.
pub async fn update(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &str,
    draft: &EndpointDraft,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.query(UPDATE_ENDPOINT)
        .bind(tenant)
        .bind(id)
        .bind(draft.url.as_str())
        .bind(&draft.description)
        .bind(types_text(draft))
        .bind(now)
        .run()
        .await
        .map(drop)
}

/// Writes and sends nothing for an endpoint from now on.
pub async fn pause(tx: &mut Tx, tenant: &TenantId, id: &str, by: PausedBy, now: Timestamp) -> Result<(), DbError> {
    tx.query(PAUSE_ENDPOINT).bind(tenant).bind(id).bind(now).bind(by.as_str()).run().await.map(drop)
}

/// Ends a pause.
pub async fn resume(tx: &mut Tx, tenant: &TenantId, id: &str) -> Result<(), DbError> {
    tx.query(RESUME_ENDPOINT).bind(tenant).bind(id).run().await.map(drop)
}

/// Signs with another secret from now on, and with the one before until `until`.
pub async fn rotate(tx: &mut Tx, tenant: &TenantId, id: &str, secret: &str, until: Timestamp) -> Result<(), DbError> {
    tx.query(ROTATE_SECRET).bind(tenant).bind(id).bind(secret).bind(until).run().await.map(drop)
}

/// Signs with one secret only.
pub async fn drop_old_secret(tx: &mut Tx, tenant: &TenantId, id: &str) -> Result<(), DbError> {
    tx.query(DROP_OLD_SECRET).bind(tenant).bind(id).run().await.map(drop)
}

/// Deletes an endpoint; what was written for it is not sent any more.
pub async fn delete(tx: &mut Tx, tenant: &TenantId, id: &str, now: Timestamp) -> Result<(), DbError> {
    tx.query(DELETE_ENDPOINT).bind(tenant).bind(id).bind(now).run().await.map(drop)
}

/// How many deliveries of each endpoint wait, and how many are parked; endpoints without either are left out.
pub async fn open_deliveries(db: &Db, tenant: &TenantId) -> Result<Vec<(String, i64, i64)>, DbError> {
    db.query(COUNT_BY_STATE).bind(tenant).all().await
}

/// How many deliveries wait, and how many are parked, of all tenants.
pub async fn open_deliveries_of_all(db: &Db) -> Result<(i64, i64), DbError> {
    db.query(COUNT_ALL_DELIVERIES).one().await
}

/// Since when the oldest delivery of all tenants is due; `None` when nothing waits.
pub async fn oldest_due_of_all(db: &Db) -> Result<Option<Timestamp>, DbError> {
    Ok(db.query(FIND_OLDEST_DUE_DELIVERY).one::<(Option<Timestamp>,)>().await?.0)
}
