//! Redemptions: exchanges of points for a coupon.

use crate::{
    domain::{ids::TenantId, time::Timestamp},
    store::{DbError, Tx, sql::statements},
};

statements! {
    /// Locks the coupon, so that it is not used while its redemption is cancelled.
    Tenant LOCK_REDEMPTION {
        "SELECT r.redemption_id, r.seq, r.option_id, r.code, r.cancelled_at IS NOT NULL, c.redemption_count,
             r.created_at
         FROM redemptions r JOIN coupons c ON c.tenant_id = r.tenant_id AND c.code = r.code
         WHERE r.tenant_id = $1 AND r.account_id = $2 AND r.redemption_id = $3 " pg("FOR NO KEY UPDATE")
    }
    Tenant CANCEL_REDEMPTION {
        "UPDATE redemptions SET cancelled_at = $3 WHERE tenant_id = $1 AND redemption_id = $2"
    }
    /// With the customer, the entry that took the points, and what was bought.
    Tenant FIND_EXCHANGE {
        "SELECT r.redemption_id, a.customer_id, e.entry_id, r.option_id, o.name, r.points, r.site_code, r.created_at,
             r.cancelled_at
         FROM redemptions r
         JOIN entries e ON e.tenant_id = r.tenant_id AND e.account_id = r.account_id AND e.seq = r.seq
         JOIN accounts a ON a.tenant_id = r.tenant_id AND a.account_id = r.account_id
         JOIN options o ON o.tenant_id = r.tenant_id AND o.option_id = r.option_id
         WHERE r.tenant_id = $1 AND r.redemption_id = $2"
    }
}

/// An exchange of points for a coupon, locked for its cancellation.
#[derive(Clone, Debug)]
pub struct Redemption {
    /// Its id.
    pub redemption_id: String,
    /// The entry that took the points.
    pub seq: i64,
    /// What was bought.
    pub option_id: String,
    /// The coupon.
    pub code: String,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// How often the coupon was used.
    pub uses: i64,
    /// When it was bought.
    pub created_at: Timestamp,
}

/// Where a coupon came from.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Exchange {
    /// The redemption's id.
    pub redemption_id: String,
    /// Who gave the points.
    pub customer_id: String,
    /// The entry that took them.
    pub entry_id: String,
    /// What was bought.
    pub option_id: String,
    /// What that is called.
    #[sqlx(rename = "name")]
    pub option_name: String,
    /// What it cost.
    pub points: i64,
    /// On which site.
    pub site_code: String,
    /// When.
    pub created_at: Timestamp,
    /// When the points came back.
    pub cancelled_at: Option<Timestamp>,
}

/// A redemption of an account, under a lock.
pub async fn lock_redemption(
    tx: &mut Tx,
    tenant: &TenantId,
    account_id: i64,
    id: &str,
) -> Result<Option<Redemption>, DbError> {
    let query = tx.query(LOCK_REDEMPTION).bind(tenant).bind(account_id).bind(id);
    let row = query.optional::<(String, i64, String, String, bool, i64, Timestamp)>().await?;
    Ok(row.map(|(redemption_id, seq, option_id, code, cancelled, uses, created_at)| Redemption {
        redemption_id,
        seq,
        option_id,
        code,
        cancelled,
        uses,
        created_at,
    }))
}

/// Marks a redemption as cancelled, and deletes its coupon.
pub async fn cancel_redemption(
    tx: &mut Tx,
    tenant: &TenantId,
    redemption: &Redemption,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.query(CANCEL_REDEMPTION).bind(tenant).bind(&redemption.redemption_id).bind(now).run().await?;
    super::delete(tx, tenant, &redemption.code, now).await.map(drop)
}

/// Where a coupon came from that was bought with points.
pub async fn find_exchange(tx: &mut Tx, tenant: &TenantId, redemption_id: &str) -> Result<Option<Exchange>, DbError> {
    tx.query(FIND_EXCHANGE).bind(tenant).bind(redemption_id).optional().await
}
