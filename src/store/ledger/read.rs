//! Reading balances and summaries.

use std::collections::{BTreeSet, HashMap};

use serde::de::DeserializeOwned;
use serde_json::json;

use super::rows::{AccountRow, EntryRow, LotRow, UsageRow, account_columns, balance_at, balance_at_2, entry_columns};
use crate::{
    domain::{
        ids::{CustomerId, EntryId, TenantId},
        ledger::{
            Account, Lot,
            entry::{Entry, Take},
        },
        time::Timestamp,
    },
    store::{Db, DbError, Tx, sql::statements},
};

statements! {
    Tenant GET_BALANCE {
        "SELECT " [balance_at] " FROM accounts a WHERE a.tenant_id = $1 AND a.customer_id = $2 AND a.open"
    }
    /// For the rows `[tenant, customer, n]`, in one row of JSON, as SQLite's driver hands every row from one thread to
    /// another: `[[n, balance as written, when it changes next], ...]`, both `null` without an open account. The rows stand
    /// in a query of their own so that PostgreSQL does not count them: it would plan anew for each content, which takes
    /// longer than the rest.
    Tenant LIST_BALANCES {
        "SELECT CAST(" lite("json_group_array(json_array(") pg("json_agg(json_build_array(")
             "CAST(j.value ->> 2 AS BIGINT),
             " lite("json((SELECT json_array(") pg("((SELECT json_build_array(") "a.balance, a.next_change_at)
              FROM accounts a WHERE a.tenant_id = j.value ->> 0 AND a.customer_id = j.value ->> 1 AND a.open)))) AS TEXT)
         FROM " lite("json_each($1)") pg("jsonb_array_elements((SELECT CAST(CAST($1 AS TEXT) AS JSONB)))") " AS j"
         pg("(value)")
    }
    /// The same rows for accounts whose time may have come: `[[n, what can be spent at $2], ...]`.
    Tenant LIST_DUE_BALANCES {
        "SELECT CAST(" lite("json_group_array(json_array(") pg("json_agg(json_build_array(")
             "CAST(j.value ->> 2 AS BIGINT),
             (SELECT " [balance_at_2] "
              FROM accounts a WHERE a.tenant_id = j.value ->> 0 AND a.customer_id = j.value ->> 1 AND a.open))) AS TEXT)
         FROM " rows
    }
    /// What could be spent at `$3`: the lots that were there, had begun and had not ended, less what had been taken
    /// from them by then.
    Tenant GET_PAST_BALANCE {
        "SELECT CAST(COALESCE((SELECT SUM(l.points) FROM lots l
                 JOIN entries e ON e.tenant_id = l.tenant_id AND e.account_id = l.account_id AND e.seq = l.seq
                 WHERE l.tenant_id = a.tenant_id AND l.account_id = a.account_id AND l.seq > a.opened_seq
                   AND e.recorded_at <= $3 AND l.valid_until > $3
                   AND (l.available_from IS NULL OR l.available_from <= $3)), 0)
             - COALESCE((SELECT SUM(u.points) FROM usages u
                 JOIN entries e ON e.tenant_id = u.tenant_id AND e.account_id = u.account_id AND e.seq = u.seq
                 JOIN lots l ON l.tenant_id = u.tenant_id AND l.account_id = u.account_id AND l.seq = u.lot_seq
                 WHERE u.tenant_id = a.tenant_id AND u.account_id = a.account_id AND u.lot_seq > a.opened_seq
                   AND e.recorded_at <= $3 AND l.valid_until > $3
                   AND (l.available_from IS NULL OR l.available_from <= $3)), 0) AS BIGINT)
         FROM accounts a WHERE a.tenant_id = $1 AND a.customer_id = $2 AND a.open"
    }
    Tenant GET_ACCOUNT {
        "SELECT " [account_columns] " FROM accounts a WHERE a.tenant_id = $1 AND a.customer_id = $2"
    }
    Tenant LIST_ENTRIES {
        "SELECT " [entry_columns] " FROM entries e
         WHERE e.tenant_id = $1 AND e.account_id = $2 AND e.seq > $3 ORDER BY e.seq LIMIT $4"
    }
    Tenant GET_ENTRY_BY_ID {
        "SELECT " [entry_columns] " FROM entries e
         WHERE e.tenant_id = $1 AND e.entry_id = $3 AND e.account_id = $2"
    }
    Tenant LIST_ENTRY_IDS {
        "SELECT e.seq, e.entry_id
         FROM " rows "
         JOIN entries e ON e.tenant_id = j.value ->> 0 AND e.account_id = CAST(j.value ->> 1 AS BIGINT)
           AND e.seq = CAST(j.value ->> 2 AS BIGINT)"
    }
    Tenant FIND_MENDING {
        "SELECT e.seq FROM entries e WHERE e.tenant_id = $1 AND e.account_id = $2 AND e.mends = $3 LIMIT 1"
    }
    Tenant LIST_USAGES {
        "SELECT account_id, seq, lot_seq, points FROM usages
         WHERE tenant_id = $1 AND account_id = $2 AND seq > $3 AND seq <= $4 ORDER BY seq, lot_seq"
    }
    Tenant LIST_ALL_LOTS {
        "SELECT seq, points, remaining, available_from, valid_until FROM lots
         WHERE tenant_id = $1 AND account_id = $2 AND seq > $3 ORDER BY seq"
    }
    Tenant LIST_LIVE_LOTS {
        "SELECT seq, points, remaining, available_from, valid_until FROM lots
         WHERE tenant_id = $1 AND account_id = $2 AND remaining > 0 AND valid_until > $3 ORDER BY valid_until, seq"
    }
    Tenant LIST_ACCOUNTS {
        "SELECT " [account_columns] " FROM accounts a
         WHERE a.tenant_id = $1 AND a.customer_id > $2 ORDER BY a.customer_id LIMIT $3"
    }
}

