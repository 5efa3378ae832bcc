//! The draft that is kept of an option: told beside the form, published, discarded.

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};
use serde::Deserialize;

use super::{OfOption, address, list::ListQuery, told};
use crate::{
    app::App,
    domain::{option::RedeemOption, role::Role, site::Site, time::Timestamp},
    service::{
        option_drafts::{self, KeptDraft},
        options::OptionError,
    },
    texts::t,
    web::{
        access::Member,
        error::WebError,
        facts::{Difference, differences},
        form::Protected,
        html,
        shell::Toast,
    },
};

/// What is told of a draft.
pub(super) struct Notice {
    pub(super) who: String,
    pub(super) at: Timestamp,
    /// What would change.
    pub(super) differences: Vec<Difference>,
    /// Whether the form beside it shows the draft.
    pub(super) is_in_form: bool,
    /// Where its buttons lead.
    pub(super) link: String,
    /// What they were made for.
    pub(super) version: i64,
    pub(super) seen: String,
}

/// Where a notice stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// The beginning of the addresses of the option's buttons.
    pub(super) link: &'a str,
    /// Whether the form beside it shows the draft.
    pub(super) of_draft: bool,
}

/// Tells of the draft of an option, if one is kept.
pub(super) async fn notice(
    app: &App,
    member: &Member,
    option: &RedeemOption,
    sites: &[Site],
    place: Place<'_>,
) -> Result<Option<Notice>, WebError> {
    let zone = member.place.zone;
    let kept = option_drafts::find(&app.db, &member.place.tenant, &option.id).await?;
    Ok(kept.filter(|_| option.archived_at.is_none()).map(|kept| Notice {
        differences: differences(told::facts(&option.draft, sites, zone), told::facts(&kept.draft, sites, zone)),
        seen: seen(Some(&kept)),
        who: kept.keeper.unwrap_or_else(|| t!("people-former-member")),
        at: kept.kept_at,
        is_in_form: place.of_draft,
        link: place.link.to_owned(),
        version: option.version,
    }))
}

/// When a draft was kept, for a field of a form.
pub(super) fn seen(kept: Option<&KeptDraft>) -> String {
    kept.map(|kept| kept.kept_at.micros().to_string()).unwrap_or_default()
}

/// Reads what [`seen`] made.
pub(super) fn parse_seen(text: &str) -> Option<Timestamp> {
    text.parse().ok().map(Timestamp::from_micros)
}

/// What the buttons of a notice send.
#[derive(Deserialize)]
pub(crate) struct NoticeForm {
    #[serde(default)]
    version: String,
    #[serde(default)]
    seen: String,
}

/// Makes an option what its draft says.
pub(crate) async fn publish(
    member: Member,
    path: OfOption,
    query: Query<ListQuery>,
    app: Data<App>,
    form: Protected<NoticeForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let version = form.0.version.parse().map_err(|_none| WebError::no_version())?;
    let seen = parse_seen(&form.0.seen).ok_or_else(WebError::no_version)?;
    let published = option_drafts::publish(&app, &member.caller(), &path.1, version, seen).await;
    let option = published.map_err(|error| match error {
        OptionError::Stale(_) => WebError::Conflict(t!("options-draft-behind")),
        other => other.into(),
    })?;
    member.toast(Toast::new(t!("options-draft-published")))?;
    Ok(html::see_other(&format!("{}{}", address(&member, &option.id), query.as_text())))
}

/// Forgets the draft of an option.
pub(crate) async fn discard(
    member: Member,
    path: OfOption,
    query: Query<ListQuery>,
    app: Data<App>,
    form: Protected<NoticeForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    option_drafts::discard(&app, &member.caller(), &path.1, parse_seen(&form.0.seen)).await?;
    member.toast(Toast::new(t!("options-draft-discarded")))?;
    Ok(html::see_other(&format!("{}{}", address(&member, &path.1), query.as_text())))
}
