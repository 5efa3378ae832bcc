//! Forms: read as text, parsed into domain values, shown again with what is wrong beside the fields.

use std::{collections::BTreeMap, future::Future, pin::Pin, time::Duration};

use actix_session::SessionExt as _;
use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite},
    dev::Payload,
    http::{StatusCode, header},
    web::{Bytes, BytesMut, Data},
};
use futures_util::StreamExt as _;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;

use super::{error::WebError, session, shell::Shell};
use crate::{app::App, domain::invalid::FieldErrors, secrets, texts::message};

/// The longest form has a few texts of a few thousand characters.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// A body that trickles is given up.
pub(super) const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// The field that every form carries.
const TOKEN: &str = "csrf";
/// Paths of the forms that nobody needs to be signed in for.
const OPEN: [&str; 3] = ["/admin/login", "/admin/login/password", "/admin/setup"];

/// What is wrong with a form, by the name of the field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Errors(Vec<(&'static str, String)>);

impl Errors {
    /// What the domain found, at the fields of a form. `fields` says which of its fields each is.
    pub(crate) fn found(found: &FieldErrors, fields: impl Fn(&str) -> &'static str) -> Self {
        Self(found.iter().map(|(field, message)| (fields(field), message.to_owned())).collect())
    }

    /// Keeps the value of a field that parsed, or the reason it did not.
    pub(crate) fn check<T, E: ToString>(&mut self, field: &'static str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.add(field, error)).ok()
    }

    /// Says what is wrong with a field.
    #[expect(clippy::needless_pass_by_value, reason = "messages are made where they are given")]
    pub(crate) fn add(&mut self, field: &'static str, message: impl ToString) {
        self.0.push((field, message.to_string()));
    }

    /// Takes over what is wrong elsewhere.
    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether something is wrong with a field.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.on(field).is_some()
    }

    /// What is wrong with a field, the first thing if there are several.
    pub(crate) fn on(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, message)| message.as_str())
    }

    /// The shell and the status of the page that shows these errors, or shows that there are none.
    pub(crate) fn mark(&self, shell: Shell) -> (Shell, StatusCode) {
        if self.is_empty() { (shell, StatusCode::OK) } else { (shell.refused(), StatusCode::UNPROCESSABLE_ENTITY) }
    }

    /// Everything that is wrong, for the summary.
    pub(crate) fn all(&self) -> &[(&'static str, String)] {
        &self.0
    }
}

/// One thing to choose from in a form.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    /// What is sent.
    pub(crate) value: String,
    /// What is read.
    pub(crate) label: String,
    /// What it means, where a label does not say enough.
    pub(crate) hint: String,
}

impl Choice {
    /// A choice whose label says enough.
    pub(crate) fn new(value: &str, label: impl Into<String>) -> Self {
        Self { value: value.to_owned(), label: label.into(), hint: String::new() }
    }

    /// The same with a sentence about it.
    pub(crate) fn hinted(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }
}

/// A form with nothing but its token: a button.
#[derive(Debug, Deserialize)]
pub(crate) struct Button {}

/// A posted form whose token matched the session's. With [`super::upload::Upload`], which takes a file besides, the
/// only form extractor in the code base.
///
/// Fields are read as text; one that may come several times is a `Vec<String>` with
/// `#[serde(default, deserialize_with = "form::several")]`.
pub(crate) struct Protected<T>(pub(crate) T);

impl<T: DeserializeOwned + 'static> FromRequest for Protected<T> {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, WebError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let body = tokio::time::timeout(BODY_TIMEOUT, read(&request, payload, BODY_BYTES_MAX))
                .await
                .map_err(|_elapsed| too_slow())??;
            accepted(&request, fields(&body)?).map(Self)
        })
    }
}

/// The form trickles.
pub(super) fn too_slow() -> WebError {
    WebError::BadRequest(message!("error-form-late"))
}

/// What every form goes through before a page sees it, with a file or without: the token, what no database keeps, and
/// which fields there are.
///
/// # Errors
/// When one of these is not as it should be.
pub(super) fn accepted<T: DeserializeOwned>(request: &HttpRequest, fields: Map<String, Value>) -> Result<T, WebError> {
    check_token(request, &fields)?;
    refuse_nul(&fields)?;
    serde_json::from_value(Value::Object(fields)).map_err(|_unfit| WebError::BadRequest(message!("error-form-unfit")))
}

/// Refuses NUL: nobody can type it, and no database takes it as text. A query loses it silently, for a search changes
/// nothing; what somebody wants kept is not changed behind their back.
fn refuse_nul(fields: &Map<String, Value>) -> Result<(), WebError> {
    fn holds_nul(value: &Value) -> bool {
        match value {
            Value::String(text) => text.contains('\0'),
            Value::Array(values) => values.iter().any(holds_nul),
            _ => false,
        }
    }
    match fields.iter().find(|(_, value)| holds_nul(value)) {
        Some((name, _)) => Err(WebError::BadRequest(message!("error-form-nul", field = name))),
        None => Ok(()),
    }
}

/// The body is no form.
pub(super) fn unreadable() -> WebError {
    WebError::BadRequest(message!("error-form-unreadable"))
}

