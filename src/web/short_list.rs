//! Lists that are short enough to be narrowed, sorted and cut into pages in memory; what they show stands in the address.

use std::cmp::Ordering;

use serde::Deserialize;

use super::{form::Choice, query::Address};
use crate::{
    domain::customer::{all_words, typed_words},
    texts::t,
};

/// Rows on a page.
const ROWS: usize = 50;

/// What a list shows, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ShortQuery {
    pub(crate) q: String,
    pub(crate) view: String,
    /// One of the choices of [`ShortList::narrowed_by`].
    pub(crate) only: String,
    sort: String,
    page: String,
}

/// A view of the list, with the number of its rows.
pub(crate) struct Tab {
    /// Its key in `locales/`.
    pub(crate) label: &'static str,
    pub(crate) href: String,
    pub(crate) count: i64,
    pub(crate) current: bool,
}

/// The heading of a column that the list can be sorted by.
pub(crate) struct Heading {
    /// Its key in `locales/`.
    pub(crate) label: &'static str,
    pub(crate) href: String,
    pub(crate) icon: &'static str,
    /// The value of `aria-sort`, or nothing.
    pub(crate) sorted: &'static str,
    pub(crate) class: &'static str,
}

/// Compares two rows by a column.
type Compare<T> = fn(&T, &T) -> Ordering;

/// A column that the list can be sorted by.
pub(crate) struct Column<T> {
    /// In the address.
    pub(crate) name: &'static str,
    /// Its key in `locales/`.
    pub(crate) label: &'static str,
    pub(crate) class: &'static str,
    pub(crate) compare: Compare<T>,
}

