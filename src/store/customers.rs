//! Personal data of customers, and the words by which they are found.

use std::collections::BTreeSet;

use serde_json::json;
use sqlx::FromRow;

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{
    customer::{Birthday, PersonalData},
    ids::{CustomerId, TenantId},
    time::Timestamp,
};

statements! {
    Tenant GET_PERSON {
        "SELECT name, email, birthday, language FROM customers WHERE tenant_id = $1 AND customer_id = $2"
    }
    Tenant PUT_PERSON {
        "INSERT INTO customers (tenant_id, customer_id, name, email, birthday, language, search, created_at,
             modified_at, birth_day)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)
         ON CONFLICT (tenant_id, customer_id) DO UPDATE SET name = excluded.name, email = excluded.email,
             birthday = excluded.birthday, language = excluded.language, search = excluded.search,
             modified_at = excluded.modified_at, birth_day = excluded.birth_day"
    }
    Tenant DELETE_PERSON { "DELETE FROM customers WHERE tenant_id = $1 AND customer_id = $2" }
    Tenant DELETE_WORDS { "DELETE FROM customer_words WHERE tenant_id = $1 AND customer_id = $2" }
    Tenant INSERT_WORDS {
        "INSERT INTO customer_words (tenant_id, customer_id, word)
         SELECT CAST($2 AS TEXT), CAST($3 AS TEXT), j.value ->> 0 FROM " rows " WHERE TRUE"
    }
    /// What employees wrote for each other about this customer.
    Tenant DELETE_NOTES {
        "DELETE FROM entry_notes WHERE tenant_id = $1
             AND account_id IN (SELECT a.account_id FROM accounts a WHERE a.tenant_id = $1 AND a.customer_id = $2)"
    }
    /// Whether anything at all is known under this id.
    Tenant IS_KNOWN {
        "SELECT customer_id FROM accounts WHERE tenant_id = $1 AND customer_id = $2
         UNION ALL SELECT customer_id FROM customers WHERE tenant_id = $1 AND customer_id = $2 LIMIT 1"
    }
}

#[derive(FromRow)]
struct PersonRow {
    name: Option<String>,
    email: Option<String>,
    birthday: Option<String>,
    language: Option<String>,
}

impl PersonRow {
    fn into_person(self) -> Result<PersonalData, DbError> {
        let birthday = self.birthday.as_deref().map(Birthday::parse).transpose();
        Ok(PersonalData {
            name: self.name,
            email: self.email,
            birthday: birthday.map_err(|error| DbError::Damaged(format!("a birthday: {}", error.message())))?,
            language: self.language,
        })
    }
}

/// What is known of a customer as a person; empty when nothing is.
pub async fn find(db: &Db, tenant: &TenantId, customer: &CustomerId) -> Result<PersonalData, DbError> {
    let row = db.query(GET_PERSON).bind(tenant).bind(customer).optional::<PersonRow>().await?;
    row.map_or_else(|| Ok(PersonalData::default()), PersonRow::into_person)
}

/// The same inside a transaction.
pub async fn find_in(tx: &mut Tx, tenant: &TenantId, customer: &CustomerId) -> Result<PersonalData, DbError> {
    let row = tx.query(GET_PERSON).bind(tenant).bind(customer).optional::<PersonRow>().await?;
    row.map_or_else(|| Ok(PersonalData::default()), PersonRow::into_person)
}

/// Keeps what is known of a customer as a person, in the place of what was known before.
pub async fn put(
    tx: &mut Tx,
    tenant: &TenantId,
    customer: &CustomerId,
    person: &PersonalData,
    now: Timestamp,
) -> Result<(), DbError> {
    let words = person.words();
    let query = tx.query(PUT_PERSON).bind(tenant).bind(customer).bind(&person.name).bind(&person.email);
    let query = query.bind(person.birthday.map(|day| day.to_string())).bind(&person.language).bind(search(&words));
    query.bind(now).bind(person.birthday.map(Birthday::month_day)).run().await?;
    tx.query(DELETE_WORDS).bind(tenant).bind(customer).run().await?;
    let rows: Vec<_> = words.iter().map(|word| [word]).collect();
    tx.query(INSERT_WORDS).bind(json!(rows).to_string()).bind(tenant).bind(customer).run().await.map(drop)
}

/// Every word with a blank before it, so that ` wor` finds what begins a word.
fn search(words: &BTreeSet<String>) -> String {
    words.iter().flat_map(|word| [" ", word]).collect()
}

/// Forgets the person: personal data, and what employees wrote for each other; whether there was any of it. The ledger
/// stays.
pub async fn erase(tx: &mut Tx, tenant: &TenantId, customer: &CustomerId) -> Result<bool, DbError> {
    let mut rows = 0;
    for sql in [DELETE_WORDS, DELETE_PERSON, DELETE_NOTES] {
        rows += tx.query(sql).bind(tenant).bind(customer).run().await?;
    }
    Ok(rows > 0)
}

/// Whether the customer has or had an account, or personal data.
pub async fn is_known(db: &Db, tenant: &TenantId, customer: &CustomerId) -> Result<bool, DbError> {
    Ok(db.query(IS_KNOWN).bind(tenant).bind(customer).optional::<(CustomerId,)>().await?.is_some())
}
