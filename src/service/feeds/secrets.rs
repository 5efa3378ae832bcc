//! The secrets of the feeds: made here or by the shop's platform, two of each feed at once.

use serde_json::json;

use crate::{
    app::App,
    domain::{
        actor::Caller,
        audit::Subject,
        feed::Feed,
        ids::TenantId,
        invalid::{FieldErrors, Invalid},
        webhook::WebhookSecret,
    },
    secrets::random_id,
    service::audit,
    store::{
        Db, DbError,
        db::{AsConflict, retry_on_conflict},
        feed_secrets as store,
    },
    texts::t,
};

pub use crate::store::feed_secrets::FeedSecret;

/// Secrets of one feed that are good at once.
pub const SECRETS_MAX: usize = 2;
/// Shortest and longest secret of the platform, in characters.
const PLATFORM_CHARS: std::ops::RangeInclusive<usize> = 16..=128;
/// Characters of a secret by which people tell it from another.
const HINT_CHARS: usize = 4;

/// Why a secret was not kept or forgotten.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// What was given does not fit.
    #[error(transparent)]
    Invalid(#[from] FieldErrors),
    /// There is no such secret.
    #[error("{}", t!("access-secret-gone"))]
    Unknown,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl AsConflict for SecretError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}

/// A secret that can be used.
pub(super) struct Opened {
    pub(super) secret_id: String,
    pub(super) text: String,
}

impl Opened {
    /// The secret as Standard Webhooks use it; `None` for one of the platform.
    pub(super) fn standard(&self) -> Option<WebhookSecret> {
        WebhookSecret::parse(&self.text).ok()
    }
}

/// Whose secret is sealed.
pub(crate) fn purpose(tenant: &TenantId, feed: Feed) -> String {
    format!("feed {} of {tenant}", feed.as_str())
}

/// The secrets of a feed, opened.
pub(super) async fn opened(app: &App, tenant: &TenantId, feed: Feed) -> Result<Vec<Opened>, DbError> {
    let purpose = purpose(tenant, feed);
    let mut opened = Vec::new();
    for secret in store::list_of(&app.db, tenant, feed).await? {
        let Some(text) = app.secret.open(&purpose, &secret.sealed) else {
            let (feed, secret) = (feed.as_str(), secret.secret_id);
            tracing::error!(%tenant, feed, secret, "A feed's secret was sealed with another key: restore the secret file, or make a new secret");
            continue;
        };
        opened.push(Opened { secret_id: secret.secret_id, text });
    }
    Ok(opened)
}

/// The secrets of both feeds, without what is secret.
pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<FeedSecret>, DbError> {
    store::list(db, tenant).await
}

/// A secret that somebody gave, or a new one.
fn given_or_made(feed: Feed, given: Option<&str>) -> Result<String, Invalid> {
    match (given, feed) {
        (None, _) => Ok(WebhookSecret::random().reveal()),
        (Some(text), Feed::Orders) => WebhookSecret::parse(text).map(|secret| secret.reveal()),
        (Some(text), Feed::Emporix) => {
            let fits = PLATFORM_CHARS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
            let message = "Give 16 to 128 letters, digits and signs without blanks, as the platform has it.";
            if fits { Ok(text.to_owned()) } else { Err(Invalid::new(message)) }
        }
    }
}

/// Keeps the secret that was given for a feed, or makes one; gives it back, to be shown once.
///
/// # Errors
/// When what was given is no secret, or two are good already.
pub async fn add(app: &App, caller: &Caller, feed: Feed, given: Option<&str>) -> Result<String, SecretError> {
    let text = given_or_made(feed, given).map_err(|invalid| FieldErrors::one("secret", invalid))?;
    retry_on_conflict(|| add_once(app, caller, feed, &text)).await?;
    Ok(text)
}

async fn add_once(app: &App, caller: &Caller, feed: Feed, text: &str) -> Result<(), SecretError> {
    let full = || FieldErrors::one("secret", "Two secrets are good already. Remove the one that is not used any more.");
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let known = store::list_in(&mut tx, &caller.tenant).await?;
    let taken: Vec<i64> = known.iter().filter(|secret| secret.feed == feed).map(|secret| secret.slot).collect();
    let slot = [1, 2].into_iter().find(|slot| !taken.contains(slot)).ok_or_else(full)?;
    let chars: Vec<char> = text.trim_end_matches('=').chars().collect();
    let secret = FeedSecret {
        secret_id: random_id(),
        feed,
        slot,
        sealed: app.secret.seal(&purpose(&caller.tenant, feed), text),
        hint: chars.iter().skip(chars.len().saturating_sub(HINT_CHARS)).collect(),
        created_by: caller.actor.id.clone(),
        created_at: now,
        last_used_at: None,
    };
    if !store::insert(&mut tx, &caller.tenant, &secret).await? {
        // Somebody else took this place a moment ago; the other may be free.
        return Err(DbError::Changed.into());
    }
    let after = json!({ "feed": feed.as_str(), "ends_with": secret.hint });
    let subject = Subject::new("feed_secret", &secret.secret_id);
    audit::record(&mut tx, caller, "feed_secret.created", subject, None, Some(after), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Forgets a secret: what is signed with it is refused from now on.
///
/// # Errors
/// When there is no such secret.
pub async fn remove(app: &App, caller: &Caller, secret_id: &str) -> Result<(), SecretError> {
    retry_on_conflict(|| remove_once(app, caller, secret_id)).await
}

async fn remove_once(app: &App, caller: &Caller, secret_id: &str) -> Result<(), SecretError> {
    let mut tx = app.db.begin().await?;
    let known = store::list_in(&mut tx, &caller.tenant).await?;
    let secret = known.into_iter().find(|secret| secret.secret_id == secret_id).ok_or(SecretError::Unknown)?;
    if !store::delete(&mut tx, &caller.tenant, secret_id).await? {
        return Err(SecretError::Unknown);
    }
    let before = json!({ "feed": secret.feed.as_str(), "ends_with": secret.hint });
    let subject = Subject::new("feed_secret", secret_id);
    audit::record(&mut tx, caller, "feed_secret.removed", subject, Some(before), None, app.now()).await?;
    tx.commit().await?;
    Ok(())
}
