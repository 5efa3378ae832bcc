//! Second factors: set up by their owner, asked for at sign-in, taken away by their owner or for who lost theirs.
//!
//! A code of the app is taken once, whichever replica it is sent to: the newest step that was taken is kept, and only
//! later ones are taken from then on.

use serde_json::json;

use super::{
    access::AccessError,
    audit, passwords, secret_keys,
    users::{self, subject},
};
use crate::{
    app::App,
    domain::{
        access::AccessRefusal,
        actor::Actor,
        ids::UserId,
        second_factor::{RECOVERY_CODES, RecoveryCode, TypedCode},
        sign_in::Outcome,
        throttle::Softlock,
        time::Timestamp,
        totp::TotpSecret,
    },
    secrets::SecretKey,
    store::{
        self, Db, DbError, Tx,
        db::retry_on_conflict,
        second_factors::{self, StoredFactor},
    },
};

/// What the keys sign recovery codes for.
pub(super) const RECOVERY: &str = "recovery code";

/// The second factor that somebody has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactor {
    /// Since when.
    pub since: Timestamp,
    /// How many recovery codes are left.
    pub recovery_codes: i64,
}

/// The second factor of a user; `None` when they have none.
pub async fn find(db: &Db, user_id: &UserId) -> Result<Option<SecondFactor>, DbError> {
    let Some(stored) = second_factors::find(db, user_id).await? else { return Ok(None) };
    let recovery_codes = second_factors::count_recovery_codes(db, user_id).await?;
    Ok(Some(SecondFactor { since: stored.created_at, recovery_codes }))
}

/// Everybody who has a second factor; for operators and the command line.
pub async fn owners(db: &Db) -> Result<Vec<UserId>, DbError> {
    second_factors::list_owners(db).await
}

/// Whose secret is sealed.
pub(super) fn purpose(user_id: &UserId) -> String {
    format!("second factor of {user_id}")
}

/// A new secret, sealed for its owner, to be shown and confirmed before it counts.
pub fn draft(app: &App, user_id: &UserId) -> String {
    app.secret.seal(&purpose(user_id), &TotpSecret::random().reveal())
}

/// Opens a sealed secret for its owner; `None` when it is not theirs.
pub fn open(app: &App, user_id: &UserId, sealed: &str) -> Option<TotpSecret> {
    app.secret.open(&purpose(user_id), sealed).as_deref().and_then(TotpSecret::parse)
}

/// Keeps a drafted secret whose app shows `typed`, and ends the user's sessions but the one called `session`. Answers
/// the recovery codes: the only copy.
pub async fn enrol(
    app: &App,
    user_id: &UserId,
    sealed: &str,
    typed: &str,
    session: &str,
) -> Result<Vec<RecoveryCode>, AccessError> {
    let Some(TypedCode::App(code)) = TypedCode::parse(typed) else { return Err(AccessRefusal::WrongCode.into()) };
    let secret = open(app, user_id, sealed).ok_or(AccessRefusal::WrongCode)?;
    let step = secret.find_step(&code, app.now()).ok_or(AccessRefusal::WrongCode)?;
    // Sealed anew: since it was drafted, another key may have become the one that seals.
    let sealed = app.secret.seal(&purpose(user_id), &secret.reveal());
    let factor = StoredFactor { secret: sealed, last_step: step, created_at: app.now() };
    let kept = super::sessions::find_hash(app, user_id, session).await?;
    let codes = new_codes();
    retry_on_conflict(|| enrol_once(app, user_id, &factor, &codes, kept.as_deref())).await?;
    Ok(codes)
}

async fn enrol_once(
    app: &App,
    user_id: &UserId,
    factor: &StoredFactor,
    codes: &[RecoveryCode],
    kept: Option<&str>,
) -> Result<(), AccessError> {
    let mut tx = app.db.begin().await?;
    users::require(&mut tx, user_id).await?;
    if !second_factors::insert(&mut tx, user_id, factor).await? {
        return Err(AccessRefusal::SecondFactorAlready.into());
    }
    second_factors::replace_recovery_codes(&mut tx, user_id, &hashes(app, user_id, codes)).await?;
    // Whoever signed in elsewhere with the password alone does so again, with the code.
    store::sessions::delete_of_user(&mut tx, user_id, kept).await?;
    record(&mut tx, user_id, "user.second_factor_set_up", factor.created_at).await?;
    tx.commit().await?;
    Ok(())
}

async fn record(tx: &mut Tx, user_id: &UserId, action: &'static str, now: Timestamp) -> Result<(), DbError> {
    let actor = Actor::employee(user_id.as_str());
    audit::record_global(tx, &actor, action, subject(user_id), None, None, now).await
}

fn new_codes() -> Vec<RecoveryCode> {
    std::iter::repeat_with(RecoveryCode::random).take(RECOVERY_CODES).collect()
}

