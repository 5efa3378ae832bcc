//! Coupon codes.

use rand::{Rng, RngExt as _};

/// Capital letters and digits that nobody takes for one another: no 0 or O, no 1, I or L, no U beside V.
const ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 13 of 30 letters are 63.8 random bits.
const RANDOM_CHARS: usize = 13;

/// A code that nobody can guess: `PREFIX-` and 13 random letters, or only those when the prefix is empty.
pub fn coupon_code(prefix: &str, rng: &mut impl Rng) -> String {
    let letters = (0..RANDOM_CHARS).filter_map(|_| ALPHABET.get(rng.random_range(0..ALPHABET.len())).copied());
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
