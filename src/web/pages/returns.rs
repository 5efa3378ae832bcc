//! `/admin/{tenant}/returns`: orders that came back and were paid with coupons bought with points. An employee decides
//! whether the points come back.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use serde::Deserialize;

use crate::{
    app::App,
    domain::{returned_coupon::Decision, role::Role, time::Timestamp},
    service::returned_coupons::{self, Case, CaseError},
    texts::t,
    web::{
        access::Member,
        confirm::Confirm,
        error::WebError,
        filters,
        form::{Button, Protected},
        html::{self, Want},
        people,
        query::{Address, coupon_page, customer_page, escaped},
        shell::{Section, Shell, Toast, ToastAction},
    },
};

/// Questions on one page.
const ROWS: usize = 25;
/// The value that stands for all decisions in the address; none stands for the open ones.
const ALL: &str = "all";

/// What the list is narrowed to, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    decision: String,
    older: String,
}

impl Asked {
    fn decision(&self) -> Option<Decision> {
        if self.decision == ALL { None } else { Some(Decision::parse(&self.decision).unwrap_or(Decision::Open)) }
    }
}

/// A question, as the list shows it.
struct Line {
    order: String,
    customer: String,
    customer_link: String,
    code: String,
    coupon_link: String,
    option: String,
    points: i64,
    /// Whether all of the order came back.
    whole: bool,
    opened_at: Timestamp,
    decision: Decision,
    decided_at: Option<Timestamp>,
    decided_by: String,
    link: String,
}

/// A tab: its address, name, and whether it is shown.
struct Tab {
    href: String,
    label: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "returns/index.html", blocks = ["main"])]
struct ReturnsView<'a> {
    shell: &'a Shell,
    tabs: Vec<Tab>,
    lines: Vec<Line>,
    shows_open: bool,
    may_decide: bool,
    older: Option<String>,
    newest: Option<String>,
}

/// Lists the questions, those that are open first of all.
pub(crate) async fn index(
    member: Member,
    asked: Query<Asked>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let tenant = &member.place.tenant;
    let names = people::names(&app, tenant).await?;
    let older = Some(asked.older.as_str()).filter(|older| !older.is_empty());
    let (cases, more) = returned_coupons::list(&app.db, tenant, asked.decision(), older, ROWS).await?;
    let shell = member.shell(Section::Returns, t!("nav-returns"));
    let path = shell.at("/returns");
    let here = || Address::new(path.clone()).and("decision", &asked.decision).without_empty();
    let line = |case: &Case| Line {
        order: case.order_id.to_string(),
        customer: case.customer_name.clone().unwrap_or_else(|| case.customer_id.to_string()),
        customer_link: customer_page(tenant, &case.customer_id),
        code: case.code.clone(),
        coupon_link: coupon_page(tenant, &case.code),
        option: case.option_name.clone(),
        points: case.points,
        whole: case.whole,
        opened_at: case.opened_at,
        decision: case.decision,
        decided_at: case.decided_at,
        decided_by: case
            .decided_kind
            .as_deref()
            .zip(case.decided_by.as_deref())
            .map(|(kind, id)| names.of(&format!("{kind}:{id}")))
            .unwrap_or_default(),
        link: format!("{path}/{}", escaped(&case.case_id)),
    };
    let tab = |value: &str, label: String, decision: Option<Decision>| Tab {
        href: Address::new(path.clone()).and("decision", value).without_empty().to_string(),
        label,
        current: asked.decision() == decision,
    };
    let view = ReturnsView {
        tabs: vec![
            tab("", t!("returns-tab-open"), Some(Decision::Open)),
            tab(Decision::GivenBack.as_str(), t!("returns-tab-given-back"), Some(Decision::GivenBack)),
            tab(Decision::Kept.as_str(), t!("returns-tab-kept"), Some(Decision::Kept)),
            tab(ALL, t!("returns-tab-all"), None),
        ],
        lines: cases.iter().map(line).collect(),
        shows_open: asked.decision() == Some(Decision::Open),
        may_decide: member.place.role >= Role::Agent,
        older: cases.last().filter(|_| more).map(|case| here().and("older", &case.case_id).to_string()),
        newest: older.map(|_| here().to_string()),
        shell: &shell,
    };
    html::answer(&want, StatusCode::OK, &shell, &view, &view.as_main())
}

/// The part of the path that names a question.
type OfCase = Path<(String, String)>;

/// Asks before points come back, and says what that does.
pub(crate) async fn confirm_giving_back(
    member: Member,
    path: OfCase,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    let tenant = &member.place.tenant;
    let case = returned_coupons::find(&app.db, tenant, &path.1).await?.ok_or(WebError::NotFound)?;
    if case.decision != Decision::Open {
        return Err(told(CaseError::Decided));
    }
    let name = case.customer_name.clone().unwrap_or_else(|| case.customer_id.to_string());
    let back = Section::Returns.address(tenant);
    let confirm = Confirm {
        question: t!("returns-question", name = name, points = case.points),
        sentences: vec![
            t!("returns-what", order = case.order_id.as_str(), code = &case.code, points = case.points),
            t!("returns-means"),
        ],
        action: format!("{back}/{}/give-back", escaped(&case.case_id)),
        back,
        keep: t!("ui-cancel"),
        act: t!("returns-act"),
    };
    confirm.ask(&want, &member.shell(Section::Returns, t!("returns-act")))
}

/// What a page says when nothing was decided.
fn told(error: CaseError) -> WebError {
    match error {
        CaseError::Unknown => WebError::NotFound,
        CaseError::Decided => WebError::Conflict(error.to_string()),
        CaseError::Points(error) => error.into(),
    }
}

/// Gives the points back.
pub(crate) async fn give_back(
    member: Member,
    path: OfCase,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    returned_coupons::give_back(&app, &member.caller(), &path.1).await.map_err(told)?;
    member.toast(Toast::new(t!("returns-given-back")))?;
    Ok(html::see_other(&Section::Returns.address(&member.place.tenant)))
}

/// Leaves the points spent.
pub(crate) async fn keep(
    member: Member,
    path: OfCase,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    returned_coupons::keep(&app, &member.caller(), &path.1).await.map_err(told)?;
    let list = Section::Returns.address(&member.place.tenant);
    let undo = ToastAction { label: t!("ui-undo"), post: format!("{list}/{}/reopen", escaped(&path.1)) };
    member.toast(Toast { action: Some(undo), ..Toast::new(t!("returns-kept")) })?;
    Ok(html::see_other(&list))
}

/// Asks again about points that were left spent.
pub(crate) async fn reopen(
    member: Member,
    path: OfCase,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    returned_coupons::reopen(&app, &member.caller(), &path.1).await.map_err(told)?;
    member.toast(Toast::new(t!("returns-reopened")))?;
    Ok(html::see_other(&Section::Returns.address(&member.place.tenant)))
}
