//! Webhooks that shops call: orders, returns and customers who are gone, as signed events.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::{OpenApi, ToSchema};

use super::{
    REPLAYED, body,
    error::ApiError,
    params,
    routes::{self, Route},
};
use crate::{
    app::App,
    domain::{
        feed::{Feed, emporix},
        ids::TenantId,
        invalid::FieldErrors,
        webhook::{self, Untrusted},
    },
    service::feeds::{self, Arrival, FeedError, Kept},
};

const ORDERS: &str = "/webhooks/{tenant}/orders";
const EMPORIX: &str = "/webhooks/{tenant}/emporix";
/// Longest id of a message, in characters.
const ID_CHARS_MAX: usize = 255;
/// What Svix, which delivers for many platforms, calls the headers of Standard Webhooks.
const SVIX: [&str; 3] = ["svix-id", "svix-timestamp", "svix-signature"];
const STANDARD: [&str; 3] = [webhook::ID_HEADER, webhook::TIMESTAMP_HEADER, webhook::SIGNATURE_HEADER];

/// The operations of this resource, for the document.
#[derive(OpenApi)]
#[openapi(paths(receive_order, receive_emporix))]
pub(super) struct Operations;

/// The routes of this resource.
pub(super) fn routes() -> Vec<Route> {
    vec![routes::post(ORDERS, receive_order), routes::post(EMPORIX, receive_emporix)]
}

/// A signed event of a shop's backend.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the document; the domain reads it")]
pub(super) struct FeedEvent {
    /// What happened: `order.created`, `order.updated`, `order.completed`, `order.cancelled`, `return.created`,
    /// `return.updated` or `customer.deleted`. Others are kept and do nothing.
    #[serde(rename = "type")]
    #[schema(example = "order.completed")]
    kind: String,
    /// When it happened.
    #[schema(format = DateTime, example = "2026-11-20T09:30:00Z")]
    timestamp: Option<String>,
    /// For an order, what reporting an order takes, with its `id`. For a return, what reporting a return takes, with
    /// its `id` and `orderId`. For a customer, `customerId`.
    #[schema(value_type = Object)]
    data: Value,
}

/// An event that was kept.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Accepted {
    /// The event in the back office.
    event_id: String,
}

/// Send an event about an order
///
/// The same as reporting orders and returns by their own paths, as events that are signed by the scheme of
/// [Standard Webhooks](https://www.standardwebhooks.com). The event is kept first and worked off after the answer: in
/// any order, any number of times. What cannot be worked off shows in the back office with the reason. A message whose
/// timestamp lies more than five minutes from now is refused. An addition to the contract.
#[utoipa::path(
    post, path = ORDERS, tag = "Webhooks", operation_id = "receiveOrderEvent",
    params(
        ("tenant" = String, Path, description = "The tenant."),
        ("webhook-id" = String, Header, max_length = 255, description = "The message's id, the same on every try."),
        ("webhook-timestamp" = i64, Header, description = "The instant of this try, in seconds since 1970."),
        ("webhook-signature" = String, Header,
            description = "`v1,` and the Base64 of HMAC-SHA256 over `id.timestamp.body`; several, parted by blanks."),
    ),
    request_body = FeedEvent,
    responses(
        (status = 202, description = "The event is kept, and will be worked off.", content_type = "application/json",
            body = Accepted),
        (status = 400, description = "The body is no JSON object, or a header does not fit."),
        (status = 401, description = "The signature fits no secret of this tenant, or the timestamp is too far from now."),
        (status = 409, description = "Another message was sent with this id."),
    ),
    security(()),
)]
pub(super) async fn receive_order(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    receive(&app, &request, payload, Feed::Orders).await
}

