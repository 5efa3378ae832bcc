//! `/admin/{tenant}/coupons`: codes, what they are worth, and what became of them.

mod acts;
mod export;
mod form;
mod list;
mod told;

use std::collections::HashMap;

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use serde::Deserialize;

pub(in crate::web) use acts::{cancel, confirm_cancelling, confirm_deletion, confirm_giving_back, delete, give_back};
pub(in crate::web) use export::export;
pub(in crate::web) use form::{create, new_form};
pub(in crate::web) use list::index;

use super::history::Event;
use crate::{
    app::App,
    domain::{code::CouponCode, coupon::Coupon, ids::CustomerId, role::Role, time::Timestamp},
    service::coupons::{
        CouponError,
        desk::{self, Exchange, Story, ToldUse, UsePlace},
    },
    texts::t,
    web::{
        access::Member,
        error::WebError,
        filters, format,
        html::{self, Want},
        query::{Address, customer_segment, escaped},
        shell::{Section, Shell},
        words,
    },
};

impl From<CouponError> for WebError {
    fn from(error: CouponError) -> Self {
        match error {
            CouponError::Store(error) => error.into(),
            CouponError::Unknown(_) | CouponError::RedemptionUnknown(_) => Self::NotFound,
            refused => Self::Conflict(refused.to_string()),
        }
    }
}

/// The address of a customer's page; the list of customers for what is no customer.
fn customer_link(shell: &Shell, id: &str) -> String {
    let segment = CustomerId::parse(id).map(|id| format!("/{}", customer_segment(&id)));
    shell.at(&format!("/customers{}", segment.unwrap_or_default()))
}

/// A use, as the page shows it.
struct UseLine {
    at: Timestamp,
    customer: Option<(String, String)>,
    entity: String,
    order: String,
    total: String,
    discount: String,
    by: String,
    given_back_at: Option<Timestamp>,
    /// Where it is given back.
    give_back: String,
}

/// Where a coupon came from, as the page shows it.
struct Bought<'a> {
    exchange: &'a Exchange,
    customer: (String, String),
    option: String,
    /// The entry of the ledger that took the points.
    entry: String,
}

/// What the page calls what was done, and whether the fields that it touched are told.
fn named(action: &str) -> Option<(String, bool)> {
    Some(match action {
        "coupon.created" => (t!("coupon-event-created"), false),
        "coupon.changed" => (t!("coupon-event-changed"), true),
        "coupon.deleted" => (t!("coupon-event-deleted"), false),
        "coupon.redemption_deleted" => (t!("coupon-event-use-given-back"), false),
        _ => return None,
    })
}

/// What was done to a coupon, the newest first. What its redemption did stands in the ledger.
fn history(story: &Story, names: impl Fn(&str) -> String) -> Vec<Event> {
    let mut events: Vec<Event> = story.changes.iter().map(|kept| Event::new(kept, named)).collect();
    if let Some(exchange) = &story.exchange {
        let points = exchange.points;
        let event = |at, what| Event { at, what, who: names(&exchange.customer_id), changes: Vec::new() };
        events.extend(exchange.cancelled_at.map(|at| event(at, t!("coupon-event-cancelled", points = points))));
        events.push(event(exchange.created_at, t!("coupon-event-issued", points = points)));
    }
    events.extend(story.coupon.imported_at.map(|at| Event {
        at,
        what: t!("coupon-event-imported"),
        who: t!("coupon-event-imported-by"),
        changes: Vec::new(),
    }));
    events.sort_by_key(|event| std::cmp::Reverse(event.at));
    events
}

#[derive(Template)]
#[template(path = "coupons/show.html", blocks = ["main"])]
struct CouponPage<'a> {
    shell: &'a Shell,
    coupon: &'a Coupon,
    link: &'a str,
    state: String,
    badge: &'static str,
    worth: String,
    left: Option<i64>,
    facts: Vec<told::Fact>,
    /// The customers who may use it, with their pages.
    valid_for: Vec<(String, String)>,
    /// Whom it was issued to, where that is not the customer who bought it.
    issued_to: Option<(String, String)>,
    bought: Option<Bought<'a>>,
    uses: Vec<UseLine>,
    /// What is known of uses from before the coupon was taken over.
    before_told: String,
    uses_range: String,
    newest: Option<String>,
    older: Option<String>,
    history: Vec<Event>,
    /// Where admins read more of that.
    audit: Option<String>,
    may_cancel: bool,
    may_manage: bool,
}

/// The part of the path that names a coupon.
type OfCoupon = Path<(String, String)>;

