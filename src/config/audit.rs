//! What `birgemiz audit` needs to know: where the database is.

use clap::Args;

use super::DatabaseSettings;

/// What `birgemiz audit` looks at.
#[derive(Debug, Clone, Args)]
pub struct AuditSettings {
    /// Where the database is.
    #[command(flatten)]
    pub database: DatabaseSettings,
}
