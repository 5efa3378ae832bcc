//! The customers of a tenant as a list: found, filtered and sorted.
//!
//! A list that goes through all customers follows an index and stops at the end of the page. What picks out few
//! (a search, a filter that few fit) is fetched whole, as ids, and sorted by whoever asked.

use serde_json::json;
use sqlx::FromRow;

use super::{Db, DbError, sql::statements};
use crate::domain::{
    ids::{CustomerId, TenantId},
    time::Timestamp,
};

/// What a list is narrowed to: `$2` changed since, `$3` account begun since, `$4` to `$5` points that end then.
macro_rules! narrowed {
    () => {
        "(CAST($2 AS BIGINT) IS NULL OR a.changed_at >= $2)
         AND (CAST($3 AS BIGINT) IS NULL OR a.account_id >= $3)
         AND (CAST($5 AS BIGINT) IS NULL OR a.next_change_at <= $5 AND EXISTS (
             SELECT 1 FROM lots l WHERE l.tenant_id = a.tenant_id AND l.account_id = a.account_id AND l.remaining > 0
                 AND l.valid_until > CAST($4 AS BIGINT) AND l.valid_until <= $5))"
    };
}

macro_rules! key_columns {
    () => {
        "a.customer_id AS customer, a.account_id, a.balance, a.changed_at, a.open"
    };
}

