//! Redemption options.

use sqlx::FromRow;

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{
    coupon::CouponTemplate,
    ids::{SiteCode, TenantId},
    option::{OptionDraft, RedeemOption},
    points::Points,
    returned_coupon::WhenReturned,
    time::Timestamp,
};

macro_rules! option_columns {
    () => {
        "option_id, position, version, name, description, points, points_after_coupon, coupon, active, active_from,
         active_until, stock, redeemed, per_customer, sites, coupon_lifetime_days, bound_to_customer, when_returned, names,
         created_at, modified_at, archived_at FROM options"
    };
}

statements! {
    Tenant GET_OPTION { "SELECT " [option_columns] " WHERE tenant_id = $1 AND option_id = $2" }
    Tenant LOCK_OPTION {
        "SELECT " [option_columns] " WHERE tenant_id = $1 AND option_id = $2 " pg("FOR NO KEY UPDATE")
    }
    /// Holds off a change of the option, not other readers.
    Tenant HOLD_OPTION { "SELECT " [option_columns] " WHERE tenant_id = $1 AND option_id = $2 " pg("FOR SHARE") }
    /// Archived ones last.
    Tenant LIST_OPTIONS {
        "SELECT " [option_columns] " WHERE tenant_id = $1 ORDER BY archived_at IS NOT NULL, position, option_id"
    }
    Tenant INSERT_OPTION {
        "INSERT INTO options (tenant_id, option_id, position, version, name, description, points, points_after_coupon,
             coupon, active, active_from, active_until, stock, redeemed, per_customer, sites, coupon_lifetime_days,
             bound_to_customer, names, created_at, modified_at, archived_at, when_returned)
         VALUES ($1, $2, (SELECT COALESCE(MAX(o.position), 0) + 1 FROM options o WHERE o.tenant_id = $1), 1,
             $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13, $14, $15, $16, $17, $17, NULL, $18)
         ON CONFLICT DO NOTHING"
    }
    Tenant UPDATE_OPTION {
        "UPDATE options SET version = version + 1, name = $3, description = $4, points = $5, points_after_coupon = $6,
             coupon = $7, active = $8, active_from = $9, active_until = $10, stock = $11, per_customer = $12,
             sites = $13, coupon_lifetime_days = $14, bound_to_customer = $15, names = $16, modified_at = $17,
             when_returned = $18
         WHERE tenant_id = $1 AND option_id = $2"
    }
    Tenant ARCHIVE_OPTION {
        "UPDATE options SET archived_at = $3, version = version + 1, modified_at = $3
         WHERE tenant_id = $1 AND option_id = $2 AND archived_at IS NULL"
    }
    Tenant RESTORE_OPTION {
        "UPDATE options SET archived_at = NULL, version = version + 1, modified_at = $3
         WHERE tenant_id = $1 AND option_id = $2 AND archived_at IS NOT NULL"
    }
    Tenant COUNT_REDEEMED { "UPDATE options SET redeemed = redeemed + $3 WHERE tenant_id = $1 AND option_id = $2" }
    Tenant COUNT_GIVEN_BACK {
        "UPDATE options SET redeemed = redeemed - 1
         WHERE tenant_id = $1 AND option_id = $2 AND stock IS NOT NULL AND redeemed > 0"
    }
    Tenant COUNT_BY_CUSTOMER {
        "SELECT COUNT(*) FROM redemptions
         WHERE tenant_id = $1 AND option_id = $2 AND account_id = $3 AND cancelled_at IS NULL"
    }
    /// How often each option was had since `$2`.
    Tenant COUNT_SINCE {
        "SELECT option_id, COUNT(*) FROM redemptions
         WHERE tenant_id = $1 AND created_at >= $2 AND cancelled_at IS NULL GROUP BY option_id"
    }
    /// How often the option was had, and how many of its coupons can still be used at `$3`.
    Tenant COUNT_OF_OPTION {
        "SELECT COUNT(*), COUNT(c.code) FILTER (WHERE c.redemption_count = 0 AND c.deleted_at IS NULL
             AND (c.valid_until IS NULL OR c.valid_until > $3))
         FROM redemptions r JOIN coupons c ON c.tenant_id = r.tenant_id AND c.code = r.code
         WHERE r.tenant_id = $1 AND r.option_id = $2 AND r.cancelled_at IS NULL"
    }
    Tenant COUNT_ALL_REDEEMED {
        "UPDATE options SET redeemed = (SELECT COUNT(*) FROM redemptions r
             WHERE r.tenant_id = $1 AND r.option_id = $2 AND r.cancelled_at IS NULL)
         WHERE tenant_id = $1 AND option_id = $2"
    }
    Tenant PLACE_OPTION { "UPDATE options SET position = $3 WHERE tenant_id = $1 AND option_id = $2" }
}

