//! Finding accounts in which lots have ended.

use super::{Db, DbError, sql::statements};
use crate::domain::{
    ids::{CustomerId, TenantId},
    time::Timestamp,
};

statements! {
    /// Tenant by tenant, so that the index by tenant and end serves.
    Tenant LIST_DUE {
        "SELECT DISTINCT a.tenant_id, a.customer_id FROM tenants t
         CROSS JOIN lots l
         JOIN accounts a ON a.tenant_id = l.tenant_id AND a.account_id = l.account_id
         WHERE l.tenant_id = t.tenant_id AND l.remaining > 0 AND l.valid_until <= $1 LIMIT $2"
    }
}

/// Accounts, of any tenant, with lots that ended by `until` and still have points.
pub async fn due(db: &Db, until: Timestamp, limit: i64) -> Result<Vec<(TenantId, CustomerId)>, DbError> {
    db.query(LIST_DUE).bind(until).bind(limit).all().await
}
