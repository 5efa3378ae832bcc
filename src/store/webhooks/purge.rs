//! Deleting deliveries that were taken long ago, and what deleted endpoints left behind.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    domain::{ids::TenantId, time::Timestamp},
    store::{DbError, Tx, sql::statements},
};

statements! {
    /// Of any tenant.
    Tenant LIST_OLD_DELIVERIES {
        "SELECT tenant_id, endpoint_id, event_id FROM webhook_deliveries
         WHERE state = 'delivered' AND done_at < $1 ORDER BY done_at LIMIT $2"
    }
    /// Of any tenant. What is being sent is left for later.
    Tenant LIST_ORPHANS {
        "SELECT d.tenant_id, d.endpoint_id, d.event_id FROM webhook_endpoints e
         JOIN webhook_deliveries d ON d.tenant_id = e.tenant_id AND d.endpoint_id = e.endpoint_id
         WHERE e.deleted_at IS NOT NULL AND (d.claim IS NULL OR d.next_at <= $1) LIMIT $2"
    }
    Tenant DELETE_ATTEMPTS {
        "DELETE FROM webhook_attempts WHERE tenant_id = $2 AND (endpoint_id, event_id) IN (
             SELECT j.value ->> 0, j.value ->> 1 FROM " rows ")"
    }
    Tenant DELETE_DELIVERIES {
        "DELETE FROM webhook_deliveries WHERE tenant_id = $2 AND (endpoint_id, event_id) IN (
             SELECT j.value ->> 0, j.value ->> 1 FROM " rows ")"
    }
    /// Those of them that are delivered to nobody.
    Tenant DELETE_EVENTS {
        "DELETE FROM webhook_events WHERE tenant_id = $2 AND event_id IN (SELECT j.value ->> 1 FROM " rows ")
             AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d
                 WHERE d.tenant_id = webhook_events.tenant_id AND d.event_id = webhook_events.event_id)"
    }
    /// Of any tenant.
    Tenant DELETE_ORPHANED_ENDPOINTS {
        "DELETE FROM webhook_endpoints WHERE tenant_id IS NOT NULL AND deleted_at IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM webhook_deliveries d
             WHERE d.tenant_id = webhook_endpoints.tenant_id AND d.endpoint_id = webhook_endpoints.endpoint_id)"
    }
}

type Name = (TenantId, String, String);

/// Deletes at most `limit` deliveries that were taken before `until`; how many these are.
pub async fn old(tx: &mut Tx, until: Timestamp, limit: i64) -> Result<usize, DbError> {
    let names: Vec<Name> = tx.query(LIST_OLD_DELIVERIES).bind(until).bind(limit).all().await?;
    delete(tx, &names).await
}

/// Deletes at most `limit` deliveries to endpoints that were deleted, and the endpoints once nothing is left; how many
/// deliveries these are.
pub async fn orphans(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<usize, DbError> {
    let names: Vec<Name> = tx.query(LIST_ORPHANS).bind(now).bind(limit).all().await?;
    let deleted = delete(tx, &names).await?;
    if deleted == 0 {
        tx.query(DELETE_ORPHANED_ENDPOINTS).run().await?;
    }
    Ok(deleted)
}

async fn delete(tx: &mut Tx, names: &[Name]) -> Result<usize, DbError> {
    let mut by_tenant: BTreeMap<&TenantId, Vec<Value>> = BTreeMap::new();
    for (tenant, endpoint, event) in names {
        by_tenant.entry(tenant).or_default().push(json!([endpoint, event]));
    }
    for (tenant, rows) in by_tenant {
        let rows = Value::Array(rows).to_string();
        for sql in [DELETE_ATTEMPTS, DELETE_DELIVERIES, DELETE_EVENTS] {
            tx.query(sql).bind(&rows).bind(tenant).run().await?;
        }
    }
    Ok(names.len())
}
