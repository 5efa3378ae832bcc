//! A customer's history, in which every entry explains itself.

use actix_web::{HttpResponse, web::Data};
use serde_json::Value;

use super::{
    OfCustomer, customer_in, may_cancel, may_undo,
    words::{COLUMNS, actor_name, cells, kind_name, reason_name, source_name, sub, title},
};
use crate::{
    app::App,
    domain::{
        actor::ActorKind,
        ids::SiteCode,
        ledger::entry::{Entry, EntryKind},
        order::earning::Working,
        time::Timestamp,
    },
    service::{
        approvals,
        history::{self, CouponBrief, Link, Show, Told},
    },
    texts::t,
    web::{
        access::Member,
        csv::{self, Step},
        error::WebError,
        format,
        query::escaped,
    },
};

/// Entries that an export reads at once.
const EXPORTED: i64 = 1_000;

/// A fact about an entry.
pub(super) struct Fact {
    pub(super) label: String,
    pub(super) value: String,
    /// Whether it is an id or a code.
    pub(super) is_code: bool,
}

/// Points that an entry took from a lot, or that were taken from its lot.
pub(super) struct Part {
    pub(super) points: i64,
    pub(super) text: String,
}

/// An entry, as the pages show it.
pub(super) struct Line {
    pub(super) seq: i64,
    pub(super) link: String,
    pub(super) icon: &'static str,
    pub(super) node: &'static str,
    pub(super) title: String,
    pub(super) sub: String,
    pub(super) code: Option<String>,
    pub(super) code_state: String,
    pub(super) until: Option<Timestamp>,
    pub(super) at: Timestamp,
    pub(super) who: String,
    pub(super) points: i64,
    pub(super) balance: i64,
    pub(super) undone: bool,
    pub(super) facts: Vec<Fact>,
    pub(super) taken: Vec<Part>,
    pub(super) taken_more: String,
    pub(super) takers: Vec<Part>,
    pub(super) takers_more: String,
    pub(super) undo: Option<String>,
    pub(super) cancel: Option<String>,
}

/// The entries of one month.
pub(super) struct Month {
    pub(super) label: String,
    pub(super) lines: Vec<Line>,
}

const fn looks(story_kind: EntryKind, mends: bool) -> (&'static str, &'static str) {
    match story_kind {
        EntryKind::Added | EntryKind::Removed if mends => ("undo-2", "node-undo"),
        EntryKind::Earned => ("shopping-bag", "node-plus"),
        EntryKind::Added => ("star", "node-plus"),
        EntryKind::Removed => ("minus", ""),
        EntryKind::Redeemed => ("ticket", "node-minus"),
        EntryKind::Expired => ("hourglass", ""),
        EntryKind::TakenBack => ("package-minus", ""),
        EntryKind::GivenBack => ("undo-2", "node-undo"),
        EntryKind::Closed => ("ban", ""),
    }
}

/// In which state a coupon is.
fn coupon_state(coupon: &CouponBrief, now: Timestamp) -> String {
    if coupon.cancelled_at.is_some() {
        t!("entry-coupon-cancelled")
    } else if coupon.is_used {
        t!("entry-coupon-used")
    } else if coupon.until.is_some_and(|until| until <= now) {
        t!("entry-coupon-expired")
    } else {
        t!("entry-coupon-unused")
    }
}

/// How one entry is called beside another.
fn link_text(link: &Link, member: &Member) -> String {
    let what = match (link.description.as_deref(), link.reference.as_deref()) {
        (_, Some(reference)) if link.kind == EntryKind::Earned => t!("entry-order", order = reference),
        (Some(text), _) if !text.is_empty() => t!("entry-kind-with", kind = kind_name(link.kind), text = text),
        (_, Some(reference)) => t!("entry-kind-with", kind = kind_name(link.kind), text = reference),
        _ => kind_name(link.kind),
    };
    let on = format::date(link.at, member.place.zone);
    match link.until {
        Some(until) => {
            t!("entry-link-until", what = what, on = on, until = format::date(until, member.place.zone))
        }
        None => t!("entry-link", what = what, on = on),
    }
}

