//! The JSON API: the HTTP contract that shops and their customers speak.

mod anonymous;
mod auth;
mod body;
mod cors;
mod coupon_settings;
mod coupons;
mod customers;
mod document;
mod error;
mod fresh;
mod guard;
mod orders;
mod page;
mod params;
mod redeem_options;
pub mod reward_points;
mod routes;
mod tokens;
mod webhooks;

use actix_web::web::ServiceConfig;

pub use document::document;
pub use guard::{guard, nothing_here};
use routes::Route;

/// Marks the answer to an earlier request that is given again.
const REPLAYED: (&str, &str) = ("Idempotent-Replayed", "true");

/// Every route of the API; each resource lists its own. Paths that begin with a fixed segment stand before those that
/// begin with a tenant.
fn routes() -> Vec<Route> {
    let mut routes = reward_points::routes();
    routes.extend(redeem_options::routes());
    routes.extend(orders::routes());
    routes.extend(customers::routes());
    routes.extend(coupons::routes());
    routes.extend(coupon_settings::routes());
    routes.extend(tokens::routes());
    routes.extend(anonymous::routes());
    routes.extend(webhooks::routes());
    routes
}

/// Method and path of every operation, such as `("GET", "/reward-points/customer/{customerId}")`.
pub fn operations() -> Vec<(String, &'static str)> {
    routes::list(&routes())
}

/// Adds the routes of the API.
pub fn configure(cfg: &mut ServiceConfig) {
    routes::register(cfg, &routes());
    document::configure(cfg);
}
