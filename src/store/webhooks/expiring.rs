//! Points that end soon, and who was told of which.

use serde_json::{Value, json};
use sqlx::FromRow;

use crate::{
    domain::{
        event::Expiring,
        ids::{CustomerId, EntryId, TenantId},
        time::Timestamp,
    },
    store::{Db, DbError, Tx, ledger::rows::balance_at, sql::statements},
};

statements! {
    /// Those with endpoints that take events at present.
    Tenant LIST_TENANTS {
        "SELECT DISTINCT tenant_id FROM webhook_endpoints WHERE paused_at IS NULL AND deleted_at IS NULL
         ORDER BY tenant_id"
    }
    /// Lots that end by `$4`, of which no notice of `$2` days or fewer was given. The balance is as of `$3`.
    Tenant LIST_EXPIRING {
        "SELECT a.account_id, l.seq AS lot_seq, a.customer_id, a.seq AS sequence, " [balance_at] " AS balance,
             l.remaining, n.entry_id, l.valid_until
         FROM lots l
         JOIN accounts a ON a.tenant_id = l.tenant_id AND a.account_id = l.account_id
         JOIN entries n ON n.tenant_id = l.tenant_id AND n.account_id = l.account_id AND n.seq = l.seq
         WHERE l.tenant_id = $1 AND l.remaining > 0 AND l.valid_until > $3 AND l.valid_until <= $4 AND a.open
             AND (l.available_from IS NULL OR l.available_from <= $3)
             AND NOT EXISTS (SELECT 1 FROM expiry_notices x WHERE x.tenant_id = l.tenant_id
                 AND x.account_id = l.account_id AND x.lot_seq = l.seq AND x.days <= $2)
         ORDER BY l.valid_until, l.account_id, l.seq LIMIT $5"
    }
    /// Only those come back of which no notice was given.
    Tenant INSERT_NOTICES {
        "INSERT INTO expiry_notices (tenant_id, account_id, lot_seq, days, created_at)
         SELECT j.value ->> 0, CAST(j.value ->> 1 AS BIGINT), CAST(j.value ->> 2 AS BIGINT),
             CAST(j.value ->> 3 AS BIGINT), CAST(j.value ->> 4 AS BIGINT) FROM " rows "
         WHERE TRUE ON CONFLICT (tenant_id, account_id, lot_seq, days) DO NOTHING RETURNING account_id, lot_seq"
    }
}

#[derive(FromRow)]
struct ExpiringRow {
    account_id: i64,
    lot_seq: i64,
    customer_id: CustomerId,
    sequence: i64,
    balance: i64,
    remaining: i64,
    entry_id: EntryId,
    valid_until: Timestamp,
}

/// Tenants that may want to be told.
pub async fn tenants(db: &Db) -> Result<Vec<TenantId>, DbError> {
    Ok(db.query(LIST_TENANTS).all::<(TenantId,)>().await?.into_iter().map(|(tenant,)| tenant).collect())
}

/// Notes that it is told of at most `limit` lots that end within `days`, and returns what to tell. A lot is told of once
/// for each number of days, and no more with a greater number once it was with a smaller.
pub async fn give_notice(
    tx: &mut Tx,
    tenant: &TenantId,
    days: i64,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Expiring>, DbError> {
    let until = now.plus_secs(days.saturating_mul(86_400));
    let query = tx.query(LIST_EXPIRING).bind(tenant).bind(days).bind(now).bind(until).bind(limit);
    let soon: Vec<ExpiringRow> = query.all().await?;
    if soon.is_empty() {
        return Ok(Vec::new());
    }
    let rows = soon.iter().map(|row| json!([tenant.as_str(), row.account_id, row.lot_seq, days, now.micros()]));
    let rows = Value::Array(rows.collect()).to_string();
    let noted: Vec<(i64, i64)> = tx.query(INSERT_NOTICES).bind(rows).all().await?;
    let own = soon.into_iter().filter(|row| noted.contains(&(row.account_id, row.lot_seq)));
    Ok(own
        .map(|row| Expiring {
            customer: row.customer_id,
            sequence: row.sequence,
            balance: row.balance,
            points: row.remaining,
            entry_id: row.entry_id,
            valid_until: row.valid_until,
            days,
        })
        .collect())
}
