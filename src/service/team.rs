//! The team of a tenant: who is a member, and what they may do. For the tenant's admins.

use serde_json::json;

use super::{
    access::AccessError,
    audit, passwords, second_factor,
    users::{self, NewUser, User, subject},
};
pub use crate::store::users::Member;
use crate::{
    app::App,
    domain::{
        access::AccessRefusal,
        actor::{ActorKind, Caller},
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
/// An e-mail address that has a user elsewhere is refused: were a tenant's admin to take in somebody whose password
/// another tenant's admin chose, that other admin could sign in here. The operator can, by [`take_in`]. Who works
/// nowhere any more comes back under the new password.
pub async fn add(
    app: &App,
    caller: &Caller,
    email: &Email,
    name: &str,
    role: Role,
    password: &Password,
) -> Result<UserId, AccessError> {
    let newcomer = Newcomer { email, name, role, invited_until: None };
    add_with(app, caller, &newcomer, password).await
}

/// The same for somebody who gets a link, good until `until`, with which they choose a password of their own.
pub(super) async fn invite(
    app: &App,
    caller: &Caller,
    email: &Email,
    name: &str,
    role: Role,
    nobody_knows: &Password,
    until: Timestamp,
) -> Result<UserId, AccessError> {
    let newcomer = Newcomer { email, name, role, invited_until: Some(until) };
    add_with(app, caller, &newcomer, nobody_knows).await
}

/// Somebody who comes into a team.
struct Newcomer<'a> {
    email: &'a Email,
    name: &'a str,
    role: Role,
    invited_until: Option<Timestamp>,
}

async fn add_with(
    app: &App,
    caller: &Caller,
    newcomer: &Newcomer<'_>,
    password: &Password,
) -> Result<UserId, AccessError> {
    let hash = passwords::hash(password.expose()).await?;
    let user_id = UserId::from(uuid::Uuid::now_v7());
    retry_on_conflict(|| add_once(app, caller, newcomer, &user_id, &hash)).await
}

async fn add_once(
    app: &App,
    caller: &Caller,
    newcomer: &Newcomer<'_>,
    user_id: &UserId,
    hash: &str,
) -> Result<UserId, AccessError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    users::require_tenant(&mut tx, &caller.tenant).await?;
    let present = store::users::find_by_email_in(&mut tx, newcomer.email).await?;
    let user_id = if let Some(present) = present {
        come_back(&mut tx, caller, newcomer, &present, hash, now).await?;
        present.user_id
    } else {
        let Newcomer { email, name, .. } = newcomer;
        let new = NewUser { email: (*email).clone(), name: (*name).to_owned(), operator: false, membership: None };
        users::insert(&mut tx, &caller.actor, &new, user_id, hash, now).await?;
        user_id.clone()
    };
    if newcomer.invited_until.is_some() {
        store::users::next_link(&mut tx, &user_id, newcomer.invited_until).await?;
    }
    join(&mut tx, caller, &user_id, newcomer.role, now).await?;
    tx.commit().await?;
    Ok(user_id)
}

