//! The rows that an addition and a redemption write in the product's own tables, with all their indexes, checks and
//! triggers: what `own_schema.sql` does on PostgreSQL. No rules, no chain, no answer to a client.
//!
//! It runs on the file that the benchmark of the product leaves.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, Transaction, params};

use super::{ACCOUNTS, REDEEMERS, YEAR_MICROS, id, micros, open, repeat};

const CHANGE: &str = "
    UPDATE accounts SET balance = balance + ?2, seq = seq + 1, changed_at = ?3, settled_at = ?3,
        next_change_at = coalesce(next_change_at, ?4), chain = ?5
    WHERE tenant_id = 'bench' AND customer_id = ?1 AND open RETURNING account_id, seq, balance";
const INSERT_ENTRY: &str = "
    INSERT INTO entries (tenant_id, account_id, seq, entry_id, kind, points, balance_after, recorded_at, settled_at,
        valid_until, actor_kind, actor_id, source, redemption_id, hash)
    VALUES ('bench', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, 'system', 'plain', 'api', ?9, ?10)";
const INSERT_LOT: &str = "
    INSERT INTO lots (tenant_id, account_id, seq, points, remaining, valid_until) VALUES ('bench', ?1, ?2, 5, 5, ?3)";
const LOTS: &str = "
    SELECT seq, remaining FROM lots WHERE tenant_id = 'bench' AND account_id = ?1 AND remaining > 0
    ORDER BY valid_until, seq";
const TAKE: &str = "
    UPDATE lots SET remaining = remaining - ?3 WHERE tenant_id = 'bench' AND account_id = ?1 AND seq = ?2";
const INSERT_USAGE: &str =
    "INSERT INTO usages (tenant_id, account_id, seq, lot_seq, points) VALUES ('bench', ?1, ?2, ?3, ?4)";
const INSERT_COUPON: &str = "
    INSERT INTO coupons (tenant_id, code, name, discount_type, discount_amount, discount_currency, allow_anonymous,
        max_redemptions, max_redemptions_per_customer, restrictions, issued_to, redemption_id, redemption_count, version,
        created_at, modified_at, name_search)
    VALUES ('bench', ?1, '1 EUR', 'ABSOLUTE', '1', 'EUR', FALSE, 1, -1, '{}', ?2, ?3, 0, 0, ?4, ?4, '1 eur')";
const INSERT_REDEMPTION: &str = "
    INSERT INTO redemptions (tenant_id, redemption_id, account_id, seq, option_id, option_version, points, code, site_code,
        created_at)
    VALUES ('bench', ?1, ?2, ?3, ?4, 1, 150, ?5, 'main', ?6)";
/// As long as a hash of the chain.
const HASH: &str = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

/// Additions and redemptions per second.
pub(crate) fn run(file: &Path, time: Duration) -> (f64, f64) {
    let mut db: Connection = open(file);
    (repeat(&mut db, time, add), repeat(&mut db, time, redeem))
}

/// A movement of an account, as its entry tells it.
struct Movement<'a> {
    customer: &'a str,
    kind: &'a str,
    points: i64,
    at: i64,
    until: Option<i64>,
    redemption: Option<&'a str>,
}

/// Moves the points; the account's id and the entry's number.
fn change(tx: &Transaction<'_>, m: &Movement<'_>) -> rusqlite::Result<(i64, i64)> {
    let (account, seq, balance): (i64, i64, i64) =
        tx.prepare_cached(CHANGE)?.query_row(params![m.customer, m.points, m.at, m.until, HASH], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    tx.prepare_cached(INSERT_ENTRY)?.execute(params![
        account,
        seq,
        id(),
        m.kind,
        m.points,
        balance,
        m.at,
        m.until,
        m.redemption,
        HASH
    ])?;
    Ok((account, seq))
}

fn add(tx: &Transaction<'_>, n: i64) -> rusqlite::Result<()> {
    let (customer, at) = (format!("A{}", n % ACCOUNTS), micros());
    let until = at + YEAR_MICROS;
    let movement = Movement { customer: &customer, kind: "added", points: 5, at, until: Some(until), redemption: None };
    let (account, seq) = change(tx, &movement)?;
    tx.prepare_cached(INSERT_LOT)?.execute(params![account, seq, until])?;
    Ok(())
}

fn redeem(tx: &Transaction<'_>, n: i64) -> rusqlite::Result<()> {
    let (customer, redemption, at) = (format!("R{}", n % REDEEMERS), id(), micros());
    let option: String = tx
        .prepare_cached("SELECT option_id FROM options WHERE tenant_id = 'bench'")?
        .query_row([], |row| row.get(0))?;
    let redemption = redemption.as_str();
    let movement =
        Movement { customer: &customer, kind: "redeemed", points: -150, at, until: None, redemption: Some(redemption) };
    let (account, seq) = change(tx, &movement)?;
    for (lot, took) in lots_for(tx, account, 150)? {
        tx.prepare_cached(TAKE)?.execute(params![account, lot, took])?;
        tx.prepare_cached(INSERT_USAGE)?.execute(params![account, seq, lot, took])?;
    }
    let code = id();
    tx.prepare_cached(INSERT_COUPON)?.execute(params![code, customer, redemption, at])?;
    tx.prepare_cached(INSERT_REDEMPTION)?.execute(params![redemption, account, seq, option, code, at])?;
    Ok(())
}

/// The lots that give `due` points, oldest first: number and points of each.
fn lots_for(tx: &Transaction<'_>, account: i64, mut due: i64) -> rusqlite::Result<Vec<(i64, i64)>> {
    let mut statement = tx.prepare_cached(LOTS)?;
    let mut rows = statement.query([account])?;
    let mut lots = Vec::new();
    while due > 0
        && let Some(row) = rows.next()?
    {
        let (lot, remaining): (i64, i64) = (row.get(0)?, row.get(1)?);
        lots.push((lot, due.min(remaining)));
        due -= due.min(remaining);
    }
    Ok(lots)
}
