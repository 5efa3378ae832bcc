//! First answers to requests that named an Idempotency-Key, kept to be given again.

use serde_json::{Value, json};

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{ids::TenantId, time::Timestamp};

statements! {
    /// Claims the key. No row is written when the key is taken; on PostgreSQL a second claimer waits for the first.
    Tenant CLAIM_KEY {
        "INSERT INTO idempotency_keys (tenant_id, caller, key, fingerprint, status, body, created_at)
         VALUES ($1, $2, $3, $4, 0, '', $5)
         ON CONFLICT (tenant_id, caller, key) DO NOTHING"
    }
    /// Keeps the answers of effects that were decided before their keys were claimed.
    Tenant KEEP_ANSWERS {
        "INSERT INTO idempotency_keys (tenant_id, caller, key, fingerprint, status, body, created_at)
         SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, CAST(j.value ->> 4 AS BIGINT),
             j.value ->> 5, $2
         FROM " rows " WHERE TRUE
         ON CONFLICT (tenant_id, caller, key) DO NOTHING"
    }
    Tenant FIND_KEYS {
        "SELECT k.tenant_id, k.caller, k.key, k.fingerprint, k.status, k.body
         FROM " rows "
         JOIN idempotency_keys k ON k.tenant_id = j.value ->> 0 AND k.caller = j.value ->> 1 AND k.key = j.value ->> 2"
    }
    Tenant FIND_KEY {
        "SELECT fingerprint, status, body FROM idempotency_keys WHERE tenant_id = $1 AND caller = $2 AND key = $3"
    }
    Tenant FINISH_KEY {
        "UPDATE idempotency_keys SET status = $4, body = $5 WHERE tenant_id = $1 AND caller = $2 AND key = $3"
    }
}

/// What a claimed key turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// New: do the work, then [`finish`], in the same transaction.
    Claimed,
    /// The same request was answered before: give this answer again.
    Replay {
        /// The first answer's status.
        status: u16,
        /// The first answer's body.
        body: String,
    },
    /// The key belongs to another request.
    Mismatch,
}

/// Claims a key within the transaction of the effect. A transaction that is rolled back leaves the key free.
pub async fn claim(
    tx: &mut Tx,
    tenant: &TenantId,
    caller: &str,
    key: &str,
    fingerprint: &str,
    now: Timestamp,
) -> Result<Claim, DbError> {
    let claimed = tx.query(CLAIM_KEY).bind(tenant).bind(caller).bind(key).bind(fingerprint).bind(now).run().await?;
    if claimed > 0 {
        return Ok(Claim::Claimed);
    }
    let row = tx.query(FIND_KEY).bind(tenant).bind(caller).bind(key).one().await?;
    Ok(judge(fingerprint, row))
}

/// Looks a key up without claiming it: for answering again where the effect has its own key.
pub async fn find(
    db: &Db,
    tenant: &TenantId,
    caller: &str,
    key: &str,
    fingerprint: &str,
) -> Result<Option<Claim>, DbError> {
    let row = db.query(FIND_KEY).bind(tenant).bind(caller).bind(key).optional().await?;
    Ok(row.map(|row| judge(fingerprint, row)))
}

fn judge(fingerprint: &str, (first, status, body): (String, i64, String)) -> Claim {
    if first == fingerprint {
        Claim::Replay { status: u16::try_from(status).unwrap_or_default(), body }
    } else {
        Claim::Mismatch
    }
}

/// Keeps the answer to a request whose key was claimed in this transaction.
pub async fn finish(
    tx: &mut Tx,
    tenant: &TenantId,
    caller: &str,
    key: &str,
    status: u16,
    body: &str,
) -> Result<(), DbError> {
    tx.query(FINISH_KEY).bind(tenant).bind(caller).bind(key).bind(i64::from(status)).bind(body).run().await.map(drop)
}

/// What was answered under a key.
#[derive(Debug, sqlx::FromRow)]
pub struct KeptAnswer {
    /// The tenant.
    pub tenant_id: TenantId,
    /// Who sent the key.
    pub caller: String,
    /// The key.
    pub key: String,
    fingerprint: String,
    status: i64,
    body: String,
}

impl KeptAnswer {
    /// What it is to a request with this fingerprint.
    pub fn judge(&self, fingerprint: &str) -> Claim {
        judge(fingerprint, (self.fingerprint.clone(), self.status, self.body.clone()))
    }
}

/// Looks keys up inside the transaction of their effects: tenant, caller and key of each.
pub async fn find_in(tx: &mut Tx, keys: &[(&TenantId, String, &str)]) -> Result<Vec<KeptAnswer>, DbError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<_> = keys.iter().map(|(tenant, caller, key)| json!([tenant.as_str(), caller, key])).collect();
    tx.query(FIND_KEYS).bind(Value::Array(rows).to_string()).all().await
}

/// The answer to a request, to be kept under its key.
#[derive(Debug)]
pub struct NewAnswer<'a> {
    /// The tenant.
    pub tenant: &'a TenantId,
    /// Who sent the key.
    pub caller: String,
    /// The key.
    pub key: &'a str,
    /// Of the request.
    pub fingerprint: &'a str,
    /// The answer's status.
    pub status: u16,
    /// The answer's body.
    pub body: String,
}

/// Keeps answers under keys that were free when they were looked up; says whether all still were.
pub async fn keep(tx: &mut Tx, answers: &[NewAnswer<'_>], now: Timestamp) -> Result<bool, DbError> {
    if answers.is_empty() {
        return Ok(true);
    }
    let row = |a: &NewAnswer<'_>| json!([a.tenant.as_str(), a.caller, a.key, a.fingerprint, a.status, a.body]);
    let rows: Vec<_> = answers.iter().map(row).collect();
    let kept = tx.query(KEEP_ANSWERS).bind(Value::Array(rows).to_string()).bind(now).run().await?;
    Ok(usize::try_from(kept) == Ok(answers.len()))
}
