//! Lists of coupons and of their uses, searched and sorted as the client wants.

use super::{
    CouponRow, coupon_columns,
    uses::{UseRow, use_columns},
};
use crate::{
    domain::{
        actor::Actor,
        coupon::{Coupon, CouponField, CouponRedemption, CouponRedemptionField},
        ids::{CustomerId, TenantId},
        list_query::ListQuery,
        time::Timestamp,
    },
    store::{
        Backend, DbError, Tx,
        listing::{self, Keys, ListedField, Scope},
        sql::statements,
    },
};

statements! {
    /// Those whose codes are in `$2`, a JSON array.
    Tenant LIST_COUPONS_BY_CODES {
        "SELECT " [coupon_columns] " WHERE tenant_id = $1 AND code IN (SELECT "
             lite("value FROM json_each($2)") pg("jsonb_array_elements_text(CAST(CAST($2 AS TEXT) AS JSONB))") ")"
    }
    /// Those whose ids are in `$2`, a JSON array.
    Tenant LIST_USES_BY_IDS {
        "SELECT " [use_columns] " WHERE tenant_id = $1 AND coupon_redemption_id IN (SELECT "
             lite("value FROM json_each($2)") pg("jsonb_array_elements_text(CAST(CAST($2 AS TEXT) AS JSONB))") ")"
    }
}

impl ListedField for CouponField {
    const TABLE: &'static str = "coupons";
    const KEY: &'static str = "code";
    const ORDER: &'static str = "created_at, code";

    fn expression(self, backend: Backend) -> &'static str {
        let by = |sqlite, postgres| match backend {
            Backend::Sqlite => sqlite,
            Backend::Postgres => postgres,
        };
        match self {
            Self::Code => "code",
            Self::Name => "name",
            Self::Description => "description",
            Self::Status => {
                "CASE WHEN valid_from IS NOT NULL AND {now} < valid_from THEN 'INACTIVE'
                      WHEN valid_until IS NOT NULL AND {now} >= valid_until THEN 'EXPIRED'
                      WHEN max_redemptions >= 0 AND redemption_count >= max_redemptions THEN 'USED'
                      ELSE 'VALID' END"
            }
            Self::DiscountType => "discount_type",
            Self::DiscountPercentage => "discount_percentage",
            Self::DiscountAmount => "discount_amount",
            Self::DiscountCurrency => "discount_currency",
            Self::DiscountCalculationType => "discount_calculation",
            Self::AllowAnonymous => "allow_anonymous",
            Self::MaxRedemptions => "max_redemptions",
            Self::MaxRedemptionsPerCustomer => "max_redemptions_per_customer",
            Self::RedemptionCount => "redemption_count",
            Self::CategoryRestricted => "category_restricted",
            Self::SegmentRestricted => "segment_restricted",
            Self::IssuedTo => "issued_to",
            Self::ReferralCoupon => "referral",
            Self::Deleted => "(deleted_at IS NOT NULL)",
            Self::ValidFrom => "valid_from",
            Self::ValidUntil => "valid_until",
            Self::Version => "version",
            Self::MinOrderAmount => by(
                "(restrictions ->> '$.minOrderValue.amount')",
                "(CAST(restrictions AS JSONB) #>> '{minOrderValue,amount}')",
            ),
            Self::MinOrderCurrency => by(
                "(restrictions ->> '$.minOrderValue.currency')",
                "(CAST(restrictions AS JSONB) #>> '{minOrderValue,currency}')",
            ),
            Self::ValidFor => by(
                "json_each(restrictions, '$.validFor')",
                "jsonb_array_elements_text(CAST(restrictions AS JSONB) -> 'validFor')",
            ),
            Self::IncludedCategories => by(
                "json_each(restrictions, '$.includedCategories')",
                "jsonb_array_elements_text(CAST(restrictions AS JSONB) -> 'includedCategories')",
            ),
            Self::ExcludedCategories => by(
                "json_each(restrictions, '$.excludedCategories')",
                "jsonb_array_elements_text(CAST(restrictions AS JSONB) -> 'excludedCategories')",
            ),
            Self::Segments => by(
                "json_each(restrictions, '$.segments')",
                "jsonb_array_elements_text(CAST(restrictions AS JSONB) -> 'segments')",
            ),
        }
    }
}

