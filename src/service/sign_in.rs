//! Signing in: the same answer and the same time whether or not there is such a user, and slower after failures. Who
//! has a second factor gives a code after the password.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    audit,
    passwords::{self, HashingError},
    second_factor, sign_ins,
    users::{self, User},
};
use crate::{
    app::App,
    domain::{
        actor::Actor,
        email::Email,
        ids::UserId,
        second_factor::TypedCode,
        sign_in::{Device, Outcome},
        throttle::Softlock,
        time::Timestamp,
    },
    secrets,
    store::{
        self, Db, DbError, Tx,
        db::{AsConflict, retry_on_conflict},
    },
    texts::t,
};

/// Failures older than this are of no interest any more.
const FORGET_SECS: i64 = 2 * 24 * 3600;
/// For so long a right password waits for its code.
pub const CODE_SECS: i64 = 10 * 60;

/// Why somebody did not get in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// No such user, another password, or a disabled user: nobody learns which.
    #[error("{}", t!("access-wrong-sign-in"))]
    Wrong,
    /// The password was right, the code was wrong or was used before.
    #[error("{}", t!("access-wrong-code"))]
    WrongCode,
    /// The code came too late, or the password was changed meanwhile.
    #[error("{}", t!("sign-in-over"))]
    Over,
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

/// How far somebody got with their password, or their link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignedIn {
    /// All the way. The session, and a new id for it, are the caller's to make.
    Done(User),
    /// A code is still asked for.
    Pending(PendingSignIn),
}

/// Somebody whose password was right and whose code is still to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingSignIn {
    /// Who.
    pub user_id: String,
    /// Fits the password that was given: once another one is set, this is over.
    proof: String,
    /// Until when the code may come.
    until: i64,
}

impl PendingSignIn {
    fn new(app: &App, user_id: &UserId, password_hash: &str) -> Self {
        let until = app.now().plus_secs(CODE_SECS).micros();
        Self { user_id: user_id.as_str().to_owned(), proof: secrets::sha256_hex(password_hash), until }
    }

    /// Whether the code may still come.
    pub fn is_open(&self, now: Timestamp) -> bool {
        now.micros() < self.until
    }
}

/// Whoever has this e-mail address and this password.
pub async fn sign_in(app: &App, email: &str, password: &str, device: &Device) -> Result<SignedIn, SignInError> {
    // What is no address belongs to nobody, and takes as long.
    let email = Email::parse(email).ok();
    let subjects = Subjects::of_password(email.as_ref(), device);
    retry_on_conflict(|| count(app, &subjects, Softlock::ACCOUNT)).await?;
    let stored = match &email {
        Some(email) => store::users::find_password(&app.db, email).await?,
        None => None,
    };
    let hash = stored.as_ref().map(|stored| stored.password_hash.as_str());
    let right = passwords::verify(password, hash).await?;
    let Some(stored) = stored.as_ref().filter(|stored| right && stored.disabled_at.is_none()) else {
        sign_ins::record_wrong(app, stored.as_ref().map(|stored| &stored.user_id), device).await?;
        return Err(SignInError::Wrong);
    };
    let outdated = passwords::is_outdated(&stored.password_hash);
    let new_hash = if outdated { Some(passwords::hash(password).await?) } else { None };
    let user_id = &stored.user_id;
    let asks = retry_on_conflict(|| welcome(app, &subjects, user_id, new_hash.as_deref(), device)).await?;
    if asks {
        let hash = new_hash.as_deref().unwrap_or(&stored.password_hash);
        return Ok(SignedIn::Pending(PendingSignIn::new(app, user_id, hash)));
    }
    done(app, user_id).await.map(SignedIn::Done)
}

/// Who got in, unless disabled in this very moment.
async fn done(app: &App, user_id: &UserId) -> Result<User, SignInError> {
    users::find_active(&app.db, user_id).await?.ok_or(SignInError::Wrong)
}

/// Signs in whoever chose a password with a link just now. A second factor is asked for all the same.
pub async fn sign_in_by_link(app: &App, user_id: &UserId, device: &Device) -> Result<SignedIn, SignInError> {
    let stored = store::users::find_password_by_id(&app.db, user_id).await?.ok_or(SignInError::Wrong)?;
    let asks = retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        let asks = admit(&mut tx, app, user_id, Outcome::Link, device).await?;
        tx.commit().await?;
        Ok::<bool, DbError>(asks)
    })
    .await?;
    if asks {
        return Ok(SignedIn::Pending(PendingSignIn::new(app, user_id, &stored.password_hash)));
    }
    done(app, user_id).await.map(SignedIn::Done)
}

