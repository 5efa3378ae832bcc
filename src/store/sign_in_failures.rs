//! Failed sign-ins, counted for all replicas together.

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{throttle::Failures, time::Timestamp};

statements! {
    Global FIND_FAILURES {
        "SELECT failures, blocked_until, changed_at FROM sign_in_failures WHERE subject = $1 " pg("FOR NO KEY UPDATE")
    }
    Global PUT_FAILURES {
        "INSERT INTO sign_in_failures (subject, failures, blocked_until, changed_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, blocked_until = excluded.blocked_until,
             changed_at = excluded.changed_at"
    }
    Global ADD_SUBJECT {
        "INSERT INTO sign_in_failures (subject, failures, blocked_until, changed_at) VALUES ($1, 0, 0, $2)
         ON CONFLICT (subject) DO NOTHING"
    }
    Global FORGET_SUBJECT { "DELETE FROM sign_in_failures WHERE subject = $1" }
    Global TAKE_BACK_FAILURE {
        "UPDATE sign_in_failures SET failures = failures - 1, blocked_until = 0 WHERE subject = $1 AND failures > 0"
    }
    Global PURGE_FAILURES { "DELETE FROM sign_in_failures WHERE changed_at < $1 AND blocked_until < $1" }
}

/// Reads the failures of a subject and keeps others from changing them until the transaction ends.
pub async fn lock(tx: &mut Tx, subject: &str, now: Timestamp) -> Result<Failures, DbError> {
    tx.query(ADD_SUBJECT).bind(subject).bind(now).run().await?;
    let row = tx.query(FIND_FAILURES).bind(subject).optional::<(i64, Timestamp, Timestamp)>().await?;
    // Somebody signed in at this very moment, and all was forgotten.
    let (failures, blocked_until, changed_at) = row.ok_or(DbError::Changed)?;
    Ok(Failures { failures, blocked_until, changed_at })
}

/// Sets the failures of a subject.
pub async fn put(tx: &mut Tx, subject: &str, failures: &Failures) -> Result<(), DbError> {
    tx.query(PUT_FAILURES)
        .bind(subject)
        .bind(failures.failures)
        .bind(failures.blocked_until)
        .bind(failures.changed_at)
        .run()
        .await
        .map(drop)
}

/// Forgets the failures of a subject.
pub async fn forget(tx: &mut Tx, subject: &str) -> Result<(), DbError> {
    tx.query(FORGET_SUBJECT).bind(subject).run().await.map(drop)
}

/// Takes back one failure of a subject that was counted in advance.
pub async fn take_back(tx: &mut Tx, subject: &str) -> Result<(), DbError> {
    tx.query(TAKE_BACK_FAILURE).bind(subject).run().await.map(drop)
}

/// Forgets what has not changed since `before`.
pub async fn purge(db: &Db, before: Timestamp) -> Result<u64, DbError> {
    let mut tx = db.begin().await?;
    let rows = tx.query(PURGE_FAILURES).bind(before).run().await?;
    tx.commit().await?;
    Ok(rows)
}
