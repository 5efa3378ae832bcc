//! What the API shows of points.

use serde::Serialize;
use utoipa::ToSchema;

use crate::service::summary::{Added, Redeemed, Summary};

/// What a customer has, and how it came.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerSummary {
    /// Whose.
    #[schema(example = "20242913")]
    customer_id: String,
    /// Points that can be spent now.
    #[schema(example = 1860)]
    active_points: i64,
    /// The history.
    summary: Lists,
}

/// Points that came and points that went, the oldest first. Points that have expired stay in the list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SummaryLists)]
pub struct Lists {
    /// Points that came.
    added_points_list: Vec<AddedPoints>,
    /// Points that went.
    redeemed_points_list: Vec<RedeemedPoints>,
}

/// Points that came.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddedPoints {
    /// The entry's id.
    #[schema(example = "1c32ce73-8765-42a7-92af-ff370a0a59d6")]
    id: String,
    /// What the client called it, such as an order's number.
    #[serde(rename = "reference-id")]
    #[schema(required, example = "B7011746")]
    reference_id: Option<String>,
    /// What the customer reads; empty when nothing was said.
    #[schema(example = "Points for order B7011746")]
    description: String,
    /// How many.
    #[schema(example = 2000)]
    points: i64,
    /// When.
    #[schema(format = DateTime, example = "2023-05-11T18:32:18.591+00:00")]
    created_at: String,
    /// The balance right after.
    #[schema(example = 2000)]
    all_points_after_creation: i64,
    /// How many of them were redeemed or taken since. Those that expired are not among them.
    #[schema(example = 140)]
    used_points: i64,
    /// Up to when they can be spent.
    #[schema(format = DateTime, example = "2023-11-11T12:00:50.406+00:00")]
    valid_until: String,
    /// The ids of the entries that used them, the oldest first.
    #[schema(example = json!(["d85c0570-1d51-4611-bf2f-c67452384626"]))]
    used_with: Vec<String>,
}

/// Points that went.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RedeemedPoints {
    /// The entry's id.
    #[schema(example = "d85c0570-1d51-4611-bf2f-c67452384626")]
    id: String,
    /// What the customer reads; empty when nothing was said.
    #[schema(example = "10 € voucher")]
    description: String,
    /// How many.
    #[schema(example = 140)]
    points: i64,
    /// When.
    #[schema(format = DateTime, example = "2023-05-11T18:32:38.501+00:00")]
    created_at: String,
    /// The balance right after.
    #[schema(example = 1860)]
    all_points_after_creation: i64,
}

impl From<Summary> for CustomerSummary {
    fn from(summary: Summary) -> Self {
        Self {
            customer_id: summary.customer.to_string(),
            active_points: summary.active_points,
            summary: Lists {
                added_points_list: summary.added.into_iter().map(AddedPoints::from).collect(),
                redeemed_points_list: summary.redeemed.into_iter().map(RedeemedPoints::from).collect(),
            },
        }
    }
}

impl From<Added> for AddedPoints {
    fn from(added: Added) -> Self {
        Self {
            id: added.id.to_string(),
            reference_id: added.reference,
            description: added.description.unwrap_or_default(),
            points: added.points,
            created_at: added.created_at.to_contract(),
            all_points_after_creation: added.balance_after,
            used_points: added.used_points,
            valid_until: added.valid_until.to_contract(),
            used_with: added.used_with.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<Redeemed> for RedeemedPoints {
    fn from(redeemed: Redeemed) -> Self {
        Self {
            id: redeemed.id.to_string(),
            description: redeemed.description.unwrap_or_default(),
            points: redeemed.points,
            created_at: redeemed.created_at.to_contract(),
            all_points_after_creation: redeemed.balance_after,
        }
    }
}

/// A coupon that was bought with points.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CouponCode {
    /// Its code.
    #[schema(example = "LLS-7K3QWN5TZ9RXB")]
    pub(super) code: String,
}
