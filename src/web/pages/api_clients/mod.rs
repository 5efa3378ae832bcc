//! `/admin/{tenant}/api-clients`: the programs that may use the API.

mod list;

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use askama::Template;
use serde::Deserialize;

pub(crate) use list::{export, index};

use crate::{
    app::App,
    domain::{
        ids::ClientId,
        name,
        role::Role,
        scope::{Scope, Scopes},
        time::Timestamp,
        token,
    },
    service::api_clients::{self, ApiClient, OldSecret},
    texts::t,
    web::{
        access::Member,
        confirm::Confirm,
        error::WebError,
        filters,
        form::{self, Button, Choice, Errors, Protected},
        html::{self, Want},
        query::escaped,
        scopes,
        secret::{Given, Labelled},
        shell::{Section, Shell, Toast},
    },
};

/// The two answers to what becomes of the present secret.
const OVERLAPS: &str = "overlaps";
const AT_ONCE: &str = "at-once";

/// The address of what is done to a client.
fn address(member: &Member, client_id: &ClientId) -> String {
    format!("{}/{}", Section::ApiClients.address(&member.place.tenant), escaped(client_id.as_str()))
}

/// The form for a new client.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct NewForm {
    name: String,
    #[serde(deserialize_with = "form::several")]
    scope: Vec<String>,
    rate: String,
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
    let (shell, status) = errors.mark(member.shell(Section::ApiClients, t!("api-clients-create")));
    let scopes: Vec<Choice> = Scope::ALL
        .iter()
        .map(|scope| Choice::new(scope.as_str(), scope.as_str()).hinted(scopes::meaning(*scope)))
        .collect();
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
        errors.add("scope", t!("api-clients-no-scope"));
    }
    let rate = errors.check("rate", token::rate(&form.rate));
    let (Some(name), Some(scopes), Some(rate), true) = (name, scopes, rate, errors.is_empty()) else {
        return show_new(&member, &want, &form, &errors);
    };
    let new = api_clients::create_with(&app, &member.caller(), &name, &scopes, rate).await?;
    let given = Given {
        list: t!("api-clients-title"),
        back: Section::ApiClients.address(&member.place.tenant),
        text: t!("api-clients-created-about", name = name),
        heading: t!("api-clients-credentials"),
        warning: t!("api-clients-secret-once"),
        secrets: vec![
            Labelled { label: t!("api-clients-id"), value: new.client_id.to_string() },
            Labelled { label: t!("api-clients-secret"), value: new.client_secret },
        ],
    };
    given.show(&want, &member.shell(Section::ApiClients, t!("api-clients-created")))
}

/// The part of the path that names a client.
type OfClient = Path<(String, String)>;

/// A client that is not revoked.
async fn find(member: &Member, app: &App, id: &str) -> Result<ApiClient, WebError> {
    let id = ClientId::parse(id).map_err(|_no_id| WebError::NotFound)?;
    let client = api_clients::find(&app.db, &member.place.tenant, &id).await?;
    client.filter(|client| client.revoked_at.is_none()).ok_or(WebError::NotFound)
}

#[derive(Template)]
#[template(path = "api_clients/rotate.html", blocks = ["main"])]
struct RotatePage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    name: &'a str,
    action: &'a str,
    old: &'a str,
    choices: &'a [Choice],
    /// Until when the secret before is good, which would end now.
    old_until: Option<Timestamp>,
}

/// Asks what becomes of the present secret.
pub(crate) async fn ask_rotation(
    member: Member,
    path: OfClient,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let client = find(&member, &app, &path.1).await?;
    show_rotation(&member, &want, &app, &client, OVERLAPS, &Errors::default())
}

fn show_rotation(
    member: &Member,
    want: &Want,
    app: &App,
    client: &ApiClient,
    old: &str,
    errors: &Errors,
) -> Result<HttpResponse, WebError> {
    let (shell, status) = errors.mark(member.shell(Section::ApiClients, t!("api-clients-rotate")));
    let choices = [
        Choice::new(OVERLAPS, t!("api-clients-overlap")).hinted(t!("api-clients-overlap-hint")),
        Choice::new(AT_ONCE, t!("api-clients-at-once")).hinted(t!("api-clients-at-once-hint")),
    ];
    let page = RotatePage {
        shell: &shell,
        errors,
        name: &client.name,
        action: &format!("{}/rotate", address(member, &client.client_id)),
        old,
        choices: &choices,
        old_until: client.old_secret_until.filter(|until| app.now() < *until),
    };
    html::answer(want, status, &shell, &page, &page.as_main())
}

