//! Deliveries of events: when they are tried again, and when somebody has to look at them.

use super::{invalid::Invalid, time::Timestamp};

/// Pauses after failed tries, in seconds: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. After them it is parked.
pub const PAUSES_SECS: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// A pause is longer by up to this share, by chance, so that what failed together does not come back together.
const JITTER_PERCENT: i64 = 20;
/// An endpoint that asks for more patience gets so much, in seconds.
pub const RETRY_AFTER_SECS_MAX: i64 = 86_400;

/// How a delivery goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It is sent as soon as it is due.
    Pending,
    /// It was taken.
    Delivered,
    /// Every try failed; it waits for somebody to send it again.
    Parked,
}

impl DeliveryState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Parked];

    /// The state's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Parked => "parked",
        }
    }

    /// Takes the name of a state.
    ///
    /// # Errors
    /// When there is no such state.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| Invalid::new(format!("`{text}` is no state of a delivery.")))
    }
}

/// What came of a try.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The answer's status; `None` when there was no answer.
    pub status: Option<u16>,
    /// Why it counts as failed; `None` when it was taken.
    pub error: Option<String>,
    /// The beginning of the answer's body.
    pub answer: Option<String>,
    /// For how many seconds the endpoint wants to be left alone.
    pub retry_after_secs: Option<i64>,
}

impl Outcome {
    /// An answer. Only a 2xx says that the event was taken; one that leads elsewhere is a failure, too.
    pub fn answered(status: u16, answer: &[u8], retry_after_secs: Option<i64>) -> Self {
        let error = match status {
            200..=299 => None,
            300..=399 => Some(format!("answered {status}: it leads elsewhere, and redirects are not followed")),
            410 => Some("answered 410: it is gone, so nothing is sent there any more".to_owned()),
            _ => Some(format!("answered {status}")),
        };
        let answer = Some(readable(answer)).filter(|text| !text.is_empty());
        Self { status: Some(status), error, answer, retry_after_secs }
    }

    /// No answer, and why.
    pub fn failed(why: impl Into<String>) -> Self {
        Self { error: Some(why.into()), ..Self::default() }
    }

    /// Whether the event was taken.
    pub fn is_taken(&self) -> bool {
        self.error.is_none()
    }

    /// Whether the endpoint says that it is gone for good.
    pub fn is_gone(&self) -> bool {
        self.status == Some(410)
    }
}

/// What follows from a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It was taken then.
    Delivered(Timestamp),
    /// It is tried again then.
    Again(Timestamp),
    /// It waits for somebody since then.
    Parked(Timestamp),
}

impl Next {
    /// What follows from `outcome` of a try that ended `now` and before which `failed` others had failed. `chance` is
    /// anything, and decides how much longer the pause is.
    pub fn after(outcome: &Outcome, failed: i64, now: Timestamp, chance: u32) -> Self {
        if outcome.is_taken() {
            return Self::Delivered(now);
        }
        let pause = usize::try_from(failed).ok().and_then(|failed| PAUSES_SECS.get(failed));
        let Some(pause) = pause else { return Self::Parked(now) };
        let micros = pause.saturating_mul(1_000_000);
        let longer = micros / 100 * JITTER_PERCENT / 1_000 * i64::from(chance % 1_000);
        let asked = outcome.retry_after_secs.unwrap_or_default().clamp(0, RETRY_AFTER_SECS_MAX);
        let pause = micros.saturating_add(longer).max(asked.saturating_mul(1_000_000));
        Self::Again(Timestamp::from_micros(now.micros().saturating_add(pause)))
    }
}

/// Bytes of an answer as text for people: what is no text is shown as a question mark in a box.
fn readable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let plain = |c: char| if c.is_control() && !matches!(c, '\n' | '\t') { char::REPLACEMENT_CHARACTER } else { c };
    text.trim().replace("\r\n", "\n").chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    #[test]
    fn the_pauses_grow_over_three_days_and_then_it_is_parked() {
        let failed = Outcome::answered(500, b"", None);
        for (tries, secs) in PAUSES_SECS.iter().enumerate() {
            let tries = i64::try_from(tries).unwrap();
            assert_eq!(Next::after(&failed, tries, NOW, 0), Next::Again(NOW.plus_secs(*secs)));
            let Next::Again(late) = Next::after(&failed, tries, NOW, 999) else { panic!("again") };
            assert!(late > NOW.plus_secs(secs * 119 / 100) && late <= NOW.plus_secs(secs * 6 / 5), "{secs}");
        }
        assert_eq!(Next::after(&failed, 9, NOW, 0), Next::Parked(NOW));
        assert_eq!(Next::after(&failed, i64::MAX, NOW, 0), Next::Parked(NOW));
        assert!((250_000..275_000).contains(&PAUSES_SECS.iter().sum::<i64>()));
    }

    #[test]
    fn an_endpoint_that_asks_for_patience_gets_it_within_reason() {
        let after = |asked| Next::after(&Outcome::answered(503, b"", Some(asked)), 0, NOW, 0);
        assert_eq!(after(120), Next::Again(NOW.plus_secs(120)));
        assert_eq!(after(1), Next::Again(NOW.plus_secs(5)));
        assert_eq!(after(-1), Next::Again(NOW.plus_secs(5)));
        assert_eq!(after(i64::MAX), Next::Again(NOW.plus_secs(86_400)));
        assert_eq!(Next::after(&Outcome::answered(503, b"", Some(9)), 9, NOW, 0), Next::Parked(NOW));
    }

    #[test]
    fn only_2xx_says_that_it_was_taken() {
        for status in [200, 201, 202, 204, 299] {
            let outcome = Outcome::answered(status, b"ok", Some(60));
            assert_eq!(Next::after(&outcome, 3, NOW, 5), Next::Delivered(NOW));
        }
        for status in [100, 199, 300, 301, 302, 304, 307, 308, 400, 404, 410, 429, 500, 503] {
            assert!(!Outcome::answered(status, b"", None).is_taken(), "{status}");
        }
        assert!(Outcome::answered(410, b"", None).is_gone());
        assert!(!Outcome::failed("no answer").is_taken());
    }

    #[test]
    fn answers_are_kept_as_text_that_every_database_takes() {
        let outcome = Outcome::answered(500, b" a\0b\xff\r\nc\x1b[31m ", None);
        assert_eq!(outcome.answer.as_deref(), Some("a\u{fffd}b\u{fffd}\nc\u{fffd}[31m"));
        assert_eq!(Outcome::answered(204, b"  ", None).answer, None);
    }
}
