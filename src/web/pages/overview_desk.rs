//! What waits for the desk today, on the overview: birthdays, and requests for approval.

use crate::{
    app::App,
    domain::{calendar, role::Role},
    service::birthdays,
    texts::t,
    web::{access::Member, error::WebError, shell::Section},
};

/// Birthdays that are looked at; more are counted as so many.
const BIRTHDAYS_MAX: usize = 500;
/// Names that are told.
const NAMES: usize = 2;

/// Something that waits.
pub(super) struct Waiting {
    pub(super) class: &'static str,
    pub(super) icon: &'static str,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) action: String,
    pub(super) href: String,
}

/// What waits for this member.
pub(super) async fn waiting(member: &Member, app: &App) -> Result<Vec<Waiting>, WebError> {
    let mut all = Vec::new();
    all.extend(requests(member));
    all.extend(celebrants(member, app).await?);
    Ok(all)
}

fn requests(member: &Member) -> Option<Waiting> {
    let count = member.place.waiting;
    (count > 0).then(|| Waiting {
        class: "caut",
        icon: "stamp",
        title: t!("approvals-todo", count = count),
        text: t!("approvals-todo-text"),
        action: t!("approvals-todo-action"),
        href: Section::Approvals.address(&member.place.tenant),
    })
}

/// Those who have a birthday today and were given nothing for it.
async fn celebrants(member: &Member, app: &App) -> Result<Option<Waiting>, WebError> {
    if member.place.role < Role::Agent {
        return Ok(None);
    }
    let (tenant, zone) = (&member.place.tenant, member.place.zone);
    let today = calendar::day_of(app.now(), zone);
    let (found, _) = birthdays::on(&app.db, tenant, (today, zone), None, BIRTHDAYS_MAX).await?;
    let names: Vec<String> = found
        .into_iter()
        .filter(|one| one.given_at.is_none())
        .map(|one| one.name.unwrap_or_else(|| one.customer.to_string()))
        .collect();
    if names.is_empty() {
        return Ok(None);
    }
    let text = match names.get(..NAMES).filter(|_| names.len() > NAMES) {
        Some(first) => t!("birthdays-todo-text", names = first.join(", ")),
        None => t!("birthdays-todo-few", names = names.join(", ")),
    };
    Ok(Some(Waiting {
        class: "azure",
        icon: "cake",
        title: t!("birthdays-todo", count = names.len()),
        text,
        action: t!("birthdays-todo-action"),
        href: Section::Birthdays.address(tenant),
    }))
}
