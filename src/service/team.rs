//! The team of a tenant: who is a member, and what they may do. For the tenant's admins.

use serde_json::json;

use super::{
    access::AccessError,
    audit, passwords,
    users::{self, NewUser, subject},
};
pub use crate::store::users::Member;
use crate::{
    app::App,
    domain::{
        access::AccessRefusal,
        actor::Caller,
        email::Email,
        ids::{TenantId, UserId},
        password::Password,
        role::Role,
        time::Timestamp,
    },
    store::{self, Db, DbError, Tx, db::retry_on_conflict},
};

/// Makes a user who is a member of the caller's tenant.
///
/// An e-mail address that has a user already is refused: were a tenant's admin to take in somebody whose password
/// another tenant's admin chose, that other admin could sign in here. The operator can, by [`take_in`].
pub async fn add(
    app: &App,
    caller: &Caller,
    email: &Email,
    name: &str,
    role: Role,
    password: &Password,
) -> Result<UserId, AccessError> {
    let hash = passwords::hash(password.expose()).await?;
    let user_id = UserId::from(uuid::Uuid::now_v7());
    let new = NewUser { email: email.clone(), name: name.to_owned(), operator: false, membership: None };
    retry_on_conflict(|| add_once(app, caller, &new, role, &user_id, &hash)).await?;
    Ok(user_id)
}

async fn add_once(
    app: &App,
    caller: &Caller,
    new: &NewUser,
    role: Role,
    user_id: &UserId,
    hash: &str,
) -> Result<(), AccessError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if let Some(present) = store::users::find_by_email_in(&mut tx, &new.email).await? {
        let here = store::users::find_role_in(&mut tx, &caller.tenant, &present.user_id).await?.is_some();
        return Err(
            if here { AccessRefusal::MemberAlready } else { AccessRefusal::EmailElsewhere(new.email.clone()) }.into()
        );
    }
    users::require_tenant(&mut tx, &caller.tenant).await?;
    users::insert(&mut tx, &caller.actor, new, user_id, hash, now).await?;
    join(&mut tx, caller, user_id, role, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Makes somebody who has a user a member of the caller's tenant. For operators and the command line.
pub async fn take_in(app: &App, caller: &Caller, user_id: &UserId, role: Role) -> Result<(), AccessError> {
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        users::require_tenant(&mut tx, &caller.tenant).await?;
        users::require(&mut tx, user_id).await?;
        join(&mut tx, caller, user_id, role, app.now()).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

async fn join(tx: &mut Tx, caller: &Caller, user_id: &UserId, role: Role, now: Timestamp) -> Result<(), AccessError> {
    if !store::users::insert_membership(tx, &caller.tenant, user_id, role, now).await? {
        return Err(AccessRefusal::MemberAlready.into());
    }
    let after = json!({"role": role.as_str()});
    audit::record(tx, caller, "member.added", subject(user_id), None, Some(after), now).await?;
    Ok(())
}

/// Changes what a member may do. The last admin stays one.
pub async fn set_role(app: &App, caller: &Caller, user_id: &UserId, role: Role) -> Result<(), AccessError> {
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        let before = require_member(&mut tx, &caller.tenant, user_id).await?;
        if before == role {
            return Ok(());
        }
        keep_an_admin(&mut tx, &caller.tenant, user_id, before).await?;
        store::users::set_role(&mut tx, &caller.tenant, user_id, role).await?;
        let (before, after) = (json!({"role": before.as_str()}), json!({"role": role.as_str()}));
        let action = "member.role_changed";
        audit::record(&mut tx, caller, action, subject(user_id), Some(before), Some(after), app.now()).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Ends a membership. The user stays, for other tenants and for the history. The last admin cannot leave.
pub async fn remove(app: &App, caller: &Caller, user_id: &UserId) -> Result<(), AccessError> {
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        let role = require_member(&mut tx, &caller.tenant, user_id).await?;
        keep_an_admin(&mut tx, &caller.tenant, user_id, role).await?;
        store::users::delete_membership(&mut tx, &caller.tenant, user_id).await?;
        let before = json!({"role": role.as_str()});
        audit::record(&mut tx, caller, "member.removed", subject(user_id), Some(before), None, app.now()).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Sets the password of a member who works for nobody else, and ends their sessions. Of a shared user or an operator
/// only the operator may: the password opens more than this tenant.
pub async fn reset_password(
    app: &App,
    caller: &Caller,
    user_id: &UserId,
    password: &Password,
) -> Result<(), AccessError> {
    let hash = passwords::hash(password.expose()).await?;
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        require_own(&mut tx, caller, user_id).await?;
        let now = app.now();
        users::set_hash(&mut tx, &caller.actor, user_id, &hash, now).await?;
        audit::record(&mut tx, caller, "member.password_set", subject(user_id), None, None, now).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// The members of a tenant, by e-mail address.
pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<Member>, DbError> {
    store::users::list_team(db, tenant).await
}

/// The role of a member, while nobody else changes the team.
async fn require_member(tx: &mut Tx, tenant: &TenantId, user_id: &UserId) -> Result<Role, AccessError> {
    store::users::lock_team(tx, tenant).await?;
    let role = store::users::find_role_in(tx, tenant, user_id).await?;
    role.ok_or_else(|| AccessRefusal::NotAMember.into())
}

/// Refuses what would touch a member who works for others, too.
pub(super) async fn require_own(tx: &mut Tx, caller: &Caller, user_id: &UserId) -> Result<(), AccessError> {
    require_member(tx, &caller.tenant, user_id).await?;
    let user = users::require(tx, user_id).await?;
    if user.operator || store::users::list_memberships_in(tx, user_id).await?.len() > 1 {
        return Err(AccessRefusal::SharedUser.into());
    }
    Ok(())
}

/// Refuses what would leave the tenant without an admin who can sign in.
async fn keep_an_admin(tx: &mut Tx, tenant: &TenantId, user_id: &UserId, role: Role) -> Result<(), AccessError> {
    let counts = role == Role::Admin && users::require(tx, user_id).await?.disabled_at.is_none();
    if counts && store::users::count_admins(tx, tenant).await? <= 1 {
        return Err(AccessRefusal::LastAdmin(tenant.clone()).into());
    }
    Ok(())
}
