//! `birgemiz restore`: brings back what `birgemiz backup` saved.

use std::path::PathBuf;

use clap::Args;

use super::backup::{BackupFailure, passphrase};
use crate::backup::{self, Target, WhatIsThere};
use crate::config::BackupSettings;
use crate::startup;

/// `birgemiz restore`.
#[derive(Debug, Args)]
pub(super) struct RestoreArgs {
    #[command(flatten)]
    settings: BackupSettings,
    /// The backup.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Lose the database that is there; secrets that are there are set aside.
    #[arg(long, conflicts_with = "secrets_only")]
    replace: bool,
    /// Bring back the secrets alone; those that are there are set aside.
    #[arg(long)]
    secrets_only: bool,
}

/// Brings it back. Must run on the main thread: a private Postgres ends with the thread that started it.
pub(super) fn run(args: &RestoreArgs) -> Result<(), BackupFailure> {
    let settings = &args.settings;
    let (passphrase, secrets) = (passphrase(&settings.sealing)?, settings.secrets_folder());
    let aside = if args.secrets_only {
        backup::restore_secrets(&args.file, &passphrase, &secrets)?
    } else {
        let what_is_there = if args.replace { WhatIsThere::Replace } else { WhatIsThere::Keep };
        let restored = startup::fill_once(&settings.database, async |urls| {
            let target = Target {
                owner_url: &urls.owner,
                secrets_dir: &secrets,
                programs: settings.database.postgres_bin.as_deref(),
                what_is_there,
            };
            backup::restore(&args.file, &passphrase, &target).await.map_err(BackupFailure::from)
        })?;
        let rows: i64 = restored.manifest.database.rows.values().sum();
        println!("brought back: {rows} rows, events up to {}", restored.manifest.database.highest_event);
        restored.secrets_set_aside
    };
    println!("brought back: the secrets, in {}", secrets.display());
    if let Some(aside) = aside {
        println!(
            "the secrets that were there are in {}; remove them when nobody misses them",
            aside.display()
        );
    }
    println!("Now: birgemiz doctor; then: birgemiz serve");
    Ok(())
}
