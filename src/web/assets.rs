//! Static files: embedded in the program, addressed by the hash of their content, compressed once.

use std::{
    collections::HashMap,
    io::Write as _,
    sync::{LazyLock, OnceLock},
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, AcceptEncoding, Encoding, Header as _, Preference},
    },
    web::{self, Bytes, ServiceConfig},
};
use sha2::{Digest as _, Sha256};

/// Where the static files are served.
const ROOT: &str = "/static";
/// The content behind an address never changes, so nobody has to ask again.
pub(super) const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// The script that shops put into their pages; see [`super::widget`].
pub(super) const WIDGET: &str = "widget/guerdon.js";
/// For the address of another release, as a page from before an update still uses.
const ASK_AGAIN: &str = "no-cache";

/// Of brotli's window, as powers of two.
const WINDOW_MIN: i32 = 10;
const WINDOW_MAX: i32 = 22;

#[derive(rust_embed::Embed)]
#[folder = "static/"]
struct Files;

/// One file, in every form in which it is sent.
pub(super) struct Asset {
    address: String,
    etag: String,
    content_type: String,
    content: Bytes,
    /// `None` where compression gains nothing.
    brotli: OnceLock<Option<Bytes>>,
    gzip: OnceLock<Option<Bytes>>,
}

/// All files by their path below `static/`.
static ASSETS: LazyLock<HashMap<String, Asset>> = LazyLock::new(load);

fn load() -> HashMap<String, Asset> {
    // The demo's shop serves its own files.
    let files = Files::iter().filter(|path| !path.starts_with("shop/"));
    let (sheets, others): (Vec<_>, Vec<_>) = files.partition(|path| path.ends_with(".css"));
    let mut assets = HashMap::new();
    for path in others {
        if let Some(file) = Files::get(&path) {
            let content = file.data.into_owned();
            let content = if path == WIDGET { squeezed_script(&content) } else { content };
            assets.insert(path.to_string(), Asset::new(&path, content));
        }
    }
    for path in sheets {
        if let Some(file) = Files::get(&path) {
            let sheet = squeezed(&with_addresses(&String::from_utf8_lossy(&file.data), &assets));
            assets.insert(path.to_string(), Asset::new(&path, sheet.into_bytes()));
        }
    }
    assets
}

/// The style sheet with `url("path")` of every other file replaced by its address.
fn with_addresses(sheet: &str, assets: &HashMap<String, Asset>) -> String {
    let mut sheet = sheet.to_owned();
    for (path, asset) in assets {
        sheet = sheet.replace(&format!("url(\"{path}\")"), &format!("url(\"{}\")", asset.address));
    }
    sheet
}

