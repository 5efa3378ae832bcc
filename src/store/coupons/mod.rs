//! Coupons.

pub mod desk;
pub mod exchanges;
pub mod list;
pub mod sales;
pub mod uses;

use serde_json::{Map, Value};
use sqlx::FromRow;

pub use exchanges::{Redemption, cancel_redemption, lock_redemption};

use super::{Db, DbError, Tx, db::Query, sql::statements};
pub use crate::domain::coupon::{Coupon, CouponStatus};
use crate::domain::{
    coupon::{Calculation, CouponDraft, CouponTemplate, Discount, MovedCoupon, Restrictions},
    customer::fold,
    ids::{CustomerId, TenantId},
    money::{Currency, decimal},
    time::Timestamp,
};

macro_rules! coupon_columns {
    () => {
        "code, name, description, discount_type, discount_percentage, discount_amount, discount_currency,
         discount_calculation, allow_anonymous, max_redemptions, max_redemptions_per_customer, category_restricted,
         segment_restricted, restrictions, valid_from, valid_until, issued_to, redemption_id, redemption_count, mixins,
         mixin_links, referral, version, created_at, modified_at, deleted_at, imported_at, uses_before FROM coupons"
    };
}
use coupon_columns;

statements! {
    /// No row is written when the code is taken, or when the customer has a referral coupon.
    Tenant INSERT_COUPON {
        "INSERT INTO coupons (tenant_id, code, issued_to, redemption_id, referral, mixins, mixin_links, created_at,
             modified_at, version, redemption_count, deleted_at, name, description, discount_type,
             discount_percentage, discount_amount, discount_currency, discount_calculation, allow_anonymous,
             max_redemptions, max_redemptions_per_customer, category_restricted, segment_restricted, restrictions,
             valid_from, valid_until, name_search)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, 0, 0, NULL, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
             $20, $21, $22, $23, $24)
         ON CONFLICT DO NOTHING"
    }
    /// No row is written when the code is taken, or when the customer has a referral coupon.
    Tenant IMPORT_COUPON {
        "INSERT INTO coupons (tenant_id, code, issued_to, redemption_id, referral, mixins, mixin_links, created_at,
             modified_at, version, redemption_count, uses_before, imported_at, deleted_at, name, description,
             discount_type, discount_percentage, discount_amount, discount_currency, discount_calculation,
             allow_anonymous, max_redemptions, max_redemptions_per_customer, category_restricted, segment_restricted,
             restrictions, valid_from, valid_until, name_search)
         VALUES ($1, $2, $3, NULL, $4, $5, $6, $7, $7, $8, $9, $9, $7, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
             $20, $21, $22, $23, $24, $25, $26)
         ON CONFLICT DO NOTHING"
    }
    Tenant UPDATE_COUPON {
        "UPDATE coupons SET version = version + 1, issued_to = $3, mixins = $4, mixin_links = $5, modified_at = $6,
             name = $7, description = $8, discount_type = $9, discount_percentage = $10, discount_amount = $11,
             discount_currency = $12, discount_calculation = $13, allow_anonymous = $14, max_redemptions = $15,
             max_redemptions_per_customer = $16, category_restricted = $17, segment_restricted = $18,
             restrictions = $19, valid_from = $20, valid_until = $21, name_search = $22
         WHERE tenant_id = $1 AND code = $2"
    }
    Tenant DELETE_COUPON {
        "UPDATE coupons SET deleted_at = $3, modified_at = $3, version = version + 1
         WHERE tenant_id = $1 AND code = $2 AND deleted_at IS NULL"
    }
    /// Counts a use, if one is left.
    Tenant COUNT_USE {
        "UPDATE coupons SET redemption_count = redemption_count + 1
         WHERE tenant_id = $1 AND code = $2 AND deleted_at IS NULL
             AND (max_redemptions < 0 OR redemption_count < max_redemptions)"
    }
    Tenant COUNT_GIVEN_BACK_USE {
        "UPDATE coupons SET redemption_count = redemption_count - 1
         WHERE tenant_id = $1 AND code = $2 AND redemption_count > 0"
    }
    Tenant GET_COUPON { "SELECT " [coupon_columns] " WHERE tenant_id = $1 AND code = $2" }
    /// Holds off every use, change and cancellation until the transaction ends.
    Tenant LOCK_COUPON {
        "SELECT " [coupon_columns] " WHERE tenant_id = $1 AND code = $2 " pg("FOR NO KEY UPDATE")
    }
    Tenant FIND_REFERRAL {
        "SELECT " [coupon_columns] " WHERE tenant_id = $1 AND issued_to = $2 AND referral AND deleted_at IS NULL"
    }
    /// Of any tenant: rows that were written before names were searched without case and accents.
    Global LIST_UNFOLDED {
        "SELECT tenant_id, code, name FROM coupons WHERE name_search IS NULL ORDER BY tenant_id, code LIMIT $1"
    }
    /// A coupon that got another name in the meantime stays as it is.
    Tenant FOLD_NAME {
        "UPDATE coupons SET name_search = $4 WHERE tenant_id = $1 AND code = $2 AND name = $3 AND name_search IS NULL"
    }
    Tenant LIST_ISSUED_TO {
        "SELECT " [coupon_columns] " WHERE tenant_id = $1 AND issued_to = $2 ORDER BY created_at DESC, code LIMIT $3"
    }
}

