//! What `birgemiz admin` needs to know: where the database and the secrets are, and what links begin with.

use std::path::PathBuf;

use clap::Args;

use super::DatabaseSettings;

/// What the administrator's verbs work on.
#[derive(Debug, Clone, Args)]
pub struct AdminSettings {
    /// Where the database is.
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// Where clients reach the service: what the links that are printed begin with.
    #[arg(long, env = "BIRGEMIZ_PUBLIC_URL", default_value = "http://127.0.0.1:8080")]
    pub public_url: String,
    /// Folder of the secrets, the same as the server's [default: secrets/ in the data folder].
    #[arg(long, env = "BIRGEMIZ_SECRETS_DIR")]
    pub secrets_dir: Option<PathBuf>,
}
