//! What a signed-in person may do in a tenant.

use chrono_tz::Tz;

use super::users::User;
use crate::{
    domain::{
        ids::{TenantId, UserId},
        limits::Limits,
        money::Currency,
        role::Role,
        site::Site,
    },
    store::{self, Db, DbError},
};

/// A member who can sign in, with what pages show of the tenant.
#[derive(Clone, Debug)]
pub struct Access {
    /// Who.
    pub user: User,
    /// What they may do.
    pub role: Role,
    /// What the tenant is called.
    pub tenant_name: String,
    /// In which time zone its pages tell times.
    pub zone: Tz,
    /// In which currency its points are worth something.
    pub currency: Currency,
    /// How many points each role adds or removes at once.
    pub limits: Limits,
    /// Requests for approval that wait for somebody like this member.
    pub waiting: i64,
    /// Whether the tenant demands a second factor that the member does not have.
    pub lacks_second_factor: bool,
}

/// What `user_id` may do in `tenant`; `None` when they are no member, or disabled. To be asked at each request.
pub async fn access(db: &Db, tenant: &TenantId, user_id: &UserId) -> Result<Option<Access>, DbError> {
    let Some(row) = store::memberships::find_access(db, tenant, user_id).await? else { return Ok(None) };
    let broken = |what: &str| DbError::Damaged(format!("tenant {tenant}: {what}"));
    Ok(Some(Access {
        zone: Site::time_zone(&row.time_zone).map_err(|error| broken(error.message()))?,
        currency: Currency::parse(&row.currency).map_err(|error| broken(error.message()))?,
        user: row.user,
        role: row.role,
        tenant_name: row.tenant_name,
        lacks_second_factor: row.demands_second_factor && !row.has_second_factor,
        limits: Limits { agent: row.agent_limit, manager: row.manager_limit, admin: row.admin_limit },
        waiting: row.waiting,
    }))
}
