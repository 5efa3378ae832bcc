//! The installation's secret key, and random values that nobody can guess.

use std::{
    collections::BTreeSet,
    fmt,
    fs::{self, OpenOptions},
    io::{self, Read as _, Write as _},
    path::Path,
};

use aes_gcm::{
    Aes256Gcm,
    aead::{Aead as _, KeyInit as _, Payload},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// Length of the key, in bytes.
pub const KEY_BYTES: usize = 32;
/// A key with fewer different bytes was typed by somebody.
const DIFFERENT_BYTES_MIN: usize = 5;
/// Length of what makes two sealings of one secret differ, in bytes.
const NONCE_BYTES: usize = 12;

/// The key that signs cookies and seals secrets. Whoever has it can make sessions.
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
        BASE64_URL_SAFE_NO_PAD.encode(Self(self.derive(purpose)).derive(message))
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

    /// Reads the key from its file, which is made (for its owner alone) when missing.
    ///
    /// # Errors
    /// When the file can be neither read nor made, or holds something else.
    pub fn load_or_make(file: &Path) -> io::Result<Self> {
        match Self::load(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::make(file),
            other => other,
        }
    }

    /// Makes the file. It gets its name when it is whole, so that neither a crash nor a second server that starts in
    /// this moment leaves or finds half a key; of two, the first one's is taken by both.
    fn make(file: &Path) -> io::Result<Self> {
        let mut name = file.as_os_str().to_owned();
        name.push(format!(".{}", uuid::Uuid::new_v4().simple()));
        let unfinished = Path::new(&name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut made = options.open(unfinished)?;
        let written = made
            .write_all(format!("{}\n", hex::encode(Self::random().0)).as_bytes())
            .and_then(|()| made.sync_all())
            .and_then(|()| fs::hard_link(unfinished, file));
        fs::remove_file(unfinished)?;
        match written {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _there => Self::load(file),
        }
    }

    fn load(file: &Path) -> io::Result<Self> {
        let mut text = String::new();
        OpenOptions::new().read(true).open(file)?.take(1024).read_to_string(&mut text)?;
        let mut key = [0; KEY_BYTES];
        hex::decode_to_slice(text.trim(), &mut key)
            .map_err(|_not_a_key| io::Error::other("it must hold 64 hexadecimal digits"))?;
        let different: BTreeSet<u8> = key.into_iter().collect();
        if different.len() < DIFFERENT_BYTES_MIN {
            return Err(io::Error::other("it was not chosen at random: delete it, and a new one is made"));
        }
        Ok(Self(key))
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
    fn the_key_is_made_once_for_its_owner_alone_and_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("guerdon.key");
        let made = SecretKey::load_or_make(&file).unwrap();
        assert_eq!(SecretKey::load_or_make(&file).unwrap(), made);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions()) & 0o777, 0o600);
        assert_ne!(made.derive("sessions"), made.derive("links"));
        assert_ne!(made.sign_text("sessions", "1"), made.sign_text("sessions", "2"));
        assert_ne!(made.sign_text("sessions", "1"), SecretKey::random().sign_text("sessions", "1"));
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

    #[test]
    fn a_file_that_holds_no_key_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("guerdon.key");
        for text in ["", "secret", &"00".repeat(KEY_BYTES), &"deadbeef".repeat(KEY_BYTES / 4)] {
            fs::write(&file, text).unwrap();
            assert!(SecretKey::load_or_make(&file).is_err(), "{text}");
        }
    }

    #[test]
    fn servers_that_start_at_once_have_one_key_and_leave_nothing_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("guerdon.key");
        let keys = std::thread::scope(|scope| {
            let started: Vec<_> = (0..8).map(|_| scope.spawn(|| SecretKey::load_or_make(&file).unwrap())).collect();
            started.into_iter().map(|started| started.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