statements! {
    Tenant LIST_BY_CUSTOMER {
        "SELECT " [key_columns] " FROM accounts a WHERE a.tenant_id = $1 AND a.open AND " [narrowed] "
             AND a.customer_id > $7 AND CAST($6 AS BIGINT) IS NOT NULL
         ORDER BY a.customer_id LIMIT $8"
    }
    Tenant LIST_BY_CUSTOMER_DOWN {
        "SELECT " [key_columns] " FROM accounts a WHERE a.tenant_id = $1 AND a.open AND " [narrowed] "
             AND a.customer_id < $7 AND CAST($6 AS BIGINT) IS NOT NULL
         ORDER BY a.customer_id DESC LIMIT $8"
    }
    Tenant LIST_BY_BALANCE {
        "SELECT " [key_columns] " FROM accounts a WHERE a.tenant_id = $1 AND a.open AND " [narrowed] "
             AND (a.balance, a.customer_id) > ($6, $7)
         ORDER BY a.balance, a.customer_id LIMIT $8"
    }
    Tenant LIST_BY_BALANCE_DOWN {
        "SELECT " [key_columns] " FROM accounts a WHERE a.tenant_id = $1 AND a.open AND " [narrowed] "
             AND (a.balance, a.customer_id) < ($6, $7)
         ORDER BY a.balance DESC, a.customer_id DESC LIMIT $8"
    }
    Tenant LIST_BY_CHANGE {
        "SELECT " [key_columns] " FROM accounts a WHERE a.tenant_id = $1 AND a.open AND " [narrowed] "
             AND (a.changed_at, a.customer_id) > ($6, $7)
         ORDER BY a.changed_at, a.customer_id LIMIT $8"
    }
    Tenant LIST_BY_CHANGE_DOWN {
        "SELECT " [key_columns] " FROM accounts a WHERE a.tenant_id = $1 AND a.open AND " [narrowed] "
             AND (a.changed_at, a.customer_id) < ($6, $7)
         ORDER BY a.changed_at DESC, a.customer_id DESC LIMIT $8"
    }
    /// Those of some customers that fit; `$1` their ids, `$6` the tenant.
    Tenant FIND_KEYS {
        "SELECT j.value ->> 0 AS customer, a.account_id, a.balance, a.changed_at, a.open
         FROM " rows " LEFT JOIN accounts a ON a.tenant_id = $6 AND a.customer_id = j.value ->> 0
         WHERE " [narrowed]
    }
    /// What a list shows of some customers: `$1` their ids, `$2` the tenant, `$3` now, `$4` the end of "soon".
    Tenant LIST_ROWS {
        "SELECT j.value ->> 0 AS customer, c.name, c.email, a.open, a.changed_at,
             CASE WHEN a.next_change_at IS NULL OR a.next_change_at > $3 THEN a.balance ELSE CAST(COALESCE((
                 SELECT SUM(l.remaining) FROM lots l
                 WHERE l.tenant_id = a.tenant_id AND l.account_id = a.account_id AND l.remaining > 0
                   AND l.valid_until > $3 AND (l.available_from IS NULL OR l.available_from <= $3)), 0) AS BIGINT) END AS balance,
             CAST(COALESCE((SELECT SUM(l.remaining) FROM lots l
                 WHERE l.tenant_id = a.tenant_id AND l.account_id = a.account_id AND l.remaining > 0
                   AND l.valid_until > $3 AND l.valid_until <= $4), 0) AS BIGINT) AS ending,
             (SELECT MIN(l.valid_until) FROM lots l
                 WHERE l.tenant_id = a.tenant_id AND l.account_id = a.account_id AND l.remaining > 0
                   AND l.valid_until > $3 AND l.valid_until <= $4) AS ends_at
         FROM " rows "
         LEFT JOIN accounts a ON a.tenant_id = $2 AND a.customer_id = j.value ->> 0
         LEFT JOIN customers c ON c.tenant_id = $2 AND c.customer_id = j.value ->> 0"
    }
    Tenant COUNT_OPEN { "SELECT COUNT(*) FROM accounts a WHERE a.tenant_id = $1 AND a.open" }
    Tenant COUNT_CHANGED {
        "SELECT COUNT(*) FROM (SELECT 1 FROM accounts a
             WHERE a.tenant_id = $1 AND a.open AND a.changed_at >= $2 LIMIT $3) AS found"
    }
    Tenant COUNT_BEGUN {
        "SELECT COUNT(*) FROM (SELECT 1 FROM accounts a
             WHERE a.tenant_id = $1 AND a.open AND a.account_id >= $2 LIMIT $3) AS found"
    }
    Tenant COUNT_CLOSED {
        "SELECT COUNT(*) FROM (SELECT 1 FROM accounts a WHERE a.tenant_id = $1 AND NOT a.open LIMIT $2) AS found"
    }
    Tenant COUNT_ENDING {
        "SELECT COUNT(*) FROM (SELECT DISTINCT l.account_id FROM lots l
             WHERE l.tenant_id = $1 AND l.remaining > 0 AND l.valid_until > $2 AND l.valid_until <= $3 LIMIT $4) AS found"
    }
    Tenant COUNT_BORN {
        "SELECT COUNT(*) FROM customers c
         JOIN accounts a ON a.tenant_id = c.tenant_id AND a.customer_id = c.customer_id AND a.open
         WHERE c.tenant_id = $1 AND c.birth_day IN ($2, $3)"
    }
    Tenant FIND_CHANGED {
        "SELECT a.customer_id FROM accounts a WHERE a.tenant_id = $1 AND a.open AND a.changed_at >= $2
         ORDER BY a.changed_at DESC LIMIT $3"
    }
    Tenant FIND_BEGUN {
        "SELECT a.customer_id FROM accounts a WHERE a.tenant_id = $1 AND a.open AND a.account_id >= $2
         ORDER BY a.account_id DESC LIMIT $3"
    }
    Tenant FIND_CLOSED {
        "SELECT a.customer_id FROM accounts a WHERE a.tenant_id = $1 AND NOT a.open
         ORDER BY a.changed_at DESC LIMIT $2"
    }
    Tenant FIND_ENDING {
        "SELECT a.customer_id FROM (
             SELECT DISTINCT l.account_id FROM lots l
             WHERE l.tenant_id = $1 AND l.remaining > 0 AND l.valid_until > $2 AND l.valid_until <= $3 LIMIT $4) AS e
         JOIN accounts a ON a.tenant_id = $1 AND a.account_id = e.account_id"
    }
    Tenant FIND_BORN {
        "SELECT c.customer_id FROM customers c WHERE c.tenant_id = $1 AND c.birth_day IN ($2, $3)
         ORDER BY c.customer_id LIMIT $4"
    }
    /// Ids that begin with a text, those of accounts and of personal data.
    Tenant FIND_BY_ID {
        "SELECT customer_id FROM (
             SELECT customer_id FROM (SELECT customer_id FROM accounts
                 WHERE tenant_id = $1 AND customer_id >= $2 AND customer_id < $3 ORDER BY customer_id LIMIT $4) AS one
             UNION SELECT customer_id FROM (SELECT customer_id FROM customers
                 WHERE tenant_id = $1 AND customer_id >= $2 AND customer_id < $3 ORDER BY customer_id LIMIT $4) AS two
         ) AS found ORDER BY customer_id LIMIT $4"
    }
    /// Customers with a word from `$2` to before `$3`, and other words that begin as `$4` to `$6` say.
    Tenant FIND_BY_WORDS {
        "SELECT DISTINCT w.customer_id FROM customer_words w
         JOIN customers c ON c.tenant_id = w.tenant_id AND c.customer_id = w.customer_id
         WHERE w.tenant_id = $1 AND w.word >= $2 AND w.word < $3
             AND (CAST($4 AS TEXT) IS NULL OR c.search LIKE $4)
             AND (CAST($5 AS TEXT) IS NULL OR c.search LIKE $5)
             AND (CAST($6 AS TEXT) IS NULL OR c.search LIKE $6)
         LIMIT $7"
    }
    /// Who exchanged points for a coupon, or has it for another reason.
    Tenant FIND_BY_COUPON {
        "SELECT a.customer_id FROM redemptions r
         JOIN accounts a ON a.tenant_id = r.tenant_id AND a.account_id = r.account_id
         WHERE r.tenant_id = $1 AND r.code = $2
         UNION SELECT k.issued_to FROM coupons k WHERE k.tenant_id = $1 AND k.code = $2 AND k.issued_to IS NOT NULL"
    }
    /// Whose history names an order or another reference.
    Tenant FIND_BY_REFERENCE {
        "SELECT DISTINCT a.customer_id FROM entries e
         JOIN accounts a ON a.tenant_id = e.tenant_id AND a.account_id = e.account_id
         WHERE e.tenant_id = $1 AND e.reference_id = $2
         UNION SELECT o.customer_id FROM orders o
         WHERE o.tenant_id = $1 AND o.order_id = $2 AND o.customer_id IS NOT NULL LIMIT $3"
    }
}

