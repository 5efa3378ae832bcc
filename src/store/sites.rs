//! Sites and the versions of their earning rules.

use rust_decimal::Decimal;
use sqlx::FromRow;

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{
    calendar::ValidityEnd,
    ids::{SiteCode, TenantId},
    money::Currency,
    points::Points,
    site::{Basis, EarningRule, Rounding, Shortfall, Site},
    time::Timestamp,
};

macro_rules! site_columns {
    () => {
        "s.site_code, s.settings_version, s.name, s.time_zone, s.currency, s.coupon_prefix, s.allowed_origins,
         r.version, r.holds_from, r.enabled, r.factor, r.rounding, r.basis, r.with_shipping, r.after_discounts,
         r.pending_days, r.cap_per_order, r.validity_months, r.validity_end, r.shortfall
         FROM sites s JOIN earning_rules r
           ON r.tenant_id = s.tenant_id AND r.site_code = s.site_code AND r.version = s.rule_version"
    };
}

statements! {
    Tenant GET_SITE { "SELECT " [site_columns] " WHERE s.tenant_id = $1 AND s.site_code = $2" }
    Tenant LIST_SITES { "SELECT " [site_columns] " WHERE s.tenant_id = $1 ORDER BY s.created_at, s.site_code" }
    Tenant LOCK_SITE {
        "SELECT rule_version FROM sites WHERE tenant_id = $1 AND site_code = $2 " pg("FOR NO KEY UPDATE")
    }
    Tenant INSERT_SITE {
        "INSERT INTO sites (tenant_id, site_code, name, time_zone, currency, coupon_prefix, allowed_origins,
             rule_version, created_at, modified_at, settings_version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10) ON CONFLICT DO NOTHING"
    }
    Tenant UPDATE_SITE {
        "UPDATE sites SET name = $3, time_zone = $4, currency = $5, coupon_prefix = $6, allowed_origins = $7,
             rule_version = $8, modified_at = $9, settings_version = $10
         WHERE tenant_id = $1 AND site_code = $2"
    }
    Tenant INSERT_RULE {
        "INSERT INTO earning_rules (tenant_id, site_code, version, holds_from, enabled, factor, rounding, basis,
             with_shipping, after_discounts, pending_days, cap_per_order, validity_months, validity_end, shortfall, actor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    }
    /// The list is JSON: an origin in quotes stands there exactly when it is listed.
    Tenant COUNT_ORIGIN {
        "SELECT CAST(COUNT(*) AS BIGINT) FROM sites
         WHERE (CAST($1 AS TEXT) IS NULL OR tenant_id = $1) AND "
        lite("instr(allowed_origins, $2)") pg("strpos(allowed_origins, $2)") " > 0"
    }
    Tenant LIST_RULES {
        "SELECT s.site_code, s.settings_version, s.name, s.time_zone, s.currency, s.coupon_prefix, s.allowed_origins,
             r.version, r.holds_from, r.enabled, r.factor, r.rounding, r.basis, r.with_shipping, r.after_discounts,
             r.pending_days, r.cap_per_order, r.validity_months, r.validity_end, r.shortfall, r.actor
         FROM sites s JOIN earning_rules r ON r.tenant_id = s.tenant_id AND r.site_code = s.site_code
         WHERE s.tenant_id = $1 AND s.site_code = $2 ORDER BY r.version DESC LIMIT $3"
    }
    /// The version that held at an instant.
    Tenant GET_RULE_AT {
        "SELECT s.site_code, s.settings_version, s.name, s.time_zone, s.currency, s.coupon_prefix, s.allowed_origins,
             r.version, r.holds_from, r.enabled, r.factor, r.rounding, r.basis, r.with_shipping, r.after_discounts,
             r.pending_days, r.cap_per_order, r.validity_months, r.validity_end, r.shortfall, r.actor
         FROM sites s JOIN earning_rules r ON r.tenant_id = s.tenant_id AND r.site_code = s.site_code
         WHERE s.tenant_id = $1 AND s.site_code = $2 AND r.holds_from <= $3 ORDER BY r.version DESC LIMIT 1"
    }
}

#[derive(FromRow)]
struct SiteRow {
    site_code: SiteCode,
    settings_version: i64,
    name: String,
    time_zone: String,
    currency: String,
    coupon_prefix: String,
    allowed_origins: String,
    version: i64,
    holds_from: Timestamp,
    enabled: bool,
    factor: String,
    rounding: String,
    basis: String,
    with_shipping: bool,
    after_discounts: bool,
    pending_days: i64,
    cap_per_order: Option<Points>,
    validity_months: i64,
    validity_end: String,
    shortfall: String,
}

#[derive(FromRow)]
struct RuleRow {
    #[sqlx(flatten)]
    site: SiteRow,
    actor: String,
}

impl SiteRow {
    fn into_site(self) -> Result<Site, DbError> {
        let broken = |what: &str| DbError::Damaged(format!("site {}: {what}", self.site_code));
        let small = |n: i64| u32::try_from(n).map_err(|_range| broken("a number out of range"));
        Ok(Site {
            zone: Site::time_zone(&self.time_zone).map_err(|e| broken(e.message()))?,
            currency: Currency::parse(&self.currency).map_err(|e| broken(e.message()))?,
            allowed_origins: serde_json::from_str(&self.allowed_origins).map_err(|_json| broken("allowed_origins"))?,
            rule: EarningRule {
                version: self.version,
                holds_from: self.holds_from,
                enabled: self.enabled,
                factor: self.factor.parse::<Decimal>().map_err(|_number| broken("factor"))?,
                rounding: Rounding::parse(&self.rounding).map_err(|e| broken(e.message()))?,
                basis: Basis::parse(&self.basis).map_err(|e| broken(e.message()))?,
                with_shipping: self.with_shipping,
                after_discounts: self.after_discounts,
                pending_days: small(self.pending_days)?,
                cap_per_order: self.cap_per_order,
                validity_months: small(self.validity_months)?,
                validity_end: ValidityEnd::parse(&self.validity_end).map_err(|e| broken(e.message()))?,
                shortfall: Shortfall::parse(&self.shortfall).map_err(|e| broken(e.message()))?,
            },
            version: self.settings_version,
            name: self.name,
            coupon_prefix: self.coupon_prefix,
            code: self.site_code,
        })
    }
}

