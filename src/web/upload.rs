//! Forms with a file: the fields are read and checked, the file is handed on while it arrives.

use std::{future::Future, pin::Pin, time::Duration};

use actix_multipart::{Field, Multipart};
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Bytes};
use futures_util::{Stream, StreamExt as _, stream};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::{
    error::WebError,
    form::{self, BODY_TIMEOUT},
};

/// The fields of such a form together: a text field may hold a table that was pasted.
const FIELDS_BYTES_MAX: usize = 1024 * 1024;
/// So much is reckoned for a field beside its name and what it holds.
const FIELD_BYTES: usize = 64;
/// How fast a file has to arrive: a slow line takes minutes, one that trickles to keep us busy is cut off.
const PACE: Pace = Pace { pause: Duration::from_secs(30), head_start: Duration::from_mins(1), bytes_per_sec: 8 * 1024 };

/// A posted form with a file, whose token matched the session's. Without a file, or sent as an ordinary form, it has
/// none. The fields stand before the file.
pub(crate) struct Upload<T> {
    /// The fields.
    pub(crate) form: T,
    /// The file, if one was chosen.
    pub(crate) file: Option<File>,
}

/// A file, which arrives while it is read.
pub(crate) struct File {
    /// What it is called.
    pub(crate) name: String,
    field: Field,
    /// What the file is a part of.
    whole: Multipart,
}

/// The file did not arrive whole.
#[derive(Debug)]
pub(crate) struct CutOff;

impl File {
    /// The file, piece by piece.
    pub(crate) fn pieces(self) -> impl Stream<Item = Result<Bytes, CutOff>> {
        // The whole is kept until its part was read: without it nothing more arrives.
        let (field, whole) = (self.field, self.whole);
        in_time(field, PACE).map(move |piece| {
            let _whole = &whole;
            piece
        })
    }
}

/// How fast something has to arrive.
#[derive(Clone, Copy)]
struct Pace {
    /// The longest time without anything.
    pause: Duration,
    /// The time that it has besides.
    head_start: Duration,
    /// What has to arrive in each second, on the whole.
    bytes_per_sec: u64,
}

impl Pace {
    /// When more must have arrived of what began at `begun` and of which there are `bytes`.
    fn next_by(self, begun: Instant, bytes: u64) -> Instant {
        let on_the_whole = begun + self.head_start + Duration::from_secs(bytes / self.bytes_per_sec);
        on_the_whole.min(Instant::now() + self.pause)
    }
}

/// The pieces of `body` for as long as they arrive at this pace.
fn in_time<E>(
    body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    pace: Pace,
) -> impl Stream<Item = Result<Bytes, CutOff>> {
    let begun = Instant::now();
    stream::unfold(Some((body, 0_u64)), move |open| async move {
        let (mut body, bytes) = open?;
        match tokio::time::timeout_at(pace.next_by(begun, bytes), body.next()).await {
            Ok(Some(Ok(piece))) => {
                let bytes = bytes.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
                Some((Ok(piece), Some((body, bytes))))
            }
            Ok(None) => None,
            Ok(Some(Err(_))) | Err(_) => Some((Err(CutOff), None)),
        }
    })
}

impl<T: DeserializeOwned + 'static> FromRequest for Upload<T> {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, WebError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let (fields, file) = tokio::time::timeout(BODY_TIMEOUT, read(&request, payload))
                .await
                .map_err(|_elapsed| form::too_slow())??;
            Ok(Self { form: form::accepted(&request, fields)?, file })
        })
    }
}

async fn read(request: &HttpRequest, payload: Payload) -> Result<(Map<String, Value>, Option<File>), WebError> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("multipart/form-data") {
        let body = form::read(request, payload, FIELDS_BYTES_MAX).await?;
        return Ok((form::fields(&body)?, None));
    }
    let mut whole = Multipart::new(request.headers(), payload);
    let (mut fields, mut left) = (Map::new(), FIELDS_BYTES_MAX);
    while let Some(field) = whole.next().await {
        let mut field = field.map_err(|_broken| form::unreadable())?;
        let disposition = field.content_disposition();
        let file = disposition.and_then(|told| told.get_filename()).filter(|name| !name.is_empty()).map(str::to_owned);
        if let Some(name) = file {
            return Ok((fields, Some(File { name, field, whole })));
        }
        let name = field.name().unwrap_or_default().to_owned();
        let read = field.bytes(left).await.map_err(|_too_long| WebError::TooLarge)?;
        let bytes = read.map_err(|_broken| form::unreadable())?;
        // A field takes room for its name, too, and some more.
        left = left.checked_sub(bytes.len() + name.len() + FIELD_BYTES).ok_or(WebError::TooLarge)?;
        let text = String::from_utf8(bytes.to_vec()).map_err(|_no_text| form::unreadable())?;
        fields.insert(name, Value::String(text));
    }
    Ok((fields, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hundred bytes a second, within a tenth of the time that files have.
    const QUICK: Pace =
        Pace { pause: Duration::from_millis(300), head_start: Duration::from_millis(600), bytes_per_sec: 100 };

    /// Reads pieces that arrive at this distance: how many bytes came, and whether all of them did.
    async fn read(pieces: usize, bytes: usize, millis: u64) -> (usize, bool) {
        let pieces = stream::iter(0..pieces).then(move |_| async move {
            tokio::time::sleep(Duration::from_millis(millis)).await;
            Ok::<_, ()>(Bytes::from(vec![b'x'; bytes]))
        });
        let read: Vec<_> = in_time(Box::pin(pieces), QUICK).collect().await;
        let whole = read.iter().all(Result::is_ok);
        (read.into_iter().flatten().map(|piece| piece.len()).sum(), whole)
    }

    #[tokio::test]
    async fn a_file_that_trickles_is_cut_off() {
        assert_eq!(read(3, 10, 20).await, (30, true));
        // Never silent for long, but slow on the whole: a byte every tenth of a second.
        let (bytes, whole) = read(1_000, 1, 100).await;
        assert!(!whole && bytes < 10, "{bytes}");
        // As slow, and enough of it: fifty bytes each time.
        assert_eq!(read(12, 50, 100).await, (600, true));
        assert_eq!(read(2, 1_000, 400).await, (0, false), "silent for too long");
    }
}
