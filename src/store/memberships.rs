//! What a signed-in person may do in a tenant, asked at every request.

use super::{Db, DbError, sql::statements, users::User};
use crate::domain::{
    ids::{TenantId, UserId},
    role::Role,
};

statements! {
    /// One question for everything that a page of a tenant needs to know about its reader.
    Tenant FIND_ACCESS {
        "SELECT u.user_id, u.email, u.name, u.operator, u.created_at, u.disabled_at, u.language, m.role,
             t.name AS tenant_name, t.time_zone, t.currency, t.agent_limit, t.manager_limit, t.admin_limit,
             t.demands_second_factor, f.user_id IS NOT NULL AS has_second_factor,
             (SELECT COUNT(*) FROM approvals p
              WHERE p.tenant_id = m.tenant_id AND p.state = 'open' AND p.asked_by <> m.user_id
                  AND p.points <= CASE m.role WHEN 'manager' THEN COALESCE(t.manager_limit, p.points)
                      WHEN 'admin' THEN COALESCE(t.admin_limit, p.points) ELSE 0 END)
             + (SELECT COUNT(*) FROM bulk_requests b
              WHERE b.tenant_id = m.tenant_id AND b.state = 'open' AND b.asked_by <> m.user_id
                  AND b.largest <= CASE m.role WHEN 'manager' THEN COALESCE(t.manager_limit, b.largest)
                      WHEN 'admin' THEN COALESCE(t.admin_limit, b.largest) ELSE 0 END) AS waiting
         FROM memberships m
         JOIN users u ON u.user_id = m.user_id
         JOIN tenants t ON t.tenant_id = m.tenant_id
         LEFT JOIN second_factors f ON f.user_id = m.user_id
         WHERE m.tenant_id = $1 AND m.user_id = $2 AND u.disabled_at IS NULL"
    }
}

/// A member who can sign in, with what pages show of the tenant.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AccessRow {
    /// Who.
    #[sqlx(flatten)]
    pub user: User,
    /// What they may do.
    pub role: Role,
    /// What the tenant is called.
    pub tenant_name: String,
    /// The tenant's time zone, as it is stored.
    pub time_zone: String,
    /// The tenant's currency, as it is stored.
    pub currency: String,
    /// The most points that an agent may add or remove at once.
    pub agent_limit: i64,
    /// Whether members need a second factor.
    pub demands_second_factor: bool,
    /// Whether this one has one.
    pub has_second_factor: bool,
    /// The same for managers; `None`: no limit.
    pub manager_limit: Option<i64>,
    /// The same for admins; `None`: no limit.
    pub admin_limit: Option<i64>,
    /// Requests for approval that wait for somebody like this member.
    pub waiting: i64,
}

/// What `user_id` may do in `tenant`; `None` when they are no member, or disabled.
pub async fn find_access(db: &Db, tenant: &TenantId, user_id: &UserId) -> Result<Option<AccessRow>, DbError> {
    db.query(FIND_ACCESS).bind(tenant).bind(user_id).optional().await
}
