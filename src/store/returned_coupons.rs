//! Coupons bought with points whose order came back, and what was decided about the points.

use sqlx::FromRow;

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{
    actor::Actor,
    ids::{CustomerId, OrderId, TenantId},
    returned_coupon::{Decision, WhenReturned},
    time::Timestamp,
};

macro_rules! case_columns {
    () => {
        "q.case_id, q.order_id, q.code, q.redemption_id, a.customer_id, p.name AS customer_name, o.name AS option_name,
         r.points, q.whole, q.decision, q.opened_at, q.decided_at, q.decided_kind, q.decided_by
         FROM returned_coupons q
         JOIN redemptions r ON r.tenant_id = q.tenant_id AND r.redemption_id = q.redemption_id
         JOIN accounts a ON a.tenant_id = q.tenant_id AND a.account_id = r.account_id
         JOIN options o ON o.tenant_id = q.tenant_id AND o.option_id = r.option_id
         LEFT JOIN customers p ON p.tenant_id = q.tenant_id AND p.customer_id = a.customer_id"
    };
}

statements! {
    /// The coupons bought with points with which an order was paid, and the choice of their options.
    Tenant LIST_PAID_WITH {
        "SELECT u.code, r.redemption_id, a.customer_id, o.when_returned
         FROM coupon_redemptions u
         JOIN redemptions r ON r.tenant_id = u.tenant_id AND r.code = u.code
         JOIN accounts a ON a.tenant_id = u.tenant_id AND a.account_id = r.account_id
         JOIN options o ON o.tenant_id = u.tenant_id AND o.option_id = r.option_id
         WHERE u.tenant_id = $1 AND u.order_code = $2 AND u.deleted_at IS NULL AND r.cancelled_at IS NULL
         ORDER BY u.code"
    }
    /// Asks once for each coupon and order; that more came back since is noted, and asked again when it was all.
    Tenant OPEN_CASE {
        "INSERT INTO returned_coupons (tenant_id, case_id, order_id, code, redemption_id, whole, decision, opened_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'open', $7)
         ON CONFLICT (tenant_id, order_id, code) DO UPDATE SET whole = returned_coupons.whole OR excluded.whole"
    }
    Tenant FIND_CASE { "SELECT " [case_columns] " WHERE q.tenant_id = $1 AND q.case_id = $2" }
    Tenant FIND_CASE_OF { "SELECT " [case_columns] " WHERE q.tenant_id = $1 AND q.order_id = $2 AND q.code = $3" }
    /// No row is touched when somebody decided differently in between.
    Tenant DECIDE_CASE {
        "UPDATE returned_coupons SET decision = $4, decided_at = $5, decided_kind = $6, decided_by = $7
         WHERE tenant_id = $1 AND case_id = $2 AND decision = $3"
    }
    /// The newest first.
    Tenant LIST_CASES {
        "SELECT " [case_columns] "
         WHERE q.tenant_id = $1 AND (CAST($2 AS TEXT) IS NULL OR q.decision = $2)
           AND (CAST($3 AS TEXT) IS NULL OR q.case_id < $3)
         ORDER BY q.case_id DESC LIMIT $4"
    }
    Tenant COUNT_OPEN { "SELECT COUNT(*) FROM returned_coupons WHERE tenant_id = $1 AND decision = 'open'" }
}

/// A coupon with which an order was paid.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct PaidWith {
    /// The coupon.
    pub code: String,
    /// The exchange of points for it.
    pub redemption_id: String,
    /// Who gave the points.
    pub customer_id: CustomerId,
    /// What its option says of returns.
    #[sqlx(try_from = "String")]
    pub when_returned: WhenReturned,
}

/// The question whether the points of a coupon come back.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Case {
    /// A UUID of version 7.
    pub case_id: String,
    /// The order that came back.
    pub order_id: OrderId,
    /// The coupon with which it was paid.
    pub code: String,
    /// The exchange of points for it.
    pub redemption_id: String,
    /// Who gave the points.
    pub customer_id: CustomerId,
    /// Their name, where it is known.
    pub customer_name: Option<String>,
    /// What was bought.
    pub option_name: String,
    /// How many points it cost.
    pub points: i64,
    /// Whether all of the order came back.
    pub whole: bool,
    /// What was decided.
    #[sqlx(try_from = "String")]
    pub decision: Decision,
    /// When the question came up.
    pub opened_at: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// The kind of who decided.
    pub decided_kind: Option<String>,
    /// Who decided.
    pub decided_by: Option<String>,
}

impl TryFrom<String> for WhenReturned {
    type Error = crate::domain::invalid::Invalid;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl TryFrom<String> for Decision {
    type Error = crate::domain::invalid::Invalid;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

/// The coupons bought with points with which an order was paid.
pub async fn paid_with(db: &Db, tenant: &TenantId, order: &OrderId) -> Result<Vec<PaidWith>, DbError> {
    db.query(LIST_PAID_WITH).bind(tenant).bind(order).all().await
}

/// Asks about a coupon and an order, once; gives the question as it stands.
pub async fn open(
    tx: &mut Tx,
    tenant: &TenantId,
    order: &OrderId,
    paid: &PaidWith,
    whole: bool,
    (case_id, now): (&str, Timestamp),
) -> Result<Case, DbError> {
    let query = tx.query(OPEN_CASE).bind(tenant).bind(case_id).bind(order).bind(&paid.code).bind(&paid.redemption_id);
    query.bind(whole).bind(now).run().await?;
    tx.query(FIND_CASE_OF).bind(tenant).bind(order).bind(&paid.code).one().await
}

/// One question.
pub async fn find(db: &Db, tenant: &TenantId, case_id: &str) -> Result<Option<Case>, DbError> {
    db.query(FIND_CASE).bind(tenant).bind(case_id).optional().await
}

/// Keeps what was decided; says whether it still stood at `from`.
pub async fn decide(
    tx: &mut Tx,
    tenant: &TenantId,
    case_id: &str,
    (from, to): (Decision, Decision),
    actor: &Actor,
    now: Timestamp,
) -> Result<bool, DbError> {
    let query = tx.query(DECIDE_CASE).bind(tenant).bind(case_id).bind(from.as_str()).bind(to.as_str());
    Ok(query.bind(now).bind(actor.kind.as_str()).bind(&actor.id).run().await? > 0)
}

/// At most `limit` questions older than one, the newest first.
pub async fn list(
    db: &Db,
    tenant: &TenantId,
    decision: Option<Decision>,
    older_than: Option<&str>,
    limit: i64,
) -> Result<Vec<Case>, DbError> {
    let query = db.query(LIST_CASES).bind(tenant).bind(decision.map(Decision::as_str));
    query.bind(older_than).bind(limit).all().await
}

/// How many questions are open.
pub async fn count_open(db: &Db, tenant: &TenantId) -> Result<i64, DbError> {
    let (open,): (i64,) = db.query(COUNT_OPEN).bind(tenant).one().await?;
    Ok(open)
}
