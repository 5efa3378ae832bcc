//! Coupons: made, changed, found, and used at checkout.

pub mod desk;
mod manage;
pub mod names;
mod redeem;
mod referral;

use serde_json::{Map, Value};

pub use manage::{NewCoupon, change, create, delete};
pub use redeem::{delete_redemption, find_redemption, list_redemptions, redeem, validate};
pub use referral::{create_referral, find_referral};

use super::idempotency::Begun;
pub use crate::domain::coupon::{Coupon, CouponStatus};
pub use crate::store::coupons::list::{Listed, Whose};
use crate::{
    app::App,
    domain::{
        code::CouponCode,
        coupon::{CouponField, CouponRefusal},
        ids::TenantId,
        invalid::FieldErrors,
        list_query::ListQuery,
        time::Timestamp,
    },
    store::{self, Db, DbError, Tx, db::AsConflict},
};

/// Why a coupon was not made, changed or used.
#[derive(Debug, thiserror::Error)]
pub enum CouponError {
    /// What was sent does not fit.
    #[error(transparent)]
    Invalid(#[from] FieldErrors),
    /// A rule of the coupon says no.
    #[error(transparent)]
    Refused(#[from] CouponRefusal),
    /// There is no such coupon, or it was deleted.
    #[error("Coupon with code {0} not found.")]
    Unknown(String),
    /// The coupon was not used so, or the use was given back.
    #[error("Redemption with id {0} not found.")]
    RedemptionUnknown(String),
    /// The code is taken; a deleted coupon keeps its own.
    #[error("Duplicate Coupon '{code}' on tenant '{tenant}'")]
    Taken {
        /// The code.
        code: String,
        /// Whose.
        tenant: TenantId,
    },
    /// Somebody else changed it in the meantime.
    #[error("Coupon '{code}' has version {version} by now. Read it, and change it again.")]
    Stale {
        /// The coupon.
        code: String,
        /// Its version.
        version: i64,
    },
    /// Nobody said what a referral coupon is worth.
    #[error(
        "Referral coupons are not set up for tenant {0}. Set couponSettings.referral.value of the site `main` first."
    )]
    NoReferrals(TenantId),
    /// The Idempotency-Key belongs to another request.
    #[error("This Idempotency-Key was used for another request. Send a new key, or the same request again.")]
    KeyReused,
    /// The machine failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl AsConflict for CouponError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}

/// What a request came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered<T> {
    /// It was done now.
    Now(T),
    /// It was done before, under this Idempotency-Key: the first answer.
    Before {
        /// Its status.
        status: u16,
        /// Its body.
        body: String,
    },
}

/// The first answer to a request that was done before; `None` when it is to be done.
fn replayed<T>(begun: Begun) -> Result<Option<Answered<T>>, CouponError> {
    match begun {
        Begun::Fresh => Ok(None),
        Begun::Replay { status, body } => Ok(Some(Answered::Before { status, body })),
        Begun::KeyReused => Err(CouponError::KeyReused),
    }
}

/// A coupon with what is counted of it.
#[derive(Clone, Debug)]
pub struct CountedCoupon {
    /// The coupon.
    pub coupon: Coupon,
    /// How often legal entities used it.
    pub legal_entities: Vec<(String, i64)>,
}

impl CountedCoupon {
    /// The coupon service's JSON of it, for the shop.
    pub fn to_json(&self, now: Timestamp) -> Map<String, Value> {
        let mut map = self.coupon.to_json(now);
        if !self.legal_entities.is_empty() {
            let counts = self.legal_entities.iter();
            let counts = counts.map(|(id, count)| serde_json::json!({ "legalEntityId": id, "count": count }));
            map.insert("legalEntityRedemptions".to_owned(), counts.collect());
        }
        map
    }
}

/// The coupon with this code, in capitals or not; deleted ones too.
pub async fn find(db: &Db, tenant: &TenantId, code: &str) -> Result<Option<Coupon>, DbError> {
    match CouponCode::parse(code) {
        Ok(code) => store::coupons::find(db, tenant, code.as_str()).await,
        Err(_no_code) => Ok(None),
    }
}

/// The same with what is counted of it.
pub async fn find_counted(db: &Db, tenant: &TenantId, code: &str) -> Result<Option<CountedCoupon>, DbError> {
    let Ok(code) = CouponCode::parse(code) else { return Ok(None) };
    let mut tx = db.snapshot().await?;
    let Some(coupon) = store::coupons::find_in(&mut tx, tenant, code.as_str()).await? else { return Ok(None) };
    Ok(counted(&mut tx, tenant, vec![coupon]).await?.pop())
}

/// A page of a tenant's coupons, deleted ones among them or not.
///
/// # Errors
/// When there are more coupons than a pattern is compared with.
pub async fn list(
    app: &App,
    tenant: &TenantId,
    query: &ListQuery<CouponField>,
    with_deleted: bool,
) -> Result<Listed<CountedCoupon>, CouponError> {
    let mut tx = app.db.snapshot().await?;
    let page = store::coupons::list::coupons(&mut tx, tenant, query, with_deleted, app.now()).await?;
    let Listed { items, total, cut_off } = whole(page)?;
    Ok(Listed { items: counted(&mut tx, tenant, items).await?, total, cut_off })
}

async fn counted(tx: &mut Tx, tenant: &TenantId, coupons: Vec<Coupon>) -> Result<Vec<CountedCoupon>, DbError> {
    let codes: Vec<&str> = coupons.iter().map(|coupon| coupon.code.as_str()).collect();
    let mut counts = store::coupons::uses::count_by_legal_entity(tx, tenant, &codes).await?;
    let with_counts = coupons.into_iter().map(|coupon| {
        let (own, others) = counts.drain(..).partition(|(code, ..): &(String, String, i64)| *code == coupon.code);
        counts = others;
        let own: Vec<(String, String, i64)> = own;
        CountedCoupon { coupon, legal_entities: own.into_iter().map(|(_, id, count)| (id, count)).collect() }
    });
    Ok(with_counts.collect())
}

/// Refuses a page that was cut off.
fn whole<T>(page: Listed<T>) -> Result<Listed<T>, FieldErrors> {
    if page.cut_off {
        let message = "There is too much to compare with a pattern. Narrow the query by another field, such as status.";
        return Err(FieldErrors::one("q", message));
    }
    Ok(page)
}

/// The coupon that is there and not deleted.
fn present(coupon: Option<Coupon>, code: &CouponCode) -> Result<Coupon, CouponError> {
    coupon.filter(|coupon| coupon.deleted_at.is_none()).ok_or_else(|| CouponError::Unknown(code.to_string()))
}
