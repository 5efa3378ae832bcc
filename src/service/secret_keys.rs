//! The installation's secret keys: whether these are the right ones, what each of them sealed, and sealing everything
//! anew with the first one, while servers run.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use super::{audit, feeds, links, second_factor, webhooks};
use crate::{
    app::App,
    domain::{actor::Actor, audit::Subject, sealed::Place, time::Timestamp},
    secrets::{KeyRing, LoadError, SecretKey},
    store::{
        self, Db, DbError, Tx,
        db::retry_on_conflict,
        sealed::{Cursor, SealedValue},
        server_settings,
    },
};

/// The setting that tells which secret key the database is served with.
const SECRET_KEY: &str = "secret_key";
/// The setting that tells since when nothing is sealed with another one: `KEY MICROS`.
const SINCE: &str = "secret_key_since";
/// Values that are sealed anew in one transaction.
const AT_ONCE: i64 = 100;
/// A server that still seals with another key is not raced for longer.
const PASSES_MAX: usize = 5;
/// For so long after a key sealed and signed for the last time somebody may come with what it signed: a link to choose a
/// password, which is what people keep for longest.
pub const SIGNED_SECS: i64 = links::LINK_SECS;

/// What is known of the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Each with how many values it sealed; the one that seals now is the first.
    pub keys: Vec<(String, u64)>,
    /// What none of the keys opens.
    pub unopened: Vec<Place>,
    /// Since when everything is sealed with the first key, as far as that was seen to.
    pub since: Option<Timestamp>,
}

/// What was sealed anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The key that sealed it.
    pub key: String,
    /// How many values were sealed with another one.
    pub sealed_anew: u64,
}

/// Why not everything was sealed anew.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// The database belongs to other keys.
    #[error("This file holds none of the keys that the database is served with. Name the right one by --secret-file.")]
    OtherKeys,
    /// Nothing was touched that no key opens.
    #[error("{}", unopened(.0))]
    Unopened(Vec<Place>),
    /// Somebody seals with another key meanwhile.
    #[error(
        "A running server still seals with another key. Make the new key the first one on every replica, wait until each \
         has told in its log that it took it, and repeat this."
    )]
    Raced,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// Why the keys were not read again.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be read, or holds something else.
    #[error("{0}")]
    Load(#[from] LoadError),
    /// The database belongs to other keys.
    #[error("it holds none of the keys that the database is served with")]
    OtherKeys,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
    /// The process is about to end.
    #[error("the server stops")]
    Stopping,
}

fn unopened(places: &[Place]) -> String {
    let named: Vec<String> = places.iter().take(10).map(ToString::to_string).collect();
    let more = places.len().saturating_sub(named.len());
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    format!(
        "{} of the sealed values were sealed with a key that the file does not hold: add that key to it, or give these \
         up: {}{more}",
        places.len(),
        named.join("; ")
    )
}

/// What tells a key from another in the database, without telling the key.
fn fingerprint(key: &SecretKey) -> String {
    key.sign_text("installation", "which key")
}

fn is_one_of(ring: &KeyRing, kept: &str) -> bool {
    ring.keys().any(|key| fingerprint(key) == kept)
}

/// Whether this process has the secret key that the database is served with. Replicas with different keys would not take
/// each other's sessions.
pub async fn has_the_same_secret(app: &App) -> Result<bool, DbError> {
    let ring = app.secret.ring();
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        tx.lock_scope(SECRET_KEY).await?;
        if let Some(kept) = server_settings::find_in(&mut tx, SECRET_KEY).await? {
            return Ok(is_one_of(&ring, &kept));
        }
        server_settings::put(&mut tx, SECRET_KEY, &fingerprint(ring.first())).await?;
        tx.commit().await?;
        Ok(true)
    })
    .await
}

/// The same for keys that are not used yet, without keeping anything.
async fn belongs(db: &Db, ring: &KeyRing) -> Result<bool, DbError> {
    Ok(server_settings::find(db, SECRET_KEY).await?.is_none_or(|kept| is_one_of(ring, &kept)))
}

/// Reads the file of the keys again; answers them when they are others than before, which are taken from now on.
///
/// # Errors
/// When the file is of no use: then those from before are kept.
pub async fn read_again(app: &App, file: &Path) -> Result<Option<Arc<KeyRing>>, ReadError> {
    let file = file.to_owned();
    let read = app.tasks.spawn_blocking(move || KeyRing::load(&file)).await;
    let ring = read.map_err(|_ended| ReadError::Stopping)??;
    if ring == *app.secret.ring() {
        return Ok(None);
    }
    if !belongs(&app.db, &ring).await? {
        return Err(ReadError::OtherKeys);
    }
    app.secret.replace(ring);
    Ok(Some(app.secret.ring()))
}

/// For whom the value at this place is sealed.
fn purpose(place: &Place) -> String {
    match place {
        Place::SecondFactor(user) => second_factor::purpose(user),
        Place::FeedSecret { tenant, feed, .. } => feeds::secrets::purpose(tenant, *feed),
        Place::Webhook { tenant, endpoint_id, .. } => webhooks::purpose(tenant, endpoint_id),
        Place::RecoveryKey { key } => format!("recovery codes of the key {key}"),
    }
}

