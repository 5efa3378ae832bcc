//! `/admin/{tenant}/approvals`: adjustments above the limit of whoever asked for them. Somebody else decides.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use serde::Deserialize;

use super::customer::{adjust::words, preview::either, words::reason_name};
use crate::{
    app::App,
    domain::{
        approval::{State, What},
        role::Role,
        time::Timestamp,
    },
    service::{
        approvals::{self, Approval, ApprovalError, Effect},
        bulk::requests::{self, BulkRequest},
        ledger::LedgerError,
        points::PointsError,
    },
    texts::t,
    web::{
        access::Member,
        error::WebError,
        filters,
        form::{Button, Errors, Protected},
        format,
        html::{self, Want},
        query::{Address, customer_page, escaped},
        shell::{Section, Shell, Toast},
    },
};

/// Requests on one page.
const ROWS: usize = 25;
/// The value that stands for all states in the address; none stands for the open ones.
const ALL: &str = "all";

/// What the list is narrowed to, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    state: String,
    older: String,
}

impl Asked {
    fn state(&self) -> Option<State> {
        if self.state == ALL { None } else { Some(State::parse(&self.state).unwrap_or(State::Open)) }
    }
}

/// A request, as the list shows it.
struct Line {
    customer: String,
    customer_link: String,
    what: String,
    reason: String,
    notes: Vec<String>,
    asker: String,
    asked_at: Timestamp,
    ago: String,
    state: State,
    decided: String,
    link: String,
}

/// A batch of changes that somebody else books as a whole, as the list shows it.
struct BatchLine {
    link: String,
    what: String,
    name: String,
    asker: String,
    asked_at: Timestamp,
    ago: String,
    state: State,
    decided: String,
    note: Option<String>,
}

impl BatchLine {
    fn new(request: BulkRequest, member: &Member, now: Timestamp) -> Self {
        let zone = member.place.zone;
        let by =
            |at: Timestamp| t!("approvals-by-on", day = format::date(at, zone), name = who(request.decider.as_ref()));
        Self {
            link: format!("{}/{}", Section::Bulk.address(&member.place.tenant), escaped(&request.batch_id)),
            what: t!(
                "approvals-batch",
                count = request.row_count,
                points = format::signed(request.points_to_add - request.points_to_take)
            ),
            asker: who(request.asker.as_ref()),
            asked_at: request.asked_at,
            ago: format::days_apart(request.asked_at, now, zone),
            state: request.state,
            decided: request.decided_at.map(by).unwrap_or_default(),
            name: if request.name.is_empty() { t!("bulk-pasted") } else { request.name },
            note: request.decision_note,
        }
    }
}

/// A tab: its address, name, and whether it is shown.
struct Tab {
    href: String,
    label: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "approvals/index.html", blocks = ["main"])]
struct ApprovalsPage<'a> {
    shell: &'a Shell,
    tabs: Vec<Tab>,
    lines: Vec<Line>,
    /// Batches, before the first page; nothing for those who see none.
    batches: Vec<BatchLine>,
    shows_open: bool,
    older: Option<String>,
    newest: Option<String>,
}

fn address(member: &Member, id: &str) -> String {
    format!("{}/{}", Section::Approvals.address(&member.place.tenant), escaped(id))
}

fn what(approval: &Approval) -> String {
    let points = approval.points.get();
    match approval.what {
        What::Add => t!("approvals-add", points = points),
        What::Remove => t!("approvals-remove", points = points),
        What::Undo => t!("approvals-undo", points = points),
    }
}

fn name_or_id(approval: &Approval) -> String {
    approval.customer_name.clone().unwrap_or_else(|| approval.customer_id.to_string())
}

fn reason(approval: &Approval) -> String {
    let name = |code| reason_name(code, approval.reason_label.as_deref());
    approval.reason.as_deref().map(name).unwrap_or_default()
}

fn who(name: Option<&String>) -> String {
    name.cloned().unwrap_or_else(|| t!("approvals-somebody"))
}

fn decided(approval: &Approval, member: &Member) -> String {
    let Some(at) = approval.decided_at else { return String::new() };
    t!("approvals-by-on", day = format::date(at, member.place.zone), name = who(approval.decider.as_ref()))
}

fn line(approval: &Approval, member: &Member, now: Timestamp) -> Line {
    let notes = [&approval.description, &approval.private_note, &approval.decision_note];
    Line {
        customer: name_or_id(approval),
        customer_link: customer_page(&member.place.tenant, &approval.customer_id),
        what: what(approval),
        reason: reason(approval),
        notes: notes.into_iter().flatten().cloned().collect(),
        asker: who(approval.asker.as_ref()),
        asked_at: approval.asked_at,
        ago: format::days_apart(approval.asked_at, now, member.place.zone),
        state: approval.state,
        decided: decided(approval, member),
        link: address(member, &approval.approval_id),
    }
}

