//! Numbers as the readers of a language write them.

use super::language::{Language, current};

impl Language {
    /// What stands between thousands.
    pub const fn group_sign(self) -> char {
        match self {
            Self::English => ',',
            Self::German => '.',
        }
    }

    /// What stands before the fraction.
    pub const fn decimal_sign(self) -> char {
        match self {
            Self::English => '.',
            Self::German => ',',
        }
    }
}

/// A whole number with its thousands apart, in the language of the request: `1,284,630`, `−50`.
pub fn whole(number: i64) -> String {
    whole_in(current(), number)
}

/// The same in `language`.
pub fn whole_in(language: Language, number: i64) -> String {
    let sign = if number < 0 { "−" } else { "" };
    format!("{sign}{}", grouped(language, &number.unsigned_abs().to_string()))
}

/// Digits with their thousands apart.
pub fn grouped(language: Language, digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(language.group_sign());
        }
        text.push(digit);
    }
    text
}
