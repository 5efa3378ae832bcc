//! Redemption options: what points can be exchanged for.

mod view;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header::ContentType},
    web::{Data, Payload},
};
use serde_json::{Map, Value};
use utoipa::OpenApi;

use super::{
    REPLAYED, auth, body,
    error::ApiError,
    fresh, params,
    routes::{self, Route},
};
use crate::{
    app::App,
    domain::{
        ids::{SiteCode, TenantId},
        invalid::FieldErrors,
        option::{OptionDraft, RedeemOption},
        scope::Scope,
        token::{AccessToken, Bearer},
    },
    service::{
        options::{self, Created, OptionError},
        own, sites,
    },
};

const OPTIONS: &str = "/reward-points/{tenant}/redeemOptions";
const OWN_OPTIONS: &str = "/reward-points/public/customer/redeemOptions";
const OPTION: &str = "/reward-points/{tenant}/redeemOptions/{redeemOptionId}";

/// The operations of this resource, for the document.
#[derive(OpenApi)]
#[openapi(paths(list_own, create, list, read, update, archive))]
pub(super) struct Operations;

/// The routes of this resource.
pub(super) fn routes() -> Vec<Route> {
    vec![
        routes::get(OWN_OPTIONS, list_own),
        routes::post(OPTIONS, create),
        routes::get(OPTIONS, list),
        routes::get(OPTION, read),
        routes::put(OPTION, update),
        routes::delete(OPTION, archive),
    ]
}

fn json(body: String) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::json()).body(body)
}

/// What the bearer of a token may see: programs everything that is not deleted, customers and guests what can be had.
fn is_seen(option: &RedeemOption, token: &AccessToken, app: &App) -> bool {
    match token.bearer {
        Bearer::Service { .. } => option.archived_at.is_none(),
        Bearer::Customer(_) | Bearer::Anonymous { .. } => option.is_offered(app.now()) && option.left() != Some(0),
    }
}

/// Create a redemption option
///
/// The option goes to the end of the list. The answer is the list of all options.
#[utoipa::path(
    post, path = OPTIONS, tag = "Redemption options", operation_id = "createRedeemOption",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255,
            description = "Makes the request safe to repeat: with the same key and body the same list is answered, with \
                another body it is refused with 422."),
    ),
    request_body(content = view::NewRedeemOption, example = json!({
        "type": "coupon", "name": "10 Euro Gutschein", "description": "Für 90 Punkte", "points": 90,
        "coupon": {
            "name": "Gutschein über 10 Euro", "discountType": "ABSOLUTE",
            "discountAbsolute": {"amount": 10, "currency": "EUR"}, "allowAnonymous": true, "maxRedemptions": 1,
        },
    })),
    responses(
        (status = 200, description = "All options.", content_type = "application/json", body = Vec<view::RedeemOption>),
        (status = 400, description = "Something does not fit."),
        (status = 422, description = "The Idempotency-Key was used for another request."),
    ),
    security(("OAuth2" = ["rewardspoints.rewardpoints_manage"])),
)]
pub(super) async fn create(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, ApiError> {
    let caller = auth::service(&app, &request, &[Scope::RewardPointsManage]).await?;
    let body = body::read(&request, payload).await?;
    let draft = OptionDraft::from_json(&body.object()?)?;
    let key = body.keyed(&request)?;
    Ok(match options::create(&app, &caller, &draft, key.as_ref()).await? {
        Created::Now { body, .. } => json(body),
        Created::Before { status, body } => HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::OK))
            .insert_header(REPLAYED)
            .content_type(ContentType::json())
            .body(body),
    })
}

/// List the redemption options
///
/// Customers and guests get what can be had now, programs also what is not offered at present.
#[utoipa::path(
    get, path = OPTIONS, tag = "Redemption options", operation_id = "listRedeemOptions",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("siteCode" = Option<String>, Query, example = "main",
            description = "Only what can be had on this site; on any of them by default."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the answer that is kept."),
    ),
    responses(
        (status = 200, description = "The options, in the order in which they are to be shown.",
            content_type = "application/json", body = Vec<view::RedeemOption>),
        (status = 304, description = "Nothing has changed since the answer that `If-None-Match` names."),
    ),
    security(("OAuth2" = []), ("CustomerAccessToken" = []), ("AnonymousAccessToken" = [])),
)]
pub(super) async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let token = auth::token(&app, &request).await?;
    listed(&app, &request, &token).await
}

/// List what one can have
///
/// The redemption options that are offered now, each with what is missing for it and whether the signed-in customer can
/// have it. An addition to the contract.
#[utoipa::path(
    get, path = OWN_OPTIONS, tag = "One's own points", operation_id = "listOwnRedeemOptions",
    params(
        ("siteCode" = Option<String>, Query, example = "main",
            description = "Only what can be had on this site; on any of them by default."),
        ("unavailable" = Option<bool>, Query, example = true,
            description = "`true`: also what is sold out, and what will be offered later."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the answer that is kept."),
    ),
    responses(
        (status = 200, description = "The options, in the order in which they are to be shown.",
            content_type = "application/json", body = Vec<view::OwnRedeemOption>),
        (status = 304, description = "Nothing has changed since the answer that `If-None-Match` names."),
        (status = 400, description = "There is no such site."),
    ),
    security(("CustomerAccessToken" = [])),
)]
pub(super) async fn list_own(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let (caller, customer) = auth::customer(&app, &request).await?;
    let site = params::site(&request)?;
    let with_all = match params::query(&request, "unavailable")?.as_deref() {
        None | Some("" | "false") => false,
        Some("true") => true,
        Some(_) => return Err(FieldErrors::one("unavailable", "Give true or false.").into()),
    };
    let mut found = own::options(&app.db, &caller.tenant, &customer, with_all, app.now()).await?;
    if let Some(site) = site {
        require_site(&app, &caller.tenant, &site).await?;
        found.retain(|(option, _)| option.is_on(&site));
    }
    let found = found.iter().map(|(option, reach)| view::with_reach(option, *reach)).collect();
    fresh::json_of(&request, &Value::Array(found))
}

