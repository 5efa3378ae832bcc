//! The back office: pages for the shop's employees.

use actix_web::web::ServiceConfig;

/// Adds the routes of the back office.
pub fn configure(_cfg: &mut ServiceConfig) {}