/// Lists the requests, those that are open first of all.
pub(crate) async fn index(
    member: Member,
    asked: Query<Asked>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let tenant = &member.place.tenant;
    let older = Some(asked.older.as_str()).filter(|older| !older.is_empty());
    let (found, more) = approvals::list(&app.db, tenant, asked.state(), older, ROWS).await?;
    let batches = if older.is_none() && member.place.role >= Role::Manager {
        requests::list(&app.db, tenant, asked.state()).await?
    } else {
        Vec::new()
    };
    let shell = member.shell(Section::Approvals, t!("approvals-title"));
    let path = shell.at("/approvals");
    let here = || Address::new(path.clone()).and("state", &asked.state).without_empty();
    let tab = |value: &str, label: String, state: Option<State>| Tab {
        href: Address::new(path.clone()).and("state", value).without_empty().to_string(),
        label,
        current: asked.state() == state,
    };
    let page = ApprovalsPage {
        tabs: vec![
            tab("", t!("approvals-to-decide"), Some(State::Open)),
            tab(State::Approved.as_str(), t!("approvals-approved"), Some(State::Approved)),
            tab(State::Declined.as_str(), t!("approvals-declined"), Some(State::Declined)),
            tab(State::Withdrawn.as_str(), t!("approvals-withdrawn"), Some(State::Withdrawn)),
            tab(ALL, t!("approvals-all"), None),
        ],
        lines: found.iter().map(|approval| line(approval, &member, app.now())).collect(),
        batches: batches.into_iter().map(|request| BatchLine::new(request, &member, app.now())).collect(),
        shows_open: asked.state() == Some(State::Open),
        older: found.last().filter(|_| more).map(|last| here().and("older", &last.approval_id).to_string()),
        newest: older.map(|_| here().to_string()),
        shell: &shell,
    };
    html::answer(&want, StatusCode::OK, &shell, &page, &page.as_main())
}

/// Something that is told of a request.
struct Fact {
    label: String,
    value: String,
    link: Option<String>,
}

#[derive(Template)]
#[template(path = "approvals/approval.html", blocks = ["main"])]
struct ApprovalPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    title: String,
    link: String,
    state: State,
    facts: Vec<Fact>,
    /// What it does now, or why it cannot be done; nothing for one that is closed.
    effect: Option<Result<Effect, String>>,
    note: &'a str,
    may_decide: bool,
    may_withdraw: bool,
    /// Who decides, for those who do not.
    told: String,
}

fn facts(approval: &Approval, member: &Member) -> Vec<Fact> {
    let zone = member.place.zone;
    let base = customer_page(&member.place.tenant, &approval.customer_id);
    let entry = |id: &str| format!("{base}/entries/{}", escaped(id));
    let mut facts = Vec::new();
    let mut add = |label: String, value: Option<String>, link: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            facts.push(Fact { label, value, link });
        }
    };
    add(t!("approvals-customer"), Some(name_or_id(approval)), Some(base.clone()));
    let asked_at = format::date_time(approval.asked_at, zone);
    let by = t!("approvals-asked-by", at = asked_at, name = who(approval.asker.as_ref()));
    add(t!("approvals-asked"), Some(by), None);
    add(t!("approvals-reason"), Some(reason(approval)), None);
    add(t!("approvals-note"), approval.description.clone(), None);
    add(t!("approvals-private-note"), approval.private_note.clone(), None);
    add(t!("approvals-reference"), approval.reference_id.clone(), None);
    add(t!("approvals-site"), approval.site_code.as_ref().map(ToString::to_string), None);
    if approval.what == What::Add {
        let until = approval.valid_until.map(|until| format::date(until, zone));
        add(t!("approvals-valid-until"), Some(until.unwrap_or_else(|| t!("approvals-by-rule"))), None);
    }
    let undoes = approval.undoes.as_ref().map(ToString::to_string);
    add(t!("approvals-entry"), undoes.clone(), undoes.as_deref().map(entry));
    if approval.state == State::Approved && approval.what != What::Undo {
        add(t!("approvals-booked"), Some(approval.approval_id.clone()), Some(entry(&approval.approval_id)));
    }
    if let Some(at) = approval.decided_at {
        let at = format::date_time(at, zone);
        let by = t!("approvals-asked-by", at = at, name = who(approval.decider.as_ref()));
        add(t!("approvals-decided"), Some(by), None);
    }
    add(t!("approvals-decision-note"), approval.decision_note.clone(), None);
    facts
}

