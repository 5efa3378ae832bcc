//! Opening accounts for a change: locked, with the lots that the change needs.

use serde_json::json;

use super::rows::{AccountRow, LotRow, account_columns};
use crate::{
    domain::{
        ids::{CustomerId, EntryId, TenantId},
        ledger::{
            Account, Lot,
            book::{Book, Loaded},
        },
        time::Timestamp,
    },
    store::{DbError, Tx, sql::statements},
};

/// Lots are fetched by as many at a time: most debits end within the first.
const LOTS_PAGE: i64 = 64;

statements! {
    /// Makes the accounts that are missing.
    Tenant CREATE_ACCOUNTS {
        "INSERT INTO accounts (tenant_id, account_id, customer_id, balance, next_change_at, settled_at, seq,
             opened_seq, open, chain, changed_at, created_at)
         SELECT j.value ->> 0, CAST(j.value ->> 1 AS BIGINT), j.value ->> 2, 0, NULL, CAST(j.value ->> 3 AS BIGINT), 0, 0, "
        lite("0") pg("FALSE") ", '', CAST(j.value ->> 3 AS BIGINT), CAST(j.value ->> 3 AS BIGINT)
         FROM " rows " WHERE TRUE"
        " ON CONFLICT DO NOTHING"
    }
    /// Reads accounts under a lock held to the end of the transaction, in one order for every transaction.
    /// Not FOR UPDATE: it would deadlock with the foreign keys of entries.
    Tenant LOCK_ACCOUNTS {
        "SELECT " [account_columns] "
         FROM " rows "
         JOIN accounts a ON a.tenant_id = j.value ->> 0 AND a.customer_id = j.value ->> 1
         ORDER BY a.tenant_id, a.account_id " pg("FOR NO KEY UPDATE OF a")
    }
    /// Which entry ids are taken, and by what.
    Tenant FIND_ENTRY_IDS {
        "SELECT e.tenant_id, e.entry_id, e.account_id, e.fingerprint, e.seq, e.balance_after
         FROM " rows "
         JOIN entries e ON e.tenant_id = j.value ->> 0 AND e.entry_id = j.value ->> 1"
    }
    Tenant LIST_LOTS {
        "SELECT seq, points, remaining, available_from, valid_until FROM lots
         WHERE tenant_id = $1 AND account_id = $2 AND remaining > 0
           AND (valid_until, seq) > ($3, $4)
         ORDER BY valid_until, seq LIMIT $5"
    }
    Tenant LIST_PENDING_LOTS {
        "SELECT seq, points, remaining, available_from, valid_until FROM lots
         WHERE tenant_id = $1 AND account_id = $2 AND remaining > 0 AND available_from > $3"
    }
    Tenant GET_CANCELLING { "SELECT grace_days, customer_cancel_hours FROM tenants WHERE tenant_id = $1" }
    Tenant GET_LOT {
        "SELECT seq, points, remaining, available_from, valid_until FROM lots
         WHERE tenant_id = $1 AND account_id = $2 AND seq = $3"
    }
}

/// An entry id that is in use.
#[derive(Debug, sqlx::FromRow)]
pub struct TakenId {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The id.
    pub entry_id: EntryId,
    /// The account it belongs to.
    pub account_id: i64,
    /// Of the request that made it.
    pub fingerprint: Option<String>,
    /// Its place in the account.
    pub seq: i64,
    /// The balance after it.
    pub balance_after: i64,
}

/// Makes the accounts of these customers where they are missing, each under the number given and as of the instant
/// given.
pub async fn create_accounts(
    tx: &mut Tx,
    accounts: &[(&TenantId, i64, &CustomerId, Timestamp)],
) -> Result<(), DbError> {
    if accounts.is_empty() {
        return Ok(());
    }
    // Sorted, so that two transactions that make the same accounts wait for each other in one order.
    let mut rows: Vec<_> = accounts.iter().map(|(t, id, c, at)| (t.as_str(), c.as_str(), *id, at.micros())).collect();
    rows.sort_unstable();
    let rows: Vec<_> = rows.iter().map(|(tenant, customer, id, at)| json!([tenant, id, customer, at])).collect();
    tx.query(CREATE_ACCOUNTS).bind(json!(rows).to_string()).run().await.map(drop)
}