/// A list, ready to be shown.
pub(crate) struct ShortList<T> {
    pub(crate) tabs: Vec<Tab>,
    pub(crate) headings: Vec<Heading>,
    pub(crate) rows: Vec<T>,
    pub(crate) range: String,
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
    /// What is searched for, and what else the list is narrowed to, each with the address without it.
    pub(crate) chips: Vec<(String, String)>,
    /// What the list can be narrowed to beside its views: the key of its name, and the choices.
    pub(crate) choices: Option<(&'static str, Vec<Choice>)>,
    /// The address without any filter.
    pub(crate) plain: String,
    /// The query that keeps the list as it is, with its `?`.
    pub(crate) query: String,
    /// What fields of the search form keep beside the search.
    pub(crate) kept: Vec<(&'static str, String)>,
}

impl ShortQuery {
    /// The address of the list on its first page, with one field set otherwise; an empty value leaves it out.
    fn address(&self, path: &str, name: &str, value: &str) -> String {
        [("q", self.q.trim()), ("view", &self.view), ("only", &self.only), ("sort", &self.sort)]
            .into_iter()
            .map(|(field, own)| (field, if field == name { value } else { own }))
            .chain((name == "page").then_some(("page", value)))
            .filter(|(_, value)| !value.is_empty())
            .fold(Address::new(path.to_owned()), |address, (field, value)| address.and(field, value))
            .to_string()
    }

    /// The rows that fit, in the order that is asked for: all of them, for a file.
    pub(crate) fn all<T>(
        &self,
        rows: Vec<T>,
        columns: &[Column<T>],
        fits: impl Fn(&T, &str) -> bool,
        texts: impl Fn(&T) -> Vec<&str>,
    ) -> Vec<T> {
        let mut rows: Vec<T> =
            rows.into_iter().filter(|row| fits(row, &self.view) && finds(&self.q, &texts(row))).collect();
        let (name, descending) = self.sorted();
        if let Some(column) = columns.iter().find(|column| column.name == name) {
            rows.sort_by(|a, b| if descending { (column.compare)(b, a) } else { (column.compare)(a, b) });
        }
        rows
    }

    fn sorted(&self) -> (&str, bool) {
        self.sort.strip_prefix('-').map_or((self.sort.as_str(), false), |name| (name, true))
    }

    /// The list at `path`. `fits` says whether a row belongs to a view, the first of which is all of them; `texts` is what
    /// a row is searched in.
    pub(crate) fn list<T>(
        &self,
        path: &str,
        rows: Vec<T>,
        views: &[(&'static str, &'static str)],
        columns: &[Column<T>],
        fits: impl Fn(&T, &str) -> bool,
        texts: impl Fn(&T) -> Vec<&str>,
    ) -> ShortList<T> {
        let tabs = views
            .iter()
            .map(|(view, label)| Tab {
                label,
                href: self.address(path, "view", view),
                count: i64::try_from(rows.iter().filter(|row| fits(row, view)).count()).unwrap_or(i64::MAX),
                current: self.view == *view,
            })
            .collect();
        let headings = columns.iter().map(|column| self.heading(path, column)).collect();
        let mut rows = self.all(rows, columns, fits, texts);
        let total = rows.len();
        let last_page = total.saturating_sub(1) / ROWS;
        let page = self.page.parse::<usize>().unwrap_or(1).saturating_sub(1).min(last_page);
        rows = rows.into_iter().skip(page * ROWS).take(ROWS).collect();
        let first = page * ROWS;
        let at =
            |page: usize| self.address(path, "page", &if page == 0 { String::new() } else { (page + 1).to_string() });
        let query = self.address("", "page", &self.page);
        ShortList {
            tabs,
            headings,
            range: t!("ui-range-of", first = (first + 1).min(total), last = first + rows.len(), count = total),
            rows,
            previous: page.checked_sub(1).map(at),
            next: (page < last_page).then(|| at(page + 1)),
            chips: (!self.q.trim().is_empty())
                .then(|| (t!("ui-quoted", text = self.q.trim()), self.address(path, "q", "")))
                .into_iter()
                .collect(),
            choices: None,
            plain: path.to_owned(),
            query,
            kept: [("view", &self.view), ("sort", &self.sort)]
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| (name, value.clone()))
                .collect(),
        }
    }

    fn heading<T>(&self, path: &str, column: &Column<T>) -> Heading {
        let (name, descending) = self.sorted();
        let (icon, sorted, next) = match (name == column.name, descending) {
            (true, false) => ("arrow-up", "ascending", format!("-{}", column.name)),
            (true, true) => ("arrow-down", "descending", String::new()),
            (false, _) => ("chevrons-up-down", "", column.name.to_owned()),
        };
        let href = self.address(path, "sort", &next);
        Heading { label: column.label, href, icon, sorted, class: column.class }
    }
}

/// Whether what is searched for stands in these texts: each of its words begins one of theirs, or is a part of one.
pub(crate) fn finds(typed: &str, texts: &[&str]) -> bool {
    let wanted = typed_words(typed);
    let there: Vec<String> = texts.iter().flat_map(|text| all_words(text)).collect();
    let plain = texts.join(" ").to_lowercase();
    wanted.iter().all(|word| there.iter().any(|other| other.starts_with(word.as_str())))
        || plain.contains(&typed.trim().to_lowercase())
}

impl<T> ShortList<T> {
    /// Offers choices, too, one of which the list can be narrowed to; `label` is the key of their name. The rows were
    /// narrowed before, so that the numbers at the views tell what is in them.
    pub(crate) fn narrowed_by(mut self, query: &ShortQuery, label: &'static str, choices: Vec<Choice>) -> Self {
        let chosen = choices.iter().find(|choice| choice.value == query.only);
        self.chips.extend(chosen.map(|choice| (choice.label.clone(), query.address(&self.plain, "only", ""))));
        self.choices = Some((label, choices));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEWS: [(&str, &str); 2] = [("", "ui-filter"), ("even", "ui-filter")];

    fn columns() -> [Column<(u64, String)>; 1] {
        [Column { name: "number", label: "ui-filter", class: "", compare: |a, b| a.0.cmp(&b.0) }]
    }

    fn list(query: &str) -> ShortList<(u64, String)> {
        let query: ShortQuery = serde_urlencoded::from_str(query).unwrap();
        let rows = (0..120).map(|n| (n, format!("Row {n} Zoë"))).collect();
        let fits = |row: &(u64, String), view: &str| view != "even" || row.0.is_multiple_of(2);
        query.list("/list", rows, &VIEWS, &columns(), fits, |row| vec![row.1.as_str()])
    }

    fn numbers(list: &ShortList<(u64, String)>) -> Vec<u64> {
        list.rows.iter().map(|(number, _)| *number).collect()
    }

    #[test]
    fn a_list_is_narrowed_sorted_and_cut_into_pages() {
        let all = list("");
        assert_eq!((numbers(&all), all.previous.as_deref()), ((0..50).collect(), None));
        assert_eq!((all.next.as_deref(), all.query.as_str()), (Some("/list?page=2"), ""));
        assert_eq!(all.tabs.iter().map(|tab| tab.count).collect::<Vec<_>>(), [120, 60]);
        let last = list("page=3&sort=-number");
        assert_eq!(numbers(&last), (0..20).rev().collect::<Vec<_>>());
        assert_eq!((last.previous.as_deref(), last.next.as_deref()), (Some("/list?sort=-number&page=2"), None));
        assert_eq!((last.headings[0].sorted, last.headings[0].href.as_str()), ("descending", "/list"));
        let second = list("page=2");
        assert_eq!(second.previous.as_deref(), Some("/list"));
        let found = list("q=zoe+11&view=even&sort=number");
        assert_eq!(numbers(&found), [110, 112, 114, 116, 118]);
        assert_eq!(found.chips[0].1, "/list?view=even&sort=number");
        assert_eq!(found.query, "?q=zoe%2011&view=even&sort=number");
        let choices = || vec![Choice::new("odd", "Odd"), Choice::new("prime", "Prime")];
        let query: ShortQuery = serde_urlencoded::from_str("q=zoe&only=odd&view=even").unwrap();
        let narrowed = list("q=zoe&only=odd&view=even").narrowed_by(&query, "ui-filter", choices());
        let without: Vec<&str> = narrowed.chips.iter().map(|(_, without)| without.as_str()).collect();
        assert_eq!(without, ["/list?view=even&only=odd", "/list?q=zoe&view=even"]);
        assert_eq!(narrowed.next.unwrap(), "/list?q=zoe&view=even&only=odd&page=2");
        for nothing in ["q=nobody", "page=99&q=nobody"] {
            assert!(list(nothing).rows.is_empty());
        }
        assert_eq!(numbers(&list("page=0")).len(), 50);
        assert_eq!(numbers(&list("page=99")).len(), 20);
    }
}