/// Somebody who has a user but works nowhere comes back: with another password, and signed in nowhere.
async fn come_back(
    tx: &mut Tx,
    caller: &Caller,
    newcomer: &Newcomer<'_>,
    present: &User,
    hash: &str,
    now: Timestamp,
) -> Result<(), AccessError> {
    let user_id = &present.user_id;
    if store::users::find_role_in(tx, &caller.tenant, user_id).await?.is_some() {
        return Err(AccessRefusal::MemberAlready.into());
    }
    let elsewhere = present.operator || !store::users::list_memberships_in(tx, user_id).await?.is_empty();
    let by_others = present.disabled_at.is_some()
        && store::users::find_disabled_by(tx, user_id).await?.as_ref() != Some(&caller.tenant);
    if elsewhere || by_others {
        return Err(AccessRefusal::EmailElsewhere(newcomer.email.clone()).into());
    }
    if present.disabled_at.is_some() {
        store::users::set_disabled(tx, user_id, None, None).await?;
    }
    store::users::set_name(tx, user_id, newcomer.name).await?;
    users::set_hash(tx, &caller.actor, user_id, hash, now).await
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

/// Ends a membership, or takes an invitation back. The user stays, for other tenants and for the history. The last
/// admin cannot leave.
pub async fn remove(app: &App, caller: &Caller, user_id: &UserId) -> Result<(), AccessError> {
    retry_on_conflict(|| remove_once(app, caller, user_id)).await
}

async fn remove_once(app: &App, caller: &Caller, user_id: &UserId) -> Result<(), AccessError> {
    let mut tx = app.db.begin().await?;
    let role = require_member(&mut tx, &caller.tenant, user_id).await?;
    keep_an_admin(&mut tx, &caller.tenant, user_id, role).await?;
    let invited = is_invited(&mut tx, user_id).await?;
    store::users::delete_membership(&mut tx, &caller.tenant, user_id).await?;
    if store::users::list_memberships_in(&mut tx, user_id).await?.is_empty() {
        // No link leads in any more; who is signed in finds nothing, and is out.
        store::users::next_link(&mut tx, user_id, None).await?;
        if !users::require(&mut tx, user_id).await?.operator {
            store::users::end_sessions(&mut tx, user_id).await?;
        }
    }
    let action = if invited { "member.invitation_revoked" } else { "member.removed" };
    let before = json!({"role": role.as_str()});
    audit::record(&mut tx, caller, action, subject(user_id), Some(before), None, app.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes the right to sign in from a member who works for nobody else, and ends their sessions at once. The role stays,
/// for the day on which they come back.
pub async fn deactivate(app: &App, caller: &Caller, user_id: &UserId) -> Result<(), AccessError> {
    refuse_oneself(caller, user_id)?;
    retry_on_conflict(|| async {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        require_own(&mut tx, caller, user_id).await?;
        if users::require(&mut tx, user_id).await?.disabled_at.is_some() {
            return Ok(());
        }
        let role = require_member(&mut tx, &caller.tenant, user_id).await?;
        keep_an_admin(&mut tx, &caller.tenant, user_id, role).await?;
        store::users::set_disabled(&mut tx, user_id, Some(now), Some(&caller.tenant)).await?;
        store::users::end_sessions(&mut tx, user_id).await?;
        audit::record_global(&mut tx, &caller.actor, "user.disabled", subject(user_id), None, None, now).await?;
        audit::record(&mut tx, caller, "member.deactivated", subject(user_id), None, None, now).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Gives back what [`deactivate`] took. What the operator took only the operator gives back.
pub async fn reactivate(app: &App, caller: &Caller, user_id: &UserId) -> Result<(), AccessError> {
    retry_on_conflict(|| async {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        require_own(&mut tx, caller, user_id).await?;
        if users::require(&mut tx, user_id).await?.disabled_at.is_none() {
            return Ok(());
        }
        if store::users::find_disabled_by(&mut tx, user_id).await?.as_ref() != Some(&caller.tenant) {
            return Err(AccessRefusal::DisabledByOperator.into());
        }
        store::users::set_disabled(&mut tx, user_id, None, None).await?;
        audit::record_global(&mut tx, &caller.actor, "user.enabled", subject(user_id), None, None, now).await?;
        audit::record(&mut tx, caller, "member.reactivated", subject(user_id), None, None, now).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Takes away the second factor of a member who lost theirs and works for nobody else, and ends their sessions. Of a
/// shared user or an operator only the operator may.
pub async fn reset_second_factor(app: &App, caller: &Caller, user_id: &UserId) -> Result<(), AccessError> {
    refuse_oneself(caller, user_id)?;
    retry_on_conflict(|| async {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        require_own(&mut tx, caller, user_id).await?;
        second_factor::reset_in(&mut tx, &caller.actor, user_id, now).await?;
        audit::record(&mut tx, caller, "member.second_factor_reset", subject(user_id), None, None, now).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Nobody gets by their own second factor this way, or shuts themselves out.
fn refuse_oneself(caller: &Caller, user_id: &UserId) -> Result<(), AccessError> {
    let oneself = caller.actor.kind == ActorKind::Employee && caller.actor.id == user_id.as_str();
    if oneself { Err(AccessRefusal::Oneself.into()) } else { Ok(()) }
}

async fn is_invited(tx: &mut Tx, user_id: &UserId) -> Result<bool, DbError> {
    let stored = store::users::find_password_by_id_in(tx, user_id).await?;
    Ok(stored.is_some_and(|stored| stored.invited_until.is_some()))
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
    let there = users::require(tx, user_id).await?.disabled_at.is_none() && !is_invited(tx, user_id).await?;
    let counts = role == Role::Admin && there;
    if counts && store::users::count_admins(tx, tenant).await? <= 1 {
        return Err(AccessRefusal::LastAdmin(tenant.clone()).into());
    }
    Ok(())
}
