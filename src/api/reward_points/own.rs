//! What signed-in customers see of their own points: what ends when, what came and went, and the coupons that they
//! bought.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::answer;
use crate::{
    api::{
        auth,
        error::ApiError,
        page::{self, whole},
        params,
    },
    app::App,
    domain::{
        coupon::{Discount, number},
        ids::EntryId,
        invalid::FieldErrors,
        ledger::entry::EntryKind,
        money::Money,
        time::Timestamp,
    },
    service::own::{self, OwnPage},
};

/// Coupons on a page when nothing is asked for: few customers have more.
const COUPONS: i64 = 100;

/// Points that end together.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Expiry)]
pub(super) struct Expiry {
    /// How many.
    #[schema(example = 120)]
    points: i64,
    /// Up to when they can be spent.
    #[schema(format = DateTime, example = "2026-12-31T23:00:00.000+00:00")]
    valid_until: String,
}

/// One line of a customer's own history.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OwnEntry)]
pub(super) struct OwnEntry {
    /// Its id.
    #[schema(example = "d85c0570-1d51-4611-bf2f-c67452384626")]
    id: String,
    /// What it is: `earned`, `added`, `removed`, `redeemed`, `takenBack`, `givenBack` or `expired`.
    #[schema(example = "redeemed")]
    kind: &'static str,
    /// How many, with their sign.
    #[schema(example = -140)]
    points: i64,
    /// What the customer reads; empty when nothing was said.
    #[schema(example = "10 € voucher")]
    description: String,
    /// When.
    #[schema(format = DateTime, example = "2023-05-11T18:32:38.501+00:00")]
    created_at: String,
    /// What could be spent right after.
    #[schema(example = 1860)]
    balance: i64,
    /// From when points that came can be spent; absent when at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    available_from: Option<String>,
    /// Up to when points that came can be spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    valid_until: Option<String>,
    /// The coupon that the points went for, or came back from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "LLS-7K3QWN5TZ9RXB")]
    coupon_code: Option<String>,
}

/// A coupon that the customer bought with points.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OwnCoupon)]
pub(super) struct OwnCoupon {
    /// What is typed at checkout.
    #[schema(example = "LLS-7K3QWN5TZ9RXB")]
    code: String,
    /// What people read.
    #[schema(example = "10 € voucher")]
    name: String,
    /// `VALID`, `USED`, `EXPIRED`, `CANCELLED` (the points came back) or `INACTIVE` (not yet to be used, or taken out of
    /// use by the shop).
    #[schema(example = "VALID")]
    status: &'static str,
    /// What it cost.
    #[schema(example = 90)]
    points: i64,
    /// The redemption option.
    #[schema(example = "019316e0a3f27c3e9a1f4f6f5c7d8e90")]
    option: String,
    /// `PERCENT` or `ABSOLUTE`.
    #[schema(example = "ABSOLUTE")]
    discount_type: &'static str,
    /// Of a PERCENT coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>, example = 12.5)]
    discount_percentage: Option<Value>,
    /// Of an ABSOLUTE one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, example = json!({"amount": 10, "currency": "EUR"}))]
    discount_absolute: Option<Value>,
    /// When it was bought.
    #[schema(format = DateTime, example = "2023-05-11T18:32:38.501+00:00")]
    created_at: String,
    /// Up to when it can be used; `null`: without end.
    #[schema(required, format = DateTime)]
    valid_until: Option<String>,
    /// The entry that took the points: what `cancel` names.
    #[schema(example = "d85c0570-1d51-4611-bf2f-c67452384626")]
    entry_id: String,
    /// Whether the customer can cancel it now.
    #[schema(example = true)]
    can_cancel: bool,
    /// Up to when; `null` where the tenant does not let its customers cancel, and where there is nothing to cancel.
    #[schema(required, format = DateTime)]
    cancel_until: Option<String>,
}

/// What ends when
///
/// The signed-in customer's points by the instant at which they end, the soonest first. Points that last for ever are
/// left out. An addition to the contract.
#[utoipa::path(
    get, path = "/reward-points/public/customer/expiries", tag = "One's own points", operation_id = "listOwnExpiries",
    responses(
        (status = 200, description = "Points by when they end.", content_type = "application/json", body = Vec<Expiry>),
        (status = 404, description = "The customer has no account yet."),
    ),
    security(("CustomerAccessToken" = [])),
)]
pub(super) async fn expiries(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let (caller, customer) = auth::customer(&app, &request).await?;
    let ends = own::expiries(&app.db, &caller.tenant, &customer, app.now()).await?;
    let ends = ends.ok_or_else(|| answer::no_points(&customer))?;
    let told: Vec<Expiry> =
        ends.into_iter().map(|end| Expiry { points: end.points, valid_until: end.at.to_contract() }).collect();
    Ok(HttpResponse::Ok().json(told))
}

