//! `/admin/login/code`: the second step of signing in, for who has a second factor.

use actix_session::Session;
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::{Data, Query},
};
use askama::Template;
use serde::Deserialize;

use super::sign_in::{device, welcome};
use crate::{
    app::App,
    service::sign_in::{self, SignInError},
    texts::t,
    web::{
        error::WebError,
        filters,
        form::{Errors, Protected},
        format, html,
        query::safe_next,
        session,
        shell::Shell,
    },
};

/// Says on the sign-in page that too much time has passed.
const OVER: &str = "/admin/login?over=yes";

/// Which of the two forms is shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CodeQuery {
    recovery: Option<String>,
}

/// The form: one field or the other, but whatever is typed into it is read as what it is.
#[derive(Deserialize)]
pub(crate) struct CodeForm {
    code: Option<String>,
    recovery_code: Option<String>,
}

#[derive(Template)]
#[template(path = "login_code.html")]
struct CodePage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    recovery: bool,
}

fn shell(request: &HttpRequest) -> Shell {
    Shell::new(request, t!("second-factor-enter-title"))
}

/// Asks for the code.
pub(crate) async fn form(
    request: HttpRequest,
    session: Session,
    query: Query<CodeQuery>,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    match session::pending(&session) {
        None => return Ok(html::see_other("/admin/login")),
        Some((pending, _)) if !pending.is_open(app.now()) => return Ok(html::see_other(OVER)),
        Some(_) => {}
    }
    let page = CodePage { shell: &shell(&request), errors: &Errors::default(), recovery: query.recovery.is_some() };
    html::whole(StatusCode::OK, &page)
}

/// Takes the code and signs in, under a new session.
pub(crate) async fn give(
    request: HttpRequest,
    session: Session,
    app: Data<App>,
    form: Protected<CodeForm>,
) -> Result<HttpResponse, WebError> {
    let Some((pending, next)) = session::pending(&session) else { return Ok(html::see_other("/admin/login")) };
    let CodeForm { code, recovery_code } = form.0;
    let (field, typed) = match (code, recovery_code) {
        (None, Some(typed)) => ("recovery_code", typed),
        (typed, _) => ("code", typed.unwrap_or_default()),
    };
    let mut errors = Errors::default();
    let (mut status, mut wait_secs) = (StatusCode::UNPROCESSABLE_ENTITY, None);
    if typed.trim().is_empty() {
        errors.add(field, t!("second-factor-code-missing"));
    } else {
        match sign_in::give_code(&app, &pending, &typed, &device(&request, &app)).await {
            Ok(user) => return welcome(&request, &session, &app, &user.user_id, safe_next(&next)).await,
            Err(SignInError::Over | SignInError::Wrong) => {
                session.purge();
                return Ok(html::see_other(OVER));
            }
            Err(SignInError::WrongCode) => errors.add(field, t!("second-factor-wrong")),
            Err(SignInError::TooMany { retry_after_secs }) => {
                status = StatusCode::TOO_MANY_REQUESTS;
                wait_secs = Some(retry_after_secs);
                errors.add(field, t!("sign-in-too-many", wait = format::duration(retry_after_secs)));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let shell = shell(&request).refused();
    let page = CodePage { shell: &shell, errors: &errors, recovery: field == "recovery_code" };
    let mut answer = html::whole(status, &page)?;
    if let Some(secs) = wait_secs {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
    }
    Ok(answer)
}
