//! What is sent to the endpoints, try by try.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use serde::Deserialize;
use serde_json::Value;

use super::{home, name_of};
use crate::{
    app::App,
    domain::{delivery::DeliveryState, event::EventType, role::Role, time::Timestamp},
    service::webhooks::{
        self,
        deliveries::{self as kept, Attempt, Delivery, DeliveryFilter},
    },
    texts::t,
    web::{
        access::Member,
        csv::{self, Step},
        error::WebError,
        filters,
        form::{Button, Choice, Protected},
        format,
        html::{self, Want},
        query::{Address, escaped},
        shell::{Section, Shell, Toast},
    },
};

/// Deliveries on one page.
const ROWS: u16 = 25;

/// What the list is narrowed to, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    endpoint: String,
    state: String,
    event: String,
    /// `EVENT.ENDPOINT` of the last row of the page before.
    before: String,
}

impl Asked {
    fn filter(&self) -> DeliveryFilter {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        DeliveryFilter {
            endpoint: given(&self.endpoint),
            state: DeliveryState::parse(&self.state).ok(),
            event_type: EventType::parse(&self.event).ok().map(|one| one.to_string()),
        }
    }

    /// The address of this list on its first page, without one of its filters.
    fn address(&self, path: &str, left_out: &str) -> Address {
        [("endpoint", &self.endpoint), ("state", &self.state), ("event", &self.event)]
            .into_iter()
            .filter(|(name, value)| *name != left_out && !value.is_empty())
            .fold(Address::new(path.to_owned()), |address, (name, value)| address.and(name, value))
    }
}

fn state_name(state: DeliveryState) -> String {
    match state {
        DeliveryState::Pending => t!("webhooks-pending"),
        DeliveryState::Delivered => t!("webhooks-delivered"),
        DeliveryState::Parked => t!("webhooks-is-parked"),
    }
}

/// A delivery, as pages show it.
struct Line {
    link: String,
    event_type: String,
    event_id: String,
    endpoint: String,
    endpoint_link: String,
    url: String,
    state: String,
    /// The look of the state's badge.
    mark: &'static str,
    parked: bool,
    tries: i64,
    next_at: Option<Timestamp>,
    under_way: bool,
    paused: bool,
    created_at: Timestamp,
    done_at: Option<Timestamp>,
}

impl Line {
    fn new(one: &Delivery, member: &Member) -> Self {
        let endpoint_link = super::address(member, &one.endpoint_id);
        let (state, mark) = match one.state {
            DeliveryState::Pending if one.round_tries > 0 => (t!("webhooks-trying-again"), "badge-caut"),
            DeliveryState::Pending => (state_name(one.state), "badge-azure"),
            DeliveryState::Delivered => (state_name(one.state), "badge-pos"),
            DeliveryState::Parked => (state_name(one.state), "badge-crit"),
        };
        Self {
            link: format!("{endpoint_link}/events/{}", escaped(&one.event_id)),
            event_type: one.event_type.clone(),
            event_id: one.event_id.clone(),
            endpoint: name_of(&one.description, &one.url),
            endpoint_link,
            url: one.url.clone(),
            state,
            mark,
            parked: one.state == DeliveryState::Parked,
            tries: one.tries,
            // The end of a lease is nobody's next try.
            next_at: one.next_at.filter(|_| !one.under_way && !one.endpoint_paused),
            under_way: one.under_way,
            paused: one.endpoint_paused && one.state == DeliveryState::Pending,
            created_at: one.created_at,
            done_at: one.done_at,
        }
    }
}

struct Chip {
    label: String,
    without: String,
}

#[derive(Template)]
#[template(path = "webhooks/deliveries.html", blocks = ["list", "main"])]
struct DeliveriesPage<'a> {
    shell: &'a Shell,
    asked: &'a Asked,
    endpoints: Vec<Choice>,
    states: Vec<Choice>,
    types: Vec<Choice>,
    chips: Vec<Chip>,
    lines: Vec<Line>,
    /// The same list as a file.
    export: String,
    newest: Option<String>,
    older: Option<String>,
}

/// Lists deliveries, the newest first.
pub(crate) async fn list(
    member: Member,
    asked: Query<Asked>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let asked = asked.into_inner();
    let tenant = &member.place.tenant;
    let shell = member.shell(Section::Webhooks, t!("webhooks-deliveries"));
    let path = format!("{}/deliveries", home(&member));
    let filter = asked.filter();
    let page = kept::list(&app.db, tenant, &filter, asked.before.split_once('.'), ROWS).await?;
    let endpoints: Vec<Choice> = webhooks::list(&app.db, tenant)
        .await?
        .iter()
        .map(|one| Choice::new(&one.id, name_of(&one.draft.description, one.draft.url.as_str())))
        .collect();
    let endpoint = filter.endpoint.as_ref().map(|id| {
        let known = endpoints.iter().find(|choice| choice.value == *id);
        known.map_or_else(|| t!("webhooks-unknown-endpoint"), |choice| choice.label.clone())
    });
    let labels =
        [("endpoint", endpoint), ("state", filter.state.map(state_name)), ("event", filter.event_type.clone())];
    let chips = labels
        .into_iter()
        .filter_map(|(name, label)| label.map(|label| Chip { label, without: asked.address(&path, name).to_string() }));
    let last = page.deliveries.last().filter(|_| page.more);
    let view = DeliveriesPage {
        states: DeliveryState::ALL.iter().map(|state| Choice::new(state.as_str(), state_name(*state))).collect(),
        types: EventType::ALL.iter().map(|one| Choice::new(one.as_str(), one.as_str())).collect(),
        chips: chips.collect(),
        lines: page.deliveries.iter().map(|one| Line::new(one, &member)).collect(),
        export: asked.address(&format!("{path}.csv"), "").to_string(),
        newest: (!asked.before.is_empty()).then(|| asked.address(&path, "").to_string()),
        older: last.map(|one| {
            asked.address(&path, "").and("before", &format!("{}.{}", one.event_id, one.endpoint_id)).to_string()
        }),
        endpoints,
        shell: &shell,
        asked: &asked,
    };
    if want.is_part("deliveries-list") {
        let here = asked.address(&path, "").and("before", &asked.before).without_empty();
        return html::list(&shell, &here, &view.as_list());
    }
    html::answer(&want, StatusCode::OK, &shell, &view, &view.as_main())
}

