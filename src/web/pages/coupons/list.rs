//! The list of coupons: searched, narrowed, page by page.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use serde::Deserialize;

use super::{customer_link, told};
use crate::{
    app::App,
    domain::{
        coupon::{Coupon, CouponStatus},
        ids::CustomerId,
        role::Role,
        time::Timestamp,
    },
    service::coupons::{
        self,
        desk::{
            self, Cursor, DeskColumn, DeskCounts, DeskFilter, DeskOrder, DeskPage, DeskPlace, DeskQuery, Origin, Place,
        },
    },
    texts::t,
    web::{
        access::Member,
        error::WebError,
        filters,
        form::Choice,
        html::{self, Want},
        query::Address,
        shell::{Section, Shell},
        words,
    },
};

const SIZES: [usize; 3] = [25, 50, 100];
/// What the list can be sorted by: the name in addresses, the key of the heading, its class.
const COLUMNS: [(DeskColumn, &str, &str, &str); 4] = [
    (DeskColumn::Code, "code", "coupons-coupon", ""),
    (DeskColumn::Used, "used", "coupons-used", "end col-2"),
    (DeskColumn::Until, "until", "coupons-until", "col-2"),
    (DeskColumn::Created, "created", "coupons-created", "col-2"),
];

/// The view of those that were deleted.
const DELETED: &str = "deleted";

/// Views that are there when there is something in them.
const RARE: [&str; 2] = ["inactive", DELETED];

/// The views of the list, each with the key of its name and its state.
const VIEWS: [(&str, &str, Option<CouponStatus>); 6] = [
    ("", "coupons-view-all", None),
    ("valid", "coupons-view-valid", Some(CouponStatus::Valid)),
    ("inactive", "coupons-view-inactive", Some(CouponStatus::Inactive)),
    ("used", "coupons-view-used", Some(CouponStatus::Used)),
    ("expired", "coupons-view-expired", Some(CouponStatus::Expired)),
    (DELETED, "coupons-view-deleted", None),
];

/// What the list is, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    q: String,
    view: String,
    origin: String,
    customer: String,
    sort: String,
    size: String,
    after: String,
    before: String,
}

fn origin_label(origin: Origin) -> String {
    match origin {
        Origin::Points => t!("coupons-origin-points"),
        Origin::Hand => t!("coupons-origin-hand"),
        Origin::Referral => t!("coupons-origin-referral"),
    }
}

/// Reads a place: number, value, code. A broken one is the beginning of the list.
fn cursor(text: &str) -> Option<Cursor> {
    let mut parts = text.splitn(3, '.');
    let (number, value) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some((DeskPlace { value, code: parts.next()?.to_owned() }, number))
}

fn written((place, number): &Cursor) -> String {
    format!("{number}.{}.{}", place.value, place.code)
}

impl Asked {
    /// Whether only the search is asked for.
    fn is_plain(&self) -> bool {
        let others = [&self.view, &self.origin, &self.customer, &self.sort, &self.after, &self.before];
        others.iter().all(|text| text.is_empty())
    }

    fn origin(&self) -> Option<Origin> {
        Origin::ALL.into_iter().find(|origin| origin.as_str() == self.origin)
    }

    fn customer(&self) -> Option<CustomerId> {
        CustomerId::parse(&self.customer).ok()
    }

    fn size(&self) -> usize {
        self.size.parse().ok().filter(|size| SIZES.contains(size)).unwrap_or(SIZES[0])
    }

    fn order(&self) -> DeskOrder {
        let (name, descending) = self.sort.strip_prefix('-').map_or((self.sort.as_str(), false), |name| (name, true));
        let column = COLUMNS.iter().find(|(_, known, ..)| *known == name).map(|(column, ..)| *column);
        column.map_or_else(DeskOrder::default, |column| DeskOrder { column, descending })
    }

