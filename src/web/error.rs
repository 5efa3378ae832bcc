//! What went wrong, as a page in the shell with a next step, or as a banner for htmx.

use std::fmt;

use actix_session::SessionExt as _;
use actix_web::{
    Error, HttpMessage as _, HttpRequest, HttpResponse, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        Method, StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    middleware::Next,
};
use askama::Template;

use super::{
    access, filters,
    html::{self, Want},
    query::Address,
    session,
    shell::Shell,
};
use crate::{
    app::RequestId,
    domain::{access::AccessRefusal, role::Role},
    service::{access::AccessError, passwords::HashingError, webhooks::WebhookError},
    store::DbError,
    texts::{Message, message, t},
};

/// Where a second factor is set up.
const SET_UP: &str = "/admin/account/second-factor";

/// When the database is away, a second try is worth it after this time.
const RETRY_SECS: i64 = 5;

/// Why a page was not answered.
#[derive(Debug)]
pub(crate) enum WebError {
    /// Nobody is signed in.
    SignIn,
    /// The tenant demands a second factor.
    SecondFactor,
    /// The role does not reach; this one would, and these people have it.
    Role { least: Role, able: Vec<String> },
    /// Only an operator may.
    Operator,
    /// The form belongs to a session that is over.
    Outdated,
    /// Another site made the browser send this.
    OtherSite,
    /// The request cannot be understood.
    BadRequest(Message),
    /// The body is too long.
    TooLarge,
    /// There is no such page, or not for this person.
    NotFound,
    /// Somebody else changed it meanwhile, or its state forbids it; in a sentence.
    Conflict(String),
    /// The database cannot be reached now.
    Unavailable,
    /// A fault of ours.
    Internal { doing: &'static str, cause: String },
}

impl WebError {
    /// A fault of ours, with its cause for the log.
    pub(crate) fn internal(doing: &'static str, cause: impl fmt::Display) -> Self {
        Self::Internal { doing, cause: format!("{cause:#}") }
    }

    /// The form does not say which version of the thing it changes.
    pub(crate) fn no_version() -> Self {
        Self::BadRequest(message!("error-no-version"))
    }
}

impl fmt::Display for WebError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Internal { doing, cause } => write!(f, "{doing}: {cause}"),
            other => write!(f, "{other:?}"),
        }
    }
}

impl From<DbError> for WebError {
    fn from(error: DbError) -> Self {
        if error.is_temporary() {
            tracing::warn!(error = format!("{error:#}"), "The database cannot be used now");
            return Self::Unavailable;
        }
        Self::internal("using the database", error)
    }
}

impl From<WebhookError> for WebError {
    /// What belongs into a form is told there; here is what has none.
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::Unknown => Self::NotFound,
            WebhookError::Store(error) => error.into(),
            other => Self::Conflict(other.to_string()),
        }
    }
}

impl From<AccessError> for WebError {
    /// What a rule refuses belongs into a form; here is what has none.
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Refused(
                AccessRefusal::UserUnknown(_)
                | AccessRefusal::NotAMember
                | AccessRefusal::ClientUnknown(_)
                | AccessRefusal::TenantUnknown(_),
            ) => Self::NotFound,
            AccessError::Refused(refusal) => Self::Conflict(refusal.to_string()),
            AccessError::Store(error) => error.into(),
            AccessError::Hashing(HashingError::Busy) => Self::Unavailable,
            AccessError::Hashing(error) => Self::internal("hashing a password", error),
        }
    }
}

impl ResponseError for WebError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::SignIn => StatusCode::UNAUTHORIZED,
            Self::SecondFactor | Self::Role { .. } | Self::Operator | Self::Outdated | Self::OtherSite => {
                StatusCode::FORBIDDEN
            }
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The page is made by [`pages`], which knows the request.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.status_code())
    }
}

/// What a person is told about an error.
struct Told {
    title: String,
    text: String,
    /// Label and address of the next step.
    step: (String, String),
}

impl Told {
    fn new(title: String, text: impl Into<String>, step: (String, String)) -> Self {
        Self { title, text: text.into(), step }
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    shell: &'a Shell,
    told: &'a Told,
    status: u16,
    reference: &'a str,
}

#[derive(Template)]
#[template(path = "_parts/error_banner.html")]
struct ErrorBanner<'a> {
    told: &'a Told,
    reference: &'a str,
}

/// Puts a page, or a banner for htmx, in the place of every bare error.
pub(super) async fn pages(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    let status = response.status();
    let is_page =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page || !(status.is_client_error() || status.is_server_error()) {
        return Ok(response);
    }
    let (request, old) = response.into_parts();
    let known = old.error().and_then(|error| error.as_error::<WebError>());
    let new = match known {
        Some(WebError::SignIn) => instead(&request, StatusCode::UNAUTHORIZED, "/admin/login"),
        Some(WebError::SecondFactor) => instead(&request, StatusCode::FORBIDDEN, SET_UP),
        _ => answer(&request, status, known, old.error()).await,
    };
    let new = keeping(&old, new);
    Ok(ServiceResponse::new(request, new))
}

/// The same where the session itself could not be read or written, because the database is away.
pub(super) async fn without_session(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let (want, shell) = (Want::of(request.request()), Shell::bare(request.request()));
    next.call(request).await.map(ServiceResponse::map_into_boxed_body).map_err(|error| {
        tracing::error!(error = format!("{error:?}"), "A session could not be read or written");
        let status = StatusCode::SERVICE_UNAVAILABLE;
        InternalError::from_response(error, render(shell, &want, status, Some(&WebError::Unavailable), false, ""))
            .into()
    })
}

