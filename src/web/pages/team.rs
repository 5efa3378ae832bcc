//! `/admin/{tenant}/team`: who works for the tenant, and what they may do.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use serde::Deserialize;

use crate::{
    app::App,
    domain::{access::AccessRefusal, email::Email, ids::UserId, name, role::Role, time::Timestamp},
    service::{
        access::AccessError,
        links::{self, LinkToken},
        team, users,
    },
    texts::t,
    web::{
        access::Member,
        confirm::Confirm,
        csv::{self, Step},
        error::WebError,
        filters,
        form::{Button, Choice, Errors, Protected},
        format,
        html::{self, Want},
        query::{Address, escaped},
        roles,
        secret::{Given, Labelled},
        shell::{Section, Shell, Toast},
        short_list::{Column, ShortList, ShortQuery},
    },
};

/// A member, as the pages show them.
#[expect(clippy::struct_excessive_bools, reason = "each is a badge or a button of its own")]
struct Line {
    id: UserId,
    link: String,
    name: String,
    email: String,
    role: Role,
    role_name: String,
    since: Timestamp,
    disabled: bool,
    /// Whether an admin of this tenant can let them sign in again.
    disabled_here: bool,
    /// Until when the link is good of who has not arrived yet.
    invited_until: Option<Timestamp>,
    expired: bool,
    second_factor: bool,
    operator: bool,
    is_self: bool,
}

impl Line {
    fn new(one: team::Member, reader: &Member, now: Timestamp) -> Self {
        Self {
            link: format!("{}/{}", Section::Team.address(&reader.place.tenant), escaped(one.user.user_id.as_str())),
            is_self: one.user.user_id == reader.person.user_id,
            id: one.user.user_id,
            name: one.user.name,
            email: one.user.email.to_string(),
            role: one.role,
            role_name: roles::name(one.role),
            since: one.member_since,
            disabled: one.user.disabled_at.is_some(),
            disabled_here: one.disabled_by.as_ref() == Some(&reader.place.tenant),
            expired: one.invited_until.is_some_and(|until| until <= now),
            invited_until: one.invited_until,
            second_factor: one.second_factor,
            operator: one.user.operator,
        }
    }
}

impl Line {
    /// What programs call the state: that of an invitation, too.
    fn state(&self) -> &'static str {
        match self.invited_until {
            _ if self.disabled => "deactivated",
            Some(_) if self.expired => "invitation_expired",
            Some(_) => "invited",
            None => "active",
        }
    }

    fn is_in(&self, view: &str) -> bool {
        match view {
            "active" => self.state() == "active",
            "invited" => !self.disabled && self.invited_until.is_some(),
            "deactivated" => self.disabled,
            _ => true,
        }
    }

    fn texts(&self) -> Vec<&str> {
        vec![&self.name, &self.email]
    }

    fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }
}

fn roles() -> Vec<Choice> {
    Role::ALL.iter().map(|role| Choice::new(role.as_str(), roles::name(*role)).hinted(roles::meaning(*role))).collect()
}

#[derive(Template)]
#[template(path = "team/index.html", blocks = ["main"])]
struct TeamPage<'a> {
    shell: &'a Shell,
    query: &'a ShortQuery,
    list: ShortList<Line>,
    roles: &'a [Choice],
}

/// Lists the team.
pub(crate) async fn index(
    member: Member,
    query: Query<ShortQuery>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let lines = lines(&app, &member).await?;
    let shell = member.shell(Section::Team, t!("team-title"));
    let list = query.list(&shell.at("/team"), lines, &VIEWS, &columns(), Line::is_in, Line::texts);
    let page = TeamPage { shell: &shell, query: &query, list, roles: &roles() };
    html::answer(&want, StatusCode::OK, &shell, &page, &page.as_main())
}

async fn lines(app: &App, member: &Member) -> Result<Vec<Line>, WebError> {
    let team = team::list(&app.db, &member.place.tenant).await?.into_iter();
    Ok(team.map(|one| Line::new(one, member, app.now())).collect())
}

