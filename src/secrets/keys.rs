//! The keys of a process that runs: they can be exchanged while it does.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use super::{KeyRing, LoadError, SecretKey};

/// The keys that a process has at this moment, and the file that they came from.
pub struct Secrets {
    ring: RwLock<Arc<KeyRing>>,
    file: Option<PathBuf>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").field("file", &self.file).finish_non_exhaustive()
    }
}

impl From<KeyRing> for Secrets {
    fn from(ring: KeyRing) -> Self {
        Self { ring: RwLock::new(Arc::new(ring)), file: None }
    }
}

impl From<SecretKey> for Secrets {
    fn from(key: SecretKey) -> Self {
        KeyRing::from(key).into()
    }
}

impl Secrets {
    /// Reads the keys from their file, which is made when missing.
    ///
    /// # Errors
    /// When the file can be neither read nor made, or holds something else.
    pub fn load_or_make(file: &Path) -> Result<Self, LoadError> {
        Ok(Self { file: Some(file.to_owned()), ..KeyRing::load_or_make(file)?.into() })
    }

    /// Reads the keys from their file.
    ///
    /// # Errors
    /// When the file cannot be read, or holds something else.
    pub fn load(file: &Path) -> Result<Self, LoadError> {
        Ok(Self { file: Some(file.to_owned()), ..KeyRing::load(file)?.into() })
    }

    /// Where the keys came from; `None` when they live as long as the process.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The keys. Whoever does several things that belong together takes them once.
    pub fn ring(&self) -> Arc<KeyRing> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes other keys from now on.
    pub fn replace(&self, ring: KeyRing) {
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
    }

    /// See [`KeyRing::seal`].
    pub fn seal(&self, purpose: &str, secret: &str) -> String {
        self.ring().seal(purpose, secret)
    }

    /// See [`KeyRing::open`].
    pub fn open(&self, purpose: &str, sealed: &str) -> Option<String> {
        self.ring().open(purpose, sealed)
    }

    /// See [`KeyRing::sign_text`].
    pub fn sign_text(&self, purpose: &str, message: &str) -> String {
        self.ring().sign_text(purpose, message)
    }

    /// See [`KeyRing::is_signed`].
    pub fn is_signed(&self, purpose: &str, message: &str, signature: &str) -> bool {
        self.ring().is_signed(purpose, message, signature)
    }
}
