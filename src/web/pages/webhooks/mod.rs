//! `/admin/{tenant}/webhooks`: the endpoints that are told what happens, how they do, and what is sent to them.

mod acts;
mod deliveries;

use std::collections::HashMap;

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;
use serde::Deserialize;

pub(crate) use acts::{
    confirm_deletion, confirm_rotation, confirm_sending, delete, drop_old_secret, pause, resume, rotate, send_parked,
    test,
};
pub(crate) use deliveries::{again, export, list, show as show_delivery};

use crate::{
    app::App,
    domain::{
        endpoint::{EndpointDraft, PausedBy},
        event::EventType,
        invalid::FieldErrors,
        role::Role,
        time::Timestamp,
    },
    service::webhooks::{self, Endpoint, WebhookError},
    texts::t,
    web::{
        access::Member,
        error::WebError,
        facts::{Difference, Fact, differences},
        filters,
        form::{self, Choice, Errors, Protected},
        html::{self, Want},
        people,
        query::{Address, escaped},
        secret::{Given, Labelled},
        shell::{Section, Shell, Toast},
    },
};

/// The list of a tenant's endpoints.
fn home(member: &Member) -> String {
    Section::Webhooks.address(&member.place.tenant)
}

/// The page of an endpoint.
fn address(member: &Member, id: &str) -> String {
    format!("{}/{}", home(member), escaped(id))
}

async fn find(app: &App, member: &Member, id: &str) -> Result<Endpoint, WebError> {
    webhooks::find(&app.db, &member.place.tenant, id).await?.ok_or(WebError::NotFound)
}

/// What people call an endpoint: its description, or where it is.
fn name_of(description: &str, url: &str) -> String {
    if description.is_empty() { host_of(url) } else { description.to_owned() }
}

fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or(rest).to_owned()
}

/// An endpoint, as pages show it.
struct Card {
    name: String,
    url: String,
    link: String,
    types: Vec<&'static str>,
    every_type: bool,
    state: String,
    /// The look of the state's badge.
    mark: &'static str,
    gone: bool,
    paused: bool,
    failures: i64,
    waiting: i64,
    parked: i64,
    all_link: String,
    waiting_link: String,
    parked_link: String,
    last_success_at: Option<Timestamp>,
    last_failure: Option<(Timestamp, String)>,
    old_secret_until: Option<Timestamp>,
    created_at: Timestamp,
    created_by: String,
}

impl Card {
    fn new(endpoint: &Endpoint, member: &Member, open: (i64, i64), names: &people::Names, now: Timestamp) -> Self {
        let draft = &endpoint.draft;
        let deliveries = |state: &str| {
            let list = Address::new(format!("{}/deliveries", home(member)));
            list.and("endpoint", &endpoint.id).and("state", state).without_empty().to_string()
        };
        let gone = matches!(endpoint.paused, Some((_, PausedBy::Gone)));
        let (state, mark) = match (endpoint.paused, endpoint.failures) {
            (Some((_, PausedBy::Gone)), _) => (t!("webhooks-state-gone"), "badge-crit"),
            (Some(_), _) => (t!("webhooks-state-paused"), "badge-caut"),
            (None, 0) => (t!("webhooks-state-active"), "badge-pos"),
            (None, _) => (t!("webhooks-state-failing"), "badge-crit"),
        };
        Self {
            name: name_of(&draft.description, draft.url.as_str()),
            url: draft.url.to_string(),
            link: address(member, &endpoint.id),
            types: draft.event_types.iter().map(|one| one.as_str()).collect(),
            every_type: draft.event_types.len() == EventType::ALL.len(),
            state,
            mark,
            gone,
            paused: endpoint.paused.is_some(),
            failures: endpoint.failures,
            waiting: open.0,
            parked: open.1,
            all_link: deliveries(""),
            waiting_link: deliveries("pending"),
            parked_link: deliveries("parked"),
            last_success_at: endpoint.last_success_at,
            last_failure: endpoint.last_failure.clone(),
            old_secret_until: endpoint.old_secret.as_ref().map(|(_, until)| *until).filter(|until| *until > now),
            created_at: endpoint.created_at,
            created_by: names.of(&format!("employee:{}", endpoint.created_by)),
        }
    }
}

impl Card {
    fn failing(&self) -> bool {
        !self.paused && self.failures > 0
    }
}

