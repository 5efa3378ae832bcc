//! `/admin/{tenant}/team`: who works for the tenant, and what they may do.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;
use serde::Deserialize;

use crate::{
    app::App,
    domain::{access::AccessRefusal, email::Email, ids::UserId, name, role::Role, time::Timestamp},
    service::{
        access::AccessError,
        links::{self, LinkToken},
        team,
    },
    web::{
        access::Member,
        confirm::Confirm,
        error::WebError,
        filters,
        form::{Button, Choice, Errors, Protected},
        format,
        html::{self, Want},
        query::{Address, escaped},
        roles,
        secret::{Given, Labelled},
        shell::{Section, Shell, Toast},
    },
};

/// A member, as the pages show them.
struct Line {
    id: UserId,
    link: String,
    name: String,
    email: String,
    role: Role,
    since: Timestamp,
    disabled: bool,
    is_self: bool,
}

impl Line {
    fn new(one: team::Member, reader: &Member) -> Self {
        Self {
            link: format!("{}/{}", Section::Team.address(&reader.place.tenant), escaped(one.user.user_id.as_str())),
            is_self: one.user.user_id == reader.person.user_id,
            id: one.user.user_id,
            name: one.user.name,
            email: one.user.email.to_string(),
            role: one.role,
            since: one.member_since,
            disabled: one.user.disabled_at.is_some(),
        }
    }
}

impl Line {
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
    members: &'a [Line],
    members_count: String,
    roles: &'a [Choice],
}

/// Lists the team.
pub(crate) async fn index(member: Member, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let lines: Vec<Line> =
        team::list(&app.db, &member.place.tenant).await?.into_iter().map(|one| Line::new(one, &member)).collect();
    let shell = member.shell(Section::Team, "Team and roles");
    let count = i64::try_from(lines.len()).unwrap_or(i64::MAX);
    let page = TeamPage {
        shell: &shell,
        members: &lines,
        members_count: format::count(count, "member", "members"),
        roles: &roles(),
    };
    html::answer(&want, StatusCode::OK, &shell, &page, &page.as_main())
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
    let (shell, status) = errors.mark(member.shell(Section::Team, "Add member"));
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
        Ok((_, token)) => show_link(&member, &want, &app, "Member added", &name, &token),
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
        list: "Team and roles".to_owned(),
        back: Section::Team.address(&member.place.tenant),
        text: format!("Send this link to {name}. With it they choose a password and are signed in."),
        heading: "Link".to_owned(),
        warning: "The link is shown only now. It is good once, and for three days.".to_owned(),
        secrets: vec![Labelled { label: "Link".to_owned(), value: format!("{}{path}", app.settings.base_url()) }],
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
}

async fn find(reader: &Member, app: &App, user_id: &str) -> Result<Line, WebError> {
    let team = team::list(&app.db, &reader.place.tenant).await?;
    let found = team.into_iter().find(|one| one.user.user_id.as_str() == user_id);
    found.map(|one| Line::new(one, reader)).ok_or(WebError::NotFound)
}

fn show_member(
    reader: &Member,
    want: &Want,
    line: &Line,
    role: &str,
    errors: &Errors,
) -> Result<HttpResponse, WebError> {
    let (shell, status) = errors.mark(reader.shell(Section::Team, &line.name));
    let page = MemberPage { shell: &shell, errors, member: line, role, roles: &roles() };
    html::answer(want, status, &shell, &page, &page.as_main())
}

/// The part of the path that names a member.
type OfMember = Path<(String, String)>;

/// Shows a member.
pub(crate) async fn show(reader: Member, path: OfMember, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    reader.require(&app, Role::Admin).await?;
    let line = find(&reader, &app, &path.1).await?;
    show_member(&reader, &want, &line, line.role.as_str(), &Errors::default())
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
                reader.toast(Toast::new("Role changed"))?;
                // Who took their own rights away cannot see the team any more.
                let stays = !line.is_self || role == Role::Admin;
                let team = Section::Team.address(&reader.place.tenant);
                return Ok(html::see_other(if stays { &team } else { "/admin" }));
            }
            Err(AccessError::Refused(refusal @ AccessRefusal::LastAdmin(_))) => errors.add("role", refusal),
            Err(error) => return Err(error.into()),
        }
    }
    show_member(&reader, &want, &line, &form.0.role, &errors)
}

/// Makes a link with which a member chooses a new password.
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
    show_link(&reader, &want, &app, "Link made", &line.name, &token)
}

/// Asks before a member is removed.
pub(crate) async fn confirm_removal(
    reader: Member,
    path: OfMember,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    reader.require(&app, Role::Admin).await?;
    let line = find(&reader, &app, &path.1).await?;
    let confirm = Confirm {
        question: format!("Remove {} from the team?", line.name),
        sentences: vec![
            format!("{} loses access to {} at once.", line.email, reader.place.name),
            "What they did stays in the history under their name. You can add them again.".to_owned(),
        ],
        action: format!("{}/remove", line.link),
        back: line.link,
        keep: "Keep member".to_owned(),
        act: "Remove member".to_owned(),
    };
    confirm.ask(&want, &reader.shell(Section::Team, "Remove member"))
}

/// Removes a member.
pub(crate) async fn remove(
    reader: Member,
    path: OfMember,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    reader.require(&app, Role::Admin).await?;
    let line = find(&reader, &app, &path.1).await?;
    team::remove(&app, &reader.caller(), &line.id).await?;
    reader.toast(Toast::new("Member removed"))?;
    let team = Section::Team.address(&reader.place.tenant);
    Ok(html::see_other(if line.is_self { "/admin" } else { &team }))
}
