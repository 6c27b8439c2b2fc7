//! What `birgemiz audit` needs to know: where the database is, and for some of its verbs the secrets.

use std::path::PathBuf;

use clap::Args;

use super::DatabaseSettings;

/// What `birgemiz audit` looks at.
#[derive(Debug, Clone, Args)]
pub struct AuditSettings {
    /// Where the database is.
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// Folder of the secrets, the same as the server's [default: secrets/ in the data folder].
    #[arg(long, env = "BIRGEMIZ_SECRETS_DIR")]
    pub secrets_dir: Option<PathBuf>,
}

impl AuditSettings {
    /// The folder of the secrets: as set, or where the server keeps them.
    #[must_use]
    pub fn secrets_folder(&self) -> PathBuf {
        self.secrets_dir.clone().unwrap_or_else(|| self.database.data_folder().join("secrets"))
    }
}
