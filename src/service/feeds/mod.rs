//! Events that shops send: checked, kept, and worked off by a job.

pub mod inbox;
pub mod secrets;
pub mod work;

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    app::App,
    domain::{
        feed::{self, Feed, State, emporix},
        ids::TenantId,
        time::Timestamp,
        webhook::{self, Message, Untrusted},
    },
    store::{
        DbError,
        db::{AsConflict, retry_on_conflict},
        feed_secrets, inbox as store,
        inbox::Event,
    },
};
use secrets::Opened;

/// How precisely the use of a secret is noted, in seconds.
const TOUCH_SECS: i64 = 3_600;

/// Tells the job in this process that something is to be worked off. A job elsewhere sees it a moment later.
#[derive(Debug, Default)]
pub struct Arrivals(Notify);

impl Arrivals {
    /// Tells.
    pub(in crate::service) fn tell(&self) {
        self.0.notify_one();
    }

    /// Waits until it is told; what was told since the last time counts.
    pub async fn told(&self) {
        self.0.notified().await;
    }
}

/// A message as it came, its signature not yet checked.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// At which address.
    pub feed: Feed,
    /// Its id, its instant in seconds since 1970 and its signatures, when signed as Standard Webhooks describe.
    pub standard: Option<(&'a str, i64, &'a str)>,
    /// The platform's own signature.
    pub platform: Option<&'a str>,
    /// The name of the event, where it is told apart from the body.
    pub named: Option<&'a str>,
    /// The body, byte by byte.
    pub bytes: &'a [u8],
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The event in the inbox.
    pub event_id: String,
    /// Whether it arrived for the first time.
    pub is_new: bool,
}

/// Why a message was not kept.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// Whoever sent it does not have the secret, or sent it long ago.
    #[error(transparent)]
    Untrusted(#[from] Untrusted),
    /// Another message has its id.
    #[error("Another message was sent with the id '{0}'. Give each message an id of its own.")]
    IdTaken(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl AsConflict for FeedError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}

/// Checks a message's signature and keeps it: once, however often it arrives. `body` is what its bytes hold.
///
/// # Errors
/// When the signature does not fit, and so too when there is no such tenant.
pub async fn receive(
    app: &App,
    tenant: &TenantId,
    arrival: Arrival<'_>,
    body: &Map<String, Value>,
) -> Result<Kept, FeedError> {
    let now = app.now();
    let known = secrets::opened(app, tenant, arrival.feed).await?;
    let signer = signer(&known, arrival, body, now)?;
    let body_hash = hex::encode(Sha256::digest(arrival.bytes));
    let heading = feed::heading(arrival.feed, arrival.named, body);
    let message_id = match arrival.standard {
        Some((id, ..)) => id.to_owned(),
        // The platform names no message: the same event is the same text.
        None => hex::encode(Sha256::digest(format!(
            "{}\n{}",
            heading.kind,
            emporix::canonical(&Value::Object(body.clone()))
        ))),
    };
    let event = Event {
        tenant_id: tenant.clone(),
        event_id: Uuid::now_v7().to_string(),
        feed: arrival.feed,
        message_id,
        body_hash,
        kind: heading.kind,
        subject: heading.subject,
        body: String::from_utf8_lossy(arrival.bytes).into_owned(),
        received_at: now,
        deliveries: 1,
        state: State::Waiting,
        outcome: None,
        attempts: 0,
        worked_at: None,
    };
    let kept = retry_on_conflict(|| keep(app, &event, &signer.secret_id)).await?;
    app.arrivals.tell();
    Ok(kept)
}

/// The secret that signed a message. A message without a signature fits none.
fn signer<'a>(
    known: &'a [Opened],
    arrival: Arrival<'_>,
    body: &Map<String, Value>,
    now: Timestamp,
) -> Result<&'a Opened, Untrusted> {
    let place = match (arrival.standard, arrival.platform, arrival.feed) {
        (Some((id, at_secs, header)), ..) => {
            let (places, secrets): (Vec<usize>, Vec<_>) =
                known.iter().enumerate().filter_map(|(place, one)| Some((place, one.standard()?))).unzip();
            let found = webhook::check(&secrets, Message { id, at_secs, body: arrival.bytes }, header, now)?;
            places.get(found).copied()
        }
        (None, Some(signature), Feed::Emporix) => {
            let secrets: Vec<String> = known.iter().map(|one| one.text.clone()).collect();
            emporix::signer(&secrets, arrival.bytes, &Value::Object(body.clone()), signature)
        }
        _ => None,
    };
    place.and_then(|place| known.get(place)).ok_or(Untrusted::Unsigned)
}

async fn keep(app: &App, event: &Event, secret_id: &str) -> Result<Kept, FeedError> {
    let now = event.received_at;
    let mut tx = app.db.begin().await?;
    let is_new = store::insert(&mut tx, event).await?;
    let event_id = if is_new {
        event.event_id.clone()
    } else {
        let kept = store::see_again(&mut tx, &event.tenant_id, event.feed, &event.message_id, now).await?;
        // A platform's message is known by what it holds; written otherwise, it is the same.
        if kept.body_hash != event.body_hash && event.feed == Feed::Orders {
            return Err(FeedError::IdTaken(event.message_id.clone()));
        }
        kept.event_id
    };
    let since = now.plus_secs(-TOUCH_SECS);
    feed_secrets::touch(&mut tx, &event.tenant_id, secret_id, now, since).await?;
    tx.commit().await?;
    Ok(Kept { event_id, is_new })
}
