//! `/admin/{tenant}/birthdays`: who has a birthday, and points for it with one click.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use chrono::{Datelike as _, Days, NaiveDate};
use serde::Deserialize;

use crate::{
    app::App,
    domain::{calendar, ids::CustomerId, role::Role},
    service::{
        approvals,
        birthdays::{self, BirthdayError, Celebrant, Given, LATE_DAYS, Present},
        tenants,
    },
    texts::t,
    web::{
        access::Member,
        error::WebError,
        filters,
        form::Protected,
        format,
        html::{self, Want},
        query::{Address, customer_of, customer_page, customer_segment, escaped},
        shell::{Section, Shell, Toast, ToastAction},
    },
};

/// Customers of one day on a page of several days, and on a page of its own.
const ROWS_OF_SEVERAL: usize = 50;
const ROWS: usize = 100;

/// Which days are shown, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    view: String,
    day: String,
    after: String,
}

/// A customer, as the list shows it.
struct Line {
    name: String,
    link: String,
    turns: Option<i64>,
    /// On which day points were given.
    given: Option<String>,
    give: String,
}

/// The birthdays of one day.
struct Day {
    label: String,
    iso: String,
    lines: Vec<Line>,
    /// Where the rest of them is shown.
    more: Option<String>,
    /// Whether points can be given for it: it is today or a few days ago.
    is_due: bool,
}

struct Tab {
    href: String,
    label: String,
    current: bool,
}

/// What can be done with one click.
enum Click {
    /// So many points are given.
    Give(i64),
    /// They are above the limit: they are asked for on the customer's page.
    Ask,
    /// Nothing: the role does not reach that far, or nobody says how many.
    No,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a part of the page that is shown or not")]
#[derive(Template)]
#[template(path = "birthdays/index.html", blocks = ["main"])]
struct BirthdaysPage<'a> {
    shell: &'a Shell,
    tabs: Vec<Tab>,
    days: Vec<Day>,
    click: Click,
    has_points: bool,
    by_itself: bool,
    may_set_points: bool,
    may_turn_on: bool,
    is_empty: bool,
    here: String,
}

fn after_days(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}

fn before_days(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(day)
}

impl Asked {
    /// The days that are shown.
    fn days(&self, today: NaiveDate) -> Vec<NaiveDate> {
        if let Ok(day) = self.day.parse() {
            return vec![day];
        }
        match self.view.as_str() {
            "tomorrow" => vec![after_days(today, 1)],
            "week" => (1..=7).map(|days| after_days(today, days)).collect(),
            "late" => (1..=LATE_DAYS).map(|days| before_days(today, days)).collect(),
            _ => vec![today],
        }
    }

    fn tab(&self) -> &str {
        match self.view.as_str() {
            known @ ("tomorrow" | "week" | "late") if self.day.is_empty() => known,
            _ if self.day.is_empty() => "today",
            _ => "",
        }
    }
}

fn line(member: &Member, celebrant: &Celebrant, day: NaiveDate, path: &str) -> Line {
    let tenant = &member.place.tenant;
    Line {
        name: celebrant.name.clone().unwrap_or_else(|| celebrant.customer.to_string()),
        link: customer_page(tenant, &celebrant.customer),
        turns: celebrant.born.year().map(|year| i64::from(day.year() - year)).filter(|years| *years > 0),
        given: celebrant.given_at.map(|at| format::date(at, member.place.zone)),
        give: format!("{path}/{}/give", customer_segment(&celebrant.customer)),
    }
}

