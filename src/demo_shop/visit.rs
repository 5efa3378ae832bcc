//! A visit: who comes, in which language, and what every page has around its own.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite},
    http::header::{self, AcceptLanguage, Header as _, Preference},
};
use askama::Template;

use super::{
    Shop,
    goods::{CURRENCY, Person, SITE},
    sessions::{Note, Session},
};
use crate::texts::{self, Language};

const COOKIE: &str = "alpenglow";

/// A visitor, and what the shop knows of them.
pub(super) struct Visit<'s> {
    pub(super) shop: &'s Shop,
    pub(super) id: String,
    is_new: bool,
    pub(super) session: Session,
    pub(super) language: Language,
    /// Where this visitor's browser reaches Guerdon.
    guerdon: String,
    path: String,
}

impl<'s> Visit<'s> {
    fn of(shop: &'s Shop, request: &HttpRequest) -> Self {
        let id = request.cookie(COOKIE).map(|cookie| cookie.value().to_owned());
        let known = id.and_then(|id| shop.sessions.find(&id).map(|session| (id, session)));
        let (is_new, (id, session)) = match known {
            Some(known) => (false, known),
            None => (true, (shop.sessions.begin(), Session::default())),
        };
        let language = session.language.unwrap_or_else(|| asked(request));
        Self { shop, id, is_new, session, language, guerdon: guerdon(shop, request), path: request.path().to_owned() }
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Session)) {
        self.shop.sessions.change(&self.id, change);
    }

    /// Goes to another page of the shop.
    pub(super) fn go(&self, path: &str) -> HttpResponse {
        let mut answer = HttpResponse::SeeOther();
        answer.insert_header((header::LOCATION, path));
        self.remember(answer.finish())
    }

    fn remember(&self, mut answer: HttpResponse) -> HttpResponse {
        if self.is_new {
            let cookie = Cookie::build(COOKIE, self.id.as_str()).path("/").http_only(true).same_site(SameSite::Lax);
            // A cookie that does not fit leaves a visitor whom the shop forgets.
            let _ = answer.add_cookie(&cookie.finish());
        }
        answer
    }

    /// What every page shows around its own; the note is shown this once.
    pub(super) fn frame(&self, title: String) -> Frame<'_> {
        self.change(|session| session.note = None);
        Frame {
            title,
            language: self.language,
            guerdon: &self.guerdon,
            tenant: &self.shop.plan.tenant,
            site: SITE,
            currency: CURRENCY,
            person: self.session.person,
            pieces: self.session.pieces(),
            note: self.session.note.as_ref(),
            path: &self.path,
        }
    }

    pub(super) fn show(&self, page: &impl Template) -> HttpResponse {
        let policy = format!(
            "default-src 'none'; script-src 'self' {0}; connect-src 'self' {0}; style-src 'self'; img-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            self.guerdon
        );
        let Ok(html) = page.render() else { return HttpResponse::InternalServerError().finish() };
        let answer = HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CONTENT_SECURITY_POLICY, policy))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((header::REFERRER_POLICY, "same-origin"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(html);
        self.remember(answer)
    }
}

/// The language that the browser asks for.
fn asked(request: &HttpRequest) -> Language {
    let Ok(wanted) = AcceptLanguage::parse(request) else { return Language::default() };
    let spoken = |tag: &Preference<_>| match tag {
        Preference::Specific(tag) => Language::parse(&ToString::to_string(tag)),
        Preference::Any => None,
    };
    wanted.ranked().iter().find_map(spoken).unwrap_or_default()
}

/// Guerdon as this visitor's browser reaches it: on the host that it reaches the shop by.
fn guerdon(shop: &Shop, request: &HttpRequest) -> String {
    if let Some(public) = &shop.plan.public_url {
        return public.trim_end_matches('/').to_owned();
    }
    let api = shop.plan.api.as_str();
    let info = request.connection_info();
    let host = info.host().rsplit_once(':').map_or_else(|| info.host(), |(host, _port)| host);
    let is_host = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-.[]:".contains(c));
    match api.rsplit_once(':') {
        Some((_, port)) if is_host => format!("http://{host}:{port}"),
        _ => api.to_owned(),
    }
}

/// A form that another site made the browser send is not taken.
fn is_own(request: &HttpRequest) -> bool {
    let site = request.headers().get("sec-fetch-site").and_then(|value| value.to_str().ok());
    matches!(site, None | Some("same-origin" | "none"))
}

/// Answers in the visitor's language.
pub(super) async fn visited<'s>(
    shop: &'s Shop,
    request: &HttpRequest,
    answer: impl AsyncFnOnce(&Visit<'s>) -> HttpResponse,
) -> HttpResponse {
    if !request.method().is_safe() && !is_own(request) {
        return HttpResponse::Forbidden().finish();
    }
    let visit = Visit::of(shop, request);
    texts::within(visit.language, answer(&visit)).await
}

/// What is around every page.
pub(super) struct Frame<'a> {
    pub(super) title: String,
    pub(super) language: Language,
    pub(super) guerdon: &'a str,
    pub(super) tenant: &'a str,
    pub(super) site: &'static str,
    pub(super) currency: &'static str,
    pub(super) person: Option<&'static Person>,
    pub(super) pieces: i64,
    pub(super) note: Option<&'a Note>,
    pub(super) path: &'a str,
}

impl Frame<'_> {
    pub(super) fn other_languages(&self) -> impl Iterator<Item = Language> {
        let spoken = self.language;
        Language::ALL.into_iter().filter(move |language| *language != spoken)
    }
}
