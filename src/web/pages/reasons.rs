//! `/admin/{tenant}/reasons`: why employees add and remove points, and what a reason usually brings.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;
use serde::Deserialize;

use super::customer::words::reason_name;
use crate::{
    app::App,
    domain::{
        invalid::{FieldErrors, Invalid},
        points::Points,
        reason::{Direction, Reason, ReasonDraft, STARTING, Validity},
        role::Role,
    },
    service::reasons::{self, ReasonError, Step},
    texts::t,
    web::{
        access::Member,
        error::WebError,
        facts::{Difference, Fact, differences},
        filters,
        form::{Button, Choice, Errors, Protected},
        format,
        html::{self, Want},
        query::escaped,
        shell::{Section, Shell, Toast, ToastAction},
    },
};

/// A reason, as the list shows it.
struct Line {
    code: String,
    link: String,
    name: String,
    direction: String,
    points: Option<i64>,
    validity: Option<String>,
    note: String,
    is_first: bool,
    is_last: bool,
}

#[derive(Template)]
#[template(path = "reasons/index.html", blocks = ["main"])]
struct ReasonsPage<'a> {
    shell: &'a Shell,
    lines: Vec<Line>,
    archived: Vec<Line>,
}

fn address(member: &Member, code: &str) -> String {
    format!("{}/{}", Section::Reasons.address(&member.place.tenant), escaped(code))
}

fn direction_name(direction: Direction) -> String {
    match direction {
        Direction::Add => t!("reasons-direction-add"),
        Direction::Remove => t!("reasons-direction-remove"),
        Direction::Both => t!("reasons-direction-both"),
    }
}

fn validity_name(validity: Validity) -> String {
    match validity {
        Validity::Days(days) => t!("reasons-days", count = days),
        Validity::Months(months) => t!("reasons-months", count = months),
    }
}

fn line(member: &Member, reason: &Reason) -> Line {
    Line {
        code: reason.code.clone(),
        link: address(member, &reason.code),
        name: reason_name(&reason.code, reason.draft.label.as_deref()),
        direction: direction_name(reason.draft.direction),
        points: reason.draft.points.map(Points::get),
        validity: reason.draft.validity.map(validity_name),
        note: reason.draft.note.clone().unwrap_or_default(),
        is_first: false,
        is_last: false,
    }
}

/// Lists the reasons, in the order in which they are offered.
pub(crate) async fn index(member: Member, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let all = reasons::list(&app.db, &member.place.tenant).await?;
    let (archived, offered): (Vec<_>, Vec<_>) = all.iter().partition(|reason| reason.archived_at.is_some());
    let mut lines: Vec<Line> = offered.into_iter().map(|reason| line(&member, reason)).collect();
    if let Some(first) = lines.first_mut() {
        first.is_first = true;
    }
    if let Some(last) = lines.last_mut() {
        last.is_last = true;
    }
    let archived = archived.into_iter().map(|reason| line(&member, reason)).collect();
    let shell = member.shell(Section::Reasons, t!("reasons-title"));
    let page = ReasonsPage { shell: &shell, lines, archived };
    html::answer(&want, StatusCode::OK, &shell, &page, &page.as_main())
}

/// The form of a reason, as it was typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReasonForm {
    version: String,
    label: String,
    direction: String,
    points: String,
    validity: String,
    validity_unit: String,
    note: String,
}

impl ReasonForm {
    fn of(reason: &Reason) -> Self {
        let draft = &reason.draft;
        Self {
            version: reason.version.to_string(),
            label: reason_name(&reason.code, draft.label.as_deref()),
            direction: draft.direction.as_str().to_owned(),
            points: draft.points.map(|points| format::number(points.get())).unwrap_or_default(),
            validity: draft.validity.map(|validity| validity.number().to_string()).unwrap_or_default(),
            validity_unit: draft.validity.map_or("months", Validity::unit).to_owned(),
            note: draft.note.clone().unwrap_or_default(),
        }
    }

    fn empty() -> Self {
        Self { direction: Direction::Both.as_str().to_owned(), validity_unit: "months".to_owned(), ..Self::default() }
    }