/// Headers that the answer had already, such as `Allow`.
fn keeping(old: &HttpResponse, mut new: HttpResponse) -> HttpResponse {
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = old.headers().get(&name) {
            new.headers_mut().insert(name, value.clone());
        }
    }
    new
}

/// To the page at `path`, and back to this one afterwards if it only reads.
fn instead(request: &HttpRequest, status: StatusCode, path: &str) -> HttpResponse {
    let reads = request.method() == Method::GET;
    let here = request.uri().path_and_query().map(ToString::to_string).filter(|_| reads);
    match Want::of(request) {
        Want::Page => html::see_other(&leading_on(path, here.as_deref())),
        Want::Part(_) => {
            let page = request.headers().get("hx-current-url").and_then(|url| url.to_str().ok()).and_then(path_of);
            HttpResponse::build(status).insert_header(("HX-Redirect", leading_on(path, page))).finish()
        }
    }
}

/// The page at `path`, which leads on to `next`.
fn leading_on(path: &str, next: Option<&str>) -> String {
    let address = Address::new(path.to_owned());
    match next.filter(|next| !matches!(*next, "/admin" | "/admin/")) {
        Some(next) => address.and("next", next).to_string(),
        None => address.to_string(),
    }
}

/// Path and query of a whole URL.
fn path_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.find('/').and_then(|at| rest.get(at..))
}

async fn answer(
    request: &HttpRequest,
    status: StatusCode,
    known: Option<&WebError>,
    error: Option<&Error>,
) -> HttpResponse {
    let reference = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    if status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE {
        let cause = error.map_or_else(|| "no cause is known".to_owned(), ToString::to_string);
        tracing::error!(error = cause, request.id = reference, "A page failed");
    }
    let mut shell = Shell::new(request, "");
    if status != StatusCode::SERVICE_UNAVAILABLE
        && let Some(seen) = access::seen(request).await
    {
        shell.person = Some(seen.person);
        shell.place = seen.place;
    }
    let signed_in = session::user_id(&request.get_session()).is_some();
    render(shell, &Want::of(request), status, known, signed_in, &reference)
}

fn render(
    mut shell: Shell,
    want: &Want,
    status: StatusCode,
    known: Option<&WebError>,
    signed_in: bool,
    reference: &str,
) -> HttpResponse {
    let told = told(&shell, status, known, signed_in);
    shell.title.clone_from(&told.title);
    let made = match want {
        Want::Page => {
            html::whole(status, &ErrorPage { shell: &shell, told: &told, status: status.as_u16(), reference })
        }
        Want::Part(_) => html::whole(status, &ErrorBanner { told: &told, reference }).map(|mut banner| {
            for (name, value) in [("hx-retarget", "#problems"), ("hx-reswap", "innerHTML")] {
                let (name, value) = (HeaderName::from_static(name), HeaderValue::from_static(value));
                banner.headers_mut().insert(name, value);
            }
            banner
        }),
    };
    let mut response = made.unwrap_or_else(|_unrendered| HttpResponse::new(status));
    if matches!(known, Some(WebError::Unavailable)) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(RETRY_SECS));
    }
    response
}

fn told(shell: &Shell, status: StatusCode, known: Option<&WebError>, signed_in: bool) -> Told {
    let home = match (&shell.place, signed_in) {
        (Some(_), _) => (t!("error-go-to-start"), shell.at("")),
        (None, true) => (t!("error-choose-tenant"), "/admin".to_owned()),
        (None, false) => (t!("error-sign-in"), "/admin/login".to_owned()),
    };
    match known {
        Some(WebError::Role { least, able }) => Told::new(t!("error-role-title"), role_text(shell, *least, able), home),
        Some(WebError::Operator) => Told::new(t!("error-operator-title"), t!("error-operator"), home),
        Some(WebError::Outdated) => Told::new(t!("error-outdated-title"), t!("error-outdated"), home),
        Some(WebError::OtherSite) => Told::new(t!("error-other-site-title"), t!("error-other-site"), home),
        Some(WebError::BadRequest(text)) => Told::new(t!("error-unreadable-title"), text.to_string(), home),
        Some(WebError::Conflict(text)) => {
            Told::new(t!("error-conflict-title"), text.as_str(), (t!("error-back-to-start"), home.1))
        }
        _ => by_status(status, shell, home),
    }
}

fn role_text(shell: &Shell, least: Role, able: &[String]) -> String {
    let role = shell.place.as_ref().map_or("none", |place| place.role.as_str());
    let who = match able {
        [] => t!("error-role-ask"),
        people => t!("error-role-able", people = people.join(", ")),
    };
    format!("{} {who}", t!("error-role", least = least.as_str(), role = role))
}

fn by_status(status: StatusCode, shell: &Shell, home: (String, String)) -> Told {
    match status.as_u16() {
        404 => Told::new(t!("error-not-found-title"), t!("error-not-found"), home),
        405 => Told::new(t!("error-method-title"), t!("error-method"), home),
        413 => Told::new(t!("error-too-large-title"), t!("error-too-large"), home),
        503 => Told::new(
            t!("error-unavailable-title"),
            t!("error-unavailable"),
            (t!("error-try-again"), shell.here.clone()),
        ),
        400..500 => Told::new(t!("error-unreadable-title"), t!("error-unreadable"), home),
        _ => Told::new(t!("error-internal-title"), t!("error-internal"), home),
    }
}