pub(super) async fn read(request: &HttpRequest, mut payload: Payload, bytes_max: usize) -> Result<Bytes, WebError> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
        return Err(WebError::BadRequest(message!("error-form-kind")));
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_cut| WebError::BadRequest(message!("error-form-cut")))?;
        if body.len() + chunk.len() > bytes_max {
            return Err(WebError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// The fields of a form; a name that comes several times has a list.
pub(super) fn fields(body: &[u8]) -> Result<Map<String, Value>, WebError> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(body).map_err(|_no_form| unreadable())?;
    let mut named: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (name, value) in pairs {
        named.entry(name).or_default().push(Value::String(value));
    }
    Ok(named
        .into_iter()
        .map(|(name, mut values)| match (values.pop(), values.is_empty()) {
            (Some(only), true) => (name, only),
            (last, _) => (name, values.into_iter().chain(last).collect()),
        })
        .collect())
}

/// Reads a field that may come never, once or several times.
///
/// # Errors
/// When it is no text.
pub(crate) fn several<'de, D: Deserializer<'de>>(field: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Field {
        One(String),
        Several(Vec<String>),
    }
    Ok(match Field::deserialize(field)? {
        Field::One(value) => vec![value],
        Field::Several(values) => values,
    })
}

fn check_token(request: &HttpRequest, fields: &Map<String, Value>) -> Result<(), WebError> {
    let given = fields.get(TOKEN).and_then(Value::as_str).unwrap_or_default();
    let open = OPEN.contains(&request.path());
    let expected = match session::csrf(&request.get_session()) {
        Some(token) => Some(token),
        None if open => request.cookie(token_cookie_name(request)).map(|cookie| cookie.value().to_owned()),
        None => return Err(WebError::SignIn),
    };
    match expected {
        Some(expected) if !expected.is_empty() && bool::from(given.as_bytes().ct_eq(expected.as_bytes())) => Ok(()),
        _ => Err(WebError::Outdated),
    }
}

fn is_https(request: &HttpRequest) -> bool {
    request.app_data::<Data<App>>().is_some_and(|app| app.settings.is_https())
}

fn token_cookie_name(request: &HttpRequest) -> &'static str {
    if is_https(request) { "__Host-guerdon-form" } else { "guerdon-form" }
}

/// The token for a form before sign-in. It lives in a cookie, so that looking at the sign-in page writes nothing.
pub(crate) struct OpenToken {
    /// What the form carries.
    pub(crate) value: String,
    cookie: Option<Cookie<'static>>,
}

impl OpenToken {
    /// The browser's token, or a new one.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let name = token_cookie_name(request);
        if let Some(token) = session::csrf(&request.get_session()) {
            return Self { value: token, cookie: None };
        }
        if let Some(cookie) = request.cookie(name).filter(|cookie| cookie.value().len() >= 32) {
            return Self { value: cookie.value().to_owned(), cookie: None };
        }
        let value = secrets::random_text();
        let cookie = Cookie::build(name, value.clone())
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(is_https(request))
            .finish();
        Self { value, cookie: Some(cookie) }
    }

    /// Gives the browser its token with an answer.
    pub(crate) fn keep(self, mut answer: HttpResponse) -> Result<HttpResponse, WebError> {
        if let Some(cookie) = self.cookie {
            answer.add_cookie(&cookie).map_err(|error| WebError::internal("setting a cookie", error))?;
        }
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Form {
        name: String,
        #[serde(default)]
        note: String,
        #[serde(default, deserialize_with = "several")]
        site: Vec<String>,
    }

    fn parse(body: &str) -> Result<Form, WebError> {
        serde_json::from_value(Value::Object(fields(body.as_bytes())?))
            .map_err(|_unfit| WebError::BadRequest(message!("error-form-unfit")))
    }

    #[test]
    fn repeated_fields_are_lists_in_their_order() {
        for (body, sites) in [
            ("name=a", vec![]),
            ("name=a&site=main", vec!["main"]),
            ("site=b&name=a&site=a&site=c", vec!["b", "a", "c"]),
        ] {
            assert_eq!(parse(body).unwrap().site, sites, "{body}");
        }
    }

    #[test]
    fn text_is_read_as_typed_and_unknown_fields_do_no_harm() {
        let form = parse("name=+1%20000+%E2%82%AC&note=%3Cscript%3E&other=1").unwrap();
        assert_eq!((form.name.as_str(), form.note.as_str()), (" 1 000 €", "<script>"));
    }

    #[test]
    fn a_single_field_that_comes_twice_is_refused() {
        assert!(parse("name=a&name=b").is_err());
        assert!(parse("note=x").is_err());
    }

    #[test]
    fn errors_stand_at_their_fields() {
        let mut errors = Errors::default();
        assert_eq!(errors.check("points", "7".parse::<i64>()), Some(7));
        assert!(errors.is_empty());
        assert_eq!(errors.check("points", Err::<i64, _>("Give a number.")), None);
        errors.add("site", "Choose one.");
        assert_eq!(
            (errors.on("points"), errors.has("site"), errors.has("name")),
            (Some("Give a number."), true, false)
        );
        assert_eq!(errors.all().len(), 2);
    }
}
