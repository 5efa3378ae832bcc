//! The file that holds the keys.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use super::{KeyRing, SecretKey};

/// A file of keys is shorter.
const BYTES_MAX: u64 = 16_384;

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file can be neither read nor made.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It holds something else.
    #[error("{0}")]
    Content(String),
}

impl KeyRing {
    /// Reads the keys from their file, which is made with one (for its owner alone) when missing.
    ///
    /// # Errors
    /// When the file can be neither read nor made, or holds something else.
    pub fn load_or_make(file: &Path) -> Result<Self, LoadError> {
        match Self::load(file) {
            Err(LoadError::Io(error)) if error.kind() == io::ErrorKind::NotFound => make(file),
            other => other,
        }
    }

    /// Reads the keys from their file.
    ///
    /// # Errors
    /// When the file cannot be read, or holds something else.
    pub fn load(file: &Path) -> Result<Self, LoadError> {
        let mut text = String::new();
        File::open(file)?.take(BYTES_MAX).read_to_string(&mut text)?;
        Self::parse(&text).map_err(LoadError::Content)
    }

    /// Puts these keys into their file, in the place of those that are there. Whoever reads it meanwhile finds the ones or
    /// the others; its owner and mode stay. A link is followed.
    ///
    /// # Errors
    /// When the file is not there, or its folder cannot be written to.
    pub fn save(&self, file: &Path) -> io::Result<()> {
        let file = file.canonicalize()?;
        let known = fs::metadata(&file)?;
        let (mut made, unfinished) = begin(&file)?;
        let written = made
            .write_all(self.reveal().as_bytes())
            .and_then(|()| made.set_permissions(known.permissions()))
            .and_then(|()| give_to_owner_of(&known, &made))
            .and_then(|()| made.sync_all())
            .and_then(|()| fs::rename(&unfinished, &file));
        if written.is_err() {
            fs::remove_file(&unfinished)?;
        }
        written?;
        // The name, too, must outlive a power cut: what is sealed next is of no use without it.
        file.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    }
}

/// Makes the file. It gets its name when it is whole, so that neither a crash nor a second server that starts in this
/// moment leaves or finds half a key; of two, the first one's is taken by both.
fn make(file: &Path) -> Result<KeyRing, LoadError> {
    let (mut made, unfinished) = begin(file)?;
    let written = made
        .write_all(KeyRing::from(SecretKey::random()).reveal().as_bytes())
        .and_then(|()| made.sync_all())
        .and_then(|()| fs::hard_link(&unfinished, file));
    fs::remove_file(&unfinished)?;
    match written {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error.into()),
        _there => KeyRing::load(file),
    }
}

/// A new file beside `file`, for its owner alone.
fn begin(file: &Path) -> io::Result<(File, PathBuf)> {
    let mut name = OsString::from(file);
    name.push(format!(".{}", uuid::Uuid::new_v4().simple()));
    let unfinished = PathBuf::from(name);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    Ok((options.open(&unfinished)?, unfinished))
}

/// Root may change the keys of a service that runs as somebody else.
#[cfg(unix)]
fn give_to_owner_of(known: &fs::Metadata, made: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let own = made.metadata()?;
    if (own.uid(), own.gid()) == (known.uid(), known.gid()) {
        return Ok(());
    }
    fchown(made, Some(known.uid()), Some(known.gid()))
}

#[cfg(not(unix))]
fn give_to_owner_of(_known: &fs::Metadata, _made: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::KEY_BYTES;

    #[cfg(unix)]
    fn mode(file: &Path) -> u32 {
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(file).unwrap().permissions()) & 0o777
    }

    #[test]
    fn the_key_is_made_once_for_its_owner_alone_and_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("guerdon.key");
        assert!(KeyRing::load(&file).is_err() && !file.exists());
        let made = KeyRing::load_or_make(&file).unwrap();
        assert_eq!(KeyRing::load_or_make(&file).unwrap(), made);
        assert!(made.others().is_empty());
        #[cfg(unix)]
        assert_eq!(mode(&file), 0o600);
    }

    #[test]
    fn a_file_that_holds_no_key_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("guerdon.key");
        for text in ["", "secret", &"00".repeat(KEY_BYTES), &"deadbeef".repeat(KEY_BYTES / 4)] {
            fs::write(&file, text).unwrap();
            assert!(KeyRing::load_or_make(&file).is_err(), "{text}");
        }
    }

    #[test]
    fn servers_that_start_at_once_have_one_key_and_leave_nothing_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("guerdon.key");
        let keys = std::thread::scope(|scope| {
            let started: Vec<_> = (0..8).map(|_| scope.spawn(|| KeyRing::load_or_make(&file).unwrap())).collect();
            started.into_iter().map(|started| started.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn keys_are_replaced_whole_with_the_mode_that_their_file_has() {
        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("guerdon.key"), dir.path().join("link"));
        let made = KeyRing::load_or_make(&file).unwrap();
        fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let two = made.with(SecretKey::random());
        two.save(&link).unwrap();
        assert_eq!((KeyRing::load(&file).unwrap(), mode(&file)), (two.clone(), 0o640));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is left beside it");
        assert!(two.save(&dir.path().join("nowhere")).is_err());
    }
}
