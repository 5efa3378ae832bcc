//! A sign-in, or a try at one: where it came from and how it ended.

use std::net::IpAddr;

/// A browser names itself in fewer characters than this, or is cut.
const AGENT_CHARS_MAX: usize = 200;

/// Where a sign-in comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// The address; none when it cannot be known.
    pub address: Option<IpAddr>,
    /// The browser, as it names itself.
    pub agent: String,
}

impl Device {
    /// A browser at an address.
    pub fn new(address: Option<IpAddr>, agent: &str) -> Self {
        let agent = agent.chars().filter(|c| !c.is_control()).take(AGENT_CHARS_MAX).collect();
        Self { address: address.map(|address| address.to_canonical()), agent }
    }
}

/// How a try at signing in ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Signed in with the password alone.
    Password,
    /// Signed in with the password and a code of the app.
    App,
    /// Signed in with the password and a recovery code.
    Recovery,
    /// Signed in by choosing a password with a link.
    Link,
    /// The password was wrong.
    WrongPassword,
    /// The password was right, the code was not.
    WrongCode,
}

impl Outcome {
    const ALL: [Self; 6] =
        [Self::Password, Self::App, Self::Recovery, Self::Link, Self::WrongPassword, Self::WrongCode];

    /// Its name, as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::App => "app",
            Self::Recovery => "recovery_code",
            Self::Link => "link",
            Self::WrongPassword => "wrong_password",
            Self::WrongCode => "wrong_code",
        }
    }

    /// Takes a stored name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }

    /// Whether somebody got in.
    pub const fn is_in(self) -> bool {
        !matches!(self, Self::WrongPassword | Self::WrongCode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_is_read_as_it_was_written() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::parse(outcome.as_str()), Some(outcome));
        }
        assert_eq!(Outcome::parse(""), None);
    }

    #[test]
    fn a_browser_tells_a_short_story_without_control_characters() {
        let device = Device::new(Some("::ffff:192.0.2.1".parse().unwrap()), &format!("a\r\nb{}", "x".repeat(500)));
        assert_eq!(device.agent.chars().count(), AGENT_CHARS_MAX);
        assert!(device.agent.starts_with("abx"));
        assert_eq!(device.address.unwrap().to_string(), "192.0.2.1");
    }
}
