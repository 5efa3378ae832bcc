//! Coupons: what a code is worth now.

use crate::{
    domain::ids::TenantId,
    store::{self, Db, DbError},
};

pub use crate::store::coupons::{Coupon, CouponStatus};

/// The coupon with this code, in capitals or not; deleted ones too.
pub async fn find(db: &Db, tenant: &TenantId, code: &str) -> Result<Option<Coupon>, DbError> {
    store::coupons::find(db, tenant, &code.to_uppercase()).await
}