fn parts(links: &[Link], member: &Member) -> (Vec<Part>, String) {
    let more = links.first().map_or(0, |link| link.times) - i64::try_from(links.len()).unwrap_or_default();
    let parts = links.iter().map(|link| Part { points: link.points, text: link_text(link, member) }).collect();
    (parts, if more > 0 { t!("entry-more", count = more) } else { String::new() })
}

struct Facts(Vec<Fact>);

impl Facts {
    fn add(&mut self, label: String, value: impl Into<String>) {
        self.0.push(Fact { label, value: value.into(), is_code: false });
    }

    fn some(&mut self, label: String, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.add(label, value);
        }
    }

    fn code(&mut self, label: String, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.0.push(Fact { label, value: value.to_owned(), is_code: true });
        }
    }
}

fn facts(told: &Told, member: &Member) -> Vec<Fact> {
    let (story, zone) = (&told.story, member.place.zone);
    let entry = &story.entry;
    let memo = &entry.memo;
    let mut facts = Facts(Vec::new());
    let (at, source) = (format::date_time(entry.recorded_at, zone), source_name(memo.source));
    let recorded = if memo.actor.kind == ActorKind::Customer {
        t!("entry-recorded-by-customer", at = at, source = source)
    } else {
        let by = actor_name(&memo.actor, story.actor_name.as_deref());
        t!("entry-recorded-by", at = at, by = by, source = source)
    };
    facts.add(t!("entry-recorded"), recorded);
    facts.some(t!("approvals-approved-by"), told.approved_by.as_deref());
    facts.some(
        t!("entry-reason"),
        memo.reason.as_deref().map(|code| reason_name(code, story.reason_label.as_deref())).as_deref(),
    );
    facts.some(t!("entry-note"), memo.description.as_deref());
    facts.some(t!("entry-private-note"), story.note.as_deref());
    facts.code(t!("entry-reference"), memo.reference.as_deref());
    facts.some(t!("entry-site"), memo.site.as_ref().map(SiteCode::as_str));
    if let Some(from) = entry.available_from {
        facts.add(t!("entry-usable-from"), format::date_time(from, zone));
    }
    if let Some(until) = entry.valid_until {
        facts.add(t!("entry-valid-until"), format::date_time(until, zone));
    }
    if let Some(left) = story.remaining {
        facts.add(t!("entry-left"), t!("entry-left-of", left = left, points = entry.points));
    }
    if let Some(mended) = &story.mended {
        let at = format::date_time(mended.at, zone);
        let told = match &mended.by {
            Some(by) => t!("entry-undone-by", at = at, by = by),
            None => at,
        };
        facts.add(t!("entry-undone"), told);
    }
    if let Some(mends) = &story.mends {
        let (what, points) = (kind_name(mends.kind), mends.points.saturating_abs());
        let at = format::date_time(mends.at, zone);
        facts.add(t!("entry-undoes"), t!("entry-undoes-what", what = what, points = points, at = at));
    }
    facts.code(t!("entry-coupon"), story.coupon.as_ref().map(|coupon| coupon.code.as_str()));
    worked_out(entry, &mut facts);
    facts.code(t!("entry-entry"), Some(entry.entry_id.as_str()));
    facts.0
}

/// How the points were worked out, as the rule that did it wrote down. What an exchange keeps for itself, such as the
/// whole coupon, is told by its code.
fn worked_out(entry: &Entry, facts: &mut Facts) {
    if entry.kind == EntryKind::Redeemed || approvals::is_approval(entry.memo.details.as_deref()) {
        return;
    }
    if let Some(working) = entry.memo.details.as_deref().and_then(Working::from_text) {
        facts.add(t!("entry-worked-out", currency = working.currency.as_str()), working.to_string());
        let version = working.rule_version.to_string();
        facts.add(t!("entry-rule"), t!("entry-rule-version", version = version));
        return;
    }
    let details: Option<Value> = entry.memo.details.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let Some(Value::Object(details)) = details else { return };
    for (name, value) in details {
        let value = match value {
            Value::String(text) => text,
            Value::Bool(true) => t!("entry-yes"),
            Value::Bool(false) => t!("entry-no"),
            Value::Null | Value::Array(_) | Value::Object(_) => continue,
            Value::Number(number) => number.to_string(),
        };
        facts.some(words(&name), Some(&value));
    }
}

