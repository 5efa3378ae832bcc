//! What customers see of what is theirs: their entries, what of their points ends when, the coupons that they bought,
//! and what they can have.

use std::collections::HashMap;

pub use crate::store::ledger::{
    history::Turn,
    own::{OwnEntry, OwnRedemption},
};
use crate::{
    domain::{
        cancelling,
        coupon::{Coupon, CouponStatus},
        ids::{CustomerId, EntryId, TenantId},
        invalid::FieldErrors,
        ledger::Account,
        option::RedeemOption,
        reach::Reach,
        time::Timestamp,
    },
    service::points::PointsError,
    store::{
        self, Db, DbError, Tx, coupons,
        ledger::{history, own, read},
        tenants,
    },
};

/// Instants at which points end that are told, at most.
const ENDS_MAX: i64 = 1_000;
/// Points that end in the year 9999 are said to last for ever: 1 January of it.
const FOR_EVER: Timestamp = Timestamp::from_micros(253_370_764_800_000_000);

/// The customer's account, if it is open.
async fn open_account(tx: &mut Tx, tenant: &TenantId, customer: &CustomerId) -> Result<Option<Account>, DbError> {
    Ok(read::account(tx, tenant, customer).await?.filter(|account| account.open))
}

/// When the points end that the customer can spend at `now`, the soonest first; those that last for ever are left out.
/// `None` without an open account.
pub async fn expiries(
    db: &Db,
    tenant: &TenantId,
    customer: &CustomerId,
    now: Timestamp,
) -> Result<Option<Vec<Turn>>, DbError> {
    let mut tx = db.snapshot().await?;
    let Some(account) = open_account(&mut tx, tenant, customer).await? else { return Ok(None) };
    let mut ends = history::ends(&mut tx, tenant, account.account_id, now, ENDS_MAX).await?;
    ends.retain(|end| end.at < FOR_EVER);
    Ok(Some(ends))
}

/// Where a page of something that is the customer's own begins, and how much is on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPage {
    /// The entry with which the page before ended; `None` for the first page.
    pub before: Option<EntryId>,
    /// How much, at most.
    pub size: i64,
}

impl OwnPage {
    /// Places of the account's present life: behind the first of the pair, below the second.
    async fn places(&self, tx: &mut Tx, account: &Account) -> Result<(i64, i64), PointsError> {
        let below = match &self.before {
            None => i64::MAX,
            Some(id) => {
                let place = own::place(tx, &account.tenant, account.account_id, id).await?;
                place.ok_or_else(|| {
                    FieldErrors::one("before", "Give the id of the entry with which the page before ended.")
                })?
            }
        };
        Ok((account.opened_seq, below))
    }
}

/// A page of the customer's entries, the newest first; `None` without an open account.
///
/// # Errors
/// When the page begins at what is no entry of the customer's.
pub async fn entries(
    db: &Db,
    tenant: &TenantId,
    customer: &CustomerId,
    page: &OwnPage,
) -> Result<Option<Vec<OwnEntry>>, PointsError> {
    let mut tx = db.snapshot().await?;
    let Some(account) = open_account(&mut tx, tenant, customer).await? else { return Ok(None) };
    let places = page.places(&mut tx, &account).await?;
    Ok(Some(own::entries(&mut tx, tenant, account.account_id, places, page.size).await?))
}

/// The state of a coupon for the customer who bought it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnStatus {
    /// The points came back for it.
    Cancelled,
    /// It was used as often as it may be.
    Used,
    /// It cannot be used yet, or the shop took it out of use.
    Inactive,
    /// Its time is over.
    Expired,
    /// It can be used.
    Valid,
}

