//! Tenants: made, found, listed. For operators and the command line.

use chrono_tz::Tz;
use serde_json::{Value, json};

use super::{access::AccessError, audit, reasons, sites};
use crate::{
    app::App,
    domain::{
        access::AccessRefusal,
        actor::{Actor, Caller},
        audit::Subject,
        ids::TenantId,
        invalid::FieldErrors,
        money::Currency,
        tenant::{AGENT_LIMIT, GRACE_DAYS, Tenant, TenantChange, settings_json},
        time::Timestamp,
    },
    store::{
        self, Db, DbError, Tx,
        db::{AsConflict, retry_on_conflict},
    },
};

/// A tenant to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTenant {
    /// Its id, for good.
    pub id: TenantId,
    /// What it is called.
    pub name: String,
    /// The time zone that its sites begin with.
    pub zone: Tz,
    /// The currency that its sites begin with.
    pub currency: Currency,
}

/// Makes a tenant, with its site `main` and that site's first earning rule.
pub async fn create(app: &App, actor: &Actor, new: &NewTenant) -> Result<Tenant, AccessError> {
    retry_on_conflict(|| create_once(app, actor, new)).await
}

async fn create_once(app: &App, actor: &Actor, new: &NewTenant) -> Result<Tenant, AccessError> {
    let mut tx = app.db.begin().await?;
    let tenant = insert(&mut tx, actor, new, app.now()).await?;
    tx.commit().await?;
    Ok(tenant)
}

/// Makes a tenant within a transaction.
pub(super) async fn insert(tx: &mut Tx, actor: &Actor, new: &NewTenant, now: Timestamp) -> Result<Tenant, AccessError> {
    let tenant = Tenant {
        id: new.id.clone(),
        name: new.name.clone(),
        zone: new.zone,
        currency: new.currency.clone(),
        grace_days: GRACE_DAYS,
        agent_limit: AGENT_LIMIT,
        manager_limit: None,
        admin_limit: None,
        customer_cancel_hours: 0,
        demands_second_factor: false,
        birthday_points: false,
        version: 1,
        created_at: now,
    };
    let caller = Caller { tenant: new.id.clone(), actor: actor.clone() };
    if !store::tenants::insert(tx, &tenant).await? {
        return Err(AccessRefusal::TenantTaken(new.id.clone()).into());
    }
    let mut after = settings_json(&tenant);
    after.insert("timeZone".to_owned(), json!(tenant.zone.name()));
    after.insert("currency".to_owned(), json!(tenant.currency.as_str()));
    let subject = Subject::new("tenant", new.id.as_str());
    audit::record(tx, &caller, "tenant.created", subject, None, Some(Value::Object(after)), now).await?;
    reasons::create_starting(tx, &caller.tenant, now).await?;
    sites::create_main(tx, &caller, &tenant.name, tenant.zone, tenant.currency.clone(), now).await?;
    Ok(tenant)
}

/// Why a tenant's settings were not changed.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// There is no such tenant.
    #[error("There is no tenant `{0}`. `guerdon tenant list` lists them.")]
    Unknown(TenantId),
    /// Somebody else changed them in the meantime: what they are now.
    #[error("Somebody else changed these settings in the meantime.")]
    Stale(Box<Tenant>),
    /// They contradict each other.
    #[error(transparent)]
    Invalid(#[from] FieldErrors),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl AsConflict for SettingsError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}

/// Changes a tenant's settings; they hold at once. With `seen` nothing is changed that somebody else changed since that
/// version.
pub async fn change(
    app: &App,
    caller: &Caller,
    seen: Option<i64>,
    change: &TenantChange,
) -> Result<Tenant, SettingsError> {
    retry_on_conflict(|| change_once(app, caller, seen, change)).await
}

async fn change_once(
    app: &App,
    caller: &Caller,
    seen: Option<i64>,
    change: &TenantChange,
) -> Result<Tenant, SettingsError> {
    let mut tx = app.db.begin().await?;
    let before = store::tenants::lock(&mut tx, &caller.tenant).await?;
    let before = before.ok_or_else(|| SettingsError::Unknown(caller.tenant.clone()))?;
    let mut after = change.apply(&before);
    after.limits().check()?;
    let Some((old, new)) = audit::difference(&settings_json(&before), &settings_json(&after)) else {
        return Ok(before);
    };
    if seen.is_some_and(|seen| seen != before.version) {
        return Err(SettingsError::Stale(Box::new(before)));
    }
    after.version += 1;
    store::tenants::update(&mut tx, &after).await?;
    let subject = Subject::new("tenant", caller.tenant.as_str());
    audit::record(&mut tx, caller, "tenant.changed", subject, Some(old), Some(new), app.now()).await?;
    tx.commit().await?;
    Ok(after)
}

/// A tenant by id.
pub async fn find(db: &Db, tenant: &TenantId) -> Result<Option<Tenant>, DbError> {
    store::tenants::find(db, tenant).await
}

/// All tenants, by id.
pub async fn list(db: &Db) -> Result<Vec<Tenant>, DbError> {
    store::tenants::list(db).await
}