fn code_in(text: &str) -> Result<CouponCode, WebError> {
    CouponCode::parse(text).map_err(|_no_code| WebError::NotFound)
}

async fn find(app: &App, member: &Member, code: &CouponCode) -> Result<Story, WebError> {
    desk::story(&app.db, &member.place.tenant, code, None).await?.ok_or(WebError::NotFound)
}

/// What to call a customer, and where the page is.
fn customer(shell: &Shell, names: &HashMap<String, String>, id: &str) -> (String, String) {
    (names.get(id).cloned().unwrap_or_else(|| id.to_owned()), customer_link(shell, id))
}

impl UseLine {
    fn new(told: &ToldUse, shell: &Shell, link: &str, names: &HashMap<String, String>) -> Self {
        let used = &told.used.used;
        Self {
            at: told.used.redeemed_at,
            customer: used.customer.as_ref().map(|id| customer(shell, names, id.as_str())),
            entity: used.legal_entity_id.clone().unwrap_or_default(),
            order: used.order_code.clone().unwrap_or_default(),
            total: format::money(used.order_total.amount, &used.order_total.currency),
            discount: format::money(used.discount.amount, &used.discount.currency),
            by: told.by.clone(),
            given_back_at: told.used.deleted_at,
            give_back: format!("{link}/uses/{}/give-back", escaped(&told.used.id)),
        }
    }
}

/// Whether the points of the exchange can come back: it was not cancelled, and the coupon not used.
fn is_cancellable(story: &Story) -> bool {
    story.coupon.redemption_count == 0 && story.exchange.as_ref().is_some_and(|one| one.cancelled_at.is_none())
}

/// What the address of a coupon's page says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Shown {
    /// Where the uses begin; a broken one is the newest.
    before: String,
}

impl Shown {
    fn place(&self) -> Option<UsePlace> {
        let (at, id) = self.before.split_once('.')?;
        Some((Timestamp::from_micros(at.parse().ok()?), id.to_owned()))
    }
}

/// Shows a coupon.
pub(in crate::web) async fn show(
    member: Member,
    path: OfCoupon,
    asked: Query<Shown>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let before = asked.place();
    let story = desk::story(&app.db, &member.place.tenant, &code_in(&path.1)?, before.as_ref()).await?;
    let story = story.ok_or(WebError::NotFound)?;
    let coupon = &story.coupon;
    let shell = member.shell(Section::Coupons, &coupon.code);
    let link = shell.coupon(&coupon.code);
    let (state, badge) = told::state(coupon, app.now());
    let template = &coupon.template;
    let bought = story.exchange.as_ref().map(|exchange| Bought {
        customer: customer(&shell, &story.names, &exchange.customer_id),
        option: shell.at(&format!("/options/{}", escaped(&exchange.option_id))),
        entry: format!("{}/entries/{}", customer_link(&shell, &exchange.customer_id), escaped(&exchange.entry_id)),
        exchange,
    });
    let page = CouponPage {
        shell: &shell,
        coupon,
        link: &link,
        state,
        badge,
        worth: words::discount(&template.discount),
        left: (template.max_redemptions >= 0).then(|| (template.max_redemptions - coupon.redemption_count).max(0)),
        facts: told::facts(template, shell.zone()),
        valid_for: template.restrictions.valid_for.iter().map(|id| customer(&shell, &story.names, id)).collect(),
        issued_to: coupon.issued_to.as_ref().filter(|_| bought.is_none()).map(|id| customer(&shell, &story.names, id)),
        bought,
        uses: story.uses.iter().map(|told| UseLine::new(told, &shell, &link, &story.names)).collect(),
        before_told: t!("coupon-uses-before", count = coupon.uses_before),
        uses_range: t!("coupon-uses-range", shown = story.uses.len(), count = story.all_uses),
        newest: before.map(|_| link.clone()),
        older: story
            .older
            .as_ref()
            .map(|(at, id)| Address::new(link.clone()).and("before", &format!("{}.{id}", at.micros())).to_string()),
        history: history(&story, |id| customer(&shell, &story.names, id).0),
        audit: (member.place.role >= Role::Admin).then(|| {
            let list = Address::new(Section::AuditLog.address(&member.place.tenant));
            list.and("subject", &format!("coupon:{}", coupon.code)).to_string()
        }),
        may_cancel: member.place.role >= Role::Agent && is_cancellable(&story),
        may_manage: member.place.role >= Role::Manager,
    };
    html::answer(&want, StatusCode::OK, &shell, &page, &page.as_main())
}
