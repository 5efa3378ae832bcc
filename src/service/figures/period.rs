//! The days that an overview is about.

use chrono::{Days, Months, NaiveDate};

use crate::{
    domain::{calendar, time::Timestamp},
    service::customers::list::Today,
};

/// A period of more days is shown by months.
const BY_DAY_MAX: i64 = 92;
/// The longest period.
pub const PERIOD_DAYS_MAX: i64 = 3_660;
/// Days, from the first to the last, in the tenant's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub first: NaiveDate,
    /// The last day.
    pub last: NaiveDate,
}

impl Period {
    /// The last `days` days up to today.
    pub fn last_days(today: NaiveDate, days: u64) -> Self {
        Self { first: today.checked_sub_days(Days::new(days.saturating_sub(1))).unwrap_or(today), last: today }
    }

    /// This month and the eleven before it.
    pub fn last_year(today: NaiveDate) -> Self {
        let first = chrono::Datelike::with_day(&today, 1).and_then(|day| day.checked_sub_months(Months::new(11)));
        Self { first: first.unwrap_or(today), last: today }
    }

    /// How many days it has.
    pub fn days(self) -> i64 {
        (self.last - self.first).num_days() + 1
    }

    /// As many days, right before.
    #[must_use]
    pub fn before(self) -> Self {
        let days = Days::new(u64::try_from(self.days()).unwrap_or_default());
        let back = |day: NaiveDate| day.checked_sub_days(days).unwrap_or(day);
        Self { first: back(self.first), last: back(self.last) }
    }

    /// Whether it is shown by months.
    pub fn is_by_month(self) -> bool {
        self.days() > BY_DAY_MAX
    }

    /// Its days, or its months cut to it.
    pub(super) fn parts(self) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut first = self.first;
        while first <= self.last {
            let next = if self.is_by_month() {
                chrono::Datelike::with_day(&first, 1).and_then(|day| day.checked_add_months(Months::new(1)))
            } else {
                first.succ_opt()
            };
            let Some(next) = next else { break };
            parts.push(Self { first, last: next.pred_opt().unwrap_or(first).min(self.last) });
            first = next;
        }
        parts
    }

    /// Its first instant, and the first one after it.
    pub(super) fn instants(self, today: Today) -> (Timestamp, Timestamp) {
        let end = self.last.succ_opt().map_or(Timestamp::MAX, |day| calendar::start_of(day, today.zone));
        (calendar::start_of(self.first, today.zone), end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn a_period_is_cut_into_days_or_months_without_gaps() {
        for (period, parts) in [
            (Period::last_days(day(2026, 11, 22), 28), 28),
            (Period::last_days(day(2026, 11, 22), 1), 1),
            (Period::last_year(day(2026, 11, 22)), 12),
            (Period { first: day(2026, 1, 15), last: day(2026, 5, 3) }, 5),
        ] {
            let cut = period.parts();
            assert_eq!(cut.len(), parts, "{period:?}");
            assert_eq!((cut[0].first, cut[parts - 1].last), (period.first, period.last));
            assert!(cut.windows(2).all(|two| two[0].last.succ_opt() == Some(two[1].first)));
        }
    }

    #[test]
    fn the_period_before_has_as_many_days_and_ends_right_before() {
        let period = Period::last_days(day(2026, 3, 10), 28);
        assert_eq!(period.before(), Period { first: day(2026, 1, 14), last: day(2026, 2, 10) });
        assert_eq!(period.days(), period.before().days());
    }
}
