//! What a site's coupon settings hold beside the site itself.

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{
    coupon_settings::CouponSettings,
    ids::{SiteCode, TenantId},
};

statements! {
    Tenant GET_COUPON_SETTINGS { "SELECT settings FROM coupon_settings WHERE tenant_id = $1 AND site_code = $2" }
    Tenant SET_COUPON_SETTINGS {
        "INSERT INTO coupon_settings (tenant_id, site_code, settings) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id, site_code) DO UPDATE SET settings = excluded.settings"
    }
}

fn read(tenant: &TenantId, code: &SiteCode, row: Option<(String,)>) -> Result<CouponSettings, DbError> {
    let Some((text,)) = row else { return Ok(CouponSettings::default()) };
    let broken = |_json| DbError::Damaged(format!("the coupon settings of site {code} of tenant {tenant}"));
    serde_json::from_str(&text).map(CouponSettings::new).map_err(broken)
}

/// The settings; empty ones when nothing was set.
pub async fn find(db: &Db, tenant: &TenantId, code: &SiteCode) -> Result<CouponSettings, DbError> {
    read(tenant, code, db.query(GET_COUPON_SETTINGS).bind(tenant).bind(code).optional().await?)
}

/// The same inside a transaction.
pub async fn find_in(tx: &mut Tx, tenant: &TenantId, code: &SiteCode) -> Result<CouponSettings, DbError> {
    read(tenant, code, tx.query(GET_COUPON_SETTINGS).bind(tenant).bind(code).optional().await?)
}

/// Keeps the settings. The site is to be locked, so that no change is lost.
pub async fn set(tx: &mut Tx, tenant: &TenantId, code: &SiteCode, settings: &CouponSettings) -> Result<(), DbError> {
    let text = serde_json::json!(settings.kept()).to_string();
    tx.query(SET_COUPON_SETTINGS).bind(tenant).bind(code).bind(text).run().await.map(drop)
}
