//! Who has a birthday, and who was given points for it.

use sqlx::FromRow;

use super::{Db, DbError, sql::statements};
use crate::domain::{
    customer::Birthday,
    ids::{CustomerId, TenantId},
    reason::BIRTHDAY,
    time::Timestamp,
};

statements! {
    /// Customers with an open account who were born on one of two days, as `MM-DD`, and when points were last added for
    /// a birthday since `$4`, by whatever road.
    Tenant LIST_BIRTHDAYS {
        "SELECT c.customer_id, c.name, c.birthday,
             (SELECT MAX(e.recorded_at) FROM entries e
              WHERE e.tenant_id = a.tenant_id AND e.account_id = a.account_id AND e.kind = 'added'
                  AND e.reason = $5 AND e.recorded_at >= $4) AS given_at
         FROM customers c
         JOIN accounts a ON a.tenant_id = c.tenant_id AND a.customer_id = c.customer_id AND a.open
         WHERE c.tenant_id = $1 AND c.birth_day IN ($2, $3) AND (CAST($6 AS TEXT) IS NULL OR c.customer_id > $6)
         ORDER BY c.customer_id LIMIT $7"
    }
    Tenant FIND_BIRTHDAY {
        "SELECT c.customer_id, c.name, c.birthday,
             (SELECT MAX(e.recorded_at) FROM entries e
              WHERE e.tenant_id = a.tenant_id AND e.account_id = a.account_id AND e.kind = 'added'
                  AND e.reason = $4 AND e.recorded_at >= $3) AS given_at
         FROM customers c
         JOIN accounts a ON a.tenant_id = c.tenant_id AND a.customer_id = c.customer_id AND a.open
         WHERE c.tenant_id = $1 AND c.customer_id = $2 AND c.birthday IS NOT NULL"
    }
}

#[derive(FromRow)]
struct BirthdayRow {
    customer_id: CustomerId,
    name: Option<String>,
    birthday: String,
    given_at: Option<Timestamp>,
}

/// A customer who has a birthday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Celebrant {
    /// Who.
    pub customer: CustomerId,
    /// Their name, where it is known.
    pub name: Option<String>,
    /// When they were born.
    pub born: Birthday,
    /// When points were added for it.
    pub given_at: Option<Timestamp>,
}

impl BirthdayRow {
    fn into_celebrant(self) -> Result<Celebrant, DbError> {
        let born = Birthday::parse(&self.birthday);
        Ok(Celebrant {
            born: born.map_err(|error| DbError::Damaged(format!("a birthday: {}", error.message())))?,
            customer: self.customer_id,
            name: self.name,
            given_at: self.given_at,
        })
    }
}

/// At most `limit` customers born on one of two days, by id, behind `after`; with when they were given points `since`.
pub async fn list(
    db: &Db,
    tenant: &TenantId,
    days: (&str, &str),
    since: Timestamp,
    after: Option<&CustomerId>,
    limit: i64,
) -> Result<Vec<Celebrant>, DbError> {
    let query = db.query(LIST_BIRTHDAYS).bind(tenant).bind(days.0).bind(days.1).bind(since).bind(BIRTHDAY);
    let rows: Vec<BirthdayRow> = query.bind(after).bind(limit).all().await?;
    rows.into_iter().map(BirthdayRow::into_celebrant).collect()
}

/// One customer with an open account and a birthday.
pub async fn find(
    db: &Db,
    tenant: &TenantId,
    customer: &CustomerId,
    since: Timestamp,
) -> Result<Option<Celebrant>, DbError> {
    let query = db.query(FIND_BIRTHDAY).bind(tenant).bind(customer).bind(since).bind(BIRTHDAY);
    query.optional::<BirthdayRow>().await?.map(BirthdayRow::into_celebrant).transpose()
}
