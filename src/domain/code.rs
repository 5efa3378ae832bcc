//! Coupon codes.

use std::fmt;

use rand::{Rng, RngExt as _};

use super::invalid::Invalid;

/// Capital letters and digits that nobody takes for one another: no 0 or O, no 1, I or L, no U beside V.
const ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 13 of 30 letters are 63.8 random bits.
const RANDOM_CHARS: usize = 13;

/// Longest code that a shop may choose, in characters.
pub const CODE_CHARS_MAX: usize = 128;

/// The code of a coupon, in capitals: it is found however it is typed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CouponCode(String);

impl CouponCode {
    /// Takes a code as it is sent or typed.
    ///
    /// # Errors
    /// When it is empty, too long, or holds what cannot be typed.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let code = text.trim().to_uppercase();
        let fits = |c: char| c == ' ' || c.is_alphanumeric() || c.is_ascii_punctuation();
        // A code of dots alone would be taken out of every path.
        let named = code.chars().any(char::is_alphanumeric);
        if named && code.chars().count() <= CODE_CHARS_MAX && code.chars().all(fits) {
            Ok(Self(code))
        } else {
            Err(Invalid::new(format!(
                "Give a code of 1 to {CODE_CHARS_MAX} letters, digits and signs, such as WINTER-SALE."
            )))
        }
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CouponCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A code that nobody can guess: `PREFIX-` and 13 random letters, or only those when the prefix is empty.
pub fn coupon_code(prefix: &str, rng: &mut impl Rng) -> String {
    coupon_code_of(prefix, RANDOM_CHARS, rng)
}

/// The same with `chars` random letters, or with 13 if that is more: a shorter one could be guessed.
pub fn coupon_code_of(prefix: &str, chars: usize, rng: &mut impl Rng) -> String {
    let letters =
        (0..chars.max(RANDOM_CHARS)).filter_map(|_| ALPHABET.get(rng.random_range(0..ALPHABET.len())).copied());
    let random: String = letters.map(char::from).collect();
    if prefix.is_empty() { random } else { format!("{prefix}-{random}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_prefixed_and_without_look_alikes() {
        let code = coupon_code("ACM", &mut rand::rng());
        let random = code.strip_prefix("ACM-").unwrap();
        assert_eq!(random.len(), 13);
        assert!(random.bytes().all(|b| ALPHABET.contains(&b)));
        assert!(!coupon_code("", &mut rand::rng()).contains('-'));
    }

    #[test]
    fn codes_of_shops_are_kept_in_capitals() {
        for (typed, code) in
            [("winter-sale", "WINTER-SALE"), (" 10off ", "10OFF"), ("Summer 10%", "SUMMER 10%"), ("größe", "GRÖSSE")]
        {
            let parsed = CouponCode::parse(typed).unwrap();
            assert_eq!(parsed.as_str(), code);
            assert_eq!(CouponCode::parse(code), Ok(parsed), "capitals stay what they are");
        }
        for wrong in ["", " ", ".", "..", "-", "a\u{0}b", "a\tb", "a\u{202e}b", "\u{200b}", &"x".repeat(129)] {
            assert!(CouponCode::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn no_made_code_is_short() {
        assert_eq!(coupon_code_of("REF", 3, &mut rand::rng()).len(), 4 + 13);
        assert_eq!(coupon_code_of("", 20, &mut rand::rng()).len(), 20);
    }

    #[test]
    fn every_letter_comes_up_about_as_often() {
        let mut counts = std::collections::HashMap::new();
        for _ in 0..3_000 {
            for letter in coupon_code("", &mut rand::rng()).bytes() {
                *counts.entry(letter).or_insert(0) += 1;
            }
        }
        assert_eq!(counts.len(), ALPHABET.len());
        assert!(counts.values().all(|n| (1_000..1_650).contains(n)), "{counts:?}");
    }
}
