//! Files and folders: which settings are in force, who may read the secrets, how much room is left.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{Check, Finding, Patient};
use crate::storage::keyring::WrappedKey;
use crate::vault::Vault;

/// Below this the database soon cannot write.
const LITTLE_ROOM: u64 = 2 << 30;
const NO_ROOM: u64 = 256 << 20;

const SETTINGS: Check = Check::new(
    "settings",
    "what the service does is decided here; `birgemiz settings` tells each one's source",
);
const SECRETS: Check = Check::new(
    "secrets",
    "whoever reads them can sign any token; without them every session and code is void",
);
const MASTERS: Check = Check::new(
    "master keys",
    "without the master key's file nobody can open the names, telephones and addresses of households, ever",
);
const DISK: Check = Check::new("disk", "a database without room stops accepting requests");

/// What the files of the secrets begin with: of the keys that sign there may be several, by turns.
const FILES: [&str; 2] = ["token-signing", "code-hashing.key"];

pub(super) fn settings(patient: &Patient<'_>) -> Finding {
    let file = patient.settings_file.map_or_else(|| "no file".to_owned(), |path| path.display().to_string());
    SETTINGS.ok(format!("{file}; {} settings differ from their defaults", patient.settings_said))
}

pub(super) fn secrets(folder: &Path) -> Finding {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    for path in &files {
        let mode = fs::metadata(path).map_or(0, |found| found.permissions().mode() & 0o777);
        if mode & 0o077 != 0 {
            let found = format!("{} has mode {mode:o}: others may read it", path.display());
            return SECRETS.fail(found, format!("chmod 600 {}", path.display()));
        }
    }
    let named = |begins: &str| {
        let name =
            |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(begins));
        files.iter().any(name)
    };
    let absent: Vec<PathBuf> =
        FILES.into_iter().filter(|begins| !named(begins)).map(|begins| folder.join(begins)).collect();
    match absent.as_slice() {
        [] => SECRETS.ok(format!("{} holds them, for the service alone", folder.display())),
        [one] => SECRETS.fail(
            format!("{} is missing", one.display()),
            "birgemiz restore --secrets-only FILE   # a new key would void what the old one has signed or hashed",
        ),
        _ => SECRETS.warn(
            format!("there are none in {} yet", folder.display()),
            "birgemiz serve   # makes them at its first start",
        ),
    }
}

/// Whether every organisation's keys open.
pub(super) fn masters(folder: &Path, keys: &[WrappedKey]) -> Finding {
    let vault = Vault::look(folder);
    let shut = keys.iter().find_map(|key| key.open(&vault).err());
    let all = keys.len();
    shut.map_or_else(
        || MASTERS.ok(format!("all {all} keys of organisations open")),
        |error| MASTERS.fail(error.to_string(), "birgemiz restore --secrets-only FILE   # from a backup"),
    )
}

pub(super) fn disk(data: &Path) -> Finding {
    // The folder may be yet to be made; its disk is that of the nearest folder there is.
    let there = data.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("/"));
    let Ok(told) = rustix::fs::statvfs(there) else {
        return DISK.warn(format!("{} cannot be looked at", there.display()), "df -h");
    };
    let free = told.f_bavail.saturating_mul(told.f_frsize);
    let found = format!("{} MiB free for {}", free >> 20, data.display());
    let fix = format!("df -h {}   # make room, or move the data folder to a larger disk", there.display());
    match free {
        ..NO_ROOM => DISK.fail(found, fix),
        NO_ROOM..LITTLE_ROOM => DISK.warn(found, fix),
        LITTLE_ROOM.. => DISK.ok(found),
    }
}
