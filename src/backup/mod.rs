//! Saving everything, and bringing it back: the database with its photos, and the secrets without which it
//! means nothing. What is saved is sealed under a passphrase, because it holds doors. docs/backup.md tells
//! the format and the drill.
//!
//! - `sealing`: a stream that only the passphrase opens, and that nobody can cut or change unnoticed
//! - `archive`: the one file, its parts and its manifest
//! - `secrets`: the files of the secrets' folder
//! - `masters`: those of them without which private data stays sealed
//! - `save`, `verify`, `restore`: the three verbs

mod archive;
mod masters;
mod restore;
mod save;
mod sealing;
mod secrets;
mod verify;

use std::io;
use std::path::PathBuf;

use crate::storage::StorageError;
use crate::storage::dump::DumpError;
use crate::storage::embedded::StartError;

pub use archive::Manifest;
pub use restore::{Restored, Target, WhatIsThere, restore, restore_secrets};
pub use save::save;
pub use sealing::Passphrase;
pub use verify::{Scratch, Verified, verify};

/// Why a backup was not made, does not count, or was not brought back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file or folder.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// Something between two programs.
    #[error("{0}: {1}")]
    Stream(&'static str, io::Error),
    /// It would be overwritten.
    #[error("{0} is there already; name another file, or remove it")]
    Exists(PathBuf),
    /// The passphrase is guessed too easily.
    #[error("the passphrase has fewer than {0} characters")]
    ShortPassphrase(usize),
    /// The operating system gave no randomness, or no memory for the key.
    #[error("no key could be made from the passphrase")]
    NoKey,
    /// The file is no backup, or is damaged.
    #[error("{0} is not a whole backup: {1}")]
    Damaged(PathBuf, String),
    /// The folder has no secrets in it.
    #[error("there are no secrets in {0}; was a server ever started with it?")]
    NoSecrets(PathBuf),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The Postgres programs failed.
    #[error(transparent)]
    Dump(#[from] DumpError),
    /// The scratch server did not start.
    #[error("the server to try the backup on did not start: {0}")]
    Scratch(#[from] StartError),
    /// Private data would stay sealed for ever.
    #[error(
        "the master key's file {0} is not in the secrets' folder, and without it private data in the database cannot be opened; bring it back first"
    )]
    NoMaster(String),
    /// What came back is not what was saved.
    #[error("what came back is not what was saved: {0}")]
    Differs(String),
    /// Something would be lost.
    #[error("{0}; add --replace to lose what is there")]
    NotEmpty(String),
    /// Somebody works on it.
    #[error("{0} sessions of a running service are on that database; stop it first")]
    InUse(i64),
}

fn file_error(path: &std::path::Path) -> impl FnOnce(io::Error) -> BackupError {
    let path = path.to_owned();
    move |error| BackupError::File(path, error)
}
