//! Sessions in the database, so that every replica knows them and signing out ends them.

use std::collections::HashMap;

use actix_session::{
    Session, SessionMiddleware,
    config::{BrowserSession, TtlExtensionPolicy},
    storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError, generate_session_key},
};
use actix_web::cookie::{Key, SameSite, time::Duration};
use serde::Serialize;

use super::{error::WebError, session_cookie};
use crate::{
    app::App,
    domain::{sign_in::Device, time::Timestamp},
    secrets,
    service::{
        sessions::{IDLE_SECS, LIFE_SECS},
        sign_in::PendingSignIn,
    },
    store::{
        DbError,
        db::retry_on_conflict,
        sessions::{self},
    },
};

/// A session that is used lives on, but this is written at most every five minutes.
const EXTEND_SECS: i64 = 5 * 60;

const USER: &str = "user_id";
const CSRF: &str = "csrf";
const ID: &str = "id";
const AGENT: &str = "agent";
const ADDRESS: &str = "address";
/// Somebody whose code is still to come, and where they want to be.
const PENDING: &str = "pending";
const NEXT: &str = "next";
/// The sealed secret of a second factor that is being set up.
const DRAFT: &str = "second_factor";

/// The middleware that loads and keeps sessions. Its cookie is sealed with `key`.
pub(super) fn middleware(app: &App, key: Key) -> SessionMiddleware<DbSessions> {
    let https = app.settings.is_https();
    SessionMiddleware::builder(DbSessions(app.clone()), key)
        .cookie_name(session_cookie::name(https).to_owned())
        .cookie_secure(https)
        .cookie_http_only(true)
        .cookie_same_site(SameSite::Lax)
        .cookie_path("/".to_owned())
        .session_lifecycle(
            BrowserSession::default()
                .state_ttl(Duration::seconds(IDLE_SECS))
                .state_ttl_extension_policy(TtlExtensionPolicy::OnStateChanges),
        )
        .build()
}

/// Begins a session for a user under a new id, whatever there was before.
pub(super) fn begin(session: &Session, user_id: &str, device: &Device) -> Result<(), WebError> {
    session.clear();
    session.renew();
    put(session, USER, user_id)?;
    put(session, CSRF, secrets::random_text())?;
    put(session, ID, secrets::random_text())?;
    put(session, ADDRESS, device.address.map(|address| address.to_string()).unwrap_or_default())?;
    put(session, AGENT, &device.agent)
}

/// Begins a session of nobody, which knows who is about to give a code.
pub(super) fn begin_pending(session: &Session, pending: &PendingSignIn, next: Option<&str>) -> Result<(), WebError> {
    session.clear();
    session.renew();
    put(session, CSRF, secrets::random_text())?;
    put(session, NEXT, next.unwrap_or_default())?;
    put(session, PENDING, pending)
}

/// Who is about to give a code, and where they want to be.
pub(super) fn pending(session: &Session) -> Option<(PendingSignIn, String)> {
    let pending = session.get(PENDING).ok().flatten()?;
    Some((pending, session.get(NEXT).ok().flatten().unwrap_or_default()))
}

/// The sealed secret that is being set up.
pub(super) fn draft(session: &Session) -> Option<String> {
    session.get(DRAFT).ok().flatten()
}

/// Keeps a sealed secret until it is confirmed.
pub(super) fn keep_draft(session: &Session, sealed: &str) -> Result<(), WebError> {
    put(session, DRAFT, sealed)
}

/// Forgets it. The session goes on under another key: what is known of it gets in no more.
pub(super) fn end_draft(session: &Session) {
    session.remove(DRAFT);
    session.renew();
}

/// Keeps a value in the session.
pub(super) fn put(session: &Session, key: &str, value: impl Serialize) -> Result<(), WebError> {
    session.insert(key, value).map_err(|error| WebError::internal("writing the session", error))
}

