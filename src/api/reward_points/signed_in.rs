//! Operations of signed-in customers on their own points.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};

use super::{
    answer,
    body::WantedOption,
    view::{CouponCode, CustomerSummary},
};
use crate::{
    api::{auth, body, error::ApiError, fresh, params},
    app::App,
    domain::{
        ids::EntryId,
        ledger::entry::{EntryKind, Source},
        refusal::Refusal,
    },
    service::{
        accounts, history,
        ledger::{LedgerError, command::Remarks},
        points::{self, Asked, PointsError},
        summary,
    },
};

/// Read one's points
///
/// How many points the signed-in customer can spend now, as a bare number. The answer has an `ETag`; with it in
/// `If-None-Match` the same balance is answered with 304 and no body.
#[utoipa::path(
    get, path = "/reward-points/public/customer", tag = "One's own points", operation_id = "readOwnPoints",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` of the answer that is kept.")),
    responses(
        (status = 200, description = "The balance.", content_type = "application/json", body = i64, example = 1153),
        (status = 304, description = "Nothing has changed since the answer that `If-None-Match` names."),
        (status = 404, description = "The customer has no account yet."),
    ),
    security(("CustomerAccessToken" = [])),
)]
pub(super) async fn balance(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let (caller, customer) = auth::customer(&app, &request).await?;
    let points = app.reads.balances.ask((caller.tenant, customer.clone())).await?;
    let points = points.ok_or_else(|| answer::no_points(&customer))?;
    Ok(fresh::json(&request, points.to_string()))
}

/// Read one's history
///
/// The points that came and the points that went, the oldest first, with the balance that can be spent now; all as of
/// one moment. It has an `ETag`, as the balance does.
#[utoipa::path(
    get, path = "/reward-points/public/customer/summary", tag = "One's own points", operation_id = "readOwnSummary",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` of the answer that is kept.")),
    responses(
        (status = 200, description = "The history.", content_type = "application/json", body = CustomerSummary),
        (status = 304, description = "Nothing has changed since the answer that `If-None-Match` names."),
        (status = 404, description = "The customer has no account yet."),
    ),
    security(("CustomerAccessToken" = [])),
)]
pub(super) async fn summary(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let (caller, customer) = auth::customer(&app, &request).await?;
    let summary = summary::of_customer(&app.db, &caller.tenant, &customer, app.now()).await?;
    let summary = summary.ok_or_else(|| answer::no_points(&customer))?;
    fresh::json_of(&request, &CustomerSummary::from(summary))
}

/// Redeem points for a coupon
///
/// Exchanges the signed-in customer's points for what the redemption option offers. The points are taken and the coupon
/// is made together, or neither; the coupon can be used when the answer arrives. The option may also be named
/// `redeemOptionId`.
#[utoipa::path(
    post, path = "/reward-points/public/customer/redeem", tag = "One's own points", operation_id = "redeemOption",
    params(
        ("siteCode" = Option<String>, Query, example = "main",
            description = "The site that the coupon is for; `main` by default."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255,
            description = "Makes the request safe to repeat: with the same key and body the same code is answered, with \
                another body it is refused with 422."),
    ),
    request_body = WantedOption,
    responses(
        (status = 200, description = "The coupon's code.", content_type = "application/json", body = CouponCode),
        (status = 400, description = "Something does not fit, the customer has too few points, or the option is sold out."),
        (status = 404, description = "The option cannot be had, or the customer has no account."),
        (status = 422, description = "The Idempotency-Key was used for another request."),
    ),
    security(("CustomerAccessToken" = [])),
)]
pub(super) async fn redeem(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, ApiError> {
    let (caller, customer) = auth::customer(&app, &request).await?;
    let body = body::read(&request, payload).await?;
    let site = params::site(&request)?;
    let option_id = WantedOption::parse(&body.object()?)?;
    let key = answer::keyed(&body, &request, answer::coupon_code)?;
    let asked = Asked { caller, source: Source::Api, key };
    let reply = points::redeem_option(&app, asked, customer, site, &option_id, Remarks::default()).await?;
    Ok(answer::to_change(reply, answer::coupon_code))
}

/// Cancel a redemption
///
/// Gives the points of a coupon back that the signed-in customer bought and did not use; the coupon ends. The entry is the
/// one that the redemption made, as `redeemedPointsList` names it. The points come back with the ends that they had;
/// those that have expired meanwhile can be used for the tenant's days of grace. Customers may do this where the tenant
/// allows it, within the time that it allows. Sent again, it answers the balance again. An addition to the contract.
#[utoipa::path(
    post, path = "/reward-points/public/customer/redemptions/{entryId}/cancel", tag = "One's own points",
    operation_id = "cancelOwnRedemption",
    params(
        ("entryId" = String, Path, description = "The id of the entry that took the points.",
            example = "d85c0570-1d51-4611-bf2f-c67452384626"),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255,
            description = "With the same key and request the first answer comes again, with another request 422."),
    ),
    responses(
        (status = 200, description = "The balance, as a bare number.", content_type = "application/json", body = i64,
            example = 1860),
        (status = 403, description = "The tenant does not let its customers cancel."),
        (status = 404, description = "The customer has no such redemption."),
        (status = 409, description = "The coupon was used, or the time for cancelling is over."),
        (status = 422, description = "The Idempotency-Key was used for another request."),
    ),
    security(("CustomerAccessToken" = [])),
)]
pub(super) async fn cancel(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, ApiError> {
    let (caller, customer) = auth::customer(&app, &request).await?;
    let body = body::read(&request, payload).await?;
    let entry = params::path(&request, "entryId")?;
    let unknown = || ApiError::from(Refusal::RedemptionUnknown(entry.clone()));
    let entry_id = EntryId::parse(&entry).map_err(|_no_id| unknown())?;
    let found = history::entry(&app.db, &caller.tenant, &customer, &entry_id).await?.ok_or_else(unknown)?;
    let entry = found.story.entry;
    let redemption = entry.memo.redemption.filter(|_| entry.kind == EntryKind::Redeemed).ok_or_else(unknown)?;
    let key = answer::keyed(&body, &request, answer::balance_after)?;
    let tenant = caller.tenant.clone();
    let asked = Asked { caller, source: Source::Api, key };
    match points::cancel_redemption(&app, asked, customer.clone(), redemption, Remarks::default()).await {
        Err(PointsError::Ledger(LedgerError::Refused(Refusal::AlreadyCancelled))) => {
            let points = accounts::balance(&app.db, &tenant, &customer, app.now()).await?;
            points.map(answer::integer).ok_or_else(|| answer::no_points(&customer))
        }
        done => Ok(answer::to_change(done?, answer::balance_after)),
    }
}
