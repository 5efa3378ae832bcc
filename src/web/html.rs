//! Turning templates into answers: whole pages, and parts for htmx.

use std::{
    any::type_name,
    future::{Ready, ready},
};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder,
    dev::Payload,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use askama::Template;

use super::{error::WebError, shell::Shell};
use crate::texts::current;

/// How the client asked: for a whole page, or for a part to put into one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    /// A whole page.
    Page,
    /// A part, for the element with this id.
    Part(String),
}

impl Want {
    /// Reads it from the headers of a request.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let is = |name: &str| header(name) == Some("true");
        // A boosted link and a restored history entry replace the whole body.
        if !is("hx-request") || is("hx-boosted") || is("hx-history-restore-request") {
            return Self::Page;
        }
        Self::Part(header("hx-target").unwrap_or_default().to_owned())
    }

    /// Whether a part for the element `id` is asked for.
    pub(crate) fn is_part(&self, id: &str) -> bool {
        matches!(self, Self::Part(target) if target == id)
    }
}

impl FromRequest for Want {
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

/// What htmx puts into the page beside the part it asked for.
#[derive(Template)]
#[template(path = "_parts/beside.html")]
struct Beside<'a> {
    shell: &'a Shell,
}

/// The whole page, or its part `main` for htmx.
pub(crate) fn answer(
    want: &Want,
    status: StatusCode,
    shell: &Shell,
    page: &impl Template,
    main: &impl Template,
) -> Result<HttpResponse, WebError> {
    match want {
        Want::Page => whole(status, page),
        // A form that led here leaves its own address behind.
        Want::Part(_) if shell.reads => list(shell, &shell.here, main).map(|mut response| {
            *response.status_mut() = status;
            response
        }),
        Want::Part(_) => part(status, shell, main),
    }
}

/// A part for htmx that has an address of its own, such as a filtered list.
pub(crate) fn list(shell: &Shell, address: &impl ToString, template: &impl Template) -> Result<HttpResponse, WebError> {
    let mut response = part(StatusCode::OK, shell, template)?;
    if let Ok(address) = HeaderValue::from_str(&address.to_string()) {
        response.headers_mut().insert(HeaderName::from_static("hx-push-url"), address);
    }
    Ok(response)
}

/// A whole page.
pub(crate) fn whole(status: StatusCode, page: &impl Template) -> Result<HttpResponse, WebError> {
    Ok(builder(status).body(rendered(page)?))
}

/// The text of a template.
pub(crate) fn rendered<T: Template>(template: &T) -> Result<String, WebError> {
    // By this a test sees that every template was rendered in every language.
    tracing::trace!(template = type_name::<T>(), language = current().as_str(), "Rendered a template");
    template.render().map_err(|error| WebError::internal("rendering a page", error))
}

/// A part for htmx, with the page's new title and its toasts.
pub(crate) fn part(status: StatusCode, shell: &Shell, part: &impl Template) -> Result<HttpResponse, WebError> {
    let mut body = rendered(&Beside { shell })?;
    body.push_str(&rendered(part)?);
    Ok(builder(status).body(body))
}

/// A part for htmx and nothing beside it, such as a list that is searched while typing.
pub(crate) fn bare(part: &impl Template) -> Result<HttpResponse, WebError> {
    whole(StatusCode::OK, part)
}

/// The same answer, which htmx shows in place of the page although its status is that of a conflict.
pub(crate) fn in_conflict(mut response: HttpResponse) -> HttpResponse {
    *response.status_mut() = StatusCode::CONFLICT;
    for (name, value) in [("hx-retarget", "#main"), ("hx-reswap", "innerHTML")] {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

/// `Vary` keeps a cache from giving a part for a page.
fn builder(status: StatusCode) -> HttpResponseBuilder {
    let mut builder = HttpResponse::build(status);
    builder
        .content_type("text/html; charset=utf-8")
        .insert_header((header::VARY, "HX-Request, HX-Target"))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    builder
}

/// Sends the browser to another page after a change.
pub(crate) fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, location))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_part_is_given_to_htmx_alone() {
        let want = |headers: &[(&'static str, &'static str)]| {
            let mut request = TestRequest::default();
            for header in headers {
                request = request.insert_header(*header);
            }
            Want::of(&request.to_http_request())
        };
        assert_eq!(want(&[]), Want::Page);
        assert!(want(&[("hx-request", "true"), ("hx-target", "list")]).is_part("list"));
        assert_eq!(want(&[("hx-request", "true")]), Want::Part(String::new()));
        for other in ["hx-boosted", "hx-history-restore-request"] {
            assert_eq!(want(&[("hx-request", "true"), (other, "true")]), Want::Page);
        }
    }
}
