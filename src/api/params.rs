//! Reads the parameters of a path and of a query: decoded once, valid UTF-8, no control characters.

use actix_web::HttpRequest;
use percent_encoding::percent_decode_str;

use super::error::ApiError;
use crate::domain::{
    ids::{CustomerId, SiteCode},
    invalid::FieldErrors,
};

/// Decodes one segment of a path, or one part of a query.
fn decode(text: &str) -> Option<String> {
    let digits = |part: &str| part.len() >= 2 && part.bytes().take(2).all(|b| b.is_ascii_hexdigit());
    if !text.split('%').skip(1).all(digits) {
        return None;
    }
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    (!decoded.chars().any(char::is_control)).then(|| decoded.into_owned())
}

/// Whether every segment of a path, as it was sent, can be decoded. Checked before a route is looked for, because the
/// router would put replacement characters in place of what cannot, and so make two customers one.
pub(super) fn is_clean(raw_path: &str) -> bool {
    raw_path.split('/').all(|segment| decode(segment).is_some())
}

/// The parameter of the path with this name.
///
/// # Errors
/// When it cannot be decoded.
pub(super) fn path(request: &HttpRequest, name: &str) -> Result<String, ApiError> {
    // The router has decoded everything but `%`, `/` and `+`, so that this is the first time for those.
    let decoded = request.match_info().get(name).and_then(decode);
    decoded.ok_or_else(|| FieldErrors::one(name, "Give UTF-8, percent-encoded, without control characters.").into())
}

/// The customer that the path names.
///
/// # Errors
/// When it is no id of a customer.
pub(super) fn customer(request: &HttpRequest) -> Result<CustomerId, ApiError> {
    let id = path(request, "customerId")?;
    CustomerId::parse(&id).map_err(|error| FieldErrors::one("customerId", error).into())
}

/// The site that the query names; `None` when it names none.
///
/// # Errors
/// When it is no code of a site.
pub(super) fn site(request: &HttpRequest) -> Result<Option<SiteCode>, ApiError> {
    let code = query(request, "siteCode")?.filter(|code| !code.is_empty());
    code.map(|code| SiteCode::parse(&code).map_err(|error| FieldErrors::one("siteCode", error).into())).transpose()
}

/// The parameter of the query with this name; `None` when it is not there.
///
/// # Errors
/// When it stands there twice or cannot be decoded.
pub(super) fn query(request: &HttpRequest, name: &str) -> Result<Option<String>, ApiError> {
    let mut found = None;
    for (key, value) in pairs(request.query_string()) {
        if key.as_deref() != Some(name) {
            continue;
        }
        let Some(value) = value else {
            return Err(FieldErrors::one(name, "Give UTF-8, percent-encoded, without control characters.").into());
        };
        if found.replace(value).is_some() {
            return Err(FieldErrors::one(name, "Give it once.").into());
        }
    }
    Ok(found)
}

/// The pairs of a query or of a form; `None` for what cannot be decoded.
pub(super) fn pairs(text: &str) -> impl Iterator<Item = (Option<String>, Option<String>)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(&key.replace('+', " ")), decode(&value.replace('+', " ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_decoded_once() {
        assert_eq!(decode("a%2Fb%20%2b").as_deref(), Some("a/b +"));
        assert_eq!(decode("%252F").as_deref(), Some("%2F"));
        assert_eq!(decode("Zo%C3%AB").as_deref(), Some("Zoë"));
    }

    #[test]
    fn what_cannot_be_decoded_is_refused() {
        for path in ["/a/%", "/a/%2", "/a/%zz", "/a/%ff", "/a/%fe/b", "/a/%00", "/a/%0A", "/a/%C2%85", "/a/%+1", "/%€€"]
        {
            assert!(!is_clean(path), "{path}");
        }
        for path in ["/", "/a//b", "/a/%2F", "/a/%F0%9F%92%A1", "/a/b+c", "/a/..", "/a/%2e%2e"] {
            assert!(is_clean(path), "{path}");
        }
    }

    #[test]
    fn pairs_are_those_of_a_form() {
        let read: Vec<_> = pairs("a=1&b=x+y%26&&c&d=%ff&e==").collect();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            read,
            [
                (text("a"), text("1")),
                (text("b"), text("x y&")),
                (text("c"), text("")),
                (text("d"), None),
                (text("e"), text("=")),
            ]
        );
    }
}
