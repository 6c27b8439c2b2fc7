//! Master keys: files `master-<id>.key` of the secrets' folder, and `master.current`, which names the one that wraps.
//! A file's name is a digest of the key in it, so one cannot be taken for another. None is ever written over.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::digest;

use super::folder::{self, FolderLock, Keeping};
use super::{Key, VaultError};

const CURRENT: &str = "master.current";

/// Digits of a master key's name: 64 bits tell apart as many as anybody will make.
const DIGITS: usize = 16;

/// Which master key: sixteen hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MasterId(String);

impl fmt::Display for MasterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that names no master key.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("a master key is named by 16 hexadecimal digits, as in its file's name")]
pub struct NoMasterId;

impl FromStr for MasterId {
    type Err = NoMasterId;

    fn from_str(text: &str) -> Result<Self, NoMasterId> {
        let is_digit = |letter: u8| letter.is_ascii_digit() || (b'a'..=b'f').contains(&letter);
        if text.len() == DIGITS && text.bytes().all(is_digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoMasterId)
        }
    }
}

impl MasterId {
    /// By a digest of what the key makes of a fixed text: it tells nothing of the key.
    fn of(key: &Key) -> Self {
        let told = digest::digest(&digest::SHA256, &key.index("name of a master key", ""));
        let digits: String = told.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        Self(digits.chars().take(DIGITS).collect())
    }

    /// Its file's name.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("master-{self}.key")
    }

    fn of_file(name: &str) -> Option<Self> {
        name.strip_prefix("master-")?.strip_suffix(".key")?.parse().ok()
    }
}

/// The master keys of a folder, as they were read last.
pub struct Masters {
    folder: PathBuf,
    read: RwLock<BTreeMap<MasterId, Arc<Key>>>,
}

impl Masters {
    /// Reads them, of which these wrap something, and makes the first one where nothing was ever wrapped.
    pub(super) fn open(folder: &Path, in_use: &[MasterId]) -> Result<Self, VaultError> {
        fs::create_dir_all(folder).map_err(|error| folder::failed(folder, error))?;
        let masters = Self::look(folder);
        for id in in_use {
            masters.find(id)?;
        }
        if masters.named()?.is_none() {
            let _lock = masters.lock()?;
            // Another process may have made it meanwhile.
            if masters.named()?.is_none() {
                if !in_use.is_empty() {
                    return Err(VaultError::NoCurrent(folder.join(CURRENT).display().to_string()));
                }
                let first = masters.make()?;
                masters.switch(&first)?;
            }
        }
        masters.current()?;
        Ok(masters)
    }

