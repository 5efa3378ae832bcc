//! Coupons and the redemptions that issued them.

use serde_json::{Map, Value};
use sqlx::FromRow;

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{
    coupon::{CouponTemplate, Discount, IssuedCoupon},
    ids::{SiteCode, TenantId},
    money::{Currency, decimal},
    option::RedeemOption,
    time::Timestamp,
};

statements! {
    Tenant INSERT_COUPON {
        "INSERT INTO coupons (tenant_id, code, name, description, discount_type, discount_percentage, discount_amount,
             discount_currency, allow_anonymous, max_redemptions, max_redemptions_per_customer, restrictions,
             valid_from, valid_until, issued_to, redemption_id, redemption_count, version, created_at, modified_at,
             deleted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0, 0, $17, $17, NULL)"
    }
    Tenant INSERT_REDEMPTION {
        "INSERT INTO redemptions (tenant_id, redemption_id, account_id, seq, option_id, option_version, points, code,
             site_code, created_at, cancelled_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL)"
    }
    /// Locks the coupon, so that it is not used while its redemption is cancelled.
    Tenant LOCK_REDEMPTION {
        "SELECT r.redemption_id, r.seq, r.option_id, r.code, r.cancelled_at IS NOT NULL, c.redemption_count
         FROM redemptions r JOIN coupons c ON c.tenant_id = r.tenant_id AND c.code = r.code
         WHERE r.tenant_id = $1 AND r.account_id = $2 AND r.redemption_id = $3 " pg("FOR NO KEY UPDATE")
    }
    Tenant CANCEL_REDEMPTION {
        "UPDATE redemptions SET cancelled_at = $3 WHERE tenant_id = $1 AND redemption_id = $2"
    }
    Tenant DELETE_COUPON {
        "UPDATE coupons SET deleted_at = $3, modified_at = $3, version = version + 1
         WHERE tenant_id = $1 AND code = $2 AND deleted_at IS NULL"
    }
    Tenant GET_COUPON {
        "SELECT code, name, description, discount_type, discount_percentage, discount_amount, discount_currency,
             allow_anonymous, max_redemptions, max_redemptions_per_customer, restrictions, valid_from, valid_until,
             issued_to, redemption_id, redemption_count, version, created_at, modified_at, deleted_at
         FROM coupons WHERE tenant_id = $1 AND code = $2"
    }
    Tenant LIST_ISSUED_TO {
        "SELECT code, name, description, discount_type, discount_percentage, discount_amount, discount_currency,
             allow_anonymous, max_redemptions, max_redemptions_per_customer, restrictions, valid_from, valid_until,
             issued_to, redemption_id, redemption_count, version, created_at, modified_at, deleted_at
         FROM coupons WHERE tenant_id = $1 AND issued_to = $2 ORDER BY created_at DESC, code LIMIT $3"
    }
}

/// A coupon as it is kept.
#[derive(Clone, Debug)]
pub struct Coupon {
    /// Its code.
    pub code: String,
    /// What it is worth.
    pub template: CouponTemplate,
    /// Who had it issued.
    pub issued_to: Option<String>,
    /// The redemption it was bought with.
    pub redemption_id: Option<String>,
    /// How often it was used.
    pub redemption_count: i64,
    /// From 0, one more with every change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub modified_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// The state of a coupon, worked out when it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CouponStatus {
    /// Before its time.
    Inactive,
    /// Can be used.
    Valid,
    /// After its time.
    Expired,
    /// As often used as it may be.
    Used,
}

impl CouponStatus {
    /// The contract's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inactive => "INACTIVE",
            Self::Valid => "VALID",
            Self::Expired => "EXPIRED",
            Self::Used => "USED",
        }
    }
}

impl Coupon {
    /// Its state at `now`.
    pub fn status(&self, now: Timestamp) -> CouponStatus {
        let template = &self.template;
        if template.valid_from.is_some_and(|from| now < from) {
            CouponStatus::Inactive
        } else if template.valid_until.is_some_and(|until| now >= until) {
            CouponStatus::Expired
        } else if template.max_redemptions >= 0 && self.redemption_count >= template.max_redemptions {
            CouponStatus::Used
        } else {
            CouponStatus::Valid
        }
    }
}

#[derive(FromRow)]
struct CouponRow {
    code: String,
    name: String,
    description: Option<String>,
    discount_type: String,
    discount_percentage: Option<String>,
    discount_amount: Option<String>,
    discount_currency: Option<String>,
    allow_anonymous: bool,
    max_redemptions: i64,
    max_redemptions_per_customer: i64,
    restrictions: String,
    valid_from: Option<Timestamp>,
    valid_until: Option<Timestamp>,
    issued_to: Option<String>,
    redemption_id: Option<String>,
    redemption_count: i64,
    version: i64,
    created_at: Timestamp,
    modified_at: Timestamp,
    deleted_at: Option<Timestamp>,
}

