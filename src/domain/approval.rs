//! Adjustments above the limit of whoever asks for them: a second person decides.

use super::invalid::Invalid;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// To add points.
    Add,
    /// To remove points.
    Remove,
    /// To undo an entry.
    Undo,
}

impl What {
    /// The name, as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Undo => "undo",
        }
    }

    /// Takes a name.
    ///
    /// # Errors
    /// When there is no such thing to ask for.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let known = [Self::Add, Self::Remove, Self::Undo].into_iter().find(|one| one.as_str() == text);
        known.ok_or_else(|| Invalid::new("unknown kind of request for approval"))
    }
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody has decided.
    Open,
    /// Somebody said yes, and it was booked.
    Approved,
    /// Somebody said no.
    Declined,
    /// Whoever asked took it back.
    Withdrawn,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Approved, Self::Declined, Self::Withdrawn];

    /// The name, as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Takes a name.
    ///
    /// # Errors
    /// When there is no such state.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let known = Self::ALL.into_iter().find(|one| one.as_str() == text);
        known.ok_or_else(|| Invalid::new("unknown state of a request for approval"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_are_stored() {
        let whats = [What::Add, What::Remove, What::Undo];
        assert_eq!(whats.map(What::as_str), ["add", "remove", "undo"]);
        assert_eq!(whats.map(|what| What::parse(what.as_str())), whats.map(Ok));
        let names = State::ALL.map(State::as_str);
        assert_eq!(names, ["open", "approved", "declined", "withdrawn"]);
        assert_eq!(names.map(State::parse), State::ALL.map(Ok));
        assert!(What::parse("open").is_err() && State::parse("add").is_err());
    }
}
