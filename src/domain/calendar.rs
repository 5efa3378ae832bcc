//! Until when points are valid: calendar months in the site's time zone.

use chrono::{
    DateTime, Days, LocalResult, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Timelike as _,
};
use chrono_tz::Tz;

use super::{invalid::Invalid, time::Timestamp};
use crate::texts::t;

/// To what the end of points is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValidityEnd {
    /// The same local time, so many months later.
    Exact,
    /// The start of that day: the default.
    StartOfDay,
    /// The end of that day.
    EndOfDay,
    /// The end of that month.
    EndOfMonth,
}

impl ValidityEnd {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Exact, Self::StartOfDay, Self::EndOfDay, Self::EndOfMonth];

    /// The name, as it is stored and answered.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::StartOfDay => "start_of_day",
            Self::EndOfDay => "end_of_day",
            Self::EndOfMonth => "end_of_month",
        }
    }

    /// Takes a name.
    ///
    /// # Errors
    /// When there is no such rounding.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL.into_iter().find(|end| end.as_str() == text).ok_or_else(|| Invalid::new(t!("invalid-validity-end")))
    }
}

/// When points awarded at `awarded` end: so many calendar months later in `zone` (month ends clamped, so 31 January
/// and one month is the last of February), then rounded as `end` says. The instant itself no longer counts.
pub fn valid_until(awarded: Timestamp, months: u32, end: ValidityEnd, zone: Tz) -> Timestamp {
    let local = awarded.utc().with_timezone(&zone).naive_local();
    let later = |day: NaiveDateTime, days: u64| day.checked_add_days(Days::new(days));
    let target = local.checked_add_months(Months::new(months)).and_then(|at| match end {
        ValidityEnd::Exact => Some(at),
        ValidityEnd::StartOfDay => Some(at.date().and_time(NaiveTime::MIN)),
        ValidityEnd::EndOfDay => later(at.date().and_time(NaiveTime::MIN), 1),
        ValidityEnd::EndOfMonth => {
            let first = chrono::Datelike::with_day(&at.date(), 1)?;
            first.and_time(NaiveTime::MIN).checked_add_months(Months::new(1))
        }
    });
    target
        .and_then(|at| instant(at, zone))
        .map_or(Timestamp::MAX, |at| Timestamp::from(at.to_utc()).min(Timestamp::MAX))
}

/// The start of the local day that lies `days` days after the one of `from`.
pub fn start_of_day_after(from: Timestamp, days: u64, zone: Tz) -> Timestamp {
    let day = from.utc().with_timezone(&zone).date_naive();
    let target = day.checked_add_days(Days::new(days)).map(|day| day.and_time(NaiveTime::MIN));
    target
        .and_then(|at| instant(at, zone))
        .map_or(Timestamp::MAX, |at| Timestamp::from(at.to_utc()).min(Timestamp::MAX))
}

/// The start of a local day.
pub fn start_of(day: NaiveDate, zone: Tz) -> Timestamp {
    instant(day.and_time(NaiveTime::MIN), zone)
        .map_or(Timestamp::MAX, |at| Timestamp::from(at.to_utc()).min(Timestamp::MAX))
}

/// The local day of an instant.
pub fn day_of(at: Timestamp, zone: Tz) -> NaiveDate {
    at.utc().with_timezone(&zone).date_naive()
}

/// A day as spreadsheets write it: `2027-12-31` or `31.12.2027`.
pub fn day(text: &str) -> Option<NaiveDate> {
    text.parse().or_else(|_other| NaiveDate::parse_from_str(text, "%d.%m.%Y")).ok()
}

/// Until when points are valid, as a table says it: a day in `zone`, which is the first on which they are gone, or an
/// instant.
///
/// # Errors
/// When it is neither, or lies beyond the year 9999.
pub fn end_in_table(text: &str, zone: Tz) -> Result<Timestamp, Invalid> {
    let at = match day(text) {
        Some(day) => start_of(day, zone),
        None => Timestamp::parse(text).map_err(|_neither| Invalid::new(t!("invalid-table-end")))?,
    };
    if at < Timestamp::MAX { Ok(at) } else { Err(Invalid::new(t!("invalid-table-end"))) }
}