impl CouponRow {
    fn into_coupon(self) -> Result<Coupon, DbError> {
        let broken = |what: &str| DbError::Damaged(format!("coupon {}: {what}", self.code));
        let amount = |text: &Option<String>| {
            decimal(text.as_deref().unwrap_or_default()).map_err(|_number| broken("its discount"))
        };
        let discount = match self.discount_type.as_str() {
            "PERCENT" => Discount::Percent(amount(&self.discount_percentage)?),
            _ => Discount::Absolute {
                amount: amount(&self.discount_amount)?,
                currency: Currency::parse(self.discount_currency.as_deref().unwrap_or_default())
                    .map_err(|_currency| broken("its currency"))?,
            },
        };
        let restrictions: Map<String, Value> =
            serde_json::from_str(&self.restrictions).map_err(|_json| broken("its restrictions"))?;
        Ok(Coupon {
            template: CouponTemplate {
                name: self.name,
                description: self.description,
                discount,
                allow_anonymous: self.allow_anonymous,
                max_redemptions: self.max_redemptions,
                max_redemptions_per_customer: self.max_redemptions_per_customer,
                valid_from: self.valid_from,
                valid_until: self.valid_until,
                restrictions,
            },
            code: self.code,
            issued_to: self.issued_to,
            redemption_id: self.redemption_id,
            redemption_count: self.redemption_count,
            version: self.version,
            created_at: self.created_at,
            modified_at: self.modified_at,
            deleted_at: self.deleted_at,
        })
    }
}

/// An exchange of points for a coupon, locked for its cancellation.
#[derive(Clone, Debug)]
pub struct Redemption {
    /// Its id.
    pub redemption_id: String,
    /// The entry that took the points.
    pub seq: i64,
    /// What was bought.
    pub option_id: String,
    /// The coupon.
    pub code: String,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// How often the coupon was used.
    pub uses: i64,
}

/// A redemption of an account, under a lock.
pub async fn lock_redemption(
    tx: &mut Tx,
    tenant: &TenantId,
    account_id: i64,
    id: &str,
) -> Result<Option<Redemption>, DbError> {
    let query = tx.query(LOCK_REDEMPTION).bind(tenant).bind(account_id).bind(id);
    let row = query.optional::<(String, i64, String, String, bool, i64)>().await?;
    Ok(row.map(|(redemption_id, seq, option_id, code, cancelled, uses)| Redemption {
        redemption_id,
        seq,
        option_id,
        code,
        cancelled,
        uses,
    }))
}

/// Marks a redemption as cancelled, and deletes its coupon.
pub async fn cancel_redemption(
    tx: &mut Tx,
    tenant: &TenantId,
    redemption: &Redemption,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.query(CANCEL_REDEMPTION).bind(tenant).bind(&redemption.redemption_id).bind(now).run().await?;
    tx.query(DELETE_COUPON).bind(tenant).bind(&redemption.code).bind(now).run().await.map(drop)
}

/// Keeps a coupon that was just issued.
pub async fn insert(tx: &mut Tx, tenant: &TenantId, coupon: &IssuedCoupon, now: Timestamp) -> Result<(), DbError> {
    let template = &coupon.template;
    let (kind, percentage, amount, currency) = match &template.discount {
        Discount::Percent(percent) => ("PERCENT", Some(percent.to_string()), None, None),
        Discount::Absolute { amount, currency } => {
            ("ABSOLUTE", None, Some(amount.to_string()), Some(currency.as_str().to_owned()))
        }
    };
    let restrictions = Value::Object(template.restrictions.clone()).to_string();
    let query = tx.query(INSERT_COUPON).bind(tenant).bind(&coupon.code).bind(&template.name);
    let query = query.bind(&template.description).bind(kind).bind(percentage).bind(amount).bind(currency);
    let query = query.bind(template.allow_anonymous).bind(template.max_redemptions);
    let query = query.bind(template.max_redemptions_per_customer).bind(restrictions);
    let query = query.bind(template.valid_from).bind(template.valid_until).bind(coupon.issued_to.as_str());
    query.bind(&coupon.redemption_id).bind(now).run().await.map(drop)
}

/// Keeps the exchange of points for a coupon.
pub async fn insert_redemption(
    tx: &mut Tx,
    tenant: &TenantId,
    entry: (i64, i64),
    option: &RedeemOption,
    coupon: &IssuedCoupon,
    site: &SiteCode,
    now: Timestamp,
) -> Result<(), DbError> {
    let query = tx.query(INSERT_REDEMPTION).bind(tenant).bind(&coupon.redemption_id).bind(entry.0).bind(entry.1);
    let query = query.bind(&option.id).bind(option.version).bind(option.draft.points).bind(&coupon.code);
    query.bind(site).bind(now).run().await.map(drop)
}

/// A coupon by its code, deleted or not.
pub async fn find(db: &Db, tenant: &TenantId, code: &str) -> Result<Option<Coupon>, DbError> {
    let row = db.query(GET_COUPON).bind(tenant).bind(code).optional::<CouponRow>().await?;
    row.map(CouponRow::into_coupon).transpose()
}

/// The same inside a transaction.
pub async fn find_in(tx: &mut Tx, tenant: &TenantId, code: &str) -> Result<Option<Coupon>, DbError> {
    let row = tx.query(GET_COUPON).bind(tenant).bind(code).optional::<CouponRow>().await?;
    row.map(CouponRow::into_coupon).transpose()
}

/// The newest coupons that a customer had issued.
pub async fn issued_to(db: &Db, tenant: &TenantId, customer: &str, limit: i64) -> Result<Vec<Coupon>, DbError> {
    let rows = db.query(LIST_ISSUED_TO).bind(tenant).bind(customer).bind(limit).all::<CouponRow>().await?;
    rows.into_iter().map(CouponRow::into_coupon).collect()
}
