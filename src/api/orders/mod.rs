//! Orders and returns, as the shop's backend reports them.

mod basket;
mod view;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use utoipa::OpenApi;

use super::{
    REPLAYED, auth, body,
    error::ApiError,
    params,
    reward_points::to_change,
    routes::{self, Route},
};
use crate::{
    app::App,
    domain::{
        ids::{OrderId, ReturnId},
        invalid::FieldErrors,
        ledger::entry::Source,
        order::{returned::Content, snapshot::Snapshot},
        scope::Scope,
    },
    service::{
        ledger::command::{AnswerOf, Done},
        orders::{self, Received},
        points::Asked,
    },
};

const ORDER: &str = "/reward-points/{tenant}/orders/{orderId}";
const CLAIM: &str = "/reward-points/{tenant}/orders/claim";
const RETURN: &str = "/reward-points/{tenant}/orders/{orderId}/returns/{returnId}";
const BASKET: &str = "/reward-points/{tenant}/basket";
const SCOPES: &[Scope] = &[Scope::OrderManage];

/// The operations of this resource, for the document.
#[derive(OpenApi)]
#[openapi(paths(report, read, report_return, claim, basket::earned))]
pub(super) struct Operations;

/// The routes of this resource.
pub(super) fn routes() -> Vec<Route> {
    vec![
        // Before the orders: its last segment is fixed.
        routes::post(CLAIM, claim),
        routes::put(ORDER, report),
        routes::get(ORDER, read),
        routes::put(RETURN, report_return),
        routes::post(BASKET, basket::earned),
    ]
}

async fn asked(app: &App, request: &HttpRequest) -> Result<Asked, ApiError> {
    let caller = auth::service(app, request, SCOPES).await?;
    Ok(Asked { caller, source: Source::Api, key: None })
}

fn order_id(request: &HttpRequest) -> Result<OrderId, ApiError> {
    let id = params::path(request, "orderId")?;
    OrderId::parse(&id).map_err(|error| FieldErrors::one("orderId", error).into())
}

/// Report an order
///
/// What the order is now, as a snapshot: in any order, any number of times. The first snapshot with the status
/// `COMPLETED` is final; it earns the points, by the rule of the site that held at `completedAt`. Later ones change
/// nothing about the points, and the answer says so in `notice`. What comes back is a return. An addition to the
/// contract.
///
/// Without a `customerId` the order is a guest's: it earns its points when it is claimed.
#[utoipa::path(
    put, path = ORDER, tag = "Orders", operation_id = "reportOrder",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("orderId" = String, Path, description = "The order, by the shop's own number.", max_length = 255),
    ),
    request_body = view::NewOrder,
    responses(
        (status = 200, description = "What is known of the order now, with what it earned.",
            content_type = "application/json", body = view::Order),
        (status = 400, description = "Something does not fit."),
        (status = 409, description = "The order was completed for another customer, on another site or in another currency."),
    ),
    security(("OAuth2" = ["rewardspoints.order_manage"])),
)]
pub(super) async fn report(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, ApiError> {
    let asked = asked(&app, &request).await?;
    let id = order_id(&request)?;
    let body = body::read(&request, payload).await?.object()?;
    let snapshot = Snapshot::from_json(&body, app.now())?;
    let (order, received) = orders::report(&app, &asked, &id, &snapshot).await?;
    let mut answer = HttpResponse::Ok();
    if received != Received::Kept {
        answer.insert_header(REPLAYED);
    }
    Ok(answer.json(view::Order::after(&order, received)))
}

/// Read an order
///
/// What is known of the order, what it earned and how that was worked out, and what came back. An addition to the
/// contract.
#[utoipa::path(
    get, path = ORDER, tag = "Orders", operation_id = "readOrder",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("orderId" = String, Path, description = "The order, by the shop's own number.", max_length = 255),
    ),
    responses(
        (status = 200, description = "The order.", content_type = "application/json", body = view::Order),
        (status = 400, description = "The number does not fit."),
        (status = 404, description = "Nothing is known of such an order."),
    ),
    security(("OAuth2" = ["rewardspoints.order_manage"])),
)]
pub(super) async fn read(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let asked = asked(&app, &request).await?;
    let id = order_id(&request)?;
    let order = orders::find(&app.db, &asked.caller.tenant, &id).await?;
    let order = order.ok_or_else(|| ApiError::NotFound(format!("There is no order '{id}'.")))?;
    Ok(HttpResponse::Ok().json(view::Order::from(&order)))
}

