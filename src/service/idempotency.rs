//! One effect for each Idempotency-Key, however often the request is sent.

use crate::{
    domain::{actor::Caller, time::Timestamp},
    store::{self, DbError, Tx, idempotency::Claim},
};

/// A request that names an Idempotency-Key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedRequest {
    /// The key, as the client sent it.
    pub key: String,
    /// A hash over method, path, query and body: the same key with another one is another request.
    pub fingerprint: String,
}

/// Whether the work is to be done, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// Do the work, then [`finish`], in the same transaction.
    Fresh,
    /// It was done: give this answer again.
    Replay {
        /// The first answer's status.
        status: u16,
        /// The first answer's body.
        body: String,
    },
    /// The key belongs to another request: refuse.
    KeyReused,
}

/// Claims the request's key as the first statement of the transaction of its effect. Without a key it is fresh.
pub async fn begin(
    tx: &mut Tx,
    caller: &Caller,
    request: Option<&KeyedRequest>,
    now: Timestamp,
) -> Result<Begun, DbError> {
    let Some(request) = request else { return Ok(Begun::Fresh) };
    let name = caller.name();
    let claim = store::idempotency::claim(tx, &caller.tenant, &name, &request.key, &request.fingerprint, now).await?;
    Ok(match claim {
        Claim::Claimed => Begun::Fresh,
        Claim::Replay { status, body } => Begun::Replay { status, body },
        Claim::Mismatch => Begun::KeyReused,
    })
}

/// Keeps the answer, as the last statement of the transaction of the effect.
pub async fn finish(
    tx: &mut Tx,
    caller: &Caller,
    request: Option<&KeyedRequest>,
    status: u16,
    body: &str,
) -> Result<(), DbError> {
    let Some(request) = request else { return Ok(()) };
    store::idempotency::finish(tx, &caller.tenant, &caller.name(), &request.key, status, body).await
}
