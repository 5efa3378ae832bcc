//! Tenants: the merchants of an installation.

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{ids::TenantId, money::Currency, site::Site, tenant::Tenant, time::Timestamp};

macro_rules! tenant_columns {
    () => {
        "tenant_id, name, time_zone, currency, grace_days, agent_limit, customer_cancel_hours, settings_version,
         created_at, manager_limit, admin_limit, birthday_points, demands_second_factor FROM tenants"
    };
}

statements! {
    /// No row is written when the id is taken.
    Tenant INSERT_TENANT {
        "INSERT INTO tenants (tenant_id, name, time_zone, currency, grace_days, agent_limit, created_at,
             customer_cancel_hours, settings_version, manager_limit, admin_limit, birthday_points)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (tenant_id) DO NOTHING"
    }
    Tenant FIND_TENANT { "SELECT " [tenant_columns] " WHERE tenant_id = $1" }
    /// Whoever changes the settings is alone with them.
    Tenant LOCK_TENANT { "SELECT " [tenant_columns] " WHERE tenant_id = $1 " pg("FOR NO KEY UPDATE") }
    Tenant LIST_TENANTS { "SELECT " [tenant_columns] " ORDER BY tenant_id" }
    Tenant UPDATE_TENANT {
        "UPDATE tenants SET name = $2, grace_days = $3, agent_limit = $4, customer_cancel_hours = $5,
             settings_version = $6, manager_limit = $7, admin_limit = $8, birthday_points = $9,
             demands_second_factor = $10
         WHERE tenant_id = $1"
    }
}

#[derive(sqlx::FromRow)]
struct Columns {
    tenant_id: TenantId,
    name: String,
    time_zone: String,
    currency: String,
    grace_days: i64,
    agent_limit: i64,
    customer_cancel_hours: i64,
    settings_version: i64,
    created_at: Timestamp,
    demands_second_factor: bool,
    manager_limit: Option<i64>,
    admin_limit: Option<i64>,
    birthday_points: bool,
}

impl Columns {
    fn into_tenant(self) -> Result<Tenant, DbError> {
        let broken = |what: &str| DbError::Damaged(format!("tenant {}: {what}", self.tenant_id));
        Ok(Tenant {
            zone: Site::time_zone(&self.time_zone).map_err(|error| broken(error.message()))?,
            currency: Currency::parse(&self.currency).map_err(|error| broken(error.message()))?,
            id: self.tenant_id,
            name: self.name,
            grace_days: self.grace_days,
            agent_limit: self.agent_limit,
            manager_limit: self.manager_limit,
            admin_limit: self.admin_limit,
            birthday_points: self.birthday_points,
            customer_cancel_hours: self.customer_cancel_hours,
            version: self.settings_version,
            created_at: self.created_at,
            demands_second_factor: self.demands_second_factor,
        })
    }
}

/// Inserts a tenant; says whether its id was free.
pub async fn insert(tx: &mut Tx, tenant: &Tenant) -> Result<bool, DbError> {
    let query = tx.query(INSERT_TENANT).bind(&tenant.id).bind(&tenant.name).bind(tenant.zone.name());
    let query = query.bind(tenant.currency.as_str()).bind(tenant.grace_days).bind(tenant.agent_limit);
    let query = query.bind(tenant.created_at).bind(tenant.customer_cancel_hours).bind(tenant.version);
    let query = query.bind(tenant.manager_limit).bind(tenant.admin_limit).bind(tenant.birthday_points);
    Ok(query.run().await? > 0)
}

/// Keeps a tenant's settings.
pub async fn update(tx: &mut Tx, tenant: &Tenant) -> Result<(), DbError> {
    let query = tx.query(UPDATE_TENANT).bind(&tenant.id).bind(&tenant.name).bind(tenant.grace_days);
    let query = query.bind(tenant.agent_limit).bind(tenant.customer_cancel_hours).bind(tenant.version);
    let query = query.bind(tenant.manager_limit).bind(tenant.admin_limit).bind(tenant.birthday_points);
    query.bind(tenant.demands_second_factor).run().await.map(drop)
}

/// A tenant by id, under a lock held to the end of the transaction.
pub async fn lock(tx: &mut Tx, tenant: &TenantId) -> Result<Option<Tenant>, DbError> {
    tx.query(LOCK_TENANT).bind(tenant).optional::<Columns>().await?.map(Columns::into_tenant).transpose()
}

/// A tenant by id.
pub async fn find(db: &Db, tenant: &TenantId) -> Result<Option<Tenant>, DbError> {
    db.query(FIND_TENANT).bind(tenant).optional::<Columns>().await?.map(Columns::into_tenant).transpose()
}

/// A tenant by id, within a transaction.
pub async fn find_in(tx: &mut Tx, tenant: &TenantId) -> Result<Option<Tenant>, DbError> {
    tx.query(FIND_TENANT).bind(tenant).optional::<Columns>().await?.map(Columns::into_tenant).transpose()
}

/// All tenants, by id.
pub async fn list(db: &Db) -> Result<Vec<Tenant>, DbError> {
    db.query(LIST_TENANTS).all::<Columns>().await?.into_iter().map(Columns::into_tenant).collect()
}
