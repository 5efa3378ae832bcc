//! Employees, and the tenants that they are members of.

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{
    email::Email,
    ids::{TenantId, UserId},
    role::Role,
    time::Timestamp,
};

statements! {
    /// No row is written when the e-mail address is taken.
    Global INSERT_USER {
        "INSERT INTO users (user_id, email, name, password_hash, operator, created_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (email) DO NOTHING"
    }
    Global FIND_USER {
        "SELECT user_id, email, name, operator, created_at, disabled_at, language FROM users WHERE user_id = $1"
    }
    Global FIND_USER_BY_EMAIL {
        "SELECT user_id, email, name, operator, created_at, disabled_at, language FROM users WHERE email = $1"
    }
    Global FIND_PASSWORD {
        "SELECT user_id, password_hash, disabled_at, link_version, invited_until FROM users WHERE email = $1"
    }
    Global FIND_PASSWORD_BY_ID {
        "SELECT user_id, password_hash, disabled_at, link_version, invited_until FROM users WHERE user_id = $1"
    }
    Global LIST_USERS {
        "SELECT user_id, email, name, operator, created_at, disabled_at, language FROM users ORDER BY email"
    }
    Global COUNT_USERS { "SELECT CAST(COUNT(*) AS BIGINT) FROM users" }
    Global COUNT_OPERATORS {
        "SELECT CAST(COUNT(*) AS BIGINT) FROM users WHERE operator = $1 AND disabled_at IS NULL"
    }
    /// Who was invited has arrived.
    Global SET_PASSWORD { "UPDATE users SET password_hash = $2, invited_until = NULL WHERE user_id = $1" }
    /// The same password with other parameters.
    Global SET_HASH { "UPDATE users SET password_hash = $2 WHERE user_id = $1" }
    Global SET_NAME { "UPDATE users SET name = $2 WHERE user_id = $1" }
    Global SET_LANGUAGE { "UPDATE users SET language = $2 WHERE user_id = $1" }
    Global SET_OPERATOR { "UPDATE users SET operator = $2 WHERE user_id = $1" }
    Global SET_DISABLED { "UPDATE users SET disabled_at = $2, disabled_by = $3 WHERE user_id = $1" }
    Global FIND_DISABLED_BY { "SELECT disabled_by FROM users WHERE user_id = $1" }
    /// No link that was made before is good any more.
    Global NEXT_LINK {
        "UPDATE users SET link_version = link_version + 1, invited_until = $2 WHERE user_id = $1 RETURNING link_version"
    }
    Global END_SESSIONS { "DELETE FROM sessions WHERE user_id = $1" }
    /// No row is written when the user is a member already.
    Tenant INSERT_MEMBERSHIP {
        "INSERT INTO memberships (tenant_id, user_id, role, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, user_id) DO NOTHING"
    }
    Tenant FIND_ROLE { "SELECT role FROM memberships WHERE tenant_id = $1 AND user_id = $2" }
    Tenant SET_ROLE { "UPDATE memberships SET role = $3 WHERE tenant_id = $1 AND user_id = $2" }
    Tenant DELETE_MEMBERSHIP { "DELETE FROM memberships WHERE tenant_id = $1 AND user_id = $2" }
    Tenant COUNT_ADMINS {
        "SELECT CAST(COUNT(*) AS BIGINT) FROM memberships m JOIN users u ON u.user_id = m.user_id
         WHERE m.tenant_id = $1 AND m.role = 'admin' AND u.disabled_at IS NULL AND u.invited_until IS NULL"
    }
    Tenant LIST_TEAM {
        "SELECT u.user_id, u.email, u.name, u.operator, u.created_at, u.disabled_at, u.language, m.role, m.created_at AS member_since,
             u.invited_until, u.disabled_by, f.user_id IS NOT NULL AS second_factor
         FROM memberships m JOIN users u ON u.user_id = m.user_id
         LEFT JOIN second_factors f ON f.user_id = u.user_id
         WHERE m.tenant_id = $1 ORDER BY u.email"
    }
    Tenant LIST_MEMBERSHIPS {
        "SELECT m.tenant_id, t.name, m.role, t.demands_second_factor FROM memberships m JOIN tenants t ON t.tenant_id = m.tenant_id
         WHERE m.user_id = $1 ORDER BY m.tenant_id"
    }
}

/// A person who can sign in.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct User {
    /// Which one.
    pub user_id: UserId,
    /// What they sign in with.
    pub email: Email,
    /// What they are called.
    pub name: String,
    /// Whether they manage the tenants of the installation.
    pub operator: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// Since when they cannot sign in any more.
    pub disabled_at: Option<Timestamp>,
    /// In which language they read, as a tag such as `de`; `None` follows the browser.
    pub language: Option<String>,
}