/// The accounts of these customers, locked.
pub async fn lock_accounts(tx: &mut Tx, customers: &[(&TenantId, &CustomerId)]) -> Result<Vec<Account>, DbError> {
    let rows: Vec<_> = customers.iter().map(|(tenant, customer)| json!([tenant.as_str(), customer.as_str()])).collect();
    let rows = tx.query(LOCK_ACCOUNTS).bind(json!(rows).to_string()).all::<AccountRow>().await?;
    Ok(rows.into_iter().map(Account::from).collect())
}

/// Which of these entry ids are taken.
pub async fn find_entry_ids(tx: &mut Tx, ids: &[(&TenantId, &EntryId)]) -> Result<Vec<TakenId>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<_> = ids.iter().map(|(tenant, id)| json!([tenant.as_str(), id.as_str()])).collect();
    tx.query(FIND_ENTRY_IDS).bind(json!(rows).to_string()).all().await
}

/// How much of an account a change needs in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Only what a due settlement needs.
    Settlement,
    /// Lots that give so many points.
    Points(i64),
    /// Every lot that has points left.
    Everything,
}

/// Opens the book of a locked account.
pub async fn open_book(tx: &mut Tx, account: Account, need: Need, now: Timestamp) -> Result<Book, DbError> {
    if need == Need::Settlement && !Book::is_due(&account, now) {
        return Ok(Book::open(account, Vec::new(), Loaded::None));
    }
    let wanted = match need {
        Need::Settlement => 0,
        Need::Points(points) => points,
        Need::Everything => i64::MAX,
    };
    let (tenant, id) = (account.tenant.clone(), account.account_id);
    let mut lots: Vec<Lot> = Vec::new();
    let mut spendable = 0_i64;
    let mut after = (Timestamp::from_micros(i64::MIN), 0);
    loop {
        let query = tx.query(LIST_LOTS).bind(&tenant).bind(id).bind(after.0).bind(after.1).bind(LOTS_PAGE);
        let page: Vec<Lot> = query.all::<LotRow>().await?.into_iter().map(Lot::from).collect();
        let complete = i64::try_from(page.len()).is_ok_and(|n| n < LOTS_PAGE);
        if let Some(last) = page.last() {
            after = last.spending_order();
        }
        let live = page.iter().filter(|lot| lot.valid_until > now && lot.has_begun(account.settled_at));
        spendable = spendable.saturating_add(live.map(|lot| lot.remaining).sum());
        lots.extend(page);
        if complete {
            return Ok(Book::open(account, lots, Loaded::All));
        }
        // More than wanted, so that a lot is left which tells when the balance changes next.
        if spendable > wanted {
            break;
        }
    }
    let pending = tx.query(LIST_PENDING_LOTS).bind(&tenant).bind(id).bind(account.settled_at);
    lots.extend(pending.all::<LotRow>().await?.into_iter().map(Lot::from));
    Ok(Book::open(account, lots, Loaded::First))
}

/// One lot, whatever remains of it.
pub async fn get_lot(tx: &mut Tx, tenant: &TenantId, account_id: i64, seq: i64) -> Result<Option<Lot>, DbError> {
    let row = tx.query(GET_LOT).bind(tenant).bind(account_id).bind(seq).optional::<LotRow>().await?;
    Ok(row.map(Lot::from))
}

/// Days that points given back stay usable when their own end has passed, and hours in which customers may cancel.
pub async fn cancelling(tx: &mut Tx, tenant: &TenantId) -> Result<(i64, i64), DbError> {
    tx.query(GET_CANCELLING).bind(tenant).one().await
}