/// By what a list is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The customer's id.
    Customer,
    /// The balance.
    Balance,
    /// When points moved last.
    Change,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub column: Column,
    /// The greatest first.
    pub descending: bool,
}

/// What a list is narrowed to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Narrow {
    /// Points moved since.
    pub changed_since: Option<Timestamp>,
    /// The account was made since.
    pub begun_since: Option<Timestamp>,
    /// Points end after the first and up to the second.
    pub ending: Option<(Timestamp, Timestamp)>,
}

impl Narrow {
    /// Numbers of accounts grow with the time at which they were made.
    fn first_account(self) -> Option<i64> {
        self.begun_since.map(account_id_at)
    }
}

/// The least number of an account made at this instant. See the ledger, which gives them.
fn account_id_at(at: Timestamp) -> i64 {
    (at.micros() / 1_000).saturating_mul(1 << 21)
}

/// A customer in a list, as far as sorting needs it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Key {
    /// Who.
    pub customer: CustomerId,
    /// The ledger's number of the account; `None` when there never was one.
    pub account_id: Option<i64>,
    /// The balance as it was written last.
    pub balance: Option<i64>,
    /// When points moved last.
    pub changed_at: Option<Timestamp>,
    /// Whether the account is open.
    pub open: Option<bool>,
}

