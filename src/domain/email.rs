//! E-mail addresses of employees: what they sign in with.

use std::fmt;

use super::invalid::Invalid;
use crate::texts::t;

/// Longest address that mail servers carry.
const BYTES_MAX: usize = 254;

/// An e-mail address in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Email(String);

impl Email {
    /// Takes an address as people type it.
    ///
    /// # Errors
    /// When it is no address.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().to_lowercase();
        let invalid = || Invalid::new(t!("invalid-email"));
        let (name, host) = text.rsplit_once('@').ok_or_else(invalid)?;
        let bad = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | ',' | ';' | '(' | ')');
        let host_fits = !host.is_empty()
            && !host.starts_with('.')
            && !host.ends_with('.')
            && !host.contains("..")
            && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'));
        if name.is_empty() || name.contains('@') || text.len() > BYTES_MAX || text.chars().any(bad) || !host_fits {
            return Err(invalid());
        }
        Ok(Self(text))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_in_lower_case() {
        assert_eq!(Email::parse(" Ann@Example.COM ").unwrap().as_str(), "ann@example.com");
        assert!(Email::parse("root@localhost").is_ok());
        assert!(Email::parse("o'brien+shop@sub.example.co.uk").is_ok());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.com", "a".repeat(250));
        for text in [
            "",
            "ann",
            "@example.com",
            "ann@",
            "a b@example.com",
            "a@b@c.de",
            "a@.de",
            "a@b..de",
            "a@b.de\n.x",
            "<a@b.de>",
            &long,
        ] {
            assert!(Email::parse(text).is_err(), "{text:?}");
        }
    }
}