    /// `code`: of the reason that is changed; one that is called as every tenant's is keeps the name of every language.
    fn parse(&self, code: Option<&str>) -> Result<ReasonDraft, Errors> {
        let mut errors = Errors::default();
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let direction = errors.check("direction", Direction::parse(&self.direction));
        let points = given(&self.points).map(|typed| Points::parse(&typed)).transpose();
        let points = errors.check("points", points);
        let validity = given(&self.validity).map(|typed| validity(&typed, &self.validity_unit)).transpose();
        let validity = errors.check("validity", validity);
        let own_name = code.filter(|code| STARTING.contains(code)).map(|code| reason_name(code, None));
        let label = Some(self.label.trim().to_owned()).filter(|label| Some(label) != own_name.as_ref());
        let (Some(direction), Some(points), Some(validity)) = (direction, points, validity) else {
            return Err(errors);
        };
        Ok(ReasonDraft { label, direction, points, validity, note: given(&self.note) })
    }
}

fn validity(typed: &str, unit: &str) -> Result<Validity, Invalid> {
    Validity::new(Points::parse(typed).map(Points::get).unwrap_or_default(), unit)
}

fn errors_of(found: &FieldErrors) -> Errors {
    Errors::found(found, |field| if field == "note" { "note" } else { "label" })
}

#[derive(Template)]
#[template(path = "reasons/reason.html", blocks = ["main"])]
struct ReasonPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    /// The reason that is changed, and its name; none for a new one.
    reason: Option<(&'a Reason, String)>,
    here: &'a str,
    form: &'a ReasonForm,
    conflict: Option<&'a [Difference]>,
    directions: Vec<Choice>,
    units: Vec<Choice>,
}

fn facts(code: &str, draft: &ReasonDraft) -> Vec<Fact> {
    vec![
        Fact::new(t!("reasons-label"), reason_name(code, draft.label.as_deref())),
        Fact::new(t!("reasons-direction"), direction_name(draft.direction)),
        Fact::new(
            t!("reasons-default-points"),
            draft.points.map_or_else(String::new, |points| format::number(points.get())),
        ),
        Fact::new(t!("reasons-default-validity"), draft.validity.map_or_else(String::new, validity_name)),
        Fact::new(t!("reasons-note"), draft.note.as_deref().unwrap_or_default()),
    ]
}

fn answer(
    member: &Member,
    want: &Want,
    reason: Option<&Reason>,
    form: &ReasonForm,
    errors: &Errors,
    conflict: Option<&[Difference]>,
) -> Result<HttpResponse, WebError> {
    let reason = reason.map(|reason| (reason, reason_name(&reason.code, reason.draft.label.as_deref())));
    let title = reason.as_ref().map_or_else(|| t!("reasons-new"), |(_, name)| name.clone());
    let (shell, status) = errors.mark(member.shell(Section::Reasons, &title));
    let list = Section::Reasons.address(&member.place.tenant);
    let here = reason.as_ref().map_or(list, |(reason, _)| address(member, &reason.code));
    let directions = Direction::ALL.into_iter();
    let page = ReasonPage {
        shell: &shell,
        errors,
        reason,
        here: &here,
        form,
        conflict,
        directions: directions.map(|one| Choice::new(one.as_str(), direction_name(one))).collect(),
        units: vec![Choice::new("days", t!("reasons-unit-days")), Choice::new("months", t!("reasons-unit-months"))],
    };
    let answer = html::answer(want, status, &shell, &page, &page.as_main())?;
    Ok(if conflict.is_some() { html::in_conflict(answer) } else { answer })
}

/// Shows the form for a new reason.
pub(crate) async fn new_form(member: Member, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    answer(&member, &want, None, &ReasonForm::empty(), &Errors::default(), None)
}

