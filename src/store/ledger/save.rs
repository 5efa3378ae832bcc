//! Writing what the books decided: one statement per table for any number of accounts.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    domain::{
        ids::{EntryId, SiteCode, TenantId},
        ledger::{book::Changes, entry::EntryKind},
        time::Timestamp,
    },
    store::{DbError, Tx, day_sums, sql::statements},
};

statements! {
    Tenant INSERT_ENTRIES {
        "INSERT INTO entries (tenant_id, account_id, seq, entry_id, kind, points, balance_after, recorded_at, settled_at,
             available_from, valid_until, site_code, reference_id, description, reason, actor_kind, actor_id, source,
             mends, redemption_id, details, fingerprint, hash)
         SELECT j.value ->> 0, CAST(j.value ->> 1 AS BIGINT), CAST(j.value ->> 2 AS BIGINT), j.value ->> 3,
             j.value ->> 4, CAST(j.value ->> 5 AS BIGINT), CAST(j.value ->> 6 AS BIGINT),
             CAST(j.value ->> 7 AS BIGINT), CAST(j.value ->> 8 AS BIGINT), CAST(j.value ->> 9 AS BIGINT),
             CAST(j.value ->> 10 AS BIGINT), j.value ->> 11, j.value ->> 12, j.value ->> 13, j.value ->> 14,
             j.value ->> 15, j.value ->> 16, j.value ->> 17, j.value ->> 18, j.value ->> 19, j.value ->> 20,
             j.value ->> 21, j.value ->> 22
         FROM " rows
    }
    Tenant INSERT_LOTS {
        "INSERT INTO lots (tenant_id, account_id, seq, points, remaining, available_from, valid_until)
         SELECT j.value ->> 0, CAST(j.value ->> 1 AS BIGINT), CAST(j.value ->> 2 AS BIGINT),
             CAST(j.value ->> 3 AS BIGINT), CAST(j.value ->> 4 AS BIGINT), CAST(j.value ->> 5 AS BIGINT),
             CAST(j.value ->> 6 AS BIGINT)
         FROM " rows
    }
    Tenant INSERT_USAGES {
        "INSERT INTO usages (tenant_id, account_id, seq, lot_seq, points)
         SELECT j.value ->> 0, CAST(j.value ->> 1 AS BIGINT), CAST(j.value ->> 2 AS BIGINT),
             CAST(j.value ->> 3 AS BIGINT), CAST(j.value ->> 4 AS BIGINT)
         FROM " rows
    }
    Tenant TAKE_FROM_LOTS {
        "UPDATE lots SET remaining = remaining - r.taken
         FROM (SELECT j.value ->> 0 AS tenant, CAST(j.value ->> 1 AS BIGINT) AS account,
                   CAST(j.value ->> 2 AS BIGINT) AS lot, CAST(j.value ->> 3 AS BIGINT) AS taken
               FROM " rows ") AS r
         WHERE lots.tenant_id = r.tenant AND lots.account_id = r.account AND lots.seq = r.lot"
    }
    Tenant UPDATE_ACCOUNTS {
        "UPDATE accounts SET balance = r.balance, next_change_at = r.next_change_at, settled_at = r.settled_at,
             seq = r.seq, opened_seq = r.opened_seq, open = r.open = 1, chain = r.chain, changed_at = r.changed_at,
             debt = r.debt
         FROM (SELECT j.value ->> 0 AS tenant, CAST(j.value ->> 1 AS BIGINT) AS account,
                   CAST(j.value ->> 2 AS BIGINT) AS balance, CAST(j.value ->> 3 AS BIGINT) AS next_change_at,
                   CAST(j.value ->> 4 AS BIGINT) AS settled_at, CAST(j.value ->> 5 AS BIGINT) AS seq,
                   CAST(j.value ->> 6 AS BIGINT) AS opened_seq, CAST(j.value ->> 7 AS BIGINT) AS open,
                   j.value ->> 8 AS chain, CAST(j.value ->> 9 AS BIGINT) AS changed_at,
                   CAST(j.value ->> 10 AS BIGINT) AS debt
               FROM " rows ") AS r
         WHERE accounts.tenant_id = r.tenant AND accounts.account_id = r.account"
    }
    Tenant INSERT_NOTE {
        "INSERT INTO entry_notes (tenant_id, account_id, seq, note) VALUES ($1, $2, $3, $4)"
    }
}

fn micros(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::micros)
}

/// Writes what changed in any number of locked accounts.
pub async fn save(tx: &mut Tx, changes: &[Changes]) -> Result<(), DbError> {
    let (mut entries, mut lots, mut usages, mut taken, mut accounts) = (vec![], vec![], vec![], vec![], vec![]);
    for change in changes {
        let account = &change.account;
        let (tenant, id) = (account.tenant.as_str(), account.account_id);
        for e in &change.entries {
            let m = &e.memo;
            entries.push(json!([
                tenant,
                id,
                e.seq,
                e.entry_id.as_str(),
                e.kind.as_str(),
                e.points,
                e.balance_after,
                e.recorded_at.micros(),
                e.settled_at.micros(),
                micros(e.available_from),
                micros(e.valid_until),
                m.site.as_ref().map(SiteCode::as_str),
                m.reference,
                m.description,
                m.reason,
                m.actor.kind.as_str(),
                m.actor.id,
                m.source.as_str(),
                m.mends.as_ref().map(EntryId::as_str),
                m.redemption,
                m.details,
                m.fingerprint,
                e.hash
            ]));
            usages.extend(e.takes.iter().map(|take| json!([tenant, id, e.seq, take.lot_seq, take.points])));
        }
        for l in &change.new_lots {
            let (from, until) = (micros(l.available_from), l.valid_until.micros());
            lots.push(json!([tenant, id, l.seq, l.points, l.remaining, from, until]));
        }
        taken.extend(change.taken.iter().map(|(lot, points)| json!([tenant, id, lot, points])));
        accounts.push(json!([
            tenant,
            id,
            account.balance,
            micros(account.next_change_at),
            account.settled_at.micros(),
            account.seq,
            account.opened_seq,
            i64::from(account.open),
            account.chain,
            account.changed_at.micros(),
            account.debt
        ]));
    }
    for (sql, rows) in [
        (INSERT_ENTRIES, entries),
        (INSERT_LOTS, lots),
        (INSERT_USAGES, usages),
        (TAKE_FROM_LOTS, taken),
        (UPDATE_ACCOUNTS, accounts),
    ] {
        if rows.is_empty() {
            continue;
        }
        tx.query(sql).bind(Value::Array(rows).to_string()).run().await?;
    }
    for (tenant, at) in first_ends(changes) {
        day_sums::take_back(tx, tenant, at).await?;
    }
    Ok(())
}

/// The first instant of each tenant in which points ended, in the order of the tenants: whoever locks several does so in
/// this order.
fn first_ends(changes: &[Changes]) -> BTreeMap<&TenantId, Timestamp> {
    let mut ends = BTreeMap::new();
    for change in changes {
        let ended = change.entries.iter().filter(|entry| entry.kind == EntryKind::Expired);
        for at in ended.map(|entry| entry.recorded_at) {
            ends.entry(&change.account.tenant).and_modify(|first| *first = at.min(*first)).or_insert(at);
        }
    }
    ends
}

/// Keeps an employee's private note to an entry.
pub async fn insert_note(tx: &mut Tx, account: (&str, i64), seq: i64, note: &str) -> Result<(), DbError> {
    tx.query(INSERT_NOTE).bind(account.0).bind(account.1).bind(seq).bind(note).run().await.map(drop)
}
