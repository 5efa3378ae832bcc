//! Operations of programs on one customer's points.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};

use super::{
    answer,
    body::{NewCustomer, NewPoints, PointsToRedeem},
    view::CustomerSummary,
};
use crate::{
    api::{
        auth,
        body::{self, Body},
        error::ApiError,
        params,
    },
    app::App,
    domain::{
        actor::Caller, ids::CustomerId, invalid::FieldErrors, ledger::entry::Source, refusal::Refusal, scope::Scope,
        time::Timestamp,
    },
    service::{
        accounts,
        ledger::{LedgerError, command::AnswerOf},
        points::{self, Asked, PointsError},
        summary,
    },
};

const VIEW: &[Scope] = &[Scope::RewardPointsView];
const MANAGE: &[Scope] = &[Scope::RewardPointsManage];

/// A change that a program asks for.
struct Change {
    caller: Caller,
    customer: CustomerId,
    body: Body,
}

impl Change {
    async fn read(app: &App, request: &HttpRequest, payload: Payload) -> Result<Self, ApiError> {
        let caller = auth::service(app, request, MANAGE).await?;
        let customer = params::customer(request)?;
        let body = body::read(request, payload).await?;
        Ok(Self { caller, customer, body })
    }

    /// Who asks, with the Idempotency-Key, and whose points are meant.
    fn asked(self, request: &HttpRequest, answer_of: AnswerOf) -> Result<(Asked, CustomerId), ApiError> {
        let key = answer::keyed(&self.body, request, answer_of)?;
        Ok((Asked { caller: self.caller, source: Source::Api, key }, self.customer))
    }
}

/// Read a customer's points
///
/// How many points the customer can spend now, as a bare number.
#[utoipa::path(
    get, path = "/reward-points/customer/{customerId}", tag = "Customers' points", operation_id = "readPoints",
    params(
        ("customerId" = String, Path, description = "The customer, by the shop's own id.", max_length = 255),
        ("at" = Option<String>, Query, format = DateTime, example = "2026-01-01T00:00:00Z",
            description = "A past instant: the answer is what could be spent then. An addition to the contract."),
    ),
    responses(
        (status = 200, description = "The balance.", content_type = "application/json", body = i64, example = 2000),
        (status = 400, description = "The id or the instant does not fit."),
        (status = 404, description = "The customer has no account."),
    ),
    security(("OAuth2" = ["rewardspoints.rewardpoints_view"])),
)]
pub(super) async fn balance(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let caller = auth::service(&app, &request, VIEW).await?;
    let customer = params::customer(&request)?;
    let points = match past(&request, app.now())? {
        None => app.reads.balances.ask((caller.tenant, customer.clone())).await?,
        Some(at) => accounts::past_balance(&app.db, &caller.tenant, &customer, at).await?,
    };
    points.map(answer::integer).ok_or_else(|| answer::no_points(&customer))
}

/// The instant that `at` names, which has passed.
fn past(request: &HttpRequest, now: Timestamp) -> Result<Option<Timestamp>, ApiError> {
    let Some(text) = params::query(request, "at")? else { return Ok(None) };
    let at = Timestamp::parse(&text).map_err(|message| FieldErrors::one("at", message))?;
    if at > now {
        return Err(
            FieldErrors::one("at", "Give an instant that has passed; without one the answer is for now.").into()
        );
    }
    Ok(Some(at))
}

/// Read a customer's history
///
/// The points that came and the points that went, the oldest first, with the balance that can be spent now; all as of
/// one moment.
#[utoipa::path(
    get, path = "/reward-points/customer/{customerId}/summary", tag = "Customers' points", operation_id = "readSummary",
    params(("customerId" = String, Path, description = "The customer, by the shop's own id.", max_length = 255)),
    responses(
        (status = 200, description = "The history.", content_type = "application/json", body = CustomerSummary),
        (status = 400, description = "The id does not fit."),
        (status = 404, description = "The customer has no account."),
    ),
    security(("OAuth2" = ["rewardspoints.rewardpoints_view"])),
)]
pub(super) async fn summary(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let caller = auth::service(&app, &request, VIEW).await?;
    let customer = params::customer(&request)?;
    let summary = summary::of_customer(&app.db, &caller.tenant, &customer, app.now()).await?;
    let summary = summary.ok_or_else(|| answer::no_points(&customer))?;
    Ok(HttpResponse::Ok().json(CustomerSummary::from(summary)))
}

