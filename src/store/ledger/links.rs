//! Where the points of entries came from and went to.

use serde_json::json;
use sqlx::FromRow;

use crate::{
    domain::{ids::TenantId, ledger::entry::EntryKind, time::Timestamp},
    store::{DbError, Tx, sql::statements},
};

statements! {
    /// From which lots some entries took: `$1` account and place of each, `$2` the tenant, `$3` lots told of each.
    Tenant LIST_TAKEN {
        "SELECT account_id, seq, other_seq, points, place, times, until, kind, description, reference_id, recorded_at
         FROM (SELECT u.account_id, u.seq, u.lot_seq AS other_seq, u.points, l.valid_until AS until, e.kind,
                 e.description, e.reference_id, e.recorded_at,
                 ROW_NUMBER() OVER (PARTITION BY u.account_id, u.seq ORDER BY l.valid_until, u.lot_seq) AS place,
                 COUNT(*) OVER (PARTITION BY u.account_id, u.seq) AS times
             FROM " rows "
             JOIN usages u ON u.tenant_id = $2 AND u.account_id = CAST(j.value ->> 0 AS BIGINT)
                 AND u.seq = CAST(j.value ->> 1 AS BIGINT)
             JOIN lots l ON l.tenant_id = u.tenant_id AND l.account_id = u.account_id AND l.seq = u.lot_seq
             JOIN entries e ON e.tenant_id = u.tenant_id AND e.account_id = u.account_id AND e.seq = u.lot_seq) AS told
         WHERE place <= $3 ORDER BY account_id, seq, place"
    }
    /// Which entries took from the lots of some entries.
    Tenant LIST_TAKERS {
        "SELECT account_id, seq, other_seq, points, place, times, until, kind, description, reference_id, recorded_at
         FROM (SELECT u.account_id, u.lot_seq AS seq, u.seq AS other_seq, u.points, CAST(NULL AS BIGINT) AS until,
                 e.kind, e.description, e.reference_id, e.recorded_at,
                 ROW_NUMBER() OVER (PARTITION BY u.account_id, u.lot_seq ORDER BY u.seq) AS place,
                 COUNT(*) OVER (PARTITION BY u.account_id, u.lot_seq) AS times
             FROM " rows "
             JOIN usages u ON u.tenant_id = $2 AND u.account_id = CAST(j.value ->> 0 AS BIGINT)
                 AND u.lot_seq = CAST(j.value ->> 1 AS BIGINT)
             JOIN entries e ON e.tenant_id = u.tenant_id AND e.account_id = u.account_id AND e.seq = u.seq) AS told
         WHERE place <= $3 ORDER BY account_id, seq, place"
    }
    /// The crediting entries of some lots of an account: `$1` their places, `$2` the tenant, `$3` the account.
    Tenant LIST_ORIGINS {
        "SELECT e.account_id, e.seq, e.seq AS other_seq, l.remaining AS points, CAST(1 AS BIGINT) AS place,
             CAST(1 AS BIGINT) AS times, l.valid_until AS until, e.kind, e.description, e.reference_id, e.recorded_at
         FROM " rows "
         JOIN entries e ON e.tenant_id = $2 AND e.account_id = $3 AND e.seq = CAST(j.value ->> 0 AS BIGINT)
         JOIN lots l ON l.tenant_id = e.tenant_id AND l.account_id = e.account_id AND l.seq = e.seq"
    }
}

/// What kind of entry a row holds.
pub(super) fn kind_of(text: &str) -> Result<EntryKind, DbError> {
    EntryKind::parse(text).map_err(|error| DbError::Damaged(error.message().to_owned()))
}

/// The other side of a usage: the lot that an entry took from, or the entry that took from a lot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The account and the entry that this is told beside.
    pub beside: (i64, i64),
    /// The place of the other entry in the account.
    pub seq: i64,
    /// How many points.
    pub points: i64,
    /// How many such links there are in all.
    pub times: i64,
    /// When the lot ends.
    pub until: Option<Timestamp>,
    /// What the other entry is.
    pub kind: EntryKind,
    /// What the customer reads of it.
    pub description: Option<String>,
    /// What the caller called it.
    pub reference: Option<String>,
    /// When it was recorded.
    pub at: Timestamp,
}

#[derive(FromRow)]
struct LinkRow {
    account_id: i64,
    seq: i64,
    other_seq: i64,
    points: i64,
    times: i64,
    until: Option<Timestamp>,
    kind: String,
    description: Option<String>,
    reference_id: Option<String>,
    recorded_at: Timestamp,
}

fn links(rows: Vec<LinkRow>) -> Result<Vec<Link>, DbError> {
    let link = |row: LinkRow| {
        Ok(Link {
            beside: (row.account_id, row.seq),
            seq: row.other_seq,
            points: row.points,
            times: row.times,
            until: row.until,
            kind: kind_of(&row.kind)?,
            description: row.description,
            reference: row.reference_id,
            at: row.recorded_at,
        })
    };
    rows.into_iter().map(link).collect()
}

/// From which lots the entries at these places took, at most `most` for each.
pub async fn taken(tx: &mut Tx, tenant: &TenantId, places: &[(i64, i64)], most: i64) -> Result<Vec<Link>, DbError> {
    links(tx.query(LIST_TAKEN).bind(json!(places).to_string()).bind(tenant).bind(most).all().await?)
}

/// Which entries took from the lots of the entries at these places, at most `most` for each.
pub async fn takers(tx: &mut Tx, tenant: &TenantId, places: &[(i64, i64)], most: i64) -> Result<Vec<Link>, DbError> {
    links(tx.query(LIST_TAKERS).bind(json!(places).to_string()).bind(tenant).bind(most).all().await?)
}

/// The crediting entries of some lots of an account; `points` is what remains of each.
pub async fn origins(tx: &mut Tx, tenant: &TenantId, account_id: i64, lots: &[i64]) -> Result<Vec<Link>, DbError> {
    let places: Vec<[i64; 1]> = lots.iter().map(|seq| [*seq]).collect();
    links(tx.query(LIST_ORIGINS).bind(json!(places).to_string()).bind(tenant).bind(account_id).all().await?)
}
