//! Orders and returns, as the shop's backend reports them.

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
    routes::{self, Route},
};
use crate::{
    app::App,
    domain::{ids::OrderId, invalid::FieldErrors, ledger::entry::Source, order::snapshot::Snapshot, scope::Scope},
    service::{
        orders::{self, Received},
        points::Asked,
    },
};

const ORDER: &str = "/reward-points/{tenant}/orders/{orderId}";
const SCOPES: &[Scope] = &[Scope::OrderManage];

/// The operations of this resource, for the document.
#[derive(OpenApi)]
#[openapi(paths(report, read))]
pub(super) struct Operations;

/// The routes of this resource.
pub(super) fn routes() -> Vec<Route> {
    vec![routes::put(ORDER, report), routes::get(ORDER, read)]
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