impl ListedField for CouponRedemptionField {
    const TABLE: &'static str = "coupon_redemptions";
    const KEY: &'static str = "coupon_redemption_id";
    const ORDER: &'static str = "redeemed_at, coupon_redemption_id";

    fn expression(self, _backend: Backend) -> &'static str {
        match self {
            Self::Id => "coupon_redemption_id",
            Self::Code => "code",
            Self::CustomerNumber => "customer_id",
            Self::LegalEntityId => "legal_entity_id",
            Self::OrderCode => "order_code",
            Self::OrderAmount => "order_amount",
            Self::OrderCurrency => "order_currency",
            Self::DiscountAmount => "discount_amount",
            Self::DiscountCurrency => "discount_currency",
            Self::RedeemedAt => "redeemed_at",
        }
    }
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Listed<T> {
    /// Its items.
    pub items: Vec<T>,
    /// How many there are in all, if that was asked.
    pub total: Option<i64>,
    /// Whether there were more rows than are compared with a pattern.
    pub cut_off: bool,
}

/// A page of a tenant's coupons, deleted ones among them or not.
pub async fn coupons(
    tx: &mut Tx,
    tenant: &TenantId,
    query: &ListQuery<CouponField>,
    with_deleted: bool,
    now: Timestamp,
) -> Result<Listed<Coupon>, DbError> {
    let conditions: &[&str] = if with_deleted { &[] } else { &["deleted_at IS NULL"] };
    let scope = || Scope { columns: vec![("tenant_id", tenant.to_string())], conditions };
    let Keys { keys, total, cut_off } = listing::page(tx, scope, query, now).await?;
    let items = by_codes(tx, tenant, &keys).await?;
    Ok(Listed { items, total, cut_off })
}

/// The coupons with these codes, deleted or not, in the order of the codes.
pub async fn by_codes(tx: &mut Tx, tenant: &TenantId, codes: &[String]) -> Result<Vec<Coupon>, DbError> {
    let asked = serde_json::json!(codes).to_string();
    let rows = tx.query(LIST_COUPONS_BY_CODES).bind(tenant).bind(asked).all::<CouponRow>().await?;
    let rows = listing::in_order(codes, rows, |row| &row.code);
    rows.into_iter().map(CouponRow::into_coupon).collect()
}

/// Whose uses a list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's.
    All,
    /// One customer's.
    Customer(CustomerId),
    /// Those that one actor recorded.
    Actor(Actor),
}

/// A page of a coupon's uses.
pub async fn uses(
    tx: &mut Tx,
    tenant: &TenantId,
    code: &str,
    whose: &Whose,
    query: &ListQuery<CouponRedemptionField>,
    now: Timestamp,
) -> Result<Listed<CouponRedemption>, DbError> {
    let scope = || {
        let mut columns = vec![("tenant_id", tenant.to_string()), ("code", code.to_owned())];
        match whose {
            Whose::All => {}
            Whose::Customer(customer) => columns.push(("customer_id", customer.to_string())),
            Whose::Actor(actor) => {
                columns.extend([("actor_kind", actor.kind.as_str().to_owned()), ("actor_id", actor.id.clone())]);
            }
        }
        Scope { columns, conditions: &["deleted_at IS NULL"] }
    };
    let Keys { keys, total, cut_off } = listing::page(tx, scope, query, now).await?;
    let ids = serde_json::json!(keys).to_string();
    let rows = tx.query(LIST_USES_BY_IDS).bind(tenant).bind(ids).all::<UseRow>().await?;
    let rows = listing::in_order(&keys, rows, |row| &row.coupon_redemption_id);
    let items = rows.into_iter().map(UseRow::into_use).collect::<Result<_, _>>()?;
    Ok(Listed { items, total, cut_off })
}