/// The views of the list, each with the key of its name.
const VIEWS: [(&str, &str); 4] = [
    ("", "team-view-all"),
    ("active", "team-view-active"),
    ("invited", "team-view-invited"),
    ("deactivated", "team-view-deactivated"),
];

fn columns() -> [Column<Line>; 3] {
    [
        Column { name: "name", label: "team-member", class: "", compare: |a, b| key(&a.name).cmp(&key(&b.name)) },
        Column { name: "role", label: "team-role", class: "", compare: |a, b| a.role.cmp(&b.role) },
        Column { name: "since", label: "team-since", class: "col-2", compare: |a, b| a.since.cmp(&b.since) },
    ]
}

/// What names are sorted by.
fn key(name: &str) -> String {
    name.to_lowercase()
}

const COLUMNS: [&str; 8] = ["id", "name", "email", "role", "member_since", "state", "invited_until", "second_factor"];

/// Gives the team, narrowed and sorted as it is shown, as a file.
pub(crate) async fn export(member: Member, query: Query<ShortQuery>, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let zone = member.place.zone;
    let lines = query.all(lines(&app, &member).await?, &columns(), Line::is_in, Line::texts);
    let lines: String = lines
        .into_iter()
        .map(|one| {
            let state = one.state();
            csv::line([
                one.id.as_str().to_owned(),
                one.name,
                one.email,
                one.role.as_str().to_owned(),
                format::iso(one.since, zone),
                state.to_owned(),
                one.invited_until.map(|until| format::iso(until, zone)).unwrap_or_default(),
                if one.second_factor { "yes" } else { "no" }.to_owned(),
            ])
        })
        .collect();
    // A team is never so large that it would not fit into one part.
    Ok(csv::download("team", &COLUMNS, lines, |lines| async move { Ok((lines, Step::End)) }))
}

/// The form for a new member.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct NewForm {
    email: String,
    name: String,
    role: String,
}

#[derive(Template)]
#[template(path = "team/new.html", blocks = ["main"])]
struct NewPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    form: &'a NewForm,
    roles: &'a [Choice],
}

/// Shows the form for a new member.
pub(crate) async fn new_form(member: Member, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let form = NewForm { role: Role::Agent.as_str().to_owned(), ..NewForm::default() };
    show_new(&member, &want, &form, &Errors::default())
}

fn show_new(member: &Member, want: &Want, form: &NewForm, errors: &Errors) -> Result<HttpResponse, WebError> {
    let (shell, status) = errors.mark(member.shell(Section::Team, t!("team-add")));
    let page = NewPage { shell: &shell, errors, form, roles: &roles() };
    html::answer(want, status, &shell, &page, &page.as_main())
}

/// Adds a member, and shows the link with which they choose a password.
pub(crate) async fn add(
    member: Member,
    want: Want,
    app: Data<App>,
    form: Protected<NewForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let form = form.0;
    let mut errors = Errors::default();
    let email = errors.check("email", Email::parse(&form.email));
    let name = errors.check("name", name::parse(&form.name));
    let role = errors.check("role", Role::parse(&form.role));
    let (Some(email), Some(name), Some(role)) = (email, name, role) else {
        return show_new(&member, &want, &form, &errors);
    };
    match links::invite(&app, &member.caller(), &email, &name, role).await {
        Ok((_, token)) => show_link(&member, &want, &app, &t!("team-invited-title"), &name, &token),
        Err(AccessError::Refused(
            refusal @ (AccessRefusal::MemberAlready | AccessRefusal::EmailElsewhere(_) | AccessRefusal::EmailTaken(_)),
        )) => {
            errors.add("email", refusal);
            show_new(&member, &want, &form, &errors)
        }
        Err(error) => Err(error.into()),
    }
}