    pub(super) fn query(&self) -> DeskQuery {
        let status = VIEWS.iter().find(|(name, ..)| *name == self.view).and_then(|(_, _, status)| *status);
        let filter = DeskFilter {
            // Nobody's search holds what cannot be stored.
            text: self.q.chars().filter(|c| !c.is_control()).collect(),
            named: Vec::new(),
            customer: self.customer(),
            origin: self.origin(),
            deleted: self.view == DELETED,
            status,
        };
        let place = match (cursor(&self.after), cursor(&self.before)) {
            (Some(cursor), _) => Place::After(cursor),
            (None, Some(cursor)) => Place::Before(cursor),
            (None, None) => Place::First,
        };
        DeskQuery { filter, order: self.order(), size: self.size(), place }
    }

    /// The address of this list on its first page, with one field set otherwise; an empty value leaves it out.
    fn address(&self, path: &str, name: &str, value: &str) -> Address {
        let fields = [
            ("q", self.q.trim()),
            ("view", &self.view),
            ("origin", &self.origin),
            ("customer", &self.customer),
            ("sort", &self.sort),
            ("size", &self.size),
        ];
        fields
            .into_iter()
            .map(|(field, own)| (field, if field == name { value } else { own }))
            .filter(|(_, value)| !value.is_empty())
            .fold(Address::new(path.to_owned()), |address, (field, value)| address.and(field, value))
    }
}

struct Tab {
    /// Its key in `locales/`.
    label: &'static str,
    href: String,
    count: i64,
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

/// A coupon, as the list shows it.
struct Row {
    code: String,
    link: String,
    name: String,
    worth: String,
    /// Whom it was issued to: what to read, and where the page is.
    customer: Option<(String, String)>,
    uses: String,
    until: String,
    ends: bool,
    state: String,
    badge: &'static str,
    created_at: Timestamp,
}

impl Row {
    fn new(coupon: &Coupon, page: &DeskPage, shell: &Shell, now: Timestamp) -> Self {
        let (state, badge) = told::state(coupon, now);
        let customer = coupon.issued_to.as_ref().map(|id| {
            let name = page.names.get(id).unwrap_or(id);
            (name.clone(), customer_link(shell, id))
        });
        let until = coupon.template.valid_until.map(|at| told::until(at, shell.zone()));
        Self {
            link: shell.coupon(&coupon.code),
            code: coupon.code.clone(),
            name: coupon.template.name.clone(),
            worth: words::discount(&coupon.template.discount),
            customer,
            uses: told::uses(coupon),
            ends: until.is_some(),
            until: until.unwrap_or_else(|| t!("coupons-no-end")),
            state,
            badge,
            created_at: coupon.created_at,
        }
    }
}

#[derive(Template)]
#[template(path = "coupons/index.html", blocks = ["rows", "main"])]
struct CouponsPage<'a> {
    shell: &'a Shell,
    asked: &'a Asked,
    tabs: Vec<Tab>,
    origins: Vec<Choice>,
    chips: Vec<Chip>,
    headings: Vec<Heading>,
    rows: Vec<Row>,
    range: String,
    sizes: Vec<(usize, String, bool)>,
    previous: Option<String>,
    next: Option<String>,
    /// What was looked for in vain.
    nothing: String,
    /// Whether the tenant has no coupon at all.
    is_new: bool,
    may_manage: bool,
    /// The same list as a file.
    export: String,
}

/// Lists coupons; goes on to the one whose code is searched for.
pub(in crate::web) async fn index(
    member: Member,
    asked: Query<Asked>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let asked = asked.into_inner();
    let tenant = &member.place.tenant;
    let shell = member.shell(Section::Coupons, t!("nav-coupons"));
    if want == Want::Page
        && asked.is_plain()
        && !asked.q.trim().is_empty()
        && let Some(coupon) = coupons::find(&app.db, tenant, &asked.q).await?
    {
        return Ok(html::see_other(&shell.coupon(&coupon.code)));
    }
    let now = app.now();
    let page = desk::page(&app.db, tenant, &asked.query(), now).await?;
    let may_manage = member.place.role >= Role::Manager;
    let view = coupons_page(&shell, &asked, &page, now, may_manage);
    if want.is_part("coupon-rows") {
        let here = asked.address(&shell.at("/coupons"), "", "").and("after", &asked.after).and("before", &asked.before);
        return html::list(&shell, &here.without_empty(), &view.as_rows());
    }
    html::answer(&want, StatusCode::OK, &shell, &view, &view.as_main())
}

