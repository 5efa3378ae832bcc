//! Reading what a summary shows, for one account or a page of them: one statement for the accounts, one for their
//! entries, one for their usages.

use serde_json::json;
use sqlx::FromRow;

use super::rows::{UsageRow, balance_at};
use crate::{
    domain::{
        ids::{CustomerId, EntryId, TenantId},
        ledger::entry::EntryKind,
        time::Timestamp,
    },
    store::{Db, DbError, Tx, sql::statements},
};

macro_rules! account_columns {
    () => {
        "a.account_id, a.customer_id, a.opened_seq, a.seq"
    };
}

statements! {
    Tenant GET_OPEN_ACCOUNT {
        "SELECT " [account_columns] ", " [balance_at] " AS balance
         FROM accounts a WHERE a.tenant_id = $1 AND a.customer_id = $2 AND a.open"
    }
    Tenant LIST_OPEN_ACCOUNTS {
        "SELECT " [account_columns] ", " [balance_at] " AS balance
         FROM accounts a WHERE a.tenant_id = $1 AND a.customer_id > $2 AND a.open
         ORDER BY a.customer_id LIMIT $4"
    }
    Tenant LIST_OPEN_ACCOUNTS_FROM {
        "SELECT " [account_columns] ", " [balance_at] " AS balance
         FROM accounts a WHERE a.tenant_id = $1 AND a.open
         ORDER BY a.customer_id LIMIT $4 OFFSET $2"
    }
    Tenant COUNT_OPEN_ACCOUNTS {
        "SELECT COUNT(*) FROM accounts a WHERE a.tenant_id = $1 AND a.open"
    }
    Tenant LIST_ENTRIES_OF_ACCOUNTS {
        "SELECT e.account_id, e.seq, e.entry_id, e.kind, e.points, e.balance_after, e.recorded_at, e.valid_until,
             e.reference_id, e.description
         FROM " rows "
         JOIN entries e ON e.tenant_id = j.value ->> 0 AND e.account_id = CAST(j.value ->> 1 AS BIGINT)
           AND e.seq > CAST(j.value ->> 2 AS BIGINT)
         WHERE e.kind <> 'expired' ORDER BY e.account_id, e.seq"
    }
    Tenant LIST_USAGES_OF_ACCOUNTS {
        "SELECT u.account_id, u.seq, u.lot_seq, u.points
         FROM " rows "
         JOIN usages u ON u.tenant_id = j.value ->> 0 AND u.account_id = CAST(j.value ->> 1 AS BIGINT)
           AND u.seq > CAST(j.value ->> 2 AS BIGINT)
         ORDER BY u.account_id, u.seq, u.lot_seq"
    }
}

/// An open account, as its summary shows it.
#[derive(Clone, Debug, FromRow)]
pub struct OpenAccount {
    /// The ledger's own number of the account.
    pub account_id: i64,
    /// The shop's id of the customer.
    pub customer_id: CustomerId,
    /// The entry after which the present life of the account began.
    pub opened_seq: i64,
    /// The newest entry.
    pub seq: i64,
    /// What can be spent.
    pub balance: i64,
}

/// An entry, as a summary shows it.
#[derive(Clone, Debug)]
pub struct Line {
    /// Whose.
    pub account_id: i64,
    /// Its place in the account.
    pub seq: i64,
    /// Its id.
    pub entry_id: EntryId,
    /// What it is.
    pub kind: EntryKind,
    /// Signed.
    pub points: i64,
    /// What could be spent right after.
    pub balance_after: i64,
    /// When.
    pub recorded_at: Timestamp,
    /// When its points end.
    pub valid_until: Option<Timestamp>,
    /// What the caller called it.
    pub reference: Option<String>,
    /// What the customer reads.
    pub description: Option<String>,
}

#[derive(FromRow)]
struct LineRow {
    account_id: i64,
    seq: i64,
    entry_id: EntryId,
    kind: String,
    points: i64,
    balance_after: i64,
    recorded_at: Timestamp,
    valid_until: Option<Timestamp>,
    reference_id: Option<String>,
    description: Option<String>,
}

impl LineRow {
    fn into_line(self) -> Result<Line, DbError> {
        let kind = EntryKind::parse(&self.kind)
            .map_err(|error| DbError::Damaged(format!("entry {} of account {}: {error}", self.seq, self.account_id)))?;
        Ok(Line {
            account_id: self.account_id,
            seq: self.seq,
            entry_id: self.entry_id,
            kind,
            points: self.points,
            balance_after: self.balance_after,
            recorded_at: self.recorded_at,
            valid_until: self.valid_until,
            reference: self.reference_id,
            description: self.description,
        })
    }
}

/// A customer's account, if it is open.
pub async fn open_account(
    tx: &mut Tx,
    tenant: &TenantId,
    customer: &CustomerId,
    now: Timestamp,
) -> Result<Option<OpenAccount>, DbError> {
    tx.query(GET_OPEN_ACCOUNT).bind(tenant).bind(customer).bind(now).optional().await
}

/// At most `limit` open accounts behind the customer `after`, in the order of customer ids.
pub async fn open_accounts(
    tx: &mut Tx,
    tenant: &TenantId,
    after: &str,
    limit: i64,
    now: Timestamp,
) -> Result<Vec<OpenAccount>, DbError> {
    tx.query(LIST_OPEN_ACCOUNTS).bind(tenant).bind(after).bind(now).bind(limit).all().await
}

/// At most `limit` open accounts behind the first `skip`, in the order of customer ids.
pub async fn open_accounts_from(
    tx: &mut Tx,
    tenant: &TenantId,
    skip: i64,
    limit: i64,
    now: Timestamp,
) -> Result<Vec<OpenAccount>, DbError> {
    tx.query(LIST_OPEN_ACCOUNTS_FROM).bind(tenant).bind(skip).bind(now).bind(limit).all().await
}

/// How many open accounts there are.
pub async fn count_open(db: &Db, tenant: &TenantId) -> Result<i64, DbError> {
    Ok(db.query(COUNT_OPEN_ACCOUNTS).bind(tenant).one::<(i64,)>().await?.0)
}

/// Every entry of the present life of these accounts but the expired ones, and every usage, account by account, the
/// oldest first.
pub async fn history(
    tx: &mut Tx,
    tenant: &TenantId,
    accounts: &[OpenAccount],
) -> Result<(Vec<Line>, Vec<UsageRow>), DbError> {
    if accounts.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let keys: Vec<_> = accounts.iter().map(|a| json!([tenant.as_str(), a.account_id, a.opened_seq])).collect();
    let keys = json!(keys).to_string();
    let lines = tx.query(LIST_ENTRIES_OF_ACCOUNTS).bind(keys.as_str()).all::<LineRow>().await?;
    let lines = lines.into_iter().map(LineRow::into_line).collect::<Result<_, _>>()?;
    let usages = tx.query(LIST_USAGES_OF_ACCOUNTS).bind(keys.as_str()).all().await?;
    Ok((lines, usages))
}
