//! Tokens for guests, who look at the options and validate coupons.

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use super::{
    error::ApiError,
    params,
    routes::{self, Route},
};
use crate::{
    app::App,
    domain::{ids::TenantId, invalid::FieldErrors},
    service::tokens::{self, AnonymousTokens},
};

const LOGIN: &str = "/customerlogin/auth/anonymous/login";
const REFRESH: &str = "/customerlogin/auth/anonymous/refresh";

/// The operations of this resource, for the document.
#[derive(OpenApi)]
#[openapi(paths(login, refresh))]
pub(super) struct Operations;

/// The routes of this resource.
pub(super) fn routes() -> Vec<Route> {
    vec![routes::get(LOGIN, login), routes::get(REFRESH, refresh)]
}

/// The tokens of a guest.
#[derive(Serialize, ToSchema)]
struct GuestTokens {
    /// Reads options and validates coupons.
    access_token: String,
    /// Renews both tokens.
    refresh_token: String,
    /// The same after every renewal.
    #[serde(rename = "sessionId")]
    session_id: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// For how many seconds the access token is good.
    #[schema(example = 3600)]
    expires_in: i64,
}

impl From<AnonymousTokens> for GuestTokens {
    fn from(tokens: AnonymousTokens) -> Self {
        let AnonymousTokens { access_token, refresh_token, session, expires_in } = tokens;
        Self { access_token, refresh_token, session_id: session, token_type: "Bearer", expires_in }
    }
}

/// The tenant that the query names, under either of its names.
fn tenant(request: &HttpRequest) -> Result<TenantId, ApiError> {
    let named = match params::query(request, "tenant")? {
        Some(tenant) => Some(tenant),
        None => params::query(request, "hybris-tenant")?,
    };
    let named = named.ok_or_else(|| FieldErrors::one("tenant", "Name the tenant."))?;
    TenantId::parse(&named).map_err(|_invalid| unknown(&named))
}

fn unknown(tenant: &str) -> ApiError {
    ApiError::NotFound(format!("There is no tenant `{tenant}`."))
}

fn answer(tokens: AnonymousTokens) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::PRAGMA, "no-cache"))
        .json(GuestTokens::from(tokens))
}

/// Get a guest's token
///
/// For the pages of a shop that nobody has signed in to. The token reads the redemption options and validates coupons,
/// and nothing else.
#[utoipa::path(
    get, path = LOGIN, tag = "Tokens", operation_id = "getGuestToken",
    params(
        ("tenant" = Option<String>, Query, example = "acme", description = "The tenant; or `hybris-tenant`."),
        ("hybris-tenant" = Option<String>, Query, description = "The tenant, by its older name."),
        ("client_id" = Option<String>, Query, description = "Tolerated: guests need no client."),
    ),
    responses(
        (status = 200, description = "The tokens.", content_type = "application/json", body = GuestTokens),
        (status = 400, description = "No tenant is named."),
        (status = 404, description = "There is no such tenant."),
    ),
)]
pub(super) async fn login(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let tenant = tenant(&request)?;
    let issued = tokens::issue_to_guest(&app, &tenant).await?;
    issued.map(answer).ok_or_else(|| unknown(tenant.as_str()))
}

/// Renew a guest's token
#[utoipa::path(
    get, path = REFRESH, tag = "Tokens", operation_id = "renewGuestToken",
    params(
        ("tenant" = Option<String>, Query, example = "acme", description = "The tenant; or `hybris-tenant`."),
        ("hybris-tenant" = Option<String>, Query, description = "The tenant, by its older name."),
        ("client_id" = Option<String>, Query, description = "Tolerated: guests need no client."),
        ("refresh_token" = String, Query, description = "The newest refresh token."),
    ),
    responses(
        (status = 200, description = "New tokens of the same session.", content_type = "application/json",
            body = GuestTokens),
        (status = 400, description = "No tenant or no refresh token is named."),
        (status = 404, description = "There is no such tenant."),
        (status = 401, description = "The refresh token is none, is another tenant's, or has ended."),
    ),
)]
pub(super) async fn refresh(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let tenant = tenant(&request)?;
    let token = params::query(&request, "refresh_token")?;
    let token = token.ok_or_else(|| FieldErrors::one("refresh_token", "Give the refresh token."))?;
    tokens::renew_for_guest(&app, &tenant, &token).map(answer).ok_or(ApiError::Unauthorized)
}
