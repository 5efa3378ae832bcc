//! The draft that is kept of a rule: told beside the form, published, discarded.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;

use super::{OfSite, address, facts, find};
use crate::{
    app::App,
    domain::{role::Role, site::Site},
    service::{
        rule_drafts::{self, KeptRule},
        sites::{Seen, SiteError},
    },
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
    in_form: "rules-draft-in-form",
    live_in_form: "rules-draft-live-in-form",
    same: "rules-draft-same",
    show_live: "rules-draft-show-live",
};

/// What is told of the draft of a site's rule.
pub(super) fn notice(member: &Member, site: &Site, kept: KeptRule, is_in_form: bool) -> Notice {
    let told = |site: &Site| facts(&site.rule, Some(&site.coupon_prefix));
    let differences = differences(told(site), told(&kept.draft.apply(site)));
    Notice {
        is_in_form,
        link: address(member, &site.code),
        versions: vec![("settings_version", site.version), ("rule_version", site.rule.version)],
        ..Notice::new(kept, differences, &WORDS)
    }
}

/// What the buttons of a notice send.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(crate) struct NoticeForm {
    settings_version: String,
    rule_version: String,
    seen: String,
}

/// Makes a rule what its draft says.
pub(crate) async fn publish(
    member: Member,
    path: OfSite,
    app: Data<App>,
    form: Protected<NoticeForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let site = find(&app, &member, &path.1).await?;
    let number = |text: &str| text.parse().map_err(|_none| WebError::no_version());
    let versions = Seen { settings: number(&form.0.settings_version)?, rule: number(&form.0.rule_version)? };
    let seen = parse_seen(&form.0.seen).ok_or_else(WebError::no_version)?;
    let published = rule_drafts::publish(&app, &member.caller(), &site.code, versions, seen).await;
    published.map_err(|error| match error {
        SiteError::Stale(_) => WebError::Conflict(t!("rules-draft-behind")),
        other => other.into(),
    })?;
    member.toast(Toast::new(t!("form-draft-published")))?;
    Ok(html::see_other(&address(&member, &site.code)))
}

/// Forgets the draft of a rule.
pub(crate) async fn discard(
    member: Member,
    path: OfSite,
    app: Data<App>,
    form: Protected<NoticeForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let site = find(&app, &member, &path.1).await?;
    rule_drafts::discard(&app, &member.caller(), &site.code, parse_seen(&form.0.seen)).await?;
    member.toast(Toast::new(t!("form-draft-discarded")))?;
    Ok(html::see_other(&address(&member, &site.code)))
}
