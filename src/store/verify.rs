//! Reading the whole ledger for its proof: pages of accounts with everything that belongs to them.

use sqlx::FromRow;

use super::{
    DbError, Tx,
    ledger::rows::{AccountRow, EntryRow, LotOfRow, UsageRow, account_columns, entry_columns},
    orders,
    sql::statements,
};
use crate::domain::{
    ids::TenantId,
    ledger::{Account, Lot, entry::Entry},
    order::Order,
};

statements! {
    Tenant LIST_TENANTS { "SELECT tenants.tenant_id FROM tenants ORDER BY tenants.tenant_id" }
    Tenant PAGE_ACCOUNTS {
        "SELECT " [account_columns] " FROM accounts a
         WHERE a.tenant_id = $1 AND a.account_id > $2 ORDER BY a.account_id LIMIT $3"
    }
    Tenant PAGE_ENTRIES {
        "SELECT " [entry_columns] " FROM entries e
         WHERE e.tenant_id = $1 AND e.account_id > $2 AND e.account_id <= $3 ORDER BY e.account_id, e.seq"
    }
    Tenant PAGE_USAGES {
        "SELECT account_id, seq, lot_seq, points FROM usages
         WHERE tenant_id = $1 AND account_id > $2 AND account_id <= $3 ORDER BY account_id, seq, lot_seq"
    }
    Tenant PAGE_LOTS {
        "SELECT account_id, seq, points, remaining, available_from, valid_until FROM lots
         WHERE tenant_id = $1 AND account_id > $2 AND account_id <= $3 ORDER BY account_id, seq"
    }
    Tenant PAGE_REDEMPTIONS {
        "SELECT r.account_id, r.redemption_id, r.seq, r.option_id, r.points, r.code, c.redemption_id AS coupon_of,
             r.cancelled_at IS NOT NULL AS cancelled
         FROM redemptions r LEFT JOIN coupons c ON c.tenant_id = r.tenant_id AND c.code = r.code
         WHERE r.tenant_id = $1 AND r.account_id > $2 AND r.account_id <= $3 ORDER BY r.account_id, r.seq"
    }
    Tenant LIST_ORPHAN_COUPONS {
        "SELECT c.code FROM coupons c
         WHERE c.tenant_id = $1 AND c.redemption_id IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM redemptions r WHERE r.tenant_id = c.tenant_id AND r.code = c.code
                 AND r.redemption_id = c.redemption_id)
         ORDER BY c.code LIMIT $2"
    }
    Tenant LIST_MISCOUNTED_OPTIONS {
        "SELECT o.option_id, o.redeemed, COUNT(r.redemption_id) FROM options o
         LEFT JOIN redemptions r ON r.tenant_id = o.tenant_id AND r.option_id = o.option_id AND r.cancelled_at IS NULL
         WHERE o.tenant_id = $1 AND o.stock IS NOT NULL
         GROUP BY o.option_id, o.redeemed HAVING o.redeemed <> COUNT(r.redemption_id) ORDER BY o.option_id"
    }
    Tenant LIST_MISCOUNTED_COUPONS {
        "SELECT c.code, c.redemption_count, c.uses_before + COUNT(u.coupon_redemption_id) FROM coupons c
         LEFT JOIN coupon_redemptions u ON u.tenant_id = c.tenant_id AND u.code = c.code AND u.deleted_at IS NULL
         WHERE c.tenant_id = $1
         GROUP BY c.code, c.redemption_count, c.uses_before
         HAVING c.redemption_count <> c.uses_before + COUNT(u.coupon_redemption_id)
         ORDER BY c.code LIMIT $2"
    }
    Tenant LIST_UNGIVEN_ORDERS {
        "SELECT o.order_id, o.points FROM orders o
         WHERE o.tenant_id = $1 AND o.points > 0 AND o.customer_id IS NOT NULL AND o.account_id IS NULL
         ORDER BY o.order_id LIMIT $2"
    }
    /// Rows without the account, entry or tenant that they belong to.
    Tenant COUNT_STRAYS {
        "SELECT
           (SELECT COUNT(*) FROM entries e WHERE e.tenant_id = $1 AND NOT EXISTS (
               SELECT 1 FROM accounts a WHERE a.tenant_id = e.tenant_id AND a.account_id = e.account_id)),
           (SELECT COUNT(*) FROM lots l WHERE l.tenant_id = $1 AND NOT EXISTS (
               SELECT 1 FROM entries e WHERE e.tenant_id = l.tenant_id AND e.account_id = l.account_id AND e.seq = l.seq)),
           (SELECT COUNT(*) FROM usages u WHERE u.tenant_id = $1 AND NOT EXISTS (
               SELECT 1 FROM entries e WHERE e.tenant_id = u.tenant_id AND e.account_id = u.account_id AND e.seq = u.seq))"
    }
}