/// Makes a reason.
pub(crate) async fn create(
    member: Member,
    want: Want,
    app: Data<App>,
    form: Protected<ReasonForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let form = form.0;
    let draft = match form.parse(None) {
        Ok(draft) => draft,
        Err(errors) => return answer(&member, &want, None, &form, &errors, None),
    };
    match reasons::create(&app, &member.caller(), &draft).await {
        Ok(_reason) => {
            member.toast(Toast::new(t!("reasons-was-added")))?;
            Ok(html::see_other(&Section::Reasons.address(&member.place.tenant)))
        }
        Err(ReasonError::Invalid(found)) => answer(&member, &want, None, &form, &errors_of(&found), None),
        Err(error) => Err(told(error)),
    }
}

/// The part of the path that names a reason.
type OfReason = Path<(String, String)>;

async fn find(app: &App, member: &Member, code: &str) -> Result<Reason, WebError> {
    reasons::find(&app.db, &member.place.tenant, code).await?.ok_or(WebError::NotFound)
}

/// What a page says when nothing has changed.
fn told(error: ReasonError) -> WebError {
    match error {
        ReasonError::Unknown => WebError::NotFound,
        ReasonError::Store(error) => error.into(),
        other => WebError::Conflict(other.to_string()),
    }
}

/// Shows a reason with its form.
pub(crate) async fn show(member: Member, path: OfReason, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let reason = find(&app, &member, &path.1).await?;
    answer(&member, &want, Some(&reason), &ReasonForm::of(&reason), &Errors::default(), None)
}

/// Changes a reason.
pub(crate) async fn save(
    member: Member,
    path: OfReason,
    want: Want,
    app: Data<App>,
    form: Protected<ReasonForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let reason = find(&app, &member, &path.1).await?;
    let mut form = form.0;
    let seen = form.version.parse().map_err(|_none| WebError::no_version())?;
    let draft = match form.parse(Some(&reason.code)) {
        Ok(draft) => draft,
        Err(errors) => return answer(&member, &want, Some(&reason), &form, &errors, None),
    };
    match reasons::update(&app, &member.caller(), &reason.code, seen, &draft).await {
        Ok(()) => {
            member.toast(Toast::new(t!("reasons-was-saved")))?;
            Ok(html::see_other(&Section::Reasons.address(&member.place.tenant)))
        }
        Err(ReasonError::Invalid(found)) => answer(&member, &want, Some(&reason), &form, &errors_of(&found), None),
        Err(ReasonError::Stale(now)) => {
            form.version = now.version.to_string();
            let differences = differences(facts(&now.code, &now.draft), facts(&now.code, &draft));
            answer(&member, &want, Some(&now), &form, &Errors::default(), Some(&differences))
        }
        Err(error) => Err(told(error)),
    }
}

/// Takes a reason out of the offer.
pub(crate) async fn archive(
    member: Member,
    path: OfReason,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    reasons::archive(&app, &member.caller(), &path.1).await.map_err(told)?;
    let undo = ToastAction { label: t!("ui-undo"), post: format!("{}/restore", address(&member, &path.1)) };
    member.toast(Toast { action: Some(undo), ..Toast::new(t!("reasons-was-archived")) })?;
    Ok(html::see_other(&Section::Reasons.address(&member.place.tenant)))
}

/// Takes a reason back into the offer.
pub(crate) async fn restore(
    member: Member,
    path: OfReason,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    reasons::restore(&app, &member.caller(), &path.1).await.map_err(told)?;
    member.toast(Toast::new(t!("reasons-was-restored")))?;
    Ok(html::see_other(&Section::Reasons.address(&member.place.tenant)))
}

/// Moves a reason towards the beginning.
pub(crate) async fn up(
    member: Member,
    path: OfReason,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    step(&member, &app, &path.1, Step::Up).await
}

/// Moves a reason towards the end.
pub(crate) async fn down(
    member: Member,
    path: OfReason,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    step(&member, &app, &path.1, Step::Down).await
}

async fn step(member: &Member, app: &App, code: &str, step: Step) -> Result<HttpResponse, WebError> {
    member.require(app, Role::Manager).await?;
    reasons::step(app, &member.caller(), code, step).await.map_err(told)?;
    Ok(html::see_other(&Section::Reasons.address(&member.place.tenant)))
}