/// A site with the rule that holds.
pub async fn find(db: &Db, tenant: &TenantId, code: &SiteCode) -> Result<Option<Site>, DbError> {
    let row = db.query(GET_SITE).bind(tenant).bind(code).optional::<SiteRow>().await?;
    row.map(SiteRow::into_site).transpose()
}

/// The same inside a transaction.
pub async fn find_in(tx: &mut Tx, tenant: &TenantId, code: &SiteCode) -> Result<Option<Site>, DbError> {
    let row = tx.query(GET_SITE).bind(tenant).bind(code).optional::<SiteRow>().await?;
    row.map(SiteRow::into_site).transpose()
}

/// Every site of a tenant, the oldest first.
pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<Site>, DbError> {
    let rows = db.query(LIST_SITES).bind(tenant).all::<SiteRow>().await?;
    rows.into_iter().map(SiteRow::into_site).collect()
}

/// Whether a site of this tenant, or of any, lists the origin.
pub async fn lists_origin(db: &Db, tenant: Option<&TenantId>, origin: &str) -> Result<bool, DbError> {
    let quoted = serde_json::json!(origin).to_string();
    Ok(db.query(COUNT_ORIGIN).bind(tenant).bind(quoted).one::<(i64,)>().await?.0 > 0)
}

/// A site, locked to the end of the transaction.
pub async fn lock(tx: &mut Tx, tenant: &TenantId, code: &SiteCode) -> Result<Option<Site>, DbError> {
    // The lock comes first: a transaction that waited for it must see what the one before it wrote.
    tx.query(LOCK_SITE).bind(tenant).bind(code).optional::<(i64,)>().await?;
    find_in(tx, tenant, code).await
}

fn origins(site: &Site) -> String {
    serde_json::json!(site.allowed_origins).to_string()
}

/// Makes a site with its first rule; says whether the code was free.
pub async fn insert(tx: &mut Tx, tenant: &TenantId, site: &Site, actor: &str, now: Timestamp) -> Result<bool, DbError> {
    let query = tx.query(INSERT_SITE).bind(tenant).bind(&site.code).bind(&site.name).bind(site.zone.name());
    let query = query.bind(site.currency.as_str()).bind(&site.coupon_prefix).bind(origins(site));
    if query.bind(site.rule.version).bind(now).bind(site.version).run().await? == 0 {
        return Ok(false);
    }
    insert_rule(tx, tenant, &site.code, &site.rule, actor).await?;
    Ok(true)
}

/// Writes a site's settings and which version of its rule holds.
pub async fn update(tx: &mut Tx, tenant: &TenantId, site: &Site, now: Timestamp) -> Result<(), DbError> {
    let query = tx.query(UPDATE_SITE).bind(tenant).bind(&site.code).bind(&site.name).bind(site.zone.name());
    let query = query.bind(site.currency.as_str()).bind(&site.coupon_prefix).bind(origins(site));
    query.bind(site.rule.version).bind(now).bind(site.version).run().await.map(drop)
}

/// Adds a version of a site's rule.
pub async fn insert_rule(
    tx: &mut Tx,
    tenant: &TenantId,
    code: &SiteCode,
    rule: &EarningRule,
    actor: &str,
) -> Result<(), DbError> {
    let query = tx.query(INSERT_RULE).bind(tenant).bind(code).bind(rule.version).bind(rule.holds_from);
    let query = query.bind(rule.enabled).bind(rule.factor.to_string()).bind(rule.rounding.as_str());
    let query = query.bind(rule.basis.as_str()).bind(rule.with_shipping).bind(rule.after_discounts);
    let query = query.bind(i64::from(rule.pending_days)).bind(rule.cap_per_order);
    let query = query.bind(i64::from(rule.validity_months)).bind(rule.validity_end.as_str());
    query.bind(rule.shortfall.as_str()).bind(actor).run().await.map(drop)
}

/// The newest versions of a site's rule, with who set each.
pub async fn rules(
    db: &Db,
    tenant: &TenantId,
    code: &SiteCode,
    limit: i64,
) -> Result<Vec<(EarningRule, String)>, DbError> {
    let rows = db.query(LIST_RULES).bind(tenant).bind(code).bind(limit).all::<RuleRow>().await?;
    rows.into_iter().map(|row| Ok((row.site.into_site()?.rule, row.actor))).collect()
}

/// The version of a site's rule that held at an instant; `None` before the first.
pub async fn rule_at(
    db: &Db,
    tenant: &TenantId,
    code: &SiteCode,
    at: Timestamp,
) -> Result<Option<EarningRule>, DbError> {
    let row = db.query(GET_RULE_AT).bind(tenant).bind(code).bind(at).optional::<RuleRow>().await?;
    row.map(|row| Ok(row.site.into_site()?.rule)).transpose()
}
