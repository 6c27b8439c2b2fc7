//! The files of the secrets' folder: for the service alone, written once, read whole.

use std::fs::{self, DirBuilder};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::KeysError;
use crate::clock;

/// What a file is called while it is being written.
const DRAFT: &str = "draft-";

/// Makes the folder where it is not there yet, and refuses one in which others may read a file.
pub(super) fn require_private(folder: &Path) -> Result<(), KeysError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| file_error(folder, error))?;
    list(folder)?.iter().try_for_each(|path| require_mode(path))
}

/// Every file in the folder, drafts left out.
pub(super) fn list(folder: &Path) -> Result<Vec<PathBuf>, KeysError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| file_error(folder, error))? {
        let path = entry.map_err(|error| file_error(folder, error))?.path();
        let draft = path.extension().is_some_and(|end| end.to_string_lossy().starts_with(DRAFT));
        if path.is_file() && !draft {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>, KeysError> {
    require_mode(path)?;
    fs::read(path).map_err(|error| file_error(path, error))
}

pub(super) fn read_or_make(
    path: &Path,
    make: impl FnOnce() -> Result<Vec<u8>, KeysError>,
) -> Result<Vec<u8>, KeysError> {
    if !path.exists() {
        write_once(path, &make()?)?;
    }
    read(path)
}

fn require_mode(path: &Path) -> Result<(), KeysError> {
    let found = fs::metadata(path).map_err(|error| file_error(path, error))?;
    if found.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(KeysError::Mode(path.display().to_string()))
}

/// Writes to a file of its own and links it in place: of two processes that start together, one
/// wins and both then read the same key.
pub(super) fn write_once(path: &Path, bytes: &[u8]) -> Result<(), KeysError> {
    let draft = path.with_extension(format!("{DRAFT}{}", clock::new_id()));
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| match fs::hard_link(&draft, path) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
            Ok(()) | Err(_) => Ok(()),
        });
    let removed = fs::remove_file(&draft);
    written.and(removed).map_err(|error| file_error(path, error))
}

pub(super) fn remove(path: &Path) -> Result<(), KeysError> {
    fs::remove_file(path).map_err(|error| file_error(path, error))
}

fn file_error(path: &Path, error: std::io::Error) -> KeysError {
    KeysError::File { path: path.display().to_string(), error }
}