fn show_link(
    member: &Member,
    want: &Want,
    app: &App,
    title: &str,
    name: &str,
    token: &LinkToken,
) -> Result<HttpResponse, WebError> {
    let path = Address::new("/admin/login/password".to_owned()).and("token", token.as_str());
    let given = Given {
        list: t!("team-title"),
        back: Section::Team.address(&member.place.tenant),
        text: t!("team-link-about", name = name),
        heading: t!("team-link"),
        warning: t!("team-link-once"),
        secrets: vec![Labelled { label: t!("team-link"), value: format!("{}{path}", app.settings.base_url()) }],
    };
    given.show(want, &member.shell(Section::Team, title))
}

#[derive(Template)]
#[template(path = "team/member.html", blocks = ["main"])]
struct MemberPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    member: &'a Line,
    role: &'a str,
    roles: &'a [Choice],
    /// Whether only the operator may touch more than their role here.
    shared: bool,
}

async fn find(reader: &Member, app: &App, user_id: &str) -> Result<Line, WebError> {
    let team = team::list(&app.db, &reader.place.tenant).await?;
    let found = team.into_iter().find(|one| one.user.user_id.as_str() == user_id);
    found.map(|one| Line::new(one, reader, app.now())).ok_or(WebError::NotFound)
}

async fn show_member(
    reader: &Member,
    want: &Want,
    app: &App,
    line: &Line,
    role: &str,
    errors: &Errors,
) -> Result<HttpResponse, WebError> {
    let (shell, status) = errors.mark(reader.shell(Section::Team, &line.name));
    let shared = line.operator || users::memberships(&app.db, &line.id).await?.len() > 1;
    let page = MemberPage { shell: &shell, errors, member: line, role, roles: &roles(), shared };
    html::answer(want, status, &shell, &page, &page.as_main())
}

/// The part of the path that names a member.
type OfMember = Path<(String, String)>;

/// Shows a member.
pub(crate) async fn show(reader: Member, path: OfMember, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    reader.require(&app, Role::Admin).await?;
    let line = find(&reader, &app, &path.1).await?;
    show_member(&reader, &want, &app, &line, line.role.as_str(), &Errors::default()).await
}

/// The form for another role.
#[derive(Deserialize)]
pub(crate) struct RoleForm {
    #[serde(default)]
    role: String,
}

/// Changes what a member may do.
pub(crate) async fn set_role(
    reader: Member,
    path: OfMember,
    want: Want,
    app: Data<App>,
    form: Protected<RoleForm>,
) -> Result<HttpResponse, WebError> {
    reader.require(&app, Role::Admin).await?;
    let line = find(&reader, &app, &path.1).await?;
    let mut errors = Errors::default();
    if let Some(role) = errors.check("role", Role::parse(&form.0.role)) {
        match team::set_role(&app, &reader.caller(), &line.id, role).await {
            Ok(()) => {
                reader.toast(Toast::new(t!("team-role-changed")))?;
                // Who took their own rights away cannot see the team any more.
                let stays = !line.is_self || role == Role::Admin;
                let team = Section::Team.address(&reader.place.tenant);
                return Ok(html::see_other(if stays { &team } else { "/admin" }));
            }
            Err(AccessError::Refused(refusal @ AccessRefusal::LastAdmin(_))) => errors.add("role", refusal),
            Err(error) => return Err(error.into()),
        }
    }
    show_member(&reader, &want, &app, &line, &form.0.role, &errors).await
}

/// Makes a link with which a member chooses a new password, or an invited one their first.
pub(crate) async fn make_link(
    reader: Member,
    path: OfMember,
    want: Want,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    reader.require(&app, Role::Admin).await?;
    let line = find(&reader, &app, &path.1).await?;
    let token = links::make_for_member(&app, &reader.caller(), &line.id).await?;
    show_link(&reader, &want, &app, &t!("team-link-made"), &line.name, &token)
}