/// How many values each key sealed.
pub async fn status(app: &App) -> Result<Status, DbError> {
    let ring = app.secret.ring();
    let (mut counts, mut unopened) = (BTreeMap::<String, u64>::new(), Vec::new());
    let mut next = Some(Cursor::start());
    while let Some(from) = next {
        let (values, after) = store::sealed::page(&app.db, &from, app.now(), AT_ONCE).await?;
        for value in values {
            match ring.open_with(&purpose(&value.place), &value.sealed) {
                Some((key, _)) => *counts.entry(key.id()).or_default() += 1,
                None => unopened.push(value.place),
            }
        }
        next = after;
    }
    let keys = ring.keys().map(SecretKey::id).map(|id| (id.clone(), counts.remove(&id).unwrap_or_default()));
    let since = server_settings::find(&app.db, SINCE).await?;
    let since = since.as_deref().and_then(|since| since.split_once(' '));
    let since = since.filter(|(key, _)| *key == ring.first().id()).and_then(|(_, micros)| micros.parse().ok());
    Ok(Status { keys: keys.collect(), unopened, since: since.map(Timestamp::from_micros) })
}

/// Seals anew with the first key what the others sealed. Safe to run beside servers, to kill, and to run twice at once:
/// a value that somebody changes meanwhile stays as they left it.
///
/// # Errors
/// When the keys are not the database's, or something cannot be opened; then nothing has changed.
pub async fn rotate(app: &App, actor: &Actor) -> Result<Rotated, RotateError> {
    rotate_by(app, actor, AT_ONCE).await
}

/// The same, with so many values in one transaction.
pub async fn rotate_by(app: &App, actor: &Actor, at_once: i64) -> Result<Rotated, RotateError> {
    let ring = app.secret.ring();
    if !belongs(&app.db, &ring).await? {
        return Err(RotateError::OtherKeys);
    }
    let before = status(app).await?;
    if !before.unopened.is_empty() {
        return Err(RotateError::Unopened(before.unopened));
    }
    retry_on_conflict(|| keep_recovery_keys(app, &ring)).await?;
    let mut sealed_anew = 0;
    for _ in 0..PASSES_MAX {
        let (found, replaced) = pass(app, &ring, at_once).await?;
        sealed_anew += replaced;
        // What somebody sealed while the pass went on is found by the next one.
        if found == 0 {
            let rotated = Rotated { key: ring.first().id(), sealed_anew };
            retry_on_conflict(|| finish(app, actor, &ring, &rotated)).await?;
            return Ok(rotated);
        }
    }
    Err(RotateError::Raced)
}

/// Recovery codes are kept as signatures, which cannot be made anew without the codes. So what signed them is kept instead,
/// sealed: they stay good when the key is gone.
async fn keep_recovery_keys(app: &App, ring: &KeyRing) -> Result<(), DbError> {
    let mut tx = app.db.begin().await?;
    for key in ring.others() {
        let place = Place::RecoveryKey { key: key.id() };
        let sealed = ring.seal(&purpose(&place), &key.for_purpose(second_factor::RECOVERY).reveal());
        store::sealed::keep_recovery_key(&mut tx, &key.id(), &sealed).await?;
    }
    tx.commit().await
}

/// What recovery codes may be signed with.
pub(super) async fn recovery_signers(tx: &mut Tx, app: &App) -> Result<Vec<SecretKey>, DbError> {
    let ring = app.secret.ring();
    let mut signers: Vec<SecretKey> = ring.keys().map(|key| key.for_purpose(second_factor::RECOVERY)).collect();
    for kept in store::sealed::recovery_keys(tx).await? {
        let opened = ring.open(&purpose(&kept.place), &kept.sealed);
        match opened.and_then(|text| SecretKey::parse(&text).ok()) {
            Some(signer) if signers.contains(&signer) => {}
            Some(signer) => signers.push(signer),
            None => tracing::error!("No key opens {}", kept.place),
        }
    }
    Ok(signers)
}

/// Goes through everything once; answers how many values another key had sealed, and how many of them were replaced.
async fn pass(app: &App, ring: &KeyRing, at_once: i64) -> Result<(u64, u64), RotateError> {
    let (mut found, mut replaced) = (0, 0);
    let mut next = Some(Cursor::start());
    while let Some(from) = next {
        let (values, after) = store::sealed::page(&app.db, &from, app.now(), at_once).await?;
        let mut anew = Vec::new();
        for value in values {
            let purpose = purpose(&value.place);
            let Some((key, secret)) = ring.open_with(&purpose, &value.sealed) else {
                return Err(RotateError::Unopened(vec![value.place]));
            };
            if key != ring.first() {
                found += 1;
                anew.push((value, ring.seal(&purpose, &secret)));
            }
        }
        if !anew.is_empty() {
            replaced += retry_on_conflict(|| replace(app, &anew)).await?;
        }
        next = after;
    }
    Ok((found, replaced))
}

async fn replace(app: &App, anew: &[(SealedValue, String)]) -> Result<u64, DbError> {
    let mut tx = app.db.begin().await?;
    let mut replaced = 0;
    for (read, sealed) in anew {
        replaced += u64::from(store::sealed::replace(&mut tx, read, sealed).await?);
    }
    tx.commit().await?;
    Ok(replaced)
}

/// From now on the database belongs to the first key.
async fn finish(app: &App, actor: &Actor, ring: &KeyRing, rotated: &Rotated) -> Result<(), DbError> {
    let now = app.now();
    let own = fingerprint(ring.first());
    let mut tx = app.db.begin().await?;
    tx.lock_scope(SECRET_KEY).await?;
    let kept = server_settings::find_in(&mut tx, SECRET_KEY).await?;
    if rotated.sealed_anew == 0 && kept.as_ref() == Some(&own) {
        return Ok(());
    }
    server_settings::put(&mut tx, SECRET_KEY, &own).await?;
    server_settings::put(&mut tx, SINCE, &format!("{} {}", rotated.key, now.micros())).await?;
    let subject = Subject::new("secret_key", &rotated.key);
    audit::record_global(&mut tx, actor, "secret_key.rotated", subject, None, None, now).await?;
    tx.commit().await
}
