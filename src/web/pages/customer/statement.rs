//! Everything that is kept of a customer: as a statement to read, to print and to hand out, up to a day of choice, and
//! as a file.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{ContentDisposition, DispositionParam, DispositionType},
    },
    web::{Data, Query},
};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::{OfCustomer, customer_in, words};
use crate::{
    app::App,
    domain::{calendar, ids::CustomerId, role::Role, time::Timestamp},
    service::{
        accounts,
        customers::file::{self, CustomerFile},
    },
    texts::t,
    web::{
        access::Member,
        error::WebError,
        filters,
        form::Errors,
        format,
        html::{self, Want},
        query::customer_page,
        shell::{Section, Shell},
    },
};

/// What the address says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    /// The last day that is told; empty for today.
    on: String,
}

/// An entry, as the customer reads it.
struct Line {
    at: Timestamp,
    title: String,
    sub: String,
    points: i64,
    balance: i64,
    until: Option<Timestamp>,
}

struct CouponLine {
    code: String,
    name: String,
}

struct OrderLine {
    id: String,
    at: Option<Timestamp>,
    total: String,
    points: i64,
}

#[derive(Template)]
#[template(path = "customer/statement.html", blocks = ["main"])]
struct StatementPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    id: &'a str,
    name: &'a str,
    base: &'a str,
    on: String,
    /// The end of that day, or this moment.
    at: Timestamp,
    balance: Option<i64>,
    file: &'a CustomerFile,
    birthday: String,
    lines: &'a [Line],
    coupons: &'a [CouponLine],
    orders: &'a [OrderLine],
    may_manage: bool,
}

/// The last instant that is told: now, or the end of a day that has been.
fn until(asked: &Asked, now: Timestamp, zone: chrono_tz::Tz, errors: &mut Errors) -> Timestamp {
    let text = asked.on.trim();
    if text.is_empty() {
        return now;
    }
    let today = calendar::day_of(now, zone);
    let Some(day) = text.parse::<NaiveDate>().ok().filter(|day| *day <= today) else {
        errors.add("on", t!("statement-day-invalid"));
        return now;
    };
    let next = day.succ_opt().map_or(now, |next| calendar::start_of(next, zone));
    Timestamp::from_micros(next.micros() - 1).min(now)
}

async fn read(app: &App, member: &Member, customer: &CustomerId) -> Result<CustomerFile, WebError> {
    let file = file::find(&app.db, &member.place.tenant, customer, app.now()).await?;
    file.ok_or(WebError::NotFound)
}

fn lines(file: &CustomerFile, at: Timestamp) -> Vec<Line> {
    let told = file.entries.iter().map(|told| &told.story).filter(|story| story.entry.recorded_at <= at);
    told.map(|story| Line {
        at: story.entry.recorded_at,
        title: words::title(story),
        sub: words::sub(story),
        points: story.entry.points,
        balance: story.entry.balance_after,
        until: story.entry.valid_until,
    })
    .collect()
}

fn orders(file: &CustomerFile, at: Timestamp) -> Vec<OrderLine> {
    let told = file.orders.iter().filter(|order| order.created_at <= at);
    told.map(|order| OrderLine {
        id: order.id.to_string(),
        at: order.snapshot.as_ref().and_then(|one| one.completed_at),
        total: order.snapshot.as_ref().map(|one| format::money(one.totals.gross, &one.currency)).unwrap_or_default(),
        points: order.award.as_ref().map_or(0, |award| award.points),
    })
    .collect()
}

fn coupons(file: &CustomerFile, at: Timestamp) -> Vec<CouponLine> {
    let told = file.coupons.iter().filter(|coupon| coupon.created_at <= at);
    told.map(|coupon| CouponLine { code: coupon.code.clone(), name: coupon.template.name.clone() }).collect()
}

/// Shows the statement.
pub(in crate::web) async fn show(
    member: Member,
    path: OfCustomer,
    asked: Query<Asked>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let customer = customer_in(&path.1)?;
    let now = app.now();
    let mut errors = Errors::default();
    let at = until(&asked, now, member.place.zone, &mut errors);
    let file = read(&app, &member, &customer).await?;
    let balance = match file.account {
        None => None,
        Some(_) if at == now => file.account.map(|(_, balance)| balance),
        Some(_) => accounts::past_balance(&app.db, &member.place.tenant, &customer, at).await?,
    };
    let name = file.person.name.clone().unwrap_or_else(|| customer.to_string());
    let (shell, status) = errors.mark(member.shell(Section::Customers, t!("statement-title", name = &name)));
    let page = StatementPage {
        shell: &shell,
        errors: &errors,
        id: customer.as_str(),
        name: &name,
        base: &customer_page(&member.place.tenant, &customer),
        on: if asked.on.is_empty() { calendar::day_of(now, member.place.zone).to_string() } else { asked.on.clone() },
        at,
        balance,
        birthday: file.person.birthday.map(format::birthday).unwrap_or_default(),
        lines: &lines(&file, at),
        coupons: &coupons(&file, at),
        orders: &orders(&file, at),
        may_manage: member.place.role >= Role::Manager,
        file: &file,
    };
    html::answer(&want, status, &shell, &page, &page.as_main())
}

/// Sends all of it as a file for programs. It holds the private notes, which the statement does not.
pub(in crate::web) async fn file(member: Member, path: OfCustomer, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let customer = customer_in(&path.1)?;
    let file = read(&app, &member, &customer).await?;
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename("customer.json".to_owned())],
    };
    Ok(HttpResponse::build(StatusCode::OK).insert_header(disposition).json(file.to_json()))
}
