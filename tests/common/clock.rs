//! The clock of the tests, which stands still until a test moves it.

use chrono::{TimeZone as _, Utc};
use guerdon::clock::MockClock;

/// A clock that stands at noon, UTC, on Friday, 15 January 2027: no daylight saving in Europe, no end of a month.
pub(crate) fn stopped() -> MockClock {
    MockClock::at(Utc.with_ymd_and_hms(2027, 1, 15, 12, 0, 0).single().unwrap())
}
