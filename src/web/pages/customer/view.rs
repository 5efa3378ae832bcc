//! The page itself.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use serde::Deserialize;

use super::{
    OfCustomer,
    adjust::{self, AdjustForm, ReasonChoice},
    customer_in, default_site,
    history::{self, Month, Tab},
    new_key,
    person::PersonForm,
    preview::PreviewView,
};
use crate::{
    app::App,
    domain::{
        approval::What, calendar, customer::Birthday, ids::CustomerId, points::Points, reason::BIRTHDAY, role::Role,
        site::Site, time::Timestamp,
    },
    service::{
        approvals::{self, Approval},
        customers::{
            list::Today,
            overview::{self, Overview, Turn},
            recent,
        },
        history::{Show, timeline},
        sites,
    },
    texts::t,
    web::{
        access::Member,
        error::WebError,
        filters,
        form::{Choice, Errors},
        format,
        html::{self, Want},
        query::{Address, customer_page, escaped},
        shell::{Section, Shell},
    },
};

/// Entries on one page of a history.
const ENTRIES: usize = 25;
/// What is preselected.
const USUAL_REASON: &str = "goodwill";

/// What the address says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    show: String,
    before: String,
    reason: String,
    points: String,
    direction: String,
    note: String,
    reference: String,
}

/// What the page shows besides what the customer has.
#[derive(Default)]
pub(super) struct State {
    pub(super) asked: Asked,
    pub(super) adjust: Option<AdjustForm>,
    pub(super) preview: Option<PreviewView>,
    pub(super) person: Option<PersonForm>,
    pub(super) errors: Errors,
}

/// When points end.
struct End {
    points: i64,
    at: Timestamp,
    apart: String,
    soon: bool,
    /// Beginning and width of its part of the bar, in hundredths of a percent.
    from: String,
    width: String,
    class: usize,
}

/// A request for approval.
struct Waiting {
    text: String,
    link: String,
}

struct CouponLine {
    code: String,
    state: String,
    name: String,
}

#[derive(Template)]
#[template(path = "customer/index.html", blocks = ["history", "main"])]
struct CustomerPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    id: &'a str,
    name: String,
    base: &'a str,
    overview: &'a Overview,
    status: String,
    worth: Option<String>,
    ends: Vec<End>,
    begins: Vec<Turn>,
    tabs: Vec<Tab>,
    months: Vec<Month>,
    range: String,
    older: Option<String>,
    newest: Option<String>,
    adjust: AdjustForm,
    preview: Option<PreviewView>,
    reasons: Vec<ReasonChoice>,
    directions: Vec<Choice>,
    sites: Vec<Choice>,
    validity: String,
    limit: Option<i64>,
    limit_told: String,
    button: String,
    waiting: Vec<Waiting>,
    person: PersonForm,
    person_open: bool,
    birthday: Option<String>,
    coupons: Vec<CouponLine>,
    coupons_link: String,
    may_change: bool,
    may_manage: bool,
}

impl CustomerPage<'_> {
    fn is_open(&self) -> bool {
        self.overview.account.is_some_and(|account| account.open)
    }

    fn taken(&self) -> String {
        format::number(self.overview.sums.removed + self.overview.sums.taken_back)
    }
}

/// Shows a customer.
pub(in crate::web) async fn show(
    member: Member,
    path: OfCustomer,
    asked: Query<Asked>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let customer = customer_in(&path.1)?;
    let response =
        answer(&member, &want, &app, &customer, State { asked: asked.into_inner(), ..State::default() }).await?;
    if response.status().is_success() && want == Want::Page {
        recent::note(&app, &member.place.tenant, &member.person.user_id, &customer).await;
    }
    Ok(response)
}