#[expect(clippy::struct_excessive_bools, reason = "the columns of the table")]
#[derive(FromRow)]
struct CouponRow {
    code: String,
    name: String,
    description: Option<String>,
    discount_type: String,
    discount_percentage: Option<String>,
    discount_amount: Option<String>,
    discount_currency: Option<String>,
    discount_calculation: String,
    allow_anonymous: bool,
    max_redemptions: i64,
    max_redemptions_per_customer: i64,
    category_restricted: bool,
    segment_restricted: bool,
    restrictions: String,
    valid_from: Option<Timestamp>,
    valid_until: Option<Timestamp>,
    issued_to: Option<String>,
    redemption_id: Option<String>,
    redemption_count: i64,
    mixins: Option<String>,
    mixin_links: String,
    referral: bool,
    version: i64,
    created_at: Timestamp,
    modified_at: Timestamp,
    deleted_at: Option<Timestamp>,
    imported_at: Option<Timestamp>,
    uses_before: i64,
}

impl CouponRow {
    fn into_coupon(self) -> Result<Coupon, DbError> {
        let broken = |what: &str| DbError::Damaged(format!("coupon {}: {what}", self.code));
        let restrictions: Map<String, Value> =
            serde_json::from_str(&self.restrictions).map_err(|_json| broken("its restrictions"))?;
        let mixins = self.mixins.as_deref().map(serde_json::from_str).transpose();
        Ok(Coupon {
            template: CouponTemplate {
                discount: self.discount()?,
                calculation: Calculation::parse(&self.discount_calculation)
                    .map_err(|_word| broken("how its discount is worked out"))?,
                restrictions: Restrictions::from_json(&restrictions).map_err(|_fields| broken("its restrictions"))?,
                name: self.name,
                description: self.description,
                allow_anonymous: self.allow_anonymous,
                max_redemptions: self.max_redemptions,
                max_redemptions_per_customer: self.max_redemptions_per_customer,
                category_restricted: self.category_restricted,
                segment_restricted: self.segment_restricted,
                valid_from: self.valid_from,
                valid_until: self.valid_until,
            },
            mixins: mixins.map_err(|_json| broken("its mixins"))?,
            mixin_links: serde_json::from_str(&self.mixin_links).map_err(|_json| broken("its mixins"))?,
            code: self.code,
            issued_to: self.issued_to,
            redemption_id: self.redemption_id,
            referral: self.referral,
            redemption_count: self.redemption_count,
            version: self.version,
            created_at: self.created_at,
            modified_at: self.modified_at,
            deleted_at: self.deleted_at,
            imported_at: self.imported_at,
            uses_before: self.uses_before,
        })
    }

    fn discount(&self) -> Result<Discount, DbError> {
        let broken = |what: &str| DbError::Damaged(format!("coupon {}: {what}", self.code));
        let amount = |text: &Option<String>| {
            decimal(text.as_deref().unwrap_or_default()).map_err(|_number| broken("its discount"))
        };
        Ok(match self.discount_type.as_str() {
            "PERCENT" => Discount::Percent(amount(&self.discount_percentage)?),
            "FREE_SHIPPING" => Discount::FreeShipping,
            _ => Discount::Absolute {
                amount: amount(&self.discount_amount)?,
                currency: Currency::parse(self.discount_currency.as_deref().unwrap_or_default())
                    .map_err(|_currency| broken("its currency"))?,
            },
        })
    }
}

/// Binds the fifteen columns of a template and its name as it is searched, in the order of the statements that write it.
fn bind_template<'c>(query: Query<'c>, template: &CouponTemplate) -> Query<'c> {
    let (percentage, amount, currency) = discount_columns(&template.discount);
    let restrictions = Value::Object(template.restrictions.to_json()).to_string();
    let query = query.bind(template.name.clone()).bind(template.description.clone()).bind(template.discount.kind());
    let query = query.bind(percentage).bind(amount).bind(currency).bind(template.calculation.as_str());
    let query = query.bind(template.allow_anonymous).bind(template.max_redemptions);
    let query = query.bind(template.max_redemptions_per_customer).bind(template.category_restricted);
    let query = query.bind(template.segment_restricted).bind(restrictions);
    query.bind(template.valid_from).bind(template.valid_until).bind(fold(&template.name))
}

/// The columns of a discount: a percentage, or an amount and its currency.
fn discount_columns(discount: &Discount) -> (Option<String>, Option<String>, Option<String>) {
    match discount {
        Discount::Percent(percent) => (Some(percent.normalize().to_string()), None, None),
        Discount::Absolute { amount, currency } => {
            (None, Some(amount.normalize().to_string()), Some(currency.as_str().to_owned()))
        }
        Discount::FreeShipping => (None, None, None),
    }
}

