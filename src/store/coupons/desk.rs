//! Coupons as the back office lists them: narrowed, sorted, page by page.

use super::{CouponRow, coupon_columns};
use crate::{
    domain::{
        coupon::{Coupon, CouponStatus},
        customer::fold,
        ids::{CustomerId, TenantId},
        time::Timestamp,
    },
    store::{Db, DbError, Tx, db::Query, sql::statements},
};

/// A filter but for its text, which wants a fragment of each dialect.
macro_rules! desk_filter {
    () => {
        " AND (CAST($5 AS TEXT) IS NULL OR issued_to = $5)
          AND (CAST($6 AS TEXT) IS NULL
               OR CASE WHEN referral THEN 'referral' WHEN redemption_id IS NOT NULL THEN 'points' ELSE 'hand' END = $6)
          AND (deleted_at IS NOT NULL) = $7
          AND (CAST($8 AS TEXT) IS NULL
               OR CASE WHEN valid_from IS NOT NULL AND CAST($9 AS BIGINT) < valid_from THEN 'INACTIVE'
                       WHEN valid_until IS NOT NULL AND CAST($9 AS BIGINT) >= valid_until THEN 'EXPIRED'
                       WHEN max_redemptions >= 0 AND redemption_count >= max_redemptions THEN 'USED'
                       ELSE 'VALID' END = $8)"
    };
}

/// The beginning of a code (`$2`), a part of a name (`$3`, folded), or one of the customers in `$4`, a JSON array of ids.
macro_rules! desk_text {
    () => {
        " WHERE tenant_id = $1
          AND (CAST($2 AS TEXT) = '' OR substr(code, 1, length(CAST($2 AS TEXT))) = $2
               OR COALESCE(name_search, lower(name)) LIKE CAST($3 AS TEXT) ESCAPE '!' OR issued_to IN (SELECT "
    };
}

/// What a list is sorted by that no index is kept for. What never ends comes after everything that does.
macro_rules! desk_value {
    () => {
        "CASE CAST($13 AS TEXT) WHEN 'until' THEN COALESCE(valid_until, 9223372036854775806)
              WHEN 'used' THEN redemption_count ELSE 0 END"
    };
}

statements! {
    /// Below `$10`, `$11`, by the time of making, downwards: along an index.
    Tenant LIST_BY_TIME_DOWN {
        "SELECT " [coupon_columns] [desk_text]
        lite("value FROM json_each($4)") pg("jsonb_array_elements_text(CAST(CAST($4 AS TEXT) AS JSONB))") "))"
        [desk_filter] " AND (created_at, code) < ($10, $11) ORDER BY created_at DESC, code DESC LIMIT $12"
    }
    /// Above, upwards.
    Tenant LIST_BY_TIME_UP {
        "SELECT " [coupon_columns] [desk_text]
        lite("value FROM json_each($4)") pg("jsonb_array_elements_text(CAST(CAST($4 AS TEXT) AS JSONB))") "))"
        [desk_filter] " AND (created_at, code) > ($10, $11) ORDER BY created_at, code LIMIT $12"
    }
    /// Below, downwards, by what `$13` names.
    Tenant LIST_BY_VALUE_DOWN {
        "SELECT " [coupon_columns] [desk_text]
        lite("value FROM json_each($4)") pg("jsonb_array_elements_text(CAST(CAST($4 AS TEXT) AS JSONB))") "))"
        [desk_filter] " AND (" [desk_value] ", code) < ($10, $11)
        ORDER BY " [desk_value] " DESC, code DESC LIMIT $12"
    }
    /// Above, upwards, by what `$13` names.
    Tenant LIST_BY_VALUE_UP {
        "SELECT " [coupon_columns] [desk_text]
        lite("value FROM json_each($4)") pg("jsonb_array_elements_text(CAST(CAST($4 AS TEXT) AS JSONB))") "))"
        [desk_filter] " AND (" [desk_value] ", code) > ($10, $11) ORDER BY " [desk_value] ", code LIMIT $12"
    }
    /// Every one, deleted or not, by the time of making, above `$2`, `$3`.
    Tenant WALK_COUPONS {
        "SELECT " [coupon_columns] " WHERE tenant_id = $1 AND (created_at, code) > ($2, $3)
         ORDER BY created_at, code LIMIT $4"
    }
    /// How many a list has in all.
    Tenant COUNT_LISTED {
        "SELECT COUNT(*) FROM coupons" [desk_text]
        lite("value FROM json_each($4)") pg("jsonb_array_elements_text(CAST(CAST($4 AS TEXT) AS JSONB))") "))"
        [desk_filter]
    }
    /// How many can be used, are not valid yet, are used up, have expired, and are deleted.
    Tenant COUNT_COUPONS {
        "SELECT CAST(COUNT(*) FILTER (WHERE status = 'VALID') AS BIGINT),
             CAST(COUNT(*) FILTER (WHERE status = 'INACTIVE') AS BIGINT),
             CAST(COUNT(*) FILTER (WHERE status = 'USED') AS BIGINT),
             CAST(COUNT(*) FILTER (WHERE status = 'EXPIRED') AS BIGINT),
             CAST(COUNT(*) FILTER (WHERE status = 'DELETED') AS BIGINT)
         FROM (SELECT CASE WHEN deleted_at IS NOT NULL THEN 'DELETED'
                           WHEN valid_from IS NOT NULL AND CAST($2 AS BIGINT) < valid_from THEN 'INACTIVE'
                           WHEN valid_until IS NOT NULL AND CAST($2 AS BIGINT) >= valid_until THEN 'EXPIRED'
                           WHEN max_redemptions >= 0 AND redemption_count >= max_redemptions THEN 'USED'
                           ELSE 'VALID' END AS status
               FROM coupons WHERE tenant_id = $1) AS states"
    }
    /// The names of those customers in `$2`, a JSON array of ids, who have one.
    Tenant LIST_NAMES {
        "SELECT customer_id, name FROM customers WHERE tenant_id = $1 AND name IS NOT NULL AND customer_id IN (SELECT "
             lite("value FROM json_each($2)") pg("jsonb_array_elements_text(CAST(CAST($2 AS TEXT) AS JSONB))") ")"
    }
}

/// How a coupon came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A customer bought it with points.
    Points,
    /// An employee or a program made it.
    Hand,
    /// A customer shares it.
    Referral,
}

impl Origin {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Points, Self::Hand, Self::Referral];

    /// Its name, as it stands in the address of a list.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Points => "points",
            Self::Hand => "hand",
            Self::Referral => "referral",
        }
    }
}

