//! Answers that a client keeps and asks again for: with an `ETag`, and 304 while nothing has changed.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, ContentType},
    },
};

use serde::Serialize;

use super::error::ApiError;
use crate::secrets;

/// Kept by the browser that asked and nobody else, and never shown without asking again.
const CACHING: &str = "no-cache, private";
/// Digits of a body's hash that stand in its tag.
const TAG_CHARS: usize = 32;

/// 200 with a body of JSON and its tag, or 304 when the client has that very body.
pub(super) fn json(request: &HttpRequest, body: String) -> HttpResponse {
    let tag = tag_of(&body);
    let is_known = request
        .headers()
        .get_all(header::IF_NONE_MATCH)
        .filter_map(|value| value.to_str().ok())
        .any(|known| names(known, &tag));
    let mut answer = HttpResponse::build(if is_known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    answer.insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, CACHING));
    if is_known { answer.finish() } else { answer.content_type(ContentType::json()).body(body) }
}

/// The same for what is to be written as JSON.
///
/// # Errors
/// When it cannot be written.
pub(super) fn json_of(request: &HttpRequest, what: &impl Serialize) -> Result<HttpResponse, ApiError> {
    let body = serde_json::to_string(what).map_err(|cause| ApiError::Internal(cause.to_string()))?;
    Ok(json(request, body))
}

/// Weak, because what compresses the answer on its way leaves the tag as it is.
fn tag_of(body: &str) -> String {
    let hash: String = secrets::sha256_hex(body).chars().take(TAG_CHARS).collect();
    format!("W/\"{hash}\"")
}

/// Whether `If-None-Match` names the tag; compared weakly, as RFC 9110 has it.
fn names(known: &str, tag: &str) -> bool {
    let opaque = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
    known.split(',').map(str::trim).any(|one| one == "*" || opaque(one) == opaque(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_by_what_stands_in_it() {
        let tag = tag_of("1153");
        let strong = tag.strip_prefix("W/").unwrap();
        for known in [&tag, strong, "*", &format!("\"x\" , {tag}"), &format!("{strong},\"y\"")] {
            assert!(names(known, &tag), "{known}");
        }
        for unknown in ["", "W/", "\"\"", "x", strong.trim_matches('"'), &tag_of("1154"), &tag.to_uppercase()] {
            assert!(!names(unknown, &tag), "{unknown}");
        }
    }
}