/// Report what came back
///
/// Takes back the share of the points that this very order earned: by the items' part of the order, or by the amount's
/// part of what was paid. However many returns there are and in whichever order they come, together they take back what
/// was given and never more. A return that comes before its order is completed waits for it. The same number with the
/// same content is done once. An addition to the contract.
#[utoipa::path(
    put, path = RETURN, tag = "Orders", operation_id = "reportReturn",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("orderId" = String, Path, description = "The order, by the shop's own number.", max_length = 255),
        ("returnId" = String, Path, description = "The return, by the shop's own number.", max_length = 255),
    ),
    request_body = view::NewReturn,
    responses(
        (status = 200, description = "What became of the return.", content_type = "application/json",
            body = view::Return),
        (status = 400, description = "Something does not fit, or the order has no such item."),
        (status = 409, description = "The return was reported with other content before."),
    ),
    security(("OAuth2" = ["rewardspoints.order_manage"])),
)]
pub(super) async fn report_return(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let asked = asked(&app, &request).await?;
    let id = order_id(&request)?;
    let return_id = ReturnId::parse(&params::path(&request, "returnId")?);
    let return_id = return_id.map_err(|error| FieldErrors::one("returnId", error))?;
    let content = Content::from_json(&body::read(&request, payload).await?.object()?)?;
    let (order, is_new) = orders::report_return(&app, &asked, &id, &return_id, &content).await?;
    let mut answer = HttpResponse::Ok();
    if !is_new {
        answer.insert_header(REPLAYED);
    }
    let kept = order.returns.iter().find(|one| one.id == return_id).map(view::Return::from);
    Ok(answer.json(kept))
}

/// Claim guests' orders
///
/// Gives the orders of guests to a customer, with the points that they earned, and takes back what came back of them
/// already: all of the orders, or none. Orders that are the customer's already stay so. An addition to the contract.
#[utoipa::path(
    post, path = CLAIM, tag = "Orders", operation_id = "claimOrders",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255,
            description = "Makes the request safe to repeat: with the same key and body the first answer is given again, \
                with another body it is refused with 422."),
    ),
    request_body = view::NewClaim,
    responses(
        (status = 200, description = "The orders.", content_type = "application/json", body = view::Claimed),
        (status = 400, description = "Something does not fit."),
        (status = 404, description = "One of the orders is unknown."),
        (status = 409, description = "One of the orders belongs to another customer."),
        (status = 422, description = "The Idempotency-Key was used for another request."),
    ),
    security(("OAuth2" = ["rewardspoints.order_manage"])),
)]
pub(super) async fn claim(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, ApiError> {
    let asked = asked(&app, &request).await?;
    let body = body::read(&request, payload).await?;
    let (customer, ids) = view::NewClaim::parse(&body.object()?)?;
    let answer_of: AnswerOf = claimed;
    let key = body.keyed(&request)?.map(|key| (key, answer_of));
    let reply = orders::claim(&app, &Asked { key, ..asked }, &customer, &ids).await?;
    Ok(to_change(reply, claimed))
}

fn claimed(done: &Done) -> (u16, String) {
    let Done::Claimed(orders) = done else { unreachable!("a claim ends in orders") };
    (200, serde_json::json!(view::Claimed::from(orders.as_slice())).to_string())
}
