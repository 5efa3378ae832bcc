//! Tenants: the merchants of an installation.

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{ids::TenantId, money::Currency, site::Site, tenant::Tenant, time::Timestamp};

statements! {
    /// No row is written when the id is taken.
    Tenant INSERT_TENANT {
        "INSERT INTO tenants (tenant_id, name, time_zone, currency, grace_days, agent_limit, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id) DO NOTHING"
    }
    Tenant FIND_TENANT {
        "SELECT tenant_id, name, time_zone, currency, grace_days, agent_limit, created_at
         FROM tenants WHERE tenant_id = $1"
    }
    Tenant LIST_TENANTS {
        "SELECT tenant_id, name, time_zone, currency, grace_days, agent_limit, created_at
         FROM tenants ORDER BY tenant_id"
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
    created_at: Timestamp,
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
            created_at: self.created_at,
        })
    }
}

/// Inserts a tenant; says whether its id was free.
pub async fn insert(tx: &mut Tx, tenant: &Tenant) -> Result<bool, DbError> {
    let query = tx.query(INSERT_TENANT).bind(&tenant.id).bind(&tenant.name).bind(tenant.zone.name());
    let query = query.bind(tenant.currency.as_str()).bind(tenant.grace_days).bind(tenant.agent_limit);
    Ok(query.bind(tenant.created_at).run().await? > 0)
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
