//! `birgemiz backup`: saves everything; `birgemiz backup verify`: makes sure that it can be brought back.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::examples;
use crate::backup::{self, BackupError, Passphrase, Scratch};
use crate::config::{BackupSettings, SealingSettings, VerifySettings};
use crate::startup::{self, StartupError};

/// `birgemiz backup`.
#[derive(Debug, Args)]
#[command(subcommand_negates_reqs = true)]
pub(super) struct BackupArgs {
    #[command(flatten)]
    settings: BackupSettings,
    /// The file to make; it must not be there yet.
    #[arg(required = true, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Bring a backup back into a Postgres made for the purpose, compare, replay its log, and record beside
    /// it that it counts.
    #[command(after_long_help = examples::VERIFY)]
    Verify(Box<VerifyArgs>),
}

#[derive(Debug, Args)]
struct VerifyArgs {
    #[command(flatten)]
    settings: VerifySettings,
    /// The backup.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Why nothing was saved, verified or brought back.
#[derive(Debug, thiserror::Error)]
pub(super) enum BackupFailure {
    /// The database could not be had.
    #[error(transparent)]
    Startup(#[from] StartupError),
    /// The rest.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// Nobody said by what it is sealed.
    #[error(
        "name the file of the passphrase with --backup-passphrase-file, or set BIRGEMIZ_BACKUP_PASSPHRASE_FILE"
    )]
    NoPassphrase,
    /// The passphrase's file.
    #[error("{0}: {1}")]
    PassphraseFile(PathBuf, std::io::Error),
}

/// Saves, or verifies what was saved. Must run on the main thread: a private Postgres ends with the thread
/// that started it.
pub(super) fn run(args: BackupArgs) -> Result<(), BackupFailure> {
    match (args.verb, args.file) {
        (Some(Verb::Verify(args)), _) => verify(&args),
        (None, Some(file)) => save(&args.settings, file),
        (None, None) => Ok(()),
    }
}

fn save(settings: &BackupSettings, file: PathBuf) -> Result<(), BackupFailure> {
    let passphrase = passphrase(&settings.sealing)?;
    let file = absolute(file)?;
    let secrets = settings.secrets_folder();
    let manifest = startup::look_once(&settings.database, async |urls| {
        let programs = settings.database.postgres_bin.as_deref();
        let saved = backup::save(&file, &urls.owner, &secrets, programs, &passphrase).await;
        saved.map_err(BackupFailure::from)
    })?;
    let rows: i64 = manifest.database.rows.values().sum();
    let photos = manifest.database.rows.get("photos").copied().unwrap_or_default();
    println!(
        "{}: {rows} rows, {photos} of them photos, events up to {}, {} secrets",
        file.display(),
        manifest.database.highest_event,
        manifest.secrets.len()
    );
    println!("It counts once it was brought back: birgemiz backup verify {}", file.display());
    Ok(())
}

fn verify(args: &VerifyArgs) -> Result<(), BackupFailure> {
    let passphrase = passphrase(&args.settings.sealing)?;
    let scratch = Scratch::start(&args.settings.scratch_dir, args.settings.postgres_bin.as_deref())?;
    let verified = startup::run_once(backup::verify(&args.file, &passphrase, &scratch))??;
    println!(
        "{} counts: brought back whole, {} lives replayed from its log, events up to {}",
        args.file.display(),
        verified.lives_replayed,
        verified.manifest.database.highest_event
    );
    Ok(())
}

pub(super) fn passphrase(settings: &SealingSettings) -> Result<Passphrase, BackupFailure> {
    let text = match (&settings.backup_passphrase, &settings.backup_passphrase_file) {
        (Some(text), _) => text.clone(),
        (None, Some(path)) => std::fs::read_to_string(path)
            .map(|text| text.trim_end_matches(['\n', '\r']).to_owned())
            .map_err(|error| BackupFailure::PassphraseFile(path.clone(), error))?,
        (None, None) => return Err(BackupFailure::NoPassphrase),
    };
    Ok(Passphrase::new(text)?)
}

fn absolute(file: PathBuf) -> Result<PathBuf, BackupFailure> {
    std::path::absolute(&file).map_err(|error| BackupError::File(file, error).into())
}
