//! Making, changing and deleting coupons.

use serde_json::{Map, Value, json};

use super::{Answered, Coupon, CouponError, present, replayed};
use crate::{
    app::App,
    domain::{
        actor::Caller,
        audit::Subject,
        code::{CouponCode, coupon_code_of},
        coupon::CouponDraft,
        ids::{CustomerId, SiteCode},
        invalid::FieldErrors,
        time::Timestamp,
    },
    service::{
        audit,
        idempotency::{self, KeyedRequest},
    },
    store::{self, Tx, db::retry_on_conflict},
};

/// How often a code is made anew that is taken already: never twice in practice.
const CODES_MAX: usize = 3;

/// A coupon to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCoupon {
    /// Its code; `None`: one is made.
    pub code: Option<CouponCode>,
    /// Everything else.
    pub draft: CouponDraft,
}

impl NewCoupon {
    /// Reads what is sent to make a coupon.
    ///
    /// # Errors
    /// Every field that does not fit.
    pub fn from_json(map: &Map<String, Value>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let code = match map.get("code") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) if text.trim().is_empty() => None,
            Some(Value::String(text)) => errors.check("code", CouponCode::parse(text)),
            Some(_) => {
                errors.add("code", "Give a text.");
                None
            }
        };
        match CouponDraft::from_json(map) {
            Ok(draft) if errors.is_empty() => Ok(Self { code, draft }),
            draft => {
                draft.err().into_iter().for_each(|found| errors.extend(found));
                Err(errors)
            }
        }
    }
}

/// Makes a coupon. `answer` is what is kept for the request's Idempotency-Key.
///
/// # Errors
/// When the code is taken.
pub async fn create(
    app: &App,
    caller: &Caller,
    new: &NewCoupon,
    key: Option<&KeyedRequest>,
    answer: impl Fn(&str) -> (u16, String),
) -> Result<Answered<String>, CouponError> {
    retry_on_conflict(|| create_once(app, caller, new, key, &answer)).await
}

async fn create_once(
    app: &App,
    caller: &Caller,
    new: &NewCoupon,
    key: Option<&KeyedRequest>,
    answer: &impl Fn(&str) -> (u16, String),
) -> Result<Answered<String>, CouponError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if let Some(before) = replayed(idempotency::begin(&mut tx, caller, key, now).await?)? {
        return Ok(before);
    }
    let code = insert(&mut tx, caller, new, now).await?;
    let (status, body) = answer(&code);
    idempotency::finish(&mut tx, caller, key, status, &body).await?;
    record(&mut tx, caller, "coupon.created", &code, now).await?;
    tx.commit().await?;
    Ok(Answered::Now(code))
}

async fn insert(tx: &mut Tx, caller: &Caller, new: &NewCoupon, now: Timestamp) -> Result<String, CouponError> {
    let taken = |code: String| CouponError::Taken { code, tenant: caller.tenant.clone() };
    if let Some(code) = &new.code {
        let free = store::coupons::create(tx, &caller.tenant, code.as_str(), &new.draft, false, now).await?;
        return if free { Ok(code.to_string()) } else { Err(taken(code.to_string())) };
    }
    let settings = store::coupon_settings::find_in(tx, &caller.tenant, &SiteCode::main()).await?;
    let (prefix, chars) = (settings.code_prefix(), settings.code_chars());
    let mut code = String::new();
    for _ in 0..CODES_MAX {
        code = coupon_code_of(&prefix, chars, &mut rand::rng());
        if store::coupons::create(tx, &caller.tenant, &code, &new.draft, false, now).await? {
            return Ok(code);
        }
    }
    Err(taken(code))
}

/// Records that a coupon is there now.
pub(super) async fn record(
    tx: &mut Tx,
    caller: &Caller,
    action: &'static str,
    code: &str,
    now: Timestamp,
) -> Result<(), CouponError> {
    let after = store::coupons::find_in(tx, &caller.tenant, code).await?;
    let after = after.map(|coupon| kept_json(&coupon, now));
    audit::record(tx, caller, action, Subject::new("coupon", code), None, after.map(Value::Object), now).await?;
    Ok(())
}

/// What the audit log tells of a coupon: not its state, which the clock alone may change.
fn kept_json(coupon: &Coupon, now: Timestamp) -> Map<String, Value> {
    let mut map = coupon.to_json(now);
    for name in ["status", "redemptionCount"] {
        map.shift_remove(name);
    }
    map
}

/// Puts what is sent in the place of a coupon; with `merge` only of what is named. What is sent may tell the version
/// that it was made from.
///
/// # Errors
/// When there is no such coupon, something does not fit, or somebody else changed it in the meantime.
pub async fn change(
    app: &App,
    caller: &Caller,
    code: &CouponCode,
    sent: &Map<String, Value>,
    merge: bool,
) -> Result<(), CouponError> {
    retry_on_conflict(|| change_once(app, caller, code, sent, merge)).await
}

async fn change_once(
    app: &App,
    caller: &Caller,
    code: &CouponCode,
    sent: &Map<String, Value>,
    merge: bool,
) -> Result<(), CouponError> {
    let now = app.now();
    let tenant = &caller.tenant;
    let mut tx = app.db.begin().await?;
    let before = present(store::coupons::lock(&mut tx, tenant, code.as_str()).await?, code)?;
    let seen = CouponDraft::seen_version(sent)?;
    if seen.is_some_and(|seen| seen != before.version) {
        return Err(CouponError::Stale { code: before.code, version: before.version });
    }
    let mut draft =
        if merge { CouponDraft::from_json(&before.patched(sent, now))? } else { CouponDraft::from_json(sent)? };
    if before.keeps_its_customer() {
        draft.issued_to = before.issued_to.as_deref().and_then(|id| CustomerId::parse(id).ok());
    }
    store::coupons::update(&mut tx, tenant, code.as_str(), &draft, now).await?;
    let after = present(store::coupons::find_in(&mut tx, tenant, code.as_str()).await?, code)?;
    if let Some((old, new)) = audit::difference(&kept_json(&before, now), &kept_json(&after, now)) {
        let subject = Subject::new("coupon", code.as_str());
        audit::record(&mut tx, caller, "coupon.changed", subject, Some(old), Some(new), now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Deletes a coupon: nobody can use it any more, and its code stays taken. Points that it was bought with do not come
/// back; for that its redemption is cancelled.
///
/// # Errors
/// When there is no such coupon.
pub async fn delete(app: &App, caller: &Caller, code: &CouponCode) -> Result<(), CouponError> {
    retry_on_conflict(|| async {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        if !store::coupons::delete(&mut tx, &caller.tenant, code.as_str(), now).await? {
            return Err(CouponError::Unknown(code.to_string()));
        }
        let (before, after) = (json!({ "deleted": false }), json!({ "deleted": true }));
        let subject = Subject::new("coupon", code.as_str());
        audit::record(&mut tx, caller, "coupon.deleted", subject, Some(before), Some(after), now).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}