/// Open an account
///
/// Opens the customer's account, with points to begin with or without. `{"points": 20}` is a short form of
/// `{"startPoints": {"points": 20}}`.
#[utoipa::path(
    post, path = "/reward-points/customer/{customerId}", tag = "Customers' points", operation_id = "openAccount",
    params(
        ("customerId" = String, Path, description = "The customer, by the shop's own id.", max_length = 255),
        ("siteCode" = Option<String>, Query, example = "main",
            description = "The site whose rule says how long the points are good; `main` by default."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255,
            description = "Makes the request safe to repeat: with the same key and body it is done once and answered \
                alike, with another body it is refused with 422."),
    ),
    request_body(content = NewCustomer, example = json!({
        "customerId": "C4289081720", "startPoints": { "reference-id": "123456", "description": "Welcome", "points": 20 },
    })),
    responses(
        (status = 200, description = "The account is open."),
        (status = 400, description = "Something does not fit; the answer names each field."),
        (status = 409, description = "The account is open already, or the entry's id was used for something else."),
        (status = 422, description = "The Idempotency-Key was used for another request."),
    ),
    security(("OAuth2" = ["rewardspoints.rewardpoints_manage"])),
)]
pub(super) async fn open(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, ApiError> {
    let change = Change::read(&app, &request, payload).await?;
    let site = params::site(&request)?;
    let map = change.body.object()?;
    let start = NewCustomer::parse(&map)?;
    let (asked, customer) = change.asked(&request, answer::ok)?;
    let opened = points::open(&app, asked, customer, site, start).await;
    let reply = opened.map_err(|error| match error {
        PointsError::Ledger(LedgerError::Refused(refusal @ Refusal::EndsInThePast)) => {
            let prefix = NewCustomer::prefix(&map);
            FieldErrors::one(&format!("{prefix}validUntil"), refusal).into()
        }
        other => ApiError::from(other),
    })?;
    Ok(answer::to_change(reply, answer::ok))
}

/// Close an account
///
/// Ends the customer's account: what is left of the points is gone, and the history is no longer shown. Without an
/// account nothing happens.
#[utoipa::path(
    delete, path = "/reward-points/customer/{customerId}", tag = "Customers' points", operation_id = "closeAccount",
    params(("customerId" = String, Path, description = "The customer, by the shop's own id.", max_length = 255)),
    responses(
        (status = 200, description = "The customer has no account now."),
        (status = 400, description = "The id does not fit."),
    ),
    security(("OAuth2" = ["rewardspoints.rewardpoints_manage"])),
)]
pub(super) async fn close(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let caller = auth::service(&app, &request, MANAGE).await?;
    let customer = params::customer(&request)?;
    let asked = Asked { caller, source: Source::Api, key: None };
    Ok(answer::to_change(points::close(&app, asked, customer).await?, answer::ok))
}

/// Add points
///
/// Adds points to the customer's account, and opens it if need be.
#[utoipa::path(
    post, path = "/reward-points/customer/{customerId}/addPoints", tag = "Customers' points", operation_id = "addPoints",
    params(
        ("customerId" = String, Path, description = "The customer, by the shop's own id.", max_length = 255),
        ("siteCode" = Option<String>, Query, example = "main",
            description = "The site whose rule says how long the points are good; `main` by default."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255,
            description = "Makes the request safe to repeat: with the same key and body it is done once and answered \
                alike, with another body it is refused with 422."),
    ),
    request_body = NewPoints,
    responses(
        (status = 201, description = "The points are there."),
        (status = 400, description = "Something does not fit; the answer names each field."),
        (status = 409, description = "The entry's id was used for something else."),
        (status = 422, description = "The Idempotency-Key was used for another request."),
    ),
    security(("OAuth2" = ["rewardspoints.rewardpoints_manage"])),
)]
pub(super) async fn add(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, ApiError> {
    let change = Change::read(&app, &request, payload).await?;
    let site = params::site(&request)?;
    let add = NewPoints::parse(&change.body.object()?)?;
    let (asked, customer) = change.asked(&request, answer::created)?;
    Ok(answer::to_change(points::add(&app, asked, customer, site, add).await?, answer::created))
}

/// Redeem points
///
/// Takes points for something outside: no coupon is made. What ends soonest goes first.
#[utoipa::path(
    post, path = "/reward-points/customer/{customerId}/redeemPoints", tag = "Customers' points",
    operation_id = "redeemPoints",
    params(
        ("customerId" = String, Path, description = "The customer, by the shop's own id.", max_length = 255),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255,
            description = "Makes the request safe to repeat: with the same key and body it is done once and answered \
                alike, with another body it is refused with 422."),
    ),
    request_body = PointsToRedeem,
    responses(
        (status = 201, description = "The points are taken."),
        (status = 400, description = "Something does not fit, or the customer has fewer points."),
        (status = 404, description = "The customer has no account."),
        (status = 409, description = "The entry's id was used for something else."),
        (status = 422, description = "The Idempotency-Key was used for another request."),
    ),
    security(("OAuth2" = ["rewardspoints.rewardpoints_manage"])),
)]
pub(super) async fn redeem(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, ApiError> {
    let change = Change::read(&app, &request, payload).await?;
    let take = PointsToRedeem::parse(&change.body.object()?)?;
    let (asked, customer) = change.asked(&request, answer::created)?;
    Ok(answer::to_change(points::redeem(&app, asked, customer, take).await?, answer::created))
}