impl OwnStatus {
    /// The word for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cancelled => "CANCELLED",
            Self::Used => CouponStatus::Used.as_str(),
            Self::Inactive => CouponStatus::Inactive.as_str(),
            Self::Expired => CouponStatus::Expired.as_str(),
            Self::Valid => CouponStatus::Valid.as_str(),
        }
    }

    fn of(coupon: &Coupon, bought: &OwnRedemption, now: Timestamp) -> Self {
        let most = coupon.template.max_redemptions;
        if bought.cancelled_at.is_some() {
            Self::Cancelled
        } else if most >= 0 && coupon.redemption_count >= most {
            // Also when its time is over since: it was of use.
            Self::Used
        } else if coupon.deleted_at.is_some() {
            Self::Inactive
        } else {
            match coupon.status(now) {
                CouponStatus::Inactive => Self::Inactive,
                CouponStatus::Valid => Self::Valid,
                CouponStatus::Expired => Self::Expired,
                CouponStatus::Used => Self::Used,
            }
        }
    }
}

/// A coupon that the customer bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnCoupon {
    /// The purchase.
    pub bought: OwnRedemption,
    /// What was bought.
    pub coupon: Coupon,
    /// Its state.
    pub status: OwnStatus,
    /// Up to when the customer may cancel it; `None` when they may not, or there is nothing to cancel.
    pub cancel_until: Option<Timestamp>,
}

/// A page of the coupons that the customer bought, the newest first; `None` without an open account.
///
/// # Errors
/// When the page begins at what is no entry of the customer's.
pub async fn coupons(
    db: &Db,
    tenant: &TenantId,
    customer: &CustomerId,
    page: &OwnPage,
    now: Timestamp,
) -> Result<Option<Vec<OwnCoupon>>, PointsError> {
    let mut tx = db.snapshot().await?;
    let Some(account) = open_account(&mut tx, tenant, customer).await? else { return Ok(None) };
    let places = page.places(&mut tx, &account).await?;
    let bought = own::redemptions(&mut tx, tenant, account.account_id, places, page.size).await?;
    let codes: Vec<String> = bought.iter().map(|one| one.code.clone()).collect();
    let kept = coupons::list::by_codes(&mut tx, tenant, &codes).await?;
    let mut kept: HashMap<String, Coupon> = kept.into_iter().map(|coupon| (coupon.code.clone(), coupon)).collect();
    let hours = tenants::find_in(&mut tx, tenant).await?.map_or(0, |tenant| tenant.customer_cancel_hours);
    let told = bought.into_iter().filter_map(|bought| {
        let coupon = kept.remove(&bought.code)?;
        let can_be = bought.cancelled_at.is_none() && coupon.redemption_count == 0;
        Some(OwnCoupon {
            status: OwnStatus::of(&coupon, &bought, now),
            cancel_until: cancelling::customers_until(bought.created_at, hours).filter(|_| can_be),
            coupon,
            bought,
        })
    });
    Ok(Some(told.collect()))
}

/// The options that a customer may look at, each with how far it is out of reach. `with_all`: also what is sold out, and
/// what comes later.
pub async fn options(
    db: &Db,
    tenant: &TenantId,
    customer: &CustomerId,
    with_all: bool,
    now: Timestamp,
) -> Result<Vec<(RedeemOption, Reach)>, DbError> {
    let mut tx = db.snapshot().await?;
    let mut options = store::options::list_in(&mut tx, tenant).await?;
    options.retain(|option| {
        let can_be_had = option.is_offered(now) && option.left() != Some(0);
        can_be_had || with_all && (option.is_offered(now) || option.comes_later(now))
    });
    let account = open_account(&mut tx, tenant, customer).await?;
    let (balance, had) = match account {
        None => (0, HashMap::new()),
        Some(account) => {
            let balance = read::balance_in(&mut tx, tenant, customer, now).await?.unwrap_or_default();
            let had = own::times_had(&mut tx, tenant, account.account_id).await?;
            (balance, had.into_iter().collect::<HashMap<_, _>>())
        }
    };
    let reach = |option: RedeemOption| {
        let had = had.get(&option.id).copied().unwrap_or_default();
        let reach = Reach::of(&option, balance, had, now);
        (option, reach)
    };
    Ok(options.into_iter().map(reach).collect())
}