/// A user as a member of one tenant.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Member {
    /// Who.
    #[sqlx(flatten)]
    pub user: User,
    /// What they may do there.
    pub role: Role,
    /// Since when.
    pub member_since: Timestamp,
    /// Until when their link is good, if they were invited and have not chosen a password yet.
    pub invited_until: Option<Timestamp>,
    /// The tenant whose admin deactivated them; none when the operator did.
    pub disabled_by: Option<TenantId>,
    /// Whether they have a second factor.
    pub second_factor: bool,
}

/// A tenant that a user is a member of.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Membership {
    /// Which tenant.
    pub tenant_id: TenantId,
    /// The tenant's name.
    pub name: String,
    /// What the user may do there.
    pub role: Role,
    /// Whether it demands a second factor.
    pub demands_second_factor: bool,
}

/// What a password is checked against.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StoredPassword {
    /// Whose.
    pub user_id: UserId,
    /// An argon2id hash in PHC form.
    pub password_hash: String,
    /// Since when the user cannot sign in any more.
    pub disabled_at: Option<Timestamp>,
    /// Counts the links with which a password can be chosen.
    pub link_version: i64,
    /// Until when the link is good of who was invited and has not chosen a password yet.
    pub invited_until: Option<Timestamp>,
}

/// Inserts a user; says whether the e-mail address was free.
pub async fn insert(tx: &mut Tx, user: &User, password_hash: &str) -> Result<bool, DbError> {
    let rows = tx
        .query(INSERT_USER)
        .bind(&user.user_id)
        .bind(&user.email)
        .bind(&user.name)
        .bind(password_hash)
        .bind(user.operator)
        .bind(user.created_at)
        .run()
        .await?;
    Ok(rows > 0)
}

/// A user by id.
pub async fn find(db: &Db, user_id: &UserId) -> Result<Option<User>, DbError> {
    db.query(FIND_USER).bind(user_id).optional().await
}

/// A user by id, within a transaction.
pub async fn find_in(tx: &mut Tx, user_id: &UserId) -> Result<Option<User>, DbError> {
    tx.query(FIND_USER).bind(user_id).optional().await
}

/// A user by e-mail address.
pub async fn find_by_email(db: &Db, email: &Email) -> Result<Option<User>, DbError> {
    db.query(FIND_USER_BY_EMAIL).bind(email).optional().await
}

/// A user by e-mail address, within a transaction.
pub async fn find_by_email_in(tx: &mut Tx, email: &Email) -> Result<Option<User>, DbError> {
    tx.query(FIND_USER_BY_EMAIL).bind(email).optional().await
}

/// The stored password of the user with this e-mail address. Always read where it was last written.
pub async fn find_password(db: &Db, email: &Email) -> Result<Option<StoredPassword>, DbError> {
    db.query(FIND_PASSWORD).bind(email).optional().await
}

/// The stored password of a user.
pub async fn find_password_by_id(db: &Db, user_id: &UserId) -> Result<Option<StoredPassword>, DbError> {
    db.query(FIND_PASSWORD_BY_ID).bind(user_id).optional().await
}

/// The stored password of a user, within a transaction.
pub async fn find_password_by_id_in(tx: &mut Tx, user_id: &UserId) -> Result<Option<StoredPassword>, DbError> {
    tx.query(FIND_PASSWORD_BY_ID).bind(user_id).optional().await
}

/// All users, by e-mail address.
pub async fn list(db: &Db) -> Result<Vec<User>, DbError> {
    db.query(LIST_USERS).all().await
}

/// How many users there are.
pub async fn count(db: &Db) -> Result<i64, DbError> {
    Ok(db.query(COUNT_USERS).one::<(i64,)>().await?.0)
}

/// How many operators can sign in.
pub async fn count_operators(tx: &mut Tx) -> Result<i64, DbError> {
    Ok(tx.query(COUNT_OPERATORS).bind(true).one::<(i64,)>().await?.0)
}

/// Sets a password that was chosen.
pub async fn set_password(tx: &mut Tx, user_id: &UserId, password_hash: &str) -> Result<bool, DbError> {
    Ok(tx.query(SET_PASSWORD).bind(user_id).bind(password_hash).run().await? > 0)
}

/// Sets another hash, of the same password or of one that nobody knows.
pub async fn set_hash(tx: &mut Tx, user_id: &UserId, password_hash: &str) -> Result<(), DbError> {
    tx.query(SET_HASH).bind(user_id).bind(password_hash).run().await.map(drop)
}

/// Ends every link that was made for a user, and answers the version that the next one has. `invited_until` says until
/// when that one is good, if the user was invited and has not arrived.
pub async fn next_link(tx: &mut Tx, user_id: &UserId, invited_until: Option<Timestamp>) -> Result<i64, DbError> {
    let row = tx.query(NEXT_LINK).bind(user_id).bind(invited_until).optional::<(i64,)>().await?;
    Ok(row.map_or(0, |(version,)| version))
}

