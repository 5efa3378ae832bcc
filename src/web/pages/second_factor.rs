//! `/admin/account/second-factor`: setting up an app that shows codes, the codes on paper, and turning both off.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web::{Data, Query},
};
use askama::Template;
use qrcode::{EcLevel, QrCode, render::svg};
use serde::Deserialize;

use crate::{
    app::App,
    domain::{access::AccessRefusal, second_factor::RecoveryCode, totp::TotpSecret},
    service::{
        access::AccessError,
        second_factor::{self, SecondFactor},
        users,
    },
    texts::t,
    web::{
        access::SignedIn,
        error::WebError,
        filters,
        form::{Errors, Protected},
        html::{self, Want},
        query::safe_next,
        session,
        shell::{Shell, Toast},
    },
};

/// What an app calls the installation.
const ISSUER: &str = "Guerdon";
const ACCOUNT: &str = "/admin/account";

/// Where the person wants to be afterwards.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NextQuery {
    next: String,
}

#[derive(Template)]
#[template(path = "account/second_factor_set_up.html", blocks = ["main"])]
struct SetUpPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    /// In groups of four letters.
    secret: &'a [String],
    whole_secret: &'a str,
    account: &'a str,
    issuer: &'a str,
    next: &'a str,
    /// The names of the tenants that demand it.
    demanded: &'a [String],
}

#[derive(Template)]
#[template(path = "account/second_factor.html", blocks = ["main"])]
struct SecondFactorPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    factor: &'a SecondFactor,
    demanded: &'a [String],
}

#[derive(Template)]
#[template(path = "account/recovery_codes.html", blocks = ["main"])]
struct CodesPage<'a> {
    shell: &'a Shell,
    codes: &'a [String],
    all: &'a str,
    next: &'a str,
}

/// The secret that is being set up: the one of this session, or a new one.
fn drafted(person: &SignedIn, app: &App) -> Result<TotpSecret, WebError> {
    let (session, user_id) = (person.session(), &person.person.user_id);
    let known = session::draft(&session).and_then(|sealed| second_factor::open(app, user_id, &sealed));
    if let Some(secret) = known {
        return Ok(secret);
    }
    let sealed = second_factor::draft(app, user_id);
    session::keep_draft(&session, &sealed)?;
    second_factor::open(app, user_id, &sealed).ok_or_else(|| WebError::internal("drafting a secret", "it is sealed"))
}

/// The names of the person's tenants that demand a second factor.
async fn demanded(person: &SignedIn, app: &App) -> Result<Vec<String>, WebError> {
    let memberships = users::memberships(&app.db, &person.person.user_id).await?.into_iter();
    Ok(memberships.filter(|one| one.demands_second_factor).map(|one| one.name).collect())
}

/// Shows the second factor, or how to set one up.
pub(crate) async fn show(
    person: SignedIn,
    query: Query<NextQuery>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    show_with(&person, &want, &app, &query.next, &Errors::default()).await
}

async fn show_with(
    person: &SignedIn,
    want: &Want,
    app: &App,
    next: &str,
    errors: &Errors,
) -> Result<HttpResponse, WebError> {
    let demanded = demanded(person, app).await?;
    let (shell, status) = errors.mark(person.shell(t!("second-factor-title")));
    if let Some(factor) = second_factor::find(&app.db, &person.person.user_id).await? {
        let page = SecondFactorPage { shell: &shell, errors, factor: &factor, demanded: &demanded };
        return html::answer(want, status, &shell, &page, &page.as_main());
    }
    let secret = drafted(person, app)?.reveal();
    let letters: Vec<char> = secret.chars().collect();
    let page = SetUpPage {
        shell: &shell,
        errors,
        secret: &letters.chunks(4).map(|four| four.iter().collect()).collect::<Vec<String>>(),
        whole_secret: &secret,
        account: &person.person.email,
        issuer: ISSUER,
        next: safe_next(next).unwrap_or_default(),
        demanded: &demanded,
    };
    html::answer(want, status, &shell, &page, &page.as_main())
}