/// The page that is asked for.
fn asked(request: &HttpRequest, size: i64) -> Result<OwnPage, ApiError> {
    let before = params::query(request, "before")?.filter(|id| !id.is_empty());
    let before = before.map(|id| EntryId::parse(&id).map_err(|error| FieldErrors::one("before", error))).transpose()?;
    Ok(OwnPage { before, size: whole(request, "pageSize", page::SIZE_MAX)?.unwrap_or(size) })
}

/// Read one's history page by page
///
/// What came, went and expired, the newest first, in the words that are meant for the customer. An addition to the
/// contract.
#[utoipa::path(
    get, path = "/reward-points/public/customer/entries", tag = "One's own points", operation_id = "listOwnEntries",
    params(
        ("before" = Option<String>, Query, example = "d85c0570-1d51-4611-bf2f-c67452384626",
            description = "The `id` with which the page before ended; without it the page begins with the newest."),
        ("pageSize" = Option<i64>, Query, minimum = 1, maximum = 1000, example = 20,
            description = "Lines on a page; 16 by default. A page with fewer is the last."),
    ),
    responses(
        (status = 200, description = "A page of lines.", content_type = "application/json", body = Vec<OwnEntry>),
        (status = 400, description = "The page does not fit."),
        (status = 404, description = "The customer has no account yet."),
    ),
    security(("CustomerAccessToken" = [])),
)]
pub(super) async fn entries(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let (caller, customer) = auth::customer(&app, &request).await?;
    let page = asked(&request, page::SIZE)?;
    let entries = own::entries(&app.db, &caller.tenant, &customer, &page).await?;
    let entries = entries.ok_or_else(|| answer::no_points(&customer))?;
    Ok(HttpResponse::Ok().json(entries.into_iter().map(OwnEntry::from).collect::<Vec<_>>()))
}

/// List one's coupons
///
/// The coupons that the signed-in customer bought with points, the newest first. One that is not used can be cancelled
/// where the tenant allows it: see `canCancel`. An addition to the contract.
#[utoipa::path(
    get, path = "/reward-points/public/customer/coupons", tag = "One's own points", operation_id = "listOwnCoupons",
    params(
        ("before" = Option<String>, Query, example = "d85c0570-1d51-4611-bf2f-c67452384626",
            description = "The `entryId` with which the page before ended; without it the page begins with the newest."),
        ("pageSize" = Option<i64>, Query, minimum = 1, maximum = 1000, example = 20,
            description = "Coupons on a page; 100 by default. A page with fewer is the last."),
    ),
    responses(
        (status = 200, description = "A page of coupons.", content_type = "application/json", body = Vec<OwnCoupon>),
        (status = 400, description = "The page does not fit."),
        (status = 404, description = "The customer has no account yet."),
    ),
    security(("CustomerAccessToken" = [])),
)]
pub(super) async fn coupons(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let (caller, customer) = auth::customer(&app, &request).await?;
    let (page, now) = (asked(&request, COUPONS)?, app.now());
    let coupons = own::coupons(&app.db, &caller.tenant, &customer, &page, now).await?;
    let coupons = coupons.ok_or_else(|| answer::no_points(&customer))?;
    Ok(HttpResponse::Ok().json(coupons.into_iter().map(|one| OwnCoupon::of(one, now)).collect::<Vec<_>>()))
}

/// The word for a kind of entry among the customer's own, in the style of the contract's names.
const fn kind(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::TakenBack => "takenBack",
        EntryKind::GivenBack => "givenBack",
        other => other.as_str(),
    }
}

impl From<own::OwnEntry> for OwnEntry {
    fn from(entry: own::OwnEntry) -> Self {
        Self {
            id: entry.id.to_string(),
            kind: kind(entry.kind),
            points: entry.points,
            description: entry.description.unwrap_or_default(),
            created_at: entry.at.to_contract(),
            balance: entry.balance_after,
            available_from: entry.available_from.map(Timestamp::to_contract),
            valid_until: entry.valid_until.map(Timestamp::to_contract),
            coupon_code: entry.code,
        }
    }
}

impl OwnCoupon {
    fn of(own: own::OwnCoupon, now: Timestamp) -> Self {
        let (bought, template) = (own.bought, own.coupon.template);
        let (percentage, absolute) = match &template.discount {
            Discount::Percent(percent) => (Some(number(*percent)), None),
            Discount::Absolute { amount, currency } => {
                (None, Some(Money { amount: *amount, currency: currency.clone() }.to_json()))
            }
            Discount::FreeShipping => (None, None),
        };
        Self {
            code: bought.code,
            name: template.name,
            status: own.status.as_str(),
            points: bought.points,
            option: bought.option_id,
            discount_type: template.discount.kind(),
            discount_percentage: percentage,
            discount_absolute: absolute,
            created_at: bought.created_at.to_contract(),
            valid_until: template.valid_until.map(Timestamp::to_contract),
            entry_id: bought.entry_id.to_string(),
            can_cancel: own.cancel_until.is_some_and(|until| now <= until),
            cancel_until: own.cancel_until.map(Timestamp::to_contract),
        }
    }
}