#[derive(Template)]
#[template(path = "webhooks/index.html", blocks = ["main"])]
struct EndpointsPage<'a> {
    shell: &'a Shell,
    cards: &'a [Card],
    full: bool,
}

/// Lists the endpoints, and how they do.
pub(crate) async fn index(member: Member, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let tenant = &member.place.tenant;
    let names = people::names(&app, tenant).await?;
    let open: HashMap<String, (i64, i64)> = webhooks::open_deliveries(&app.db, tenant)
        .await?
        .into_iter()
        .map(|(id, waiting, parked)| (id, (waiting, parked)))
        .collect();
    let endpoints = webhooks::list(&app.db, tenant).await?;
    let card = |one: &Endpoint| {
        let open = open.get(&one.id).copied().unwrap_or_default();
        Card::new(one, &member, open, &names, app.now())
    };
    let cards: Vec<Card> = endpoints.iter().map(card).collect();
    let shell = member.shell(Section::Webhooks, t!("webhooks-title"));
    let full = i64::try_from(cards.len()).unwrap_or(i64::MAX) >= webhooks::ENDPOINTS_MAX;
    let page = EndpointsPage { shell: &shell, cards: &cards, full };
    html::answer(&want, StatusCode::OK, &shell, &page, &page.as_main())
}

/// The form of an endpoint.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct EndpointForm {
    version: String,
    url: String,
    description: String,
    #[serde(deserialize_with = "form::several")]
    event_types: Vec<String>,
}

impl EndpointForm {
    fn of(endpoint: &Endpoint) -> Self {
        Self {
            version: endpoint.version.to_string(),
            url: endpoint.draft.url.to_string(),
            description: endpoint.draft.description.clone(),
            event_types: endpoint.draft.event_types.iter().map(ToString::to_string).collect(),
        }
    }

    fn draft(&self, app: &App) -> Result<EndpointDraft, FieldErrors> {
        EndpointDraft::parse(&self.url, &self.description, &self.event_types, app.settings.reach())
    }
}

fn errors_of(found: &FieldErrors) -> Errors {
    Errors::found(found, |field| match field {
        "description" => "description",
        "event_types" => "event_types",
        _ => "url",
    })
}

fn choices() -> Vec<Choice> {
    EventType::ALL.iter().map(|one| Choice::new(one.as_str(), one.as_str()).hinted(meaning(*one))).collect()
}

/// When an event of a type is sent, in a sentence.
fn meaning(of: EventType) -> String {
    match of {
        EventType::PointsAdded => t!("webhooks-points-added"),
        EventType::PointsRemoved => t!("webhooks-points-removed"),
        EventType::PointsRedeemed => t!("webhooks-points-redeemed"),
        EventType::PointsExpired => t!("webhooks-points-expired"),
        EventType::PointsExpiring => t!("webhooks-points-expiring"),
        EventType::CouponIssued => t!("webhooks-coupon-issued"),
        EventType::CouponRedeemed => t!("webhooks-coupon-redeemed"),
        EventType::CustomerErased => t!("webhooks-customer-erased"),
        EventType::Test => t!("webhooks-test"),
    }
}

fn facts(draft: &EndpointDraft) -> Vec<Fact> {
    let types: Vec<&str> = draft.event_types.iter().map(|one| one.as_str()).collect();
    vec![
        Fact::new(t!("webhooks-address"), draft.url.as_str()),
        Fact::new(t!("webhooks-description"), draft.description.as_str()),
        Fact::new(t!("webhooks-events"), types.join(", ")),
    ]
}

#[derive(Template)]
#[template(path = "webhooks/endpoint.html", blocks = ["main"])]
struct EndpointPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    /// The endpoint that is changed; none for a new one.
    card: Option<&'a Card>,
    /// Where the form is posted to.
    here: &'a str,
    form: &'a EndpointForm,
    types: &'a [Choice],
    conflict: Option<&'a [Difference]>,
}

/// Shows the form for a new endpoint.
pub(crate) async fn new_form(member: Member, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let event_types = EventType::ALL.iter().map(ToString::to_string).collect();
    show_new(&member, &want, &EndpointForm { event_types, ..EndpointForm::default() }, &Errors::default())
}

