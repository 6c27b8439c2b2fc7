//! `birgemiz backup verify FILE`: a backup counts only when it was brought back once. It is restored into
//! a Postgres made for the purpose, compared with what it says of itself, and every life in it is replayed
//! from its log. What was found is recorded beside it.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::archive::{Archive, Manifest};
use super::restore::{compare, fill, opened_secrets};
use super::{BackupError, Passphrase, file_error, masters, secrets};
use crate::clock;
use crate::keys::Keys;
use crate::storage::embedded::{EmbeddedPostgres, Settings};
use crate::storage::inspection::Inspection;
use crate::storage::{database, migrations};

const DATABASE: &str = "verify";

/// A Postgres of a verification's own, and a folder, that go when it is over.
pub struct Scratch {
    postgres: Option<EmbeddedPostgres>,
    folder: PathBuf,
    programs: Option<PathBuf>,
}

impl Scratch {
    /// Starts one below this folder. Call it on the main thread, which the server ends with.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(below: &Path, programs: Option<&Path>) -> Result<Self, BackupError> {
        let folder = below.join(format!("birgemiz-verify-{}", clock::new_id()));
        DirBuilder::new().recursive(true).mode(0o711).create(&folder).map_err(file_error(&folder))?;
        let mut settings = Settings::new(folder.join("postgres"));
        settings.programs_dir = programs.map(Path::to_owned);
        let mut scratch = Self { postgres: None, folder, programs: programs.map(Path::to_owned) };
        scratch.postgres = Some(EmbeddedPostgres::start(&settings)?);
        Ok(scratch)
    }

    fn url(&self, database: &str) -> String {
        self.postgres.as_ref().map(|postgres| postgres.url("postgres", database)).unwrap_or_default()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(self.postgres.take());
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            eprintln!("{} is left behind: {error}", self.folder.display());
        }
    }
}

/// What a verification found: written beside the backup.
#[derive(Debug, Clone, Serialize)]
pub struct Verified {
    /// When, in RFC 3339.
    pub verified_at: String,
    /// The release that verified it.
    pub verified_by: String,
    /// Things whose lives were replayed from the log and found as the tables tell them.
    pub lives_replayed: u64,
    /// What the backup says of itself, and is.
    pub manifest: Manifest,
}

/// Tries a backup, and records beside it that it counts.
///
/// # Errors
/// When it does not count, in one plain sentence.
pub async fn verify(
    file: &Path,
    passphrase: &Passphrase,
    scratch: &Scratch,
) -> Result<Verified, BackupError> {
    let archive = Archive::open(file)?;
    try_secrets(&archive, passphrase, &scratch.folder.join("secrets"))?;
    database::ensure_exists(&scratch.url("postgres"), DATABASE).await?;
    let url = scratch.url(DATABASE);
    fill(&archive, passphrase, &url, scratch.programs.as_deref()).await?;
    compare(&archive.manifest, &url).await?;
    let known = migrations::known();
    if let Some(version) = archive.manifest.database.migrations.iter().find(|one| !known.contains(one)) {
        return Err(BackupError::Differs(format!(
            "it has the migration {version}, which this release does not know"
        )));
    }
    masters::open_everything(
        &scratch.folder.join("secrets"),
        &Inspection::begin(&url).await?.wrapped_keys().await?,
    )?;
    let (differing, lives_replayed) = Inspection::begin(&url).await?.disagreements(1).await?;
    if let Some(first) = differing.first() {
        return Err(BackupError::Differs(format!(
            "by its log {} is {}, by its row {}",
            first.id,
            first.by_log.as_deref().unwrap_or("nothing"),
            first.by_table.as_deref().unwrap_or("nothing"),
        )));
    }
    let verified = Verified {
        verified_at: clock::now().to_rfc3339(),
        verified_by: env!("CARGO_PKG_VERSION").to_owned(),
        lives_replayed,
        manifest: archive.manifest,
    };
    record(file, &verified)?;
    Ok(verified)
}

/// Secrets that the service would refuse are none.
fn try_secrets(archive: &Archive, passphrase: &Passphrase, folder: &Path) -> Result<(), BackupError> {
    secrets::lay(&opened_secrets(archive, passphrase)?, folder)?;
    let before = secrets::read(folder)?;
    Keys::load_or_make(folder).map_err(|error| BackupError::Differs(error.to_string()))?;
    if secrets::read(folder)? != before {
        return Err(BackupError::Differs("a secret is missing in it".to_owned()));
    }
    Ok(())
}

fn record(file: &Path, verified: &Verified) -> Result<(), BackupError> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(".verified.json");
    let beside = PathBuf::from(beside);
    let text = serde_json::to_vec_pretty(verified).map_err(|error| file_error(&beside)(error.into()))?;
    fs::write(&beside, text).map_err(file_error(&beside))
}