/// Which coupons a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeskFilter {
    /// The beginning of a code or a part of a name; empty for all.
    pub text: String,
    /// Besides those, the coupons that were issued to one of these.
    pub named: Vec<CustomerId>,
    /// Issued to this customer.
    pub customer: Option<CustomerId>,
    /// How they came to be.
    pub origin: Option<Origin>,
    /// Those that are deleted, instead of those that are not.
    pub deleted: bool,
    /// In this state.
    pub status: Option<CouponStatus>,
}

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeskColumn {
    /// When they were made.
    #[default]
    Created,
    /// Their codes.
    Code,
    /// When they end.
    Until,
    /// How often they were used.
    Used,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeskOrder {
    /// By what.
    pub column: DeskColumn,
    /// The highest first.
    pub descending: bool,
}

impl Default for DeskOrder {
    /// The newest first.
    fn default() -> Self {
        Self { column: DeskColumn::Created, descending: true }
    }
}

/// A place in a list: beside a coupon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskPlace {
    /// What the list is sorted by, in that coupon.
    pub value: i64,
    /// Its code.
    pub code: String,
}

impl DeskPlace {
    /// Before the first one of a list.
    pub fn beginning(order: DeskOrder) -> Self {
        Self { value: if order.descending { i64::MAX } else { i64::MIN }, code: String::new() }
    }

