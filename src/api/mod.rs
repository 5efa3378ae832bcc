//! The JSON API: the HTTP contract that shops and their customers speak.

mod routes;

use actix_web::web::ServiceConfig;

use routes::Route;

/// Every route of the API; each resource lists its own.
fn routes() -> Vec<Route> {
    let lists: [Vec<Route>; 0] = [];
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
