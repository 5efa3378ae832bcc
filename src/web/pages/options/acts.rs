//! What is done to an option with a button: offered or not, moved, deleted, restored.

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};
use serde::Deserialize;

use super::{OfOption, address, find, list::ListQuery, list_address};
use crate::{
    app::App,
    domain::role::Role,
    service::options::{self, Move},
    texts::{message, t},
    web::{
        access::Member,
        confirm::Confirm,
        error::WebError,
        form::{Button, Protected},
        html::{self, Want},
        shell::{Section, Toast, ToastAction},
    },
};

/// Offers an option.
pub(crate) async fn activate(
    member: Member,
    path: OfOption,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    set_active(&member, &path, &app, true).await
}

/// Stops offering an option.
pub(crate) async fn deactivate(
    member: Member,
    path: OfOption,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    set_active(&member, &path, &app, false).await
}

async fn set_active(member: &Member, path: &OfOption, app: &App, active: bool) -> Result<HttpResponse, WebError> {
    member.require(app, Role::Manager).await?;
    let option = options::set_active(app, &member.caller(), &path.1, active).await?;
    let link = address(member, &option.id);
    let (text, undo) =
        if active { (t!("options-activated"), "deactivate") } else { (t!("options-deactivated"), "activate") };
    member.toast(undoable(text, format!("{link}/{undo}")))?;
    Ok(html::see_other(&link))
}

fn undoable(text: String, post: String) -> Toast {
    Toast { text, action: Some(ToastAction { label: t!("ui-undo"), post }) }
}

/// Moves an option towards the beginning of the list.
pub(crate) async fn up(
    member: Member,
    path: OfOption,
    query: Query<ListQuery>,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    move_to(&member, &path, &query, &app, Move::Up).await
}

/// Moves an option towards the end of the list.
pub(crate) async fn down(
    member: Member,
    path: OfOption,
    query: Query<ListQuery>,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    move_to(&member, &path, &query, &app, Move::Down).await
}

/// The place that an option was dragged to.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct PlaceForm {
    /// From 1.
    place: String,
}

/// Moves an option to a place of the list.
pub(crate) async fn place(
    member: Member,
    path: OfOption,
    query: Query<ListQuery>,
    app: Data<App>,
    form: Protected<PlaceForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let place = form.0.place.parse().map_err(|_no_number| WebError::BadRequest(message!("options-no-place")))?;
    move_to(&member, &path, &query, &app, Move::To(place)).await
}

async fn move_to(
    member: &Member,
    path: &OfOption,
    query: &ListQuery,
    app: &App,
    to: Move,
) -> Result<HttpResponse, WebError> {
    member.require(app, Role::Manager).await?;
    options::move_to(app, &member.caller(), &path.1, to).await?;
    Ok(html::see_other(&list_address(member, query)))
}

/// Asks before an option is deleted, and says what that means.
pub(crate) async fn confirm_deletion(
    member: Member,
    path: OfOption,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let option = find(&app, &member, &path).await?;
    if option.archived_at.is_some() {
        return Err(WebError::Conflict(t!("options-archived-already")));
    }
    let uses = options::uses(&app.db, &member.place.tenant, &option.id, app.now()).await?;
    let became = match uses.redeemed {
        0 => t!("options-delete-unused"),
        times => t!("options-delete-used", times = times, open = uses.open_coupons),
    };
    let link = address(&member, &option.id);
    let confirm = Confirm {
        question: t!("options-delete-question", name = &option.draft.name),
        sentences: vec![t!("options-delete-no-more"), became, t!("options-delete-archive")],
        action: format!("{link}/delete"),
        back: link,
        keep: t!("options-keep"),
        act: t!("options-delete-title"),
    };
    confirm.ask(&want, &member.shell(Section::Options, t!("options-delete-title")))
}

/// Deletes an option: it moves to the archive.
pub(crate) async fn delete(
    member: Member,
    path: OfOption,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    options::archive(&app, &member.caller(), &path.1).await?;
    member.toast(undoable(t!("options-deleted"), format!("{}/restore", address(&member, &path.1))))?;
    Ok(html::see_other(&list_address(&member, &ListQuery::default())))
}

/// Takes an option back out of the archive.
pub(crate) async fn restore(
    member: Member,
    path: OfOption,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    options::restore(&app, &member.caller(), &path.1).await?;
    member.toast(Toast::new(t!("options-restored")))?;
    Ok(html::see_other(&address(&member, &path.1)))
}
