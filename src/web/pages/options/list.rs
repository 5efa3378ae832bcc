//! The list of options: what it is narrowed to, how it is sorted, and what each line says.

use std::cmp::Reverse;

use serde::Deserialize;

use super::told;
use crate::{
    app::App,
    domain::{ids::TenantId, option::RedeemOption, time::Timestamp},
    service::{option_drafts, options},
    texts::t,
    web::{
        access::Member,
        error::WebError,
        query::{Address, escaped},
        shell::Section,
        short_list::finds,
    },
};

/// How often options were redeemed is told for so many days.
const DAYS: i64 = 28;

/// What the list is narrowed to and sorted by, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ListQuery {
    pub(super) q: String,
    status: String,
    sort: String,
}

/// The tabs over the list: the status in the address, and the key of its name.
const TABS: [(&str, &str); 4] = [
    ("", "options-tab-all"),
    ("active", "options-tab-active"),
    ("draft", "options-tab-draft"),
    ("archived", "options-tab-archived"),
];

impl ListQuery {
    fn address(&self, path: String) -> Address {
        [("q", self.q.trim()), ("status", &self.status), ("sort", &self.sort)]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .fold(Address::new(path), |address, (name, value)| address.and(name, value))
    }

    /// The query of an address, with its `?`; nothing when there is none.
    pub(super) fn as_text(&self) -> String {
        self.address(String::new()).to_string()
    }

    fn fits(&self, option: &RedeemOption) -> bool {
        let draft = &option.draft;
        let names = draft.names.values().map(|local| local.name.as_str());
        let texts: Vec<&str> = [draft.name.as_str(), draft.description.as_str()].into_iter().chain(names).collect();
        belongs(&self.status, option) && finds(&self.q, &texts)
    }
}

/// Whether an option stands under a tab.
fn belongs(tab: &str, option: &RedeemOption) -> bool {
    let archived = option.archived_at.is_some();
    match tab {
        "archived" => archived,
        "active" => !archived && option.draft.active,
        "draft" => !archived && !option.draft.active,
        _ => !archived,
    }
}

/// A tab over the list.
pub(super) struct Tab {
    /// Its key in `locales/`.
    pub(super) label: &'static str,
    pub(super) href: String,
    pub(super) count: i64,
    pub(super) current: bool,
}

/// A column that the list can be sorted by.
pub(super) struct Sort {
    pub(super) href: String,
    /// `ascending`, `descending` or nothing.
    pub(super) now: &'static str,
}

impl Sort {
    fn new(path: &str, query: &ListQuery, column: &str) -> Self {
        let (now, next) = match query.sort.strip_prefix('-') {
            Some(sorted) if sorted == column => ("descending", String::new()),
            None if query.sort == column => ("ascending", format!("-{column}")),
            _ => ("", column.to_owned()),
        };
        let query = ListQuery { sort: next, ..query.clone() };
        Self { href: query.address(path.to_owned()).to_string(), now }
    }

    pub(super) fn icon(&self) -> &'static str {
        match self.now {
            "ascending" => "arrow-up",
            "descending" => "arrow-down",
            _ => "chevrons-up-down",
        }
    }
}

/// An option in the list.
#[expect(clippy::struct_excessive_bools, reason = "each is a badge or a button of its own")]
pub(super) struct Line {
    pub(super) id: String,
    pub(super) href: String,
    /// The beginning of the addresses of its buttons, and their query.
    pub(super) link: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) points: i64,
    pub(super) gets: String,
    pub(super) order_from: Option<String>,
    pub(super) redeemed: i64,
    pub(super) left: Option<i64>,
    /// The key of its state in `locales/`.
    pub(super) state: &'static str,
    pub(super) badge: &'static str,
    /// Whether a change of it waits to be published.
    pub(super) has_draft: bool,
    pub(super) current: bool,
    pub(super) is_first: bool,
    pub(super) is_last: bool,
}

