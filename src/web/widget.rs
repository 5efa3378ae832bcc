//! The script that shops put into their pages, at an address that stays and at one that belongs to its content.

use std::sync::LazyLock;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderName},
    web::{self, ServiceConfig},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::json;
use sha2::{Digest as _, Sha384};

use super::assets::{self, FOR_EVER, WIDGET};

/// The address that stays the same from release to release.
const STEADY: &str = "/widget/v1.js";
/// A shop's page sees a new release within minutes, and never waits for it.
const FOR_MINUTES: &str = "public, max-age=300, stale-while-revalidate=86400, stale-if-error=604800";
const ASK_AGAIN: &str = "no-cache";

/// Pages of every shop may load it, also those that are isolated or ask for its integrity.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    (HeaderName::from_static("timing-allow-origin"), "*"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// The script of this release.
pub(super) struct Widget {
    /// Its path, which names its content.
    pub(super) path: String,
    /// What browsers compare it with.
    pub(super) integrity: String,
}

static PRESENT: LazyLock<Widget> = LazyLock::new(|| {
    let digest = Sha384::digest(assets::find(WIDGET).map_or(&[][..], assets::Asset::content));
    let name: String = hex::encode(digest).chars().take(20).collect();
    Widget { path: format!("/widget/{name}.js"), integrity: format!("sha384-{}", BASE64_STANDARD.encode(digest)) }
});

/// The script of this release.
pub(super) fn present() -> &'static Widget {
    &PRESENT
}

/// Adds the routes of the widget.
pub(super) fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/widget/v1.json").route(web::get().to(describe)).route(web::head().to(describe)))
        .service(web::resource("/widget/{file}").route(web::get().to(serve)).route(web::head().to(serve)));
}

async fn serve(request: HttpRequest) -> HttpResponse {
    let keep = match request.path() {
        STEADY => FOR_MINUTES,
        path if path == PRESENT.path => FOR_EVER,
        _ => return missing(),
    };
    assets::find(WIDGET).map_or_else(missing, |asset| asset.answer(&request, keep, &HEADERS))
}

/// The script of another release is gone: the page keeps what stands inside the elements.
fn missing() -> HttpResponse {
    let mut answer = HttpResponse::NotFound();
    for header in HEADERS {
        answer.insert_header(header);
    }
    answer
        .insert_header((header::CACHE_CONTROL, ASK_AGAIN))
        .content_type(header::ContentType::plaintext())
        .body("Not found\n")
}

/// Where the script of this release is, for those who write its address and integrity into their pages.
async fn describe() -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    for header in HEADERS {
        answer.insert_header(header);
    }
    answer.insert_header((header::CACHE_CONTROL, ASK_AGAIN)).json(json!({
        "steady": STEADY,
        "path": PRESENT.path,
        "integrity": PRESENT.integrity,
    }))
}

#[cfg(test)]
mod tests {
    use actix_web::{App, dev::ServiceResponse, test};
    use serde_json::Value;

    use super::*;

    /// What shops are promised, in bytes.
    const COMPRESSED_MAX: usize = 15_000;

    async fn get(path: &str, encoding: &str, etag: &str) -> ServiceResponse {
        let app = test::init_service(App::new().configure(configure)).await;
        let request = test::TestRequest::get().uri(path).insert_header(("accept-encoding", encoding));
        test::call_service(&app, request.insert_header(("if-none-match", etag)).to_request()).await
    }

    fn header(response: &ServiceResponse, name: &str) -> String {
        response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    #[actix_web::test]
    async fn the_script_is_small_in_either_compression() {
        for encoding in ["br", "gzip"] {
            let response = get(STEADY, encoding, "").await;
            assert_eq!(header(&response, "content-encoding"), encoding);
            let body = test::read_body(response).await;
            assert!(body.len() <= COMPRESSED_MAX, "{encoding}: {} bytes", body.len());
        }
    }

    /// The keys of the texts of a language.
    fn texts(language: &str) -> Vec<&'static str> {
        let script = include_str!("../../static/widget/guerdon.js");
        let (_, rest) = script.split_once(&format!("\n  {language}: {{\n")).unwrap();
        let (texts, _) = rest.split_once("\n  },").unwrap();
        texts.lines().map(|line| line.trim().split_once(':').unwrap().0).collect()
    }

    #[actix_web::test]
    async fn every_text_is_in_every_language_and_in_the_reference() {
        let reference = include_str!("../../docs/widget.md");
        assert!(texts("en").len() > 40);
        assert_eq!(texts("en"), texts("de"));
        let missing: Vec<_> =
            texts("en").into_iter().filter(|key| !reference.contains(&format!("\n| `{key}` |"))).collect();
        assert!(missing.is_empty(), "docs/widget.md does not tell of {missing:?}");
    }

    #[actix_web::test]
    async fn every_shop_may_load_it_and_ask_whether_it_changed() {
        let path = present().path.as_str();
        for (path, keep) in [(STEADY, FOR_MINUTES), (path, FOR_EVER)] {
            let response = get(path, "identity", "").await;
            assert_eq!(response.status(), 200);
            for (name, expected) in [
                ("content-type", "text/javascript; charset=utf-8"),
                ("cache-control", keep),
                ("access-control-allow-origin", "*"),
                ("cross-origin-resource-policy", "cross-origin"),
                ("x-content-type-options", "nosniff"),
                ("vary", "Accept-Encoding"),
            ] {
                assert_eq!(header(&response, name), expected, "{path} {name}");
            }
            let again = get(path, "br", &header(&response, "etag")).await;
            assert_eq!((again.status().as_u16(), header(&again, "access-control-allow-origin").as_str()), (304, "*"));
        }
    }

    #[actix_web::test]
    async fn the_integrity_is_that_of_what_is_sent() {
        let told: Value = test::read_body_json(get("/widget/v1.json", "identity", "").await).await;
        let sent = test::read_body(get(told["path"].as_str().unwrap(), "identity", "").await).await;
        let digest = BASE64_STANDARD.encode(Sha384::digest(&sent));
        assert_eq!(told["integrity"], format!("sha384-{digest}"));
        assert_eq!(sent, test::read_body(get(STEADY, "identity", "").await).await);
    }

    #[actix_web::test]
    async fn the_script_of_another_release_is_not_taken_for_this_one() {
        for path in ["/widget/0123456789abcdef0123.js", "/widget/v2.js", "/widget/guerdon.js"] {
            let response = get(path, "br", "").await;
            assert_eq!((response.status().as_u16(), header(&response, "cache-control").as_str()), (404, "no-cache"));
        }
    }
}
