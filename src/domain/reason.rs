//! Why an employee adds or removes points.

use super::invalid::Invalid;
use crate::texts::t;

/// The reasons to choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A present for a birthday.
    Birthday,
    /// To make up for something.
    Goodwill,
    /// An order earned too much or too little.
    OrderCorrection,
    /// Part of a promotion.
    Promotion,
    /// Something else, as the texts tell.
    Other,
}

impl Reason {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Birthday, Self::Goodwill, Self::OrderCorrection, Self::Promotion, Self::Other];

    /// The reason's name, as it is stored and answered.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Birthday => "birthday",
            Self::Goodwill => "goodwill",
            Self::OrderCorrection => "order_correction",
            Self::Promotion => "promotion",
            Self::Other => "other",
        }
    }

    /// What people read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Birthday => "Birthday",
            Self::Goodwill => "Goodwill",
            Self::OrderCorrection => "Order correction",
            Self::Promotion => "Promotion",
            Self::Other => "Other",
        }
    }

    /// Takes the name of a reason.
    ///
    /// # Errors
    /// When there is no such reason.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text).ok_or_else(|| Invalid::new(t!("invalid-reason")))
    }
}
