//! The customers whose pages an employee opened last.

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{
    ids::{CustomerId, TenantId, UserId},
    time::Timestamp,
};

statements! {
    Tenant PUT_RECENT {
        "INSERT INTO recent_customers (tenant_id, user_id, customer_id, seen_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, user_id, customer_id) DO UPDATE SET seen_at = excluded.seen_at"
    }
    Tenant LIST_RECENT {
        "SELECT customer_id FROM recent_customers WHERE tenant_id = $1 AND user_id = $2
         ORDER BY seen_at DESC, customer_id LIMIT $3"
    }
    /// Keeps the newest `$3`.
    Tenant DELETE_OLD_RECENT {
        "DELETE FROM recent_customers WHERE tenant_id = $1 AND user_id = $2 AND customer_id NOT IN (
             SELECT r.customer_id FROM recent_customers r WHERE r.tenant_id = $1 AND r.user_id = $2
             ORDER BY r.seen_at DESC, r.customer_id LIMIT $3)"
    }
}

/// The customers that a user looked at last, the latest first.
pub async fn list(db: &Db, tenant: &TenantId, user: &UserId, limit: i64) -> Result<Vec<CustomerId>, DbError> {
    let rows: Vec<(CustomerId,)> = db.query(LIST_RECENT).bind(tenant).bind(user).bind(limit).all().await?;
    Ok(rows.into_iter().map(|(customer,)| customer).collect())
}

/// Notes that a user looked at a customer, and forgets all but the latest `keep`.
pub async fn put(
    tx: &mut Tx,
    tenant: &TenantId,
    user: &UserId,
    customer: &CustomerId,
    now: Timestamp,
    keep: i64,
) -> Result<(), DbError> {
    tx.query(PUT_RECENT).bind(tenant).bind(user).bind(customer).bind(now).run().await?;
    tx.query(DELETE_OLD_RECENT).bind(tenant).bind(user).bind(keep).run().await.map(drop)
}
