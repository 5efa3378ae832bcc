//! Amounts of points.

use super::invalid::Invalid;
use crate::texts::t;

/// A whole number of points in one entry: 1 to 1,000,000,000. The sign is the entry's kind's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Points(i64);

impl Points {
    /// The most that one entry moves.
    pub const MAX: i64 = 1_000_000_000;
    /// The least.
    pub const ONE: Self = Self(1);
    /// The most that an account holds: JavaScript clients read numbers exactly up to here.
    pub const BALANCE_MAX: i64 = 9_007_199_254_740_991;

    /// Takes a number of points.
    ///
    /// # Errors
    /// When it is not within 1 to [`Points::MAX`].
    pub fn new(points: i64) -> Result<Self, Invalid> {
        if (1..=Self::MAX).contains(&points) { Ok(Self(points)) } else { Err(Invalid::new(t!("invalid-points"))) }
    }

    /// Reads points as people type them: `1000`, `1 000`, `1,000` and `1.000` are the same.
    ///
    /// # Errors
    /// When the text is no such number.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new(t!("invalid-points"));
        let text = text.trim();
        let mut groups = text.split([' ', ',', '.', '\'', '\u{a0}', '\u{202f}']);
        let first = groups.next().ok_or_else(invalid)?;
        let rest: Vec<&str> = groups.collect();
        let grouped = rest.is_empty() || (!first.is_empty() && first.len() <= 3 && rest.iter().all(|g| g.len() == 3));
        let digits: String = std::iter::once(first).chain(rest).collect();
        if !grouped || digits.is_empty() || digits.len() > 12 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(invalid());
        }
        digits.parse().map_err(|_not_a_number| invalid()).and_then(Self::new)
    }

    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_people_type() {
        for text in ["1000", " 1 000 ", "1,000", "1.000", "1'000", "1\u{202f}000"] {
            assert_eq!(Points::parse(text).map(Points::get), Ok(1000), "{text}");
        }
        for (text, points) in [("1", 1), ("1000000000", 1_000_000_000), ("000000000007", 7)] {
            assert_eq!(Points::parse(text).map(Points::get), Ok(points), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_number_of_points() {
        for text in [
            "",
            "0",
            "-5",
            "1.5",
            "1,00",
            "12,34,567",
            "1e3",
            "ten",
            "1000000001",
            "99999999999999999999",
            "1,000.00",
            ",100",
            // More digits than any number of points has.
            "0000000000007",
        ] {
            assert!(Points::parse(text).is_err(), "{text}");
        }
    }
}
