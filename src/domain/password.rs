//! Which passwords are taken.

use secrecy::{ExposeSecret as _, SecretString};

use super::invalid::Invalid;
use crate::texts::t;

/// Shortest password, in characters.
pub const CHARS_MIN: usize = 12;
/// Longest password, in characters.
pub const CHARS_MAX: usize = 1024;

/// Passwords that are tried first, in lower case; shorter ones need no place here. Where they come from:
/// `common_passwords-LICENSE.txt` beside it.
const COMMON: &str = include_str!("common_passwords.txt");

/// A password that may be set. It is taken as typed: nothing is trimmed, folded or cut.
#[derive(Clone, Debug)]
pub struct Password(SecretString);

impl Password {
    /// Takes a new password.
    ///
    /// # Errors
    /// When it is too short, too long, or among those that are guessed first.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let chars = text.chars().count();
        if chars < CHARS_MIN {
            return Err(Invalid::new(t!("invalid-password-short", least = CHARS_MIN)));
        }
        if chars > CHARS_MAX {
            return Err(Invalid::new(t!("invalid-password-long", most = CHARS_MAX)));
        }
        if text.contains('\0') {
            return Err(Invalid::new(t!("invalid-password-nul")));
        }
        if is_guessable(text) {
            return Err(Invalid::new(t!("invalid-password-common")));
        }
        Ok(Self(SecretString::from(text)))
    }

    /// The same for the person with this e-mail address, which must not serve as the password.
    ///
    /// # Errors
    /// As [`Password::parse`], and when it is the address or little more.
    pub fn parse_for(text: &str, email: &str) -> Result<Self, Invalid> {
        let password = Self::parse(text)?;
        let (typed, email) = (text.to_lowercase(), email.to_lowercase());
        let name = email.split('@').next().unwrap_or_default();
        let rest = |known: &str| typed.replacen(known, "", 1).chars().count();
        if typed.contains(&email) && rest(&email) < 8 || name.len() >= 4 && typed.contains(name) && rest(name) < 6 {
            return Err(Invalid::new(t!("invalid-password-address")));
        }
        Ok(password)
    }

    /// The password itself, for hashing.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

fn is_guessable(text: &str) -> bool {
    let folded = text.to_lowercase();
    let chars: Vec<char> = folded.chars().collect();
    // `aaaaaaaaaaaa`, `abcabcabcabc`, `password12password12` is in the list.
    let repeats = (1..=4).any(|period| chars.iter().zip(chars.iter().skip(period)).all(|(a, b)| a == b));
    // `abcdefghijkl`, `987654321098` (over the 0 is taken as a step).
    let steps: Vec<i64> = chars
        .windows(2)
        .filter_map(|pair| Some(i64::from(u32::from(*pair.get(1)?)) - i64::from(u32::from(*pair.first()?))))
        .collect();
    let one_way = |step: i64| steps.iter().all(|found| *found == step || *found == -9 * step);
    // `password1234!!` is no better than `password1234`.
    let plain = folded.trim_matches(|c: char| c.is_ascii_punctuation() || c.is_whitespace());
    let common = COMMON.lines().any(|common| common == folded || common == plain);
    repeats || one_way(1) || one_way(-1) || common
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_passwords_are_taken_as_typed() {
        for text in ["correct horse battery staple", " leading and trailing ", "żółć-gęślą-jaźń", &"xy!Q7".repeat(204)]
        {
            assert_eq!(Password::parse(text).unwrap().expose(), text);
        }
    }

    #[test]
    fn short_long_and_common_ones_are_refused() {
        for text in [
            "",
            "elevenchars",
            "password1234",
            "PASSWORD1234",
            "Password1234!",
            "!!password1234 ",
            "optimusprime",
            "1qaz2wsx3edc4rfv",
            "123456789012",
            "098765432109",
            "qwertyuiop123",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "abcdefghijklm",
            "nul\0in the middle",
            &"xy!Q7".repeat(205),
        ] {
            assert!(Password::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_address_is_no_password() {
        assert!(Password::parse_for("ann.miller@example.com", "ann.miller@example.com").is_err());
        assert!(Password::parse_for("Ann.Miller-2027", "ann.miller@example.com").is_err());
        assert!(Password::parse_for("a long sentence of ann.miller", "ann.miller@example.com").is_ok());
    }

    #[test]
    fn a_password_is_never_printed() {
        assert!(!format!("{:?}", Password::parse("correct horse battery").unwrap()).contains("horse"));
    }

    #[test]
    fn the_list_holds_what_can_be_typed() {
        assert!(COMMON.lines().count() > 5_000);
        for line in COMMON.lines() {
            assert!(line.chars().count() >= CHARS_MIN && line == line.to_lowercase(), "{line}");
        }
    }
}