/// The form for a new secret.
#[derive(Deserialize)]
pub(crate) struct RotateForm {
    #[serde(default)]
    old: String,
}

/// Makes a new secret, and shows it once.
pub(crate) async fn rotate(
    member: Member,
    path: OfClient,
    want: Want,
    app: Data<App>,
    form: Protected<RotateForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let client = find(&member, &app, &path.1).await?;
    let old = match form.0.old.as_str() {
        OVERLAPS => OldSecret::Overlaps,
        AT_ONCE => OldSecret::EndsAtOnce,
        other => {
            let mut errors = Errors::default();
            errors.add("old", t!("api-clients-choose"));
            return show_rotation(&member, &want, &app, &client, other, &errors);
        }
    };
    let secret = api_clients::rotate(&app, &member.caller(), &client.client_id, old).await?;
    let given = Given {
        list: t!("api-clients-title"),
        back: Section::ApiClients.address(&member.place.tenant),
        text: if old == OldSecret::Overlaps {
            t!("api-clients-rotated-overlap", name = client.name)
        } else {
            t!("api-clients-rotated-at-once", name = client.name)
        },
        heading: t!("api-clients-new-secret"),
        warning: t!("api-clients-secret-once"),
        secrets: vec![Labelled { label: t!("api-clients-secret"), value: secret }],
    };
    given.show(&want, &member.shell(Section::ApiClients, t!("api-clients-rotated")))
}

/// Ends the secret before the present one.
pub(crate) async fn drop_old_secret(
    member: Member,
    path: OfClient,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let client = find(&member, &app, &path.1).await?;
    api_clients::drop_old_secret(&app, &member.caller(), &client.client_id).await?;
    member.toast(Toast::new(t!("api-clients-old-dropped")))?;
    Ok(html::see_other(&Section::ApiClients.address(&member.place.tenant)))
}

/// The form for a limit.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct LimitForm {
    rate: String,
}

#[derive(Template)]
#[template(path = "api_clients/limit.html", blocks = ["main"])]
struct LimitPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    name: &'a str,
    action: &'a str,
    rate: &'a str,
}

/// Asks how many requests a client may send.
pub(crate) async fn ask_limit(
    member: Member,
    path: OfClient,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let client = find(&member, &app, &path.1).await?;
    let rate = client.rate_limit.map(|rate| rate.to_string()).unwrap_or_default();
    show_limit(&member, &want, &client, &rate, &Errors::default())
}

fn show_limit(
    member: &Member,
    want: &Want,
    client: &ApiClient,
    rate: &str,
    errors: &Errors,
) -> Result<HttpResponse, WebError> {
    let (shell, status) = errors.mark(member.shell(Section::ApiClients, t!("api-clients-limit")));
    let action = format!("{}/limit", address(member, &client.client_id));
    let page = LimitPage { shell: &shell, errors, name: &client.name, action: &action, rate };
    html::answer(want, status, &shell, &page, &page.as_main())
}

/// Limits how many requests a client may send.
pub(crate) async fn set_limit(
    member: Member,
    path: OfClient,
    want: Want,
    app: Data<App>,
    form: Protected<LimitForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let client = find(&member, &app, &path.1).await?;
    let mut errors = Errors::default();
    let Some(rate) = errors.check("rate", token::rate(&form.0.rate)) else {
        return show_limit(&member, &want, &client, &form.0.rate, &errors);
    };
    api_clients::set_rate(&app, &member.caller(), &client.client_id, rate).await?;
    member.toast(Toast::new(t!("api-clients-limit-set")))?;
    Ok(html::see_other(&Section::ApiClients.address(&member.place.tenant)))
}

/// Asks before a client is revoked.
pub(crate) async fn confirm_revocation(
    member: Member,
    path: OfClient,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let client = find(&member, &app, &path.1).await?;
    let confirm = Confirm {
        question: t!("api-clients-revoke-question", name = client.name),
        sentences: vec![t!("api-clients-revoke-means"), t!("api-clients-revoke-stays")],
        action: format!("{}/revoke", address(&member, &client.client_id)),
        back: Section::ApiClients.address(&member.place.tenant),
        keep: t!("api-clients-keep"),
        act: t!("api-clients-revoke"),
    };
    confirm.ask(&want, &member.shell(Section::ApiClients, t!("api-clients-revoke")))
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
    member.toast(Toast::new(t!("api-clients-revoked")))?;
    Ok(html::see_other(&Section::ApiClients.address(&member.place.tenant)))
}