/// The list.
pub(super) struct Listed {
    pub(super) tabs: Vec<Tab>,
    pub(super) lines: Vec<Line>,
    pub(super) by_points: Sort,
    pub(super) by_redeemed: Sort,
    /// The same list as a file.
    pub(super) export: String,
    /// The query that keeps the list as it is.
    pub(super) query: String,
    /// What is searched for, as a chip with the address without it.
    pub(super) chip: Option<(String, String)>,
    /// What the search form keeps beside the search.
    pub(super) kept: Vec<(&'static str, String)>,
    /// Whether the lines stand in the order in which customers see them, and all of them do.
    pub(super) in_order: bool,
    /// Whether there is nothing at all.
    pub(super) is_new: bool,
    pub(super) is_archive: bool,
}

/// Every option, with how often it was redeemed of late.
pub(super) async fn everything(app: &App, tenant: &TenantId) -> Result<Vec<(RedeemOption, i64)>, WebError> {
    let redeemed = options::redeemed_since(&app.db, tenant, app.now().plus_secs(-DAYS * 86_400)).await?;
    let all = options::list(&app.db, tenant).await?.into_iter();
    let with_count = |option: RedeemOption| {
        let times = redeemed.get(&option.id).copied().unwrap_or_default();
        (option, times)
    };
    Ok(all.map(with_count).collect())
}

/// Those of them that a list shows, in its order.
pub(super) fn narrowed(all: Vec<(RedeemOption, i64)>, query: &ListQuery) -> Vec<(RedeemOption, i64)> {
    let mut found: Vec<(RedeemOption, i64)> = all.into_iter().filter(|(option, _)| query.fits(option)).collect();
    match query.sort.as_str() {
        "points" => found.sort_by_key(|(option, _)| option.draft.points),
        "-points" => found.sort_by_key(|(option, _)| Reverse(option.draft.points)),
        "redeemed" => found.sort_by_key(|(_, redeemed)| *redeemed),
        "-redeemed" => found.sort_by_key(|(_, redeemed)| Reverse(*redeemed)),
        _ => {}
    }
    found
}

/// Reads the list; `open` is the option that stands beside it.
pub(super) async fn read(
    app: &App,
    member: &Member,
    query: &ListQuery,
    open: Option<&RedeemOption>,
) -> Result<Listed, WebError> {
    let (tenant, now) = (&member.place.tenant, app.now());
    let all = everything(app, tenant).await?;
    let is_new = all.is_empty();
    let drafts = option_drafts::options_with(&app.db, tenant).await?;
    let path = Section::Options.address(tenant);
    let count = |tab: &str| all.iter().filter(|(option, _)| belongs(tab, option)).count();
    let tabs = TABS
        .into_iter()
        .map(|(status, label)| Tab {
            label,
            href: ListQuery { status: status.to_owned(), ..query.clone() }.address(path.clone()).to_string(),
            count: i64::try_from(count(status)).unwrap_or(i64::MAX),
            current: query.status == status,
        })
        .collect();
    let mut lines: Vec<Line> = narrowed(all, query)
        .iter()
        .map(|(option, redeemed)| {
            let is_open = open.is_some_and(|open| open.id == option.id);
            let has_draft = drafts.contains(&option.id) && option.archived_at.is_none();
            Line { current: is_open, has_draft, ..line(option, &path, query, *redeemed, now) }
        })
        .collect();
    if let Some(first) = lines.first_mut() {
        first.is_first = true;
    }
    if let Some(last) = lines.last_mut() {
        last.is_last = true;
    }
    Ok(Listed {
        tabs,
        in_order: query.status.is_empty() && query.sort.is_empty() && query.q.trim().is_empty() && lines.len() > 1,
        chip: (!query.q.trim().is_empty()).then(|| {
            let without = ListQuery { q: String::new(), ..query.clone() };
            (t!("ui-quoted", text = query.q.trim()), without.address(path.clone()).to_string())
        }),
        kept: [("status", &query.status), ("sort", &query.sort)]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name, value.clone()))
            .collect(),
        lines,
        by_points: Sort::new(&path, query, "points"),
        by_redeemed: Sort::new(&path, query, "redeemed"),
        export: query.address(format!("{path}.csv")).to_string(),
        query: query.as_text(),
        is_new,
        is_archive: query.status == "archived",
    })
}

fn line(option: &RedeemOption, path: &str, query: &ListQuery, redeemed: i64, now: Timestamp) -> Line {
    let link = format!("{path}/{}", escaped(&option.id));
    let (state, badge) = told::state(option, now);
    Line {
        id: option.id.clone(),
        href: format!("{}#edit", query.address(link.clone())),
        link,
        name: option.draft.name.clone(),
        description: option.draft.description.lines().next().unwrap_or_default().to_owned(),
        points: option.draft.points.get(),
        gets: told::gets(&option.draft.coupon.discount),
        order_from: told::order_from(&option.draft),
        redeemed,
        left: option.left(),
        state,
        badge,
        has_draft: false,
        current: false,
        is_first: false,
        is_last: false,
    }
}
