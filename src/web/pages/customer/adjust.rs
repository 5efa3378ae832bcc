//! Adding and removing points by hand.

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};
use chrono::NaiveDate;
use serde::Deserialize;

use super::{
    OfCustomer, asked, customer_in, new_key,
    preview::{either, look, part},
    view::{self, State},
    words::reason_name,
};
use crate::{
    app::App,
    domain::{
        calendar,
        ids::{CustomerId, SiteCode},
        invalid::Invalid,
        points::Points,
        reason::{Direction, NOTE_CHARS_MAX, Reason},
        refusal::Refusal,
        role::Role,
        text::{self, Lines},
        time::Timestamp,
    },
    service::{
        adjustments::{self, Adjustment, Outcome, Wish},
        approvals::{self, ApprovalError},
        ledger::{LedgerError, command::Remarks},
        points::{PointsError, REFERENCE_CHARS_MAX},
        reasons,
    },
    texts::t,
    web::{
        access::Member,
        error::WebError,
        form::{Errors, Protected},
        format,
        html::{self, Want},
        query::{customer_page, escaped},
        shell::{Section, Toast, ToastAction},
    },
};

/// What employees write for each other may be longer than what the customer reads.
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
    /// The button: `preview` only looks, `use` fills in what the reason brings.
    pub(super) act: String,
}

/// A reason to choose, with what it fills in.
pub(super) struct ReasonChoice {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) direction: &'static str,
    pub(super) points: String,
    pub(super) until: String,
    pub(super) note: String,
}

impl ReasonChoice {
    pub(super) fn new(reason: &Reason, now: Timestamp, zone: chrono_tz::Tz) -> Self {
        let draft = &reason.draft;
        Self {
            code: reason.code.clone(),
            name: reason_name(&reason.code, draft.label.as_deref()),
            direction: draft.direction.as_str(),
            points: draft.points.map(|points| format::number(points.get())).unwrap_or_default(),
            until: draft.validity.map(|validity| validity.last_day(now, zone).to_string()).unwrap_or_default(),
            note: draft.note.clone().unwrap_or_default(),
        }
    }
}

/// The reasons that are offered.
pub(super) async fn offered(member: &Member, app: &App) -> Result<Vec<Reason>, WebError> {
    let mut all = reasons::list(&app.db, &member.place.tenant).await?;
    all.retain(|reason| reason.archived_at.is_none());
    Ok(all)
}

pub(super) fn direction(form: &AdjustForm) -> Result<Direction, Invalid> {
    match form.direction.as_str() {
        "add" => Ok(Direction::Add),
        "remove" => Ok(Direction::Remove),
        _ => Err(Invalid::new(t!("adjust-choose-direction"))),
    }
}

fn reason_for(code: &str, direction: Option<Direction>, offered: &[Reason]) -> Result<String, Invalid> {
    let reason = offered.iter().find(|reason| reason.code == code);
    let reason = reason.ok_or_else(|| Invalid::new(t!("reasons-choose")))?;
    let name = || reason_name(&reason.code, reason.draft.label.as_deref());
    match direction {
        Some(Direction::Add) if !reason.fits(Direction::Add) => {
            Err(Invalid::new(t!("reasons-only-for-removing", name = name())))
        }
        Some(Direction::Remove) if !reason.fits(Direction::Remove) => {
            Err(Invalid::new(t!("reasons-only-for-adding", name = name())))
        }
        _ => Ok(reason.code.clone()),
    }
}

/// Nothing for nothing, else a text that fits.
fn optional(given: &str, chars_max: usize, lines: Lines) -> Result<Option<String>, Invalid> {
    let given = given.trim();
    text::check(given, chars_max, lines)?;
    Ok((!given.is_empty()).then(|| given.to_owned()))
}

