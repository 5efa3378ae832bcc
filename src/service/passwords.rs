//! Hashes passwords, with a bound on how much memory that takes at once.

use std::{sync::LazyLock, thread::available_parallelism, time::Duration};

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version, password_hash};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::{Semaphore, SemaphorePermit};

/// What OWASP asks for at least: 19 MiB, two passes.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// How a hash made with these parameters begins.
const PREFIX: &str = "$argon2id$v=19$m=19456,t=2,p=1$";
/// Checked when there is no such user, so that it takes as long as when there is one. Nothing hashes to it.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Z3VlcmRvbi1ub2JvZHkhIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// More than this many wait for nothing but a timeout.
const QUEUE_MAX: usize = 64;
/// How long one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// Each hash takes 19 MiB and a core for a while, so there are as many at once as cores.
static TURNS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, std::num::NonZeroUsize::get)));
static QUEUE: Semaphore = Semaphore::const_new(QUEUE_MAX);

/// Why a password was not hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    /// Too many sign in at once.
    #[error("too many passwords are being checked: try again in a few seconds")]
    Busy,
    /// A stored hash that is none, or no memory left.
    #[error("cannot hash a password: {0}")]
    Failed(String),
}

/// Hashes a password for storing.
pub async fn hash(password: &str) -> Result<String, HashingError> {
    let password = SecretString::from(password);
    in_turn(&QUEUE, &TURNS, move || {
        argon2()?.hash_password(password.expose_secret().as_bytes()).map(|hash| hash.to_string()).map_err(failed)
    })
    .await
}

/// Whether `password` is the one that was hashed. Without a hash (there is no such user) it takes as long and is not.
pub async fn verify(password: &str, hash: Option<&str>) -> Result<bool, HashingError> {
    let password = SecretString::from(password);
    let known = hash.is_some();
    let hash = hash.unwrap_or(NOBODY).to_owned();
    in_turn(&QUEUE, &TURNS, move || {
        match argon2()?.verify_password(password.expose_secret().as_bytes(), hash.as_str()) {
            Ok(()) => Ok(known),
            Err(password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(failed(error)),
        }
    })
    .await
}

/// Whether a stored hash was made with other parameters than today's.
pub fn is_outdated(hash: &str) -> bool {
    !hash.starts_with(PREFIX)
}

async fn in_turn<T: Send + 'static>(
    queue: &Semaphore,
    turns: &'static Semaphore,
    work: impl FnOnce() -> Result<T, HashingError> + Send + 'static,
) -> Result<T, HashingError> {
    let _place: SemaphorePermit<'_> = queue.try_acquire().map_err(|_full| HashingError::Busy)?;
    let turn = tokio::time::timeout(PATIENCE, turns.acquire()).await;
    let Ok(Ok(turn)) = turn else { return Err(HashingError::Busy) };
    // The turn is over when the work is, even if nobody waits for it any more.
    let work = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    });
    work.await.map_err(|error| HashingError::Failed(error.to_string()))?
}

fn argon2() -> Result<Argon2<'static>, HashingError> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| HashingError::Failed(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn failed(error: password_hash::Error) -> HashingError {
    HashingError::Failed(error.to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_password_is_recognised_and_another_is_not() {
        let stored = hash("correct horse battery").await.unwrap();
        assert!(!is_outdated(&stored), "{stored}");
        assert!(verify("correct horse battery", Some(&stored)).await.unwrap());
        assert!(!verify("correct horse battery ", Some(&stored)).await.unwrap());
        assert!(!verify("", Some(&stored)).await.unwrap());
        assert_ne!(stored, hash("correct horse battery").await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_no_password() {
        assert!(!is_outdated(NOBODY));
        assert!(!verify("correct horse battery", None).await.unwrap());
        assert!(verify("correct horse battery", Some("plain text")).await.is_err());
    }
    #[tokio::test]
    async fn as_many_at_once_as_there_are_turns_and_who_finds_no_place_comes_back_later() {
        static PLACES: Semaphore = Semaphore::const_new(5);
        static ONE: Semaphore = Semaphore::const_new(1);
        static AT_ONCE: AtomicUsize = AtomicUsize::new(0);
        let work = || {
            assert_eq!(AT_ONCE.fetch_add(1, Ordering::SeqCst), 0, "two at once");
            std::thread::sleep(Duration::from_millis(20));
            AT_ONCE.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        };
        let all = futures_util::future::join_all((0..9).map(|_| in_turn(&PLACES, &ONE, work))).await;
        let busy = |result: &&Result<(), HashingError>| matches!(result, Err(HashingError::Busy));
        assert_eq!((all.iter().filter(|result| result.is_ok()).count(), all.iter().filter(busy).count()), (5, 4));
        // And then there is room again.
        in_turn(&PLACES, &ONE, work).await.unwrap();
    }
}