fn coupons_page<'a>(
    shell: &'a Shell,
    asked: &'a Asked,
    page: &DeskPage,
    now: Timestamp,
    may_manage: bool,
) -> CouponsPage<'a> {
    let path = shell.at("/coupons");
    let at = |name: &str, cursor: &Cursor| asked.address(&path, "", "").and(name, &written(cursor)).to_string();
    let mut origins = vec![Choice::new("", t!("coupons-origin-any"))];
    origins.extend(Origin::ALL.map(|origin| Choice::new(origin.as_str(), origin_label(origin))));
    let DeskCounts { valid, inactive, used, expired, deleted } = page.counts;
    let last = (page.first + page.coupons.len()).saturating_sub(1);
    CouponsPage {
        tabs: tabs(asked, &path, &page.counts),
        origins,
        chips: chips(asked, &path, page),
        headings: headings(asked, &path),
        rows: page.coupons.iter().map(|coupon| Row::new(coupon, page, shell, now)).collect(),
        range: t!("ui-range-of", first = page.first, last = last, count = page.total),
        sizes: SIZES
            .into_iter()
            .map(|size| (size, asked.address(&path, "size", &size.to_string()).to_string(), size == asked.size()))
            .collect(),
        previous: page.previous.as_ref().map(|cursor| at("before", cursor)),
        next: page.next.as_ref().map(|cursor| at("after", cursor)),
        nothing: match asked.q.trim() {
            "" => t!("coupons-nothing-fits"),
            text => t!("coupons-nothing-is", text = text),
        },
        export: asked.address(&shell.at("/coupons.csv"), "size", "").to_string(),
        is_new: valid + inactive + used + expired + deleted == 0,
        shell,
        asked,
        may_manage,
    }
}

fn headings(asked: &Asked, path: &str) -> Vec<Heading> {
    let order = asked.order();
    COLUMNS
        .into_iter()
        .map(|(column, name, label, class)| {
            let sorted = (order.column == column).then_some(order.descending);
            // At first what is looked for most: the most used, the newest.
            let first_down = matches!(column, DeskColumn::Used | DeskColumn::Created);
            let down = sorted.map_or(first_down, |descending| !descending);
            let sort = if down { format!("-{name}") } else { name.to_owned() };
            let (icon, sorted) = match sorted {
                Some(true) => ("arrow-down", "descending"),
                Some(false) => ("arrow-up", "ascending"),
                None => ("chevrons-up-down", ""),
            };
            Heading { label, href: asked.address(path, "sort", &sort).to_string(), icon, sorted, class }
        })
        .collect()
}

/// Views with their counts. Those of rare states are there when there is something in them.
fn tabs(asked: &Asked, path: &str, counts: &DeskCounts) -> Vec<Tab> {
    let DeskCounts { valid, inactive, used, expired, deleted } = *counts;
    let counts = [valid + inactive + used + expired, valid, inactive, used, expired, deleted];
    VIEWS
        .iter()
        .zip(counts)
        .filter(|((name, ..), count)| *name == asked.view || *count > 0 || !RARE.contains(name))
        .map(|((name, label, _), count)| Tab {
            label,
            href: asked.address(path, "view", name).to_string(),
            count,
            current: *name == asked.view,
        })
        .collect()
}

fn chips(asked: &Asked, path: &str, page: &DeskPage) -> Vec<Chip> {
    let mut chips = Vec::new();
    let mut chip = |label: String, name: &str| {
        chips.push(Chip { label, without: asked.address(path, name, "").to_string() });
    };
    if !asked.q.trim().is_empty() {
        chip(t!("ui-quoted", text = asked.q.trim()), "q");
    }
    if let Some(origin) = asked.origin() {
        chip(origin_label(origin), "origin");
    }
    if let Some(customer) = asked.customer() {
        let name = page.names.get(customer.as_str()).cloned().unwrap_or_else(|| customer.to_string());
        chip(t!("coupons-of-customer", name = name), "customer");
    }
    chips
}