/// What the customer can spend at `now`; `None` without an open account.
pub async fn balance(
    db: &Db,
    tenant: &TenantId,
    customer: &CustomerId,
    now: Timestamp,
) -> Result<Option<i64>, DbError> {
    let row = db.query(GET_BALANCE).bind(tenant).bind(customer).bind(now).optional::<(i64,)>().await?;
    Ok(row.map(|(balance,)| balance))
}

/// A balance as written, and when it changes next by itself.
type Written = (i64, Option<i64>);

/// What each of these customers can spend at `now`, in their order; `None` without an open account.
pub async fn balances(
    db: &Db,
    customers: &[(&TenantId, &CustomerId)],
    now: Timestamp,
) -> Result<Vec<Option<i64>>, DbError> {
    if customers.is_empty() {
        return Ok(Vec::new());
    }
    let row = |n: usize| customers.get(n).map(|(tenant, customer)| json!([tenant.as_str(), customer.as_str(), n]));
    let rows: Vec<_> = (0..customers.len()).filter_map(row).collect();
    let (found,): (String,) = db.query(LIST_BALANCES).bind(json!(rows).to_string()).one().await?;
    let found: Vec<(usize, Option<Written>)> = from_json(&found)?;
    let (mut balances, mut due) = (vec![None; customers.len()], Vec::new());
    for (n, account) in found {
        let (Some(place), Some((written, next_change))) = (balances.get_mut(n), account) else { continue };
        if next_change.is_none_or(|at| at > now.micros()) {
            *place = Some(written);
        } else {
            due.extend(row(n));
        }
    }
    if due.is_empty() {
        return Ok(balances);
    }
    let (found,): (String,) = db.query(LIST_DUE_BALANCES).bind(json!(due).to_string()).bind(now).one().await?;
    let found: Vec<(usize, Option<i64>)> = from_json(&found)?;
    for (n, balance) in found {
        if let Some(place) = balances.get_mut(n) {
            *place = balance;
        }
    }
    Ok(balances)
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, DbError> {
    serde_json::from_str(text).map_err(|error| DbError::Damaged(format!("balances: {error}")))
}

/// What the customer could spend at `at`, in the present life of the account; `None` without an open account.
pub async fn past_balance(
    db: &Db,
    tenant: &TenantId,
    customer: &CustomerId,
    at: Timestamp,
) -> Result<Option<i64>, DbError> {
    let row = db.query(GET_PAST_BALANCE).bind(tenant).bind(customer).bind(at).optional::<(i64,)>().await?;
    Ok(row.map(|(balance,)| balance))
}

/// [`balance`] inside a snapshot.
pub async fn balance_in(
    tx: &mut Tx,
    tenant: &TenantId,
    customer: &CustomerId,
    now: Timestamp,
) -> Result<Option<i64>, DbError> {
    let row = tx.query(GET_BALANCE).bind(tenant).bind(customer).bind(now).optional::<(i64,)>().await?;
    Ok(row.map(|(balance,)| balance))
}

/// A customer's account, open or closed.
pub async fn account(tx: &mut Tx, tenant: &TenantId, customer: &CustomerId) -> Result<Option<Account>, DbError> {
    Ok(tx.query(GET_ACCOUNT).bind(tenant).bind(customer).optional::<AccountRow>().await?.map(Account::from))
}

/// A page of accounts in the order of customer ids, open and closed, beginning behind `after`.
pub async fn accounts(tx: &mut Tx, tenant: &TenantId, after: &str, limit: i64) -> Result<Vec<Account>, DbError> {
    let rows = tx.query(LIST_ACCOUNTS).bind(tenant).bind(after).bind(limit).all::<AccountRow>().await?;
    Ok(rows.into_iter().map(Account::from).collect())
}

/// At most `limit` entries of an account behind `after`, oldest first, each with the lots it took from.
pub async fn entries(
    tx: &mut Tx,
    tenant: &TenantId,
    account_id: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<Entry>, DbError> {
    let query = tx.query(LIST_ENTRIES).bind(tenant).bind(account_id).bind(after).bind(limit);
    let rows = query.all::<EntryRow>().await?;
    let last = after.saturating_add(limit);
    let query = tx.query(LIST_USAGES).bind(tenant).bind(account_id).bind(after).bind(last);
    let usages = query.all::<UsageRow>().await?;
    join(rows, &usages)
}

/// Puts usages beside their entries; both are ordered by `seq`.
pub(crate) fn join(rows: Vec<EntryRow>, usages: &[UsageRow]) -> Result<Vec<Entry>, DbError> {
    let mut by_entry = HashMap::<(i64, i64), Vec<Take>>::new();
    for usage in usages {
        let take = Take { lot_seq: usage.lot_seq, points: usage.points };
        by_entry.entry((usage.account_id, usage.seq)).or_default().push(take);
    }
    let takes = |row: &EntryRow| (row.account_id, row.seq());
    rows.into_iter()
        .map(|row| {
            let takes = by_entry.remove(&takes(&row)).unwrap_or_default();
            row.into_entry(takes)
        })
        .collect()
}

/// Every lot of an account behind `after`, in the order in which they began.
pub async fn lots(tx: &mut Tx, tenant: &TenantId, account_id: i64, after: i64) -> Result<Vec<Lot>, DbError> {
    let rows = tx.query(LIST_ALL_LOTS).bind(tenant).bind(account_id).bind(after).all::<LotRow>().await?;
    Ok(rows.into_iter().map(Lot::from).collect())
}

/// The lots that have points left at `now`, pending ones too, in spending order.
pub async fn live_lots(tx: &mut Tx, tenant: &TenantId, account_id: i64, now: Timestamp) -> Result<Vec<Lot>, DbError> {
    let rows = tx.query(LIST_LIVE_LOTS).bind(tenant).bind(account_id).bind(now).all::<LotRow>().await?;
    Ok(rows.into_iter().map(Lot::from).collect())
}

/// An entry of an account, by its id.
pub async fn entry_by_id(
    tx: &mut Tx,
    tenant: &TenantId,
    account_id: i64,
    entry_id: &EntryId,
) -> Result<Option<Entry>, DbError> {
    let query = tx.query(GET_ENTRY_BY_ID).bind(tenant).bind(account_id).bind(entry_id);
    let Some(row) = query.optional::<EntryRow>().await? else { return Ok(None) };
    let seq = row.seq();
    let query = tx.query(LIST_USAGES).bind(tenant).bind(account_id).bind(seq - 1).bind(seq);
    let usages = query.all::<UsageRow>().await?;
    Ok(join(vec![row], &usages)?.pop())
}

/// Whether an entry mends this one.
pub async fn is_mended(tx: &mut Tx, tenant: &TenantId, account_id: i64, entry_id: &EntryId) -> Result<bool, DbError> {
    let row = tx.query(FIND_MENDING).bind(tenant).bind(account_id).bind(entry_id).optional::<(i64,)>().await?;
    Ok(row.is_some())
}

/// The ids of the entries in these places of an account.
pub async fn entry_ids(
    tx: &mut Tx,
    tenant: &TenantId,
    account_id: i64,
    places: BTreeSet<i64>,
) -> Result<HashMap<i64, EntryId>, DbError> {
    if places.is_empty() {
        return Ok(HashMap::new());
    }
    let keys: Vec<_> = places.into_iter().map(|seq| json!([tenant.as_str(), account_id, seq])).collect();
    let rows = tx.query(LIST_ENTRY_IDS).bind(json!(keys).to_string()).all::<(i64, EntryId)>().await?;
    Ok(rows.into_iter().collect())
}
