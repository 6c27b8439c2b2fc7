//! Master keys in a backup: each that wraps a key in the saved database must be saved with it.

use std::path::Path;

use super::BackupError;
use super::secrets::Secret;
use crate::storage::keyring::WrappedKey;
use crate::vault::Vault;

/// The files of the master keys that wrap these.
pub(super) fn needed(keys: &[WrappedKey]) -> Vec<String> {
    let mut files: Vec<String> = keys.iter().map(|key| key.master.file_name()).collect();
    files.sort();
    files.dedup();
    files
}

/// Refuses secrets that lack one of these files.
pub(super) fn are_all_among(files: &[String], secrets: &[Secret]) -> Result<(), BackupError> {
    let lacking = files.iter().find(|file| !secrets.iter().any(|(name, _)| name == *file));
    lacking.map_or(Ok(()), |file| Err(BackupError::NoMaster(file.clone())))
}

/// Opens each of these keys by the master keys of a folder, once.
pub(super) fn open_everything(folder: &Path, keys: &[WrappedKey]) -> Result<(), BackupError> {
    let vault = Vault::look(folder);
    for key in keys {
        let shut = |error| BackupError::Differs(format!("a key of {}: {error}", key.organisation));
        key.open(&vault).map_err(shut)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_that_lack_a_master_key_are_refused() {
        let files = ["master-0123456789abcdef.key".to_owned()];
        let with = |name: &str| vec![("code-hashing.key".to_owned(), vec![1]), (name.to_owned(), vec![2])];
        assert!(are_all_among(&files, &with("master-0123456789abcdef.key")).is_ok());
        let refused = are_all_among(&files, &with("master-fedcba9876543210.key"));
        assert!(matches!(refused, Err(BackupError::NoMaster(file)) if file == files[0]));
    }
}
