//! The access tokens that were seen in the last moments, so that not every request reads its token from the database.
//!
//! A token is believed for [`BELIEVED`] at most, counted from before it was read. So whoever revokes it waits that long
//! before saying that it is done: from then on no replica takes it, whatever the network between them does.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::domain::{ids::ClientId, time::Timestamp, token::AccessToken};

/// How long a token is believed.
pub const BELIEVED: Duration = Duration::from_secs(1);
const BELIEVED_MICROS: i64 = 1_000_000;
/// So many are kept at most; a few megabytes.
const KEPT_MAX: usize = 10_000;

/// That a client was there is noted once a minute.
const NOTE_MICROS: i64 = 60_000_000;

/// Tokens by the hash of their text.
#[derive(Debug, Default)]
pub struct KnownTokens {
    known: Mutex<HashMap<String, Known>>,
    /// When it was last noted that a client was there.
    noted: Mutex<HashMap<ClientId, Timestamp>>,
}

#[derive(Debug)]
struct Known {
    token: AccessToken,
    seen_at: Timestamp,
    expires_at: Timestamp,
}

impl Known {
    /// A clock that went back makes it unknown, too.
    fn is_good(&self, now: Timestamp) -> bool {
        let age = now.micros().saturating_sub(self.seen_at.micros());
        (0..BELIEVED_MICROS).contains(&age) && now < self.expires_at
    }
}

impl KnownTokens {
    /// The token with this hash, if it was seen just now and has not ended.
    pub fn find(&self, hash: &str, now: Timestamp) -> Option<AccessToken> {
        self.lock().get(hash).filter(|known| known.is_good(now)).map(|known| known.token.clone())
    }

    /// Keeps a token that was read from the database at `seen_at`.
    pub fn keep(&self, hash: String, token: AccessToken, seen_at: Timestamp, expires_at: Timestamp) {
        let mut known = self.lock();
        if known.len() >= KEPT_MAX {
            known.retain(|_, known| known.is_good(seen_at));
            if known.len() >= KEPT_MAX {
                known.clear();
            }
        }
        known.insert(hash, Known { token, seen_at, expires_at });
    }

    /// Whether it is time to note that a client was there; then it counts as noted.
    pub fn is_use_due(&self, client_id: &ClientId, now: Timestamp) -> bool {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let age = noted.get(client_id).map(|at| now.micros().saturating_sub(at.micros()));
        let due = age.is_none_or(|age| !(0..NOTE_MICROS).contains(&age));
        if due {
            noted.insert(client_id.clone(), now);
        }
        due
    }

    /// Forgets every token, for one of them is good no more.
    pub fn forget(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ids::TenantId, token::Bearer};

    fn token() -> AccessToken {
        let bearer = Bearer::Anonymous { session: "s".to_owned() };
        AccessToken { tenant: TenantId::parse("acme").unwrap(), bearer }
    }

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros)
    }

    #[test]
    fn a_token_is_believed_for_a_moment_and_never_beyond_its_end() {
        let known = KnownTokens::default();
        known.keep("a".to_owned(), token(), at(10), at(i64::MAX));
        known.keep("b".to_owned(), token(), at(10), at(1_000));
        for (hash, now, good) in [
            ("a", 10, true),
            ("a", 9, false),
            ("a", 10 + BELIEVED_MICROS - 1, true),
            ("a", 10 + BELIEVED_MICROS, false),
            ("b", 999, true),
            ("b", 1_000, false),
            ("c", 10, false),
        ] {
            assert_eq!(known.find(hash, at(now)).is_some(), good, "{hash} at {now}");
        }
        assert_eq!(BELIEVED.as_micros(), BELIEVED_MICROS.unsigned_abs().into());
        known.forget();
        assert_eq!(known.find("a", at(10)), None);
    }

    #[test]
    fn a_client_is_noted_once_a_minute() {
        let (known, client) = (KnownTokens::default(), ClientId::parse("acme.1").unwrap());
        for (now, due) in
            [(5, true), (6, false), (5 + NOTE_MICROS - 1, false), (5 + NOTE_MICROS, true), (4, true), (5, false)]
        {
            assert_eq!(known.is_use_due(&client, at(now)), due, "at {now}");
        }
    }

    #[test]
    fn it_does_not_grow_without_bound() {
        let known = KnownTokens::default();
        for n in 0..KEPT_MAX * 2 + 5 {
            known.keep(n.to_string(), token(), at(10), at(i64::MAX));
            assert!(known.lock().len() <= KEPT_MAX);
        }
    }
}
