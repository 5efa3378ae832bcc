//! The coupon that a customer shares to win others: one for each customer.

use rust_decimal::Decimal;

use super::{Answered, Coupon, CouponError, manage::record, replayed};
use crate::{
    app::App,
    domain::{
        actor::Caller,
        code::coupon_code_of,
        coupon::{Calculation, CouponDraft, CouponTemplate, Discount, MixinLinks, Restrictions},
        ids::{CustomerId, SiteCode, TenantId},
        money::Currency,
        time::Timestamp,
    },
    service::idempotency::{self, KeyedRequest},
    store::{self, Db, DbError, Tx, db::retry_on_conflict},
};

/// What a referral coupon takes off that an employee's program makes although nothing is set.
const VALUE: i64 = 5;

/// The referral coupon of a customer.
pub async fn find_referral(db: &Db, tenant: &TenantId, customer: &CustomerId) -> Result<Option<Coupon>, DbError> {
    store::coupons::find_referral(&mut db.snapshot().await?, tenant, customer).await
}

/// Makes the referral coupon of a customer, or finds the one that is there. Only who may make any coupon makes one
/// (`manages`) before the shop has said what they are worth: a customer who asks would set the price.
///
/// # Errors
/// When referral coupons are not set up.
pub async fn create_referral(
    app: &App,
    caller: &Caller,
    customer: &CustomerId,
    manages: bool,
    key: Option<&KeyedRequest>,
    answer: impl Fn(&Coupon) -> (u16, String),
) -> Result<Answered<Coupon>, CouponError> {
    retry_on_conflict(|| create_once(app, caller, customer, manages, key, &answer)).await
}

async fn create_once(
    app: &App,
    caller: &Caller,
    customer: &CustomerId,
    manages: bool,
    key: Option<&KeyedRequest>,
    answer: &impl Fn(&Coupon) -> (u16, String),
) -> Result<Answered<Coupon>, CouponError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if let Some(before) = replayed(idempotency::begin(&mut tx, caller, key, now).await?)? {
        return Ok(before);
    }
    let present = store::coupons::find_referral(&mut tx, &caller.tenant, customer).await?;
    let (coupon, made) = match present {
        Some(coupon) => (coupon, false),
        None => insert(&mut tx, caller, customer, manages, now).await?,
    };
    let (status, body) = answer(&coupon);
    idempotency::finish(&mut tx, caller, key, status, &body).await?;
    if made {
        record(&mut tx, caller, "coupon.created", &coupon.code, now).await?;
    }
    tx.commit().await?;
    Ok(Answered::Now(coupon))
}

/// Makes it; finds the one that somebody else made at the same moment.
async fn insert(
    tx: &mut Tx,
    caller: &Caller,
    customer: &CustomerId,
    manages: bool,
    now: Timestamp,
) -> Result<(Coupon, bool), CouponError> {
    let main = SiteCode::main();
    let settings = store::coupon_settings::find_in(tx, &caller.tenant, &main).await?;
    let site = store::sites::find_in(tx, &caller.tenant, &main).await?;
    let value = settings.referral_value().or_else(|| manages.then(|| Decimal::from(VALUE)));
    let (Some(value), Some(site)) = (value, site) else {
        return Err(CouponError::NoReferrals(caller.tenant.clone()));
    };
    let code = coupon_code_of(&settings.referral_prefix(), settings.code_chars(), &mut rand::rng());
    let draft = draft(customer, value, site.currency);
    let made = store::coupons::create(tx, &caller.tenant, &code, &draft, true, now).await?;
    match store::coupons::find_referral(tx, &caller.tenant, customer).await? {
        Some(coupon) => Ok((coupon, made)),
        // The code was taken: with another one it works.
        None => Err(DbError::Changed.into()),
    }
}

fn draft(customer: &CustomerId, amount: Decimal, currency: Currency) -> CouponDraft {
    CouponDraft {
        template: CouponTemplate {
            name: "Referral coupon".to_owned(),
            description: Some("For those whom a customer invites.".to_owned()),
            discount: Discount::Absolute { amount, currency },
            calculation: Calculation::default(),
            allow_anonymous: true,
            max_redemptions: -1,
            max_redemptions_per_customer: -1,
            valid_from: None,
            valid_until: None,
            category_restricted: false,
            segment_restricted: false,
            restrictions: Restrictions::default(),
        },
        issued_to: Some(customer.clone()),
        mixins: None,
        mixin_links: MixinLinks::new(),
    }
}
