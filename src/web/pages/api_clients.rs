//! `/admin/{tenant}/api-clients`: the programs that may use the API.

use std::collections::HashMap;

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;
use serde::Deserialize;

use crate::{
    app::App,
    domain::{
        ids::ClientId,
        name,
        role::Role,
        scope::{Scope, Scopes},
        time::Timestamp,
    },
    service::{api_clients, team},
    web::{
        access::Member,
        confirm::Confirm,
        error::WebError,
        filters,
        form::{self, Button, Choice, Errors, Protected},
        html::{self, Want},
        query::escaped,
        secret::{Given, Labelled},
        shell::{Section, Shell, Toast},
    },
};

/// A client, as the list shows it.
struct Line {
    id: ClientId,
    name: String,
    scopes: Vec<String>,
    created_by: String,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    revoke: String,
}

#[derive(Template)]
#[template(path = "api_clients/index.html", blocks = ["main"])]
struct ClientsPage<'a> {
    shell: &'a Shell,
    clients: &'a [Line],
}

/// Lists the clients, those in use first.
pub(crate) async fn index(member: Member, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let tenant = &member.place.tenant;
    let names: HashMap<String, String> = team::list(&app.db, tenant)
        .await?
        .into_iter()
        .map(|one| (one.user.user_id.as_str().to_owned(), one.user.name))
        .collect();
    let mut lines: Vec<Line> = api_clients::list(&app.db, tenant)
        .await?
        .into_iter()
        .map(|one| Line {
            revoke: format!("{}/{}/revoke", Section::ApiClients.address(tenant), escaped(one.client_id.as_str())),
            name: one.name,
            scopes: one.scopes.split(' ').map(str::to_owned).collect(),
            created_by: names.get(&one.created_by).cloned().unwrap_or(one.created_by),
            created_at: one.created_at,
            last_used_at: one.last_used_at,
            revoked_at: one.revoked_at,
            id: one.client_id,
        })
        .collect();
    lines.sort_by_key(|line| line.revoked_at.is_some());
    let shell = member.shell(Section::ApiClients, "API clients");
    let page = ClientsPage { shell: &shell, clients: &lines };
    html::answer(&want, StatusCode::OK, &shell, &page, &page.as_main())
}

/// The form for a new client.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct NewForm {
    name: String,
    #[serde(deserialize_with = "form::several")]
    scope: Vec<String>,
}

#[derive(Template)]
#[template(path = "api_clients/new.html", blocks = ["main"])]
struct NewPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    form: &'a NewForm,
    scopes: &'a [Choice],
}

/// Shows the form for a new client.
pub(crate) async fn new_form(member: Member, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    show_new(&member, &want, &NewForm::default(), &Errors::default())
}

fn show_new(member: &Member, want: &Want, form: &NewForm, errors: &Errors) -> Result<HttpResponse, WebError> {
    let (shell, status) = errors.mark(member.shell(Section::ApiClients, "Create client"));
    let scopes: Vec<Choice> =
        Scope::ALL.iter().map(|scope| Choice::new(scope.as_str(), scope.as_str()).hinted(scope.meaning())).collect();
    let page = NewPage { shell: &shell, errors, form, scopes: &scopes };
    html::answer(want, status, &shell, &page, &page.as_main())
}

/// Makes a client, and shows its secret once.
pub(crate) async fn create(
    member: Member,
    want: Want,
    app: Data<App>,
    form: Protected<NewForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let form = form.0;
    let mut errors = Errors::default();
    let name = errors.check("name", name::parse(&form.name));
    let scopes = form.scope.iter().map(|scope| Scope::parse(scope)).collect::<Result<Scopes, _>>();
    let scopes = errors.check("scope", scopes);
    if scopes.as_ref().is_some_and(Scopes::is_empty) {
        errors.add("scope", "Choose at least one thing that the client may do.");
    }
    let (Some(name), Some(scopes), true) = (name, scopes, errors.is_empty()) else {
        return show_new(&member, &want, &form, &errors);
    };
    let new = api_clients::create(&app, &member.caller(), &name, &scopes).await?;
    let given = Given {
        list: "API clients".to_owned(),
        back: Section::ApiClients.address(&member.place.tenant),
        text: format!("Put these into the settings of {name}. With them it gets tokens at /oauth/token."),
        heading: "Credentials".to_owned(),
        warning: "The secret is shown only now. Copy it to where it is needed.".to_owned(),
        secrets: vec![
            Labelled { label: "Client id".to_owned(), value: new.client_id.to_string() },
            Labelled { label: "Client secret".to_owned(), value: new.client_secret },
        ],
    };
    given.show(&want, &member.shell(Section::ApiClients, "Client created"))
}

/// The part of the path that names a client.
type OfClient = Path<(String, String)>;

/// Asks before a client is revoked.
pub(crate) async fn confirm_revocation(
    member: Member,
    path: OfClient,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let id = ClientId::parse(&path.1).map_err(|_no_id| WebError::NotFound)?;
    let client = api_clients::find(&app.db, &member.place.tenant, &id).await?.ok_or(WebError::NotFound)?;
    let list = Section::ApiClients.address(&member.place.tenant);
    let confirm = Confirm {
        question: format!("Revoke the client {}?", client.name),
        sentences: vec![
            "Its tokens, and the customer tokens it made, end within two seconds: what uses them stops working."
                .to_owned(),
            "What it did stays in the history. A revoked client cannot be brought back; create a new one instead."
                .to_owned(),
        ],
        action: format!("{list}/{}/revoke", escaped(id.as_str())),
        back: list,
        keep: "Keep client".to_owned(),
        act: "Revoke client".to_owned(),
    };
    confirm.ask(&want, &member.shell(Section::ApiClients, "Revoke client"))
}

/// Revokes a client.
pub(crate) async fn revoke(
    member: Member,
    path: OfClient,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let id = ClientId::parse(&path.1).map_err(|_no_id| WebError::NotFound)?;
    api_clients::revoke(&app, &member.caller(), &id).await?;
    member.toast(Toast::new("Client revoked"))?;
    Ok(html::see_other(&Section::ApiClients.address(&member.place.tenant)))
}
