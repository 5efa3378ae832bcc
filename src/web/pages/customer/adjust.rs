//! Adding and removing points by hand.

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::{
    OfCustomer, asked, customer_in, new_key,
    view::{self, State},
};
use crate::{
    app::App,
    domain::{
        calendar,
        ids::{CustomerId, SiteCode},
        invalid::Invalid,
        points::Points,
        reason::Reason,
        refusal::Refusal,
        role::Role,
        text::{self, Lines},
        time::Timestamp,
    },
    service::{
        customers::overview::{self, Change, Preview},
        ledger::{
            LedgerError,
            command::{Done, Posted, Remarks, Reply},
        },
        points::{self, AddPoints, PointsError, REFERENCE_CHARS_MAX, TakePoints},
    },
    texts::t,
    web::{
        access::Member,
        error::WebError,
        filters,
        form::{Errors, Protected},
        html::{self, Want},
        query::{customer_page, escaped},
        shell::{Toast, ToastAction},
    },
};

/// What a customer reads in a history is short.
const NOTE_CHARS_MAX: usize = 140;
/// What employees write for each other may be longer.
const PRIVATE_NOTE_CHARS_MAX: usize = 2_000;

/// The form, as it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct AdjustForm {
    pub(super) direction: String,
    pub(super) points: String,
    pub(super) reason: String,
    pub(super) note: String,
    pub(super) private_note: String,
    pub(super) valid_until: String,
    pub(super) reference: String,
    pub(super) site: String,
    pub(super) key: String,
    /// The button: `preview` only looks.
    pub(super) act: String,
}

/// What the form asks for.
struct Adjustment {
    change: Change,
    valid_until: Option<Timestamp>,
    site: Option<SiteCode>,
    remarks: Remarks,
}

/// What a change would do, or why it cannot be done.
pub(super) struct PreviewView {
    pub(super) result: Result<Preview, String>,
}

#[derive(Template)]
#[template(path = "customer/preview.html")]
struct PreviewPart<'a> {
    preview: &'a Option<PreviewView>,
    balance: i64,
    zone: chrono_tz::Tz,
}

fn direction(form: &AdjustForm, points: Points) -> Result<Change, Invalid> {
    match form.direction.as_str() {
        "add" => Ok(Change::Add(points)),
        "remove" => Ok(Change::Remove(points)),
        _ => Err(Invalid::new(t!("adjust-choose-direction"))),
    }
}

/// Nothing for nothing, else a text that fits.
fn optional(given: &str, chars_max: usize, lines: Lines) -> Result<Option<String>, Invalid> {
    let given = given.trim();
    text::check(given, chars_max, lines)?;
    Ok((!given.is_empty()).then(|| given.to_owned()))
}

fn last_day(given: &str, now: Timestamp, zone: chrono_tz::Tz) -> Result<Option<Timestamp>, Invalid> {
    let given = given.trim();
    if given.is_empty() {
        return Ok(None);
    }
    let day: NaiveDate = given.parse().map_err(|_no_day| Invalid::new(t!("adjust-day")))?;
    let at = calendar::start_of(day, zone);
    if at <= now || at == Timestamp::MAX {
        return Err(Invalid::new(t!("adjust-day-later")));
    }
    Ok(Some(at))
}

impl AdjustForm {
    fn parse(&self, now: Timestamp, zone: chrono_tz::Tz, errors: &mut Errors) -> Option<Adjustment> {
        let points = errors.check("points", Points::parse(&self.points));
        let change = errors.check("direction", direction(self, points.unwrap_or(Points::ONE)));
        let reason = errors.check("reason", Reason::parse(&self.reason));
        let description = errors.check("note", optional(&self.note, NOTE_CHARS_MAX, Lines::Many));
        let private = optional(&self.private_note, PRIVATE_NOTE_CHARS_MAX, Lines::Many);
        let private_note = errors.check("private_note", private);
        let valid_until = errors.check("valid_until", last_day(&self.valid_until, now, zone));
        let reference = errors.check("reference", optional(&self.reference, REFERENCE_CHARS_MAX, Lines::One));
        let site = Some(&self.site).filter(|code| !code.is_empty());
        let site = errors.check("site", site.map(|code| SiteCode::parse(code)).transpose());
        points?;
        Some(Adjustment {
            change: change?,
            valid_until: valid_until?,
            site: site?,
            remarks: Remarks {
                reference: reference?,
                description: description?,
                reason: Some(reason?.as_str().to_owned()),
                private_note: private_note?,
                ..Remarks::default()
            },
        })
    }
}

const fn points_of(change: Change) -> Points {
    match change {
        Change::Add(points) | Change::Remove(points) => points,
    }
}

/// Adds or removes points.
pub(in crate::web) async fn adjust(
    member: Member,
    path: OfCustomer,
    want: Want,
    app: Data<App>,
    form: Protected<AdjustForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    let (customer, form) = (customer_in(&path.1)?, form.0);
    let mut errors = Errors::default();
    let adjustment = form.parse(app.now(), member.place.zone, &mut errors);
    if let Some(adjustment) = &adjustment {
        check_limit(&member, &app, adjustment.change, &mut errors).await?;
    }
    let Some(adjustment) = adjustment.filter(|_| errors.is_empty()) else {
        return again(&member, &want, &app, &customer, form, errors).await;
    };
    if form.act == "preview" {
        let preview = Some(look(&member, &app, &customer, adjustment.change).await?);
        let state = State { adjust: Some(form), preview, ..State::default() };
        return view::answer(&member, &want, &app, &customer, state).await;
    }
    let change = adjustment.change;
    match submit(&member, &app, &customer, &form, adjustment).await {
        Ok(reply) => {
            member.toast(told(change, &reply, &member, &customer))?;
            Ok(html::see_other(&customer_page(&member.place.tenant, &customer)))
        }
        Err(error) => {
            refused(error, &mut errors)?;
            again(&member, &want, &app, &customer, form, errors).await
        }
    }
}