    pub(super) fn look(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), read: RwLock::default() }
    }

    /// Has the folder's master keys to oneself until the lock is dropped.
    ///
    /// # Errors
    /// When the folder cannot be locked.
    pub fn lock(&self) -> Result<FolderLock, VaultError> {
        folder::lock(&self.folder)
    }

    /// Makes another, on disk when this returns. It wraps nothing until it is switched to.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn make(&self) -> Result<MasterId, VaultError> {
        let key = Key::make()?;
        let id = MasterId::of(&key);
        folder::keep(&self.path(&id), key.bytes(), Keeping::Once)?;
        Ok(id)
    }

    /// The one that wraps from now on.
    ///
    /// # Errors
    /// When it is not there, or cannot be named.
    pub fn switch(&self, id: &MasterId) -> Result<(), VaultError> {
        self.find(id)?;
        folder::keep(&self.folder.join(CURRENT), format!("{id}\n").as_bytes(), Keeping::Anew)
    }

    /// The one that wraps, as its file says at this moment: another process may have switched.
    ///
    /// # Errors
    /// When it is not there.
    pub fn current(&self) -> Result<(MasterId, Arc<Key>), VaultError> {
        let path = || self.folder.join(CURRENT).display().to_string();
        let id = self.named()?.ok_or_else(|| VaultError::NoCurrent(path()))?;
        let key = self.find(&id)?;
        Ok((id, key))
    }

    /// That one. Whoever does not know it looks into the folder again.
    ///
    /// # Errors
    /// When it is not there, or its file holds something else.
    pub fn find(&self, id: &MasterId) -> Result<Arc<Key>, VaultError> {
        let known = self.read.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        if let Some(key) = known {
            return Ok(key);
        }
        let path = self.path(id);
        let name = || path.display().to_string();
        let bytes = folder::read(&path)?.ok_or_else(|| VaultError::Missing(name()))?;
        let key = Key::from_bytes(&bytes).filter(|key| MasterId::of(key) == *id);
        let key = Arc::new(key.ok_or_else(|| VaultError::Unusable(name()))?);
        let mut read = self.read.write().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(read.entry(id.clone()).or_insert(key)))
    }

    /// All that are there.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn all(&self) -> Result<Vec<MasterId>, VaultError> {
        let entries = fs::read_dir(&self.folder).map_err(|error| folder::failed(&self.folder, error))?;
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut found: Vec<MasterId> = names.filter_map(|name| MasterId::of_file(&name)).collect();
        found.sort();
        Ok(found)
    }

    /// Forgets one for good. Whether anything needs it is the caller's to have found out, under the lock and
    /// while nobody wraps.
    ///
    /// # Errors
    /// When it is the one that wraps, or is not there.
    pub fn remove(&self, id: &MasterId) -> Result<(), VaultError> {
        if self.named()?.as_ref() == Some(id) {
            return Err(VaultError::InUse(id.to_string(), "it is the one that wraps new keys"));
        }
        folder::remove(&self.path(id))?;
        self.read.write().unwrap_or_else(PoisonError::into_inner).remove(id);
        Ok(())
    }

    fn named(&self) -> Result<Option<MasterId>, VaultError> {
        let path = self.folder.join(CURRENT);
        let Some(bytes) = folder::read(&path)? else { return Ok(None) };
        let text = std::str::from_utf8(&bytes).unwrap_or_default().trim();
        text.parse().map(Some).map_err(|_| VaultError::Unusable(path.display().to_string()))
    }

    fn path(&self, id: &MasterId) -> PathBuf {
        self.folder.join(id.file_name())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::clock;

    struct Scratch(PathBuf);

    impl Scratch {
        fn new() -> Self {
            Self(std::env::temp_dir().join(format!("birgemiz-masters-{}", clock::new_id())))
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn the_first_start_makes_one_for_the_service_alone_and_the_next_finds_it() {
        let scratch = Scratch::new();
        let masters = Masters::open(&scratch.0, &[]).unwrap();
        let (id, key) = masters.current().unwrap();
        for name in [id.file_name(), CURRENT.to_owned()] {
            let mode = fs::metadata(scratch.0.join(&name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        let again = Masters::open(&scratch.0, &[]).unwrap();
        let (same, equal) = again.current().unwrap();
        assert_eq!((same, equal.bytes()), (id, key.bytes()));
        assert_eq!(fs::read_dir(&scratch.0).unwrap().count(), 2, "no draft stays behind");
    }

    #[test]
    fn of_many_that_start_at_once_one_makes_it() {
        let scratch = Scratch::new();
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let folder = scratch.0.clone();
                std::thread::spawn(move || Masters::open(&folder, &[]).unwrap().current().unwrap().0)
            })
            .collect();
        let mut ids: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        ids.dedup();
        assert_eq!(ids.len(), 1);
        assert_eq!(Masters::open(&scratch.0, &[]).unwrap().all().unwrap(), ids);
    }

    #[test]
    fn where_something_is_wrapped_no_new_one_is_made_and_the_missing_file_is_named() {
        let scratch = Scratch::new();
        let (id, _) = Masters::open(&scratch.0, &[]).unwrap().current().unwrap();
        let in_use = [id.clone()];
        let file = scratch.0.join(id.file_name());
        let bytes = fs::read(&file).unwrap();
        fs::remove_file(&file).unwrap();
        let refused = Masters::open(&scratch.0, &in_use).err().unwrap();
        assert!(matches!(&refused, VaultError::Missing(named) if *named == file.display().to_string()));
        let other = [7; super::super::key::LENGTH];
        folder::keep(&file, &other, Keeping::Once).unwrap();
        assert!(matches!(Masters::open(&scratch.0, &in_use), Err(VaultError::Unusable(_))), "another key");
        folder::keep(&file, &bytes, Keeping::Anew).unwrap();
        assert!(Masters::open(&scratch.0, &in_use).is_ok());
        fs::remove_file(scratch.0.join(CURRENT)).unwrap();
        assert!(matches!(Masters::open(&scratch.0, &in_use), Err(VaultError::NoCurrent(_))));
        assert_eq!(fs::read_dir(&scratch.0).unwrap().count(), 1, "nothing was made");
    }

    #[test]
    fn others_may_not_read_one_and_none_is_written_over() {
        let scratch = Scratch::new();
        let masters = Masters::open(&scratch.0, &[]).unwrap();
        let (id, _) = masters.current().unwrap();
        let file = scratch.0.join(id.file_name());
        assert!(folder::keep(&file, b"another", Keeping::Once).is_err());
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Masters::open(&scratch.0, &[id]), Err(VaultError::Mode(_))));
    }

    #[test]
    fn another_process_finds_what_was_made_meanwhile_and_the_one_that_wraps_is_never_dropped() {
        let scratch = Scratch::new();
        let (ours, theirs) =
            (Masters::open(&scratch.0, &[]).unwrap(), Masters::open(&scratch.0, &[]).unwrap());
        let (old, _) = ours.current().unwrap();
        let new = ours.make().unwrap();
        assert_eq!(theirs.current().unwrap().0, old, "made, and not switched to");
        theirs.find(&new).unwrap();
        ours.switch(&new).unwrap();
        assert_eq!(theirs.current().unwrap().0, new);
        assert!(matches!(ours.remove(&new), Err(VaultError::InUse(..))));
        ours.remove(&old).unwrap();
        assert_eq!(ours.all().unwrap(), [new]);
        assert!(matches!(ours.find(&old), Err(VaultError::Missing(_))));
    }
}