/// A redemption, with the redemption that its coupon names.
#[derive(Debug, FromRow)]
pub struct KeptRedemption {
    /// Whose.
    pub account_id: i64,
    /// Its id.
    pub redemption_id: String,
    /// The entry that took the points.
    pub seq: i64,
    /// What was bought.
    pub option_id: String,
    /// What it cost.
    pub points: i64,
    /// The coupon.
    pub code: String,
    /// The redemption that the coupon names; `None` when the coupon is missing.
    pub coupon_of: Option<String>,
    /// Whether its points were given back.
    pub cancelled: bool,
}

/// Accounts with everything that belongs to them.
#[derive(Debug, Default)]
pub struct Page {
    /// In the order of their numbers.
    pub accounts: Vec<Account>,
    /// With the lots they took from.
    pub entries: Vec<(i64, Entry)>,
    /// By account.
    pub lots: Vec<(i64, Lot)>,
    /// By account.
    pub redemptions: Vec<KeptRedemption>,
    /// Those whose points the accounts got.
    pub orders: Vec<(i64, Order)>,
}

/// Every tenant.
pub async fn tenants(tx: &mut Tx) -> Result<Vec<TenantId>, DbError> {
    Ok(tx.query(LIST_TENANTS).all::<(TenantId,)>().await?.into_iter().map(|(tenant,)| tenant).collect())
}

/// The next `limit` accounts behind the number `after`.
pub async fn page(tx: &mut Tx, tenant: &TenantId, after: i64, limit: i64) -> Result<Page, DbError> {
    let rows = tx.query(PAGE_ACCOUNTS).bind(tenant).bind(after).bind(limit).all::<AccountRow>().await?;
    let accounts: Vec<Account> = rows.into_iter().map(Account::from).collect();
    let Some(last) = accounts.last().map(|account| account.account_id) else { return Ok(Page::default()) };
    let entries = tx.query(PAGE_ENTRIES).bind(tenant).bind(after).bind(last).all::<EntryRow>().await?;
    let usages = tx.query(PAGE_USAGES).bind(tenant).bind(after).bind(last).all::<UsageRow>().await?;
    let lots = tx.query(PAGE_LOTS).bind(tenant).bind(after).bind(last).all::<LotOfRow>().await?;
    let redemptions = tx.query(PAGE_REDEMPTIONS).bind(tenant).bind(after).bind(last).all().await?;
    let orders = orders::page(tx, tenant, after, last).await?;
    let whose: Vec<i64> = entries.iter().map(|row| row.account_id).collect();
    let entries = super::ledger::read::join(entries, &usages)?;
    let lots = lots.into_iter().map(LotOfRow::into_lot).collect();
    Ok(Page { accounts, entries: whose.into_iter().zip(entries).collect(), lots, redemptions, orders })
}

/// What is off with a tenant's coupons, options, orders and stray rows, in words.
pub async fn tenant_problems(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<String>, DbError> {
    const NAMED_MAX: i64 = 100;
    let mut problems = Vec::new();
    for (code,) in tx.query(LIST_ORPHAN_COUPONS).bind(tenant).bind(NAMED_MAX).all::<(String,)>().await? {
        problems.push(format!("coupon {code} names a redemption that is missing"));
    }
    let options = tx.query(LIST_MISCOUNTED_OPTIONS).bind(tenant).all::<(String, i64, i64)>().await?;
    for (id, said, counted) in options {
        problems.push(format!("option {id} says it was redeemed {said} times; there are {counted} redemptions"));
    }
    let coupons = tx.query(LIST_MISCOUNTED_COUPONS).bind(tenant).bind(NAMED_MAX).all::<(String, i64, i64)>().await?;
    for (code, said, counted) in coupons {
        problems.push(format!("coupon {code} says it was used {said} times; there are {counted} uses"));
    }
    let orders = tx.query(LIST_UNGIVEN_ORDERS).bind(tenant).bind(NAMED_MAX).all::<(String, i64)>().await?;
    for (id, points) in orders {
        problems.push(format!("order {id} earned {points} points, which its customer did not get"));
    }
    let (entries, lots, usages) = tx.query(COUNT_STRAYS).bind(tenant).one::<(i64, i64, i64)>().await?;
    for (count, what) in [
        (entries, "entries without their account"),
        (lots, "lots without their entry"),
        (usages, "usages without their entry"),
    ] {
        if count > 0 {
            problems.push(format!("there are {count} {what}"));
        }
    }
    Ok(problems)
}
