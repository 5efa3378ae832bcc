//! The completed orders of a site, in the order in which they were completed.

use sqlx::FromRow;

use super::{Db, DbError, sql::statements};
use crate::domain::{
    ids::{CustomerId, OrderId, SiteCode, TenantId},
    order::snapshot::{self, Totals},
    time::Timestamp,
};

statements! {
    Tenant LIST_COMPLETED {
        "SELECT o.order_id, o.customer_id, o.totals, o.items, o.completed_at, CAST(COALESCE(o.points, 0) AS BIGINT) AS points
         FROM orders o
         WHERE o.tenant_id = $1 AND o.site_code = $2 AND o.completed_at IS NOT NULL
             AND (o.completed_at, o.order_id) > ($3, $4)
         ORDER BY o.completed_at, o.order_id LIMIT $5"
    }
}

/// A completed order, as far as its points need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completed {
    /// Its number.
    pub id: OrderId,
    /// Whose; `None` for a guest.
    pub customer: Option<CustomerId>,
    /// What it comes to.
    pub totals: Totals,
    /// When it was completed.
    pub at: Timestamp,
    /// What it earned.
    pub points: i64,
}

#[derive(FromRow)]
struct CompletedRow {
    order_id: OrderId,
    customer_id: Option<CustomerId>,
    totals: String,
    items: String,
    completed_at: Timestamp,
    points: i64,
}

impl CompletedRow {
    fn into_completed(self) -> Result<Completed, DbError> {
        let (totals, _items) = snapshot::from_stored(&self.totals, &self.items)
            .map_err(|_broken| DbError::Damaged(format!("order {}", self.order_id)))?;
        Ok(Completed {
            id: self.order_id,
            customer: self.customer_id,
            totals,
            at: self.completed_at,
            points: self.points,
        })
    }
}

/// So many completed orders of a site behind `after`: an instant, and the number of an order of that instant.
pub async fn list(
    db: &Db,
    tenant: &TenantId,
    site: &SiteCode,
    after: (Timestamp, &str),
    limit: i64,
) -> Result<Vec<Completed>, DbError> {
    let query = db.query(LIST_COMPLETED).bind(tenant).bind(site).bind(after.0).bind(after.1).bind(limit);
    query.all::<CompletedRow>().await?.into_iter().map(CompletedRow::into_completed).collect()
}
