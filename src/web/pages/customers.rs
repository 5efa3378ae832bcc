//! `/admin/{tenant}/customers`: everybody who has points, found, filtered and sorted.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use crate::{
    app::App,
    domain::{calendar, time::Timestamp},
    service::customers::{
        list::{self, Column, Cursor, ListQuery, Listing, Order, Place, Today, Total, View},
        search::{self, FoundBy},
    },
    texts::t,
    web::{
        access::Member,
        csv::{self, Step},
        error::WebError,
        filters, format,
        html::{self, Want},
        query::{Address, customer_page},
        shell::{Section, Shell},
    },
};

const SIZES: [usize; 3] = [25, 50, 100];
/// Customers that an export reads at once.
const EXPORTED: usize = 500;

/// What the list is, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    view: String,
    since: String,
    sort: String,
    size: String,
    after: String,
    before: String,
}

impl Asked {
    /// Whether only the search is asked for.
    fn is_plain(&self) -> bool {
        [&self.view, &self.since, &self.sort, &self.after, &self.before].iter().all(|text| text.is_empty())
    }

    fn view(&self) -> View {
        View::parse(&self.view)
    }

    fn size(&self) -> usize {
        self.size.parse().ok().filter(|size| SIZES.contains(size)).unwrap_or(SIZES[0])
    }

    fn since(&self) -> Option<NaiveDate> {
        self.since.parse().ok()
    }

    fn order(&self) -> Option<Order> {
        let (name, descending) = self.sort.strip_prefix('-').map_or((self.sort.as_str(), false), |name| (name, true));
        let column = match name {
            "number" => Column::Customer,
            "balance" => Column::Balance,
            "change" => Column::Change,
            _ => return None,
        };
        Some(Order { column, descending })
    }

    fn query(&self, today: Today) -> ListQuery {
        let place = match (Cursor::parse(&self.after), Cursor::parse(&self.before)) {
            (Some(cursor), _) => Place::After(cursor),
            (None, Some(cursor)) => Place::Before(cursor),
            (None, None) => Place::First,
        };
        ListQuery {
            text: self.q.clone(),
            view: self.view(),
            changed_since: self.since().map(|day| calendar::start_of(day, today.zone)),
            order: self.order(),
            size: self.size(),
            place,
        }
    }

    /// The address of this list on its first page, with some fields set otherwise; an empty value leaves one out.
    fn address(&self, path: &str, other: &[(&str, &str)]) -> Address {
        let fields = [
            ("q", self.q.trim()),
            ("view", &self.view),
            ("since", &self.since),
            ("sort", &self.sort),
            ("size", &self.size),
        ];
        let value = |name: &str, own: &str| {
            other
                .iter()
                .find(|(named, _)| *named == name)
                .map_or_else(|| own.to_owned(), |(_, value)| (*value).to_owned())
        };
        let mut address = Address::new(path.to_owned());
        for (name, own) in fields {
            let value = value(name, own);
            if !value.is_empty() {
                address = address.and(name, &value);
            }
        }
        address
    }
}

/// A customer, as the page shows them.
pub(super) struct Row {
    pub(super) link: String,
    pub(super) title: String,
    /// The person's e-mail address, or by what a search found them.
    pub(super) sub: String,
    pub(super) id: String,
    /// The state of the account, where it is not open.
    pub(super) badge: String,
    pub(super) has_account: bool,
    pub(super) balance: i64,
    pub(super) ending: String,
    pub(super) changed_at: Option<Timestamp>,
}

impl Row {
    pub(super) fn new(listing: Listing, shell: &Shell) -> Self {
        let row = listing.row;
        let id = row.customer.to_string();
        let found = match listing.by {
            Some(FoundBy::Coupon(code)) => Some(t!("customers-by-coupon", code = code)),
            Some(FoundBy::Reference(text)) => Some(t!("customers-by-reference", reference = text)),
            Some(FoundBy::Id | FoundBy::Name) | None => None,
        };
        let ending = row.ends_at.map_or_else(String::new, |at| {
            t!("customers-ending", points = row.ending, day = format::day(at, shell.zone()))
        });
        Self {
            link: shell.place.as_ref().map_or_else(String::new, |place| customer_page(&place.tenant, &row.customer)),
            title: row.name.unwrap_or_else(|| id.clone()),
            sub: found.or(row.email).unwrap_or_default(),
            id,
            badge: match row.open {
                Some(true) => String::new(),
                Some(false) => t!("customer-closed"),
                None => t!("customer-no-account"),
            },
            has_account: row.open.is_some(),
            balance: row.balance.unwrap_or_default(),
            ending,
            changed_at: row.changed_at,
        }
    }
}

