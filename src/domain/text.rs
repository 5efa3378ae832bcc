//! Texts that somebody else wrote and that are kept as they are.

use super::invalid::Invalid;
use crate::texts::t;

/// Whether a text may have line breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// It is a name or a number: no control characters at all.
    One,
    /// It is for reading: line breaks and tabs are fine.
    Many,
}

/// Checks a text's length and that it holds no control characters.
///
/// # Errors
/// When it does not fit.
pub fn check(text: &str, chars_max: usize, lines: Lines) -> Result<(), Invalid> {
    if text.chars().count() > chars_max {
        return Err(Invalid::new(t!("invalid-too-long", most = chars_max)));
    }
    let allowed = |c: char| lines == Lines::Many && matches!(c, '\n' | '\r' | '\t');
    if text.chars().any(|c| c.is_control() && !allowed(c)) {
        return Err(Invalid::new(t!("invalid-control")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_have_no_place_but_line_breaks_in_texts_for_reading() {
        assert!(check("two\r\n\tlines", 20, Lines::Many).is_ok());
        assert!(check("two\nlines", 20, Lines::One).is_err());
        for text in ["\u{0}", "a\u{1b}[31m", "\u{7f}", "\u{85}"] {
            assert!(check(text, 20, Lines::Many).is_err(), "{text:?}");
        }
        assert!(check(&"ü".repeat(20), 20, Lines::One).is_ok());
        assert!(check(&"ü".repeat(21), 20, Lines::One).is_err());
    }
}