/// What a list shows of a customer.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Row {
    /// Who.
    pub customer: CustomerId,
    /// The person's name.
    pub name: Option<String>,
    /// The person's e-mail address.
    pub email: Option<String>,
    /// Whether the account is open; `None` without one.
    pub open: Option<bool>,
    /// When points moved last.
    pub changed_at: Option<Timestamp>,
    /// What can be spent now.
    pub balance: Option<i64>,
    /// How many points end soon.
    pub ending: i64,
    /// When the first of them end.
    pub ends_at: Option<Timestamp>,
}

/// A page of open accounts in `order`, behind `after` (the value of the order's column, and the id).
pub async fn page(
    db: &Db,
    tenant: &TenantId,
    order: Order,
    narrow: Narrow,
    after: (i64, &str),
    limit: i64,
) -> Result<Vec<Key>, DbError> {
    let sql = match (order.column, order.descending) {
        (Column::Customer, false) => LIST_BY_CUSTOMER,
        (Column::Customer, true) => LIST_BY_CUSTOMER_DOWN,
        (Column::Balance, false) => LIST_BY_BALANCE,
        (Column::Balance, true) => LIST_BY_BALANCE_DOWN,
        (Column::Change, false) => LIST_BY_CHANGE,
        (Column::Change, true) => LIST_BY_CHANGE_DOWN,
    };
    let query = db.query(sql).bind(tenant).bind(narrow.changed_since).bind(narrow.first_account());
    let query = query.bind(narrow.ending.map(|(from, _)| from)).bind(narrow.ending.map(|(_, until)| until));
    query.bind(after.0).bind(after.1).bind(limit).all().await
}

fn ids<'a>(customers: impl IntoIterator<Item = &'a CustomerId>) -> String {
    let rows: Vec<_> = customers.into_iter().map(|customer| [customer.as_str()]).collect();
    json!(rows).to_string()
}

/// Those of `customers` that fit, in no order.
pub async fn keys(db: &Db, tenant: &TenantId, customers: &[CustomerId], narrow: Narrow) -> Result<Vec<Key>, DbError> {
    let query = db.query(FIND_KEYS).bind(ids(customers)).bind(narrow.changed_since).bind(narrow.first_account());
    let query = query.bind(narrow.ending.map(|(from, _)| from)).bind(narrow.ending.map(|(_, until)| until));
    query.bind(tenant).all().await
}

/// What a list shows of `customers`, in no order. Points that end up to `soon` are told.
pub async fn rows(
    db: &Db,
    tenant: &TenantId,
    customers: impl IntoIterator<Item = &CustomerId>,
    now: Timestamp,
    soon: Timestamp,
) -> Result<Vec<Row>, DbError> {
    db.query(LIST_ROWS).bind(ids(customers)).bind(tenant).bind(now).bind(soon).all().await
}

async fn count(query: super::db::Query<'_>) -> Result<i64, DbError> {
    Ok(query.one::<(i64,)>().await?.0)
}

/// How many open accounts there are.
pub async fn count_open(db: &Db, tenant: &TenantId) -> Result<i64, DbError> {
    count(db.query(COUNT_OPEN).bind(tenant)).await
}

/// How many accounts changed since, counted up to `most`.
pub async fn count_changed(db: &Db, tenant: &TenantId, since: Timestamp, most: i64) -> Result<i64, DbError> {
    count(db.query(COUNT_CHANGED).bind(tenant).bind(since).bind(most)).await
}

/// How many accounts were made since, counted up to `most`.
pub async fn count_begun(db: &Db, tenant: &TenantId, since: Timestamp, most: i64) -> Result<i64, DbError> {
    count(db.query(COUNT_BEGUN).bind(tenant).bind(account_id_at(since)).bind(most)).await
}

/// How many accounts are closed, counted up to `most`.
pub async fn count_closed(db: &Db, tenant: &TenantId, most: i64) -> Result<i64, DbError> {
    count(db.query(COUNT_CLOSED).bind(tenant).bind(most)).await
}

