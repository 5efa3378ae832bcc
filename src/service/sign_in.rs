//! Signing in: the same answer and the same time whether or not there is such a user, and slower after failures.

use std::net::IpAddr;

use super::{
    audit,
    passwords::{self, HashingError},
    users::{self, User},
};
use crate::{
    app::App,
    domain::{actor::Actor, email::Email, ids::UserId, throttle::Softlock, time::Timestamp},
    secrets,
    store::{
        self, Db, DbError,
        db::{AsConflict, retry_on_conflict},
    },
    texts::t,
};

/// Failures older than this are of no interest any more.
const FORGET_SECS: i64 = 2 * 24 * 3600;

/// Why somebody did not get in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// No such user, another password, or a disabled user: nobody learns which.
    #[error("{}", t!("access-wrong-sign-in"))]
    Wrong,
    /// Too many failures before.
    #[error("Too many failed tries. Try again in {retry_after_secs} seconds.")]
    TooMany {
        /// In how many seconds to try again.
        retry_after_secs: i64,
    },
    /// Too many sign in at once.
    #[error("Too many people are signing in. Try again in a few seconds.")]
    Busy,
    /// The machine failed.
    #[error("cannot check a password: {0}")]
    Failed(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl AsConflict for SignInError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}

impl From<HashingError> for SignInError {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Busy => Self::Busy,
            HashingError::Failed(why) => Self::Failed(why),
        }
    }
}

/// Whoever has this e-mail address and this password. `address` is where the request came from.
///
/// The session, and a new id for it, are the caller's to make.
pub async fn sign_in(app: &App, email: &str, password: &str, address: Option<IpAddr>) -> Result<User, SignInError> {
    // What is no address belongs to nobody, and takes as long.
    let email = Email::parse(email).ok();
    let subjects = Subjects::of(email.as_ref(), address);
    retry_on_conflict(|| count(app, &subjects)).await?;
    let stored = match &email {
        Some(email) => store::users::find_password(&app.db, email).await?,
        None => None,
    };
    let hash = stored.as_ref().map(|stored| stored.password_hash.as_str());
    let right = passwords::verify(password, hash).await?;
    let Some(stored) = stored.filter(|stored| right && stored.disabled_at.is_none()) else {
        return Err(SignInError::Wrong);
    };
    let new_hash =
        if passwords::is_outdated(&stored.password_hash) { Some(passwords::hash(password).await?) } else { None };
    retry_on_conflict(|| welcome(app, &subjects, &stored.user_id, new_hash.as_deref())).await?;
    // Disabled in this very moment: not any more.
    users::find_active(&app.db, &stored.user_id).await?.ok_or(SignInError::Wrong)
}

/// What failures are counted under. Hashes, so that the table is no list of addresses.
struct Subjects {
    account: String,
    address: Option<String>,
}

impl Subjects {
    fn of(email: Option<&Email>, address: Option<IpAddr>) -> Self {
        let account = email.map_or("nobody", Email::as_str);
        Self {
            account: format!("account:{}", secrets::sha256_hex(account)),
            address: address.map(|address| format!("address:{}", secrets::sha256_hex(&network(address)))),
        }
    }
}

/// One subscriber has one IPv4 address, or 2^64 IPv6 addresses.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// Counts the try as failed before it is judged; refuses it when it comes too early.
async fn count(app: &App, subjects: &Subjects) -> Result<(), SignInError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    // Always the account first, so that two tries cannot wait for each other.
    let rules = [(Some(&subjects.account), Softlock::ACCOUNT), (subjects.address.as_ref(), Softlock::ADDRESS)];
    for (subject, softlock) in rules {
        let Some(subject) = subject else { continue };
        let past = store::sign_in_failures::lock(&mut tx, subject, now).await?;
        let counted =
            softlock.count(past, now).map_err(|retry_after_secs| SignInError::TooMany { retry_after_secs })?;
        store::sign_in_failures::put(&mut tx, subject, &counted).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Forgets the account's failures. Those of the address stay: who has one account must not guess others for free.
async fn welcome(app: &App, subjects: &Subjects, user_id: &UserId, new_hash: Option<&str>) -> Result<(), SignInError> {
    let mut tx = app.db.begin().await?;
    store::sign_in_failures::forget(&mut tx, &subjects.account).await?;
    if let Some(address) = &subjects.address {
        store::sign_in_failures::take_back(&mut tx, address).await?;
    }
    if let Some(hash) = new_hash {
        store::users::set_password(&mut tx, user_id, hash).await?;
    }
    let actor = Actor::employee(user_id.as_str());
    audit::record_global(&mut tx, &actor, "user.signed_in", users::subject(user_id), None, None, app.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Forgets old failures; for a job.
pub async fn purge(db: &Db, now: Timestamp) -> Result<u64, DbError> {
    store::sign_in_failures::purge(db, now.plus_secs(-FORGET_SECS)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_subscriber_are_one() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(network("2001:db8:1:2:3::4"), network("2001:db8:1:2:ffff::"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.2"), network("192.0.2.1"));
    }
}
