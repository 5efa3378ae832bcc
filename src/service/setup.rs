//! First-run set-up: whoever reads the log makes the first user, by a link that is good once and for an hour.

use serde_json::json;
use subtle::ConstantTimeEq as _;

use super::{
    access::AccessError,
    audit, passwords,
    tenants::{self, NewTenant},
    users::{self, NewUser},
};
use crate::{
    app::App,
    domain::{
        actor::{Actor, Caller},
        email::Email,
        ids::UserId,
        password::Password,
        role::Role,
        time::Timestamp,
    },
    secrets,
    store::{self, DbError, db::retry_on_conflict},
};

/// How long the link is good.
pub const LINK_SECS: i64 = 60 * 60;
/// `HASH UNTIL`, with SHA-256 of the link's token.
const SETTING: &str = "setup_token";

/// Makes a link's token when there is no user yet. A token that was made before is worth nothing any more.
pub async fn offer(app: &App) -> Result<Option<String>, DbError> {
    if users::any(&app.db).await? {
        return Ok(None);
    }
    let token = secrets::random_text();
    let value = format!("{} {}", secrets::sha256_hex(&token), app.now().plus_secs(LINK_SECS).micros());
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        store::server_settings::put(&mut tx, SETTING, &value).await?;
        tx.commit().await
    })
    .await?;
    Ok(Some(token))
}

/// Whether a token is the one that was made, and still good.
pub async fn is_good(app: &App, token: &str) -> Result<bool, DbError> {
    let Some(stored) = store::server_settings::find(&app.db, SETTING).await? else { return Ok(false) };
    let Some((hash, until)) = stored.split_once(' ') else { return Ok(false) };
    let ahead = until.parse().is_ok_and(|until| app.now() < Timestamp::from_micros(until));
    let same = bool::from(hash.as_bytes().ct_eq(secrets::sha256_hex(token).as_bytes()));
    Ok(ahead && same && !users::any(&app.db).await?)
}

/// Who sets the installation up, and what they begin with.
#[derive(Clone, Debug)]
pub struct FirstSteps {
    /// What the operator will sign in with.
    pub email: Email,
    /// What the operator is called.
    pub name: String,
    /// The first tenant, of which the operator becomes an admin.
    pub tenant: Option<NewTenant>,
}

/// Makes the operator and the first tenant, once; `None` when the token is not good.
pub async fn finish(
    app: &App,
    token: &str,
    steps: &FirstSteps,
    password: &Password,
) -> Result<Option<UserId>, AccessError> {
    if !is_good(app, token).await? {
        return Ok(None);
    }
    let hash = passwords::hash(password.expose()).await?;
    retry_on_conflict(|| finish_once(app, steps, &hash)).await
}

async fn finish_once(app: &App, steps: &FirstSteps, hash: &str) -> Result<Option<UserId>, AccessError> {
    let user_id = UserId::from(uuid::Uuid::now_v7());
    let actor = Actor::employee(user_id.as_str());
    let new = NewUser { email: steps.email.clone(), name: steps.name.clone(), operator: true, membership: None };
    let mut tx = app.db.begin().await?;
    // Of two who do this at once the second finds nothing to delete.
    if !store::server_settings::delete(&mut tx, SETTING).await? {
        return Ok(None);
    }
    users::insert(&mut tx, &actor, &new, &user_id, hash, app.now()).await?;
    if let Some(tenant) = &steps.tenant {
        tenants::insert(&mut tx, &actor, tenant, app.now()).await?;
        let caller = Caller { tenant: tenant.id.clone(), actor: actor.clone() };
        store::users::insert_membership(&mut tx, &tenant.id, &user_id, Role::Admin, app.now()).await?;
        let after = json!({"role": Role::Admin.as_str()});
        audit::record(&mut tx, &caller, "member.added", users::subject(&user_id), None, Some(after), app.now()).await?;
    }
    tx.commit().await?;
    Ok(Some(user_id))
}
