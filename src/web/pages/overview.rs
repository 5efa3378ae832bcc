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
};
use crate::{
    app::App,
    domain::{calendar, role::Role, time::Timestamp},
    service::{
        customers::list::Today,
        figures::{self, Chosen, Concern, Overview, PERIOD_DAYS_MAX, Period},
        history::Story,
    },
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
    label: &'static str,
    href: String,
    current: bool,
}

/// A change against the period before.
struct Delta {
    icon: &'static str,
    word: &'static str,
    class: &'static str,
    text: String,
}

/// A key figure.
struct Tile {
    label: &'static str,
    value: i64,
    delta: Option<Delta>,
    note: String,
    link: String,
    link_label: &'static str,
    spark: (String, String),
    second: bool,
}

struct Rank {
    name: String,
    times: i64,
    share: i64,
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
    action: &'static str,
    /// What the action is about, for those who hear it alone.
    about: String,
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
    let shell = member.shell(Section::Overview, "Overview");
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
            let times = found.chosen.iter().map(|one| one.times).sum();
            format!("{} issued", format::count(times, "coupon", "coupons"))
        },
        latest: found.latest.iter().map(|story| latest(story, &member)).collect(),
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
    let days = format::count(period.days(), "day", "days");
    format!("{} to {}, compared with the {days} before", day(period.first, member), day(period.last, member))
}

fn periods(asked: &Asked, shell: &Shell) -> Vec<PeriodLink> {
    let current = match asked.period.as_str() {
        known @ ("7d" | "12m" | "custom") => known,
        _ => "28d",
    };
    let link = |(name, label): (&'static str, &'static str)| PeriodLink {
        label,
        href: Address::new(shell.at("")).and("period", name).to_string(),
        current: name == current,
    };
    [("7d", "7 days"), ("28d", "28 days"), ("12m", "12 months"), ("custom", "Custom")].map(link).into_iter().collect()
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
    let (icon, word) = if up { ("trending-up", "up") } else { ("trending-down", "down") };
    let size = tenths.unsigned_abs();
    Some(Delta { icon, word, class, text: format!("{}.{}%", size / 10, size % 10) })
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
            label: "Points outstanding",
            value: found.outstanding,
            delta: None,
            note: match found.worth {
                Some(worth) => format!("worth up to {}", format::money(worth, &member.place.currency)),
                None => format!("of {}", format::count(found.accounts, "customer", "customers")),
            },
            link: customers.clone().and("sort", "-balance").to_string(),
            link_label: "See customers",
            spark: series(|part| part.held),
            second: false,
        },
        Tile {
            label: "Earned and added",
            value: flow.came(),
            delta: delta(flow.came(), found.before.came(), Some(true)),
            note: format!("{} from orders", format::number(flow.earned)),
            link: ledger(if flow.earned > 0 { "earned" } else { "added" }),
            link_label: "See entries",
            spark: series(|part| part.flow.came()),
            second: false,
        },
        Tile {
            label: "Redeemed",
            value: flow.redeemed,
            delta: delta(flow.redeemed, found.before.redeemed, Some(true)),
            note: format::count(flow.redemptions, "redemption", "redemptions"),
            link: ledger("redeemed"),
            link_label: "See entries",
            spark: series(|part| part.flow.redeemed),
            second: true,
        },
        Tile {
            label: "Expired",
            value: flow.expired,
            delta: delta(flow.expired, found.before.expired, Some(false)),
            note: String::new(),
            link: ledger("expired"),
            link_label: "See entries",
            spark: series(|part| part.flow.expired),
            second: true,
        },
        Tile {
            label: "Expiring in 30 days",
            value: ending,
            delta: None,
            note: format!("of {}", format::count(ending_customers, "customer", "customers")),
            link: customers.and("view", "expiring").to_string(),
            link_label: "See customers",
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
        share: one.times * 100 / all.max(1),
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
            title: "There is nothing to redeem".to_owned(),
            text: "No redemption option is active, so customers can collect points but not use them.".to_owned(),
            action: "Set up",
            about: "redemption options".to_owned(),
            href: shell.at("/options"),
        },
        Concern::NoPrefix(site) => Todo {
            class: "azure",
            icon: "store",
            title: format!("{} has no coupon prefix", site.name),
            text: "Codes from this site are letters and digits only, until you set one.".to_owned(),
            action: "Set",
            about: format!("the coupon prefix of {}", site.name),
            href: shell.at("/sites"),
        },
        Concern::EarningOff(site) => Todo {
            class: "caut",
            icon: "shopping-bag",
            title: format!("Orders of {} earn nothing", site.name),
            text: "Its earning rule is switched off.".to_owned(),
            action: "See rule",
            about: format!("of {}", site.name),
            href: shell.at("/rules"),
        },
        Concern::Ending(ending) => {
            let most = &ending.most;
            let who = most.name.clone().unwrap_or_else(|| most.customer.to_string());
            let points = format::count(most.points, "point", "points");
            let on = format::day(most.ends_at, member.place.zone);
            let (verb, customers) = (if most.points == 1 { "expires" } else { "expire" }, ending.customers);
            Todo {
                class: "caut",
                icon: "hourglass",
                title: format!("{points} of {who} {verb} on {on}"),
                text: match customers - 1 {
                    0 => "Nobody else loses points in the next 30 days.".to_owned(),
                    others => format!(
                        "{} points in the next 30 days.",
                        format::count(others, "other customer loses", "other customers lose")
                    ),
                },
                action: "See all",
                about: "customers with expiring points".to_owned(),
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
        assert_eq!(told(1082, 1000, Some(true)), Some(("up", "8.2%".to_owned(), "delta-good")));
        assert_eq!(told(500, 1000, Some(true)), Some(("down", "50.0%".to_owned(), "delta-bad")));
        assert_eq!(told(500, 1000, Some(false)), Some(("down", "50.0%".to_owned(), "delta-good")));
        assert_eq!(told(7, 0, Some(true)), None);
        assert_eq!(told(i64::MAX, 1, None).map(|(word, ..)| word), Some("up"));
    }
}