    /// Beside a coupon.
    pub fn beside(coupon: &Coupon, column: DeskColumn) -> Self {
        let value = match column {
            DeskColumn::Created => coupon.created_at.micros(),
            DeskColumn::Code => 0,
            DeskColumn::Until => coupon.template.valid_until.map_or(i64::MAX - 1, Timestamp::micros),
            DeskColumn::Used => coupon.redemption_count,
        };
        Self { value, code: coupon.code.clone() }
    }
}

/// Text that stands anywhere in another, for `LIKE ... ESCAPE '!'`.
fn anywhere(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

fn bind<'c>(query: Query<'c>, tenant: &TenantId, filter: &DeskFilter, now: Timestamp) -> Query<'c> {
    let text = filter.text.trim();
    let named: Vec<&str> = filter.named.iter().map(CustomerId::as_str).collect();
    let query = query.bind(tenant).bind(text.to_uppercase()).bind(anywhere(&fold(text)));
    let query = query.bind(serde_json::json!(named).to_string());
    let query = query.bind(filter.customer.as_ref().map(|id| id.as_str().to_owned()));
    let query = query.bind(filter.origin.map(Origin::as_str)).bind(filter.deleted);
    query.bind(filter.status.map(CouponStatus::as_str)).bind(now)
}

/// Coupons behind a place in a list, in its order; with `back` those before it, the nearest first.
pub async fn list(
    tx: &mut Tx,
    tenant: &TenantId,
    filter: &DeskFilter,
    order: DeskOrder,
    (place, back): (&DeskPlace, bool),
    limit: i64,
    now: Timestamp,
) -> Result<Vec<Coupon>, DbError> {
    let down = order.descending != back;
    let by = match order.column {
        DeskColumn::Created => None,
        DeskColumn::Code => Some("code"),
        DeskColumn::Until => Some("until"),
        DeskColumn::Used => Some("used"),
    };
    let statement = match (by, down) {
        (None, true) => LIST_BY_TIME_DOWN,
        (None, false) => LIST_BY_TIME_UP,
        (Some(_), true) => LIST_BY_VALUE_DOWN,
        (Some(_), false) => LIST_BY_VALUE_UP,
    };
    let query = bind(tx.query(statement), tenant, filter, now).bind(place.value).bind(&place.code).bind(limit);
    let query = match by {
        Some(by) => query.bind(by),
        None => query,
    };
    let rows = query.all::<CouponRow>().await?;
    rows.into_iter().map(CouponRow::into_coupon).collect()
}

/// Every coupon behind a place, deleted or not, the oldest first.
pub async fn walk(db: &Db, tenant: &TenantId, after: (Timestamp, &str), limit: i64) -> Result<Vec<Coupon>, DbError> {
    let query = db.query(WALK_COUPONS).bind(tenant).bind(after.0).bind(after.1).bind(limit);
    let rows = query.all::<CouponRow>().await?;
    rows.into_iter().map(CouponRow::into_coupon).collect()
}

/// How many coupons a list has in all.
pub async fn count(tx: &mut Tx, tenant: &TenantId, filter: &DeskFilter, now: Timestamp) -> Result<i64, DbError> {
    Ok(bind(tx.query(COUNT_LISTED), tenant, filter, now).one::<(i64,)>().await?.0)
}

/// How many coupons a tenant has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeskCounts {
    /// That can be used.
    pub valid: i64,
    /// Whose time has not come.
    pub inactive: i64,
    /// That were used as often as they may be.
    pub used: i64,
    /// Whose time is over.
    pub expired: i64,
    /// That were deleted.
    pub deleted: i64,
}

/// Counts a tenant's coupons.
pub async fn counts(tx: &mut Tx, tenant: &TenantId, now: Timestamp) -> Result<DeskCounts, DbError> {
    let (valid, inactive, used, expired, deleted) = tx.query(COUNT_COUPONS).bind(tenant).bind(now).one().await?;
    Ok(DeskCounts { valid, inactive, used, expired, deleted })
}

/// The names of those customers who have one: id, name.
pub async fn names(tx: &mut Tx, tenant: &TenantId, customers: &[&str]) -> Result<Vec<(String, String)>, DbError> {
    tx.query(LIST_NAMES).bind(tenant).bind(serde_json::json!(customers).to_string()).all().await
}