/// Lists who has a birthday.
pub(crate) async fn index(
    member: Member,
    asked: Query<Asked>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let (tenant, zone) = (&member.place.tenant, member.place.zone);
    let today = calendar::day_of(app.now(), zone);
    let shell = member.shell(Section::Birthdays, t!("birthdays-title"));
    let path = shell.at("/birthdays");
    let wanted = asked.days(today);
    let limit = if wanted.len() > 1 { ROWS_OF_SEVERAL } else { ROWS };
    let after = CustomerId::parse(&asked.after).ok().filter(|_| wanted.len() == 1);
    let mut days = Vec::with_capacity(wanted.len());
    for day in wanted {
        let (found, more) = birthdays::on(&app.db, tenant, (day, zone), after.as_ref(), limit).await?;
        let last = found.last().map(|last| last.customer.to_string()).filter(|_| more);
        let more = last.map(|last| {
            let address = Address::new(path.clone()).and("day", &day.to_string());
            // A day among others is shown from its beginning on a page of its own.
            if limit == ROWS { address.and("after", &last) } else { address }.to_string()
        });
        days.push(Day {
            label: format::date(calendar::start_of(day, zone), zone),
            iso: day.to_string(),
            lines: found.iter().map(|celebrant| line(&member, celebrant, day, &path)).collect(),
            more,
            is_due: day <= today && day >= before_days(today, LATE_DAYS),
        });
    }
    let is_empty = days.iter().all(|day| day.lines.is_empty());
    days.retain(|day| !day.lines.is_empty());
    let present = birthdays::present(&app.db, tenant).await?;
    let tab = |view: &str, label: String| Tab {
        href: Address::new(path.clone())
            .and("view", if view == "today" { "" } else { view })
            .without_empty()
            .to_string(),
        label,
        current: asked.tab() == view,
    };
    let page = BirthdaysPage {
        tabs: vec![
            tab("late", t!("birthdays-late")),
            tab("today", t!("birthdays-today")),
            tab("tomorrow", t!("birthdays-tomorrow")),
            tab("week", t!("birthdays-week")),
        ],
        days,
        click: click(&member, present.as_ref()),
        has_points: present.is_some(),
        by_itself: tenants::find(&app.db, tenant).await?.is_some_and(|tenant| tenant.birthday_points),
        may_set_points: member.place.role >= Section::Reasons.least_role(),
        may_turn_on: member.place.role >= Role::Admin,
        is_empty,
        here: shell.here.clone(),
        shell: &shell,
    };
    html::answer(&want, StatusCode::OK, &shell, &page, &page.as_main())
}

fn click(member: &Member, present: Option<&Present>) -> Click {
    let Some(points) = present.map(|present| present.points.get()) else { return Click::No };
    match member.place.role {
        Role::Viewer => Click::No,
        role if approvals::may(member.place.limits, role, points) => Click::Give(points),
        _ => Click::Ask,
    }
}

/// The form behind a click.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct GiveForm {
    day: String,
    /// The page it stands on.
    next: String,
}

/// The part of the path that names a customer.
type OfCustomer = Path<(String, String)>;

/// Gives a customer the points for a birthday.
pub(crate) async fn give(
    member: Member,
    path: OfCustomer,
    app: Data<App>,
    form: Protected<GiveForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    let customer = customer_of(&path.1).map_err(|_no_id| WebError::NotFound)?;
    let day: NaiveDate = form.0.day.parse().map_err(|_no_day| WebError::NotFound)?;
    match birthdays::give(&app, &member.caller(), &customer, day).await {
        Ok(Given::Now) => {
            let entry = birthdays::entry_id(&customer, day.year()).map(|id| escaped(id.as_str())).unwrap_or_default();
            let post = format!("{}/entries/{entry}/undo", customer_page(&member.place.tenant, &customer));
            let action = Some(ToastAction { label: t!("ui-undo"), post });
            member.toast(Toast { action, ..Toast::new(t!("birthdays-was-given")) })?;
        }
        Ok(Given::Before) => member.toast(Toast::new(t!("birthdays-was-given-before")))?,
        Err(BirthdayError::Approval(error)) => return Err(error.into()),
        Err(error) => return Err(WebError::Conflict(error.to_string())),
    }
    let list = Section::Birthdays.address(&member.place.tenant);
    // Back to the page with the button, of this list alone.
    let next = Some(form.0.next).filter(|next| next.strip_prefix(&list).is_some_and(|rest| rest.starts_with('?')));
    Ok(html::see_other(&next.unwrap_or(list)))
}
