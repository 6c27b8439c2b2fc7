//! `birgemiz restore FILE`: database and secrets brought back into a place that is empty, or is told to be.

use std::path::{Path, PathBuf};

use super::archive::{Archive, DATABASE, Manifest, SECRETS};
use super::secrets::Secret;
use super::{BackupError, Passphrase, masters, secrets};
use crate::storage::dump;
use crate::storage::inspection::Inspection;

/// Where to.
#[derive(Debug, Clone)]
pub struct Target<'t> {
    /// The database, as its owner.
    pub owner_url: &'t str,
    /// The folder for the secrets.
    pub secrets_dir: &'t Path,
    /// The folder of the Postgres programs, where a person named one.
    pub programs: Option<&'t Path>,
    /// What to do with what is there.
    pub what_is_there: WhatIsThere,
}

/// What a restore does with what it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhatIsThere {
    /// Refuses.
    Keep,
    /// Loses the database that is there, and sets the secrets aside.
    Replace,
}

/// What came back.
#[derive(Debug)]
pub struct Restored {
    /// What the backup said of itself.
    pub manifest: Manifest,
    /// Where the secrets are that were there before.
    pub secrets_set_aside: Option<PathBuf>,
}

/// Brings everything back. Whatever can be refused is refused before anything is touched.
///
/// # Errors
/// In one plain sentence.
pub async fn restore(
    file: &Path,
    passphrase: &Passphrase,
    target: &Target<'_>,
) -> Result<Restored, BackupError> {
    let archive = Archive::open(file)?;
    let secrets = opened_secrets(&archive, passphrase)?;
    check(target).await?;
    if target.what_is_there == WhatIsThere::Replace {
        dump::clear(target.owner_url).await?;
    }
    fill(&archive, passphrase, target.owner_url, target.programs).await?;
    compare(&archive.manifest, target.owner_url).await?;
    dump::note_restoration(target.owner_url).await?;
    let secrets_set_aside = secrets::lay(&secrets, target.secrets_dir)?;
    Ok(Restored { manifest: archive.manifest, secrets_set_aside })
}

/// Brings the secrets back alone; those that are there are set aside.
///
/// # Errors
/// In one plain sentence.
pub fn restore_secrets(
    file: &Path,
    passphrase: &Passphrase,
    folder: &Path,
) -> Result<Option<PathBuf>, BackupError> {
    let secrets = opened_secrets(&Archive::open(file)?, passphrase)?;
    secrets::lay(&secrets, folder)
}

pub(super) fn opened_secrets(archive: &Archive, passphrase: &Passphrase) -> Result<Vec<Secret>, BackupError> {
    let secrets = archive.part(SECRETS, passphrase, secrets::unpack)?;
    let names: Vec<&String> = secrets.iter().map(|(name, _)| name).collect();
    if names == archive.manifest.secrets.iter().collect::<Vec<_>>() {
        masters::are_all_among(&archive.manifest.masters, &secrets)?;
        return Ok(secrets);
    }
    Err(BackupError::Differs("the secrets are not those of the manifest".to_owned()))
}

async fn check(target: &Target<'_>) -> Result<(), BackupError> {
    let busy = dump::sessions_of_the_service(target.owner_url).await?;
    if busy > 0 {
        return Err(BackupError::InUse(busy));
    }
    if target.what_is_there == WhatIsThere::Replace {
        return Ok(());
    }
    let tables = Inspection::begin(target.owner_url).await?.tables().await?;
    if !tables.is_empty() {
        return Err(BackupError::NotEmpty(format!("the database has {} tables in it", tables.len())));
    }
    if secrets::read(target.secrets_dir).is_ok() {
        let folder = target.secrets_dir.display();
        return Err(BackupError::NotEmpty(format!("there are secrets in {folder}")));
    }
    Ok(())
}

/// Fills an empty database.
pub(super) async fn fill(
    archive: &Archive,
    passphrase: &Passphrase,
    owner_url: &str,
    programs: Option<&Path>,
) -> Result<(), BackupError> {
    let version = Inspection::begin(owner_url).await?.server().await?.version_number;
    let program = dump::program(programs, "pg_restore", dump::major_of(version))?;
    dump::prepare(owner_url).await?;
    tokio::task::block_in_place(|| {
        archive.part(DATABASE, passphrase, |from| Ok(dump::put_back(&program, owner_url, from)?))
    })?;
    Ok(dump::settle(owner_url).await?)
}

/// Whether what came back is what was saved.
pub(super) async fn compare(manifest: &Manifest, owner_url: &str) -> Result<(), BackupError> {
    let found = Inspection::begin(owner_url).await?.extent().await?;
    let saved = &manifest.database;
    if found == *saved {
        return Ok(());
    }
    let counts = saved.rows.iter().filter(|(table, rows)| found.rows.get(*table) != Some(rows));
    let mut differing: Vec<String> = counts
        .map(|(table, rows)| {
            format!("{table} has {} rows of {rows}", found.rows.get(table).copied().unwrap_or_default())
        })
        .collect();
    if found.migrations != saved.migrations {
        differing.push("other migrations ran".to_owned());
    }
    if (found.highest_event, &found.log_digest) != (saved.highest_event, &saved.log_digest) {
        differing.push(format!("the log ends at {} instead of {}", found.highest_event, saved.highest_event));
    }
    Err(BackupError::Differs(differing.join("; ")))
}