/// The style sheet without its comments and line breaks, which a first visit would pay for.
fn squeezed(sheet: &str) -> String {
    let mut text = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some((before, comment)) = rest.split_once("/*") {
        text.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.lines().map(str::trim).collect()
}

/// The script of the shops' pages without the lines that are comments, its spaces before lines, and empty lines. Its
/// source keeps to comments on lines of their own.
fn squeezed_script(script: &[u8]) -> Vec<u8> {
    let script = String::from_utf8_lossy(script);
    let mut text = String::with_capacity(script.len());
    let mut within_comment = false;
    for line in script.lines().map(str::trim) {
        if within_comment || line.starts_with("/**") {
            within_comment = !line.ends_with("*/");
        } else if !line.is_empty() && !line.starts_with("//") {
            text.push_str(line);
            text.push('\n');
        }
    }
    text.into_bytes()
}

impl Asset {
    /// What is sent to a client that takes no compression.
    pub(super) fn content(&self) -> &[u8] {
        &self.content
    }

    /// The answer to a request for it, to be kept by browsers as `keep` says, with these headers besides.
    pub(super) fn answer(
        &self,
        request: &HttpRequest,
        keep: &str,
        more: &[(header::HeaderName, &'static str)],
    ) -> HttpResponse {
        let mut response = HttpResponse::build(StatusCode::OK);
        response
            .insert_header((header::ETAG, self.etag.as_str()))
            .insert_header((header::VARY, "Accept-Encoding"))
            .insert_header((header::CACHE_CONTROL, keep));
        for (name, value) in more {
            response.insert_header((name.clone(), *value));
        }
        let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        if known.is_some_and(|tags| tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == self.etag)) {
            return response.status(StatusCode::NOT_MODIFIED).finish();
        }
        let (encoding, content) = self.encoded(AcceptEncoding::parse(request).ok().as_ref());
        if let Some(encoding) = encoding {
            response.insert_header((header::CONTENT_ENCODING, encoding));
        }
        response.content_type(self.content_type.as_str()).body(content)
    }

    fn new(path: &str, content: Vec<u8>) -> Self {
        let hash: String = hex::encode(Sha256::digest(&content)).chars().take(16).collect();
        let mime = mime_guess::from_path(path).first_or_octet_stream();
        let is_text = mime.type_() == "text";
        Self {
            address: format!("{ROOT}/{hash}/{path}"),
            etag: format!("\"{hash}\""),
            content_type: if is_text { format!("{mime}; charset=utf-8") } else { mime.to_string() },
            content: content.into(),
            brotli: OnceLock::new(),
            gzip: OnceLock::new(),
        }
    }

    /// Kept only when it saves a tenth or more: fonts are compressed already.
    fn kept(&self, compressed: std::io::Result<Vec<u8>>) -> Option<Bytes> {
        compressed.ok().filter(|bytes| bytes.len() < self.content.len() / 10 * 9).map(Bytes::from)
    }

    fn brotli(&self) -> Option<&Bytes> {
        self.brotli
            .get_or_init(|| {
                let mut bytes = Vec::new();
                // A window no larger than the file: each takes many times its size in memory.
                let bits = usize::BITS - self.content.len().leading_zeros();
                let lgwin = i32::try_from(bits).unwrap_or(WINDOW_MAX).clamp(WINDOW_MIN, WINDOW_MAX);
                let params = brotli::enc::BrotliEncoderParams { lgwin, ..Default::default() };
                let done = brotli::BrotliCompress(&mut self.content.as_ref(), &mut bytes, &params);
                self.kept(done.map(|_length| bytes))
            })
            .as_ref()
    }

    fn gzip(&self) -> Option<&Bytes> {
        self.gzip
            .get_or_init(|| {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
                let done = encoder.write_all(&self.content).and_then(|()| encoder.finish());
                self.kept(done)
            })
            .as_ref()
    }

    /// The content in the best form that the client takes.
    fn encoded(&self, accepted: Option<&AcceptEncoding>) -> (Option<&'static str>, Bytes) {
        let forms = [("br", Encoding::brotli()), ("gzip", Encoding::gzip())];
        for (name, encoding) in forms {
            if accepted.is_some_and(|accepted| takes(accepted, &encoding)) {
                let form = if name == "br" { self.brotli() } else { self.gzip() };
                if let Some(bytes) = form {
                    return (Some(name), bytes.clone());
                }
            }
        }
        (None, self.content.clone())
    }
}

/// Whether the client named this encoding and did not refuse it.
fn takes(accepted: &AcceptEncoding, encoding: &Encoding) -> bool {
    accepted.0.iter().any(|item| {
        item.quality > header::Quality::ZERO && matches!(&item.item, Preference::Specific(named) if named == encoding)
    })
}

/// The address of a file below `static/`, to be written into a page.
pub(crate) fn address(path: &str) -> &'static str {
    ASSETS.get(path).map_or("", |asset| asset.address.as_str())
}

/// A file below `static/`.
pub(super) fn find(path: &str) -> Option<&'static Asset> {
    ASSETS.get(path)
}

/// Compresses every file, so that no visitor waits for it.
pub fn prepare() {
    for asset in ASSETS.values() {
        asset.brotli();
        asset.gzip();
    }
}

/// Adds the routes of the static files.
pub(crate) fn configure(cfg: &mut ServiceConfig) {
    cfg.service(
        web::resource(format!("{ROOT}/{{hash}}/{{path:.+}}")).route(web::get().to(serve)).route(web::head().to(serve)),
    );
}