pub(super) fn last_day(given: &str, now: Timestamp, zone: chrono_tz::Tz) -> Result<Option<Timestamp>, Invalid> {
    let given = given.trim();
    if given.is_empty() {
        return Ok(None);
    }
    let day: NaiveDate = given.parse().map_err(|_no_day| Invalid::new(t!("adjust-give-day")))?;
    let at = calendar::start_of(day, zone);
    if at <= now || at == Timestamp::MAX {
        return Err(Invalid::new(t!("adjust-later-day")));
    }
    Ok(Some(at))
}

impl AdjustForm {
    fn parse(
        &self,
        customer: &CustomerId,
        (now, zone): (Timestamp, chrono_tz::Tz),
        offered: &[Reason],
        errors: &mut Errors,
    ) -> Option<Adjustment> {
        let points = errors.check("points", Points::parse(&self.points));
        let direction = errors.check("direction", direction(self));
        let reason = errors.check("reason", reason_for(&self.reason, direction, offered));
        let description = errors.check("note", optional(&self.note, NOTE_CHARS_MAX, Lines::Many));
        let private = optional(&self.private_note, PRIVATE_NOTE_CHARS_MAX, Lines::Many);
        let private_note = errors.check("private_note", private);
        let valid_until = errors.check("valid_until", last_day(&self.valid_until, now, zone));
        let reference = errors.check("reference", optional(&self.reference, REFERENCE_CHARS_MAX, Lines::One));
        let site = Some(&self.site).filter(|code| !code.is_empty());
        let site = errors.check("site", site.map(|code| SiteCode::parse(code)).transpose());
        let (points, valid_until) = (points?, valid_until?);
        Some(Adjustment {
            customer: customer.clone(),
            wish: match direction? {
                Direction::Remove => Wish::Remove { points },
                _ => Wish::Add { points, valid_until },
            },
            site: site?,
            remarks: Remarks {
                reference: reference?,
                description: description?,
                reason: Some(reason?),
                private_note: private_note?,
                ..Remarks::default()
            },
        })
    }

    /// Fills in what a reason brings.
    pub(super) fn fill(&mut self, reason: &ReasonChoice) {
        let brings = [
            (&mut self.points, &reason.points),
            (&mut self.valid_until, &reason.until),
            (&mut self.note, &reason.note),
        ];
        for (field, value) in brings {
            if !value.is_empty() {
                field.clone_from(value);
            }
        }
        if reason.direction != Direction::Both.as_str() {
            reason.direction.clone_into(&mut self.direction);
        }
    }
}

