//! The entries of an account, as one timeline.

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
    domain::{ids::SiteCode, ledger::entry::Entry, scope::Scope, time::Timestamp},
    service::accounts::{self, Entries},
};

/// A page of the lines of an account's ledger.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Timeline {
    /// Whose.
    #[schema(example = "C4289081720")]
    customer_id: String,
    /// The lines, the oldest first.
    entries: Vec<Line>,
    /// What to give as `after` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 17)]
    next: Option<i64>,
}

/// One line of an account's ledger. It never changes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Entry)]
pub(super) struct Line {
    /// Its place in the account.
    #[schema(example = 17)]
    sequence: i64,
    /// Its id.
    #[schema(example = "d85c0570-1d51-4611-bf2f-c67452384626")]
    id: String,
    /// What it is: `earned`, `added`, `removed`, `redeemed`, `expired`, `taken_back` or `given_back`.
    #[schema(example = "redeemed")]
    kind: &'static str,
    /// How many, with their sign.
    #[schema(example = -140)]
    points: i64,
    /// What could be spent right after.
    #[schema(example = 1860)]
    balance_after: i64,
    /// When.
    #[schema(format = DateTime, example = "2023-05-11T18:32:38.501+00:00")]
    created_at: String,
    /// From when points that came can be spent; absent when at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    available_from: Option<String>,
    /// Up to when points that came can be spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    valid_until: Option<String>,
    /// What the client called it, such as an order's number.
    #[serde(rename = "reference-id", skip_serializing_if = "Option::is_none")]
    reference_id: Option<String>,
    /// What the customer reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "main")]
    site_code: Option<String>,
    /// Who did it: `employee`, `client`, `customer` or `system`.
    #[schema(example = "client")]
    actor: &'static str,
    /// By which road: `api`, `back_office`, `command_line`, `job` or `import`.
    #[schema(example = "api")]
    source: &'static str,
    /// The id of the entry that this one mends.
    #[serde(skip_serializing_if = "Option::is_none")]
    mends: Option<String>,
    /// The redemption that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    redemption_id: Option<String>,
    /// How the points were worked out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    details: Option<Value>,
    /// Where points that went were taken from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    used: Vec<Used>,
}

/// Points that an entry took from those of another.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Used {
    /// The id of the entry that they came with.
    #[schema(example = "1c32ce73-8765-42a7-92af-ff370a0a59d6")]
    id: String,
    /// How many.
    #[schema(example = 140)]
    points: i64,
}

/// Read a customer's ledger
///
/// Every line of the account's ledger, the oldest first: also what expired, and who did what by which road. An addition
/// to the contract.
#[utoipa::path(
    get, path = "/reward-points/customer/{customerId}/entries", tag = "Customers' points", operation_id = "readEntries",
    params(
        ("customerId" = String, Path, description = "The customer, by the shop's own id.", max_length = 255),
        ("after" = Option<i64>, Query, minimum = 1, example = 17,
            description = "The `sequence` behind which the page begins, as `next` of the page before gave it."),
        ("pageSize" = Option<i64>, Query, minimum = 1, maximum = 1000, example = 100,
            description = "Lines on a page; 16 by default."),
    ),
    responses(
        (status = 200, description = "A page of lines.", content_type = "application/json", body = Timeline),
        (status = 400, description = "The id or the page does not fit."),
        (status = 404, description = "The customer has no account."),
    ),
    security(("OAuth2" = ["rewardspoints.rewardpoints_view"])),
)]
pub(super) async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let caller = auth::service(&app, &request, &[Scope::RewardPointsView]).await?;
    let customer = params::customer(&request)?;
    let after = whole(&request, "after", i64::MAX)?.unwrap_or(0);
    let size = whole(&request, "pageSize", page::SIZE_MAX)?.unwrap_or(page::SIZE);
    let page = accounts::entries(&app.db, &caller.tenant, &customer, after, size).await?;
    let page = page.ok_or_else(|| answer::no_points(&customer))?;
    let next = page.entries.last().map(|last| last.seq).filter(|_| page.more);
    let entries = page.entries.iter().map(|entry| Line::of(entry, &page)).collect();
    Ok(HttpResponse::Ok().json(Timeline { customer_id: customer.to_string(), entries, next }))
}

impl Line {
    fn of(entry: &Entry, page: &Entries) -> Self {
        let memo = entry.memo.clone();
        let used = entry.takes.iter().filter_map(|take| {
            let id = page.lots.get(&take.lot_seq)?.to_string();
            Some(Used { id, points: take.points })
        });
        Self {
            sequence: entry.seq,
            id: entry.entry_id.to_string(),
            kind: entry.kind.as_str(),
            points: entry.points,
            balance_after: entry.balance_after,
            created_at: entry.recorded_at.to_contract(),
            available_from: entry.available_from.map(Timestamp::to_contract),
            valid_until: entry.valid_until.map(Timestamp::to_contract),
            reference_id: memo.reference,
            description: memo.description,
            reason: memo.reason,
            site_code: memo.site.as_ref().map(SiteCode::to_string),
            actor: memo.actor.kind.as_str(),
            source: memo.source.as_str(),
            mends: memo.mends.map(|id| id.to_string()),
            redemption_id: memo.redemption,
            details: memo.details.and_then(|details| serde_json::from_str(&details).ok()),
            used: used.collect(),
        }
    }
}
