//! The JSON API: the HTTP contract that shops and their customers speak.
#![expect(dead_code, reason = "the operations that use all of it are being written")]

mod auth;
mod body;
mod cors;
mod error;
mod guard;
mod json;
mod params;
mod redeem_options;
mod routes;
mod tokens;

use actix_web::web::ServiceConfig;

pub use guard::{guard, nothing_here};
use routes::Route;

/// Marks the answer to an earlier request that is given again.
const REPLAYED: (&str, &str) = ("Idempotent-Replayed", "true");

/// Every route of the API; each resource lists its own.
fn routes() -> Vec<Route> {
    let lists = [redeem_options::routes(), tokens::routes()];
    lists.into_iter().flatten().collect()
}

/// Method and path of every operation, such as `("GET", "/reward-points/customer/{customerId}")`.
pub fn operations() -> Vec<(String, &'static str)> {
    routes::list(&routes())
}

/// Adds the routes of the API.
pub fn configure(cfg: &mut ServiceConfig) {
    routes::register(cfg, &routes());
}
