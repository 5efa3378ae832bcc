//! What stands before and behind every page: refuses requests that another site made the browser send, and tells the
//! browser what pages may do.

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web::Data,
};

use super::error::WebError;
use crate::app::App;

/// Everything comes from here, nothing is inline, nobody frames it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Not `no-referrer`: with it browsers hide the origin of forms, by which the guard knows them.
    (header::REFERRER_POLICY, "same-origin"),
    (header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// Adds the headers that keep a page to itself.
pub(super) async fn headers(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    if !response.headers().contains_key(header::CACHE_CONTROL) {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

/// Sends pages uncompressed that another site made the browser ask for. A page can hold what its address says beside a
/// secret, such as the token of its forms or a coupon's code; who may choose the one and sees how long the compressed
/// page is learns the other letter by letter. Nobody but Guerdon's own pages and the person at the browser may choose.
pub(super) async fn plain_for_other_sites(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let site = request.headers().get("sec-fetch-site").and_then(|value| value.to_str().ok());
    if !matches!(site, Some("same-origin" | "none")) {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    next.call(request).await
}

/// Leaves NUL out of what an address asks for: nobody can type it, and no database takes it as text.
pub(super) async fn without_nul(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if let Some(plain) = plain_query(&request.uri().to_string()).and_then(|address| address.parse().ok()) {
        request.head_mut().uri = plain;
    }
    next.call(request).await
}

/// The address without NUL in its query; `None` when there is none in it.
fn plain_query(address: &str) -> Option<String> {
    let (path, query) = address.split_once('?').filter(|(_, query)| query.contains("%00"))?;
    let mut query = query.to_owned();
    // What is left out may have stood in the midst of another one.
    while query.contains("%00") {
        query = query.replace("%00", "");
    }
    Some(format!("{path}?{query}"))
}

/// Refuses a change that the browser was made to ask for by another site.
pub(super) async fn same_origin(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let public = request.app_data::<Data<App>>().and_then(|app| app.settings.public_url.clone());
    if request.method().is_safe() || is_own(request.headers(), public.as_deref()) {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    }
    Ok(request.error_response(WebError::OtherSite))
}

fn is_own(headers: &HeaderMap, public: Option<&str>) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (text(HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN)) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = text(header::HOST).unwrap_or_default();
            let authority = |url: &str| url.split_once("://").map(|(_, rest)| rest.trim_end_matches('/').to_owned());
            authority(origin).is_some_and(|given| given == host || public.and_then(authority) == Some(given))
        }
        // Neither: no browser, so there is no cookie that somebody else could abuse.
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(pairs: &[(&str, &str)], public: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("points.example.com"));
        for (name, value) in pairs {
            headers.insert(name.parse().unwrap(), value.parse().unwrap());
        }
        is_own(&headers, public)
    }

    #[test]
    fn what_the_browser_says_about_the_site_counts_first() {
        assert!(own(&[("sec-fetch-site", "same-origin")], None));
        assert!(own(&[("sec-fetch-site", "none")], None));
        for site in ["cross-site", "same-site", ""] {
            assert!(!own(&[("sec-fetch-site", site), ("origin", "https://points.example.com")], None), "{site}");
        }
    }

    #[test]
    fn nul_is_left_out_of_queries() {
        assert_eq!(
            plain_query("/admin/acme/customers?q=a%00b&x=%2500").as_deref(),
            Some("/admin/acme/customers?q=ab&x=%2500")
        );
        assert_eq!(plain_query("/a?q=%0%000%0%00%000").as_deref(), Some("/a?q="));
        assert_eq!((plain_query("/a%00?q=1"), plain_query("/a%00")), (None, None));
    }

    #[test]
    fn else_the_origin_must_be_ours() {
        assert!(own(&[("origin", "http://points.example.com")], None));
        assert!(own(&[("origin", "https://shop.example.com")], Some("https://shop.example.com/")));
        for origin in
            ["null", "https://evil.example", "https://points.example.com.evil.example", "points.example.com", ""]
        {
            assert!(!own(&[("origin", origin)], Some("https://shop.example.com")), "{origin}");
        }
        assert!(own(&[], None));
    }
}
