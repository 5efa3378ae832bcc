//! People who can sign in: made, renamed, given passwords, disabled.

use serde_json::json;

use super::{access::AccessError, audit, passwords};
pub use crate::store::users::{Membership, User};
use crate::{
    app::App,
    domain::{
        access::AccessRefusal,
        actor::{Actor, Caller},
        audit::Subject,
        email::Email,
        ids::{TenantId, UserId},
        password::Password,
        role::Role,
        throttle::Softlock,
        time::Timestamp,
    },
    store::{self, Db, DbError, Tx, db::retry_on_conflict},
    texts::Language,
};

/// A user to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    /// What they will sign in with.
    pub email: Email,
    /// What they are called.
    pub name: String,
    /// Whether they manage the tenants of the installation.
    pub operator: bool,
    /// Where they are a member from the start.
    pub membership: Option<(TenantId, Role)>,
}

/// Makes a user. For operators and the command line; a tenant's admin adds people through [`super::team::add`].
pub async fn create(app: &App, actor: &Actor, new: &NewUser, password: &Password) -> Result<UserId, AccessError> {
    let hash = passwords::hash(password.expose()).await?;
    let user_id = UserId::from(uuid::Uuid::now_v7());
    retry_on_conflict(|| create_once(app, actor, new, &user_id, &hash)).await?;
    Ok(user_id)
}