#[derive(FromRow)]
struct OptionRow {
    option_id: String,
    position: i64,
    version: i64,
    name: String,
    description: String,
    points: Points,
    points_after_coupon: Option<i64>,
    coupon: String,
    active: bool,
    active_from: Option<Timestamp>,
    active_until: Option<Timestamp>,
    stock: Option<i64>,
    redeemed: i64,
    per_customer: Option<i64>,
    sites: String,
    coupon_lifetime_days: Option<i64>,
    bound_to_customer: bool,
    when_returned: String,
    names: String,
    created_at: Timestamp,
    modified_at: Timestamp,
    archived_at: Option<Timestamp>,
}

impl OptionRow {
    fn into_option(self) -> Result<RedeemOption, DbError> {
        let broken = |what: String| DbError::Damaged(format!("option {}: {what}", self.option_id));
        let coupon = serde_json::from_str(&self.coupon).map_err(|e| broken(e.to_string()))?;
        let codes: Vec<String> = serde_json::from_str(&self.sites).map_err(|e| broken(e.to_string()))?;
        let sites = codes.iter().map(|code| SiteCode::parse(code)).collect::<Result<_, _>>();
        Ok(RedeemOption {
            draft: OptionDraft {
                name: self.name,
                description: self.description,
                points: self.points,
                points_after_coupon: self.points_after_coupon,
                coupon: CouponTemplate::from_json(&coupon).map_err(|e| broken(e.to_string()))?,
                active: self.active,
                active_from: self.active_from,
                active_until: self.active_until,
                stock: self.stock,
                per_customer: self.per_customer,
                sites: sites.map_err(|e| broken(e.to_string()))?,
                coupon_lifetime_days: self.coupon_lifetime_days,
                bound_to_customer: self.bound_to_customer,
                when_returned: WhenReturned::parse(&self.when_returned).map_err(|e| broken(e.to_string()))?,
                names: serde_json::from_str(&self.names).map_err(|e| broken(e.to_string()))?,
            },
            id: self.option_id.clone(),
            position: self.position,
            version: self.version,
            redeemed: self.redeemed,
            created_at: self.created_at,
            modified_at: self.modified_at,
            archived_at: self.archived_at,
        })
    }
}

/// The columns that hold JSON: coupon, sites, names.
fn as_json(draft: &OptionDraft) -> (String, String, String) {
    let sites: Vec<&str> = draft.sites.iter().map(SiteCode::as_str).collect();
    (
        draft.coupon.to_json().to_string(),
        serde_json::json!(sites).to_string(),
        serde_json::json!(draft.names).to_string(),
    )
}

/// An option, archived or not.
pub async fn find(db: &Db, tenant: &TenantId, id: &str) -> Result<Option<RedeemOption>, DbError> {
    let row = db.query(GET_OPTION).bind(tenant).bind(id).optional::<OptionRow>().await?;
    row.map(OptionRow::into_option).transpose()
}

/// The same inside a transaction.
pub async fn find_in(tx: &mut Tx, tenant: &TenantId, id: &str) -> Result<Option<RedeemOption>, DbError> {
    let row = tx.query(GET_OPTION).bind(tenant).bind(id).optional::<OptionRow>().await?;
    row.map(OptionRow::into_option).transpose()
}

/// The same, under a lock held to the end of the transaction.
pub async fn lock(tx: &mut Tx, tenant: &TenantId, id: &str) -> Result<Option<RedeemOption>, DbError> {
    let row = tx.query(LOCK_OPTION).bind(tenant).bind(id).optional::<OptionRow>().await?;
    row.map(OptionRow::into_option).transpose()
}

/// The option as it is for a redemption, and stays until the transaction ends: an option with a stock is this
/// transaction's alone, any other is shared, so that it is no bottleneck.
///
/// # Errors
/// [`DbError::Changed`] when it got a stock in between; the transaction may be run again.
pub async fn hold(tx: &mut Tx, tenant: &TenantId, id: &str) -> Result<Option<RedeemOption>, DbError> {
    let Some(seen) = find_in(tx, tenant, id).await? else { return Ok(None) };
    if seen.draft.stock.is_some() {
        return lock(tx, tenant, id).await;
    }
    let row = tx.query(HOLD_OPTION).bind(tenant).bind(id).optional::<OptionRow>().await?;
    let held = row.map(OptionRow::into_option).transpose()?;
    match held {
        Some(option) if option.draft.stock.is_some() => Err(DbError::Changed),
        held => Ok(held),
    }
}

/// Every option, in the order in which they are shown, archived ones last.
pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<RedeemOption>, DbError> {
    let rows = db.query(LIST_OPTIONS).bind(tenant).all::<OptionRow>().await?;
    rows.into_iter().map(OptionRow::into_option).collect()
}

