//! What proves, beside the password, that somebody is who they say: a code of an app, or one of the codes on paper.

use std::fmt;

/// So many recovery codes are made at once.
pub const RECOVERY_CODES: usize = 10;
/// 60 random bits: more than can be tried, few enough to be typed.
const RECOVERY_CHARS: usize = 12;
/// Without letters that look like digits, as Crockford chose them.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// What people type is cut here; no code is as long.
const TYPED_CHARS_MAX: usize = 64;

/// A code that is good once, for who has lost the app.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(hidden)")
    }
}

impl RecoveryCode {
    /// A new code.
    pub fn random() -> Self {
        let bytes: [u8; RECOVERY_CHARS] = rand::random();
        Self(bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 31)).copied().map(char::from)).collect())
    }

    /// The code in groups, as it is written down.
    pub fn reveal(&self) -> String {
        let chars: Vec<char> = self.0.chars().collect();
        chars.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    }

    /// The code without its groups, for hashing.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What somebody typed as their second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypedCode {
    /// Six digits of an app.
    App(String),
    /// A recovery code.
    Recovery(RecoveryCode),
}

impl TypedCode {
    /// Reads what was typed, however it is spaced; `None` when it can be no code.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.chars().take(TYPED_CHARS_MAX).filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '.'));
        let typed: String = plain.flat_map(char::to_lowercase).collect();
        if typed.len() == 6 && typed.bytes().all(|c| c.is_ascii_digit()) {
            return Some(Self::App(typed));
        }
        // What is easily taken for another.
        let typed: String = typed
            .chars()
            .map(|c| match c {
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            })
            .collect();
        let fits = typed.len() == RECOVERY_CHARS && typed.bytes().all(|c| ALPHABET.contains(&c));
        fits.then_some(Self::Recovery(RecoveryCode(typed)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_of_an_app_are_read_however_they_are_spaced() {
        for typed in ["123456", " 123 456 ", "123-456", "1 2 3 4 5 6"] {
            assert_eq!(TypedCode::parse(typed), Some(TypedCode::App("123456".to_owned())), "{typed}");
        }
        for typed in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "uuuu-uuuu-uuuu", &"1".repeat(200)] {
            assert_eq!(TypedCode::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_recovery_code_is_never_printed_and_forgives_what_looks_alike() {
        assert_eq!(format!("{:?}", RecoveryCode::random()), "RecoveryCode(hidden)");
        let typed = TypedCode::parse("OIL0-abcd-EFGH");
        assert_eq!(typed, TypedCode::parse("0110 ABCD efgh"));
        assert!(matches!(typed, Some(TypedCode::Recovery(code)) if code.reveal() == "0110-abcd-efgh"));
    }

    proptest! {
        #[test]
        fn every_recovery_code_is_read_as_it_was_written(_turn in 0..50_u8) {
            let code = RecoveryCode::random();
            prop_assert_eq!(code.reveal().len(), 14);
            prop_assert_eq!(TypedCode::parse(&code.reveal()), Some(TypedCode::Recovery(code.clone())));
            prop_assert_eq!(TypedCode::parse(&code.reveal().to_uppercase()), Some(TypedCode::Recovery(code)));
        }
    }
}
