//! The installation's secret key, and random values that nobody can guess.

use std::{
    fmt,
    fs::OpenOptions,
    io::{self, Read as _, Write as _},
    path::Path,
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// Length of the key, in bytes.
pub const KEY_BYTES: usize = 32;

/// The key that signs cookies. Whoever has it can make sessions.
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
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(b"guerdon\0");
        hash.update(purpose.as_bytes());
        hash.finalize().into()
    }

    /// Reads the key from its file, which is made (for its owner alone) when missing.
    ///
    /// # Errors
    /// When the file can be neither read nor made, or holds something else.
    pub fn load_or_make(file: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(file) {
            Ok(mut made) => {
                let key = Self::random();
                made.write_all(hex::encode(key.0).as_bytes())?;
                made.write_all(b"\n")?;
                made.sync_all()?;
                Ok(key)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Self::load(file),
            Err(error) => Err(error),
        }
    }

    fn load(file: &Path) -> io::Result<Self> {
        let mut text = String::new();
        OpenOptions::new().read(true).open(file)?.take(1024).read_to_string(&mut text)?;
        let mut key = [0; KEY_BYTES];
        hex::decode_to_slice(text.trim(), &mut key)
            .map_err(|_not_a_key| io::Error::other("it must hold 64 hexadecimal digits"))?;
        Ok(Self(key))
    }
}

/// 256 random bits as text that fits into URLs and headers.
pub fn random_text() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
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
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions()) & 0o777,
            0o600
        );
        assert_ne!(made.derive("sessions"), made.derive("links"));
    }

    #[test]
    fn a_file_that_holds_no_key_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("guerdon.key");
        std::fs::write(&file, "secret").unwrap();
        assert!(SecretKey::load_or_make(&file).is_err());
    }
}