/// Who is signed in.
pub(super) fn user_id(session: &Session) -> Option<String> {
    session.get(USER).ok().flatten()
}

/// The token that forms of this session carry.
pub(super) fn csrf(session: &Session) -> Option<String> {
    session.get(CSRF).ok().flatten()
}

/// The session's name in the list of its user's sessions.
pub(super) fn id(session: &Session) -> String {
    session.get(ID).ok().flatten().unwrap_or_default()
}

/// The sessions in the database, by the hash of the key in the cookie.
pub(super) struct DbSessions(App);

type State = HashMap<String, String>;

fn hash(key: &SessionKey) -> String {
    secrets::sha256_hex(key.as_ref())
}

/// The user is a column too, so that all sessions of a user can be ended.
fn user_of(state: &State) -> Option<String> {
    state.get(USER).and_then(|json| serde_json::from_str(json).ok())
}

impl DbSessions {
    fn expiry(&self, ttl: &Duration) -> Timestamp {
        self.0.now().plus_secs(ttl.whole_seconds())
    }

    async fn extend(&self, hash: &str, expires_at: Timestamp) -> Result<(), DbError> {
        retry_on_conflict(async || {
            let mut tx = self.0.db.begin().await?;
            sessions::extend(&mut tx, hash, expires_at).await?;
            tx.commit().await
        })
        .await
    }

    async fn insert(&self, hash: &str, state: &State, expires_at: Timestamp) -> Result<(), DbError> {
        let (user, json) = (user_of(state), serde_json::json!(state).to_string());
        retry_on_conflict(async || {
            let mut tx = self.0.db.begin().await?;
            sessions::insert(&mut tx, hash, user.as_deref(), &json, self.0.now(), expires_at).await?;
            tx.commit().await
        })
        .await
    }

    async fn change(&self, hash: &str, state: &State, expires_at: Timestamp) -> Result<(), DbError> {
        let (user, json) = (user_of(state), serde_json::json!(state).to_string());
        retry_on_conflict(async || {
            let mut tx = self.0.db.begin().await?;
            sessions::update(&mut tx, hash, user.as_deref(), &json, expires_at).await?;
            tx.commit().await
        })
        .await
    }
}

impl SessionStore for DbSessions {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let (hash, now) = (hash(key), self.0.now());
        let found = sessions::find(&self.0.db, &hash, now, now.plus_secs(-LIFE_SECS))
            .await
            .map_err(|error| LoadError::Other(error.into()))?;
        let Some((state, expires_at)) = found else { return Ok(None) };
        let fresh = now.plus_secs(IDLE_SECS);
        if expires_at < fresh.plus_secs(-EXTEND_SECS) {
            self.extend(&hash, fresh).await.map_err(|error| LoadError::Other(error.into()))?;
        }
        serde_json::from_str(&state).map(Some).map_err(|error| LoadError::Deserialization(error.into()))
    }

    async fn save(&self, state: State, ttl: &Duration) -> Result<SessionKey, SaveError> {
        let key = generate_session_key();
        self.insert(&hash(&key), &state, self.expiry(ttl)).await.map_err(|error| SaveError::Other(error.into()))?;
        Ok(key)
    }

    async fn update(&self, key: SessionKey, state: State, ttl: &Duration) -> Result<SessionKey, UpdateError> {
        self.change(&hash(&key), &state, self.expiry(ttl)).await.map_err(|error| UpdateError::Other(error.into()))?;
        Ok(key)
    }

    async fn update_ttl(&self, key: &SessionKey, ttl: &Duration) -> Result<(), anyhow::Error> {
        Ok(self.extend(&hash(key), self.expiry(ttl)).await?)
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        let hash = hash(key);
        retry_on_conflict(async || {
            let mut tx = self.0.db.begin().await?;
            sessions::delete(&mut tx, &hash).await?;
            tx.commit().await
        })
        .await
        .map_err(|error: DbError| error.into())
    }
}
