//! `/admin/{tenant}`: how the programme does, and what needs attention.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::{
    customer::words::{actor_name, sub, title},
    overview_chart::{Chart, spark},
    overview_desk::{self, Waiting},
};
use crate::{
    app::App,
    domain::{calendar, role::Role, time::Timestamp},
    service::{
        customers::list::Today,
        figures::{self, Chosen, Concern, Overview, PERIOD_DAYS_MAX, Period},
        history::Story,
    },
    texts::t,
    web::{
        access::Member,
        csv,
        error::WebError,
        filters, format,
        html::{self, Want},
        query::{Address, customer_page},
        shell::{Section, Shell},
    },
};

/// Options in the list of the most chosen.
const CHOSEN: usize = 5;

/// The period, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    period: String,
    from: String,
    until: String,
}

impl Asked {
    /// The custom period, when both its days are given and it is no longer than what is kept for.
    fn custom(&self) -> Option<Period> {
        let (first, last): (NaiveDate, NaiveDate) = (self.from.parse().ok()?, self.until.parse().ok()?);
        let period = Period { first: first.min(last), last: first.max(last) };
        (period.days() <= PERIOD_DAYS_MAX).then_some(period)
    }

    fn period(&self, today: NaiveDate) -> Period {
        match self.period.as_str() {
            "7d" => Period::last_days(today, 7),
            "12m" => Period::last_year(today),
            "custom" => self.custom().unwrap_or_else(|| Period::last_days(today, 28)),
            _ => Period::last_days(today, 28),
        }
    }
}

struct PeriodLink {
    label: String,
    /// Whether it asks for days.
    is_custom: bool,
    href: String,
    current: bool,
}

/// A change against the period before.
struct Delta {
    icon: &'static str,
    word: String,
    class: &'static str,
    text: String,
}

/// A key figure.
struct Tile {
    label: String,
    value: i64,
    delta: Option<Delta>,
    note: String,
    link: String,
    link_label: String,
    spark: (String, String),
    second: bool,
}

struct Rank {
    name: String,
    times: i64,
    share: String,
    width: i64,
    points: i64,
}

struct Latest {
    link: String,
    customer: String,
    title: String,
    sub: String,
    at: Timestamp,
    who: String,
    points: i64,
}

/// Something to look at.
struct Todo {
    class: &'static str,
    icon: &'static str,
    title: String,
    text: String,
    /// The key of what can be done, and the name that it tells those who hear it alone.
    action: &'static str,
    name: String,
    href: String,
}

#[derive(Template)]
#[template(path = "overview/index.html", blocks = ["main"])]
struct OverviewPage<'a> {
    shell: &'a Shell,
    asked: &'a Asked,
    told: String,
    periods: Vec<PeriodLink>,
    custom: bool,
    export: String,
    tiles: Vec<Tile>,
    chart: Chart,
    ranks: Vec<Rank>,
    issued: String,
    latest: Vec<Latest>,
    todos: Vec<Todo>,
    desk: Vec<Waiting>,
    is_new: bool,
    may_manage: bool,
}

/// Shows how the programme does.
pub(crate) async fn index(
    member: Member,
    asked: Query<Asked>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let asked = asked.into_inner();
    let today = Today { now: app.now(), zone: member.place.zone };
    let period = asked.period(today.date());
    let found = figures::overview(&app.db, &member.place.tenant, &member.place.currency, period, today).await?;
    let shell = member.shell(Section::Overview, t!("nav-overview"));
    let page = OverviewPage {
        told: told(period, &member),
        periods: periods(&asked, &shell),
        custom: asked.period == "custom",
        export: {
            let address = Address::new(shell.at("/overview.csv")).and("period", &asked.period);
            address.and("from", &asked.from).and("until", &asked.until).without_empty().to_string()
        },
        tiles: tiles(&found, &member, &shell, period),
        chart: Chart::new(&found.parts, period, member.place.zone),
        ranks: ranks(&found.chosen),
        issued: {
            let times: i64 = found.chosen.iter().map(|one| one.times).sum();
            t!("overview-issued", count = times)
        },
        latest: found.latest.iter().map(|story| latest(story, &member)).collect(),
        desk: overview_desk::waiting(&member, &app).await?,
        todos: found.concerns.iter().map(|concern| todo(concern, &member, &shell)).collect(),
        is_new: found.accounts == 0 && found.latest.is_empty(),
        may_manage: member.place.role >= Role::Manager,
        asked: &asked,
        shell: &shell,
    };
    html::answer(&want, StatusCode::OK, &shell, &page, &page.as_main())
}

