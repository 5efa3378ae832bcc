//! Reads the body of a request: bounded in length and time, as a JSON object, with its Idempotency-Key.

use std::time::Duration;

use actix_web::{
    HttpRequest,
    http::header,
    web::{Bytes, BytesMut, Payload},
};
use futures_util::StreamExt as _;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::error::ApiError;
use crate::{
    domain::{invalid::FieldErrors, strict_json},
    service::idempotency::KeyedRequest,
};

/// Longest body, in bytes.
const BYTES_MAX: usize = 1024 * 1024;
/// A body of that length arrives within this time over the slowest line that counts.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest Idempotency-Key, in characters.
const KEY_CHARS_MAX: usize = 255;
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The body of a request.
#[derive(Clone, Debug)]
pub(super) struct Body(Bytes);

/// Reads the whole body.
///
/// # Errors
/// When it is too long, too slow, or breaks off.
pub(super) async fn read(request: &HttpRequest, payload: Payload) -> Result<Body, ApiError> {
    let encoding = request.headers().get(header::CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(ApiError::UnsupportedBody("Send the body without Content-Encoding.".to_owned()));
    }
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if length.and_then(|length| length.parse::<usize>().ok()).is_some_and(|length| length > BYTES_MAX) {
        return Err(ApiError::TooLarge);
    }
    match tokio::time::timeout(TIMEOUT, collect(payload)).await {
        Ok(body) => body,
        Err(_elapsed) => Err(ApiError::Timeout),
    }
}

async fn collect(mut payload: Payload) -> Result<Body, ApiError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| ApiError::BadRequest(format!("The body broke off: {error}.")))?;
        if body.len() + chunk.len() > BYTES_MAX {
            return Err(ApiError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Body(body.freeze()))
}

impl Body {
    /// The body as a JSON object.
    ///
    /// # Errors
    /// When it is none; the message says what is wrong, and where.
    pub(super) fn object(&self) -> Result<Map<String, Value>, ApiError> {
        if self.is_blank() {
            return Err(FieldErrors::one("body", "Send a JSON object.").into());
        }
        match strict_json::parse(&self.0) {
            Ok(Value::Object(map)) => Ok(map),
            Ok(_other) => Err(FieldErrors::one("body", "Send a JSON object, not another kind of value.").into()),
            Err(error) => Err(FieldErrors::one("body", format!("Send a JSON object: {error}.")).into()),
        }
    }

    fn is_blank(&self) -> bool {
        self.0.iter().all(u8::is_ascii_whitespace)
    }

    /// The bytes themselves.
    pub(super) fn bytes(&self) -> &Bytes {
        &self.0
    }

    /// The request's Idempotency-Key, with what tells this request from another one; `None` when it names none.
    ///
    /// # Errors
    /// When the key is empty, too long, or holds other than visible ASCII characters.
    pub(super) fn keyed(&self, request: &HttpRequest) -> Result<Option<KeyedRequest>, ApiError> {
        let mut keys = request.headers().get_all(IDEMPOTENCY_KEY);
        let Some(key) = keys.next() else { return Ok(None) };
        let visible =
            !key.is_empty() && key.len() <= KEY_CHARS_MAX && key.as_bytes().iter().all(|b| (0x21..0x7f).contains(b));
        if keys.next().is_some() || !visible {
            let message = format!("Send one key of 1 to {KEY_CHARS_MAX} visible ASCII characters.");
            return Err(FieldErrors::one("Idempotency-Key", message).into());
        }
        let mut hash = Sha256::new();
        for part in [request.method().as_str(), request.uri().path(), request.query_string()] {
            hash.update(part.as_bytes());
            // None of them can hold a line break.
            hash.update(b"\n");
        }
        hash.update(&self.0);
        let key = String::from_utf8_lossy(key.as_bytes()).into_owned();
        Ok(Some(KeyedRequest { key, fingerprint: hex::encode(hash.finalize()) }))
    }
}
