//! Links with which a person chooses a password: for somebody new, and for who forgot theirs.
//!
//! A link is signed, not stored. The signature covers the present password's hash, so a link is good once, and none
//! is good any more once the password was set by other means; and a count, so that only the newest link is good.

use std::fmt;

use super::{access::AccessError, audit, passwords, users};
use crate::{
    app::App,
    domain::{
        access::AccessRefusal,
        actor::{Actor, Caller},
        ids::UserId,
        password::Password,
        role::Role,
        time::Timestamp,
    },
    secrets,
    store::{self, DbError, db::retry_on_conflict, users::StoredPassword},
};

/// How long a link is good: over a weekend.
pub const LINK_SECS: i64 = 72 * 60 * 60;
/// What the signature is for.
const PURPOSE: &str = "password link";

/// The secret part of a link.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken(String);

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken(hidden)")
    }
}

impl LinkToken {
    /// Takes what stands in an address.
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The token as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Makes a user of the caller's tenant whose password nobody knows, and a link with which they choose one.
pub async fn invite(
    app: &App,
    caller: &Caller,
    email: &crate::domain::email::Email,
    name: &str,
    role: Role,
) -> Result<(UserId, LinkToken), AccessError> {
    let nobody_knows = Password::parse(&secrets::random_text())
        .map_err(|error| AccessError::Store(DbError::Damaged(format!("a random password was refused: {error}"))))?;
    let until = app.now().plus_secs(LINK_SECS);
    let user_id = super::team::invite(app, caller, email, name, role, &nobody_knows, until).await?;
    let token = sign(app, &user_id, until).await?;
    Ok((user_id, token))
}

/// Makes a link for a member of the caller's tenant; those before it end. The present password works until the link is
/// used. Who was invited and has not arrived stays so.
pub async fn make_for_member(app: &App, caller: &Caller, user_id: &UserId) -> Result<LinkToken, AccessError> {
    let until = app.now().plus_secs(LINK_SECS);
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        super::team::require_own(&mut tx, caller, user_id).await?;
        let stored = store::users::find_password_by_id_in(&mut tx, user_id).await?;
        let invited = stored.is_some_and(|stored| stored.invited_until.is_some());
        store::users::next_link(&mut tx, user_id, invited.then_some(until)).await?;
        audit::record(&mut tx, caller, "member.link_made", users::subject(user_id), None, None, app.now()).await?;
        tx.commit().await?;
        Ok::<(), AccessError>(())
    })
    .await?;
    sign(app, user_id, until).await
}

/// Signs the newest link of a user.
async fn sign(app: &App, user_id: &UserId, until: Timestamp) -> Result<LinkToken, AccessError> {
    let stored = store::users::find_password_by_id(&app.db, user_id).await?;
    let stored = stored.ok_or_else(|| AccessRefusal::UserUnknown(user_id.to_string()))?;
    let signature = app.secret.sign_text(PURPOSE, &claim(until, &stored));
    Ok(LinkToken(format!("{user_id}.{}.{signature}", until.micros())))
}

/// What the signature covers.
fn claim(until: Timestamp, stored: &StoredPassword) -> String {
    let StoredPassword { user_id, password_hash, link_version, .. } = stored;
    // Links that were made before they were counted stay good.
    let version = if *link_version == 0 { String::new() } else { format!("\n{link_version}") };
    format!("{user_id}\n{}\n{password_hash}{version}", until.micros())
}

/// Whose link this is, as long as it is good.
pub async fn find(app: &App, token: &LinkToken) -> Result<Option<users::User>, DbError> {
    let Some((user_id, until, signed)) = parts(token) else { return Ok(None) };
    let Some(stored) = store::users::find_password_by_id(&app.db, &user_id).await? else { return Ok(None) };
    if !is_good(app, until, &signed, &stored) {
        return Ok(None);
    }
    users::find_active(&app.db, &user_id).await
}

fn parts(token: &LinkToken) -> Option<(UserId, Timestamp, String)> {
    let mut parts = token.0.split('.');
    let (user_id, until, signed) = (parts.next()?, parts.next()?, parts.next()?);
    let user_id = UserId::parse(user_id).ok()?;
    Some((user_id, Timestamp::from_micros(until.parse().ok()?), signed.to_owned()))
}

fn is_good(app: &App, until: Timestamp, signed: &str, stored: &StoredPassword) -> bool {
    app.now() < until && app.secret.is_signed(PURPOSE, &claim(until, stored), signed)
}

/// Sets the password of whose link this is; says whether the link was good.
pub async fn redeem(app: &App, token: &LinkToken, password: &Password) -> Result<Option<UserId>, AccessError> {
    let Some((user_id, until, signed)) = parts(token) else { return Ok(None) };
    if find(app, token).await?.is_none() {
        return Ok(None);
    }
    let hash = passwords::hash(password.expose()).await?;
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        // Of two who use the link at once the second finds another hash.
        tx.lock_scope(&format!("password:{user_id}")).await?;
        let stored = store::users::find_password_by_id_in(&mut tx, &user_id).await?;
        let good = stored.is_some_and(|stored| stored.disabled_at.is_none() && is_good(app, until, &signed, &stored));
        if !good {
            return Ok(None);
        }
        users::set_hash(&mut tx, &Actor::employee(user_id.as_str()), &user_id, &hash, app.now()).await?;
        tx.commit().await?;
        Ok(Some(user_id.clone()))
    })
    .await
}
