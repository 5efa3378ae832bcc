//! Redemption options: made, changed, put in order, archived. An archived option keeps its history.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{
    audit,
    idempotency::{self, Begun, KeyedRequest},
};
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
    store::{
        self, Db, DbError, Tx,
        db::{AsConflict, retry_on_conflict},
    },
    texts::t,
};

/// Options that are not archived, per tenant: lists of them are answered whole.
const OPTIONS_MAX: usize = 500;
/// The kind of thing in the audit log.
pub(super) const SUBJECT: &str = "option";

/// Why an option was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum OptionError {
    /// What was given does not fit.
    #[error(transparent)]
    Invalid(#[from] FieldErrors),
    /// The tenant has no such option, or it is archived.
    #[error("No redeem option found with id {0}")]
    Unknown(String),
    /// Somebody else changed it in the meantime; this is what it is now.
    #[error(
        "The resource that was requested for update with id = {} has changed. \
         Please retry your request with valid version", .0.id
    )]
    Stale(Box<RedeemOption>),
    /// Somebody kept, published or discarded a draft of it meanwhile.
    #[error("{}", t!("options-draft-changed"))]
    DraftChanged,
    /// The Idempotency-Key was used for another request.
    #[error("This Idempotency-Key was used for another request. Send a new key, or the same request again.")]
    KeyReused,
    /// The machine failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl AsConflict for OptionError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}

/// Every option, archived ones last: for employees.
pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<RedeemOption>, DbError> {
    store::options::list(db, tenant).await
}

/// The options that are not archived, offered or not: for the shop's own programs.
pub async fn list_present(db: &Db, tenant: &TenantId) -> Result<Vec<RedeemOption>, DbError> {
    let mut options = store::options::list(db, tenant).await?;
    options.retain(|option| option.archived_at.is_none());
    Ok(options)
}

/// The options that can be had now on at least one site: for customers and guests.
pub async fn list_offered(db: &Db, tenant: &TenantId, now: Timestamp) -> Result<Vec<RedeemOption>, DbError> {
    let mut options = store::options::list(db, tenant).await?;
    options.retain(|option| option.is_offered(now) && option.left() != Some(0));
    Ok(options)
}

/// An option, archived or not.
pub async fn find(db: &Db, tenant: &TenantId, id: &str) -> Result<Option<RedeemOption>, DbError> {
    store::options::find(db, tenant, id).await
}

/// How often each option was redeemed since `since`; those that were not are not in it.
pub async fn redeemed_since(db: &Db, tenant: &TenantId, since: Timestamp) -> Result<HashMap<String, i64>, DbError> {
    Ok(store::options::count_since(db, tenant, since).await?.into_iter().collect())
}

/// What became of an option so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uses {
    /// How often it was redeemed.
    pub redeemed: i64,
    /// How many of those coupons can still be used.
    pub open_coupons: i64,
}

/// What became of an option so far.
pub async fn uses(db: &Db, tenant: &TenantId, id: &str, now: Timestamp) -> Result<Uses, DbError> {
    let (redeemed, open_coupons) = store::options::count_of(db, tenant, id, now).await?;
    Ok(Uses { redeemed, open_coupons })
}

/// The contract's array of options.
pub fn to_json(options: &[RedeemOption]) -> String {
    Value::Array(options.iter().map(RedeemOption::to_json).collect()).to_string()
}

/// What making an option came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// It was made: its id, and the contract's answer.
    Now {
        /// Of the new option.
        id: String,
        /// See [`to_json`].
        body: String,
    },
    /// It was made before under the same Idempotency-Key: the answer given then.
    Before {
        /// Its status.
        status: u16,
        /// Its body.
        body: String,
    },
}

/// Makes an option, at the end of the list.
pub async fn create(
    app: &App,
    caller: &Caller,
    draft: &OptionDraft,
    key: Option<&KeyedRequest>,
) -> Result<Created, OptionError> {
    let id = uuid::Uuid::now_v7().simple().to_string();
    retry_on_conflict(|| create_once(app, caller, draft, key, &id)).await
}