/// The page with what is wrong. A key that was used is not used again.
async fn again(
    member: &Member,
    want: &Want,
    app: &App,
    customer: &CustomerId,
    mut form: AdjustForm,
    errors: Errors,
) -> Result<HttpResponse, WebError> {
    if form.key.is_empty() || errors.has("act") {
        form.key = new_key();
    }
    view::answer(member, want, app, customer, State { adjust: Some(form), errors, ..State::default() }).await
}

/// An agent above the limit is told who can.
async fn check_limit(member: &Member, app: &App, change: Change, errors: &mut Errors) -> Result<(), WebError> {
    let limit = member.place.agent_limit;
    if member.place.role == Role::Agent && points_of(change).get() > limit {
        let able = member.able(app, Role::Manager).await?;
        let who = if able.is_empty() { t!("error-role-ask") } else { t!("adjust-able", people = able.join(", ")) };
        errors.add("points", format!("{} {who}", t!("adjust-limit", points = limit)));
    }
    Ok(())
}

async fn submit(
    member: &Member,
    app: &App,
    customer: &CustomerId,
    form: &AdjustForm,
    adjustment: Adjustment,
) -> Result<Reply, PointsError> {
    let sent = [
        "adjust",
        customer.as_str(),
        &form.direction,
        &form.points,
        &form.reason,
        &form.note,
        &form.private_note,
        &form.valid_until,
        &form.reference,
        &form.site,
    ];
    let asked = asked(member, &form.key, &sent, posted_entry);
    let Adjustment { change, valid_until, site, remarks } = adjustment;
    match change {
        Change::Add(points) => {
            let add = AddPoints { id: None, points, valid_until, remarks };
            points::add(app, asked, customer.clone(), site, add).await
        }
        Change::Remove(points) => {
            let take = TakePoints { id: None, points, remarks: Remarks { site, ..remarks } };
            points::remove(app, asked, customer.clone(), take).await
        }
    }
}

/// What is kept under the form's key: the entry's id.
fn posted_entry(done: &Done) -> (u16, String) {
    match done {
        Done::Posted(Posted { entry_id, .. }) => (200, entry_id.to_string()),
        _ => (200, String::new()),
    }
}

fn told(change: Change, reply: &Reply, member: &Member, customer: &CustomerId) -> Toast {
    let entry = match reply {
        Reply::Done(done) | Reply::DoneBefore(done) => posted_entry(done).1,
        Reply::Replay { body, .. } => body.clone(),
    };
    let text = match change {
        Change::Add(_) => t!("adjust-added"),
        Change::Remove(_) => t!("adjust-removed"),
    };
    let undo = format!("{}/entries/{}/undo", customer_page(&member.place.tenant, customer), escaped(&entry));
    Toast { action: Some(ToastAction { label: t!("ui-undo"), post: undo }), ..Toast::new(text) }
}

/// Puts a refusal beside its field.
fn refused(error: PointsError, errors: &mut Errors) -> Result<(), WebError> {
    match error {
        PointsError::Invalid(found) => {
            for (field, message) in found.iter() {
                let field = match field {
                    "siteCode" => "site",
                    "reference-id" | "referenceId" | "reference" => "reference",
                    "description" => "note",
                    "validUntil" => "valid_until",
                    _ => "points",
                };
                errors.add(field, message);
            }
        }
        PointsError::Ledger(LedgerError::Refused(refusal)) => match refusal {
            Refusal::KeyReused => errors.add("act", t!("adjust-sent-before")),
            Refusal::EndsInThePast => errors.add("valid_until", t!("adjust-day-later")),
            other => errors.add("points", words(&other)),
        },
        PointsError::Ledger(error) => return Err(error.into()),
    }
    Ok(())
}

/// A refusal as the support desk reads it.
pub(super) fn words(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotEnough { has, .. } => t!("adjust-too-few", points = *has),
        Refusal::UnknownCustomer(_) => t!("adjust-no-account"),
        other => other.to_string(),
    }
}

async fn look(member: &Member, app: &App, customer: &CustomerId, change: Change) -> Result<PreviewView, WebError> {
    let found = overview::preview(&app.db, &member.place.tenant, customer, change, app.now()).await?;
    Ok(PreviewView { result: found.map_err(|refusal| words(&refusal)) })
}

/// Shows what the form would do, while it is filled in.
pub(in crate::web) async fn preview(
    member: Member,
    path: OfCustomer,
    form: Query<AdjustForm>,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    let customer = customer_in(&path.1)?;
    let points = Points::parse(&form.points).ok();
    let preview = match points.map(|points| direction(&form, points)) {
        Some(Ok(change)) => Some(look(&member, &app, &customer, change).await?),
        _ => None,
    };
    let balance = crate::service::accounts::balance(&app.db, &member.place.tenant, &customer, app.now()).await?;
    let part = PreviewPart { preview: &preview, balance: balance.unwrap_or_default(), zone: member.place.zone };
    html::bare(&part)
}
