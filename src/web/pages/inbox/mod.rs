//! `/admin/{tenant}/inbox`: what the shop sends as events, what became of each, and the secrets that vouch for them.

mod secrets;

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use serde::Deserialize;
use serde_json::Value;

pub(crate) use secrets::{add_secret, confirm_removal, remove_secret, set_up};

use crate::{
    app::App,
    domain::{
        feed::{Became, Feed, State},
        role::Role,
        time::Timestamp,
    },
    service::feeds::{
        inbox::{self, Event, EventCounts, EventFilter, EventPage},
        secrets as kept_secrets,
    },
    texts::{self, t},
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

/// Events on one page.
const ROWS: usize = 25;

/// What the list is narrowed to, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    state: String,
    feed: String,
    subject: String,
    older: String,
    newer: String,
}

impl Asked {
    fn filter(&self) -> EventFilter {
        let subject = self.subject.trim();
        EventFilter {
            state: State::parse(&self.state).ok(),
            feed: Feed::parse(&self.feed).ok(),
            subject: (!subject.is_empty()).then(|| subject.to_owned()),
        }
    }

    fn page(&self) -> EventPage {
        match (self.older.as_str(), self.newer.as_str()) {
            ("", "") => EventPage::Newest,
            ("", newer) => EventPage::NewerThan(newer.to_owned()),
            (older, _) => EventPage::OlderThan(older.to_owned()),
        }
    }

    /// The address of this list on its first page, without one of its filters.
    fn address(&self, path: &str, left_out: &str) -> Address {
        [("state", &self.state), ("feed", &self.feed), ("subject", &self.subject)]
            .into_iter()
            .filter(|(name, value)| *name != left_out && !value.is_empty())
            .fold(Address::new(path.to_owned()), |address, (name, value)| address.and(name, value))
    }
}

/// What people call a feed.
fn feed_name(feed: Feed) -> String {
    match feed {
        Feed::Orders => t!("inbox-feed-orders"),
        Feed::Emporix => t!("inbox-feed-emporix"),
    }
}

/// What people call a state.
fn state_name(state: State) -> String {
    match state {
        State::Waiting => t!("inbox-state-waiting"),
        State::Done => t!("inbox-state-done"),
        State::Nothing => t!("inbox-state-nothing"),
        State::Failed => t!("inbox-state-failed"),
    }
}

/// An event, as pages show it.
struct Line {
    link: String,
    kind: String,
    subject: Option<String>,
    feed: String,
    state: String,
    /// The look of the state's badge.
    mark: &'static str,
    outcome: String,
    failed: bool,
    at: Timestamp,
    worked_at: Option<Timestamp>,
    deliveries: i64,
    attempts: i64,
    message_id: String,
}

impl Line {
    fn new(event: &Event, shell: &Shell) -> Self {
        Self {
            link: shell.at(&format!("/inbox/{}", escaped(&event.event_id))),
            kind: if event.kind.is_empty() { t!("inbox-unnamed") } else { event.kind.clone() },
            subject: event.subject.clone(),
            feed: feed_name(event.feed),
            state: state_name(event.state),
            mark: match event.state {
                State::Waiting => "badge-azure",
                State::Done => "badge-pos",
                State::Nothing => "",
                State::Failed => "badge-crit",
            },
            outcome: event.outcome.as_deref().map(Became::told).unwrap_or_default(),
            failed: event.state == State::Failed,
            at: event.received_at,
            worked_at: event.worked_at,
            deliveries: event.deliveries,
            attempts: event.attempts,
            message_id: event.message_id.clone(),
        }
    }
}

struct Chip {
    label: String,
    without: String,
}

fn chips(asked: &Asked, path: &str) -> Vec<Chip> {
    let filter = asked.filter();
    let labels = [
        ("state", filter.state.map(state_name)),
        ("feed", filter.feed.map(feed_name)),
        ("subject", filter.subject.map(|subject| t!("inbox-about", subject = subject))),
    ];
    let chip = |(name, label): (&str, Option<String>)| {
        label.map(|label| Chip { label, without: asked.address(path, name).to_string() })
    };
    labels.into_iter().filter_map(chip).collect()
}

#[derive(Template)]
#[template(path = "inbox/index.html", blocks = ["list", "main"])]
struct InboxView<'a> {
    shell: &'a Shell,
    asked: &'a Asked,
    states: Vec<Choice>,
    feeds: Vec<Choice>,
    chips: Vec<Chip>,
    lines: Vec<Line>,
    counts: EventCounts,
    /// Whether there is a secret, without which nothing can arrive.
    is_set_up: bool,
    newer: Option<String>,
    older: Option<String>,
    /// The same list as a file.
    export: String,
}