/// Shows a customer, with forms as they were sent.
pub(super) async fn answer(
    member: &Member,
    want: &Want,
    app: &App,
    customer: &CustomerId,
    state: State,
) -> Result<HttpResponse, WebError> {
    let (now, tenant, zone) = (app.now(), &member.place.tenant, member.place.zone);
    let overview = overview::find(&app.db, tenant, customer, &member.place.currency, now).await?;
    let show = Show::parse(&state.asked.show);
    let before = state.asked.before.parse().ok();
    let timeline = timeline(&app.db, tenant, customer, show, before, ENTRIES).await?;
    let sites = sites::list(&app.db, tenant).await?;
    let offered = adjust::offered(member, app).await?;
    let reasons: Vec<_> = offered.iter().map(|reason| ReasonChoice::new(reason, now, zone)).collect();
    let waiting = approvals::open_of_customer(&app.db, tenant, customer).await?;
    let adjust = state.adjust.unwrap_or_else(|| filled_in(&state.asked, &sites, &reasons));
    let limit = member.place.limits.of(member.place.role).filter(|_| member.place.role >= Role::Agent);

    let name = overview.person.name.clone().unwrap_or_else(|| customer.to_string());
    let known = overview.account.is_some() || !overview.person.is_empty() || !waiting.is_empty();
    let (shell, mut status) = state.errors.mark(member.shell(Section::Customers, &name));
    if !known && status == StatusCode::OK {
        status = StatusCode::NOT_FOUND;
    }
    let base = customer_page(tenant, customer);
    let shown = match show {
        Show::All => String::new(),
        other => format!("&show={}", other.as_str()),
    };
    let page = CustomerPage {
        errors: &state.errors,
        id: customer.as_str(),
        base: &base,
        status: match overview.account {
            Some(account) if account.open => t!("customer-active"),
            Some(_) => t!("customer-closed"),
            None => t!("customer-no-account"),
        },
        worth: overview.worth.map(|worth| format::money(worth, &member.place.currency)),
        ends: ends(&overview, now, zone),
        begins: overview.begins.clone(),
        tabs: Show::ALL.into_iter().map(|one| history::tab(one, show, &base, overview.sums.count(one))).collect(),
        range: range(timeline.entries.len(), overview.sums.count(show)),
        months: history::months(&timeline.entries, member, &base, now),
        older: timeline.older.map(|older| format!("{base}?before={older}{shown}")),
        newest: before
            .map(|_: i64| format!("{base}?{}", shown.trim_start_matches('&')).trim_end_matches('?').to_owned()),
        button: button(&adjust),
        adjust,
        preview: state.preview,
        birthday: birthday(&overview, Today { now, zone }, &base, &reasons),
        reasons,
        waiting: waiting.iter().map(|approval| told(approval, member, now)).collect(),
        directions: vec![Choice::new("add", t!("adjust-add")), Choice::new("remove", t!("adjust-remove"))],
        validity: default_site(&sites)
            .map_or_else(String::new, |site| t!("adjust-by-rule", day = format::date(site.valid_until(now), zone))),
        sites: sites.iter().map(|site| Choice::new(site.code.as_str(), &site.name)).collect(),
        limit,
        limit_told: limit.map(|limit| t!("adjust-limit", points = limit)).unwrap_or_default(),
        person_open: state.person.is_some(),
        person: state.person.unwrap_or_else(|| PersonForm::of(&overview.person)),
        coupons: coupons(&overview, now),
        coupons_link: Address::new(shell.at("/coupons")).and("customer", customer.as_str()).to_string(),
        may_change: member.place.role >= Role::Agent,
        may_manage: member.place.role >= Role::Manager,
        overview: &overview,
        name,
        shell: &shell,
    };
    if want.is_part("history") {
        return html::list(&shell, &shell.here, &page.as_history());
    }
    html::answer(want, status, &shell, &page, &page.as_main())
}

/// The form as the address fills it in: nothing is sent by that.
fn filled_in(asked: &Asked, sites: &[Site], reasons: &[ReasonChoice]) -> AdjustForm {
    let reason = |code: &str| reasons.iter().find(|reason| reason.code == code);
    let reason = reason(&asked.reason).or_else(|| reason(USUAL_REASON)).or_else(|| reasons.first());
    let mut form = AdjustForm {
        direction: "add".to_owned(),
        reason: reason.map(|reason| reason.code.clone()).unwrap_or_default(),
        reference: asked.reference.clone(),
        site: default_site(sites).map(|site| site.code.to_string()).unwrap_or_default(),
        key: new_key(),
        ..AdjustForm::default()
    };
    if let Some(reason) = reason {
        form.fill(reason);
    }
    let given =
        [(&mut form.direction, &asked.direction), (&mut form.points, &asked.points), (&mut form.note, &asked.note)];
    for (field, value) in given {
        if !value.is_empty() {
            field.clone_from(value);
        }
    }
    form
}