fn show_new(member: &Member, want: &Want, form: &EndpointForm, errors: &Errors) -> Result<HttpResponse, WebError> {
    let (shell, status) = errors.mark(member.shell(Section::Webhooks, t!("webhooks-create")));
    let types = choices();
    let page =
        EndpointPage { shell: &shell, errors, card: None, here: &home(member), form, types: &types, conflict: None };
    html::answer(want, status, &shell, &page, &page.as_main())
}

/// Makes an endpoint, and shows its secret once.
pub(crate) async fn create(
    member: Member,
    want: Want,
    app: Data<App>,
    form: Protected<EndpointForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let form = form.0;
    let draft = match form.draft(&app) {
        Ok(draft) => draft,
        Err(found) => return show_new(&member, &want, &form, &errors_of(&found)),
    };
    match webhooks::create(&app, &member.caller(), &draft).await {
        Ok(made) => {
            let shell = member.shell(Section::Webhooks, t!("webhooks-created"));
            given(&member, &made.id, made.secret).show(&want, &shell)
        }
        Err(WebhookError::Invalid(found)) => show_new(&member, &want, &form, &errors_of(&found)),
        Err(WebhookError::TooMany) => {
            let mut errors = Errors::default();
            errors.add("url", WebhookError::TooMany);
            show_new(&member, &want, &form, &errors)
        }
        Err(error) => Err(error.into()),
    }
}

/// The page with a new secret.
fn given(member: &Member, id: &str, secret: String) -> Given {
    Given {
        list: t!("webhooks-title"),
        back: address(member, id),
        text: t!("webhooks-put"),
        heading: t!("webhooks-signing-secret"),
        warning: t!("webhooks-secret-once"),
        secrets: vec![Labelled { label: t!("webhooks-secret"), value: secret }],
    }
}

/// The part of the path that names an endpoint.
type OfEndpoint = Path<(String, String)>;

/// Shows an endpoint with its form.
pub(crate) async fn show(
    member: Member,
    path: OfEndpoint,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let endpoint = find(&app, &member, &path.1).await?;
    show_endpoint(&app, &member, &want, &endpoint, &EndpointForm::of(&endpoint), &Errors::default(), None).await
}

async fn show_endpoint(
    app: &App,
    member: &Member,
    want: &Want,
    endpoint: &Endpoint,
    form: &EndpointForm,
    errors: &Errors,
    conflict: Option<&[Difference]>,
) -> Result<HttpResponse, WebError> {
    let tenant = &member.place.tenant;
    let names = people::names(app, tenant).await?;
    let open = webhooks::open_deliveries(&app.db, tenant).await?.into_iter().find(|(id, ..)| *id == endpoint.id);
    let open = open.map(|(_, waiting, parked)| (waiting, parked)).unwrap_or_default();
    let card = Card::new(endpoint, member, open, &names, app.now());
    let (shell, status) = errors.mark(member.shell(Section::Webhooks, card.name.as_str()));
    let types = choices();
    let here = card.link.clone();
    let page = EndpointPage { shell: &shell, errors, card: Some(&card), here: &here, form, types: &types, conflict };
    let answer = html::answer(want, status, &shell, &page, &page.as_main())?;
    Ok(if conflict.is_some() { html::in_conflict(answer) } else { answer })
}

/// Changes what an endpoint is.
pub(crate) async fn save(
    member: Member,
    path: OfEndpoint,
    want: Want,
    app: Data<App>,
    form: Protected<EndpointForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let endpoint = find(&app, &member, &path.1).await?;
    let mut form = form.0;
    let seen = form.version.parse().map_err(|_none| WebError::no_version())?;
    let draft = match form.draft(&app) {
        Ok(draft) => draft,
        Err(found) => {
            return show_endpoint(&app, &member, &want, &endpoint, &form, &errors_of(&found), None).await;
        }
    };
    match webhooks::change(&app, &member.caller(), &endpoint.id, seen, &draft).await {
        Ok(()) => {
            member.toast(Toast::new(t!("webhooks-saved")))?;
            Ok(html::see_other(&address(&member, &endpoint.id)))
        }
        Err(WebhookError::Invalid(found)) => {
            show_endpoint(&app, &member, &want, &endpoint, &form, &errors_of(&found), None).await
        }
        Err(WebhookError::Stale(now)) => {
            form.version = now.version.to_string();
            let differences = differences(facts(&now.draft), facts(&draft));
            show_endpoint(&app, &member, &want, &now, &form, &Errors::default(), Some(&differences)).await
        }
        Err(error) => Err(error.into()),
    }
}
