//! The draft that is kept of an option: told beside the form, published, discarded.

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};
use serde::Deserialize;

use super::{OfOption, address, list::ListQuery, told};
use crate::{
    app::App,
    domain::{option::RedeemOption, role::Role, site::Site},
    service::{option_drafts, options::OptionError},
    texts::t,
    web::{
        access::Member,
        drafts::{Notice, Words, parse_seen},
        error::WebError,
        facts::differences,
        form::Protected,
        html,
        shell::Toast,
    },
};

const WORDS: Words = Words {
    in_form: "options-draft-in-form",
    live_in_form: "options-draft-live-in-form",
    same: "options-draft-same",
    show_live: "options-draft-show-live",
};

/// Where a notice stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// The beginning of the addresses of the option's buttons.
    pub(super) link: &'a str,
    /// The query that keeps the list as it is.
    pub(super) query: &'a ListQuery,
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
    Ok(kept.filter(|_| option.archived_at.is_none()).map(|kept| {
        let would = told::facts(&kept.draft, sites, zone);
        Notice {
            is_in_form: place.of_draft,
            link: place.link.to_owned(),
            query: place.query.as_text(),
            versions: vec![("version", option.version)],
            ..Notice::new(kept, differences(told::facts(&option.draft, sites, zone), would), &WORDS)
        }
    }))
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
    member.toast(Toast::new(t!("form-draft-published")))?;
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
    member.toast(Toast::new(t!("form-draft-discarded")))?;
    Ok(html::see_other(&format!("{}{}", address(&member, &path.1), query.as_text())))
}