/// Deliveries that an export reads at once.
const EXPORTED: u16 = 1_000;

const COLUMNS: [&str; 10] =
    ["event", "type", "endpoint", "url", "state", "tries", "under_way", "created_at", "next_at", "done_at"];

/// Gives the deliveries, narrowed as they are shown, as a file.
pub(crate) async fn export(member: Member, asked: Query<Asked>, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let (tenant, zone, filter) = (member.place.tenant.clone(), member.place.zone, asked.filter());
    let read = move |before: Option<(String, String)>| {
        let (app, tenant, filter) = (app.clone(), tenant.clone(), filter.clone());
        async move {
            let place = before.as_ref().map(|(event, endpoint)| (event.as_str(), endpoint.as_str()));
            let page = kept::list(&app.db, &tenant, &filter, place, EXPORTED).await?;
            let lines: String = page.deliveries.iter().map(|one| csv::line(cells(one, zone))).collect();
            let last = page.deliveries.last().filter(|_| page.more);
            let next = last.map(|one| Step::Page(Some((one.event_id.clone(), one.endpoint_id.clone()))));
            Ok((lines, next.unwrap_or(Step::End)))
        }
    };
    Ok(csv::download("deliveries", &COLUMNS, None, read))
}

fn cells(one: &Delivery, zone: chrono_tz::Tz) -> [String; 10] {
    let time = |at: Option<Timestamp>| at.map(|at| format::iso(at, zone)).unwrap_or_default();
    [
        one.event_id.clone(),
        one.event_type.clone(),
        one.endpoint_id.clone(),
        one.url.clone(),
        one.state.as_str().to_owned(),
        one.tries.to_string(),
        if one.under_way { "yes" } else { "no" }.to_owned(),
        format::iso(one.created_at, zone),
        time(one.next_at),
        time(one.done_at),
    ]
}

/// A try, as its page shows it.
struct Try {
    number: i64,
    at: Timestamp,
    millis: i64,
    /// What the endpoint answered, or why it did not.
    result: String,
    taken: bool,
    answer: Option<String>,
}

impl Try {
    fn new(one: &Attempt) -> Self {
        let status = one.status.map(|status| t!("webhooks-answered", status = status));
        let taken = one.error.is_none();
        Self {
            number: one.number,
            at: one.attempted_at,
            millis: one.duration_millis,
            result: if taken { status.unwrap_or_default() } else { sentence(one.error.as_deref().unwrap_or_default()) },
            taken,
            answer: one.answer.clone(),
        }
    }
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[derive(Template)]
#[template(path = "webhooks/delivery.html", blocks = ["main"])]
struct DeliveryPage<'a> {
    shell: &'a Shell,
    line: Line,
    tries: Vec<Try>,
    /// The head of the newest request.
    head: Option<String>,
    /// The body, a field on each line.
    body: String,
}

/// The part of the path that names a delivery.
type OfDelivery = Path<(String, String, String)>;

/// Shows one delivery.
pub(crate) async fn show(
    member: Member,
    path: OfDelivery,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let found = kept::find(&app.db, &member.place.tenant, &path.1, &path.2).await?.ok_or(WebError::NotFound)?;
    let pretty = serde_json::from_str::<Value>(&found.body).and_then(|body| serde_json::to_string_pretty(&body));
    let shell = member.shell(Section::Webhooks, found.delivery.event_type.as_str());
    let view = DeliveryPage {
        line: Line::new(&found.delivery, &member),
        tries: found.attempts.iter().map(Try::new).collect(),
        head: found.attempts.first().map(|newest| head_of(newest, &found.delivery.event_id)),
        body: pretty.unwrap_or_else(|_no_json| found.body.clone()),
        shell: &shell,
    };
    html::answer(&want, StatusCode::OK, &shell, &view, &view.as_main())
}

/// The head of a request as it was sent, without what every request has.
fn head_of(attempt: &Attempt, event_id: &str) -> String {
    let secs = attempt.attempted_at.micros().div_euclid(1_000_000);
    format!(
        "POST {}\ncontent-type: application/json\nwebhook-id: {event_id}\nwebhook-timestamp: {secs}\nwebhook-signature: {}",
        attempt.url, attempt.signature
    )
}

/// Sends an event again.
pub(crate) async fn again(
    member: Member,
    path: OfDelivery,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    kept::send_again(&app, &member.caller(), &path.1, &path.2).await?;
    member.toast(Toast::new(t!("webhooks-sent")))?;
    Ok(html::see_other(&format!("{}/events/{}", super::address(&member, &path.1), escaped(&path.2))))
}
