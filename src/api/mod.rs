//! The JSON API: the HTTP contract that shops and their customers speak.

use actix_web::web::ServiceConfig;

/// Adds the routes of the API.
pub fn configure(_cfg: &mut ServiceConfig) {}