/// The picture that an app reads. It shows the secret, so it is nowhere kept.
pub(crate) async fn picture(person: SignedIn, app: Data<App>) -> Result<HttpResponse, WebError> {
    let sealed = session::draft(&person.session()).ok_or(WebError::NotFound)?;
    let secret = second_factor::open(&app, &person.person.user_id, &sealed).ok_or(WebError::NotFound)?;
    let code = QrCode::with_error_correction_level(secret.address(ISSUER, &person.person.email), EcLevel::M)
        .map_err(|error| WebError::internal("drawing a picture", error))?;
    Ok(HttpResponse::Ok()
        .content_type("image/svg+xml")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("Cross-Origin-Resource-Policy", "same-origin"))
        .body(code.render::<svg::Color<'_>>().min_dimensions(220, 220).build()))
}

/// The form that confirms what the app shows.
#[derive(Deserialize)]
pub(crate) struct CodeForm {
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

/// Sets the second factor up, and shows the recovery codes once.
pub(crate) async fn enrol(
    person: SignedIn,
    want: Want,
    app: Data<App>,
    form: Protected<CodeForm>,
) -> Result<HttpResponse, WebError> {
    let (session, form) = (person.session(), form.0);
    let sealed = session::draft(&session).unwrap_or_default();
    let this = session::id(&session);
    match second_factor::enrol(&app, &person.person.user_id, &sealed, &form.code, &this).await {
        Ok(codes) => {
            session::end_draft(&session);
            let next = safe_next(&form.next).unwrap_or(ACCOUNT);
            show_codes(&person, &want, &codes, next)
        }
        Err(AccessError::Refused(AccessRefusal::SecondFactorAlready)) => {
            Ok(html::see_other("/admin/account/second-factor"))
        }
        Err(AccessError::Refused(AccessRefusal::WrongCode)) => {
            let mut errors = Errors::default();
            errors.add("code", t!("second-factor-not-the-code"));
            show_with(&person, &want, &app, &form.next, &errors).await
        }
        Err(error) => Err(error.into()),
    }
}

/// This answers the form itself: the codes are kept nowhere from which they could be shown again.
fn show_codes(person: &SignedIn, want: &Want, codes: &[RecoveryCode], next: &str) -> Result<HttpResponse, WebError> {
    let shell = person.shell(t!("second-factor-codes-title"));
    let codes: Vec<String> = codes.iter().map(RecoveryCode::reveal).collect();
    let page = CodesPage { shell: &shell, codes: &codes, all: &codes.join("\n"), next };
    html::answer(want, StatusCode::CREATED, &shell, &page, &page.as_main())
}

/// Where a refusal belongs in the forms of this page; the two of them have their own fields.
fn at_field(refusal: &AccessRefusal, code: &'static str) -> Option<&'static str> {
    match refusal {
        AccessRefusal::WrongCode | AccessRefusal::TooManyTries(_) => Some(code),
        AccessRefusal::WrongPassword => Some("password"),
        _ => None,
    }
}

/// Makes new recovery codes.
pub(crate) async fn renew_codes(
    person: SignedIn,
    want: Want,
    app: Data<App>,
    form: Protected<CodeForm>,
) -> Result<HttpResponse, WebError> {
    let form = form.0;
    match second_factor::renew_recovery_codes(&app, &person.person.user_id, &form.code).await {
        Ok(codes) => show_codes(&person, &want, &codes, ACCOUNT),
        Err(AccessError::Refused(refusal)) => refused(&person, &want, &app, &refusal, "code").await,
        Err(error) => Err(error.into()),
    }
}

async fn refused(
    person: &SignedIn,
    want: &Want,
    app: &App,
    refusal: &AccessRefusal,
    code: &'static str,
) -> Result<HttpResponse, WebError> {
    let Some(field) = at_field(refusal, code) else {
        return Err(AccessError::Refused(refusal.clone()).into());
    };
    let mut errors = Errors::default();
    errors.add(field, refusal);
    show_with(person, want, app, "", &errors).await
}

/// The form that turns the second factor off.
#[derive(Deserialize)]
pub(crate) struct OffForm {
    #[serde(default)]
    password: String,
    #[serde(default)]
    off_code: String,
}

/// Turns the second factor off.
pub(crate) async fn turn_off(
    person: SignedIn,
    want: Want,
    app: Data<App>,
    form: Protected<OffForm>,
) -> Result<HttpResponse, WebError> {
    let OffForm { password, off_code } = form.0;
    match second_factor::turn_off(&app, &person.person.user_id, &password, &off_code).await {
        Ok(()) => {
            person.toast(Toast::new(t!("second-factor-turned-off")))?;
            Ok(html::see_other(ACCOUNT))
        }
        Err(AccessError::Refused(refusal)) => refused(&person, &want, &app, &refusal, "off_code").await,
        Err(error) => Err(error.into()),
    }
}
