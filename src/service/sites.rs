//! Sites and their earning rules: made and changed, by the version that the change was made from.

use chrono_tz::Tz;
use serde_json::Value;

use super::audit;
use crate::{
    app::App,
    domain::{
        actor::Caller,
        audit::Subject,
        ids::{SiteCode, TenantId},
        money::Currency,
        site::{EarningRule, Site},
        site_change::{SiteChange, rule_json, settings_json},
        time::Timestamp,
    },
    store::{
        self, Db, DbError, Tx,
        db::{AsConflict, retry_on_conflict},
    },
    texts::t,
};

/// Why a site was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// There is no such tenant.
    #[error("There is no tenant `{0}`.")]
    TenantUnknown(TenantId),
    /// The tenant has no such site.
    #[error("{}", t!("access-site-unknown", code = .0.as_str()))]
    Unknown(SiteCode),
    /// The tenant has such a site.
    #[error("{}", t!("access-site-taken", code = .0.as_str()))]
    Taken(SiteCode),
    /// Somebody else changed it in the meantime; this is what it is now.
    #[error("Somebody changed the site `{}` in the meantime. Look at what it is now, and change it again.", .0.code)]
    Stale(Box<Site>),
    /// Somebody kept, published or discarded a draft of its rule meanwhile.
    #[error("{}", t!("rules-draft-changed"))]
    DraftChanged,
    /// The machine failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl AsConflict for SiteError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}

/// The versions of a site that a change was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Of its settings.
    pub settings: i64,
    /// Of its earning rule.
    pub rule: i64,
}

impl Seen {
    /// What one sees who looks at `site`.
    pub fn of(site: &Site) -> Self {
        Self { settings: site.version, rule: site.rule.version }
    }
}

/// Every site of a tenant, the oldest first.
pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<Site>, DbError> {
    store::sites::list(db, tenant).await
}

/// Whether pages of `origin` may call the storefront API of this tenant; of any, when it is not known yet whose.
pub async fn lists_origin(db: &Db, tenant: Option<&TenantId>, origin: &str) -> Result<bool, DbError> {
    store::sites::lists_origin(db, tenant, origin).await
}

/// A site.
pub async fn find(db: &Db, tenant: &TenantId, code: &SiteCode) -> Result<Option<Site>, DbError> {
    store::sites::find(db, tenant, code).await
}

/// The newest versions of a site's rule, the newest first, each with the name of who set it (see [`Caller::name`]).
pub async fn rules(
    db: &Db,
    tenant: &TenantId,
    code: &SiteCode,
    limit: i64,
) -> Result<Vec<(EarningRule, String)>, DbError> {
    store::sites::rules(db, tenant, code, limit).await
}

/// Makes a site, with its code for a name and the tenant's time zone and currency where the change leaves them open.
pub async fn create(app: &App, caller: &Caller, code: &SiteCode, change: &SiteChange) -> Result<Site, SiteError> {
    retry_on_conflict(|| create_once(app, caller, code, change)).await
}

async fn create_once(app: &App, caller: &Caller, code: &SiteCode, change: &SiteChange) -> Result<Site, SiteError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let Some(tenant) = store::tenants::find_in(&mut tx, &caller.tenant).await? else {
        return Err(SiteError::TenantUnknown(caller.tenant.clone()));
    };
    let site = change.apply(&Site::initial(code.clone(), code.as_str(), tenant.zone, tenant.currency, now));
    insert(&mut tx, caller, &site, now).await?;
    tx.commit().await?;
    Ok(site)
}

/// Makes the site that a new tenant begins with, in the transaction that makes the tenant.
pub(super) async fn create_main(
    tx: &mut Tx,
    caller: &Caller,
    name: &str,
    zone: Tz,
    currency: Currency,
    now: Timestamp,
) -> Result<(), DbError> {
    let site = Site::initial(SiteCode::main(), name, zone, currency, now);
    match insert(tx, caller, &site, now).await {
        Ok(()) => Ok(()),
        Err(SiteError::Store(error)) => Err(error),
        Err(other) => Err(DbError::Damaged(format!("tenant {}: {other}", caller.tenant))),
    }
}

async fn insert(tx: &mut Tx, caller: &Caller, site: &Site, now: Timestamp) -> Result<(), SiteError> {
    if !store::sites::insert(tx, &caller.tenant, site, &caller.name(), now).await? {
        return Err(SiteError::Taken(site.code.clone()));
    }
    let mut after = settings_json(site);
    after.extend(rule_json(&site.rule));
    audit::record(tx, caller, "site.created", subject(&site.code), None, Some(Value::Object(after)), now).await?;
    Ok(())
}

pub(super) fn subject(code: &SiteCode) -> Subject<'_> {
    Subject::new("site", code.as_str())
}

/// Changes a site's settings, its earning rule, or both. A changed rule is a new version, holds at once, and touches
/// no points that were awarded. When this returns, every replica goes by it (see [`super::known_sites`]). Without
/// `seen` the change is taken as it is; with it, nothing that somebody else changed in the meantime is changed again.
pub async fn change(
    app: &App,
    caller: &Caller,
    code: &SiteCode,
    seen: Option<Seen>,
    change: &SiteChange,
) -> Result<Site, SiteError> {
    let site = retry_on_conflict(|| change_once(app, caller, code, seen, change)).await?;
    app.reads.sites.forget_everywhere().await;
    Ok(site)
}

async fn change_once(
    app: &App,
    caller: &Caller,
    code: &SiteCode,
    seen: Option<Seen>,
    change: &SiteChange,
) -> Result<Site, SiteError> {
    let mut tx = app.db.begin().await?;
    let site = change_in(&mut tx, caller, code, seen, change, app.now()).await?;
    tx.commit().await?;
    Ok(site)
}

/// The same inside a transaction, which has the site locked afterwards.
pub(super) async fn change_in(
    tx: &mut Tx,
    caller: &Caller,
    code: &SiteCode,
    seen: Option<Seen>,
    change: &SiteChange,
    now: Timestamp,
) -> Result<Site, SiteError> {
    let Some(before) = store::sites::lock(tx, &caller.tenant, code).await? else {
        return Err(match store::tenants::find_in(tx, &caller.tenant).await? {
            Some(_) => SiteError::Unknown(code.clone()),
            None => SiteError::TenantUnknown(caller.tenant.clone()),
        });
    };
    let mut after = change.apply(&before);
    let settings = audit::difference(&settings_json(&before), &settings_json(&after));
    let rule = audit::difference(&rule_json(&before.rule), &rule_json(&after.rule));
    let now_seen = Seen::of(&before);
    let stale = seen.is_some_and(|seen| {
        (settings.is_some() && seen.settings != now_seen.settings) || (rule.is_some() && seen.rule != now_seen.rule)
    });
    if stale {
        return Err(SiteError::Stale(Box::new(before)));
    }
    if settings.is_some() {
        after.version += 1;
    }
    if rule.is_some() {
        after.rule.version += 1;
        after.rule.holds_from = now;
        store::sites::insert_rule(tx, &caller.tenant, code, &after.rule, &caller.name()).await?;
    }
    if settings.is_none() && rule.is_none() {
        return Ok(before);
    }
    store::sites::update(tx, &caller.tenant, &after, now).await?;
    for (action, difference) in [("site.changed", settings), ("rule.changed", rule)] {
        if let Some((before, after)) = difference {
            audit::record(tx, caller, action, subject(code), Some(before), Some(after), now).await?;
        }
    }
    Ok(after)
}
