//! The document of the API (OpenAPI): the operations as their handlers describe them, the errors as they are answered.

mod errors;

use std::sync::LazyLock;

use actix_web::{
    HttpResponse,
    http::header,
    web::{self, Data, ServiceConfig},
};
use serde_json::{Value, json};
use utoipa::OpenApi;

use super::{anonymous, coupon_settings, coupons, customers, orders, redeem_options, reward_points, tokens, webhooks};
use crate::{app::App, domain::scope::Scope};

/// Where the document is served.
const ADDRESS: &str = "/openapi.json";
/// The document changes with a release alone.
const CACHING: &str = "public, max-age=300";

const INTRODUCTION: &str = "\
Reward points for online shops: the shop's backend adds and redeems points, its customers read theirs and exchange them \
for coupons.

**Tokens.** A program gets a token for its client id and secret at `POST /oauth/token`, and sends it as \
`Authorization: Bearer ...`. For a signed-in customer the shop's backend gets one at \
`POST /reward-points/{tenant}/customerTokens`. A token belongs to one tenant. Fetch a new one when it has expired, or on \
401.

**Repeating.** After a lost answer, send the same request again: give entries an `id` of your own, or send an \
`Idempotency-Key` with a POST. What was done already is not done again; the first answer is given once more, with the \
header `Idempotent-Replayed: true`. The same key with another body is refused with 422, the same id with other content \
with 409.

**Points** are whole numbers from 1 to 1,000,000,000, written without a fraction. **Times** are RFC 3339 with any offset \
in requests, and `2023-05-11T18:32:18.591+00:00` in answers. Fields that are not known are ignored.

**Errors** tell in words what is wrong and what to do; each operation shows the bodies that it answers. On 429 and 503 \
wait as long as `Retry-After` says.";

#[derive(OpenApi)]
#[openapi(
    info(title = "Guerdon", description = INTRODUCTION),
    servers((url = "/", description = "This installation")),
    tags(
        (name = "Tokens", description = "Who may do what."),
        (name = "Customers' points", description = "What programs of the shop do to the points of its customers."),
        (name = "One's own points", description = "What signed-in customers do to their own points; for storefronts."),
        (name = "Customers as persons", description = "Names, addresses and birthdays, kept apart from the points."),
        (name = "Orders", description = "What the shop sells and takes back, and the points for it."),
        (name = "Webhooks", description = "The same as signed events."),
        (name = "Redemption options", description = "What points can be exchanged for."),
        (name = "Coupons", description = "The codes that take something off an order."),
        (name = "Coupons at checkout", description = "Checking a code against an order, and using it."),
        (name = "Referral coupons", description = "The code with which a customer recommends the shop."),
        (name = "Sites", description = "The settings of a shop."),
    ),
)]
struct Head;

/// The document.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut whole = Head::openapi();
    for part in [
        tokens::Operations::openapi(),
        anonymous::Operations::openapi(),
        reward_points::Operations::openapi(),
        redeem_options::Operations::openapi(),
        orders::Operations::openapi(),
        customers::Operations::openapi(),
        coupons::Operations::openapi(),
        coupon_settings::Operations::openapi(),
        webhooks::Operations::openapi(),
    ] {
        whole.merge(part);
    }
    let mut document = serde_json::to_value(whole).unwrap_or_default();
    errors::tell(&mut document);
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.insert("securitySchemes".to_owned(), security_schemes());
    }
    document
});

/// The document.
pub fn document() -> &'static Value {
    &DOCUMENT
}

fn security_schemes() -> Value {
    let scopes: serde_json::Map<String, Value> =
        Scope::ALL.iter().map(|scope| (scope.as_str().to_owned(), json!(scope.meaning()))).collect();
    json!({
        "OAuth2": {
            "type": "oauth2",
            "description": "The token of a program.",
            "flows": { "clientCredentials": { "tokenUrl": tokens::TOKEN, "scopes": scopes } },
        },
        "CustomerAccessToken": {
            "type": "http", "scheme": "bearer", "description": "The token of a signed-in customer.",
        },
        "AnonymousAccessToken": {
            "type": "http", "scheme": "bearer", "description": "The token of a guest.",
        },
        "ClientSecret": {
            "type": "http", "scheme": "basic", "description": "The client id and secret of a program.",
        },
    })
}

/// Serves the document.
pub(super) fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource(ADDRESS).route(web::get().to(answer)));
}

/// The document with the address of this installation, so that tools that read it know where to send requests. Without
/// a public address it stays relative to where it was read.
fn placed(public_url: &str) -> Value {
    let mut document = document().clone();
    if let Some(address) = document.pointer_mut("/servers/0/url") {
        *address = Value::String(public_url.trim_end_matches('/').to_owned());
    }
    document
}

async fn answer(app: Data<App>) -> HttpResponse {
    let placed = app.settings.public_url.as_deref().map(placed);
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, CACHING))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .json(placed.as_ref().unwrap_or_else(|| document()))
}
