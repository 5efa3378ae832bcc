//! `/admin/login`, `/admin/logout` and `/admin/login/password`: getting in and out.

use std::net::IpAddr;

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

use crate::{
    app::App,
    domain::{ids::UserId, password::Password, sign_in::Device},
    service::{
        links::{self, LinkToken},
        sign_in::{self, SignInError, SignedIn},
        users,
    },
    texts::t,
    web::{
        error::WebError,
        filters,
        form::{Button, Errors, OpenToken, Protected},
        format, html,
        query::safe_next,
        session,
        shell::Shell,
    },
};

/// What the address of the sign-in page says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LoginQuery {
    next: Option<String>,
    signed_out: Option<String>,
    over: Option<String>,
}

/// The form of the sign-in page.
#[derive(Deserialize)]
pub(crate) struct LoginForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    email: &'a str,
    next: Option<&'a str>,
    signed_out: bool,
    /// Whether the code came too late.
    over: bool,
    /// Whether anybody can sign in at all.
    set_up: bool,
}

/// The sign-in page. Who is signed in goes on at once.
pub(crate) async fn form(
    request: HttpRequest,
    session: Session,
    query: Query<LoginQuery>,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let next = query.next.as_deref().and_then(safe_next);
    if let Some(user_id) = session::user_id(&session).and_then(|id| UserId::parse(&id).ok())
        && users::find_active(&app.db, &user_id).await?.is_some()
    {
        return Ok(html::see_other(next.unwrap_or("/admin")));
    }
    let token = OpenToken::of(&request);
    let shell = Shell { csrf: token.value.clone(), ..Shell::new(&request, t!("sign-in-title")) };
    let page = LoginPage {
        shell: &shell,
        errors: &Errors::default(),
        email: "",
        next,
        signed_out: query.signed_out.is_some(),
        over: query.over.is_some(),
        set_up: users::any(&app.db).await?,
    };
    token.keep(html::whole(StatusCode::OK, &page)?)
}

/// Signs in, under a new session.
pub(crate) async fn sign_in(
    request: HttpRequest,
    session: Session,
    app: Data<App>,
    form: Protected<LoginForm>,
) -> Result<HttpResponse, WebError> {
    let form = form.0;
    let next = form.next.as_deref().and_then(safe_next);
    let mut errors = Errors::default();
    if form.email.trim().is_empty() {
        errors.add("email", t!("sign-in-email-missing"));
    }
    if form.password.is_empty() {
        errors.add("password", t!("sign-in-password-missing"));
    }
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    let mut wait_secs = None;
    if errors.is_empty() {
        match sign_in::sign_in(&app, &form.email, &form.password, &device(&request, &app)).await {
            Ok(signed_in) => return enter(&request, &session, &app, &signed_in, next).await,
            Err(SignInError::Wrong) => errors.add("email", t!("sign-in-wrong")),
            Err(SignInError::TooMany { retry_after_secs }) => {
                status = StatusCode::TOO_MANY_REQUESTS;
                wait_secs = Some(retry_after_secs);
                errors.add("email", t!("sign-in-too-many", wait = format::duration(retry_after_secs)));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let token = OpenToken::of(&request);
    let shell = Shell { csrf: token.value.clone(), ..Shell::new(&request, t!("sign-in-title")).refused() };
    let page = LoginPage {
        shell: &shell,
        errors: &errors,
        email: &form.email,
        next,
        signed_out: false,
        over: false,
        set_up: true,
    };
    let mut answer = token.keep(html::whole(status, &page)?)?;
    if let Some(secs) = wait_secs {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
    }
    Ok(answer)
}

impl From<SignInError> for WebError {
    /// What belongs into a form is told there; here is what has none.
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Busy => Self::Unavailable,
            SignInError::Store(error) => error.into(),
            SignInError::Wrong | SignInError::Over => Self::SignIn,
            error => Self::internal("signing in", error),
        }
    }
}

/// Where the request comes from. Each proxy may have written a line of its own: all of them count.
fn client_address(request: &HttpRequest, app: &App) -> Option<IpAddr> {
    let lines = request.headers().get_all("x-forwarded-for").filter_map(|line| line.to_str().ok());
    let list = lines.collect::<Vec<_>>().join(",");
    request.peer_addr().map(|peer| app.settings.client_address(peer.ip(), Some(list.as_str())))
}

/// Where a sign-in comes from.
pub(super) fn device(request: &HttpRequest, app: &App) -> Device {
    let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    Device::new(client_address(request, app), agent)
}

/// Goes on with whoever gave a password or used a link: into the back office, or to the code that is still asked for.
pub(super) async fn enter(
    request: &HttpRequest,
    session: &Session,
    app: &App,
    signed_in: &SignedIn,
    next: Option<&str>,
) -> Result<HttpResponse, WebError> {
    match signed_in {
        SignedIn::Done(user) => welcome(request, session, app, &user.user_id, next).await,
        SignedIn::Pending(pending) => {
            session::begin_pending(session, pending, next)?;
            Ok(html::see_other("/admin/login/code"))
        }
    }
}

/// Begins the session, and goes on to where the person wanted to be, or to the only tenant they have.
pub(super) async fn welcome(
    request: &HttpRequest,
    session: &Session,
    app: &App,
    user_id: &UserId,
    next: Option<&str>,
) -> Result<HttpResponse, WebError> {
    session::begin(session, user_id.as_str(), &device(request, app))?;
    if let Some(next) = next {
        return Ok(html::see_other(next));
    }
    Ok(match users::memberships(&app.db, user_id).await?.as_slice() {
        [only] => html::see_other(&format!("/admin/{}", only.tenant_id)),
        _ => html::see_other("/admin"),
    })
}

/// Signs out.
pub(crate) async fn sign_out(session: Session, _form: Protected<Button>) -> HttpResponse {
    session.purge();
    html::see_other("/admin/login?signed_out=yes")
}

/// The link with which somebody chooses a password.
#[derive(Debug, Deserialize)]
pub(crate) struct LinkQuery {
    #[serde(default)]
    token: String,
}

/// The form behind the link.
#[derive(Deserialize)]
pub(crate) struct PasswordForm {
    #[serde(default)]
    token: String,
    #[serde(default)]
    password: String,
}

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    user: &'a users::User,
    token: &'a LinkToken,
}

