//! How many requests each customer and each API client may send: a bucket for each, which fills up again by itself.
//!
//! Every process counts for itself: behind a balancer with three replicas, three times as many get through.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    sync::{Mutex, PoisonError},
};

use crate::domain::{ids::TenantId, time::Timestamp};

/// A bucket holds as much as flows into it in so many seconds.
pub const WINDOW_SECS: i64 = 10;
const SECOND: i64 = 1_000_000;
/// So many buckets are kept at most, a few megabytes; full ones are not kept at all.
const KEPT_MAX: usize = 100_000;

/// Whose requests are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Whose {
    /// A customer's.
    Customer,
    /// An API client's.
    Client,
}

impl Whose {
    /// The name of the policy in headers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Client => "client",
        }
    }
}

/// What is left of a limit after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Whose it is.
    pub whose: Whose,
    /// The most requests at once.
    pub quota: i64,
    /// How many more can be sent at once.
    pub left: i64,
    /// In how many seconds all of the quota is there again.
    pub full_in_secs: i64,
    /// In how many seconds the next request can be sent; `None` when this one was.
    pub retry_in_secs: Option<i64>,
}

/// The buckets. Kept for each is the instant at which it is full again, and for whom only as a hash.
#[derive(Debug, Default)]
pub struct RateLimits {
    hasher: RandomState,
    full_at: Mutex<HashMap<u64, i64>>,
}

fn ceil_secs(micros: i64) -> i64 {
    micros.max(0).saturating_add(SECOND - 1) / SECOND
}

impl RateLimits {
    /// Takes a request out of a bucket into which `per_second` flow; `None` when nothing limits it.
    pub fn take(&self, tenant: &TenantId, whose: Whose, id: &str, per_second: i64, now: Timestamp) -> Option<Budget> {
        if per_second <= 0 {
            return None;
        }
        let key = self.hasher.hash_one((tenant.as_str(), whose, id));
        let now = now.micros();
        let window = WINDOW_SECS * SECOND;
        let quota = per_second.saturating_mul(WINDOW_SECS);
        let each = (SECOND / per_second).max(1);
        let mut all = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        // One that is not kept is full, and so is one that would take longer than a window: the clock went back.
        let kept = all.get(&key).copied().filter(|full_at| *full_at <= now.saturating_add(window));
        let full_at = kept.unwrap_or(now).max(now);
        let after = full_at.saturating_add(each);
        if after > now.saturating_add(window) {
            let wait = after - now - window;
            let budget = Budget {
                whose,
                quota,
                left: 0,
                full_in_secs: ceil_secs(full_at - now),
                retry_in_secs: Some(ceil_secs(wait).max(1)),
            };
            return Some(budget);
        }
        if all.len() >= KEPT_MAX && !all.contains_key(&key) {
            all.retain(|_, full_at| *full_at > now);
            if all.len() >= KEPT_MAX {
                all.clear();
            }
        }
        all.insert(key, after);
        let left = (window - (after - now)) / each;
        Some(Budget { whose, quota, left: left.min(quota), full_in_secs: ceil_secs(after - now), retry_in_secs: None })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn acme() -> TenantId {
        TenantId::parse("acme").unwrap()
    }

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros)
    }

    #[test]
    fn a_burst_is_ten_seconds_worth_and_then_it_trickles() {
        let limits = RateLimits::default();
        let take = |now: i64| limits.take(&acme(), Whose::Customer, "C1", 5, at(now)).unwrap();
        for sent in 1..=50 {
            let budget = take(0);
            assert_eq!((budget.quota, budget.left, budget.retry_in_secs), (50, 50 - sent, None));
        }
        assert_eq!(take(0).retry_in_secs, Some(1));
        assert_eq!(take(199_999).retry_in_secs, Some(1));
        assert_eq!(take(200_000).retry_in_secs, None);
        assert_eq!(take(200_000).retry_in_secs, Some(1));
        assert_eq!(take(SECOND).retry_in_secs, None);
        let full = take(60 * SECOND);
        assert_eq!((full.left, full.full_in_secs), (49, 1));
    }

    #[test]
    fn everybody_has_a_bucket_of_their_own_or_none() {
        let limits = RateLimits::default();
        let take = |tenant: &str, whose: Whose, id: &str| {
            let tenant = TenantId::parse(tenant).unwrap();
            limits.take(&tenant, whose, id, 1, at(0)).unwrap().left
        };
        for (tenant, whose, id) in [
            ("acme", Whose::Customer, "C1"),
            ("acme", Whose::Customer, "C2"),
            ("beta", Whose::Customer, "C1"),
            ("acme", Whose::Client, "C1"),
        ] {
            assert_eq!(take(tenant, whose, id), 9, "{tenant} {id}");
            assert_eq!(take(tenant, whose, id), 8, "{tenant} {id}");
        }
        assert_eq!(limits.take(&acme(), Whose::Client, "C1", 0, at(0)), None);
    }

    #[test]
    fn a_clock_that_goes_back_shuts_nobody_out() {
        let limits = RateLimits::default();
        limits.take(&acme(), Whose::Customer, "C1", 1, at(3_600 * SECOND));
        for _ in 0..10 {
            limits.take(&acme(), Whose::Customer, "C1", 1, at(0));
        }
        assert_eq!(limits.take(&acme(), Whose::Customer, "C1", 1, at(2 * SECOND)).unwrap().retry_in_secs, None);
    }

    #[test]
    fn it_does_not_grow_without_bound() {
        let limits = RateLimits::default();
        for n in 0..KEPT_MAX * 2 + 5 {
            limits.take(&acme(), Whose::Customer, &n.to_string(), 1, at(0));
        }
        assert!(limits.full_at.lock().unwrap().len() <= KEPT_MAX);
    }

    proptest! {
        /// In whatever rhythm requests come, no span of time lets more through than the burst and what flows in.
        #[test]
        fn never_more_than_the_burst_and_the_flow(rate in 1_i64..200, pauses in prop::collection::vec(0_i64..400_000, 1..400)) {
            let limits = RateLimits::default();
            let mut taken: Vec<i64> = Vec::new();
            let mut now = 0;
            for pause in pauses {
                now += pause;
                let budget = limits.take(&acme(), Whose::Client, "c", rate, at(now)).unwrap();
                prop_assert!((0..=budget.quota).contains(&budget.left));
                match budget.retry_in_secs {
                    None => taken.push(now),
                    Some(secs) => prop_assert!((1..=2).contains(&secs)),
                }
            }
            for (first, from) in taken.iter().enumerate() {
                let last = *taken.last().unwrap();
                let through = i64::try_from(taken.len() - first).unwrap();
                let each = SECOND / rate;
                prop_assert!(through <= rate * WINDOW_SECS + (last - from) / each + 1 + WINDOW_SECS);
            }
        }
    }
}