/// Adds or removes points, or asks for it.
pub(in crate::web) async fn adjust(
    member: Member,
    path: OfCustomer,
    want: Want,
    app: Data<App>,
    form: Protected<AdjustForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    let (customer, mut form) = (customer_in(&path.1)?, form.0);
    let offered = offered(&member, &app).await?;
    if form.act == "use" {
        if let Some(reason) = offered.iter().find(|reason| reason.code == form.reason) {
            form.fill(&ReasonChoice::new(reason, app.now(), member.place.zone));
        }
        let state = State { adjust: Some(form), ..State::default() };
        return view::answer(&member, &want, &app, &customer, state).await;
    }
    let mut errors = Errors::default();
    let adjustment = form.parse(&customer, (app.now(), member.place.zone), &offered, &mut errors);
    if let Some(adjustment) = &adjustment {
        require_decider(&member, &app, adjustment.wish.points(), &mut errors).await?;
    }
    let Some(adjustment) = adjustment.filter(|_| errors.is_empty()) else {
        return again(&member, &want, &app, &customer, form, errors).await;
    };
    if form.act == "preview" {
        let preview = Some(look(&member, &app, &customer, &form).await?);
        let state = State { adjust: Some(form), preview: preview.flatten(), ..State::default() };
        return view::answer(&member, &want, &app, &customer, state).await;
    }
    let added = matches!(adjustment.wish, Wish::Add { .. });
    match submit(&member, &app, &form, adjustment).await {
        Ok(outcome) => {
            member.toast(told(added, &outcome, &member, &customer))?;
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

/// Above the limit it is asked for, unless there is nobody to decide.
async fn require_decider(member: &Member, app: &App, points: Points, errors: &mut Errors) -> Result<(), WebError> {
    let (limits, role, points) = (member.place.limits, member.place.role, points.get());
    if approvals::may(limits, role, points) {
        return Ok(());
    }
    let (tenant, user) = (&member.place.tenant, &member.person.user_id);
    if approvals::deciders(&app.db, tenant, limits, user, points).await?.is_empty() {
        errors.add("points", t!("adjust-nobody-decides", limit = limits.of(role).unwrap_or_default()));
    }
    Ok(())
}

async fn submit(
    member: &Member,
    app: &App,
    form: &AdjustForm,
    adjustment: Adjustment,
) -> Result<Outcome, ApprovalError> {
    let sent = [
        "adjust",
        adjustment.customer.as_str(),
        &form.direction,
        &form.points,
        &form.reason,
        &form.note,
        &form.private_note,
        &form.valid_until,
        &form.reference,
        &form.site,
    ];
    let asked = asked(member, &form.key, &sent, |_done| (200, String::new()));
    adjustments::adjust(app, asked, adjustment).await
}

fn told(added: bool, outcome: &Outcome, member: &Member, customer: &CustomerId) -> Toast {
    match outcome {
        Outcome::Booked(entry) => {
            let text = if added { t!("adjust-added") } else { t!("adjust-removed") };
            let entry = entry.as_ref().map(ToString::to_string).unwrap_or_default();
            let post = format!("{}/entries/{}/undo", customer_page(&member.place.tenant, customer), escaped(&entry));
            Toast { action: Some(ToastAction { label: t!("ui-undo"), post }), ..Toast::new(text) }
        }
        Outcome::Waits(id) => asked_for(member, id),
    }
}

/// Says that somebody else decides now.
pub(super) fn asked_for(member: &Member, id: &str) -> Toast {
    let post = format!("{}/{}/withdraw", Section::Approvals.address(&member.place.tenant), escaped(id));
    Toast { action: Some(ToastAction { label: t!("adjust-withdraw"), post }), ..Toast::new(t!("adjust-asked")) }
}

/// Refuses what would take more points at once than the limit reaches, and is nothing to ask for.
pub(super) async fn require_reach(member: &Member, app: &App, points: i64) -> Result<(), WebError> {
    let (limits, role) = (member.place.limits, member.place.role);
    if points == 0 || approvals::may(limits, role, points) {
        return Ok(());
    }
    let (tenant, user) = (&member.place.tenant, &member.person.user_id);
    let names = approvals::deciders(&app.db, tenant, limits, user, points).await?;
    let limit = limits.of(role).unwrap_or_default();
    Err(WebError::Conflict(match names.as_slice() {
        [] => t!("adjust-nobody-decides", limit = limit),
        names => t!("adjust-close-above", points = points, limit = limit, names = either(names)),
    }))
}

/// Puts a refusal beside its field.
fn refused(error: ApprovalError, errors: &mut Errors) -> Result<(), WebError> {
    match error {
        ApprovalError::Points(PointsError::Invalid(found)) => {
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
        ApprovalError::Points(PointsError::Ledger(LedgerError::Refused(refusal))) => match refusal {
            Refusal::KeyReused => errors.add("act", t!("adjust-key-reused")),
            Refusal::EndsInThePast => errors.add("valid_until", t!("adjust-later-day")),
            other => errors.add("points", words(&other)),
        },
        ApprovalError::Invalid(found) => errors.add("points", found.iter().map(|(_, text)| text).collect::<String>()),
        error => return Err(error.into()),
    }
    Ok(())
}

/// A refusal as the support desk reads it.
pub(in crate::web::pages) fn words(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotEnough { has, .. } => t!("adjust-not-enough", points = *has),
        Refusal::UnknownCustomer(_) => t!("adjust-no-account"),
        other => other.to_string(),
    }
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
    part(&member, &app, &customer, &form).await
}