/// The columns that hold JSON beside the restrictions: mixins and their links.
fn mixins_of(draft: &CouponDraft) -> (Option<String>, String) {
    let mixins = draft.mixins.as_ref().map(|mixins| serde_json::json!(mixins).to_string());
    (mixins, serde_json::json!(draft.mixin_links).to_string())
}

/// Makes a coupon. Says whether the code was free and, for a referral coupon, its customer without one.
pub async fn create(
    tx: &mut Tx,
    tenant: &TenantId,
    code: &str,
    draft: &CouponDraft,
    referral: bool,
    now: Timestamp,
) -> Result<bool, DbError> {
    let (mixins, links) = mixins_of(draft);
    let query = tx.query(INSERT_COUPON).bind(tenant).bind(code).bind(draft.issued_to.as_ref().map(CustomerId::as_str));
    let query = query.bind(None::<String>).bind(referral).bind(mixins).bind(links).bind(now);
    Ok(bind_template(query, &draft.template).run().await? > 0)
}

/// Takes a coupon over with its uses. Says whether the code was free and, for a referral coupon, its customer without
/// one.
pub async fn import(tx: &mut Tx, tenant: &TenantId, moved: &MovedCoupon, now: Timestamp) -> Result<bool, DbError> {
    let draft = &moved.draft;
    let (mixins, links) = mixins_of(draft);
    let query = tx.query(IMPORT_COUPON).bind(tenant).bind(moved.code.as_str());
    let query = query.bind(draft.issued_to.as_ref().map(CustomerId::as_str)).bind(moved.referral);
    let query = query.bind(mixins).bind(links).bind(now).bind(moved.version).bind(moved.uses);
    let query = query.bind(moved.deleted.then_some(now));
    Ok(bind_template(query, &draft.template).run().await? > 0)
}

/// Writes down how the names of coupons are searched that were made before that was written, at most `limit` of them in
/// all tenants together. Says how many there were.
pub async fn fold_names(tx: &mut Tx, limit: i64) -> Result<usize, DbError> {
    let unfolded: Vec<(TenantId, String, String)> = tx.query(LIST_UNFOLDED).bind(limit).all().await?;
    for (tenant, code, name) in &unfolded {
        tx.query(FOLD_NAME).bind(tenant).bind(code.as_str()).bind(name.as_str()).bind(fold(name)).run().await?;
    }
    Ok(unfolded.len())
}

/// Puts another in the place of a coupon; its version grows by one.
pub async fn update(
    tx: &mut Tx,
    tenant: &TenantId,
    code: &str,
    draft: &CouponDraft,
    now: Timestamp,
) -> Result<(), DbError> {
    let (mixins, links) = mixins_of(draft);
    let query = tx.query(UPDATE_COUPON).bind(tenant).bind(code).bind(draft.issued_to.as_ref().map(CustomerId::as_str));
    let query = query.bind(mixins).bind(links).bind(now);
    bind_template(query, &draft.template).run().await.map(drop)
}

/// Deletes a coupon for everybody but the shop; it keeps its history. Says whether it was there.
pub async fn delete(tx: &mut Tx, tenant: &TenantId, code: &str, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx.query(DELETE_COUPON).bind(tenant).bind(code).bind(now).run().await? > 0)
}

/// Counts one more use of a coupon; says whether one was left.
pub async fn count_use(tx: &mut Tx, tenant: &TenantId, code: &str) -> Result<bool, DbError> {
    Ok(tx.query(COUNT_USE).bind(tenant).bind(code).run().await? > 0)
}

/// Counts one use less.
pub async fn count_given_back_use(tx: &mut Tx, tenant: &TenantId, code: &str) -> Result<(), DbError> {
    tx.query(COUNT_GIVEN_BACK_USE).bind(tenant).bind(code).run().await.map(drop)
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

/// The same, under a lock held to the end of the transaction.
pub async fn lock(tx: &mut Tx, tenant: &TenantId, code: &str) -> Result<Option<Coupon>, DbError> {
    let row = tx.query(LOCK_COUPON).bind(tenant).bind(code).optional::<CouponRow>().await?;
    row.map(CouponRow::into_coupon).transpose()
}

/// The coupon that a customer shares to win others.
pub async fn find_referral(tx: &mut Tx, tenant: &TenantId, customer: &CustomerId) -> Result<Option<Coupon>, DbError> {
    let row = tx.query(FIND_REFERRAL).bind(tenant).bind(customer).optional::<CouponRow>().await?;
    row.map(CouponRow::into_coupon).transpose()
}

/// The newest coupons that a customer had issued.
pub async fn issued_to(db: &Db, tenant: &TenantId, customer: &str, limit: i64) -> Result<Vec<Coupon>, DbError> {
    let rows = db.query(LIST_ISSUED_TO).bind(tenant).bind(customer).bind(limit).all::<CouponRow>().await?;
    rows.into_iter().map(CouponRow::into_coupon).collect()
}
