//! What `birgemiz demo` needs to know: where the city is kept, and how it lives.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::serve::default_data_folder;
use super::{
    DatabaseSettings, MailSettings, QuotaSettings, ServeSettings, StopSettings, StreamSettings,
    WebhookSettings,
};

/// A city to look at.
#[derive(Debug, Clone, Args)]
pub struct DemoSettings {
    /// Folder of the demo: its database, its secrets and demo.json [default: /var/lib/birgemiz-demo for
    /// root, else $XDG_DATA_HOME/birgemiz-demo or ~/.local/share/birgemiz-demo].
    #[arg(long, env = "BIRGEMIZ_DEMO_DIR")]
    pub folder: Option<PathBuf>,
    /// Address and port to listen on; loopback only, for the passwords are printed.
    #[arg(long, env = "BIRGEMIZ_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// What the city is drawn from: the same number draws the same city [default: 1, or what the city in
    /// the folder was drawn from].
    #[arg(long)]
    pub seed: Option<u64>,
    /// Start afresh: remove the city that is in the folder.
    #[arg(long)]
    pub reset: bool,
    /// Hold everything: nobody works, nobody asks.
    #[arg(long)]
    pub still: bool,
    /// How many times faster than in life: at 60 a walk of ten minutes takes ten seconds.
    #[arg(long, default_value_t = 60, conflicts_with = "still", value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub pace: u16,
    /// Also write demo.json here.
    #[arg(long, value_name = "FILE", env = "BIRGEMIZ_DEMO_JSON")]
    pub write: Option<PathBuf>,
    /// Folder of the Postgres programs (initdb, postgres) [default: the distribution's newest].
    #[arg(long, env = "BIRGEMIZ_POSTGRES_BIN")]
    pub postgres_bin: Option<PathBuf>,
    /// How often anybody may call.
    #[command(flatten)]
    pub quotas: QuotaSettings,
    /// Refused: the demo keeps a database of its own.
    #[arg(long, env = "DATABASE_URL", hide = true, hide_env_values = true)]
    pub database_url: Option<String>,
}

/// Why these settings are no demo's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoDemo {
    /// Somebody else's database is named.
    #[error(
        "the demo fills a database of its own and does not touch the one that DATABASE_URL names: unset it, or use `birgemiz serve`"
    )]
    ForeignDatabase,
    /// Others could reach it.
    #[error(
        "the demo's passwords are printed, so it listens on loopback only: use --listen 127.0.0.1:PORT, or `birgemiz serve`"
    )]
    NotLoopback,
}

impl DemoSettings {
    /// The demo's folder.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.folder.clone().unwrap_or_else(|| default_data_folder().with_file_name("birgemiz-demo"))
    }

    /// How to serve the demo, on a database in its own folder.
    ///
    /// # Errors
    /// When they name another database, or let others in.
    pub fn serve(&self) -> Result<ServeSettings, NoDemo> {
        if self.database_url.is_some() {
            return Err(NoDemo::ForeignDatabase);
        }
        if !self.listen.ip().is_loopback() {
            return Err(NoDemo::NotLoopback);
        }
        Ok(ServeSettings {
            database: DatabaseSettings {
                database_url: None,
                owner_database_url: None,
                data_dir: Some(self.folder()),
                postgres_bin: self.postgres_bin.clone(),
                pool_size: 24,
                // Whoever tries it has a busy machine of their own.
                pool_wait_ms: 10_000,
            },
            listen: self.listen,
            public_url: None,
            secrets_dir: None,
            audit_folder: None,
            workers: 2,
            stopping: StopSettings::default(),
            webhooks: WebhookSettings::default(),
            mail: MailSettings::default(),
            quotas: self.quotas,
            streams: StreamSettings::default(),
            trusted_proxies: None,
            public_hosts: None,
        })
    }
}
