//! The shop's own style sheet, script and pictures.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS},
    web::Path,
};

#[derive(rust_embed::Embed)]
#[folder = "static/shop/"]
struct Files;

pub(super) async fn serve(path: Path<String>) -> HttpResponse {
    let Some(file) = Files::get(&path) else { return HttpResponse::NotFound().finish() };
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .content_type(mime_guess::from_path(path.as_str()).first_or_octet_stream().as_ref())
        .body(file.data.into_owned())
}