/// The same inside a transaction.
pub async fn list_in(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<RedeemOption>, DbError> {
    let rows = tx.query(LIST_OPTIONS).bind(tenant).all::<OptionRow>().await?;
    rows.into_iter().map(OptionRow::into_option).collect()
}

/// Makes an option at the end of the list; says whether the id was free.
pub async fn insert(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &str,
    draft: &OptionDraft,
    now: Timestamp,
) -> Result<bool, DbError> {
    let (coupon, sites, names) = as_json(draft);
    let query = tx.query(INSERT_OPTION).bind(tenant).bind(id).bind(&draft.name).bind(&draft.description);
    let query = query.bind(draft.points).bind(draft.points_after_coupon).bind(coupon).bind(draft.active);
    let query = query.bind(draft.active_from).bind(draft.active_until).bind(draft.stock).bind(draft.per_customer);
    let query = query.bind(sites).bind(draft.coupon_lifetime_days).bind(draft.bound_to_customer).bind(names);
    Ok(query.bind(now).bind(draft.when_returned.as_str()).run().await? > 0)
}

/// Replaces what is set of an option; its version grows by one.
pub async fn update(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &str,
    draft: &OptionDraft,
    now: Timestamp,
) -> Result<(), DbError> {
    let (coupon, sites, names) = as_json(draft);
    let query = tx.query(UPDATE_OPTION).bind(tenant).bind(id).bind(&draft.name).bind(&draft.description);
    let query = query.bind(draft.points).bind(draft.points_after_coupon).bind(coupon).bind(draft.active);
    let query = query.bind(draft.active_from).bind(draft.active_until).bind(draft.stock).bind(draft.per_customer);
    let query = query.bind(sites).bind(draft.coupon_lifetime_days).bind(draft.bound_to_customer).bind(names);
    query.bind(now).bind(draft.when_returned.as_str()).run().await.map(drop)
}

/// Deletes an option for customers; it keeps its history. Says whether it was there.
pub async fn archive(tx: &mut Tx, tenant: &TenantId, id: &str, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx.query(ARCHIVE_OPTION).bind(tenant).bind(id).bind(now).run().await? > 0)
}

/// Takes an option back from the archive. Says whether it was there.
pub async fn restore(tx: &mut Tx, tenant: &TenantId, id: &str, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx.query(RESTORE_OPTION).bind(tenant).bind(id).bind(now).run().await? > 0)
}

/// Counts `times` more redemptions of an option that has a stock.
pub async fn count_redeemed(tx: &mut Tx, tenant: &TenantId, id: &str, times: i64) -> Result<(), DbError> {
    tx.query(COUNT_REDEEMED).bind(tenant).bind(id).bind(times).run().await.map(drop)
}

/// Puts one back into the stock of an option that has one.
pub async fn count_given_back(tx: &mut Tx, tenant: &TenantId, id: &str) -> Result<(), DbError> {
    tx.query(COUNT_GIVEN_BACK).bind(tenant).bind(id).run().await.map(drop)
}

/// How often this account has had the option.
pub async fn count_by_customer(tx: &mut Tx, tenant: &TenantId, id: &str, account_id: i64) -> Result<i64, DbError> {
    let (count,) = tx.query(COUNT_BY_CUSTOMER).bind(tenant).bind(id).bind(account_id).one::<(i64,)>().await?;
    Ok(count)
}

/// How often each option was had since `since`.
pub async fn count_since(db: &Db, tenant: &TenantId, since: Timestamp) -> Result<Vec<(String, i64)>, DbError> {
    db.query(COUNT_SINCE).bind(tenant).bind(since).all().await
}

/// How often an option was had, and how many of its coupons can still be used at `now`.
pub async fn count_of(db: &Db, tenant: &TenantId, id: &str, now: Timestamp) -> Result<(i64, i64), DbError> {
    db.query(COUNT_OF_OPTION).bind(tenant).bind(id).bind(now).one().await
}

/// The same inside a transaction.
pub async fn count_of_in(tx: &mut Tx, tenant: &TenantId, id: &str, now: Timestamp) -> Result<(i64, i64), DbError> {
    tx.query(COUNT_OF_OPTION).bind(tenant).bind(id).bind(now).one().await
}

/// Counts anew how often a locked option was had: without a stock nobody does.
pub async fn count_all_redeemed(tx: &mut Tx, tenant: &TenantId, id: &str) -> Result<(), DbError> {
    tx.query(COUNT_ALL_REDEEMED).bind(tenant).bind(id).run().await.map(drop)
}

/// Puts an option at a place of the list.
pub async fn place(tx: &mut Tx, tenant: &TenantId, id: &str, position: i64) -> Result<(), DbError> {
    tx.query(PLACE_OPTION).bind(tenant).bind(id).bind(position).run().await.map(drop)
}
