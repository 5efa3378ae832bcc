//! What plain SQL on SQLite reaches in one process: the baseline of adding and redeeming points.
//!
//! One connection, prepared statements one after another, 64 operations in a transaction, synced on commit: in a schema
//! with nothing but what the operation needs, that of `baseline.sql`, and, in `own_schema`, in the product's own tables.

use std::{
    fmt::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use rusqlite::{Connection, Transaction, params};

use crate::load::AT_ONCE;

mod own_schema;
pub(crate) use own_schema::run as run_in_own_schema;

const ACCOUNTS: i64 = 10_000;
const REDEEMERS: i64 = 256;
const YEAR_MICROS: i64 = 365 * 86_400 * 1_000_000;

const PRAGMAS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 16000;
    PRAGMA cache_size = -16384;
    PRAGMA temp_store = MEMORY;
    PRAGMA foreign_keys = ON;
";

const SCHEMA: &str = "
    CREATE TABLE accounts (account INTEGER PRIMARY KEY, balance INTEGER NOT NULL CHECK (balance >= 0),
        seq INTEGER NOT NULL) STRICT;
    CREATE TABLE entries (account INTEGER NOT NULL REFERENCES accounts, seq INTEGER NOT NULL, entry_id TEXT NOT NULL UNIQUE,
        points INTEGER NOT NULL, balance_after INTEGER NOT NULL, recorded_at INTEGER NOT NULL,
        PRIMARY KEY (account, seq)) STRICT, WITHOUT ROWID;
    CREATE TABLE lots (account INTEGER NOT NULL REFERENCES accounts, seq INTEGER NOT NULL, points INTEGER NOT NULL,
        remaining INTEGER NOT NULL, valid_until INTEGER NOT NULL, PRIMARY KEY (account, seq)) STRICT, WITHOUT ROWID;
    CREATE INDEX lots_to_spend ON lots (account, valid_until, seq) WHERE remaining > 0;
    CREATE TABLE usages (account INTEGER NOT NULL, seq INTEGER NOT NULL, lot_seq INTEGER NOT NULL, points INTEGER NOT NULL,
        PRIMARY KEY (account, seq, lot_seq)) STRICT, WITHOUT ROWID;
    CREATE TABLE coupons (code TEXT PRIMARY KEY, account INTEGER NOT NULL, seq INTEGER NOT NULL,
        UNIQUE (account, seq)) STRICT, WITHOUT ROWID;
    CREATE TABLE keys (key TEXT PRIMARY KEY, answer TEXT NOT NULL) STRICT, WITHOUT ROWID;
    WITH n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 9999) INSERT INTO accounts SELECT n, 100, 1 FROM n;
    WITH n (n) AS (SELECT 10000 UNION ALL SELECT n + 1 FROM n WHERE n < 10255)
        INSERT INTO accounts SELECT n, 4000000, 40 FROM n;
    WITH n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 40)
        INSERT INTO entries SELECT account, n, hex(randomblob(16)), 1, 1, 0 FROM accounts JOIN n ON n <= seq;
    WITH n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 40)
        INSERT INTO lots SELECT account, n, balance / seq, balance / seq, 9000000000000000 + n
            FROM accounts JOIN n ON n <= seq;
";

/// What is measured, for one of 64 in a transaction.
type Work = fn(&Transaction<'_>, i64) -> rusqlite::Result<()>;

/// Additions and redemptions per second.
pub(crate) fn run(file: &Path, time: Duration) -> (f64, f64) {
    let mut db = open(file);
    db.execute_batch(SCHEMA).unwrap();
    (repeat(&mut db, time, add), repeat(&mut db, time, redeem))
}

fn open(file: &Path) -> Connection {
    let db = Connection::open(file).unwrap();
    db.execute_batch(PRAGMAS).unwrap();
    db.set_prepared_statement_cache_capacity(32);
    db
}

fn repeat(db: &mut Connection, time: Duration, work: Work) -> f64 {
    let begun = Instant::now();
    let mut done: u32 = 0;
    while begun.elapsed() < time {
        let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
        for _ in 0..AT_ONCE {
            work(&tx, i64::from(done) * 7_919).unwrap();
            done += 1;
        }
        tx.commit().unwrap();
    }
    f64::from(done) / begun.elapsed().as_secs_f64()
}

/// The account with its balance and number changed by `points`.
fn change(tx: &Transaction<'_>, account: i64, points: i64) -> rusqlite::Result<(i64, i64)> {
    let sql = "UPDATE accounts SET balance = balance + ?2, seq = seq + 1 WHERE account = ?1 RETURNING balance, seq";
    let (balance, seq) =
        tx.prepare_cached(sql)?.query_row(params![account, points], |row| Ok((row.get(0)?, row.get(1)?)))?;
    tx.prepare_cached("INSERT INTO entries VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(params![
        account,
        seq,
        id(),
        points,
        balance,
        micros()
    ])?;
    Ok((balance, seq))
}

fn add(tx: &Transaction<'_>, n: i64) -> rusqlite::Result<()> {
    let account = n % ACCOUNTS;
    let (balance, seq) = change(tx, account, 5)?;
    tx.prepare_cached("INSERT INTO lots VALUES (?1, ?2, 5, 5, ?3)")?.execute(params![
        account,
        seq,
        micros() + YEAR_MICROS
    ])?;
    keep(tx, &balance.to_string())
}

fn redeem(tx: &Transaction<'_>, n: i64) -> rusqlite::Result<()> {
    let account = ACCOUNTS + n % REDEEMERS;
    let (_, seq) = change(tx, account, -150)?;
    let mut due = 150;
    let sql = "SELECT seq, remaining FROM lots WHERE account = ?1 AND remaining > 0 ORDER BY valid_until, seq";
    let mut lots = Vec::new();
    {
        let mut statement = tx.prepare_cached(sql)?;
        let mut rows = statement.query([account])?;
        while let Some(row) = rows.next()? {
            let (lot, remaining): (i64, i64) = (row.get(0)?, row.get(1)?);
            let took = due.min(remaining);
            lots.push((lot, took));
            due -= took;
            if due == 0 {
                break;
            }
        }
    }
    for (lot, took) in lots {
        tx.prepare_cached("UPDATE lots SET remaining = remaining - ?3 WHERE account = ?1 AND seq = ?2")?
            .execute(params![account, lot, took])?;
        tx.prepare_cached("INSERT INTO usages VALUES (?1, ?2, ?3, ?4)")?.execute(params![account, seq, lot, took])?;
    }
    let code = id();
    tx.prepare_cached("INSERT INTO coupons VALUES (?1, ?2, ?3)")?.execute(params![code, account, seq])?;
    keep(tx, &code)
}

/// Keeps the answer under the key of the request.
fn keep(tx: &Transaction<'_>, answer: &str) -> rusqlite::Result<()> {
    tx.prepare_cached("INSERT INTO keys VALUES (?1, ?2)")?.execute(params![id(), answer])?;
    Ok(())
}

fn id() -> String {
    let mut text = String::with_capacity(32);
    write!(text, "{:032x}", rand::random::<u128>()).unwrap();
    text
}

fn micros() -> i64 {
    chrono::Utc::now().timestamp_micros()
}
