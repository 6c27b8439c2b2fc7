//! Files of a folder that hold secrets: on disk before anybody relies on them, and never half written.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use zeroize::Zeroizing;

use super::VaultError;
use crate::clock;

/// Whether a file may take another's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keeping {
    /// The name is given once.
    Once,
    /// It takes the place of what was there.
    Anew,
}

/// While it lives, no other process that asks for it changes master keys of the folder.
pub struct FolderLock {
    /// The kernel lets go of it however the process ends.
    _lock: File,
}

/// Waits for the folder, and has it alone.
pub(super) fn lock(folder: &Path) -> Result<FolderLock, VaultError> {
    let open = File::open(folder).map_err(|error| failed(folder, error))?;
    open.lock().map_err(|error| failed(folder, error))?;
    Ok(FolderLock { _lock: open })
}

/// What a secret's file holds; none where there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
    match fs::metadata(path) {
        Ok(found) if found.permissions().mode() & 0o077 != 0 => {
            Err(VaultError::Mode(path.display().to_string()))
        }
        Ok(_) => fs::read(path).map(|bytes| Some(Zeroizing::new(bytes))).map_err(|error| failed(path, error)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, error)),
    }
}

/// Keeps bytes under a name: written and synced under another, then given the name, and the folder synced. When this
/// returned, a crash of the machine loses neither.
pub(super) fn keep(path: &Path, bytes: &[u8], keeping: Keeping) -> Result<(), VaultError> {
    let draft = path.with_extension(format!("draft-{}", clock::new_id()));
    let named = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| match keeping {
            Keeping::Once => fs::hard_link(&draft, path),
            Keeping::Anew => fs::rename(&draft, path),
        });
    if keeping == Keeping::Once || named.is_err() {
        // A draft that stays behind is nobody's key, and backups leave it out.
        let _ = fs::remove_file(&draft);
    }
    named.map_err(|error| failed(path, error))?;
    sync(path.parent().unwrap_or(Path::new(".")))
}

/// Forgets a file, for good once this returned.
pub(super) fn remove(path: &Path) -> Result<(), VaultError> {
    fs::remove_file(path).map_err(|error| failed(path, error))?;
    sync(path.parent().unwrap_or(Path::new(".")))
}

fn sync(folder: &Path) -> Result<(), VaultError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| failed(folder, error))
}

pub(super) fn failed(path: &Path, error: std::io::Error) -> VaultError {
    VaultError::File { path: path.display().to_string(), error }
}