async fn create_once(app: &App, actor: &Actor, new: &NewUser, user_id: &UserId, hash: &str) -> Result<(), AccessError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if let Some((tenant, _)) = &new.membership {
        require_tenant(&mut tx, tenant).await?;
    }
    insert(&mut tx, actor, new, user_id, hash, now).await?;
    if let Some((tenant, role)) = &new.membership {
        store::users::insert_membership(&mut tx, tenant, user_id, *role, now).await?;
        let caller = Caller { tenant: tenant.clone(), actor: actor.clone() };
        let after = json!({"role": role.as_str()});
        audit::record(&mut tx, &caller, "member.added", subject(user_id), None, Some(after), now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Inserts a user and records it; refuses an e-mail address that is taken.
pub(super) async fn insert(
    tx: &mut Tx,
    actor: &Actor,
    new: &NewUser,
    user_id: &UserId,
    hash: &str,
    now: Timestamp,
) -> Result<(), AccessError> {
    let user = User {
        user_id: user_id.clone(),
        email: new.email.clone(),
        name: new.name.clone(),
        operator: new.operator,
        created_at: now,
        disabled_at: None,
        language: None,
    };
    if !store::users::insert(tx, &user, hash).await? {
        return Err(AccessRefusal::EmailTaken(new.email.clone()).into());
    }
    let after = json!({"operator": new.operator});
    audit::record_global(tx, actor, "user.created", subject(user_id), None, Some(after), now).await?;
    Ok(())
}

pub(super) async fn require_tenant(tx: &mut Tx, tenant: &TenantId) -> Result<(), AccessError> {
    match store::tenants::find_in(tx, tenant).await? {
        Some(_) => Ok(()),
        None => Err(AccessRefusal::TenantUnknown(tenant.to_string()).into()),
    }
}

pub(super) async fn require(tx: &mut Tx, user_id: &UserId) -> Result<User, AccessError> {
    let user = store::users::find_in(tx, user_id).await?;
    user.ok_or_else(|| AccessRefusal::UserUnknown(user_id.to_string()).into())
}

pub(super) fn subject(user_id: &UserId) -> Subject<'_> {
    Subject::new("user", user_id.as_str())
}

/// Sets a user's password and ends their sessions. For operators and the command line.
pub async fn set_password(app: &App, actor: &Actor, user_id: &UserId, password: &Password) -> Result<(), AccessError> {
    let hash = passwords::hash(password.expose()).await?;
    retry_on_conflict(|| set_hash_once(app, actor, user_id, &hash)).await
}

async fn set_hash_once(app: &App, actor: &Actor, user_id: &UserId, hash: &str) -> Result<(), AccessError> {
    let mut tx = app.db.begin().await?;
    require(&mut tx, user_id).await?;
    set_hash(&mut tx, actor, user_id, hash, app.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Sets a password within a transaction: every session of the user ends with it.
pub(super) async fn set_hash(
    tx: &mut Tx,
    actor: &Actor,
    user_id: &UserId,
    hash: &str,
    now: Timestamp,
) -> Result<(), AccessError> {
    store::users::set_password(tx, user_id, hash).await?;
    store::users::end_sessions(tx, user_id).await?;
    audit::record_global(tx, actor, "user.password_set", subject(user_id), None, None, now).await?;
    Ok(())
}

/// Sets one's own password, which takes the present one, and ends all sessions: sign in again after it.
pub async fn change_own_password(
    app: &App,
    user_id: &UserId,
    present: &str,
    password: &Password,
) -> Result<(), AccessError> {
    let subject = format!("own password:{user_id}");
    retry_on_conflict(|| count_try(app, &subject, Softlock::ACCOUNT)).await?;
    let stored = store::users::find_password_by_id(&app.db, user_id).await?;
    let stored = stored.filter(|stored| stored.disabled_at.is_none()).map(|stored| stored.password_hash);
    if !passwords::verify(present, stored.as_deref()).await? {
        return Err(AccessRefusal::WrongPassword.into());
    }
    set_password(app, &Actor::employee(user_id.as_str()), user_id, password).await?;
    let mut tx = app.db.begin().await?;
    store::sign_in_failures::forget(&mut tx, &subject).await?;
    tx.commit().await?;
    Ok(())
}

/// Who has somebody's session does not get to guess their password with it.
pub(super) async fn count_try(app: &App, subject: &str, softlock: Softlock) -> Result<(), AccessError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let past = store::sign_in_failures::lock(&mut tx, subject, now).await?;
    let counted = softlock.count(past, now).map_err(AccessRefusal::TooManyTries)?;
    store::sign_in_failures::put(&mut tx, subject, &counted).await?;
    tx.commit().await?;
    Ok(())
}

/// Renames a user.
pub async fn rename(app: &App, actor: &Actor, user_id: &UserId, name: &str) -> Result<(), AccessError> {
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        let before = require(&mut tx, user_id).await?;
        if before.name == name {
            return Ok(());
        }
        store::users::set_name(&mut tx, user_id, name).await?;
        audit::record_global(&mut tx, actor, "user.renamed", subject(user_id), None, None, app.now()).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Sets the language in which a user reads; `None` follows the browser. It is their own comfort: not recorded.
pub async fn set_language(app: &App, user_id: &UserId, language: Option<Language>) -> Result<(), DbError> {
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        store::users::set_language(&mut tx, user_id, language.map(Language::as_str)).await?;
        tx.commit().await
    })
    .await
}

/// Takes away the right to sign in, everywhere and at once. For operators and the command line.
pub async fn disable(app: &App, actor: &Actor, user_id: &UserId) -> Result<(), AccessError> {
    retry_on_conflict(|| disable_once(app, actor, user_id)).await
}

async fn disable_once(app: &App, actor: &Actor, user_id: &UserId) -> Result<(), AccessError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    store::users::lock_operators(&mut tx).await?;
    // By id of tenant, which keeps two who do this from waiting for each other.
    for membership in store::users::list_memberships_in(&mut tx, user_id).await? {
        store::users::lock_team(&mut tx, &membership.tenant_id).await?;
    }
    let user = require(&mut tx, user_id).await?;
    if user.disabled_at.is_some() {
        // Whoever did it before: now only the operator gives it back.
        if store::users::find_disabled_by(&mut tx, user_id).await?.is_some() {
            store::users::set_disabled(&mut tx, user_id, user.disabled_at, None).await?;
            audit::record_global(&mut tx, actor, "user.disabled", subject(user_id), None, None, now).await?;
            tx.commit().await?;
        }
        return Ok(());
    }
    if user.operator && store::users::count_operators(&mut tx).await? <= 1 {
        return Err(AccessRefusal::LastOperator.into());
    }
    for membership in store::users::list_memberships_in(&mut tx, user_id).await? {
        let tenant = membership.tenant_id;
        if membership.role == Role::Admin && store::users::count_admins(&mut tx, &tenant).await? <= 1 {
            return Err(AccessRefusal::LastAdmin(tenant).into());
        }
    }
    store::users::set_disabled(&mut tx, user_id, Some(now), None).await?;
    store::users::end_sessions(&mut tx, user_id).await?;
    audit::record_global(&mut tx, actor, "user.disabled", subject(user_id), None, None, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Gives back the right to sign in.
pub async fn enable(app: &App, actor: &Actor, user_id: &UserId) -> Result<(), AccessError> {
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        if require(&mut tx, user_id).await?.disabled_at.is_none() {
            return Ok(());
        }
        store::users::set_disabled(&mut tx, user_id, None, None).await?;
        audit::record_global(&mut tx, actor, "user.enabled", subject(user_id), None, None, app.now()).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Makes a user an operator, or no longer one.
pub async fn set_operator(app: &App, actor: &Actor, user_id: &UserId, operator: bool) -> Result<(), AccessError> {
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        store::users::lock_operators(&mut tx).await?;
        let user = require(&mut tx, user_id).await?;
        if user.operator == operator {
            return Ok(());
        }
        let counts = user.operator && user.disabled_at.is_none();
        if counts && store::users::count_operators(&mut tx).await? <= 1 {
            return Err(AccessRefusal::LastOperator.into());
        }
        store::users::set_operator(&mut tx, user_id, operator).await?;
        let (before, after) = (json!({"operator": user.operator}), json!({"operator": operator}));
        let action = "user.operator_changed";
        audit::record_global(&mut tx, actor, action, subject(user_id), Some(before), Some(after), app.now()).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// A user who may use the session they have: `None` once they are disabled or gone.
pub async fn find_active(db: &Db, user_id: &UserId) -> Result<Option<User>, DbError> {
    Ok(store::users::find(db, user_id).await?.filter(|user| user.disabled_at.is_none()))
}

/// A user by e-mail address.
pub async fn find_by_email(db: &Db, email: &Email) -> Result<Option<User>, DbError> {
    store::users::find_by_email(db, email).await
}

/// All users of the installation; for operators and the command line.
pub async fn list(db: &Db) -> Result<Vec<User>, DbError> {
    store::users::list(db).await
}

/// Whether anybody can sign in at all: if not, the installation is to be set up.
pub async fn any(db: &Db) -> Result<bool, DbError> {
    Ok(store::users::count(db).await? > 0)
}

/// The tenants that a user is a member of, with their role in each.
pub async fn memberships(db: &Db, user_id: &UserId) -> Result<Vec<Membership>, DbError> {
    store::users::list_memberships(db, user_id).await
}

/// What a user may do in a tenant; `None` when they are no member. To be asked at each request.
pub async fn role_in(db: &Db, tenant: &TenantId, user_id: &UserId) -> Result<Option<Role>, DbError> {
    store::users::find_role(db, tenant, user_id).await
}
