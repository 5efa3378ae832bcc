//! Codes of an authenticator app (RFC 6238), made the one way that every app knows: SHA-1, six digits, thirty seconds.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha1::Sha1;
use subtle::ConstantTimeEq as _;

use super::time::Timestamp;

/// How long a code is shown.
pub const STEP_SECS: i64 = 30;
/// A clock may be off by so many steps, either way.
const STEPS_OFF: i64 = 1;
const DIGITS: usize = 6;
/// As long as the hash, as RFC 4226 recommends.
const SECRET_BYTES: usize = 20;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What an authenticator app and Guerdon both know, and nobody else.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; SECRET_BYTES]);

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(hidden)")
    }
}

impl TotpSecret {
    /// A new secret.
    pub fn random() -> Self {
        Self(rand::random())
    }

    /// Reads what [`TotpSecret::reveal`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::with_capacity(SECRET_BYTES));
        for c in text.bytes() {
            let value = u32::try_from(BASE32.iter().position(|known| *known == c)?).ok()?;
            bits = (bits << 5) | value;
            count += 5;
            if count >= 8 {
                count -= 8;
                bytes.push(u8::try_from((bits >> count) & 0xff).ok()?);
            }
        }
        bytes.try_into().ok().map(Self)
    }

    /// The secret in Base32, for the app and its owner.
    pub fn reveal(&self) -> String {
        self.0
            .chunks(5)
            .flat_map(|five| {
                let bits = five.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
                (0..8).rev().map(move |place| (bits >> (place * 5)) & 31)
            })
            .filter_map(|value| BASE32.get(usize::try_from(value).ok()?).copied().map(char::from))
            .collect()
    }

    /// What the picture says that an app reads: for whom, and from whom.
    pub fn address(&self, issuer: &str, account: &str) -> String {
        let escaped = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let (issuer, account) = (escaped(issuer), escaped(account));
        format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}", self.reveal())
    }

    /// The 31 bits of RFC 4226 for a counter.
    fn truncated(&self, counter: i64) -> u32 {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.0).unwrap_or_else(|_| unreachable!("any length will do"));
        mac.update(&counter.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let offset = usize::from(hash.last().copied().unwrap_or_default() & 15);
        let four = hash.iter().skip(offset).take(4);
        four.fold(0, |number, byte| (number << 8) | u32::from(*byte)) & 0x7fff_ffff
    }

    /// The code of one step.
    pub fn code(&self, step: i64) -> String {
        format!("{:0DIGITS$}", self.truncated(step) % 1_000_000)
    }

    /// The step whose code this is, if it is that of `now` or of one beside it. Every one of them is compared, so that
    /// the time taken tells nothing.
    pub fn find_step(&self, code: &str, now: Timestamp) -> Option<i64> {
        let present = step_at(now);
        (present - STEPS_OFF..=present + STEPS_OFF)
            .filter(|step| bool::from(self.code(*step).as_bytes().ct_eq(code.as_bytes())))
            .max()
    }
}

/// The step that is shown at an instant.
pub fn step_at(at: Timestamp) -> i64 {
    at.micros().div_euclid(STEP_SECS * 1_000_000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The secret of both RFCs.
    fn rfc() -> TotpSecret {
        TotpSecret(*b"12345678901234567890")
    }

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_micros(secs * 1_000_000)
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Its table shows eight digits; apps show the last six.
        for (secs, eight) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            let step = step_at(at(secs));
            assert_eq!(rfc().truncated(step) % 100_000_000, eight, "{secs}");
            assert_eq!(rfc().code(step), format!("{:06}", eight % 1_000_000), "{secs}");
        }
    }

    #[test]
    fn codes_are_those_of_rfc_4226() {
        let codes: Vec<String> = (0..10).map(|counter| rfc().code(counter)).collect();
        assert_eq!(
            codes,
            ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
        );
    }

    #[test]
    fn a_code_is_good_in_its_step_and_in_those_beside_it() {
        let code = rfc().code(100);
        for (secs, found) in [
            (98 * 30 + 29, None),
            (99 * 30, Some(100)),
            (100 * 30, Some(100)),
            (101 * 30 + 29, Some(100)),
            (102 * 30, None),
        ] {
            assert_eq!(rfc().find_step(&code, at(secs)), found, "{secs}");
        }
        for wrong in ["", "000000", "28708", "2870822", "２８７０８２"] {
            assert_eq!(rfc().find_step(wrong, at(3_000)), None, "{wrong}");
        }
    }

    #[test]
    fn an_app_learns_the_secret_and_whose_it_is() {
        assert_eq!(rfc().reveal(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            rfc().address("Guerdon", "ann+1@example.com"),
            "otpauth://totp/Guerdon:ann%2B1%40example%2Ecom?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Guerdon"
        );
        assert_eq!(format!("{:?}", rfc()), "TotpSecret(hidden)");
        for none in ["", "GEZDGNBVGY3TQOJQ", "gezdgnbvgy3tqojqgezdgnbvgy3tqojq", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1"] {
            assert!(TotpSecret::parse(none).is_none(), "{none}");
        }
    }

    proptest! {
        #[test]
        fn every_secret_is_read_as_it_was_written(bytes: [u8; SECRET_BYTES]) {
            let text = TotpSecret(bytes).reveal();
            prop_assert_eq!(text.len(), 32);
            prop_assert_eq!(TotpSecret::parse(&text), Some(TotpSecret(bytes)));
        }

        #[test]
        fn a_code_has_six_digits_and_is_found_again(bytes: [u8; SECRET_BYTES], secs in 0_i64..20_000_000_000, off in -1_i64..=1) {
            let (secret, step) = (TotpSecret(bytes), step_at(at(secs)));
            let code = secret.code(step + off);
            prop_assert!(code.len() == 6 && code.bytes().all(|c| c.is_ascii_digit()));
            let found = secret.find_step(&code, at(secs));
            // Two steps side by side may have the same code by chance.
            prop_assert!(found.is_some_and(|found| secret.code(found) == code));
        }
    }
}