struct Tab {
    label: String,
    href: String,
    count: String,
    current: bool,
}

struct Heading {
    /// Its key in `locales/`.
    label: &'static str,
    href: String,
    icon: &'static str,
    /// The value of `aria-sort`, for the heading that the list is sorted by.
    sorted: &'static str,
    class: &'static str,
}

struct Chip {
    label: String,
    without: String,
}

#[derive(Template)]
#[template(path = "customers/index.html", blocks = ["rows", "main"])]
struct CustomersPage<'a> {
    shell: &'a Shell,
    asked: &'a Asked,
    intro: String,
    tabs: Vec<Tab>,
    chips: Vec<Chip>,
    headings: Vec<Heading>,
    rows: Vec<Row>,
    range: String,
    sizes: Vec<(usize, String, bool)>,
    previous: Option<String>,
    next: Option<String>,
    clear: String,
    export: String,
    /// What was looked for in vain.
    nobody: String,
    /// Whether the tenant has no customer at all.
    is_new: bool,
    may_change: bool,
}

/// Lists customers; goes on to the one whom a search names beyond doubt.
pub(crate) async fn index(
    member: Member,
    asked: Query<Asked>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let (asked, tenant) = (asked.into_inner(), &member.place.tenant);
    let today = Today { now: app.now(), zone: member.place.zone };
    let shell = member.shell(Section::Customers, t!("nav-customers"));
    if want == Want::Page
        && asked.is_plain()
        && !asked.q.trim().is_empty()
        && let Some(customer) = search::exact(&app.db, tenant, &asked.q).await?
    {
        return Ok(html::see_other(&customer_page(tenant, &customer)));
    }
    let page = list::page(&app.db, tenant, &asked.query(today), today).await?;
    let counts = list::counts(&app.db, tenant, today).await?;
    let view = customers_page(&shell, &asked, page, &counts, member.place.role >= crate::domain::role::Role::Agent);
    if want.is_part("customer-rows") {
        let here = asked.address(&shell.at("/customers"), &[]).and("after", &asked.after).and("before", &asked.before);
        return html::list(&shell, &here.without_empty(), &view.as_rows());
    }
    html::answer(&want, StatusCode::OK, &shell, &view, &view.as_main())
}

fn customers_page<'a>(
    shell: &'a Shell,
    asked: &'a Asked,
    page: list::Page,
    counts: &list::Counts,
    may_change: bool,
) -> CustomersPage<'a> {
    let path = shell.at("/customers");
    let first = page.first;
    let last = (first + page.rows.len()).saturating_sub(1);
    let at = |cursor: &Cursor, name: &str| asked.address(&path, &[]).and(name, &cursor.to_string()).to_string();
    let all = match counts.all {
        Total::Exactly(count) | Total::MoreThan(count) => count,
        Total::Unknown => 0,
    };
    CustomersPage {
        intro: t!("customers-intro", count = all),
        tabs: View::ALL.into_iter().filter_map(|view| tab(view, asked.view(), &path, counts.of(view))).collect(),
        chips: chips(asked, &path, shell),
        headings: headings(asked, page.order, &path),
        range: range(first, last, page.total),
        sizes: SIZES
            .into_iter()
            .map(|size| (size, asked.address(&path, &[("size", &size.to_string())]).to_string(), size == asked.size()))
            .collect(),
        previous: page.previous.as_ref().map(|cursor| at(cursor, "before")),
        next: page.next.as_ref().map(|cursor| at(cursor, "after")),
        clear: asked.address(&path, &[("q", ""), ("since", ""), ("view", "")]).to_string(),
        export: asked.address(&shell.at("/customers.csv"), &[("size", "")]).to_string(),
        rows: page.rows.into_iter().map(|listing| Row::new(listing, shell)).collect(),
        is_new: all == 0 && counts.closed == Total::Exactly(0) && asked.q.trim().is_empty(),
        nobody: match asked.q.trim() {
            "" => t!("customers-nobody-fits"),
            text => t!("customers-nobody-is", text = text),
        },
        shell,
        asked,
        may_change,
    }
}