async fn serve(request: HttpRequest, path: web::Path<(String, String)>) -> HttpResponse {
    let (_hash, path) = path.into_inner();
    let Some(asset) = ASSETS.get(&path) else {
        return HttpResponse::NotFound().insert_header(header::ContentType::plaintext()).body("Not found\n");
    };
    let keep = if request.path() == asset.address { FOR_EVER } else { ASK_AGAIN };
    asset.answer(&request, keep, &[])
}

#[cfg(test)]
mod tests {
    use actix_web::{App, test};

    use super::*;

    async fn get(address: &str, headers: &[(&'static str, &str)]) -> actix_web::dev::ServiceResponse {
        let app = test::init_service(App::new().configure(configure)).await;
        let mut request = test::TestRequest::get().uri(address);
        for header in headers {
            request = request.insert_header(*header);
        }
        test::call_service(&app, request.to_request()).await
    }

    fn header(response: &actix_web::dev::ServiceResponse, name: &str) -> String {
        response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    #[actix_web::test]
    async fn files_are_kept_for_ever_under_the_hash_of_their_content() {
        let response = get(address("guerdon.css"), &[("accept-encoding", "gzip, br")]).await;
        assert_eq!(response.status(), 200);
        assert_eq!(header(&response, "cache-control"), FOR_EVER);
        assert_eq!(header(&response, "content-type"), "text/css; charset=utf-8");
        assert_eq!(header(&response, "content-encoding"), "br");
        assert_eq!(header(&response, "vary"), "Accept-Encoding");
        let body = test::read_body(response).await;
        assert!(body.len() < 12_000, "{} bytes", body.len());
    }

    #[actix_web::test]
    async fn style_sheets_are_squeezed() {
        let sheet = "/* one */\n@layer a {\n  b {\n    color: red; /* why */\n    margin:\n      0;\n  }\n}\n/* open";
        assert_eq!(squeezed(sheet), "@layer a {b {color: red;margin:0;}}");
    }

    #[actix_web::test]
    async fn scripts_are_squeezed() {
        let script = b"/*! kept */\n// one\n/** two */\n/**\n * three\n */\n\nconst a = 'b'; // kept\n  a();\n";
        assert_eq!(squeezed_script(script), b"/*! kept */\nconst a = 'b'; // kept\na();\n");
    }

    #[actix_web::test]
    async fn style_sheets_name_the_addresses_of_fonts() {
        let body = test::read_body(get(address("guerdon.css"), &[]).await).await;
        let sheet = String::from_utf8(body.to_vec()).unwrap();
        assert!(sheet.contains(address("vendor/figtree-latin.woff2")));
        assert!(!sheet.contains("url(\"vendor"));
    }

    #[actix_web::test]
    async fn an_encoding_is_used_only_when_it_is_accepted() {
        for (accepted, used) in [("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip"), ("identity", ""), ("*", "")] {
            let response = get(address("guerdon.css"), &[("accept-encoding", accepted)]).await;
            assert_eq!(header(&response, "content-encoding"), used, "{accepted:?}");
        }
        let font = get(address("vendor/figtree-latin.woff2"), &[("accept-encoding", "br, gzip")]).await;
        assert_eq!(header(&font, "content-encoding"), "");
        assert_eq!(header(&font, "content-type"), "font/woff2");
    }

    #[actix_web::test]
    async fn a_known_file_is_not_sent_again() {
        let etag = header(&get(address("guerdon.js"), &[]).await, "etag");
        let response = get(address("guerdon.js"), &[("if-none-match", &format!("\"other\", W/{etag}"))]).await;
        assert_eq!(response.status(), 304);
    }

    #[actix_web::test]
    async fn the_address_of_another_release_gives_the_present_file_but_is_not_kept() {
        let response = get("/static/0123456789abcdef/guerdon.js", &[]).await;
        assert_eq!((response.status().as_u16(), header(&response, "cache-control").as_str()), (200, ASK_AGAIN));
        for path in ["/static/0/none.js", "/static/0/../Cargo.toml", "/static/0/%2e%2e/Cargo.toml"] {
            assert_eq!(get(path, &[]).await.status(), 404, "{path}");
        }
    }
}
