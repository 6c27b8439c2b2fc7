//! Where a demo is kept: a folder of its own, which it marks, so that nothing else is ever mistaken for
//! one and removed.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::{DemoError, Roster};
use crate::clock;

/// Says whose folder it is, and is locked while a demo runs there.
const MARK: &str = "this-is-a-demo";
const ROSTER: &str = "demo.json";
/// What a demo makes, besides its mark.
const MADE: [&str; 3] = [ROSTER, "postgres", "secrets"];

/// A demo's folder, which no other demo may use meanwhile.
#[derive(Debug)]
pub struct DemoFolder {
    root: PathBuf,
    /// Held for as long as this value lives; the kernel lets go of it however the process ends.
    _lock: File,
}

impl DemoFolder {
    /// Opens the folder, or makes it.
    ///
    /// # Errors
    /// When it holds something else, or a demo runs there.
    pub fn open(root: &Path) -> Result<Self, DemoError> {
        fs::create_dir_all(root).map_err(DemoError::file(root))?;
        let mark = root.join(MARK);
        let is_empty = fs::read_dir(root).map_err(DemoError::file(root))?.next().is_none();
        if !is_empty && !mark.is_file() {
            return Err(DemoError::NotADemo(root.to_owned()));
        }
        let lock = private(OpenOptions::new().append(true).create(true))
            .open(&mark)
            .map_err(DemoError::file(&mark))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { root: root.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(DemoError::AlreadyRuns(root.to_owned())),
            Err(TryLockError::Error(error)) => Err(DemoError::file(&mark)(error)),
        }
    }

    /// Removes whatever a demo has made here.
    ///
    /// # Errors
    /// When something cannot be removed.
    pub fn clear(&self) -> Result<(), DemoError> {
        for made in MADE {
            let path = self.root.join(made);
            let removed = match fs::symlink_metadata(&path) {
                Ok(found) if found.is_dir() => fs::remove_dir_all(&path),
                Ok(_) => fs::remove_file(&path),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
                Err(error) => Err(error),
            };
            removed.map_err(DemoError::file(&path))?;
        }
        Ok(())
    }

    /// The roster of the city that was built here; none where none was finished.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn roster(&self) -> Result<Option<Roster>, DemoError> {
        let path = self.roster_path();
        match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|_| DemoError::Roster(path)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(DemoError::file(&path)(error)),
        }
    }

    /// Keeps the roster: the last thing that is done for a city to be finished.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, roster: &Roster) -> Result<(), DemoError> {
        write(&self.roster_path(), roster)
    }

    /// Where the roster is.
    #[must_use]
    pub fn roster_path(&self) -> PathBuf {
        self.root.join(ROSTER)
    }
}

/// Writes a roster so that nobody else may read it: to a file of its own first, so that no half of it
/// is ever read.
///
/// # Errors
/// When it cannot be written.
pub fn write(path: &Path, roster: &Roster) -> Result<(), DemoError> {
    let text = serde_json::to_string_pretty(roster).map_err(|_| DemoError::Roster(path.to_owned()))?;
    let draft = path.with_extension(format!("{}.tmp", clock::new_id()));
    private(OpenOptions::new().write(true).create_new(true))
        .open(&draft)
        .and_then(|mut file| file.write_all(format!("{text}\n").as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&draft, path))
        .map_err(DemoError::file(path))
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(0o600)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn somewhere() -> PathBuf {
        std::env::temp_dir().join(format!("birgemiz-demo-folder-{}", clock::new_id()))
    }

    #[test]
    fn a_folder_with_anything_else_in_it_is_refused_and_left_alone() {
        let root = somewhere();
        fs::create_dir_all(root.join("postgres")).unwrap();
        assert!(matches!(DemoFolder::open(&root), Err(DemoError::NotADemo(_))));
        assert!(root.join("postgres").is_dir());
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_folder_is_one_demos_at_a_time_and_is_cleared_of_its_own_only() {
        let root = somewhere();
        let folder = DemoFolder::open(&root).unwrap();
        assert!(matches!(DemoFolder::open(&root), Err(DemoError::AlreadyRuns(_))));
        fs::create_dir_all(root.join("postgres/cluster")).unwrap();
        fs::write(root.join("a letter"), "kept").unwrap();
        folder.clear().unwrap();
        assert!(!root.join("postgres").exists() && root.join("a letter").is_file());
        drop(folder);
        assert!(DemoFolder::open(&root).unwrap().roster().unwrap().is_none());
        fs::remove_dir_all(root).unwrap();
    }
}