/// `ruleVersion` and `rule_version` as people say it: `Rule version`.
fn words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        match c {
            '_' | '.' | '-' => words.push(' '),
            c if c.is_uppercase() => words.extend([' '].into_iter().chain(c.to_lowercase())),
            c if words.is_empty() => words.extend(c.to_uppercase()),
            c => words.push(c),
        }
    }
    words
}

impl Line {
    /// An entry on the page at `base`, the address of its customer.
    pub(super) fn new(told: &Told, member: &Member, base: &str, now: Timestamp) -> Self {
        let (story, entry) = (&told.story, &told.story.entry);
        let (icon, node) = looks(entry.kind, entry.memo.mends.is_some());
        let link = format!("{base}/entries/{}", escaped(entry.entry_id.as_str()));
        let (taken, taken_more) = parts(&told.taken, member);
        let (takers, takers_more) = parts(&told.takers, member);
        Self {
            seq: entry.seq,
            icon,
            node,
            title: title(story),
            sub: sub(story),
            code: story.coupon.as_ref().map(|coupon| coupon.code.clone()),
            code_state: story.coupon.as_ref().map_or_else(String::new, |coupon| coupon_state(coupon, now)),
            until: entry.valid_until.filter(|_| story.remaining.is_some_and(|left| left > 0)),
            at: entry.recorded_at,
            who: actor_name(&entry.memo.actor, story.actor_name.as_deref()),
            points: entry.points,
            balance: entry.balance_after,
            undone: story.mended.is_some(),
            facts: facts(told, member),
            taken,
            taken_more,
            takers,
            takers_more,
            undo: may_undo(member, story).then(|| format!("{link}/undo")),
            cancel: may_cancel(member, story).then(|| format!("{link}/cancel")),
            link,
        }
    }
}

/// Entries by month, both the newest first.
pub(super) fn months(entries: &[Told], member: &Member, base: &str, now: Timestamp) -> Vec<Month> {
    let mut months: Vec<Month> = Vec::new();
    for told in entries {
        let label = format::month(told.story.entry.recorded_at, member.place.zone);
        let line = Line::new(told, member, base, now);
        match months.last_mut() {
            Some(month) if month.label == label => month.lines.push(line),
            _ => months.push(Month { label, lines: vec![line] }),
        }
    }
    months
}

/// A choice of what the history shows.
pub(super) struct Tab {
    pub(super) label: String,
    pub(super) href: String,
    pub(super) count: i64,
    pub(super) current: bool,
}

pub(super) fn tab(show: Show, current: Show, base: &str, count: i64) -> Tab {
    let label = match show {
        Show::All => t!("customer-history-all"),
        Show::Added => t!("customer-added"),
        Show::Redeemed => t!("customer-redeemed"),
        Show::Taken => t!("customer-removed"),
        Show::Expired => t!("customer-expired"),
    };
    let href = if show == Show::All { base.to_owned() } else { format!("{base}?show={}", show.as_str()) };
    Tab { label, href, count, current: show == current }
}

/// Gives a customer's history as a file, the newest entry first.
pub(in crate::web) async fn export(member: Member, path: OfCustomer, app: Data<App>) -> Result<HttpResponse, WebError> {
    let customer = customer_in(&path.1)?;
    let (tenant, zone) = (member.place.tenant.clone(), member.place.zone);
    let read = move |before: i64| {
        let (app, tenant, customer) = (app.clone(), tenant.clone(), customer.clone());
        async move {
            let stories = history::stories_of(&app.db, &tenant, &customer, before, EXPORTED).await?;
            let lines: String = stories.iter().map(|story| csv::line(cells(story, zone))).collect();
            let full = i64::try_from(stories.len()).is_ok_and(|count| count == EXPORTED);
            let next = stories.last().filter(|_| full).map(|story| story.entry.seq);
            Ok((lines, next.map_or(Step::End, Step::Page)))
        }
    };
    Ok(csv::download("history", &COLUMNS, i64::MAX, read))
}
