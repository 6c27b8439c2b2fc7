//! What saving, verifying and restoring need to know.

use std::path::PathBuf;

use clap::Args;

use super::DatabaseSettings;

/// What `birgemiz backup` and `birgemiz restore` work on.
#[derive(Debug, Clone, Args)]
pub struct BackupSettings {
    /// Where the database is.
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// Folder of the secrets, the same as the server's [default: secrets/ in the data folder].
    #[arg(long, env = "BIRGEMIZ_SECRETS_DIR")]
    pub secrets_dir: Option<PathBuf>,
    /// What seals backups.
    #[command(flatten)]
    pub sealing: SealingSettings,
}

/// What `birgemiz keys` works on.
#[derive(Debug, Clone, Args)]
pub struct KeysSettings {
    /// Where the data folder is.
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// Folder of the secrets, the same as the server's [default: secrets/ in the data folder].
    #[arg(long, env = "BIRGEMIZ_SECRETS_DIR")]
    pub secrets_dir: Option<PathBuf>,
}

impl KeysSettings {
    /// The folder of the secrets: as set, or where the server keeps them.
    #[must_use]
    pub fn secrets_folder(&self) -> PathBuf {
        self.secrets_dir.clone().unwrap_or_else(|| self.database.data_folder().join("secrets"))
    }
}

/// What `birgemiz backup verify` works with.
#[derive(Debug, Clone, Args)]
pub struct VerifySettings {
    /// What seals backups.
    #[command(flatten)]
    pub sealing: SealingSettings,
    /// Folder of the Postgres programs (initdb, postgres) [default: the distribution's newest].
    #[arg(long, env = "BIRGEMIZ_POSTGRES_BIN")]
    pub postgres_bin: Option<PathBuf>,
    /// Folder in which a backup is tried: room for the whole database, open to the user who runs Postgres.
    #[arg(long, env = "BIRGEMIZ_SCRATCH_DIR", default_value = "/var/tmp")]
    pub scratch_dir: PathBuf,
}

/// What seals backups.
#[derive(Debug, Clone, Args)]
pub struct SealingSettings {
    /// The passphrase under which backups are sealed, of 16 characters at least. Keep it where the backups
    /// are not: without it they are lost.
    #[arg(long, env = "BIRGEMIZ_BACKUP_PASSPHRASE", hide_env_values = true, value_name = "PASSPHRASE")]
    pub backup_passphrase: Option<String>,
    /// File with that passphrase.
    #[arg(long, value_name = "FILE", conflicts_with = "backup_passphrase")]
    pub backup_passphrase_file: Option<PathBuf>,
}

impl BackupSettings {
    /// The folder of the secrets: as set, or where the server keeps them.
    #[must_use]
    pub fn secrets_folder(&self) -> PathBuf {
        self.secrets_dir.clone().unwrap_or_else(|| self.database.data_folder().join("secrets"))
    }
}