/// How many customers have points that end within this time, counted up to `most`.
pub async fn count_ending(
    db: &Db,
    tenant: &TenantId,
    ending: (Timestamp, Timestamp),
    most: i64,
) -> Result<i64, DbError> {
    count(db.query(COUNT_ENDING).bind(tenant).bind(ending.0).bind(ending.1).bind(most)).await
}

/// How many customers have their birthday on one of two days, as `MM-DD`.
pub async fn count_born(db: &Db, tenant: &TenantId, days: (&str, &str)) -> Result<i64, DbError> {
    count(db.query(COUNT_BORN).bind(tenant).bind(days.0).bind(days.1)).await
}

async fn customers(query: super::db::Query<'_>) -> Result<Vec<CustomerId>, DbError> {
    Ok(query.all::<(CustomerId,)>().await?.into_iter().map(|(customer,)| customer).collect())
}

/// Whose points moved since, the latest first.
pub async fn changed(db: &Db, tenant: &TenantId, since: Timestamp, limit: i64) -> Result<Vec<CustomerId>, DbError> {
    customers(db.query(FIND_CHANGED).bind(tenant).bind(since).bind(limit)).await
}

/// Whose account was made since, the latest first.
pub async fn begun(db: &Db, tenant: &TenantId, since: Timestamp, limit: i64) -> Result<Vec<CustomerId>, DbError> {
    customers(db.query(FIND_BEGUN).bind(tenant).bind(account_id_at(since)).bind(limit)).await
}

/// Whose account is closed, the latest first.
pub async fn closed(db: &Db, tenant: &TenantId, limit: i64) -> Result<Vec<CustomerId>, DbError> {
    customers(db.query(FIND_CLOSED).bind(tenant).bind(limit)).await
}

/// Who has points that end within this time.
pub async fn ending(
    db: &Db,
    tenant: &TenantId,
    ending: (Timestamp, Timestamp),
    limit: i64,
) -> Result<Vec<CustomerId>, DbError> {
    customers(db.query(FIND_ENDING).bind(tenant).bind(ending.0).bind(ending.1).bind(limit)).await
}

/// Who has a birthday on one of two days, as `MM-DD`.
pub async fn born(db: &Db, tenant: &TenantId, days: (&str, &str), limit: i64) -> Result<Vec<CustomerId>, DbError> {
    customers(db.query(FIND_BORN).bind(tenant).bind(days.0).bind(days.1).bind(limit)).await
}

/// What no text that begins like `prefix` comes behind.
fn end_of(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}

/// Whose id begins with `prefix`, by id.
pub async fn by_id(db: &Db, tenant: &TenantId, prefix: &str, limit: i64) -> Result<Vec<CustomerId>, DbError> {
    customers(db.query(FIND_BY_ID).bind(tenant).bind(prefix).bind(end_of(prefix)).bind(limit)).await
}

/// Who has a word beginning with each of `words`; more than four are not looked at.
pub async fn by_words(db: &Db, tenant: &TenantId, words: &[String], limit: i64) -> Result<Vec<CustomerId>, DbError> {
    // The longest picks out the fewest.
    let mut words: Vec<&String> = words.iter().collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut words = words.into_iter();
    let Some(first) = words.next() else { return Ok(Vec::new()) };
    // Words hold letters and digits only, so none needs an escape.
    let mut others = words.map(|word| format!("% {word}%"));
    let query = db.query(FIND_BY_WORDS).bind(tenant).bind(first).bind(end_of(first));
    customers(query.bind(others.next()).bind(others.next()).bind(others.next()).bind(limit)).await
}

/// Who has the coupon with this code.
pub async fn by_coupon(db: &Db, tenant: &TenantId, code: &str) -> Result<Vec<CustomerId>, DbError> {
    customers(db.query(FIND_BY_COUPON).bind(tenant).bind(code)).await
}

/// Whose history names this order or other reference.
pub async fn by_reference(db: &Db, tenant: &TenantId, reference: &str, limit: i64) -> Result<Vec<CustomerId>, DbError> {
    customers(db.query(FIND_BY_REFERENCE).bind(tenant).bind(reference).bind(limit)).await
}