/// How a code is kept: signed by a key for these alone.
fn hash(signer: &SecretKey, user_id: &UserId, code: &RecoveryCode) -> String {
    signer.sign(&json!([user_id.as_str(), code.as_str()]).to_string())
}

fn hashes(app: &App, user_id: &UserId, codes: &[RecoveryCode]) -> Vec<String> {
    let signer = app.secret.ring().first().for_purpose(RECOVERY);
    let mut hashes: Vec<String> = codes.iter().map(|code| hash(&signer, user_id, code)).collect();
    hashes.sort();
    hashes
}

/// Takes a code, once; says which factor it was. `None` when it is wrong or was taken before.
pub(super) async fn take(
    tx: &mut Tx,
    app: &App,
    user_id: &UserId,
    typed: &TypedCode,
) -> Result<Option<Outcome>, DbError> {
    let now = app.now();
    let Some(stored) = second_factors::find_in(tx, user_id).await? else { return Ok(None) };
    match typed {
        TypedCode::App(code) => {
            let Some(secret) = open(app, user_id, &stored.secret) else {
                return Err(DbError::Damaged(format!(
                    "the second factor of the user {user_id} was sealed with another key: `guerdon user \
                     reset-second-factor` takes it away"
                )));
            };
            let Some(step) = secret.find_step(code, now) else { return Ok(None) };
            let taken = second_factors::take_step(tx, user_id, step).await?;
            Ok(taken.then_some(Outcome::App))
        }
        TypedCode::Recovery(code) => {
            for signer in secret_keys::recovery_signers(tx, app).await? {
                if second_factors::use_recovery_code(tx, user_id, &hash(&signer, user_id, code), now).await? {
                    return Ok(Some(Outcome::Recovery));
                }
            }
            Ok(None)
        }
    }
}

/// What wrong codes of a user are counted under.
pub(super) fn throttled(user_id: &UserId) -> String {
    format!("code:{user_id}")
}

/// Counts a try at a code in advance; those that come too early are refused.
async fn count_try(app: &App, user_id: &UserId) -> Result<(), AccessError> {
    let subject = throttled(user_id);
    retry_on_conflict(|| users::count_try(app, &subject, Softlock::CODE)).await
}

/// Makes new recovery codes for whoever gives a code; the ones before are good no more.
pub async fn renew_recovery_codes(app: &App, user_id: &UserId, typed: &str) -> Result<Vec<RecoveryCode>, AccessError> {
    count_try(app, user_id).await?;
    let typed = TypedCode::parse(typed).ok_or(AccessRefusal::WrongCode)?;
    let codes = new_codes();
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        take(&mut tx, app, user_id, &typed).await?.ok_or(AccessRefusal::WrongCode)?;
        second_factors::replace_recovery_codes(&mut tx, user_id, &hashes(app, user_id, &codes)).await?;
        store::sign_in_failures::forget(&mut tx, &throttled(user_id)).await?;
        record(&mut tx, user_id, "user.recovery_codes_made", app.now()).await?;
        tx.commit().await?;
        Ok::<(), AccessError>(())
    })
    .await?;
    Ok(codes)
}

/// Takes one's own second factor away, which takes the password and a code.
pub async fn turn_off(app: &App, user_id: &UserId, password: &str, typed: &str) -> Result<(), AccessError> {
    count_try(app, user_id).await?;
    let stored = store::users::find_password_by_id(&app.db, user_id).await?;
    let stored = stored.filter(|stored| stored.disabled_at.is_none()).map(|stored| stored.password_hash);
    if !passwords::verify(password, stored.as_deref()).await? {
        return Err(AccessRefusal::WrongPassword.into());
    }
    let typed = TypedCode::parse(typed).ok_or(AccessRefusal::WrongCode)?;
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        take(&mut tx, app, user_id, &typed).await?.ok_or(AccessRefusal::WrongCode)?;
        second_factors::delete(&mut tx, user_id).await?;
        store::sign_in_failures::forget(&mut tx, &throttled(user_id)).await?;
        record(&mut tx, user_id, "user.second_factor_turned_off", app.now()).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Takes away the second factor of somebody who lost it, and ends their sessions. For operators and the command line.
pub async fn reset(app: &App, actor: &Actor, user_id: &UserId) -> Result<(), AccessError> {
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        users::require(&mut tx, user_id).await?;
        reset_in(&mut tx, actor, user_id, app.now()).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// The same within a transaction.
pub(super) async fn reset_in(tx: &mut Tx, actor: &Actor, user_id: &UserId, now: Timestamp) -> Result<(), AccessError> {
    if !second_factors::delete(tx, user_id).await? {
        return Err(AccessRefusal::NoSecondFactor.into());
    }
    store::users::end_sessions(tx, user_id).await?;
    store::sign_in_failures::forget(tx, &throttled(user_id)).await?;
    audit::record_global(tx, actor, "user.second_factor_reset", subject(user_id), None, None, now).await?;
    Ok(())
}
