//! The files of the secrets' folder: packed into one stream, and laid back for the service alone.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::{BackupError, file_error};
use crate::clock;

/// Keys are some hundred bytes.
const MOST_BYTES: u64 = 1 << 20;

/// One secret: its file's name and what is in it.
pub(super) type Secret = (String, Vec<u8>);

/// Every secret in a folder, by name. Drafts of a start that was killed are none.
pub(super) fn read(folder: &Path) -> Result<Vec<Secret>, BackupError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|_| BackupError::NoSecrets(folder.to_owned()))? {
        let path = entry.map_err(file_error(folder))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if path.is_file() && !name.contains(".draft-") {
            found.push((name, fs::read(&path).map_err(file_error(&path))?));
        }
    }
    found.sort();
    if found.is_empty() { Err(BackupError::NoSecrets(folder.to_owned())) } else { Ok(found) }
}

pub(super) fn pack(secrets: &[Secret], into: &mut dyn Write) -> Result<(), BackupError> {
    let stream = |error| BackupError::Stream("packing the secrets", error);
    let mut tar = tar::Builder::new(into);
    for (name, bytes) in secrets {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o600);
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, name, bytes.as_slice()).map_err(stream)?;
    }
    tar.into_inner().and_then(|into| into.flush()).map_err(stream)
}

pub(super) fn unpack(from: &mut dyn Read) -> Result<Vec<Secret>, BackupError> {
    let stream = |error| BackupError::Stream("unpacking the secrets", error);
    let mut found = Vec::new();
    let mut tar = tar::Archive::new(&mut *from);
    for entry in tar.entries().map_err(stream)? {
        let entry = entry.map_err(stream)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if name.contains('/') || name.starts_with('.') {
            return Err(stream(std::io::Error::other("a secret's name leads out of its folder")));
        }
        let mut bytes = Vec::new();
        entry.take(MOST_BYTES).read_to_end(&mut bytes).map_err(stream)?;
        found.push((name, bytes));
    }
    // What follows must be read too: only the true end proves that nothing was cut off.
    std::io::copy(from, &mut std::io::sink()).map_err(stream)?;
    Ok(found)
}

/// Lays secrets into a folder that only the service may enter. What was in it is set aside, not lost.
/// Answers where to.
pub(super) fn lay(secrets: &[Secret], folder: &Path) -> Result<Option<PathBuf>, BackupError> {
    let aside = if folder.exists() {
        let mut aside = folder.as_os_str().to_owned();
        aside.push(format!(".before-{}", clock::new_id()));
        let aside = PathBuf::from(aside);
        fs::rename(folder, &aside).map_err(file_error(folder))?;
        Some(aside)
    } else {
        None
    };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(file_error(folder))?;
    for (name, bytes) in secrets {
        let path = folder.join(name);
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
            .map_err(file_error(&path))?;
    }
    Ok(aside)
}
