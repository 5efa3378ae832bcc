//! Reward points: the operations of programs and of signed-in customers.

mod answer;
mod batch;
mod body;
mod customer;
mod entries;
mod own;
mod signed_in;
pub mod view;

pub(super) use answer::to_change;
use utoipa::OpenApi;

use super::routes::{Route, delete, get, post};

/// The operations of this resource, for the document.
#[derive(OpenApi)]
#[openapi(paths(
    batch::summaries,
    customer::balance,
    customer::open,
    customer::close,
    customer::summary,
    entries::list,
    customer::add,
    customer::redeem,
    signed_in::balance,
    signed_in::summary,
    signed_in::redeem,
    signed_in::cancel,
    own::expiries,
    own::entries,
    own::coupons,
))]
pub(super) struct Operations;

/// The routes of this resource.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/reward-points/summaryBatch", batch::summaries),
        get("/reward-points/customer/{customerId}", customer::balance),
        post("/reward-points/customer/{customerId}", customer::open),
        delete("/reward-points/customer/{customerId}", customer::close),
        get("/reward-points/customer/{customerId}/summary", customer::summary),
        get("/reward-points/customer/{customerId}/entries", entries::list),
        post("/reward-points/customer/{customerId}/addPoints", customer::add),
        post("/reward-points/customer/{customerId}/redeemPoints", customer::redeem),
        get("/reward-points/public/customer", signed_in::balance),
        get("/reward-points/public/customer/summary", signed_in::summary),
        post("/reward-points/public/customer/redeem", signed_in::redeem),
        post("/reward-points/public/customer/redemptions/{entryId}/cancel", signed_in::cancel),
        get("/reward-points/public/customer/expiries", own::expiries),
        get("/reward-points/public/customer/entries", own::entries),
        get("/reward-points/public/customer/coupons", own::coupons),
    ]
}
