//! One entry: its explanation, and taking it back.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;

use super::{OfCustomersThing, adjust, asked, customer_in, history::Line, may_undo, name_of, preview::either};
use crate::{
    app::App,
    domain::{
        ids::{CustomerId, EntryId},
        ledger::entry::EntryKind,
        refusal::Refusal,
        role::Role,
    },
    service::{
        accounts,
        adjustments::{self, Outcome},
        approvals::{self, ApprovalError},
        history::{self, Told},
        ledger::{LedgerError, command::Remarks},
        points::PointsError,
    },
    texts::{message, t},
    web::{
        access::Member,
        confirm::Confirm,
        error::WebError,
        filters,
        form::{Button, Protected},
        html::{self, Want},
        query::customer_page,
        shell::{Section, Shell, Toast},
    },
};

#[derive(Template)]
#[template(path = "customer/entry.html", blocks = ["about", "main"])]
struct EntryPage<'a> {
    shell: &'a Shell,
    name: &'a str,
    base: &'a str,
    line: &'a Line,
}

/// The entry that the path names.
pub(super) async fn find(
    member: &Member,
    app: &App,
    customer: &CustomerId,
    entry: &str,
) -> Result<(EntryId, Told), WebError> {
    let entry_id = EntryId::parse(entry).map_err(|_no_id| WebError::NotFound)?;
    let told = history::entry(&app.db, &member.place.tenant, customer, &entry_id).await?;
    Ok((entry_id, told.ok_or(WebError::NotFound)?))
}

/// Shows an entry, with the code of the coupon that it paid for.
pub(in crate::web) async fn show(
    member: Member,
    path: OfCustomersThing,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let customer = customer_in(&path.1)?;
    let (_, told) = find(&member, &app, &customer, &path.2).await?;
    let base = customer_page(&member.place.tenant, &customer);
    let line = Line::new(&told, &member, &base, app.now());
    let shell = member.shell(Section::Customers, &line.title);
    let name = name_of(&app, &member, &customer).await?;
    let page = EntryPage { shell: &shell, name: &name, base: &base, line: &line };
    // In the history, each entry is explained where it stands.
    if want.is_part(&format!("about-{}", line.seq)) {
        return html::bare(&page.as_about());
    }
    html::answer(&want, StatusCode::OK, &shell, &page, &page.as_main())
}

/// Refuses those who may not undo this entry.
async fn require(member: &Member, app: &App, told: &Told) -> Result<(), WebError> {
    let entry = &told.story.entry;
    if told.story.mended.is_some() {
        return Err(WebError::Conflict(Refusal::AlreadyUndone.to_string()));
    }
    if !matches!(entry.kind, EntryKind::Added | EntryKind::Removed) || entry.memo.mends.is_some() {
        return Err(WebError::Conflict(Refusal::NotUndoable.to_string()));
    }
    if may_undo(member, &told.story) { Ok(()) } else { member.require(app, Role::Manager).await }
}

/// Asks before an entry is undone, and says what that does.
pub(in crate::web) async fn confirm_undoing(
    member: Member,
    path: OfCustomersThing,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    let customer = customer_in(&path.1)?;
    let (_, told) = find(&member, &app, &customer, &path.2).await?;
    require(&member, &app, &told).await?;
    let entry = &told.story.entry;
    let base = customer_page(&member.place.tenant, &customer);
    let line = Line::new(&told, &member, &base, app.now());
    let name = name_of(&app, &member, &customer).await?;
    let points = entry.points.saturating_abs();
    let now = accounts::balance(&app.db, &member.place.tenant, &customer, app.now()).await?.unwrap_or_default();
    let (question, what) = match entry.kind {
        EntryKind::Added => (
            t!("entry-undo-added", points = points, name = &name),
            t!("entry-undo-added-what", points = points, title = &line.title),
        ),
        _ => (
            t!("entry-undo-removed", points = points, name = &name),
            t!("entry-undo-removed-what", points = points, title = &line.title),
        ),
    };
    if entry.kind == EntryKind::Added && now < entry.points {
        return Err(WebError::Conflict(not_enough(&name, now, points)));
    }
    let above = above(&member, &app, entry.points).await?;
    let act = if above.is_some() { t!("adjust-button-ask") } else { t!("entry-undo") };
    let confirm = Confirm {
        question,
        sentences: [what, t!("entry-undo-means", before = now, after = now - entry.points)]
            .into_iter()
            .chain(above)
            .collect(),
        action: format!("{}/undo", line.link),
        back: base,
        keep: t!("entry-keep"),
        act,
    };
    confirm.ask(&want, &member.shell(Section::Customers, t!("entry-undo")))
}

/// Says that somebody else decides, when it is above the limit.
async fn above(member: &Member, app: &App, points: i64) -> Result<Option<String>, WebError> {
    let (limits, role) = (member.place.limits, member.place.role);
    if approvals::may(limits, role, points) {
        return Ok(None);
    }
    let (tenant, user) = (&member.place.tenant, &member.person.user_id);
    let names = approvals::deciders(&app.db, tenant, limits, user, points.saturating_abs()).await?;
    let limit = limits.of(role).unwrap_or_default();
    if names.is_empty() {
        return Err(WebError::Conflict(t!("adjust-nobody-decides", limit = limit)));
    }
    Ok(Some(t!("approvals-undo-asks", limit = limit, names = either(&names))))
}

fn not_enough(name: &str, has: i64, points: i64) -> String {
    let (has, points) = (message!("ui-points", points = has), message!("ui-points", points = points));
    t!("entry-undo-too-few", name = name, has = has, points = points)
}

/// Undoes an entry.
pub(in crate::web) async fn undo(
    member: Member,
    path: OfCustomersThing,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    let customer = customer_in(&path.1)?;
    let (entry_id, told) = find(&member, &app, &customer, &path.2).await?;
    let back = customer_page(&member.place.tenant, &customer);
    if told.story.mended.is_some() {
        // A second click: what it wants is done.
        member.toast(Toast::new(t!("entry-undone-already")))?;
        return Ok(html::see_other(&back));
    }
    require(&member, &app, &told).await?;
    let asked = asked(&member, "", &[], |_done| (200, String::new()));
    let refused = match adjustments::undo(&app, asked, customer.clone(), entry_id, Remarks::default()).await {
        Ok(Outcome::Booked(_)) => {
            member.toast(Toast::new(t!("entry-entry-undone")))?;
            return Ok(html::see_other(&back));
        }
        Ok(Outcome::Waits(id)) => {
            member.toast(adjust::asked_for(&member, &id))?;
            return Ok(html::see_other(&back));
        }
        Err(ApprovalError::Points(PointsError::Ledger(LedgerError::Refused(refusal)))) => refusal,
        Err(error) => return Err(error.into()),
    };
    match refused {
        Refusal::AlreadyUndone => member.toast(Toast::new(t!("entry-undone-already")))?,
        Refusal::NotEnough { has, asked } => {
            let name = name_of(&app, &member, &customer).await?;
            return Err(WebError::Conflict(not_enough(&name, has, asked)));
        }
        refusal => return Err(WebError::Conflict(adjust::words(&refusal))),
    }
    Ok(html::see_other(&back))
}
