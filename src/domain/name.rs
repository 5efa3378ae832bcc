//! Names of people, tenants and programs.

use super::invalid::Invalid;
use crate::texts::t;

/// Longest name, in characters.
pub const NAME_CHARS_MAX: usize = 120;

/// Takes the name of a person, a tenant or a program: trimmed, on one line.
///
/// # Errors
/// When it is empty, too long or holds control characters.
pub fn parse(text: &str) -> Result<String, Invalid> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > NAME_CHARS_MAX || text.chars().any(char::is_control) {
        return Err(Invalid::new(t!("invalid-name", most = NAME_CHARS_MAX)));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line() {
        assert_eq!(parse("  Ann  ").unwrap(), "Ann");
        for text in ["", "  ", "a\nb", &"x".repeat(121)] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }
}
