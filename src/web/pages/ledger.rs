//! `/admin/{tenant}/ledger`: every entry of every customer.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::customer::words::{COLUMNS, actor_name, cells, kind_name, sub, title};
use crate::{
    app::App,
    domain::{actor::ActorKind, calendar, ledger::entry::EntryKind, time::Timestamp},
    service::history::{self, LedgerFilter, LedgerPage, LedgerPlace, Story, Writer},
    texts::t,
    web::{
        access::Member,
        csv::{self, Step},
        error::WebError,
        filters,
        form::Choice,
        format,
        html::{self, Want},
        query::{Address, customer_page, escaped},
        shell::{Section, Shell},
    },
};

/// Entries on one page.
const ROWS: usize = 25;
/// Entries that an export reads at once.
const EXPORTED: usize = 1_000;

/// What the list is narrowed to, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    kind: String,
    /// `KIND` or `KIND:ID`.
    actor: String,
    from: String,
    until: String,
    older: String,
    newer: String,
}

/// Reads a place; a broken one is the beginning of the list.
fn place(text: &str) -> Option<LedgerPlace> {
    let mut parts = text.splitn(3, '.').map(str::parse::<i64>);
    let (at, account, seq) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    Some((Timestamp::from_micros(at), account, seq))
}

fn written((at, account, seq): LedgerPlace) -> String {
    format!("{}.{account}.{seq}", at.micros())
}

impl Asked {
    fn filter(&self, zone: chrono_tz::Tz) -> LedgerFilter {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        let actor = match self.actor.split_once(':') {
            Some((kind, id)) => ActorKind::parse(kind).ok().map(|kind| (kind, Some(id.to_owned()))),
            None => ActorKind::parse(&self.actor).ok().map(|kind| (kind, None)),
        };
        let from = day(&self.from).map(|day| calendar::start_of(day, zone));
        let until = day(&self.until).and_then(|day| day.succ_opt()).map(|day| calendar::start_of(day, zone));
        LedgerFilter {
            from: from.unwrap_or(Timestamp::from_micros(i64::MIN)),
            until: until.unwrap_or(Timestamp::MAX),
            kind: EntryKind::parse(&self.kind).ok(),
            actor,
        }
    }

    fn page(&self) -> LedgerPage {
        match (place(&self.older), place(&self.newer)) {
            (Some(place), _) => LedgerPage::OlderThan(place),
            (None, Some(place)) => LedgerPage::NewerThan(place),
            (None, None) => LedgerPage::Newest,
        }
    }

    /// The address of this list on its first page, without one of its filters.
    fn address(&self, path: &str, left_out: &str) -> Address {
        let fields = [("kind", &self.kind), ("actor", &self.actor), ("from", &self.from), ("until", &self.until)];
        fields
            .into_iter()
            .filter(|(name, value)| *name != left_out && !value.is_empty())
            .fold(Address::new(path.to_owned()), |address, (name, value)| address.and(name, value))
    }
}

struct Row {
    link: String,
    customer: String,
    entry: String,
    title: String,
    sub: String,
    at: Timestamp,
    who: String,
    points: i64,
    balance: i64,
}

impl Row {
    fn new(story: &Story, member: &Member) -> Self {
        let link = customer_page(&member.place.tenant, &story.customer);
        Self {
            entry: format!("{link}/entries/{}", escaped(story.entry.entry_id.as_str())),
            link,
            customer: story.customer_name.clone().unwrap_or_else(|| story.customer.to_string()),
            title: title(story),
            sub: sub(story),
            at: story.entry.recorded_at,
            who: actor_name(&story.entry.memo.actor, story.actor_name.as_deref()),
            points: story.entry.points,
            balance: story.entry.balance_after,
        }
    }
}

struct Chip {
    label: String,
    without: String,
}

#[derive(Template)]
#[template(path = "ledger/index.html", blocks = ["list", "main"])]
struct LedgerView<'a> {
    shell: &'a Shell,
    asked: &'a Asked,
    kinds: Vec<Choice>,
    actors: Vec<Choice>,
    chips: Vec<Chip>,
    rows: Vec<Row>,
    export: String,
    newer: Option<String>,
    older: Option<String>,
}

