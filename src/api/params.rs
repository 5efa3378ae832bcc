//! Reads the parameters of a path and of a query: decoded once, valid UTF-8, no control characters.

use actix_web::HttpRequest;

use super::error::ApiError;
use crate::domain::{
    ids::{CustomerId, SiteCode},
    invalid::FieldErrors,
    percent,
};

/// The parameter of the path with this name.
///
/// # Errors
/// When it cannot be decoded.
pub(super) fn path(request: &HttpRequest, name: &str) -> Result<String, ApiError> {
    // The router has decoded everything but `%`, `/` and `+`, so that this is the first time for those.
    let decoded = request.match_info().get(name).and_then(percent::decode);
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
    for (key, value) in percent::pairs(request.query_string()) {
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
