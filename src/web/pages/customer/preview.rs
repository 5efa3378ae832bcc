//! What an adjustment would do: to the balance, and to the lots.

use actix_web::HttpResponse;
use askama::Template;

use super::{
    adjust::{self, AdjustForm},
    default_site,
};
use crate::{
    app::App,
    domain::{
        ids::{CustomerId, SiteCode},
        points::Points,
        reason::Direction,
        time::Timestamp,
    },
    service::{
        accounts, approvals,
        customers::overview::{self, Change, Preview},
        sites,
    },
    texts::t,
    web::{access::Member, error::WebError, filters, html},
};

/// What a change would do, or why it cannot be done.
pub(super) struct PreviewView {
    pub(super) result: Result<Preview, String>,
    /// The lot that an addition would make: how many points, and until when.
    pub(super) lot: Option<(i64, Timestamp)>,
    /// Who decides about it, when it is above the limit.
    pub(super) above: Option<String>,
}

#[derive(Template)]
#[template(path = "customer/preview.html")]
struct PreviewPart<'a> {
    preview: &'a Option<PreviewView>,
    balance: i64,
    zone: chrono_tz::Tz,
}

/// What the form would do; nothing while it does not say how many points, or in which direction.
pub(super) async fn look(
    member: &Member,
    app: &App,
    customer: &CustomerId,
    form: &AdjustForm,
) -> Result<Option<PreviewView>, WebError> {
    let (Ok(points), Ok(direction)) = (Points::parse(&form.points), adjust::direction(form)) else { return Ok(None) };
    let change = if direction == Direction::Remove { Change::Remove(points) } else { Change::Add(points) };
    let found = overview::preview(&app.db, &member.place.tenant, customer, change, app.now()).await?;
    let until = until(member, app, form).await?;
    let lot = until.filter(|_| found.is_ok() && direction == Direction::Add).map(|until| (points.get(), until));
    let above = above(member, app, points.get()).await?;
    Ok(Some(PreviewView { result: found.map_err(|refusal| adjust::words(&refusal)), lot, above }))
}

/// When points end that are added now.
async fn until(member: &Member, app: &App, form: &AdjustForm) -> Result<Option<Timestamp>, WebError> {
    let (now, zone) = (app.now(), member.place.zone);
    if let Some(day) = adjust::last_day(&form.valid_until, now, zone).ok().flatten() {
        return Ok(Some(day));
    }
    let sites = sites::list(&app.db, &member.place.tenant).await?;
    let chosen = SiteCode::parse(&form.site).ok();
    let site = sites.iter().find(|site| Some(&site.code) == chosen.as_ref()).or_else(|| default_site(&sites));
    Ok(site.map(|site| site.valid_until(now)))
}

async fn above(member: &Member, app: &App, points: i64) -> Result<Option<String>, WebError> {
    let (limits, role) = (member.place.limits, member.place.role);
    if approvals::may(limits, role, points) {
        return Ok(None);
    }
    let (tenant, user) = (&member.place.tenant, &member.person.user_id);
    let names = approvals::deciders(&app.db, tenant, limits, user, points).await?;
    let limit = limits.of(role).unwrap_or_default();
    Ok(Some(if names.is_empty() {
        t!("adjust-nobody-decides", limit = limit)
    } else {
        t!("adjust-above", limit = limit, names = either(&names))
    }))
}

/// `Ann`, `Ann or Ben`, `Ann, Ben or Cem`
pub(in crate::web::pages) fn either(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [others @ .., last] => t!("approvals-either", others = others.join(", "), last = last),
    }
}

/// The part of the page that shows it.
pub(super) async fn part(
    member: &Member,
    app: &App,
    customer: &CustomerId,
    form: &AdjustForm,
) -> Result<HttpResponse, WebError> {
    let preview = look(member, app, customer, form).await?;
    let balance = accounts::balance(&app.db, &member.place.tenant, customer, app.now()).await?;
    html::bare(&PreviewPart { preview: &preview, balance: balance.unwrap_or_default(), zone: member.place.zone })
}
