//! Uses of coupons at checkout.

use sqlx::FromRow;

use crate::{
    domain::{
        actor::{Actor, ActorKind},
        coupon::{CouponRedemption, NewCouponRedemption},
        ids::{CustomerId, TenantId},
        money::{Currency, Money, decimal},
        time::Timestamp,
    },
    store::{Db, DbError, Tx, sql::statements},
};

macro_rules! use_columns {
    () => {
        "coupon_redemption_id, code, customer_id, legal_entity_id, order_code, order_amount, order_currency,
         discount_amount, discount_currency, redeemed_at, actor_kind, actor_id, deleted_at FROM coupon_redemptions"
    };
}
pub(super) use use_columns;

statements! {
    Tenant INSERT_USE {
        "INSERT INTO coupon_redemptions (tenant_id, coupon_redemption_id, code, customer_id, legal_entity_id, order_code,
             order_amount, order_currency, discount_amount, discount_currency, redeemed_at, actor_kind, actor_id,
             deleted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, NULL)"
    }
    /// What counts against the limit for one customer: of each legal entity apart, or, without `$4`, of all together.
    Tenant COUNT_USES_BY_CUSTOMER {
        "SELECT COUNT(*) FROM coupon_redemptions
         WHERE tenant_id = $1 AND customer_id = $2 AND code = $3 AND deleted_at IS NULL
             AND ($4 OR COALESCE(legal_entity_id, '') = $5)"
    }
    Tenant GET_USE {
        "SELECT " [use_columns] "
         WHERE tenant_id = $1 AND code = $2 AND coupon_redemption_id = $3 AND deleted_at IS NULL"
    }
    Tenant DELETE_USE {
        "UPDATE coupon_redemptions SET deleted_at = $4
         WHERE tenant_id = $1 AND code = $2 AND coupon_redemption_id = $3 AND deleted_at IS NULL"
    }
    /// The newest first, from before `$3`, `$4`, those that were given back among them.
    Tenant LIST_USES {
        "SELECT " [use_columns] "
         WHERE tenant_id = $1 AND code = $2 AND (redeemed_at, coupon_redemption_id) < ($3, $4)
         ORDER BY redeemed_at DESC, coupon_redemption_id DESC LIMIT $5"
    }
    Tenant COUNT_USES { "SELECT COUNT(*) FROM coupon_redemptions WHERE tenant_id = $1 AND code = $2" }
    /// How often legal entities used the coupons in `$2`, a JSON array of codes.
    Tenant COUNT_BY_LEGAL_ENTITY {
        "SELECT code, legal_entity_id, COUNT(*) FROM coupon_redemptions
         WHERE tenant_id = $1 AND deleted_at IS NULL AND legal_entity_id IS NOT NULL AND code IN (SELECT "
             lite("value FROM json_each($2)") pg("jsonb_array_elements_text(CAST(CAST($2 AS TEXT) AS JSONB))") ")
         GROUP BY code, legal_entity_id ORDER BY code, legal_entity_id"
    }
}

#[derive(FromRow)]
pub(super) struct UseRow {
    pub(super) coupon_redemption_id: String,
    code: String,
    customer_id: Option<CustomerId>,
    legal_entity_id: Option<String>,
    order_code: Option<String>,
    order_amount: String,
    order_currency: String,
    discount_amount: String,
    discount_currency: String,
    redeemed_at: Timestamp,
    actor_kind: String,
    actor_id: String,
    deleted_at: Option<Timestamp>,
}

impl UseRow {
    pub(super) fn into_use(self) -> Result<CouponRedemption, DbError> {
        let broken = || DbError::Damaged(format!("coupon redemption {}", self.coupon_redemption_id));
        let money = |amount: &str, currency: &str| {
            let (amount, currency) = (decimal(amount).ok(), Currency::parse(currency).ok());
            amount.zip(currency).map(|(amount, currency)| Money { amount, currency }).ok_or_else(broken)
        };
        Ok(CouponRedemption {
            used: NewCouponRedemption {
                order_total: money(&self.order_amount, &self.order_currency)?,
                discount: money(&self.discount_amount, &self.discount_currency)?,
                customer: self.customer_id,
                legal_entity_id: self.legal_entity_id,
                order_code: self.order_code,
            },
            actor: Actor { kind: ActorKind::parse(&self.actor_kind).map_err(|_kind| broken())?, id: self.actor_id },
            id: self.coupon_redemption_id,
            code: self.code,
            redeemed_at: self.redeemed_at,
            deleted_at: self.deleted_at,
        })
    }
}

