//! What a basket would earn, before it is ordered.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::view;
use crate::{
    api::{auth, body, error::ApiError, params},
    app::App,
    domain::{ids::SiteCode, order, time::Timestamp},
    service::orders,
};

/// A basket: an order without a number and a status. Amounts are zero or more, exact decimals, as numbers or as texts.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the document; the domain reads it")]
#[schema(as = NewBasket)]
pub(super) struct NewBasket {
    /// The currency of the site.
    #[schema(example = "EUR")]
    currency: String,
    /// What it comes to, with tax; in the place of `totals`, when nothing more is known.
    #[schema(value_type = Option<f64>, minimum = 0, example = 129.00)]
    amount: Option<Value>,
    /// What it comes to, as an order has it; in the place of `amount`.
    totals: Option<view::NewTotals>,
    /// What is in it; it may be sent, and does not count.
    #[schema(value_type = Option<Vec<Object>>)]
    items: Option<Vec<Value>>,
}

/// What a basket would earn.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BasketPoints)]
pub(super) struct Earned {
    /// On which site.
    #[schema(example = "main")]
    site_code: String,
    /// In which currency.
    #[schema(example = "EUR")]
    currency: String,
    /// How many points; 0 when none.
    #[schema(example = 129)]
    points: i64,
    /// How they were worked out.
    #[schema(example = "129.00 gross x 1 = 129, rounded down: 129")]
    explanation: String,
    /// The version of the site's rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 3)]
    rule_version: Option<i64>,
    /// From when they could be spent if the order were completed now; absent when at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    available_from: Option<String>,
    /// Up to when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, example = "2027-11-20T23:00:00.000+00:00")]
    valid_until: Option<String>,
}

/// Ask what a basket earns
///
/// How many points an order of this would earn if it were completed now: by the same rule and the same sum as for the
/// order itself. Nothing is kept. Any token of the tenant will do: a program's, a customer's or a guest's. An addition to
/// the contract.
#[utoipa::path(
    post, path = super::BASKET, tag = "Orders", operation_id = "readBasketPoints",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("siteCode" = Option<String>, Query, example = "main",
            description = "The site whose rule counts; `main` by default."),
    ),
    request_body(content = NewBasket, example = json!({"amount": 129.00, "currency": "EUR"})),
    responses(
        (status = 200, description = "The points.", content_type = "application/json", body = Earned),
        (status = 400, description = "Something does not fit, or the site has another currency."),
    ),
    security(("OAuth2" = []), ("CustomerAccessToken" = []), ("AnonymousAccessToken" = [])),
)]
pub(super) async fn earned(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, ApiError> {
    let token = auth::token(&app, &request).await?;
    let body = body::read(&request, payload).await?.object()?;
    let site = params::site(&request)?;
    let basket = order::basket::Basket::from_json(&body)?;
    let (site, award) = orders::earned_by(&app, &token.tenant, site.as_ref(), &basket).await?;
    Ok(HttpResponse::Ok().json(Earned::of(&site, &basket, &award)))
}

impl Earned {
    fn of(site: &SiteCode, basket: &order::basket::Basket, award: &order::earning::Award) -> Self {
        let earns = award.points > 0;
        Self {
            site_code: site.to_string(),
            currency: basket.currency.as_str().to_owned(),
            points: award.points,
            explanation: award.explanation(),
            rule_version: award.rule_version,
            available_from: award.available_from.filter(|_| earns).map(Timestamp::to_contract),
            valid_until: earns.then(|| award.valid_until.to_contract()),
        }
    }
}