async fn answer(
    member: &Member,
    want: &Want,
    app: &App,
    approval: &Approval,
    (note, errors): (&str, &Errors),
) -> Result<HttpResponse, WebError> {
    let (tenant, user) = (&member.place.tenant, &member.person.user_id);
    let (limits, role) = (member.place.limits, member.place.role);
    let open = approval.state == State::Open;
    let may_decide = open && approvals::may_decide(limits, role, user, approval);
    let own = approval.asked_by == *user;
    let told = if !open || may_decide {
        String::new()
    } else {
        let names = approvals::deciders(&app.db, tenant, limits, &approval.asked_by, approval.points.get()).await?;
        match names.as_slice() {
            [] => t!("approvals-nobody-decides"),
            names => t!("approvals-who-decides", names = either(names)),
        }
    };
    let effect = if open { Some(approvals::effect(app, tenant, approval).await?) } else { None };
    let title = t!("approvals-to-name", what = what(approval), name = name_or_id(approval));
    let (shell, status) = errors.mark(member.shell(Section::Approvals, &title));
    let page = ApprovalPage {
        shell: &shell,
        errors,
        title,
        link: address(member, &approval.approval_id),
        state: approval.state,
        facts: facts(approval, member),
        effect: effect.map(|effect| effect.map_err(|refusal| words(&refusal))),
        note,
        may_decide,
        may_withdraw: open && own,
        told,
    };
    html::answer(want, status, &shell, &page, &page.as_main())
}

/// The part of the path that names a request.
type OfApproval = Path<(String, String)>;

async fn find(app: &App, member: &Member, id: &str) -> Result<Approval, WebError> {
    approvals::find(&app.db, &member.place.tenant, id).await?.ok_or(WebError::NotFound)
}

/// Shows a request, with what it would do now.
pub(crate) async fn show(
    member: Member,
    path: OfApproval,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let approval = find(&app, &member, &path.1).await?;
    answer(&member, &want, &app, &approval, ("", &Errors::default())).await
}

/// The form of a decision, as it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DecisionForm {
    note: String,
    /// The button: `approve` or `decline`.
    act: String,
}

/// Approves or declines a request.
pub(crate) async fn decide(
    member: Member,
    path: OfApproval,
    want: Want,
    app: Data<App>,
    form: Protected<DecisionForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let (form, caller) = (form.0, member.caller());
    let approval = find(&app, &member, &path.1).await?;
    let mut errors = Errors::default();
    let note = errors.check("note", approvals::note(&form.note));
    let declines = form.act == "decline";
    if declines && note.as_ref().is_some_and(Option::is_none) {
        errors.add("note", t!("approvals-give-note"));
    }
    let Some(note) = note.filter(|_| errors.is_empty()) else {
        return answer(&member, &want, &app, &approval, (&form.note, &errors)).await;
    };
    let decided = if declines {
        approvals::decline(&app, &caller, &path.1, note).await
    } else {
        approvals::approve(&app, &caller, &path.1, note).await
    };
    match decided {
        Ok(()) => {
            let text = if declines { t!("approvals-was-declined") } else { t!("approvals-was-approved") };
            member.toast(Toast::new(text))?;
            Ok(html::see_other(&address(&member, &path.1)))
        }
        // It stays open: whoever decides reads why, and may decline it.
        Err(ApprovalError::Points(PointsError::Ledger(LedgerError::Refused(refusal)))) => {
            errors.add("approve", t!("approvals-cannot", why = words(&refusal)));
            answer(&member, &want, &app, &approval, (&form.note, &errors)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes a request of one's own back.
pub(crate) async fn withdraw(
    member: Member,
    path: OfApproval,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    let approval = find(&app, &member, &path.1).await?;
    approvals::withdraw(&app, &member.caller(), &path.1).await?;
    member.toast(Toast::new(t!("approvals-was-withdrawn")))?;
    Ok(html::see_other(&customer_page(&member.place.tenant, &approval.customer_id)))
}

impl From<ApprovalError> for WebError {
    /// What is refused belongs into a form; here is what has none.
    fn from(error: ApprovalError) -> Self {
        match error {
            ApprovalError::Unknown => Self::NotFound,
            ApprovalError::Points(error) => error.into(),
            other => Self::Conflict(other.to_string()),
        }
    }
}
