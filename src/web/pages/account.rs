//! `/admin/account`: one's own password, sessions and comfort.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    web::{Data, Path},
};
use askama::Template;
use serde::Deserialize;

use super::{
    sign_in::welcome,
    sign_ins::{SignInLine, lines},
};
use crate::{
    app::App,
    domain::{access::AccessRefusal, password::Password, time::Timestamp},
    service::{
        access::AccessError,
        second_factor::{self, SecondFactor},
        sessions::{self, IDLE_SECS},
        users,
    },
    texts::{self, Language, t},
    web::{
        access::SignedIn,
        browser,
        error::WebError,
        filters,
        form::{Button, Choice, Errors, Protected},
        html::{self, Want},
        query::safe_next,
        session,
        shell::{KEYS_COOKIE, Shell, THEME_COOKIE, Toast},
    },
};

/// So many sign-ins are shown; the others have a page of their own.
const RECENT: u8 = 6;
/// The choice of those who have their pages in the language of the browser.
const LANGUAGE_OF_BROWSER: &str = "browser";
/// How long a browser keeps the choice of theme.
const COMFORT: Duration = Duration::days(365);

struct SessionLine {
    id: String,
    browser: String,
    /// Empty when it is not known.
    address: String,
    created_at: Timestamp,
    used_at: Timestamp,
    is_this: bool,
}

#[derive(Template)]
#[template(path = "account/index.html", blocks = ["main"])]
struct AccountPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    email: &'a str,
    sessions: &'a [SessionLine],
    idle_hours: i64,
    second_factor: Option<SecondFactor>,
    sign_ins: &'a [SignInLine],
    theme: &'a str,
    themes: &'a [Choice],
    language: &'a str,
    languages: &'a [Choice],
}

/// Shows the account.
pub(crate) async fn index(person: SignedIn, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    show(&person, &want, &app, &Errors::default()).await
}

async fn show(person: &SignedIn, want: &Want, app: &App, errors: &Errors) -> Result<HttpResponse, WebError> {
    let this = session::id(&person.session());
    let sessions: Vec<SessionLine> = sessions::list(app, &person.person.user_id)
        .await?
        .into_iter()
        .map(|one| SessionLine {
            is_this: one.id == this,
            browser: browser::name(&one.agent),
            address: one.address,
            created_at: one.created_at,
            used_at: one.expires_at.plus_secs(-IDLE_SECS),
            id: one.id,
        })
        .collect();
    let (recent, _) = lines(app, &person.person.user_id, None, RECENT).await?;
    let (shell, status) = errors.mark(person.shell(t!("account-title")));
    let themes = [
        ("system", t!("account-theme-system")),
        ("light", t!("account-theme-light")),
        ("dark", t!("account-theme-dark")),
    ];
    let mut languages = vec![Choice::new(LANGUAGE_OF_BROWSER, t!("account-language-browser"))];
    languages.extend(Language::ALL.map(|one| Choice::new(one.as_str(), one.name())));
    let page = AccountPage {
        shell: &shell,
        errors,
        email: &person.person.email,
        sessions: &sessions,
        idle_hours: IDLE_SECS / 3600,
        second_factor: second_factor::find(&app.db, &person.person.user_id).await?,
        sign_ins: &recent,
        theme: shell.theme.unwrap_or("system"),
        themes: &themes.map(|(value, label)| Choice::new(value, label)),
        language: person.person.language.map_or(LANGUAGE_OF_BROWSER, Language::as_str),
        languages: &languages,
    };
    html::answer(want, status, &shell, &page, &page.as_main())
}

/// The form for a new password.
#[derive(Deserialize)]
pub(crate) struct PasswordForm {
    #[serde(default)]
    present: String,
    #[serde(default)]
    password: String,
}

