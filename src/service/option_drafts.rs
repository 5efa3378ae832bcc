//! Changes of redemption options that are kept as drafts, and published when their time has come. Customers and the API
//! see the option as it was.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{
    audit,
    options::{self, OptionError},
};
pub use crate::store::{drafts::Kept, option_drafts::KeptDraft};
use crate::{
    app::App,
    domain::{
        actor::Caller,
        audit::Subject,
        ids::TenantId,
        invalid::FieldErrors,
        option::{OptionDraft, RedeemOption},
        time::Timestamp,
    },
    store::{self, Db, DbError, db::retry_on_conflict},
};

/// What is kept of an option.
pub async fn find(db: &Db, tenant: &TenantId, option_id: &str) -> Result<Option<KeptDraft>, DbError> {
    store::option_drafts::find(db, tenant, option_id).await
}

/// The options of which a draft is kept.
pub async fn options_with(db: &Db, tenant: &TenantId) -> Result<HashSet<String>, DbError> {
    Ok(store::option_drafts::options(db, tenant).await?.into_iter().collect())
}

/// Keeps a change of an option. `seen` is when the draft was kept that the caller looked at, if there was one; `make`
/// gets the option as it is and says what it shall be.
///
/// # Errors
/// [`OptionError::DraftChanged`] when somebody kept another one meanwhile.
pub async fn keep(
    app: &App,
    caller: &Caller,
    option_id: &str,
    seen: Option<Timestamp>,
    make: impl Fn(&RedeemOption) -> Result<OptionDraft, FieldErrors>,
) -> Result<(), OptionError> {
    retry_on_conflict(|| async {
        let (now, tenant) = (app.now(), &caller.tenant);
        let mut tx = app.db.begin().await?;
        let option = options::lock_present(&mut tx, tenant, option_id).await?;
        let kept = store::option_drafts::find_in(&mut tx, tenant, option_id).await?;
        if kept.as_ref().map(|kept| kept.kept_at) != seen {
            return Err(OptionError::DraftChanged);
        }
        let before = options::audited(&option);
        let draft = make(&option)?;
        options::check_sites(&mut tx, tenant, &draft).await?;
        let mut after = options::audited(&RedeemOption { draft, ..option });
        if let Some((before, after)) = audit::difference(&before, &after) {
            let subject = Subject::new(options::SUBJECT, option_id);
            audit::record(&mut tx, caller, "option.draft_kept", subject, Some(before), Some(after), now).await?;
        }
        after.insert("type".to_owned(), json!("coupon"));
        store::option_drafts::put(&mut tx, tenant, option_id, &after, &caller.actor.id, now).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Forgets the draft of an option that was kept at `seen`; nothing happens when there is none.
///
/// # Errors
/// [`OptionError::DraftChanged`] when somebody kept another one meanwhile.
pub async fn discard(app: &App, caller: &Caller, option_id: &str, seen: Option<Timestamp>) -> Result<(), OptionError> {
    retry_on_conflict(|| async {
        let (now, tenant) = (app.now(), &caller.tenant);
        let mut tx = app.db.begin().await?;
        let option = options::lock_present(&mut tx, tenant, option_id).await?;
        let Some(kept) = store::option_drafts::find_in(&mut tx, tenant, option_id).await? else { return Ok(()) };
        if Some(kept.kept_at) != seen {
            return Err(OptionError::DraftChanged);
        }
        store::option_drafts::delete(&mut tx, tenant, option_id).await?;
        let before = Some(Value::Object(options::audited(&RedeemOption { draft: kept.draft, ..option })));
        let subject = Subject::new(options::SUBJECT, option_id);
        audit::record(&mut tx, caller, "option.draft_discarded", subject, before, None, now).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Makes an option what was kept of it, as it was kept at `seen`, when the option still has this version.
///
/// # Errors
/// [`OptionError::Stale`] when the option was changed since, [`OptionError::DraftChanged`] when the draft was.
pub async fn publish(
    app: &App,
    caller: &Caller,
    option_id: &str,
    version: i64,
    seen: Timestamp,
) -> Result<RedeemOption, OptionError> {
    let kept = store::option_drafts::find(&app.db, &caller.tenant, option_id).await?;
    let draft = kept.filter(|kept| kept.kept_at == seen).ok_or(OptionError::DraftChanged)?.draft;
    options::replace(app, caller, option_id, version, seen, |_present| Ok(draft.clone())).await
}

/// The same for a draft that was changed once more before it is published.
///
/// # Errors
/// As [`publish`].
pub async fn publish_as(
    app: &App,
    caller: &Caller,
    option_id: &str,
    version: i64,
    seen: Timestamp,
    make: impl Fn(&RedeemOption) -> Result<OptionDraft, FieldErrors>,
) -> Result<RedeemOption, OptionError> {
    options::replace(app, caller, option_id, version, seen, make).await
}