fn range(first: usize, last: usize, total: Total) -> String {
    match total {
        Total::Exactly(count) => t!("ui-range-of", first = first, last = last, count = count),
        Total::MoreThan(count) => t!("ui-range-more", first = first, last = last, count = count),
        Total::Unknown => t!("ui-range", first = first, last = last),
    }
}

/// A saved view. That of closed accounts is there when there are some.
fn tab(view: View, current: View, path: &str, total: Total) -> Option<Tab> {
    let label = match view {
        View::All => t!("customers-view-all"),
        View::Ending => t!("customers-view-ending"),
        View::Birthday => t!("customers-view-birthday"),
        View::New => t!("customers-view-new"),
        View::Closed => t!("customers-view-closed"),
    };
    let count = match total {
        Total::Exactly(count) => format::number(count),
        Total::MoreThan(count) => format!("{}+", format::number(count)),
        Total::Unknown => String::new(),
    };
    let address = Address::new(path.to_owned());
    let href = if view == View::All { address } else { address.and("view", view.as_str()) }.to_string();
    let hidden = view == View::Closed && view != current && total == Total::Exactly(0);
    (!hidden).then_some(Tab { label, href, count, current: view == current })
}

fn chips(asked: &Asked, path: &str, shell: &Shell) -> Vec<Chip> {
    let mut chips = Vec::new();
    let mut chip = |label: String, name: &str| {
        chips.push(Chip { label, without: asked.address(path, &[(name, "")]).to_string() });
    };
    if !asked.q.trim().is_empty() {
        chip(t!("ui-quoted", text = asked.q.trim()), "q");
    }
    if let Some(day) = asked.since() {
        let at = calendar::start_of(day, shell.zone());
        chip(t!("customers-since-day", day = format::date(at, shell.zone())), "since");
    }
    chips
}

fn headings(asked: &Asked, order: Option<Order>, path: &str) -> Vec<Heading> {
    let columns = [
        (Column::Customer, "number", "customers-number", false, "col-2"),
        (Column::Balance, "balance", "customers-balance", true, "end"),
        (Column::Change, "change", "customers-last-change", true, "col-2"),
    ];
    columns
        .into_iter()
        .map(|(column, name, label, first_descending, class)| {
            let sorted = order.filter(|order| order.column == column);
            let descending = sorted.map_or(first_descending, |order| !order.descending);
            let sort = if descending { format!("-{name}") } else { name.to_owned() };
            let (icon, sorted) = match sorted.map(|order| order.descending) {
                Some(true) => ("arrow-down", "descending"),
                Some(false) => ("arrow-up", "ascending"),
                None => ("chevrons-up-down", ""),
            };
            Heading { label, href: asked.address(path, &[("sort", &sort)]).to_string(), icon, sorted, class }
        })
        .collect()
}

/// Gives the list, filtered and sorted as it is shown, as a file.
pub(crate) async fn export(member: Member, asked: Query<Asked>, app: Data<App>) -> Result<HttpResponse, WebError> {
    let today = Today { now: app.now(), zone: member.place.zone };
    let query = ListQuery { size: EXPORTED, place: Place::First, ..asked.query(today) };
    let heading =
        ["customer_id", "name", "email", "state", "balance", "points_expiring_soon", "expires_at", "changed_at"];
    let (tenant, zone) = (member.place.tenant.clone(), member.place.zone);
    let read = move |query: ListQuery| {
        let (app, tenant) = (app.clone(), tenant.clone());
        async move {
            let page = list::page(&app.db, &tenant, &query, today).await?;
            let time = |at: Option<Timestamp>| at.map_or_else(String::new, |at| format::iso(at, zone));
            let mut lines = String::new();
            for Listing { row, .. } in page.rows {
                let state = match row.open {
                    Some(true) => "open",
                    Some(false) => "closed",
                    None => "none",
                };
                lines.push_str(&csv::line([
                    row.customer.as_str(),
                    &row.name.unwrap_or_default(),
                    &row.email.unwrap_or_default(),
                    state,
                    &row.balance.unwrap_or_default().to_string(),
                    &row.ending.to_string(),
                    &time(row.ends_at),
                    &time(row.changed_at),
                ]));
            }
            let next = page.next.map(|cursor| ListQuery { place: Place::After(cursor), ..query });
            Ok((lines, next.map_or(Step::End, Step::Page)))
        }
    };
    Ok(csv::download("customers", &heading, query, read))
}
