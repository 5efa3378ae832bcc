//! Tenants: made, found, listed. For operators and the command line.

use chrono_tz::Tz;
use serde_json::json;

use super::{access::AccessError, audit, sites};
use crate::{
    app::App,
    domain::{
        access::AccessRefusal,
        actor::{Actor, Caller},
        audit::Subject,
        ids::TenantId,
        money::Currency,
        tenant::{AGENT_LIMIT, GRACE_DAYS, Tenant},
        time::Timestamp,
    },
    store::{self, Db, DbError, Tx, db::retry_on_conflict},
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
        created_at: now,
    };
    let caller = Caller { tenant: new.id.clone(), actor: actor.clone() };
    if !store::tenants::insert(tx, &tenant).await? {
        return Err(AccessRefusal::TenantTaken(new.id.clone()).into());
    }
    let after = json!({
        "name": tenant.name, "timeZone": tenant.zone.name(), "currency": tenant.currency.as_str(),
        "graceDays": tenant.grace_days, "agentLimit": tenant.agent_limit,
    });
    let subject = Subject::new("tenant", new.id.as_str());
    audit::record(tx, &caller, "tenant.created", subject, None, Some(after), now).await?;
    sites::create_main(tx, &caller, &tenant.name, tenant.zone, tenant.currency.clone(), now).await?;
    Ok(tenant)
}

/// A tenant by id.
pub async fn find(db: &Db, tenant: &TenantId) -> Result<Option<Tenant>, DbError> {
    store::tenants::find(db, tenant).await
}

/// All tenants, by id.
pub async fn list(db: &Db) -> Result<Vec<Tenant>, DbError> {
    store::tenants::list(db).await
}
