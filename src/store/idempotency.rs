//! First answers to requests that named an Idempotency-Key, kept to be given again.

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{ids::TenantId, time::Timestamp};

statements! {
    /// Claims the key. No row is written when the key is taken; on PostgreSQL a second claimer waits for the first.
    Tenant CLAIM_KEY {
        "INSERT INTO idempotency_keys (tenant_id, caller, key, fingerprint, status, body, created_at)
         VALUES ($1, $2, $3, $4, 0, '', $5)
         ON CONFLICT (tenant_id, caller, key) DO NOTHING"
    }
    /// Keeps the answer of an effect that was decided before its key was claimed.
    Tenant KEEP_ANSWER {
        "INSERT INTO idempotency_keys (tenant_id, caller, key, fingerprint, status, body, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (tenant_id, caller, key) DO NOTHING"
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

/// Looks a key up inside the transaction of its effect.
pub async fn find_in(
    tx: &mut Tx,
    tenant: &TenantId,
    caller: &str,
    key: &str,
    fingerprint: &str,
) -> Result<Option<Claim>, DbError> {
    let row = tx.query(FIND_KEY).bind(tenant).bind(caller).bind(key).optional().await?;
    Ok(row.map(|row| judge(fingerprint, row)))
}

/// Keeps an answer under a key that was free when it was looked up; says whether it still was.
#[expect(clippy::too_many_arguments, reason = "the columns of the row")]
pub async fn keep(
    tx: &mut Tx,
    tenant: &TenantId,
    caller: &str,
    key: &str,
    fingerprint: &str,
    status: u16,
    body: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    let query = tx.query(KEEP_ANSWER).bind(tenant).bind(caller).bind(key).bind(fingerprint);
    Ok(query.bind(i64::from(status)).bind(body).bind(now).run().await? > 0)
}