/// Asks before a member is removed, or an invitation taken back.
pub(crate) async fn confirm_removal(
    reader: Member,
    path: OfMember,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    reader.require(&app, Role::Admin).await?;
    let Line { name, email, link, invited_until, .. } = find(&reader, &app, &path.1).await?;
    let (action, back) = (format!("{link}/remove"), link);
    let confirm = if invited_until.is_some() {
        Confirm {
            question: t!("team-revoke-question", name = name),
            sentences: vec![t!("team-revoke-means")],
            keep: t!("team-revoke-keep"),
            act: t!("team-revoke"),
            action,
            back,
        }
    } else {
        Confirm {
            question: t!("team-remove-question", name = name),
            sentences: vec![
                t!("team-remove-means", email = email, tenant = &reader.place.name),
                t!("team-remove-stays"),
            ],
            keep: t!("team-keep"),
            act: t!("team-remove"),
            action,
            back,
        }
    };
    let title = confirm.act.clone();
    confirm.ask(&want, &reader.shell(Section::Team, &title))
}

/// Removes a member, or takes an invitation back.
pub(crate) async fn remove(
    reader: Member,
    path: OfMember,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    reader.require(&app, Role::Admin).await?;
    let line = find(&reader, &app, &path.1).await?;
    team::remove(&app, &reader.caller(), &line.id).await?;
    let revoked = line.invited_until.is_some();
    reader.toast(Toast::new(if revoked { t!("team-revoked") } else { t!("team-removed") }))?;
    let team = Section::Team.address(&reader.place.tenant);
    Ok(html::see_other(if line.is_self { "/admin" } else { &team }))
}

/// Asks before a member is deactivated.
pub(crate) async fn confirm_deactivation(
    reader: Member,
    path: OfMember,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    reader.require(&app, Role::Admin).await?;
    let line = find(&reader, &app, &path.1).await?;
    let confirm = Confirm {
        question: t!("team-deactivate-question", name = line.name),
        sentences: vec![t!("team-deactivate-means", email = line.email), t!("team-deactivate-stays")],
        action: format!("{}/deactivate", line.link),
        back: line.link,
        keep: t!("team-keep-active"),
        act: t!("team-deactivate"),
    };
    confirm.ask(&want, &reader.shell(Section::Team, t!("team-deactivate")))
}

/// Keeps a member from signing in, and ends their sessions.
pub(crate) async fn deactivate(
    reader: Member,
    path: OfMember,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    reader.require(&app, Role::Admin).await?;
    let line = find(&reader, &app, &path.1).await?;
    team::deactivate(&app, &reader.caller(), &line.id).await?;
    reader.toast(Toast::new(t!("team-deactivated")))?;
    Ok(html::see_other(&line.link))
}

/// Lets a member sign in again.
pub(crate) async fn reactivate(
    reader: Member,
    path: OfMember,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    reader.require(&app, Role::Admin).await?;
    let line = find(&reader, &app, &path.1).await?;
    team::reactivate(&app, &reader.caller(), &line.id).await?;
    reader.toast(Toast::new(t!("team-reactivated")))?;
    Ok(html::see_other(&line.link))
}

/// Asks before a second factor is taken away.
pub(crate) async fn confirm_reset(
    reader: Member,
    path: OfMember,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    reader.require(&app, Role::Admin).await?;
    let line = find(&reader, &app, &path.1).await?;
    let confirm = Confirm {
        question: t!("team-reset-question", name = &line.name),
        sentences: vec![t!("team-reset-means", name = &line.name), t!("team-reset-ask")],
        action: format!("{}/reset-second-factor", line.link),
        back: line.link,
        keep: t!("team-reset-keep"),
        act: t!("team-reset"),
    };
    confirm.ask(&want, &reader.shell(Section::Team, t!("team-reset")))
}

/// Takes the second factor of a member away who lost it.
pub(crate) async fn reset_second_factor(
    reader: Member,
    path: OfMember,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    reader.require(&app, Role::Admin).await?;
    let line = find(&reader, &app, &path.1).await?;
    team::reset_second_factor(&app, &reader.caller(), &line.id).await?;
    reader.toast(Toast::new(t!("team-reset-done")))?;
    Ok(html::see_other(&line.link))
}
