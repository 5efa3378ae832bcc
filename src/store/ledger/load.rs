//! Opening accounts for a change: locked, with the lots that the change needs.

use std::collections::HashMap;

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

/// Lots of one account are fetched by as many at a time.
const LOTS_PAGE: i64 = 64;
/// As many come first where some points are taken: most debits end within them.
const FIRST_LOTS: i64 = 8;

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
    /// For each account in the rows `[tenant, account, settled_at]`, as JSON: its first `$2` lots in spending order, and
    /// those that are pending.
    Tenant LIST_FIRST_LOTS {
        "SELECT j.value ->> 0, CAST(j.value ->> 1 AS BIGINT),
             (SELECT CAST(" lite("json_group_array(json_array(") pg("json_agg(json_build_array(")
                 "l.seq, l.points, l.remaining, l.available_from, l.valid_until)) AS TEXT)
              FROM (SELECT seq, points, remaining, available_from, valid_until FROM lots
                    WHERE tenant_id = j.value ->> 0 AND account_id = CAST(j.value ->> 1 AS BIGINT) AND remaining > 0
                    ORDER BY valid_until, seq LIMIT $2) AS l),
             (SELECT CAST(" lite("json_group_array(json_array(") pg("json_agg(json_build_array(")
                 "l.seq, l.points, l.remaining, l.available_from, l.valid_until)) AS TEXT)
              FROM lots l
              WHERE l.tenant_id = j.value ->> 0 AND l.account_id = CAST(j.value ->> 1 AS BIGINT) AND l.remaining > 0
                AND l.available_from > CAST(j.value ->> 2 AS BIGINT))
         FROM " rows
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

/// Opens the books of locked accounts, with the lots that each change needs.
pub async fn open_books(tx: &mut Tx, accounts: Vec<(Account, Need)>, now: Timestamp) -> Result<Vec<Book>, DbError> {
    let needs_none = |(account, need): &(Account, Need)| *need == Need::Settlement && !Book::is_due(account, now);
    let (settled, others): (Vec<_>, Vec<_>) = accounts.into_iter().partition(needs_none);
    let mut books: Vec<_> =
        settled.into_iter().map(|(account, _)| Book::open(account, Vec::new(), Loaded::None)).collect();
    let whole = others.iter().any(|(_, need)| *need == Need::Everything);
    let limit = if whole { LOTS_PAGE } else { FIRST_LOTS };
    let mut first = first_lots(tx, &others, limit).await?;
    for (account, need) in others {
        let lots = first.remove(&(account.tenant.clone(), account.account_id)).unwrap_or_default();
        books.push(open_with(tx, account, need, now, lots, limit).await?);
    }
    Ok(books)
}

/// Opens the book of one account.
pub async fn open_book(tx: &mut Tx, account: Account, need: Need, now: Timestamp) -> Result<Book, DbError> {
    let mut books = open_books(tx, vec![(account, need)], now).await?;
    books.pop().ok_or_else(|| DbError::Damaged("an account has no book".to_owned()))
}

/// Lots of an account: the first in spending order, and those that are pending.
type FirstLots = (Vec<Lot>, Vec<Lot>);

async fn first_lots(
    tx: &mut Tx,
    accounts: &[(Account, Need)],
    limit: i64,
) -> Result<HashMap<(TenantId, i64), FirstLots>, DbError> {
    if accounts.is_empty() {
        return Ok(HashMap::new());
    }
    let row = |(a, _): &(Account, Need)| json!([a.tenant.as_str(), a.account_id, a.settled_at.micros()]);
    let rows: Vec<_> = accounts.iter().map(row).collect();
    let query = tx.query(LIST_FIRST_LOTS).bind(json!(rows).to_string()).bind(limit);
    let rows: Vec<(TenantId, i64, Option<String>, Option<String>)> = query.all().await?;
    rows.into_iter().map(|(tenant, id, first, pending)| Ok(((tenant, id), (lots(first)?, lots(pending)?)))).collect()
}

/// Reads `[[seq, points, remaining, available_from, valid_until], ...]`.
fn lots(json: Option<String>) -> Result<Vec<Lot>, DbError> {
    let Some(json) = json else { return Ok(Vec::new()) };
    let rows: Vec<(i64, i64, i64, Option<i64>, i64)> =
        serde_json::from_str(&json).map_err(|error| DbError::Damaged(format!("lots: {error}")))?;
    let lot = |(seq, points, remaining, from, until): (i64, i64, i64, Option<i64>, i64)| Lot {
        seq,
        points,
        remaining,
        available_from: from.map(Timestamp::from_micros),
        valid_until: Timestamp::from_micros(until),
    };
    let mut lots: Vec<Lot> = rows.into_iter().map(lot).collect();
    lots.sort_by_key(Lot::spending_order);
    Ok(lots)
}

/// Opens a book with the lots that are here already, at most `limit` of them, and fetches more as long as they do not
/// suffice.
async fn open_with(
    tx: &mut Tx,
    account: Account,
    need: Need,
    now: Timestamp,
    (mut page, pending): FirstLots,
    mut limit: i64,
) -> Result<Book, DbError> {
    let wanted = match need {
        Need::Settlement => 0,
        Need::Points(points) => points,
        Need::Everything => i64::MAX,
    };
    let (tenant, id) = (account.tenant.clone(), account.account_id);
    let mut lots: Vec<Lot> = Vec::new();
    let mut spendable = 0_i64;
    loop {
        let complete = i64::try_from(page.len()).is_ok_and(|n| n < limit);
        let after = page.last().map(Lot::spending_order);
        let live = page.iter().filter(|lot| lot.valid_until > now && lot.has_begun(account.settled_at));
        spendable = spendable.saturating_add(live.map(|lot| lot.remaining).sum());
        lots.append(&mut page);
        let (Some((until, seq)), false) = (after, complete) else {
            return Ok(Book::open(account, lots, Loaded::All));
        };
        // More than wanted, so that a lot is left which tells when the balance changes next.
        if spendable > wanted {
            break;
        }
        limit = LOTS_PAGE;
        let query = tx.query(LIST_LOTS).bind(&tenant).bind(id).bind(until).bind(seq).bind(limit);
        page = query.all::<LotRow>().await?.into_iter().map(Lot::from).collect();
    }
    lots.extend(pending);
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
