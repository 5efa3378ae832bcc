//! How far a redemption option is out of a customer's reach, and why.

use super::{option::RedeemOption, time::Timestamp};

/// Why an option cannot be had now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It is not offered yet.
    NotYet,
    /// All of them are gone.
    SoldOut,
    /// The customer has had it as often as one may.
    Limit,
    /// It takes more points.
    Points,
}

impl Obstacle {
    /// The word for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotYet => "notYet",
            Self::SoldOut => "soldOut",
            Self::Limit => "limit",
            Self::Points => "points",
        }
    }
}

/// How far an option is out of a customer's reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The points that the customer lacks; 0 when there are enough.
    pub missing: i64,
    /// Why it cannot be had now; `None` when it can.
    pub obstacle: Option<Obstacle>,
}

impl Reach {
    /// What stands between an option and a customer who has `balance` points and had the option `had` times.
    pub fn of(option: &RedeemOption, balance: i64, had: i64, now: Timestamp) -> Self {
        let missing = option.draft.points.get().saturating_sub(balance).max(0);
        let obstacle = if !option.is_offered(now) {
            Some(Obstacle::NotYet)
        } else if option.left() == Some(0) {
            Some(Obstacle::SoldOut)
        } else if option.draft.per_customer.is_some_and(|limit| had >= limit) {
            Some(Obstacle::Limit)
        } else if missing > 0 {
            Some(Obstacle::Points)
        } else {
            None
        };
        Self { missing, obstacle }
    }
}
