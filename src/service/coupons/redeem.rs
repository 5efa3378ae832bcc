//! Coupons at checkout: may this one be used, use it, and give the use back.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Answered, Coupon, CouponError, present, replayed, whole};
use crate::{
    app::App,
    domain::{
        actor::{ActorKind, Caller},
        audit::Subject,
        code::CouponCode,
        coupon::{CouponRedemption, CouponRedemptionField, NewCouponRedemption, check},
        event::{Event, EventType},
        ids::TenantId,
        list_query::ListQuery,
        time::Timestamp,
    },
    service::{
        audit,
        idempotency::{self, KeyedRequest},
        webhooks::outbox::{self, Wants},
    },
    store::{
        self, Db, DbError, Tx,
        coupons::{
            list::{Listed, Whose},
            uses::{self, CountedFor},
        },
        db::retry_on_conflict,
    },
};

/// What this customer used of the coupon before. A shop's program knows for which legal entities its customer buys;
/// the customer's own word for it would make the limit worth nothing.
async fn uses_before(
    tx: &mut Tx,
    caller: &Caller,
    coupon: &Coupon,
    wanted: &NewCouponRedemption,
) -> Result<i64, DbError> {
    let Some(customer) = wanted.customer.as_ref().filter(|_| coupon.template.max_redemptions_per_customer >= 0) else {
        return Ok(0);
    };
    let counted = match caller.actor.kind {
        ActorKind::Customer => CountedFor::Customer,
        _ => CountedFor::LegalEntity(wanted.legal_entity_id.as_deref()),
    };
    uses::count_by_customer(tx, &caller.tenant, &coupon.code, customer, counted).await
}

/// Whether a coupon could be used for this now.
///
/// # Errors
/// When there is no such coupon, or a rule says no.
pub async fn validate(
    app: &App,
    caller: &Caller,
    code: &CouponCode,
    wanted: &NewCouponRedemption,
) -> Result<(), CouponError> {
    let mut tx = app.db.snapshot().await?;
    let coupon = present(store::coupons::find_in(&mut tx, &caller.tenant, code.as_str()).await?, code)?;
    let before = uses_before(&mut tx, caller, &coupon, wanted).await?;
    Ok(check(&coupon, wanted, before, app.now())?)
}

/// Uses a coupon. `answer` is what is kept for the request's Idempotency-Key.
///
/// # Errors
/// When there is no such coupon, or a rule says no.
pub async fn redeem(
    app: &App,
    caller: &Caller,
    code: &CouponCode,
    wanted: &NewCouponRedemption,
    key: Option<&KeyedRequest>,
    answer: impl Fn(&str) -> (u16, String),
) -> Result<Answered<String>, CouponError> {
    let answered = retry_on_conflict(|| redeem_once(app, caller, code, wanted, key, &answer)).await?;
    if matches!(answered, Answered::Now(_)) {
        app.ledger.news().notify_one();
    }
    Ok(answered)
}

/// Tells the shop's programs of a use, if one of them wants to know.
async fn tell(
    tx: &mut Tx,
    tenant: &TenantId,
    coupon: &Coupon,
    used: &CouponRedemption,
    now: Timestamp,
) -> Result<(), DbError> {
    let wants = Wants::of(tx, &BTreeSet::from([tenant])).await?;
    if !wants.has(tenant, EventType::CouponRedeemed) {
        return Ok(());
    }
    let standing = match &used.used.customer {
        Some(customer) => store::webhooks::outbox::standing(tx, tenant, customer, now).await?,
        None => None,
    };
    outbox::write(tx, &wants, [Event::of_use(tenant, coupon, used, standing)], now).await.map(drop)
}

