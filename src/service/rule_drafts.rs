//! Changes of earning rules that are kept as drafts, and published when their time has come. Orders earn by the rule as it
//! was.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    audit,
    sites::{self, Seen, SiteError},
};
pub use crate::store::rule_drafts::KeptRule;
use crate::{
    app::App,
    domain::{
        actor::Caller,
        ids::{SiteCode, TenantId},
        site::Site,
        site_change::{SiteChange, draft_json},
        time::Timestamp,
    },
    store::{self, Db, DbError, Tx, db::retry_on_conflict},
};

/// What is kept of a site's rule.
pub async fn find(db: &Db, tenant: &TenantId, code: &SiteCode) -> Result<Option<KeptRule>, DbError> {
    store::rule_drafts::find(db, tenant, code).await
}

/// The sites of whose rules a draft is kept.
pub async fn sites_with(db: &Db, tenant: &TenantId) -> Result<HashSet<SiteCode>, DbError> {
    Ok(store::rule_drafts::sites(db, tenant).await?.into_iter().collect())
}

async fn lock(tx: &mut Tx, tenant: &TenantId, code: &SiteCode) -> Result<Site, SiteError> {
    store::sites::lock(tx, tenant, code).await?.ok_or_else(|| SiteError::Unknown(code.clone()))
}

/// Keeps a change of a site's rule. `seen` is when the draft was kept that the caller looked at, if there was one.
///
/// # Errors
/// [`SiteError::DraftChanged`] when somebody kept another one meanwhile.
pub async fn keep(
    app: &App,
    caller: &Caller,
    code: &SiteCode,
    seen: Option<Timestamp>,
    change: &SiteChange,
) -> Result<(), SiteError> {
    retry_on_conflict(|| async {
        let (now, tenant) = (app.now(), &caller.tenant);
        let mut tx = app.db.begin().await?;
        let site = lock(&mut tx, tenant, code).await?;
        let kept = store::rule_drafts::find_in(&mut tx, tenant, code).await?;
        if kept.map(|kept| kept.kept_at) != seen {
            return Err(SiteError::DraftChanged);
        }
        let draft = draft_json(&change.apply(&site));
        if let Some((before, after)) = audit::difference(&draft_json(&site), &draft) {
            let subject = sites::subject(code);
            audit::record(&mut tx, caller, "rule.draft_kept", subject, Some(before), Some(after), now).await?;
        }
        store::rule_drafts::put(&mut tx, tenant, code, &draft, &caller.actor.id, now).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Forgets the draft of a site's rule that was kept at `seen`; nothing happens when there is none.
///
/// # Errors
/// [`SiteError::DraftChanged`] when somebody kept another one meanwhile.
pub async fn discard(app: &App, caller: &Caller, code: &SiteCode, seen: Option<Timestamp>) -> Result<(), SiteError> {
    retry_on_conflict(|| async {
        let (now, tenant) = (app.now(), &caller.tenant);
        let mut tx = app.db.begin().await?;
        let site = lock(&mut tx, tenant, code).await?;
        let Some(kept) = store::rule_drafts::find_in(&mut tx, tenant, code).await? else { return Ok(()) };
        if Some(kept.kept_at) != seen {
            return Err(SiteError::DraftChanged);
        }
        store::rule_drafts::delete(&mut tx, tenant, code).await?;
        let before = Some(Value::Object(draft_json(&kept.draft.apply(&site))));
        audit::record(&mut tx, caller, "rule.draft_discarded", sites::subject(code), before, None, now).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Makes a rule what was kept of it, as it was kept at `seen`, when the site still has these versions.
///
/// # Errors
/// [`SiteError::Stale`] when the rule was changed since, [`SiteError::DraftChanged`] when the draft was.
pub async fn publish(
    app: &App,
    caller: &Caller,
    code: &SiteCode,
    versions: Seen,
    seen: Timestamp,
) -> Result<Site, SiteError> {
    let kept = store::rule_drafts::find(&app.db, &caller.tenant, code).await?;
    let change = kept.filter(|kept| kept.kept_at == seen).ok_or(SiteError::DraftChanged)?.draft;
    publish_as(app, caller, code, versions, seen, &change).await
}

/// The same for a draft that was changed once more before it is published.
///
/// # Errors
/// As [`publish`].
pub async fn publish_as(
    app: &App,
    caller: &Caller,
    code: &SiteCode,
    versions: Seen,
    seen: Timestamp,
    change: &SiteChange,
) -> Result<Site, SiteError> {
    let site = retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        let site = sites::change_in(&mut tx, caller, code, Some(versions), change, app.now()).await?;
        // Under the site's lock, which everybody takes who keeps a draft.
        let kept = store::rule_drafts::find_in(&mut tx, &caller.tenant, code).await?;
        kept.filter(|kept| kept.kept_at == seen).ok_or(SiteError::DraftChanged)?;
        store::rule_drafts::delete(&mut tx, &caller.tenant, code).await?;
        tx.commit().await?;
        Ok::<_, SiteError>(site)
    })
    .await?;
    app.reads.sites.forget_everywhere().await;
    Ok(site)
}