/// The instant of a local time: the later one if it exists twice, the first one after it if it does not exist.
fn instant(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Tz>> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(_, at) => Some(at),
        LocalResult::None => {
            // Clocks were put forward over this time, by up to a whole day (Apia in 2011). Gaps end on whole minutes.
            let minute = local.with_second(0)?.with_nanosecond(0)?;
            (1..=26 * 60).find_map(|minutes| {
                let at = minute.checked_add_signed(TimeDelta::minutes(minutes))?;
                zone.from_local_datetime(&at).latest()
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn until(awarded: &str, months: u32, end: ValidityEnd, zone: &str) -> String {
        let awarded = Timestamp::parse(awarded).unwrap();
        valid_until(awarded, months, end, zone.parse().unwrap()).to_contract_z()
    }

    #[test]
    fn the_contracts_example_ends_at_the_start_of_the_day() {
        let end = until("2020-09-03T09:45:02.248Z", 36, ValidityEnd::StartOfDay, "Europe/Berlin");
        assert_eq!(end, "2023-09-02T22:00:00.000Z");
    }

    #[test]
    fn month_ends_are_clamped_and_gaps_and_twins_are_resolved() {
        use ValidityEnd::{EndOfDay, EndOfMonth, Exact, StartOfDay};
        let table = [
            ("2027-01-31T12:00:00Z", 1, StartOfDay, "Europe/Berlin", "2027-02-27T23:00:00.000Z"),
            ("2028-01-31T12:00:00Z", 1, StartOfDay, "Europe/Berlin", "2028-02-28T23:00:00.000Z"),
            ("2028-02-29T12:00:00Z", 12, StartOfDay, "Europe/Berlin", "2029-02-27T23:00:00.000Z"),
            ("2026-03-15T12:00:00Z", 6, EndOfDay, "Europe/Berlin", "2026-09-15T22:00:00.000Z"),
            ("2026-03-15T12:00:00Z", 6, EndOfMonth, "America/New_York", "2026-10-01T04:00:00.000Z"),
            // 02:30 does not exist in New York on 8 March 2026, 01:30 exists twice on 1 November 2026.
            ("2026-02-08T07:30:00Z", 1, Exact, "America/New_York", "2026-03-08T07:00:00.000Z"),
            ("2026-10-01T05:30:00Z", 1, Exact, "America/New_York", "2026-11-01T06:30:00.000Z"),
            // Midnight did not exist: Sao Paulo in 2018, Beirut in 2022, Cairo in 2024.
            ("2018-10-04T12:00:00Z", 1, StartOfDay, "America/Sao_Paulo", "2018-11-04T03:00:00.000Z"),
            ("2022-02-27T12:00:00Z", 1, StartOfDay, "Asia/Beirut", "2022-03-26T22:00:00.000Z"),
            ("2024-03-26T12:00:00Z", 1, StartOfDay, "Africa/Cairo", "2024-04-25T22:00:00.000Z"),
            // The whole of 30 December 2011 did not exist in Apia.
            ("2011-11-30T20:00:00Z", 1, StartOfDay, "Pacific/Apia", "2011-12-30T10:00:00.000Z"),
            ("2026-10-01T12:00:00Z", 1, StartOfDay, "Asia/Kathmandu", "2026-10-31T18:15:00.000Z"),
            ("2026-09-03T15:45:00Z", 1, Exact, "Australia/Lord_Howe", "2026-10-03T15:30:00.000Z"),
            ("9999-06-01T00:00:00Z", 12, StartOfDay, "UTC", "9999-12-31T23:59:59.999Z"),
        ];
        for (awarded, months, end, zone, expected) in table {
            assert_eq!(until(awarded, months, end, zone), expected, "{awarded} + {months} in {zone}");
        }
    }

    proptest! {
        #[test]
        fn a_month_is_at_least_27_days_and_later_awards_end_later(
            at in 1_600_000_000_i64..4_000_000_000, gap in 0_i64..100_000_000, months in 1_u32..120,
            zone in 0_usize..chrono_tz::TZ_VARIANTS.len(), end in 0_usize..4,
        ) {
            let (zone, end) = (chrono_tz::TZ_VARIANTS[zone], ValidityEnd::ALL[end]);
            let first = Timestamp::from_micros(at * 1_000_000);
            let second = first.plus_secs(gap);
            let (one, two) = (valid_until(first, months, end, zone), valid_until(second, months, end, zone));
            // Exact ends keep the time of day, so clamped days may change places within the day.
            if end != ValidityEnd::Exact {
                prop_assert!(one <= two);
            }
            prop_assert!(one >= first.plus_secs(i64::from(months) * 27 * 86_400 - 86_400));
        }
    }
}