/// The second step: takes the code of whoever is pending.
pub async fn give_code(app: &App, pending: &PendingSignIn, typed: &str, device: &Device) -> Result<User, SignInError> {
    let user_id = UserId::parse(&pending.user_id).map_err(|_no_id| SignInError::Over)?;
    if !pending.is_open(app.now()) {
        return Err(SignInError::Over);
    }
    let subjects = Subjects::of_code(&user_id, device);
    retry_on_conflict(|| count(app, &subjects, Softlock::CODE)).await?;
    let typed = TypedCode::parse(typed);
    retry_on_conflict(|| take_code(app, &subjects, pending, &user_id, typed.as_ref(), device)).await?;
    done(app, &user_id).await
}

async fn take_code(
    app: &App,
    subjects: &Subjects,
    pending: &PendingSignIn,
    user_id: &UserId,
    typed: Option<&TypedCode>,
    device: &Device,
) -> Result<(), SignInError> {
    let mut tx = app.db.begin().await?;
    let stored = store::users::find_password_by_id_in(&mut tx, user_id).await?;
    let same = stored.is_some_and(|stored| {
        stored.disabled_at.is_none() && secrets::sha256_hex(&stored.password_hash) == pending.proof
    });
    // Without a second factor there is nothing to ask for any more: the password starts anew.
    if !same || store::second_factors::find_in(&mut tx, user_id).await?.is_none() {
        return Err(SignInError::Over);
    }
    let taken = match typed {
        Some(typed) => second_factor::take(&mut tx, app, user_id, typed).await?,
        None => None,
    };
    let outcome = taken.unwrap_or(Outcome::WrongCode);
    if taken.is_some() {
        forget(&mut tx, subjects).await?;
    }
    sign_ins::record(&mut tx, user_id, outcome, device, app.now()).await?;
    if taken.is_some() {
        record(&mut tx, app, user_id, outcome).await?;
    }
    tx.commit().await?;
    if taken.is_some() { Ok(()) } else { Err(SignInError::WrongCode) }
}

/// What failures are counted under. Hashes, so that the table is no list of addresses.
struct Subjects {
    account: String,
    address: Option<String>,
}

impl Subjects {
    fn of_password(email: Option<&Email>, device: &Device) -> Self {
        let account = email.map_or("nobody", Email::as_str);
        Self { account: format!("account:{}", secrets::sha256_hex(account)), address: Self::address(device) }
    }

    fn of_code(user_id: &UserId, device: &Device) -> Self {
        Self { account: second_factor::throttled(user_id), address: Self::address(device) }
    }

    fn address(device: &Device) -> Option<String> {
        device.address.map(|address| format!("address:{}", secrets::sha256_hex(&network(address))))
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
async fn count(app: &App, subjects: &Subjects, account: Softlock) -> Result<(), SignInError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    // Always the account first, so that two tries cannot wait for each other.
    let rules = [(Some(&subjects.account), account), (subjects.address.as_ref(), Softlock::ADDRESS)];
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
async fn forget(tx: &mut Tx, subjects: &Subjects) -> Result<(), DbError> {
    store::sign_in_failures::forget(tx, &subjects.account).await?;
    match &subjects.address {
        Some(address) => store::sign_in_failures::take_back(tx, address).await,
        None => Ok(()),
    }
}

/// The password was right. Says whether a code is still asked for.
async fn welcome(
    app: &App,
    subjects: &Subjects,
    user_id: &UserId,
    new_hash: Option<&str>,
    device: &Device,
) -> Result<bool, SignInError> {
    let mut tx = app.db.begin().await?;
    forget(&mut tx, subjects).await?;
    if let Some(hash) = new_hash {
        store::users::set_hash(&mut tx, user_id, hash).await?;
    }
    let asks = admit(&mut tx, app, user_id, Outcome::Password, device).await?;
    tx.commit().await?;
    Ok(asks)
}

/// Records that somebody is in, unless a code is still asked for: then says so.
async fn admit(tx: &mut Tx, app: &App, user_id: &UserId, outcome: Outcome, device: &Device) -> Result<bool, DbError> {
    if store::second_factors::find_in(tx, user_id).await?.is_some() {
        return Ok(true);
    }
    sign_ins::record(tx, user_id, outcome, device, app.now()).await?;
    record(tx, app, user_id, outcome).await?;
    Ok(false)
}

async fn record(tx: &mut Tx, app: &App, user_id: &UserId, outcome: Outcome) -> Result<(), DbError> {
    let actor = Actor::employee(user_id.as_str());
    let after = json!({"with": outcome.as_str()});
    audit::record_global(tx, &actor, "user.signed_in", users::subject(user_id), None, Some(after), app.now()).await
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
