//! Adjustments of many customers at once, uploaded as a table: where a batch and its rows stand, and what can be
//! wrong with a row.

pub mod reading;

use serde::{Deserialize, Serialize};

use super::{invalid::Invalid, refusal::Refusal};

/// Rows of one batch, at most: a larger table is uploaded in parts.
pub const ROWS_MAX: i64 = 200_000;
/// Bytes of one upload, at most.
pub const UPLOAD_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// What a customer reads in a history is short.
pub const NOTE_CHARS_MAX: usize = 140;
/// What employees write for each other may be longer.
pub const PRIVATE_NOTE_CHARS_MAX: usize = 2_000;
/// What a batch is called, at most.
pub const NAME_CHARS_MAX: usize = 120;

/// Where a batch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchState {
    /// Its rows are being taken in.
    Reading,
    /// Its rows are being checked.
    Checking,
    /// Nothing has moved yet: somebody looks at what the check found.
    Checked,
    /// Its rows are being booked.
    Running,
    /// Somebody stopped it; some rows are booked.
    Stopped,
    /// All rows are booked or refused.
    Done,
    /// What was booked is being reversed.
    Reversing,
    /// What was booked is reversed, as far as it could be.
    Reversed,
}

impl BatchState {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Reading,
        Self::Checking,
        Self::Checked,
        Self::Running,
        Self::Stopped,
        Self::Done,
        Self::Reversing,
        Self::Reversed,
    ];

    /// The state's name, as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Checking => "checking",
            Self::Checked => "checked",
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Done => "done",
            Self::Reversing => "reversing",
            Self::Reversed => "reversed",
        }
    }

    /// Takes the name of a state.
    ///
    /// # Errors
    /// When there is no such state.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| Invalid::new("no state of a batch"))
    }

    /// Whether a job works on it.
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Checking | Self::Running | Self::Reversing)
    }

    /// Whether what was booked can be reversed now.
    pub const fn can_be_reversed(self) -> bool {
        matches!(self, Self::Stopped | Self::Done)
    }
}

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowState {
    /// It can be booked, as far as the check could see.
    Ready,
    /// The check found something wrong with it: it is left out.
    Bad,
    /// It is in the ledger.
    Booked,
    /// The ledger refused it when it was its turn.
    Refused,
    /// It was booked and reversed.
    Reversed,
    /// It was booked and could not be reversed.
    Kept,
    /// The batch was reversed before it was booked.
    LeftOut,
}

impl RowState {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Ready, Self::Bad, Self::Booked, Self::Refused, Self::Reversed, Self::Kept, Self::LeftOut];

    /// The state's name, as it is stored and as it stands in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Bad => "bad",
            Self::Booked => "booked",
            Self::Refused => "refused",
            Self::Reversed => "reversed",
            Self::Kept => "kept",
            Self::LeftOut => "left_out",
        }
    }

    /// Takes the name of a state.
    ///
    /// # Errors
    /// When there is no such state.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| Invalid::new("no state of a row"))
    }
}

/// What is wrong with a row: kept with it, and told in the language of whoever looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Problem {
    /// Its bytes are no UTF-8.
    NotUtf8,
    /// It has another number of cells than the heading.
    CellCount {
        /// As many as the heading has.
        expected: u64,
        /// As many as the row has.
        found: u64,
    },
    /// A customer's id is missing.
    CustomerMissing,
    /// A cell holds more characters than it may.
    TooLong {
        /// The name of the column.
        column: String,
        /// As many as it may have.
        most: u64,
    },
    /// A cell holds control characters.
    ControlCharacters {
        /// The name of the column.
        column: String,
    },
    /// The points are no whole number.
    PointsUnreadable,
    /// The points are 0, or more than one entry moves.
    PointsOutOfRange,
    /// Neither the row nor the batch gives a reason.
    ReasonMissing,
    /// There is no such reason.
    ReasonUnknown,
    /// The end of the points is no day.
    ValidUntilUnreadable,
    /// The end of the points has passed.
    ValidUntilPast,
    /// Points that are taken have no end.
    ValidUntilOfTaken,
    /// The same row stands above.
    RowTwice {
        /// Where.
        line: i64,
    },
    /// A row for the same customer with the same reference stands above.
    ReferenceTwice {
        /// Where.
        line: i64,
    },
    /// Nothing is known of such a customer.
    UnknownCustomer,
    /// The balance would go below zero.
    NotEnough {
        /// What the customer has when it is this row's turn.
        has: i64,
        /// What would be taken.
        asked: i64,
    },
    /// The balance would grow beyond what an account holds.
    BalanceTooLarge,
    /// The entry was undone before, by hand.
    AlreadyUndone,
    /// The ledger said no for another reason.
    Refused {
        /// Its words.
        why: String,
    },
    /// Something was wrong with the database, and is written to the log.
    Failed,
}

impl From<&Refusal> for Problem {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::NotEnough { has, asked } => Self::NotEnough { has: *has, asked: *asked },
            Refusal::UnknownCustomer(_) => Self::UnknownCustomer,
            Refusal::EndsInThePast => Self::ValidUntilPast,
            Refusal::BalanceTooLarge => Self::BalanceTooLarge,
            Refusal::AlreadyUndone => Self::AlreadyUndone,
            other => Self::Refused { why: other.to_string() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_kept_with_what_it_tells() {
        for problem in [
            Problem::NotUtf8,
            Problem::NotEnough { has: 100, asked: 250 },
            Problem::TooLong { column: "note".to_owned(), most: 140 },
            Problem::from(&Refusal::AlreadyUndone),
            Problem::from(&Refusal::SoldOut),
        ] {
            let text = serde_json::to_string(&problem).unwrap();
            assert_eq!(serde_json::from_str::<Problem>(&text).unwrap(), problem, "{text}");
        }
    }

    #[test]
    fn names_of_states_are_read_back() {
        assert!(BatchState::ALL.into_iter().all(|state| BatchState::parse(state.as_str()) == Ok(state)));
        assert!(RowState::ALL.into_iter().all(|state| RowState::parse(state.as_str()) == Ok(state)));
        assert!(BatchState::parse("lost").is_err() && RowState::parse("").is_err());
    }
}
