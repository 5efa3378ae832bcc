//! Signed messages between shops and Guerdon, as <https://www.standardwebhooks.com> describes them: the same scheme for
//! what comes in and for what goes out.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::{invalid::Invalid, time::Timestamp};
use crate::texts::t;

/// The header with the message's id, the same on every try.
pub const ID_HEADER: &str = "webhook-id";
/// The header with the instant of this try, in seconds since 1970.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// The header with one or more signatures, parted by blanks.
pub const SIGNATURE_HEADER: &str = "webhook-signature";

/// How far a message's instant may lie from now, in seconds, before it counts as replayed.
pub const TOLERANCE_SECS: i64 = 300;

/// What a secret's text begins with.
const PREFIX: &str = "whsec_";
/// What a signature of this scheme begins with.
const VERSION: &str = "v1,";
/// Bytes of a secret that is made here.
const MADE_BYTES: usize = 32;
/// Signatures in one header that are looked at.
const SIGNATURES_MAX: usize = 16;

/// A secret that both sides know: 24 to 64 bytes, written as `whsec_` and Base64.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Vec<u8>);

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(hidden)")
    }
}

/// What a signed message consists of.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Its id.
    pub id: &'a str,
    /// The instant that was signed with it, in seconds since 1970.
    pub at_secs: i64,
    /// The body, byte by byte.
    pub body: &'a [u8],
}

/// Why a message is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untrusted {
    /// Its instant lies too far from now.
    #[error(
        "The timestamp lies more than five minutes from now. Send the message again with a fresh timestamp, and check \
         the clocks."
    )]
    Stale,
    /// No signature was made with one of the secrets.
    #[error("No signature fits. Sign `id.timestamp.body` with the secret of this address.")]
    Unsigned,
}

impl WebhookSecret {
    /// A new secret.
    pub fn random() -> Self {
        Self(rand::random::<[u8; MADE_BYTES]>().to_vec())
    }

    /// Takes a secret as text.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let wrong = || Invalid::new(t!("invalid-secret"));
        let bytes = BASE64_STANDARD.decode(text.strip_prefix(PREFIX).ok_or_else(wrong)?).map_err(|_base64| wrong())?;
        if (24..=64).contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(wrong()) }
    }

    /// The secret as text, for the one who is to know it.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", BASE64_STANDARD.encode(&self.0))
    }

    /// The signature of a message, as one word of the header.
    pub fn sign(&self, message: Message<'_>) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).unwrap_or_else(|_| unreachable!("any length will do"));
        mac.update(message.id.as_bytes());
        mac.update(format!(".{}.", message.at_secs).as_bytes());
        mac.update(message.body);
        format!("{VERSION}{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
    }

    /// Whether one of the signatures in `header` is this secret's.
    fn signed(&self, message: Message<'_>, header: &str) -> bool {
        let own = self.sign(message);
        header.split_ascii_whitespace().take(SIGNATURES_MAX).any(|one| one.as_bytes().ct_eq(own.as_bytes()).into())
    }
}

/// Finds the secret that signed a message: its place among `secrets`.
///
/// # Errors
/// When none of them did, or the message is too old or from the future.
pub fn check(
    secrets: &[WebhookSecret],
    message: Message<'_>,
    header: &str,
    now: Timestamp,
) -> Result<usize, Untrusted> {
    // The signature first: whoever has no secret learns nothing about clocks.
    let signer = secrets.iter().position(|secret| secret.signed(message, header)).ok_or(Untrusted::Unsigned)?;
    let apart = now.micros().div_euclid(1_000_000).abs_diff(message.at_secs);
    if apart > TOLERANCE_SECS.unsigned_abs() { Err(Untrusted::Stale) } else { Ok(signer) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the scheme's own libraries.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const AT: i64 = 1_614_265_330;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn message() -> Message<'static> {
        Message { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", at_secs: AT, body: BODY }
    }

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_micros(secs * 1_000_000)
    }

    #[test]
    fn the_vector_of_the_schemes_own_libraries_is_signed_alike() {
        assert_eq!(WebhookSecret::parse(SECRET).unwrap().sign(message()), SIGNATURE);
        assert_eq!(WebhookSecret::parse(SECRET).unwrap().reveal(), SECRET);
    }

    #[test]
    fn any_of_two_secrets_and_any_of_several_signatures_will_do() {
        let secrets = [WebhookSecret::random(), WebhookSecret::parse(SECRET).unwrap()];
        let header = format!("v1a,AAAA v1,AAAA {SIGNATURE}");
        assert_eq!(check(&secrets, message(), &header, at(AT)), Ok(1));
        assert_eq!(check(&secrets[..1], message(), &header, at(AT)), Err(Untrusted::Unsigned));
        assert_eq!(check(&[], message(), &header, at(AT)), Err(Untrusted::Unsigned));
    }

    #[test]
    fn what_was_changed_is_not_believed() {
        let secrets = [WebhookSecret::parse(SECRET).unwrap()];
        let changed = [
            Message { id: "msg_other", ..message() },
            Message { at_secs: AT + 1, ..message() },
            Message { body: br#"{"test": 2432232315}"#, ..message() },
        ];
        for message in changed {
            assert_eq!(check(&secrets, message, SIGNATURE, at(AT)), Err(Untrusted::Unsigned), "{message:?}");
        }
        assert_eq!(check(&secrets, message(), "", at(AT)), Err(Untrusted::Unsigned));
        assert_eq!(check(&secrets, message(), &SIGNATURE.replacen("v1", "v2", 1), at(AT)), Err(Untrusted::Unsigned));
    }

    #[test]
    fn old_and_future_messages_are_told_from_forged_ones() {
        let secrets = [WebhookSecret::parse(SECRET).unwrap()];
        for (now, checked) in
            [(AT - 301, Err(Untrusted::Stale)), (AT - 300, Ok(0)), (AT + 300, Ok(0)), (AT + 301, Err(Untrusted::Stale))]
        {
            assert_eq!(check(&secrets, message(), SIGNATURE, at(now)), checked, "{now}");
        }
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        let long = format!("whsec_{}", BASE64_STANDARD.encode([7; 65]));
        let short = format!("whsec_{}", BASE64_STANDARD.encode([7; 23]));
        for text in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_???", &long, &short] {
            assert!(WebhookSecret::parse(text).is_err(), "{text}");
        }
        assert_ne!(WebhookSecret::random(), WebhookSecret::random());
        assert_eq!(format!("{:?}", WebhookSecret::random()), "WebhookSecret(hidden)");
    }
}
