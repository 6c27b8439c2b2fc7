//! What every verb takes: where the file of settings is, and how much is logged.

use std::path::PathBuf;

use clap::Args;

/// What every verb takes.
#[derive(Debug, Clone, Args)]
pub struct Everywhere {
    /// TOML file of settings [default: birgemiz.toml in the data folder, else /etc/birgemiz.toml, where there is one].
    #[arg(long, env = "BIRGEMIZ_CONFIG", global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What is logged to standard error, such as `warn` or `info,birgemiz::fleet=debug` [default: info].
    #[arg(long, env = "BIRGEMIZ_LOG", global = true, value_name = "FILTER")]
    pub log: Option<String>,
}
