//! The installation's secret keys, and random values that nobody can guess.

mod file;
mod keys;
mod ring;

use std::{collections::BTreeSet, fmt};

use aes_gcm::{
    Aes256Gcm,
    aead::{Aead as _, KeyInit as _, Payload},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

pub use file::LoadError;
pub use keys::Secrets;
pub use ring::{KEYS_MAX, KeyRing};

/// Length of the key, in bytes.
pub const KEY_BYTES: usize = 32;
/// A key with fewer different bytes was typed by somebody.
const DIFFERENT_BYTES_MIN: usize = 5;
/// Length of the name of a key, in bytes.
const ID_BYTES: usize = 4;
/// Length of what makes two sealings of one secret differ, in bytes.
const NONCE_BYTES: usize = 12;

/// A key that signs cookies and seals secrets. Whoever has it can make sessions.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey([u8; KEY_BYTES]);

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(hidden)")
    }
}

impl SecretKey {
    /// A new key.
    pub fn random() -> Self {
        Self(rand::random())
    }

    /// A key for one purpose, so that what is signed for one is worth nothing for another.
    pub fn derive(&self, purpose: &str) -> [u8; KEY_BYTES] {
        // HMAC itself fills a short key up with zeros.
        let mut block = [0; 64];
        block.iter_mut().zip(self.0).for_each(|(place, byte)| *place = byte);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// A signature of `message` as text: nobody without the key can make it.
    pub fn sign_text(&self, purpose: &str, message: &str) -> String {
        self.for_purpose(purpose).sign(message)
    }

    /// Seals a secret that must be read again, such as the one of a webhook: what the database holds is of no use
    /// without this key. `purpose` says whose secret it is; it opens for nobody else.
    pub fn seal(&self, purpose: &str, secret: &str) -> String {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let payload = Payload { msg: secret.as_bytes(), aad: purpose.as_bytes() };
        let sealed = self.cipher().encrypt(&nonce.into(), payload);
        let sealed = sealed.unwrap_or_else(|_| unreachable!("a secret is short"));
        BASE64_URL_SAFE_NO_PAD.encode([nonce.as_slice(), sealed.as_slice()].concat())
    }

    /// Opens what [`SecretKey::seal`] sealed for this purpose. `None` when it was sealed for another, with another key,
    /// or changed since.
    pub fn open(&self, purpose: &str, sealed: &str) -> Option<String> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: sealed, aad: purpose.as_bytes() };
        String::from_utf8(self.cipher().decrypt(nonce.into(), payload).ok()?).ok()
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(&self.derive("sealed secrets").into())
    }

    /// What people call the key by. It tells nothing of the key.
    pub fn id(&self) -> String {
        hex::encode(self.derive("name of the key").into_iter().take(ID_BYTES).collect::<Vec<u8>>())
    }

    /// The key for one purpose as a key of its own: it signs what this one does for that purpose, and nothing else.
    #[must_use]
    pub fn for_purpose(&self, purpose: &str) -> Self {
        Self(self.derive(purpose))
    }

    /// A signature of `message` with this very key, as text.
    pub fn sign(&self, message: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.derive(message))
    }

    /// Takes 64 hexadecimal digits.
    ///
    /// # Errors
    /// When it is something else, or was typed by somebody. The message does not hold the text.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let mut key = [0; KEY_BYTES];
        hex::decode_to_slice(text, &mut key).map_err(|_not_a_key| "it must hold 64 hexadecimal digits")?;
        let different: BTreeSet<u8> = key.into_iter().collect();
        if different.len() < DIFFERENT_BYTES_MIN {
            return Err("it was not chosen at random: delete it, and a new one is made");
        }
        Ok(Self(key))
    }

    /// The key as hexadecimal digits.
    pub fn reveal(&self) -> String {
        hex::encode(self.0)
    }
}

/// 256 random bits as text that fits into URLs and headers.
pub fn random_text() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// 80 random bits as lower-case letters and digits: for ids that are no secret.
pub fn random_id() -> String {
    hex::encode(rand::random::<[u8; 10]>())
}

/// SHA-256 in hexadecimal: how secrets of 256 random bits are stored.
pub fn sha256_hex(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_for_one_purpose_is_worth_nothing_for_another() {
        let key = SecretKey::random();
        assert_ne!(key.derive("sessions"), key.derive("links"));
        assert_ne!(key.sign_text("sessions", "1"), key.sign_text("sessions", "2"));
        assert_ne!(key.sign_text("sessions", "1"), SecretKey::random().sign_text("sessions", "1"));
        assert_eq!(key.sign_text("sessions", "1"), key.for_purpose("sessions").sign("1"));
        assert_eq!(SecretKey::parse(&key.reveal()).unwrap().id(), key.id());
        assert!(key.id().len() == 8 && !key.reveal().contains(&key.id()));
    }

    #[test]
    fn what_is_sealed_opens_for_its_owner_alone() {
        let key = SecretKey::random();
        let sealed = key.seal("feed of acme", "whsec_1");
        assert!(!sealed.contains("whsec_1"));
        assert_ne!(sealed, key.seal("feed of acme", "whsec_1"), "two sealings differ");
        assert_eq!(key.open("feed of acme", &sealed).as_deref(), Some("whsec_1"));
        assert_eq!(key.open("feed of other", &sealed), None);
        assert_eq!(SecretKey::random().open("feed of acme", &sealed), None);
        let mut changed = sealed.clone();
        changed.replace_range(20..21, if sealed.get(20..21) == Some("A") { "B" } else { "A" });
        for broken in ["", "A", "?", &changed] {
            assert_eq!(key.open("feed of acme", broken), None, "{broken}");
        }
    }
}