#[derive(Template)]
#[template(path = "link_gone.html")]
struct LinkGonePage<'a> {
    shell: &'a Shell,
    text: &'a str,
}

/// Says that a link is not good, and how to get another one.
pub(super) fn link_gone(request: &HttpRequest, text: &str) -> Result<HttpResponse, WebError> {
    let shell = Shell::new(request, t!("sign-in-link-gone"));
    html::whole(StatusCode::GONE, &LinkGonePage { shell: &shell, text })
}

/// Shows the form behind a link.
pub(crate) async fn password_form(
    request: HttpRequest,
    query: Query<LinkQuery>,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let token = LinkToken::new(&query.token);
    let Some(user) = links::find(&app, &token).await? else { return link_gone(&request, &t!("sign-in-ask-for-link")) };
    let open = OpenToken::of(&request);
    let shell = Shell { csrf: open.value.clone(), ..Shell::new(&request, t!("sign-in-choose-password")) };
    let page = PasswordPage { shell: &shell, errors: &Errors::default(), user: &user, token: &token };
    open.keep(html::whole(StatusCode::OK, &page)?)
}

/// Sets the password of whose link it is, and signs in.
pub(crate) async fn choose_password(
    request: HttpRequest,
    session: Session,
    app: Data<App>,
    form: Protected<PasswordForm>,
) -> Result<HttpResponse, WebError> {
    let token = LinkToken::new(&form.0.token);
    let Some(user) = links::find(&app, &token).await? else { return link_gone(&request, &t!("sign-in-ask-for-link")) };
    let mut errors = Errors::default();
    let Some(password) = errors.check("password", Password::parse_for(&form.0.password, user.email.as_str())) else {
        let open = OpenToken::of(&request);
        let shell = Shell { csrf: open.value.clone(), ..Shell::new(&request, t!("sign-in-choose-password")).refused() };
        let page = PasswordPage { shell: &shell, errors: &errors, user: &user, token: &token };
        return open.keep(html::whole(StatusCode::UNPROCESSABLE_ENTITY, &page)?);
    };
    match links::redeem(&app, &token, &password).await? {
        Some(user_id) => {
            let signed_in = sign_in::sign_in_by_link(&app, &user_id, &device(&request, &app)).await?;
            enter(&request, &session, &app, &signed_in, None).await
        }
        None => link_gone(&request, &t!("sign-in-ask-for-link")),
    }
}
