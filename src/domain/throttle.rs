//! How signing in slows down after failures: a lock that grows, and opens again by itself.

use super::time::Timestamp;

/// How often signing in failed for one account, or from one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failures {
    /// How often.
    pub failures: i64,
    /// Until when nobody may try again.
    pub blocked_until: Timestamp,
    /// The last time that it changed.
    pub changed_at: Timestamp,
}

/// How failures slow down what comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Softlock {
    /// Failures that cost nothing.
    pub free: i64,
    /// The first pause; each further failure doubles it.
    pub pause_secs: i64,
    /// The longest pause: short enough that nobody can keep somebody else out by guessing.
    pub pause_secs_max: i64,
    /// After this long without a failure all are forgotten.
    pub forget_secs: i64,
}

impl Softlock {
    /// For one account: a guesser gets about 300 tries a day.
    pub const ACCOUNT: Self = Self { free: 5, pause_secs: 5, pause_secs_max: 300, forget_secs: 24 * 3600 };
    /// For the second factor of one account. Who gets so far knows the password: about a hundred tries a day, each of
    /// which fits three codes of a million.
    pub const CODE: Self = Self { free: 5, pause_secs: 10, pause_secs_max: 900, forget_secs: 24 * 3600 };
    /// For one address, behind which a whole office may sit.
    pub const ADDRESS: Self = Self { free: 30, pause_secs: 2, pause_secs_max: 300, forget_secs: 3600 };

    /// Counts a try as failed before it is judged, so that tries at the same moment cannot all pass.
    ///
    /// # Errors
    /// When it comes too early: in how many seconds to try again.
    pub fn count(&self, past: Failures, now: Timestamp) -> Result<Failures, i64> {
        let wait = past.blocked_until.micros().saturating_sub(now.micros());
        if wait > 0 {
            // A clock that was put back must not lock anybody out for longer than the longest pause.
            return Err(wait.saturating_add(999_999).div_euclid(1_000_000).min(self.pause_secs_max));
        }
        let forgotten = past.changed_at.plus_secs(self.forget_secs) <= now;
        let failures = if forgotten { 1 } else { past.failures.saturating_add(1) };
        let over = failures.saturating_sub(self.free);
        let pause = match u32::try_from(over.saturating_sub(1)) {
            Ok(doublings) if over > 0 => {
                self.pause_secs.saturating_mul(2_i64.saturating_pow(doublings)).min(self.pause_secs_max)
            }
            _free => 0,
        };
        let blocked_until = if pause > 0 { now.plus_secs(pause) } else { Timestamp::from_micros(0) };
        Ok(Failures { failures, blocked_until, changed_at: now })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Failures =
        Failures { failures: 0, blocked_until: Timestamp::from_micros(0), changed_at: Timestamp::from_micros(0) };

    #[test]
    fn pauses_double_up_to_the_longest_and_never_stop_anybody_for_good() {
        let mut now = Timestamp::from_micros(1_800_000_000_000_000);
        let mut past = START;
        let mut pauses = Vec::new();
        for _ in 0..16 {
            past = Softlock::ACCOUNT.count(past, now).unwrap();
            let pause = (past.blocked_until.micros() - now.micros()).max(0) / 1_000_000;
            if pause > 0 {
                let early = Softlock::ACCOUNT.count(past, now.plus_secs(pause - 1));
                assert_eq!(early, Err(1), "a try before the pause is over");
            }
            pauses.push(pause);
            now = now.plus_secs(pause);
        }
        assert_eq!(pauses, [0, 0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 300, 300, 300, 300, 300]);
        let later = Softlock::ACCOUNT.count(past, now.plus_secs(24 * 3600)).unwrap();
        assert_eq!(later.failures, 1);
    }

    #[test]
    fn a_clock_put_back_locks_nobody_out_for_long() {
        let past =
            Failures { failures: 9, blocked_until: Timestamp::from_micros(i64::MAX), changed_at: START.changed_at };
        assert_eq!(Softlock::ACCOUNT.count(past, START.changed_at), Err(300));
    }
}
