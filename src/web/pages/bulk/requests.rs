//! Asking for a batch to be booked that is above one's limit, and deciding about it.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;

use super::{
    acts::refused,
    batch::{Asked, OfBatch, Typed, answer, batch_of},
};
use crate::{
    app::App,
    domain::{approval::State, bulk::BatchState, role::Role, time::Timestamp},
    service::{
        approvals,
        bulk::{
            self, Batch, BulkError,
            requests::{self, BulkRequest, Looked},
        },
    },
    texts::t,
    web::{
        access::Member,
        error::WebError,
        form::{Button, Errors, Protected},
        format,
        html::{self, Want},
        pages::customer::preview::either,
        query::escaped,
        shell::{Section, Toast},
    },
};

/// What the page of a batch tells of a request.
pub(super) struct Told {
    pub(super) text: String,
    /// What was said when it was declined.
    pub(super) note: Option<String>,
    pub(super) may_decide: bool,
    pub(super) may_withdraw: bool,
    /// Who decides, for those who do not.
    pub(super) deciders: String,
    /// What a decision is about.
    pub(super) request_id: String,
    pub(super) checked: String,
}

/// How a batch stands that is ready to be booked.
#[derive(Default)]
pub(super) struct Standing {
    /// Why this person may not book it alone.
    pub(super) above: Option<String>,
    /// A request that is open, or was declined.
    pub(super) request: Option<Told>,
}

impl Standing {
    /// Whether a request for it waits.
    pub(super) fn is_asked_for(&self) -> bool {
        self.request.as_ref().is_some_and(|request| request.note.is_none())
    }
}

/// Finds out whether this person may have a batch booked, and whether somebody asked for it.
pub(super) async fn standing(member: &Member, app: &App, batch: &Batch) -> Result<Standing, WebError> {
    if batch.state != BatchState::Checked || batch.row_count == batch.bad_count {
        return Ok(Standing::default());
    }
    let limit = member.place.limits.of(member.place.role).unwrap_or_default();
    let above = match bulk::may_run(&app.db, &member.caller(), batch).await {
        Ok(()) => None,
        Err(BulkError::AboveLimit(points)) => Some(t!("bulk-request-above", points = points, limit = limit)),
        Err(error) => return Err(refused(member, app, error).await?),
    };
    let newest = requests::newest(&app.db, &member.place.tenant, &batch.batch_id).await?;
    let request = match newest.filter(|newest| matches!(newest.state, State::Open | State::Declined)) {
        Some(newest) => Some(told(member, app, batch, newest, above.is_none()).await?),
        None => None,
    };
    Ok(Standing { above, request })
}

async fn told(
    member: &Member,
    app: &App,
    batch: &Batch,
    request: BulkRequest,
    reaches: bool,
) -> Result<Told, WebError> {
    let (zone, own) = (member.place.zone, request.asked_by == member.person.user_id);
    let somebody = || t!("approvals-somebody");
    let (may_decide, mut deciders) = (reaches && !own, String::new());
    let open = request.state == State::Open;
    if open && !may_decide {
        let (tenant, limits) = (&member.place.tenant, member.place.limits);
        let names = approvals::deciders(&app.db, tenant, limits, &request.asked_by, request.largest).await?;
        deciders = match names.as_slice() {
            [] => t!("approvals-nobody-decides"),
            names => t!("approvals-who-decides", names = either(names)),
        };
    }
    let text = if open {
        t!(
            "bulk-request-open",
            name = request.asker.unwrap_or_else(somebody),
            at = format::date_time(request.asked_at, zone),
            count = request.row_count,
            added = format::signed(request.points_to_add),
            taken = format::signed(-request.points_to_take),
            largest = request.largest,
        )
    } else {
        let at = format::date_time(request.decided_at.unwrap_or(request.asked_at), zone);
        t!("bulk-request-declined", name = request.decider.unwrap_or_else(somebody), at = at)
    };
    Ok(Told {
        text,
        note: (!open).then(|| request.decision_note.unwrap_or_default()),
        may_decide: open && may_decide,
        may_withdraw: open && own,
        deciders,
        request_id: request.request_id,
        checked: batch.checked_at.map(|at| at.micros().to_string()).unwrap_or_default(),
    })
}

fn back(member: &Member, batch_id: &str, told: String) -> Result<HttpResponse, WebError> {
    member.toast(Toast::new(told))?;
    let list = Section::Bulk.address(&member.place.tenant);
    Ok(html::see_other(&format!("{list}/{}", escaped(batch_id))))
}

/// Asks for a batch to be booked.
pub(crate) async fn ask(
    member: Member,
    path: OfBatch,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    match requests::ask(&app, &member.caller(), &path.1).await {
        Ok(()) => back(&member, &path.1, t!("bulk-request-asked")),
        Err(error) => Err(refused(&member, &app, error).await?),
    }
}

/// Takes a request of one's own back.
pub(crate) async fn withdraw(
    member: Member,
    path: OfBatch,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    match requests::withdraw(&app, &member.caller(), &path.1).await {
        Ok(()) => back(&member, &path.1, t!("approvals-was-withdrawn")),
        Err(error) => Err(refused(&member, &app, error).await?),
    }
}

/// The form of a decision, as it was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct DecisionForm {
    note: String,
    request: String,
    checked: String,
    /// The button: `approve` or `decline`.
    act: String,
}

/// Approves a batch, which is booked then, or declines it.
pub(crate) async fn decide(
    member: Member,
    path: OfBatch,
    want: Want,
    app: Data<App>,
    form: Protected<DecisionForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let (form, caller) = (form.0, member.caller());
    let mut errors = Errors::default();
    let note = errors.check("note", approvals::note(&form.note));
    let declines = form.act == "decline";
    if declines && note.as_ref().is_some_and(Option::is_none) {
        errors.add("note", t!("approvals-give-note"));
    }
    let Some(note) = note.filter(|_| errors.is_empty()) else {
        let batch = batch_of(&member, &app, &path.1).await?;
        let typed = Typed { note: &form.note, errors: &errors };
        return answer(&member, &app, &batch, (&Asked::default(), typed), async |shell, page| {
            html::answer(&want, page.status(), shell, page, &page.as_main())
        })
        .await;
    };
    let checked_at = form.checked.parse().ok().map(Timestamp::from_micros);
    let looked = Looked { request_id: form.request, checked_at, note };
    let decided = if declines {
        requests::decline(&app, &caller, &path.1, &looked).await
    } else {
        requests::approve(&app, &caller, &path.1, &looked).await
    };
    match decided {
        Ok(()) if declines => back(&member, &path.1, t!("approvals-was-declined")),
        Ok(()) => back(&member, &path.1, t!("approvals-was-approved")),
        Err(error) => Err(refused(&member, &app, error).await?),
    }
}
