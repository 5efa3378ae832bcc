//! Who asks: the token of a request, and what it may do.

use actix_web::{HttpMessage as _, HttpRequest, http::header};

use super::{error::ApiError, params};
use crate::{
    app::{App, RequestTenant},
    domain::{
        actor::Caller,
        ids::CustomerId,
        scope::Scope,
        token::{AccessToken, Bearer},
    },
    rate_limits::Whose,
    service::tokens,
};

const EMPORIX_TENANT: &str = "emporix-tenant";

/// The token of a request, whatever kind it is. Its tenant is that of the header and of the path, where they name one.
///
/// # Errors
/// 401 without a good token, 403 with one of another tenant.
pub(super) async fn token(app: &App, request: &HttpRequest) -> Result<AccessToken, ApiError> {
    let text = bearer(request).ok_or(ApiError::Unauthorized)?;
    let path = request.match_info().get("tenant").map(|_named| params::path(request, "tenant")).transpose()?;
    let headers = request.headers().get_all(EMPORIX_TENANT).map(|tenant| tenant.as_bytes().trim_ascii());
    let headers: Vec<&[u8]> = headers.filter(|tenant| !tenant.is_empty()).collect();
    let named = headers.first().and_then(|tenant| str::from_utf8(tenant).ok()).or(path.as_deref());
    let token = tokens::recognise(app, text, named).await?.ok_or(ApiError::Unauthorized)?;
    let header_differs = headers.iter().any(|tenant| *tenant != token.tenant.as_str().as_bytes());
    if header_differs || path.is_some_and(|tenant| tenant != token.tenant.as_str()) {
        return Err(ApiError::Forbidden("This token belongs to another tenant.".to_owned()));
    }
    if app.traces.are_sent() {
        request.extensions_mut().insert(RequestTenant(token.tenant.clone()));
    }
    limit(app, request, &token)?;
    Ok(token)
}

/// Takes the request out of the bucket of whoever sent it; what is left goes into the headers of the answer.
///
/// # Errors
/// 429 when nothing is left.
fn limit(app: &App, request: &HttpRequest, token: &AccessToken) -> Result<(), ApiError> {
    let (whose, id, rate) = match &token.bearer {
        Bearer::Customer(customer) => (Whose::Customer, customer.as_str(), app.settings.customer_rate()),
        Bearer::Service { client, rate, .. } => (Whose::Client, client.as_str(), rate.unwrap_or_default()),
        Bearer::Anonymous { .. } => return Ok(()),
    };
    let Some(budget) = app.rate_limits.take(&token.tenant, whose, id, rate, app.now()) else { return Ok(()) };
    request.extensions_mut().insert(budget);
    budget.retry_in_secs.map_or(Ok(()), |secs| Err(ApiError::TooMany(secs)))
}

/// The program that asks, if its token has one of these scopes.
///
/// # Errors
/// 401 without a good token, 403 without a scope.
pub(super) async fn service(app: &App, request: &HttpRequest, any_of: &[Scope]) -> Result<Caller, ApiError> {
    let token = token(app, request).await?;
    require(&token, any_of)?;
    Ok(token.caller())
}

/// Refuses a token that has none of these scopes.
///
/// # Errors
/// 403 without a scope.
pub(super) fn require(token: &AccessToken, any_of: &[Scope]) -> Result<(), ApiError> {
    if any_of.iter().any(|scope| token.may(*scope)) { Ok(()) } else { Err(ApiError::MissingScope(any_of.to_vec())) }
}

/// The customer who asks.
///
/// # Errors
/// 401 without a good token, 403 with that of a program or a guest.
pub(super) async fn customer(app: &App, request: &HttpRequest) -> Result<(Caller, CustomerId), ApiError> {
    let token = token(app, request).await?;
    let customer = require_customer(&token)?.clone();
    Ok((token.caller(), customer))
}

/// The customer whose token it is.
///
/// # Errors
/// 403 when it is that of a program or a guest.
pub(super) fn require_customer(token: &AccessToken) -> Result<&CustomerId, ApiError> {
    match &token.bearer {
        Bearer::Customer(customer) => Ok(customer),
        Bearer::Service { .. } | Bearer::Anonymous { .. } => {
            Err(ApiError::Forbidden("This takes the token of a signed-in customer.".to_owned()))
        }
    }
}

/// The text of the one `Authorization: Bearer ...` header.
pub(super) fn bearer(request: &HttpRequest) -> Option<&str> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let (scheme, text) = headers.next()?.to_str().ok()?.split_once(' ')?;
    let text = text.trim();
    let good = headers.next().is_none() && scheme.eq_ignore_ascii_case("bearer") && !text.is_empty();
    good.then_some(text)
}
