//! Coupons bought with points whose order comes back: whether the points come back, too.

use super::invalid::Invalid;
use crate::texts::t;

/// What becomes of the points when the order comes back that was paid with an option's coupon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenReturned {
    /// An employee decides.
    #[default]
    Ask,
    /// They come back by themselves when all of the order does; when a part of it does, an employee decides.
    GiveBack,
    /// They stay spent.
    Keep,
}

impl WhenReturned {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ask, Self::GiveBack, Self::Keep];

    /// The name, as it is stored and answered.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ask => "ASK",
            Self::GiveBack => "GIVE_BACK",
            Self::Keep => "KEEP",
        }
    }

    /// Takes a name.
    ///
    /// # Errors
    /// When there is no such choice.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let known = Self::ALL.into_iter().find(|one| one.as_str() == text);
        known.ok_or_else(|| Invalid::new(t!("invalid-when-returned")))
    }
}

/// Where the question about one coupon and one order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nobody has decided yet.
    Open,
    /// The points came back.
    GivenBack,
    /// The points stay spent.
    Kept,
}

impl Decision {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::GivenBack, Self::Kept];

    /// The name, as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::GivenBack => "given_back",
            Self::Kept => "kept",
        }
    }

    /// Takes a name.
    ///
    /// # Errors
    /// When there is no such decision.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let known = Self::ALL.into_iter().find(|one| one.as_str() == text);
        known.ok_or_else(|| Invalid::new("unknown decision on a returned coupon"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_are_stored() {
        let names = WhenReturned::ALL.map(WhenReturned::as_str);
        assert_eq!(names, ["ASK", "GIVE_BACK", "KEEP"]);
        assert_eq!(names.map(WhenReturned::parse), WhenReturned::ALL.map(Ok));
        let names = Decision::ALL.map(Decision::as_str);
        assert_eq!(names, ["open", "given_back", "kept"]);
        assert_eq!(names.map(Decision::parse), Decision::ALL.map(Ok));
        assert!(WhenReturned::parse("ask").is_err() && Decision::parse("KEEP").is_err());
    }
}
