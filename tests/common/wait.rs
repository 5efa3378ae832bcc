//! Waiting for what another process does.

use std::time::{Duration, Instant};

/// Asks again and again until there is an answer.
///
/// # Panics
/// When there is none after `longest`.
pub(crate) async fn until<T>(what: &str, longest: Duration, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(begun.elapsed() < longest, "waited {longest:?} in vain until {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
