//! Links with which a person chooses a password: for somebody new, and for who forgot theirs.
//!
//! A link is signed, not stored. The signature covers the present password's hash, so a link is good once, and none
//! is good any more once the password was set by other means.

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
    store::{self, DbError, db::retry_on_conflict},
};
use subtle::ConstantTimeEq as _;

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
    let user_id = super::team::add(app, caller, email, name, role, &nobody_knows).await?;
    let token = make(app, &user_id).await?;
    Ok((user_id, token))
}

/// Makes a link for a member of the caller's tenant. The present password works until the link is used.
pub async fn make_for_member(app: &App, caller: &Caller, user_id: &UserId) -> Result<LinkToken, AccessError> {
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        super::team::require_own(&mut tx, caller, user_id).await?;
        audit::record(&mut tx, caller, "member.link_made", users::subject(user_id), None, None, app.now()).await?;
        tx.commit().await?;
        Ok::<(), AccessError>(())
    })
    .await?;
    make(app, user_id).await
}

async fn make(app: &App, user_id: &UserId) -> Result<LinkToken, AccessError> {
    let stored = store::users::find_password_by_id(&app.db, user_id).await?;
    let stored = stored.ok_or_else(|| AccessRefusal::UserUnknown(user_id.to_string()))?;
    let until = app.now().plus_secs(LINK_SECS).micros();
    Ok(LinkToken(format!("{user_id}.{until}.{}", signature(app, user_id.as_str(), until, &stored.password_hash))))
}

fn signature(app: &App, user_id: &str, until: i64, hash: &str) -> String {
    app.secret.sign_text(PURPOSE, &format!("{user_id}\n{until}\n{hash}"))
}

/// Whose link this is, as long as it is good.
pub async fn find(app: &App, token: &LinkToken) -> Result<Option<users::User>, DbError> {
    let Some((user_id, until, signed)) = parts(token) else { return Ok(None) };
    let Some(stored) = store::users::find_password_by_id(&app.db, &user_id).await? else { return Ok(None) };
    if !is_good(app, &user_id, until, &signed, &stored.password_hash) {
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

fn is_good(app: &App, user_id: &UserId, until: Timestamp, signed: &str, hash: &str) -> bool {
    let right = signature(app, user_id.as_str(), until.micros(), hash);
    app.now() < until && bool::from(signed.as_bytes().ct_eq(right.as_bytes()))
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
        let good = stored.is_some_and(|stored| {
            stored.disabled_at.is_none() && is_good(app, &user_id, until, &signed, &stored.password_hash)
        });
        if !good {
            return Ok(None);
        }
        users::set_hash(&mut tx, &Actor::employee(user_id.as_str()), &user_id, &hash, app.now()).await?;
        tx.commit().await?;
        Ok(Some(user_id.clone()))
    })
    .await
}