async fn require_site(app: &App, tenant: &TenantId, site: &SiteCode) -> Result<(), ApiError> {
    if sites::find(&app.db, tenant, site).await?.is_some() {
        return Ok(());
    }
    Err(FieldErrors::one("siteCode", format!("There is no site `{site}`.")).into())
}

/// What the bearer of the token sees, on the site that the query names.
async fn listed(app: &App, request: &HttpRequest, token: &AccessToken) -> Result<HttpResponse, ApiError> {
    let site = params::site(request)?;
    let mut found = options::list_present(&app.db, &token.tenant).await?;
    found.retain(|option| is_seen(option, token, app));
    if let Some(site) = site {
        require_site(app, &token.tenant, &site).await?;
        found.retain(|option| option.is_on(&site));
    }
    Ok(fresh::json(request, options::to_json(&found)))
}

/// Read a redemption option
#[utoipa::path(
    get, path = OPTION, tag = "Redemption options", operation_id = "readRedeemOption",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("redeemOptionId" = String, Path, description = "The option."),
    ),
    responses(
        (status = 200, description = "The option.", content_type = "application/json", body = view::RedeemOption),
        (status = 404, description = "There is no such option, or it was deleted. For customers and guests: or it cannot \
            be had now."),
    ),
    security(("OAuth2" = []), ("CustomerAccessToken" = []), ("AnonymousAccessToken" = [])),
)]
pub(super) async fn read(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let token = auth::token(&app, &request).await?;
    let id = params::path(&request, "redeemOptionId")?;
    let option = options::find(&app.db, &token.tenant, &id).await?;
    let option = option.filter(|option| is_seen(option, &token, &app)).ok_or(OptionError::Unknown(id))?;
    Ok(json(option.to_json().to_string()))
}

/// Change a redemption option
///
/// Replaces the option. `metadata.version` is that of the option when it was read: if it was changed since then, this is
/// refused with 409. Without a version the change is taken as it is. The fields `active`, `activeFrom`, `activeUntil`,
/// `stock`, `maxPerCustomer`, `sites`, `couponLifetimeDays`, `boundToCustomer`, `whenOrderReturned` and `names` stay as
/// they are when they are left out; `null` takes them away.
#[utoipa::path(
    put, path = OPTION, tag = "Redemption options", operation_id = "updateRedeemOption",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("redeemOptionId" = String, Path, description = "The option."),
    ),
    request_body(content = view::NewRedeemOption, example = json!({
        "type": "coupon", "name": "10 Euro Gutschein", "description": "Für 90 Punkte", "points": 90,
        "coupon": {
            "name": "Gutschein über 10 Euro", "discountType": "ABSOLUTE",
            "discountAbsolute": {"amount": 10, "currency": "EUR"}, "allowAnonymous": true, "maxRedemptions": 1,
        },
    })),
    responses(
        (status = 200, description = "It was changed."),
        (status = 400, description = "Something does not fit."),
        (status = 404, description = "There is no such option, or it was deleted."),
        (status = 409, description = "It was changed since this version."),
    ),
    security(("OAuth2" = ["rewardspoints.rewardpoints_manage"])),
)]
pub(super) async fn update(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, ApiError> {
    let caller = auth::service(&app, &request, &[Scope::RewardPointsManage]).await?;
    let id = params::path(&request, "redeemOptionId")?;
    let map = body::read(&request, payload).await?.object()?;
    let version = version(&map)?;
    options::update(&app, &caller, &id, version, |present| OptionDraft::from_json_over(&map, present)).await?;
    Ok(HttpResponse::Ok().finish())
}

/// The version that a change was made from.
fn version(map: &Map<String, Value>) -> Result<Option<i64>, FieldErrors> {
    match map.get("metadata") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(metadata)) => match metadata.get("version") {
            None | Some(Value::Null) => Ok(None),
            Some(version) => match version.as_i64() {
                Some(version) => Ok(Some(version)),
                None => Err(FieldErrors::one("metadata.version", "Give a whole number, or leave it out.")),
            },
        },
        Some(_) => Err(FieldErrors::one("metadata", "Give an object with the version, or leave it out.")),
    }
}

/// Delete a redemption option
///
/// It can no longer be had and is in no list any more. Coupons that it bought stay good.
#[utoipa::path(
    delete, path = OPTION, tag = "Redemption options", operation_id = "deleteRedeemOption",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("redeemOptionId" = String, Path, description = "The option."),
    ),
    responses(
        (status = 204, description = "It is deleted."),
        (status = 404, description = "There is no such option, or it was deleted before."),
    ),
    security(("OAuth2" = ["rewardspoints.rewardpoints_manage"])),
)]
pub(super) async fn archive(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let caller = auth::service(&app, &request, &[Scope::RewardPointsManage]).await?;
    options::archive(&app, &caller, &params::path(&request, "redeemOptionId")?).await?;
    Ok(HttpResponse::NoContent().finish())
}

impl From<OptionError> for ApiError {
    fn from(error: OptionError) -> Self {
        match error {
            OptionError::Invalid(errors) => errors.into(),
            OptionError::Unknown(_) => Self::NotFound(error.to_string()),
            OptionError::Stale(_) | OptionError::DraftChanged => Self::OptionConflict(error.to_string()),
            OptionError::KeyReused => Self::KeyReused,
            OptionError::Store(error) => error.into(),
        }
    }
}