async fn redeem_once(
    app: &App,
    caller: &Caller,
    code: &CouponCode,
    wanted: &NewCouponRedemption,
    key: Option<&KeyedRequest>,
    answer: &impl Fn(&str) -> (u16, String),
) -> Result<Answered<String>, CouponError> {
    let now = app.now();
    let tenant = &caller.tenant;
    let mut tx = app.db.begin().await?;
    if let Some(before) = replayed(idempotency::begin(&mut tx, caller, key, now).await?)? {
        return Ok(before);
    }
    // Whoever holds this lock is alone with the coupon: other uses, a change and the cancellation of the redemption
    // that it was bought with wait here, and then see what was done.
    let coupon = present(store::coupons::lock(&mut tx, tenant, code.as_str()).await?, code)?;
    let before = uses_before(&mut tx, caller, &coupon, wanted).await?;
    check(&coupon, wanted, before, now)?;
    let id = uuid::Uuid::now_v7().to_string();
    let redemption = CouponRedemption {
        id: id.clone(),
        code: coupon.code.clone(),
        used: wanted.clone(),
        redeemed_at: now,
        actor: caller.actor.clone(),
        deleted_at: None,
    };
    uses::insert(&mut tx, tenant, &redemption).await?;
    if !store::coupons::count_use(&mut tx, tenant, &coupon.code).await? {
        // Unthinkable under the lock; nothing is written if it happens all the same.
        return Err(DbError::Changed.into());
    }
    tell(&mut tx, tenant, &coupon, &redemption, now).await?;
    let (status, body) = answer(&id);
    idempotency::finish(&mut tx, caller, key, status, &body).await?;
    tx.commit().await?;
    Ok(Answered::Now(id))
}

/// A use of a coupon that was not given back.
///
/// # Errors
/// When there is no such coupon, or no such use.
pub async fn find_redemption(
    db: &Db,
    tenant: &TenantId,
    code: &CouponCode,
    id: &str,
) -> Result<CouponRedemption, CouponError> {
    if let Some(redemption) = uses::find(db, tenant, code.as_str(), id).await? {
        return Ok(redemption);
    }
    match store::coupons::find(db, tenant, code.as_str()).await? {
        Some(_) => Err(CouponError::RedemptionUnknown(id.to_owned())),
        None => Err(CouponError::Unknown(code.to_string())),
    }
}

/// A page of a coupon's uses: all of them, or those of one customer or client.
///
/// # Errors
/// When there is no such coupon, or there are more uses than a pattern is compared with.
pub async fn list_redemptions(
    app: &App,
    tenant: &TenantId,
    code: &CouponCode,
    whose: &Whose,
    query: &ListQuery<CouponRedemptionField>,
) -> Result<Listed<CouponRedemption>, CouponError> {
    let mut tx = app.db.snapshot().await?;
    if store::coupons::find_in(&mut tx, tenant, code.as_str()).await?.is_none() {
        return Err(CouponError::Unknown(code.to_string()));
    }
    let page = store::coupons::list::uses(&mut tx, tenant, code.as_str(), whose, query, app.now()).await?;
    Ok(whole(page)?)
}

/// Gives a use of a coupon back: it no longer counts.
///
/// # Errors
/// When there is no such coupon, or no such use.
pub async fn delete_redemption(app: &App, caller: &Caller, code: &CouponCode, id: &str) -> Result<(), CouponError> {
    retry_on_conflict(|| delete_redemption_once(app, caller, code, id)).await
}

async fn delete_redemption_once(app: &App, caller: &Caller, code: &CouponCode, id: &str) -> Result<(), CouponError> {
    let now = app.now();
    let tenant = &caller.tenant;
    let mut tx = app.db.begin().await?;
    if store::coupons::lock(&mut tx, tenant, code.as_str()).await?.is_none() {
        return Err(CouponError::Unknown(code.to_string()));
    }
    let unknown = || CouponError::RedemptionUnknown(id.to_owned());
    let before = uses::find_in(&mut tx, tenant, code.as_str(), id).await?.ok_or_else(unknown)?;
    if !uses::delete(&mut tx, tenant, code.as_str(), id, now).await? {
        return Err(unknown());
    }
    store::coupons::count_given_back_use(&mut tx, tenant, code.as_str()).await?;
    let before = Some(Value::Object(before.to_json()));
    let subject = Subject::new("coupon", code.as_str());
    audit::record(&mut tx, caller, "coupon.redemption_deleted", subject, before, None, now).await?;
    tx.commit().await?;
    Ok(())
}