fn day(day: NaiveDate, member: &Member) -> String {
    format::date(calendar::start_of(day, member.place.zone), member.place.zone)
}

fn told(period: Period, member: &Member) -> String {
    t!("overview-told", from = day(period.first, member), until = day(period.last, member), days = period.days())
}

fn periods(asked: &Asked, shell: &Shell) -> Vec<PeriodLink> {
    let current = match asked.period.as_str() {
        known @ ("7d" | "12m" | "custom") => known,
        _ => "28d",
    };
    let link = |(name, label): (&'static str, String)| PeriodLink {
        label,
        is_custom: name == "custom",
        href: Address::new(shell.at("")).and("period", name).to_string(),
        current: name == current,
    };
    let periods = [
        ("7d", t!("overview-period-7d")),
        ("28d", t!("overview-period-28d")),
        ("12m", t!("overview-period-12m")),
        ("custom", t!("overview-period-custom")),
    ];
    periods.into_iter().map(link).collect()
}

/// How a number changed, in arrow, word and colour. `more_is_good`: whether growth is welcome; `None`: neither.
fn delta(now: i64, before: i64, more_is_good: Option<bool>) -> Option<Delta> {
    if before == 0 {
        return None;
    }
    let tenths = (i128::from(now) - i128::from(before)) * 1_000 / i128::from(before);
    let up = tenths > 0;
    let class = match more_is_good {
        _ if tenths == 0 => "",
        Some(good) if good == up => "delta-good",
        Some(_) => "delta-bad",
        None => "",
    };
    let (icon, word) = if up { ("trending-up", t!("overview-up")) } else { ("trending-down", t!("overview-down")) };
    Some(Delta { icon, word, class, text: format::percent_tenths(tenths.unsigned_abs()) })
}

fn tiles(found: &Overview, member: &Member, shell: &Shell, period: Period) -> Vec<Tile> {
    let series = |of: fn(&figures::Part) -> i64| spark(&found.parts.iter().map(of).collect::<Vec<_>>());
    let ledger = |kind: &str| {
        let address = Address::new(shell.at("/ledger")).and("kind", kind);
        address.and("from", &period.first.to_string()).and("until", &period.last.to_string()).to_string()
    };
    let customers = Address::new(shell.at("/customers"));
    let (ending, ending_customers) = found.ending.as_ref().map_or((0, 0), |ending| (ending.total, ending.customers));
    let flow = found.flow;
    vec![
        Tile {
            label: t!("overview-outstanding"),
            value: found.outstanding,
            delta: None,
            note: match found.worth {
                Some(worth) => t!("overview-worth", worth = format::money(worth, &member.place.currency)),
                None => t!("overview-of-customers", count = found.accounts),
            },
            link: customers.clone().and("sort", "-balance").to_string(),
            link_label: t!("overview-see-customers"),
            spark: series(|part| part.held),
            second: false,
        },
        Tile {
            label: t!("overview-came"),
            value: flow.came(),
            delta: delta(flow.came(), found.before.came(), Some(true)),
            note: t!("overview-from-orders", points = flow.earned),
            link: ledger(if flow.earned > 0 { "earned" } else { "added" }),
            link_label: t!("overview-see-entries"),
            spark: series(|part| part.flow.came()),
            second: false,
        },
        Tile {
            label: t!("overview-redeemed"),
            value: flow.redeemed,
            delta: delta(flow.redeemed, found.before.redeemed, Some(true)),
            note: t!("overview-redemptions", count = flow.redemptions),
            link: ledger("redeemed"),
            link_label: t!("overview-see-entries"),
            spark: series(|part| part.flow.redeemed),
            second: true,
        },
        Tile {
            label: t!("overview-expired"),
            value: flow.expired,
            delta: delta(flow.expired, found.before.expired, Some(false)),
            note: String::new(),
            link: ledger("expired"),
            link_label: t!("overview-see-entries"),
            spark: series(|part| part.flow.expired),
            second: true,
        },
        Tile {
            label: t!("overview-ending"),
            value: ending,
            delta: None,
            note: t!("overview-of-customers", count = ending_customers),
            link: customers.and("view", "expiring").to_string(),
            link_label: t!("overview-see-customers"),
            spark: (String::new(), String::new()),
            second: true,
        },
    ]
}