fn actors(employees: Vec<Writer>, clients: Vec<Writer>) -> Vec<Choice> {
    let mut actors: Vec<Choice> =
        employees.into_iter().map(|one| Choice::new(&format!("employee:{}", one.id), &one.name)).collect();
    let clients = clients.into_iter();
    actors
        .extend(clients.map(|one| Choice::new(&format!("client:{}", one.id), t!("people-client", client = &one.name))));
    for (kind, label) in [
        (ActorKind::Employee, t!("ledger-by-employee")),
        (ActorKind::Client, t!("ledger-by-client")),
        (ActorKind::Customer, t!("ledger-by-customer")),
        (ActorKind::System, "Guerdon".to_owned()),
    ] {
        actors.push(Choice::new(kind.as_str(), label));
    }
    actors
}

fn chips(asked: &Asked, path: &str, actors: &[Choice], shell: &Shell) -> Vec<Chip> {
    let mut chips = Vec::new();
    let mut chip = |name: &str, label: Option<String>| {
        chips.extend(label.map(|label| Chip { label, without: asked.address(path, name).to_string() }));
    };
    let day = |text: &str| {
        let day: NaiveDate = text.parse().ok()?;
        Some(format::date(calendar::start_of(day, shell.zone()), shell.zone()))
    };
    chip("kind", EntryKind::parse(&asked.kind).ok().map(kind_name));
    let by = actors.iter().find(|actor| actor.value == asked.actor).map(|actor| actor.label.clone());
    chip(
        "actor",
        by.or_else(|| asked.actor.split_once(':').map(|(_, id)| id.to_owned()))
            .map(|name| t!("ledger-by-name", name = name)),
    );
    chip("from", day(&asked.from).map(|day| t!("ledger-from-day", day = day)));
    chip("until", day(&asked.until).map(|day| t!("ledger-to-day", day = day)));
    chips
}

/// Lists entries, the newest first.
pub(crate) async fn index(
    member: Member,
    asked: Query<Asked>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let asked = asked.into_inner();
    let tenant = &member.place.tenant;
    let shell = member.shell(Section::Ledger, t!("nav-ledger"));
    let filter = asked.filter(member.place.zone);
    let entries = history::ledger(&app.db, tenant, &filter, asked.page(), ROWS).await?;
    let (employees, clients) = history::writers(&app.db, tenant).await?;
    let path = shell.at("/ledger");
    let at = |name: &str, place: LedgerPlace| asked.address(&path, "").and(name, &written(place)).to_string();
    let actors = actors(employees, clients);
    let view = LedgerView {
        kinds: EntryKind::ALL.iter().map(|kind| Choice::new(kind.as_str(), kind_name(*kind))).collect(),
        chips: chips(&asked, &path, &actors, &shell),
        actors,
        rows: entries.stories.iter().map(|story| Row::new(story, &member)).collect(),
        export: asked.address(&shell.at("/ledger.csv"), "").to_string(),
        newer: entries.newer.map(|place| at("newer", place)),
        older: entries.older.map(|place| at("older", place)),
        shell: &shell,
        asked: &asked,
    };
    if want.is_part("ledger-list") {
        let here = asked.address(&path, "").and("older", &asked.older).and("newer", &asked.newer).without_empty();
        return html::list(&shell, &here, &view.as_list());
    }
    html::answer(&want, StatusCode::OK, &shell, &view, &view.as_main())
}

/// Gives the entries, filtered as they are shown, as a file.
pub(crate) async fn export(member: Member, asked: Query<Asked>, app: Data<App>) -> Result<HttpResponse, WebError> {
    let (tenant, zone) = (member.place.tenant.clone(), member.place.zone);
    let filter = asked.filter(zone);
    let heading: Vec<&str> = ["customer_id", "customer_name"].into_iter().chain(COLUMNS).collect();
    let read = move |page: LedgerPage| {
        let (app, tenant, filter) = (app.clone(), tenant.clone(), filter.clone());
        async move {
            let entries = history::ledger(&app.db, &tenant, &filter, page, EXPORTED).await?;
            let mut lines = String::new();
            for story in &entries.stories {
                let who = [story.customer.to_string(), story.customer_name.clone().unwrap_or_default()];
                lines.push_str(&csv::line(who.into_iter().chain(cells(story, zone))));
            }
            Ok((lines, entries.older.map_or(Step::End, |place| Step::Page(LedgerPage::OlderThan(place)))))
        }
    };
    Ok(csv::download("ledger", &heading, LedgerPage::Newest, read))
}