async fn create_once(
    app: &App,
    caller: &Caller,
    draft: &OptionDraft,
    key: Option<&KeyedRequest>,
    id: &str,
) -> Result<Created, OptionError> {
    let (now, tenant) = (app.now(), &caller.tenant);
    let mut tx = app.db.begin().await?;
    match idempotency::begin(&mut tx, caller, key, now).await? {
        Begun::Fresh => {}
        Begun::Replay { status, body } => return Ok(Created::Before { status, body }),
        Begun::KeyReused => return Err(OptionError::KeyReused),
    }
    lock_order(&mut tx, tenant).await?;
    check_sites(&mut tx, tenant, draft).await?;
    require_room(&mut tx, tenant).await?;
    if !store::options::insert(&mut tx, tenant, id, draft, now).await? {
        return Err(DbError::Damaged(format!("option {id}: the id is taken")).into());
    }
    let mut options = store::options::list_in(&mut tx, tenant).await?;
    options.retain(|option| option.archived_at.is_none());
    let made = options.iter().find(|option| option.id == id).map(audited);
    audit::record(&mut tx, caller, "option.created", Subject::new(SUBJECT, id), None, made.map(Value::Object), now)
        .await?;
    let body = to_json(&options);
    idempotency::finish(&mut tx, caller, key, 200, &body).await?;
    tx.commit().await?;
    Ok(Created::Now { id: id.to_owned(), body })
}

/// Serialises those who make, move and restore options of a tenant, so that no two get one place.
async fn lock_order(tx: &mut Tx, tenant: &TenantId) -> Result<(), DbError> {
    tx.lock_scope(&format!("options:{tenant}")).await
}

async fn require_room(tx: &mut Tx, tenant: &TenantId) -> Result<(), OptionError> {
    let present = store::options::list_in(tx, tenant).await?;
    if present.iter().filter(|option| option.archived_at.is_none()).count() < OPTIONS_MAX {
        return Ok(());
    }
    let message = format!("There are {OPTIONS_MAX} options already. Delete one that is not needed any more first.");
    Err(FieldErrors::one("name", message).into())
}

pub(super) async fn check_sites(tx: &mut Tx, tenant: &TenantId, draft: &OptionDraft) -> Result<(), OptionError> {
    for code in &draft.sites {
        if store::sites::find_in(tx, tenant, code).await?.is_none() {
            let message =
                format!("There is no site `{code}`. Give codes of sites that exist, or none for all of them.");
            return Err(FieldErrors::one("sites", message).into());
        }
    }
    Ok(())
}

/// What is kept of an option in the audit log: everything but what the log says itself.
pub(super) fn audited(option: &RedeemOption) -> Map<String, Value> {
    let Value::Object(mut map) = option.to_json() else { return Map::new() };
    for name in ["id", "type", "metadata", "stockLeft"] {
        map.shift_remove(name);
    }
    map.insert("active".to_owned(), json!(option.draft.active));
    map
}

/// Replaces what is set of an option, when it still has this version; without one the change is taken as it is.
/// `make` gets the option as it is and says what it should be.
pub async fn update(
    app: &App,
    caller: &Caller,
    id: &str,
    version: Option<i64>,
    make: impl Fn(&RedeemOption) -> Result<OptionDraft, FieldErrors>,
) -> Result<RedeemOption, OptionError> {
    retry_on_conflict(|| update_once(app, caller, id, version, &make, None)).await
}

/// The same for what the draft became that was kept at `seen`; the draft is gone with it.
///
/// # Errors
/// [`OptionError::DraftChanged`] when there is another draft now, or none.
pub(super) async fn replace(
    app: &App,
    caller: &Caller,
    id: &str,
    version: i64,
    seen: Timestamp,
    make: impl Fn(&RedeemOption) -> Result<OptionDraft, FieldErrors>,
) -> Result<RedeemOption, OptionError> {
    retry_on_conflict(|| update_once(app, caller, id, Some(version), &make, Some(seen))).await
}

async fn update_once(
    app: &App,
    caller: &Caller,
    id: &str,
    version: Option<i64>,
    make: &impl Fn(&RedeemOption) -> Result<OptionDraft, FieldErrors>,
    draft_of: Option<Timestamp>,
) -> Result<RedeemOption, OptionError> {
    let (now, tenant) = (app.now(), &caller.tenant);
    let mut tx = app.db.begin().await?;
    let before = lock_present(&mut tx, tenant, id).await?;
    let draft = make(&before)?;
    if version.is_some_and(|version| version != before.version) {
        return Err(OptionError::Stale(Box::new(before)));
    }
    check_sites(&mut tx, tenant, &draft).await?;
    if let Some(stock) = draft.stock {
        let (redeemed, _) = store::options::count_of_in(&mut tx, tenant, id, now).await?;
        if stock < redeemed {
            let message = format!("It was redeemed {redeemed} times already: give that number or more, or none.");
            return Err(FieldErrors::one("stock", message).into());
        }
        store::options::count_all_redeemed(&mut tx, tenant, id).await?;
    }
    store::options::update(&mut tx, tenant, id, &draft, now).await?;
    if let Some(seen) = draft_of {
        // Under the option's lock, which everybody takes who keeps a draft.
        let kept = store::option_drafts::find_in(&mut tx, tenant, id).await?;
        kept.filter(|kept| kept.kept_at == seen).ok_or(OptionError::DraftChanged)?;
        store::option_drafts::delete(&mut tx, tenant, id).await?;
    }
    let after = store::options::find_in(&mut tx, tenant, id).await?.ok_or_else(|| unknown(id))?;
    if let Some((before, after)) = audit::difference(&audited(&before), &audited(&after)) {
        let subject = Subject::new(SUBJECT, id);
        audit::record(&mut tx, caller, "option.changed", subject, Some(before), Some(after), now).await?;
    }
    tx.commit().await?;
    Ok(after)
}

