//! One entry: its explanation, and taking it back.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;

use super::{OfCustomersThing, adjust, asked, customer_in, history::Line, may_undo, name_of};
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
        history::{self, Told},
        ledger::{LedgerError, command::Remarks},
        points::{self, PointsError},
    },
    web::{
        access::Member,
        confirm::Confirm,
        error::WebError,
        filters,
        form::{Button, Protected},
        format,
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
    let points = format::count(entry.points.saturating_abs(), "point", "points");
    let now = accounts::balance(&app.db, &member.place.tenant, &customer, app.now()).await?.unwrap_or_default();
    let (question, what) = match entry.kind {
        EntryKind::Added => {
            (format!("Take {points} back from {name}?"), format!("{points} were added: {}.", line.title))
        }
        _ => (format!("Give {points} back to {name}?"), format!("{points} were removed: {}.", line.title)),
    };
    if entry.kind == EntryKind::Added && now < entry.points {
        return Err(WebError::Conflict(not_enough(&name, now, &points)));
    }
    let confirm = Confirm {
        question,
        sentences: vec![
            what,
            format!(
                "A new entry undoes it; both stay in the history. The balance goes from {} to {}, unless points have expired meanwhile.",
                format::number(now),
                format::number(now - entry.points)
            ),
        ],
        action: format!("{}/undo", line.link),
        back: base,
        keep: "Keep entry".to_owned(),
        act: "Undo entry".to_owned(),
    };
    confirm.ask(&want, &member.shell(Section::Customers, "Undo entry"))
}

fn not_enough(name: &str, has: i64, points: &str) -> String {
    let has = format::count(has, "point", "points");
    format!("{name} has {has} left, so {points} cannot be taken back. Remove by hand what is to be taken.")
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
        member.toast(Toast::new("Undone already"))?;
        return Ok(html::see_other(&back));
    }
    require(&member, &app, &told).await?;
    let asked = asked(&member, "", &[], |_done| (200, String::new()));
    match points::undo(&app, asked, customer.clone(), entry_id, Remarks::default()).await {
        Ok(_) => member.toast(Toast::new("Entry undone"))?,
        Err(PointsError::Ledger(LedgerError::Refused(Refusal::AlreadyUndone))) => {
            member.toast(Toast::new("Undone already"))?;
        }
        Err(PointsError::Ledger(LedgerError::Refused(Refusal::NotEnough { has, asked }))) => {
            let name = name_of(&app, &member, &customer).await?;
            return Err(WebError::Conflict(not_enough(&name, has, &format::count(asked, "point", "points"))));
        }
        Err(PointsError::Ledger(LedgerError::Refused(refusal))) => {
            return Err(WebError::Conflict(adjust::words(&refusal)));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(html::see_other(&back))
}