/// Sets a name.
pub async fn set_name(tx: &mut Tx, user_id: &UserId, name: &str) -> Result<bool, DbError> {
    Ok(tx.query(SET_NAME).bind(user_id).bind(name).run().await? > 0)
}

/// Sets the language in which a user reads; `None` follows the browser.
pub async fn set_language(tx: &mut Tx, user_id: &UserId, language: Option<&str>) -> Result<bool, DbError> {
    Ok(tx.query(SET_LANGUAGE).bind(user_id).bind(language).run().await? > 0)
}

/// Makes a user an operator, or no longer one.
pub async fn set_operator(tx: &mut Tx, user_id: &UserId, operator: bool) -> Result<bool, DbError> {
    Ok(tx.query(SET_OPERATOR).bind(user_id).bind(operator).run().await? > 0)
}

/// Takes away, or gives back, the right to sign in; `by` is the tenant whose admin does, none for the operator.
pub async fn set_disabled(
    tx: &mut Tx,
    user_id: &UserId,
    at: Option<Timestamp>,
    by: Option<&TenantId>,
) -> Result<bool, DbError> {
    Ok(tx.query(SET_DISABLED).bind(user_id).bind(at).bind(by).run().await? > 0)
}

/// The tenant whose admin took away the right to sign in; `None` when the operator did, or nobody.
pub async fn find_disabled_by(tx: &mut Tx, user_id: &UserId) -> Result<Option<TenantId>, DbError> {
    let row = tx.query(FIND_DISABLED_BY).bind(user_id).optional::<(Option<TenantId>,)>().await?;
    Ok(row.and_then(|(tenant,)| tenant))
}

/// Ends every session of a user.
pub async fn end_sessions(tx: &mut Tx, user_id: &UserId) -> Result<u64, DbError> {
    tx.query(END_SESSIONS).bind(user_id).run().await
}

/// Makes a user a member; says whether they were none before.
pub async fn insert_membership(
    tx: &mut Tx,
    tenant: &TenantId,
    user_id: &UserId,
    role: Role,
    now: Timestamp,
) -> Result<bool, DbError> {
    let query = tx.query(INSERT_MEMBERSHIP).bind(tenant).bind(user_id);
    Ok(query.bind(role).bind(now).run().await? > 0)
}

/// What a user may do in a tenant; `None` when they are no member.
pub async fn find_role(db: &Db, tenant: &TenantId, user_id: &UserId) -> Result<Option<Role>, DbError> {
    let row = db.query(FIND_ROLE).bind(tenant).bind(user_id).optional::<(Role,)>().await?;
    Ok(row.map(|(role,)| role))
}

/// What a user may do in a tenant, within a transaction.
pub async fn find_role_in(tx: &mut Tx, tenant: &TenantId, user_id: &UserId) -> Result<Option<Role>, DbError> {
    let row = tx.query(FIND_ROLE).bind(tenant).bind(user_id).optional::<(Role,)>().await?;
    Ok(row.map(|(role,)| role))
}

/// Sets what a member may do.
pub async fn set_role(tx: &mut Tx, tenant: &TenantId, user_id: &UserId, role: Role) -> Result<bool, DbError> {
    Ok(tx.query(SET_ROLE).bind(tenant).bind(user_id).bind(role).run().await? > 0)
}

/// Ends a membership.
pub async fn delete_membership(tx: &mut Tx, tenant: &TenantId, user_id: &UserId) -> Result<bool, DbError> {
    Ok(tx.query(DELETE_MEMBERSHIP).bind(tenant).bind(user_id).run().await? > 0)
}

/// How many admins of a tenant can sign in.
pub async fn count_admins(tx: &mut Tx, tenant: &TenantId) -> Result<i64, DbError> {
    Ok(tx.query(COUNT_ADMINS).bind(tenant).one::<(i64,)>().await?.0)
}

/// Keeps others from changing who the admins of a tenant are until the transaction ends.
pub async fn lock_team(tx: &mut Tx, tenant: &TenantId) -> Result<(), DbError> {
    tx.lock_scope(&format!("team:{tenant}")).await
}

/// Keeps others from changing who the operators are until the transaction ends.
pub async fn lock_operators(tx: &mut Tx) -> Result<(), DbError> {
    tx.lock_scope("operators").await
}

/// The members of a tenant, by e-mail address.
pub async fn list_team(db: &Db, tenant: &TenantId) -> Result<Vec<Member>, DbError> {
    db.query(LIST_TEAM).bind(tenant).all().await
}

/// The tenants that a user is a member of.
pub async fn list_memberships(db: &Db, user_id: &UserId) -> Result<Vec<Membership>, DbError> {
    db.query(LIST_MEMBERSHIPS).bind(user_id).all().await
}

/// The tenants that a user is a member of, within a transaction.
pub async fn list_memberships_in(tx: &mut Tx, user_id: &UserId) -> Result<Vec<Membership>, DbError> {
    tx.query(LIST_MEMBERSHIPS).bind(user_id).all().await
}