/// Offers an option, or stops offering it.
pub async fn set_active(app: &App, caller: &Caller, id: &str, active: bool) -> Result<RedeemOption, OptionError> {
    update(app, caller, id, None, |option| Ok(OptionDraft { active, ..option.draft.clone() })).await
}

fn unknown(id: &str) -> OptionError {
    OptionError::Unknown(id.to_owned())
}

/// Locks an option that is not archived.
pub(super) async fn lock_present(tx: &mut Tx, tenant: &TenantId, id: &str) -> Result<RedeemOption, OptionError> {
    let option = store::options::lock(tx, tenant, id).await?;
    option.filter(|option| option.archived_at.is_none()).ok_or_else(|| unknown(id))
}

/// Takes an option out of every list for customers and the API. Coupons that it bought stay good, and it can be
/// restored.
pub async fn archive(app: &App, caller: &Caller, id: &str) -> Result<(), OptionError> {
    retry_on_conflict(|| async {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        let option = lock_present(&mut tx, &caller.tenant, id).await?;
        store::options::archive(&mut tx, &caller.tenant, id, now).await?;
        let before = Some(Value::Object(audited(&option)));
        audit::record(&mut tx, caller, "option.archived", Subject::new(SUBJECT, id), before, None, now).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Takes an option back out of the archive, to the place that it had.
pub async fn restore(app: &App, caller: &Caller, id: &str) -> Result<(), OptionError> {
    retry_on_conflict(|| async {
        let (now, tenant) = (app.now(), &caller.tenant);
        let mut tx = app.db.begin().await?;
        lock_order(&mut tx, tenant).await?;
        require_room(&mut tx, tenant).await?;
        let option = store::options::lock(&mut tx, tenant, id).await?;
        let option = option.filter(|option| option.archived_at.is_some()).ok_or_else(|| unknown(id))?;
        store::options::restore(&mut tx, tenant, id, now).await?;
        let after = Some(Value::Object(audited(&option)));
        audit::record(&mut tx, caller, "option.restored", Subject::new(SUBJECT, id), None, after, now).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Where an option goes in the list of options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// One place towards the beginning.
    Up,
    /// One place towards the end.
    Down,
    /// To this place, from 1; behind the last one it is the last.
    To(usize),
}

/// Moves an option among those that are not archived; beyond the ends of the list it does not go.
pub async fn move_to(app: &App, caller: &Caller, id: &str, to: Move) -> Result<(), OptionError> {
    retry_on_conflict(|| move_once(app, caller, id, to)).await
}

async fn move_once(app: &App, caller: &Caller, id: &str, to: Move) -> Result<(), OptionError> {
    let (now, tenant) = (app.now(), &caller.tenant);
    let mut tx = app.db.begin().await?;
    lock_order(&mut tx, tenant).await?;
    let mut order = store::options::list_in(&mut tx, tenant).await?;
    let last = order.iter().filter(|option| option.archived_at.is_none()).count().saturating_sub(1);
    let at = order.iter().position(|option| option.id == id && option.archived_at.is_none());
    let at = at.ok_or_else(|| unknown(id))?;
    let to = match to {
        Move::Up => at.saturating_sub(1),
        Move::Down => at.saturating_add(1),
        Move::To(place) => place.saturating_sub(1),
    };
    let to = to.min(last);
    if to == at {
        return Ok(());
    }
    let option = order.remove(at);
    order.insert(to, option);
    // In the order of ids, as everybody who locks several options does.
    let mut places: Vec<(&str, i64)> = Vec::new();
    for (option, position) in order.iter().zip(1_i64..) {
        if option.position != position {
            places.push((&option.id, position));
        }
    }
    places.sort_unstable();
    for (id, position) in places {
        store::options::place(&mut tx, tenant, id, position).await?;
    }
    let [before, after] = [at, to].map(|index| Some(json!({ "place": index + 1 })));
    audit::record(&mut tx, caller, "option.moved", Subject::new(SUBJECT, id), before, after, now).await?;
    tx.commit().await?;
    Ok(())
}
