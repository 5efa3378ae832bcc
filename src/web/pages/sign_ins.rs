//! `/admin/account/sign-ins`: who signed in as this person or tried to, when and from where.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use serde::Deserialize;

use crate::{
    app::App,
    domain::{ids::UserId, sign_in::Outcome, time::Timestamp},
    service::sign_ins::{self, SignIn},
    texts::t,
    web::{
        access::SignedIn,
        browser,
        error::WebError,
        filters,
        html::{self, Want},
        query::Address,
        shell::Shell,
    },
};

/// Sign-ins on one page.
const ROWS: u8 = 50;

/// A sign-in, as pages show it.
pub(super) struct SignInLine {
    pub(super) at: Timestamp,
    pub(super) what: String,
    pub(super) good: bool,
    pub(super) browser: String,
    pub(super) address: String,
}

impl From<SignIn> for SignInLine {
    fn from(one: SignIn) -> Self {
        Self {
            at: one.at,
            what: outcome(one.outcome),
            good: one.outcome.is_in(),
            browser: browser::name(&one.agent),
            address: if one.address.is_empty() { t!("sign-ins-address-unknown") } else { one.address },
        }
    }
}

fn outcome(outcome: Outcome) -> String {
    match outcome {
        Outcome::Password => t!("sign-ins-password"),
        Outcome::App => t!("sign-ins-app"),
        Outcome::Recovery => t!("sign-ins-recovery"),
        Outcome::Link => t!("sign-ins-link"),
        Outcome::WrongPassword => t!("sign-ins-wrong-password"),
        Outcome::WrongCode => t!("sign-ins-wrong-code"),
    }
}

/// The last sign-ins of somebody, and where older ones begin.
pub(super) async fn lines(
    app: &App,
    user_id: &UserId,
    before: Option<&str>,
    rows: u8,
) -> Result<(Vec<SignInLine>, Option<String>), WebError> {
    let (found, next) = sign_ins::list(app, user_id, before, rows).await?;
    Ok((found.into_iter().map(SignInLine::from).collect(), next))
}

/// Where a page of the list begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ListQuery {
    before: Option<String>,
}

#[derive(Template)]
#[template(path = "account/sign_ins.html", blocks = ["main"])]
struct SignInsPage<'a> {
    shell: &'a Shell,
    lines: &'a [SignInLine],
    newest: Option<String>,
    older: Option<String>,
    days: i64,
}

/// Lists the sign-ins, the newest first.
pub(crate) async fn index(
    person: SignedIn,
    query: Query<ListQuery>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let here = || Address::new("/admin/account/sign-ins".to_owned());
    let (lines, next) = lines(&app, &person.person.user_id, query.before.as_deref(), ROWS).await?;
    let shell = person.shell(t!("sign-ins-title"));
    let page = SignInsPage {
        shell: &shell,
        lines: &lines,
        newest: query.before.as_ref().map(|_| here().to_string()),
        older: next.map(|next| here().and("before", &next).to_string()),
        days: sign_ins::KEPT_DAYS,
    };
    html::answer(&want, StatusCode::OK, &shell, &page, &page.as_main())
}