fn ranks(chosen: &[Chosen]) -> Vec<Rank> {
    let all: i64 = chosen.iter().map(|one| one.times).sum();
    let most = chosen.first().map_or(1, |one| one.times).max(1);
    let rank = |one: &Chosen| Rank {
        name: one.name.clone(),
        times: one.times,
        share: format::percent(((one.times * 200 + all) / (all.max(1) * 2)).into()),
        width: (one.times * 100 / most).max(1),
        points: one.points,
    };
    chosen.iter().take(CHOSEN).map(rank).collect()
}

fn latest(story: &Story, member: &Member) -> Latest {
    Latest {
        link: customer_page(&member.place.tenant, &story.customer),
        customer: story.customer_name.clone().unwrap_or_else(|| story.customer.to_string()),
        title: title(story),
        sub: sub(story),
        at: story.entry.recorded_at,
        who: actor_name(&story.entry.memo.actor, story.actor_name.as_deref()),
        points: story.entry.points,
    }
}

fn todo(concern: &Concern, member: &Member, shell: &Shell) -> Todo {
    match concern {
        Concern::NoOption => Todo {
            class: "caut",
            icon: "gift",
            title: t!("overview-no-option"),
            text: t!("overview-no-option-text"),
            action: "overview-no-option-act",
            name: String::new(),
            href: shell.at("/options"),
        },
        Concern::NoPrefix(site) => Todo {
            class: "azure",
            icon: "store",
            title: t!("overview-no-prefix", name = &site.name),
            text: t!("overview-no-prefix-text"),
            action: "overview-no-prefix-act",
            name: site.name.clone(),
            href: shell.at("/sites"),
        },
        Concern::EarningOff(site) => Todo {
            class: "caut",
            icon: "shopping-bag",
            title: t!("overview-earning-off", name = &site.name),
            text: t!("overview-earning-off-text"),
            action: "overview-earning-off-act",
            name: site.name.clone(),
            href: shell.at("/rules"),
        },
        Concern::Ending(ending) => {
            let most = &ending.most;
            let who = most.name.clone().unwrap_or_else(|| most.customer.to_string());
            let day = format::day(most.ends_at, member.place.zone);
            Todo {
                class: "caut",
                icon: "hourglass",
                title: t!("overview-ends", points = most.points, who = who, day = day),
                text: match ending.customers - 1 {
                    0 => t!("overview-ends-alone"),
                    others => t!("overview-ends-others", count = others),
                },
                action: "overview-ends-act",
                name: String::new(),
                href: Address::new(shell.at("/customers")).and("view", "expiring").to_string(),
            }
        }
    }
}

/// Gives the figures of the period as a file, by days or months.
pub(crate) async fn export(member: Member, asked: Query<Asked>, app: Data<App>) -> Result<HttpResponse, WebError> {
    let today = Today { now: app.now(), zone: member.place.zone };
    let period = asked.period(today.date());
    let found = figures::overview(&app.db, &member.place.tenant, &member.place.currency, period, today).await?;
    let heading =
        ["from", "to", "earned", "added", "given_back", "redeemed", "taken", "expired", "closed", "outstanding"];
    let mut lines = String::new();
    for part in &found.parts {
        let flow = part.flow;
        let numbers =
            [flow.earned, flow.added, flow.given_back, flow.redeemed, flow.taken, flow.expired, flow.closed, part.held];
        let days = [part.days.first.to_string(), part.days.last.to_string()];
        lines.push_str(&csv::line(days.into_iter().chain(numbers.iter().map(ToString::to_string))));
    }
    let once = move |()| {
        let lines = lines.clone();
        async move { Ok((lines, csv::Step::End)) }
    };
    Ok(csv::download("overview", &heading, (), once))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_in_arrow_word_and_colour() {
        let told = |now, before, good| delta(now, before, good).map(|delta| (delta.word, delta.text, delta.class));
        assert_eq!(told(1082, 1000, Some(true)), Some(("up".to_owned(), "8.2%".to_owned(), "delta-good")));
        assert_eq!(told(500, 1000, Some(true)), Some(("down".to_owned(), "50.0%".to_owned(), "delta-bad")));
        assert_eq!(told(500, 1000, Some(false)), Some(("down".to_owned(), "50.0%".to_owned(), "delta-good")));
        assert_eq!(told(7, 0, Some(true)), None);
        assert_eq!(told(i64::MAX, 1, None).map(|(word, ..)| word), Some("up".to_owned()));
    }
}
