//! `/docs/api`: the API's document for a person to read. Everything on the page comes from this server.

mod reading;

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;
use serde_json::Value;

use crate::web::{error::WebError, filters, html};
use reading::Documentation;

/// The document that the page shows.
#[derive(Clone, Copy)]
pub struct ApiDocument(pub &'static Value);

#[derive(Template)]
#[template(path = "api_docs/index.html")]
struct ApiDocsPage<'a> {
    docs: &'a Documentation,
}

/// Shows the document.
pub(crate) async fn index(document: Data<ApiDocument>) -> Result<HttpResponse, WebError> {
    let docs = Documentation::of(document.0);
    html::whole(StatusCode::OK, &ApiDocsPage { docs: &docs })
}