/// What the button says: with the number, when there is one.
fn button(form: &AdjustForm) -> String {
    match (form.direction.as_str(), Points::parse(&form.points)) {
        ("remove", Ok(points)) => t!("adjust-button-remove-points", points = points.get()),
        ("remove", Err(_)) => t!("adjust-button-remove"),
        (_, Ok(points)) => t!("adjust-button-add-points", points = points.get()),
        (_, Err(_)) => t!("adjust-button-add"),
    }
}

/// What waits for a second person.
fn told(approval: &Approval, member: &Member, now: Timestamp) -> Waiting {
    let name = approval.asker.clone().unwrap_or_default();
    let points = approval.points.get();
    let ago = format::days_apart(approval.asked_at, now, member.place.zone);
    let link = format!("{}/{}", Section::Approvals.address(&member.place.tenant), escaped(&approval.approval_id));
    let text = match approval.what {
        What::Add => t!("adjust-waits-add", name = name, points = points, ago = ago),
        What::Remove => t!("adjust-waits-remove", name = name, points = points, ago = ago),
        What::Undo => t!("adjust-waits-undo", name = name, points = points, ago = ago),
    };
    Waiting { text, link }
}

fn range(shown: usize, of: i64) -> String {
    let shown = i64::try_from(shown).unwrap_or(i64::MAX);
    if shown == of {
        return t!("customer-entries", count = of);
    }
    t!("customer-entries-of", shown = shown, count = of)
}

/// The bar of what ends when. What ends too late to be told apart is the rest of the bar.
fn ends(overview: &Overview, now: Timestamp, zone: chrono_tz::Tz) -> Vec<End> {
    let soon = Today { now, zone }.soon();
    let percent = |points: i64| {
        let hundredths = i128::from(points) * 10_000 / i128::from(overview.balance.max(1));
        format!("{}.{:02}%", hundredths / 100, hundredths % 100)
    };
    let mut before = 0;
    let mut ends = Vec::new();
    for (turn, class) in overview.ends.iter().zip(1_usize..) {
        ends.push(End {
            points: turn.points,
            at: turn.at,
            apart: format::days_apart(turn.at, now, zone),
            soon: turn.at <= soon,
            from: percent(before),
            width: percent(turn.points),
            class: class.min(5),
        });
        before += turn.points;
    }
    ends
}

/// Whom to congratulate today, and the address that fills in the form.
fn birthday(overview: &Overview, today: Today, base: &str, reasons: &[ReasonChoice]) -> Option<String> {
    let day: Birthday = overview.person.birthday?;
    let is_open = overview.account.is_some_and(|account| account.open);
    let is_offered = reasons.iter().any(|reason| reason.code == BIRTHDAY);
    let fill = || if is_offered { format!("{base}?reason={BIRTHDAY}#adjust") } else { format!("{base}#adjust") };
    (is_open && day.is_on(calendar::day_of(today.now, today.zone))).then(fill)
}

fn coupons(overview: &Overview, now: Timestamp) -> Vec<CouponLine> {
    use crate::service::coupons::CouponStatus;
    let line = |coupon: &overview::Coupon| CouponLine {
        code: coupon.code.clone(),
        name: coupon.template.name.clone(),
        state: match coupon.status(now) {
            _ if coupon.deleted_at.is_some() => t!("customer-coupon-cancelled"),
            CouponStatus::Used => t!("customer-coupon-used"),
            CouponStatus::Expired => t!("customer-coupon-expired"),
            CouponStatus::Inactive => t!("customer-coupon-inactive"),
            CouponStatus::Valid => t!("customer-coupon-valid"),
        },
    };
    overview.coupons.iter().map(line).collect()
}