/// Send an event of the Emporix platform
///
/// Takes `order.created`, `order.updated`, `order.cancelled`, `return.created`, `return.updated` and `customer.deleted`
/// as the platform's webhook service sends them; others are kept and do nothing. The message is signed with
/// `emporix-event-signature`, or as Svix signs it. The event is kept first and worked off after the answer. An addition
/// to the contract.
#[utoipa::path(
    post, path = EMPORIX, tag = "Webhooks", operation_id = "receiveEmporixEvent",
    params(
        ("tenant" = String, Path, description = "The tenant."),
        ("event" = Option<String>, Query,
            description = "What happened, such as `order.updated`, where neither the body nor a header says it."),
        ("emporix-event-signature" = Option<String>, Header,
            description = "Base64 of HMAC-SHA256 over the JSON with its fields sorted and whole numbers without decimals."),
    ),
    request_body(content = Object, description = "The event, as the platform sends it."),
    responses(
        (status = 202, description = "The event is kept, and will be worked off.", content_type = "application/json",
            body = Accepted),
        (status = 400, description = "The body is no JSON object, or a header does not fit."),
        (status = 401, description = "The signature fits no secret of this tenant, or the timestamp is too far from now."),
    ),
    security(()),
)]
pub(super) async fn receive_emporix(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    receive(&app, &request, payload, Feed::Emporix).await
}

async fn receive(app: &App, request: &HttpRequest, payload: Payload, feed: Feed) -> Result<HttpResponse, ApiError> {
    // A tenant that does not exist has no secrets: nobody learns which ones do.
    let tenant = TenantId::parse(&params::path(request, "tenant")?);
    let tenant = tenant.map_err(|_invalid| ApiError::Untrusted(Untrusted::Unsigned.to_string()))?;
    let names = if feed == Feed::Emporix && request.headers().contains_key(SVIX[0]) { SVIX } else { STANDARD };
    let standard = if header(request, names[0])?.is_some() { Some(standard(request, names)?) } else { None };
    let named = match header(request, emporix::KIND_HEADER)? {
        Some(kind) => Some(kind.to_owned()),
        None => params::query(request, "event")?,
    };
    let platform = header(request, emporix::SIGNATURE_HEADER)?;
    let read = body::read(request, payload).await?;
    let object = read.object()?;
    let arrival = Arrival { feed, standard, platform, named: named.as_deref(), bytes: read.bytes() };
    match feeds::receive(app, &tenant, arrival, &object).await {
        Ok(kept) => Ok(accepted(kept)),
        Err(FeedError::Untrusted(why)) => Err(ApiError::Untrusted(why.to_string())),
        Err(taken @ FeedError::IdTaken(_)) => Err(ApiError::Conflict(taken.to_string())),
        Err(FeedError::Store(error)) => Err(error.into()),
    }
}

fn accepted(kept: Kept) -> HttpResponse {
    let mut answer = HttpResponse::Accepted();
    if !kept.is_new {
        answer.insert_header(REPLAYED);
    }
    answer.json(Accepted { event_id: kept.event_id })
}

/// A header of visible characters, if it was sent.
fn header<'a>(request: &'a HttpRequest, name: &str) -> Result<Option<&'a str>, ApiError> {
    let Some(value) = request.headers().get(name) else { return Ok(None) };
    let text = value.to_str().map_err(|_not_ascii| FieldErrors::one(name, "Send visible ASCII characters."))?;
    Ok(Some(text))
}

/// Id, instant and signatures of a message signed as Standard Webhooks describe.
fn standard<'a>(request: &'a HttpRequest, names: [&str; 3]) -> Result<(&'a str, i64, &'a str), ApiError> {
    let given = |name: &str| header(request, name).map(Option::unwrap_or_default);
    let [id, at, signature] = [given(names[0])?, given(names[1])?, given(names[2])?];
    let mut errors = FieldErrors::default();
    if id.is_empty() || id.len() > ID_CHARS_MAX || id.contains('.') || id.contains(' ') {
        errors.add(names[0], format!("Send an id of 1 to {ID_CHARS_MAX} visible characters without points."));
    }
    let at = errors.check(names[1], at.parse::<i64>().map_err(|_no_number| "Send the seconds since 1970."));
    match at {
        Some(at) if errors.is_empty() => Ok((id, at, signature)),
        _ => Err(errors.into()),
    }
}