/// Lists events, the newest first.
pub(crate) async fn index(
    member: Member,
    asked: Query<Asked>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let asked = asked.into_inner();
    let tenant = &member.place.tenant;
    let shell = member.shell(Section::Inbox, t!("inbox-title"));
    let listed = inbox::list(&app.db, tenant, &asked.filter(), &asked.page(), ROWS).await?;
    let path = shell.at("/inbox");
    let beside = |name: &str, event: Option<&Event>| {
        event.map(|event| asked.address(&path, "").and(name, &event.event_id).to_string())
    };
    let view = InboxView {
        states: State::ALL.iter().map(|state| Choice::new(state.as_str(), state_name(*state))).collect(),
        feeds: Feed::ALL.iter().map(|feed| Choice::new(feed.as_str(), feed_name(*feed))).collect(),
        chips: chips(&asked, &path),
        lines: listed.events.iter().map(|event| Line::new(event, &shell)).collect(),
        counts: inbox::counts(&app.db, tenant).await?,
        is_set_up: !kept_secrets::list(&app.db, tenant).await?.is_empty(),
        newer: beside("newer", listed.events.first().filter(|_| listed.newer)),
        export: asked.address(&shell.at("/inbox.csv"), "").to_string(),
        older: beside("older", listed.events.last().filter(|_| listed.older)),
        shell: &shell,
        asked: &asked,
    };
    if want.is_part("inbox-list") {
        let here = asked.address(&path, "").and("older", &asked.older).and("newer", &asked.newer).without_empty();
        return html::list(&shell, &here, &view.as_list());
    }
    html::answer(&want, StatusCode::OK, &shell, &view, &view.as_main())
}

/// Events that an export reads at once.
const EXPORTED: usize = 1_000;

const COLUMNS: [&str; 10] =
    ["event", "message", "feed", "type", "subject", "state", "outcome", "arrived_at", "times_arrived", "worked_at"];

/// Gives the events, narrowed as they are shown, as a file; what the shop wrote in them is not in it.
pub(crate) async fn export(member: Member, asked: Query<Asked>, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let (tenant, zone, filter) = (member.place.tenant.clone(), member.place.zone, asked.filter());
    // The file is sent when the request, and with it its language, is over.
    let language = texts::current();
    let read = move |page: EventPage| {
        let (app, tenant, filter) = (app.clone(), tenant.clone(), filter.clone());
        async move {
            let listed = inbox::list(&app.db, &tenant, &filter, &page, EXPORTED).await?;
            let lines = texts::in_language(language, || {
                listed.events.iter().map(|event| csv::line(cells(event, zone))).collect::<String>()
            });
            let last = listed.events.last().filter(|_| listed.older);
            let next = last.map(|event| Step::Page(EventPage::OlderThan(event.event_id.clone())));
            Ok((lines, next.unwrap_or(Step::End)))
        }
    };
    Ok(csv::download("inbox", &COLUMNS, EventPage::Newest, read))
}

fn cells(event: &Event, zone: chrono_tz::Tz) -> [String; 10] {
    [
        event.event_id.clone(),
        event.message_id.clone(),
        event.feed.as_str().to_owned(),
        event.kind.clone(),
        event.subject.clone().unwrap_or_default(),
        event.state.as_str().to_owned(),
        event.outcome.as_deref().map(Became::told).unwrap_or_default(),
        format::iso(event.received_at, zone),
        event.deliveries.to_string(),
        event.worked_at.map(|at| format::iso(at, zone)).unwrap_or_default(),
    ]
}

#[derive(Template)]
#[template(path = "inbox/event.html", blocks = ["main"])]
struct EventView<'a> {
    shell: &'a Shell,
    line: Line,
    /// The body, a field on each line.
    body: String,
}

/// Shows one event.
pub(crate) async fn show(
    member: Member,
    path: Path<(String, String)>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let event = inbox::find(&app.db, &member.place.tenant, &path.1).await?.ok_or(WebError::NotFound)?;
    let pretty = serde_json::from_str::<Value>(&event.body).and_then(|body| serde_json::to_string_pretty(&body));
    let shell = member.shell(Section::Inbox, t!("inbox-event"));
    let body = pretty.unwrap_or_else(|_no_json| event.body.clone());
    let view = EventView { line: Line::new(&event, &shell), body, shell: &shell };
    html::answer(&want, StatusCode::OK, &shell, &view, &view.as_main())
}

/// Gives a failed event another try.
pub(crate) async fn retry(
    member: Member,
    path: Path<(String, String)>,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    inbox::find(&app.db, &member.place.tenant, &path.1).await?.ok_or(WebError::NotFound)?;
    let retried = inbox::retry(&app, &member.caller(), &path.1).await?;
    member.toast(Toast::new(if retried { t!("inbox-retried") } else { t!("inbox-retried-already") }))?;
    let address = Section::Inbox.address(&member.place.tenant);
    Ok(html::see_other(&format!("{address}/{}", escaped(&path.1))))
}

/// Gives every failed event another try.
pub(crate) async fn retry_failed(
    member: Member,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let retried = inbox::retry_failed(&app, &member.caller()).await?;
    member.toast(Toast::new(t!("inbox-retried-all", count = retried)))?;
    Ok(html::see_other(&Section::Inbox.address(&member.place.tenant)))
}