/// Changes the person's own password. Every session ends; this one is begun anew.
pub(crate) async fn change_password(
    request: HttpRequest,
    person: SignedIn,
    want: Want,
    app: Data<App>,
    form: Protected<PasswordForm>,
) -> Result<HttpResponse, WebError> {
    let form = form.0;
    let mut errors = Errors::default();
    if form.present.is_empty() {
        errors.add("present", t!("account-present-missing"));
    }
    let password = errors.check("password", Password::parse_for(&form.password, &person.person.email));
    let Some(password) = password.filter(|_| errors.is_empty()) else {
        return show(&person, &want, &app, &errors).await;
    };
    match users::change_own_password(&app, &person.person.user_id, &form.present, &password).await {
        Ok(()) => {
            welcome(&request, &person.session(), &app, &person.person.user_id, Some("/admin/account")).await?;
            person.toast(Toast::new(t!("account-password-changed")))?;
            Ok(html::see_other("/admin/account"))
        }
        Err(AccessError::Refused(refusal @ (AccessRefusal::WrongPassword | AccessRefusal::TooManyTries(_)))) => {
            errors.add("present", refusal);
            show(&person, &want, &app, &errors).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Ends one of the person's other sessions.
pub(crate) async fn end_session(
    person: SignedIn,
    id: Path<String>,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    if sessions::end(&app, &person.person.user_id, &id).await? {
        person.toast(Toast::new(t!("account-session-ended")))?;
    }
    Ok(html::see_other("/admin/account"))
}

/// Ends all of the person's other sessions.
pub(crate) async fn end_other_sessions(
    person: SignedIn,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    sessions::end_others(&app, &person.person.user_id, &session::id(&person.session())).await?;
    person.toast(Toast::new(t!("account-others-ended")))?;
    Ok(html::see_other("/admin/account"))
}

/// The form for what this device shows.
#[derive(Deserialize)]
pub(crate) struct ComfortForm {
    #[serde(default)]
    theme: String,
    #[serde(default)]
    keys: String,
    #[serde(default)]
    language: String,
}

/// Keeps the theme and the shortcuts of this device, and the language of this person.
pub(crate) async fn comfort(
    person: SignedIn,
    app: Data<App>,
    form: Protected<ComfortForm>,
) -> Result<HttpResponse, WebError> {
    let https = app.settings.is_https();
    let mut answer = html::see_other("/admin/account");
    let theme = Some(form.0.theme.as_str()).filter(|theme| matches!(*theme, "light" | "dark"));
    let keys = if form.0.keys == "yes" { None } else { Some("off") };
    for (name, value) in [(THEME_COOKIE, theme), (KEYS_COOKIE, keys)] {
        keep(&mut answer, name, value, https)?;
    }
    let language = Language::parse(&form.0.language);
    users::set_language(&app, &person.person.user_id, language).await?;
    if let Some(language) = language {
        texts::set_current(language);
    }
    person.toast(Toast::new(t!("account-settings-saved")))?;
    Ok(answer)
}

/// The switch in the top bar.
#[derive(Deserialize)]
pub(crate) struct ThemeForm {
    #[serde(default)]
    next: String,
}

/// Switches between light and dark, for browsers without JavaScript.
pub(crate) async fn switch_theme(
    request: HttpRequest,
    _person: SignedIn,
    app: Data<App>,
    form: Protected<ThemeForm>,
) -> Result<HttpResponse, WebError> {
    let dark = request.cookie(THEME_COOKIE).is_some_and(|cookie| cookie.value() == "dark");
    let mut answer = html::see_other(safe_next(&form.0.next).unwrap_or("/admin"));
    keep(&mut answer, THEME_COOKIE, Some(if dark { "light" } else { "dark" }), app.settings.is_https())?;
    Ok(answer)
}

/// Not `HttpOnly`: the script switches the theme without a page load.
fn keep(answer: &mut HttpResponse, name: &'static str, value: Option<&str>, https: bool) -> Result<(), WebError> {
    let mut cookie = Cookie::build(name, value.unwrap_or_default().to_owned())
        .path("/")
        .same_site(SameSite::Lax)
        .secure(https)
        .max_age(COMFORT)
        .finish();
    if value.is_none() {
        cookie.make_removal();
    }
    answer.add_cookie(&cookie).map_err(|error| WebError::internal("setting a cookie", error))
}
