//! The settings of coupons and points of a site, in the platform's form.

use serde_json::{Map, Value, json};

use super::{
    audit,
    sites::{self, SiteError},
};
use crate::{
    app::App,
    domain::{
        actor::Caller,
        audit::Subject,
        ids::{SiteCode, TenantId},
        invalid::FieldErrors,
    },
    store::{
        self, Db, DbError,
        db::{AsConflict, retry_on_conflict},
    },
};

/// Why settings were not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum CouponSettingsError {
    /// What was sent does not fit.
    #[error(transparent)]
    Invalid(#[from] FieldErrors),
    /// The site cannot be changed, or there is none.
    #[error(transparent)]
    Site(#[from] SiteError),
}

impl From<DbError> for CouponSettingsError {
    fn from(error: DbError) -> Self {
        Self::Site(error.into())
    }
}

impl AsConflict for CouponSettingsError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Site(error) if error.is_conflict())
    }
}

/// The settings of a site, in the platform's form; `None` when there is no such site.
pub async fn find(db: &Db, tenant: &TenantId, code: &SiteCode) -> Result<Option<Map<String, Value>>, DbError> {
    let Some(site) = store::sites::find(db, tenant, code).await? else { return Ok(None) };
    Ok(Some(store::coupon_settings::find(db, tenant, code).await?.to_json(&site)))
}

/// Changes what `patch` names; the rest stays. It acts at once.
///
/// # Errors
/// When something does not fit, or there is no such site.
pub async fn change(
    app: &App,
    caller: &Caller,
    code: &SiteCode,
    patch: &Map<String, Value>,
) -> Result<Map<String, Value>, CouponSettingsError> {
    retry_on_conflict(|| change_once(app, caller, code, patch)).await
}

async fn change_once(
    app: &App,
    caller: &Caller,
    code: &SiteCode,
    patch: &Map<String, Value>,
) -> Result<Map<String, Value>, CouponSettingsError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if store::sites::lock(&mut tx, &caller.tenant, code).await?.is_none() {
        return Err(SiteError::Unknown(code.clone()).into());
    }
    let before = store::coupon_settings::find_in(&mut tx, &caller.tenant, code).await?;
    let (change, after) = before.patched(patch)?;
    if after != before {
        store::coupon_settings::set(&mut tx, &caller.tenant, code, &after).await?;
    }
    let site = sites::change_in(&mut tx, caller, code, None, &change, now).await?;
    if after != before {
        let (old, new) = (json!(before.kept()), json!(after.kept()));
        let subject = Subject::new("site", code.as_str());
        audit::record(&mut tx, caller, "site.coupon_settings_changed", subject, Some(old), Some(new), now).await?;
    }
    tx.commit().await?;
    Ok(after.to_json(&site))
}