/// Which uses of a customer count together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountedFor<'a> {
    /// All of them.
    Customer,
    /// Those for one legal entity, or those for none.
    LegalEntity(Option<&'a str>),
}

/// Keeps a use.
pub async fn insert(tx: &mut Tx, tenant: &TenantId, redemption: &CouponRedemption) -> Result<(), DbError> {
    let used = &redemption.used;
    let query = tx.query(INSERT_USE).bind(tenant).bind(&redemption.id).bind(&redemption.code);
    let query = query.bind(used.customer.as_ref().map(CustomerId::as_str)).bind(used.legal_entity_id.as_deref());
    let query = query.bind(used.order_code.as_deref());
    let query = query.bind(used.order_total.amount.normalize().to_string()).bind(used.order_total.currency.as_str());
    let query = query.bind(used.discount.amount.normalize().to_string()).bind(used.discount.currency.as_str());
    let query = query.bind(redemption.redeemed_at).bind(redemption.actor.kind.as_str()).bind(&redemption.actor.id);
    query.run().await.map(drop)
}

/// How often a customer used a coupon.
pub async fn count_by_customer(
    tx: &mut Tx,
    tenant: &TenantId,
    code: &str,
    customer: &CustomerId,
    counted: CountedFor<'_>,
) -> Result<i64, DbError> {
    let (all, entity) = match counted {
        CountedFor::Customer => (true, ""),
        CountedFor::LegalEntity(entity) => (false, entity.unwrap_or_default()),
    };
    let query = tx.query(COUNT_USES_BY_CUSTOMER).bind(tenant).bind(customer).bind(code).bind(all).bind(entity);
    Ok(query.one::<(i64,)>().await?.0)
}

/// A use that was not given back.
pub async fn find(db: &Db, tenant: &TenantId, code: &str, id: &str) -> Result<Option<CouponRedemption>, DbError> {
    let row = db.query(GET_USE).bind(tenant).bind(code).bind(id).optional::<UseRow>().await?;
    row.map(UseRow::into_use).transpose()
}

/// The same inside a transaction.
pub async fn find_in(
    tx: &mut Tx,
    tenant: &TenantId,
    code: &str,
    id: &str,
) -> Result<Option<CouponRedemption>, DbError> {
    let row = tx.query(GET_USE).bind(tenant).bind(code).bind(id).optional::<UseRow>().await?;
    row.map(UseRow::into_use).transpose()
}

/// Gives a use back. Says whether it was there.
pub async fn delete(tx: &mut Tx, tenant: &TenantId, code: &str, id: &str, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx.query(DELETE_USE).bind(tenant).bind(code).bind(id).bind(now).run().await? > 0)
}

/// Uses of a coupon before one of them, the newest first, with those that were given back.
pub async fn list(
    tx: &mut Tx,
    tenant: &TenantId,
    code: &str,
    before: (Timestamp, &str),
    limit: i64,
) -> Result<Vec<CouponRedemption>, DbError> {
    let query = tx.query(LIST_USES).bind(tenant).bind(code).bind(before.0).bind(before.1).bind(limit);
    let rows = query.all::<UseRow>().await?;
    rows.into_iter().map(UseRow::into_use).collect()
}

/// How many uses of a coupon there are, with those that were given back.
pub async fn count(tx: &mut Tx, tenant: &TenantId, code: &str) -> Result<i64, DbError> {
    Ok(tx.query(COUNT_USES).bind(tenant).bind(code).one::<(i64,)>().await?.0)
}

/// How often legal entities used these coupons: code, entity, times.
pub async fn count_by_legal_entity(
    tx: &mut Tx,
    tenant: &TenantId,
    codes: &[&str],
) -> Result<Vec<(String, String, i64)>, DbError> {
    tx.query(COUNT_BY_LEGAL_ENTITY).bind(tenant).bind(serde_json::json!(codes).to_string()).all().await
}
