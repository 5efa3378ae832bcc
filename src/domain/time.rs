//! Instants, and how they are written in answers.

use chrono::{DateTime, SecondsFormat, TimeZone as _, Utc};

use super::invalid::Invalid;
use crate::texts::t;

/// An instant, in whole microseconds since 1970-01-01T00:00:00Z: what both databases keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The last instant that is taken: the end of the year 9999.
    pub const MAX: Self = Self(253_402_300_799_999_999);

    /// The instant `micros` microseconds after the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The same instant as a date and time in UTC.
    pub fn utc(self) -> DateTime<Utc> {
        Utc.timestamp_micros(self.0).single().unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// `secs` later (or earlier, when negative), at most [`Timestamp::MAX`].
    #[must_use]
    pub fn plus_secs(self, secs: i64) -> Self {
        Self(self.0.saturating_add(secs.saturating_mul(1_000_000))).min(Self::MAX)
    }

    /// `2023-05-11T18:32:18.591+00:00`: milliseconds and offset, as the contract writes times.
    pub fn to_contract(self) -> String {
        self.utc().to_rfc3339_opts(SecondsFormat::Millis, false)
    }

    /// `2023-07-25T13:28:25.960Z`: as the contract writes times in the metadata of options.
    pub fn to_contract_z(self) -> String {
        self.utc().to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// Reads a time of a request: RFC 3339 with any offset.
    ///
    /// # Errors
    /// When the text is no such time, or lies beyond the year 9999.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let at = DateTime::parse_from_rfc3339(text.trim()).map_err(|_not_a_time| Invalid::new(t!("invalid-time")))?;
        let at = Self::from(at.with_timezone(&Utc));
        if at > Self::MAX {
            return Err(Invalid::new(t!("invalid-time-end")));
        }
        Ok(at)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_micros())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contract_form_has_milliseconds_and_offset() {
        let at = Timestamp::parse("2023-05-11T20:32:18.591999+02:00").unwrap();
        assert_eq!(at.to_contract(), "2023-05-11T18:32:18.591+00:00");
        assert_eq!(at.to_contract_z(), "2023-05-11T18:32:18.591Z");
    }

    #[test]
    fn the_last_instant_is_the_end_of_9999() {
        assert_eq!(Timestamp::MAX.utc().to_rfc3339(), "9999-12-31T23:59:59.999999+00:00");
        assert!(Timestamp::parse("+10000-01-01T00:00:00Z").is_err());
        assert!(Timestamp::parse("tomorrow").is_err());
    }
}
