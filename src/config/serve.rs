//! What `birgemiz serve` needs to know: where the database is, where to listen, where files go.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::limits::{PublicHosts, QuotaSettings, StreamSettings, TrustedProxies};
use super::mail::MailSettings;

/// How long a call waits for a connection where nothing is said: long enough for a moment's crowd, short enough
/// that whoever asks can turn elsewhere.
pub const POOL_WAIT_MS: u64 = 1_000;

/// Where the database is. Without a URL a private Postgres is started in the data folder.
#[derive(Debug, Clone, Args)]
pub struct DatabaseSettings {
    /// URL of the Postgres database that the service uses. Without it a private Postgres is started.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// URL by which migrations run, as the owner of the tables. The database URL when not given.
    #[arg(long, env = "BIRGEMIZ_OWNER_DATABASE_URL", hide_env_values = true)]
    pub owner_database_url: Option<String>,
    /// Folder for the private Postgres and the secrets [default: /var/lib/birgemiz for root, else
    /// $XDG_DATA_HOME/birgemiz or ~/.local/share/birgemiz].
    #[arg(long, env = "BIRGEMIZ_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// Folder of the Postgres programs (initdb, postgres) [default: the distribution's newest].
    #[arg(long, env = "BIRGEMIZ_POSTGRES_BIN")]
    pub postgres_bin: Option<PathBuf>,
    /// Connections to the database.
    #[arg(long, env = "BIRGEMIZ_POOL_SIZE", default_value_t = 24, value_parser = clap::value_parser!(u32).range(2..=500))]
    pub pool_size: u32,
    /// Milliseconds that a call waits for one of them before it is told to come back later. Longer where rare
    /// peaks are to be sat out.
    #[arg(long, env = "BIRGEMIZ_POOL_WAIT_MS", default_value_t = POOL_WAIT_MS, value_parser = clap::value_parser!(u64).range(50..=60_000))]
    pub pool_wait_ms: u64,
}

impl DatabaseSettings {
    /// How long a call waits for a connection.
    #[must_use]
    pub const fn pool_wait(&self) -> Duration {
        Duration::from_millis(self.pool_wait_ms)
    }
}

/// How to serve.
#[derive(Debug, Clone, Args)]
pub struct ServeSettings {
    /// Where the database is.
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// Address and port to listen on.
    #[arg(long, env = "BIRGEMIZ_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Where clients reach the service [default: http:// and the address it listens on].
    #[arg(long, env = "BIRGEMIZ_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Folder of the secrets, shared by all servers of a deployment [default: secrets/ in the data folder].
    #[arg(long, env = "BIRGEMIZ_SECRETS_DIR")]
    pub secrets_dir: Option<PathBuf>,
    /// Folder into which it is written once a day where every chain of seals ends [default: audit/ in the data folder].
    #[arg(long, env = "BIRGEMIZ_AUDIT_FOLDER")]
    pub audit_folder: Option<PathBuf>,
    /// Threads that answer HTTP.
    #[arg(long, env = "BIRGEMIZ_WORKERS", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub workers: u16,
    /// How it stops.
    #[command(flatten)]
    pub stopping: StopSettings,
    /// Where webhooks go.
    #[command(flatten)]
    pub webhooks: WebhookSettings,
    /// How letters leave the house.
    #[command(flatten)]
    pub mail: MailSettings,
    /// How often anybody may call.
    #[command(flatten)]
    pub quotas: QuotaSettings,
    /// How many streams of events may be open.
    #[command(flatten)]
    pub streams: StreamSettings,
    /// Proxies before the service whose X-Forwarded-For header is believed about who calls: addresses and
    /// networks, separated by commas. From anybody else that header changes nothing.
    #[arg(long, env = "BIRGEMIZ_TRUSTED_PROXIES")]
    pub trusted_proxies: Option<TrustedProxies>,
    /// Hosts by which clients call the service, separated by commas; a call to any other is refused (421). Health and
    /// metrics answer to every name, for probes know addresses only. Any name when not given.
    #[arg(long, env = "BIRGEMIZ_PUBLIC_HOSTS")]
    pub public_hosts: Option<PublicHosts>,
}

/// Where webhooks may go.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct WebhookSettings {
    /// Post webhooks to loopback and by plain http as well. For development only: whoever may make a webhook
    /// endpoint then reaches what listens on this machine.
    #[arg(long, env = "BIRGEMIZ_WEBHOOK_ALLOW_LOOPBACK")]
    pub webhook_allow_loopback: bool,
}

/// How the service stops when it is told to.
#[derive(Debug, Clone, Args)]
pub struct StopSettings {
    /// Milliseconds from saying "not ready" to taking no more calls: time for a load balancer to notice.
    #[arg(long, env = "BIRGEMIZ_STOP_DELAY_MS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=60_000))]
    pub stop_delay_ms: u64,
    /// Seconds that calls under way may still take; what is not done by then is cut off, counted, and
    /// makes the exit code 1. Longer than a call's deadline of 20 s, so that only a lost database cuts.
    #[arg(long, env = "BIRGEMIZ_STOP_LIMIT_S", default_value_t = 25, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub stop_limit_s: u64,
}

impl Default for StopSettings {
    fn default() -> Self {
        Self { stop_delay_ms: 0, stop_limit_s: 25 }
    }
}

impl DatabaseSettings {
    /// Where heads are kept: as set, or in the data folder.
    #[must_use]
    pub fn audit_folder(&self, named: Option<&PathBuf>) -> PathBuf {
        named.cloned().unwrap_or_else(|| self.data_folder().join("audit"))
    }

    /// The data folder: as set, or where such data belongs on this system.
    #[must_use]
    pub fn data_folder(&self) -> PathBuf {
        self.data_dir.clone().unwrap_or_else(default_data_folder)
    }
}

pub(super) fn default_data_folder() -> PathBuf {
    if rustix::process::geteuid().is_root() {
        return PathBuf::from("/var/lib/birgemiz");
    }
    #[expect(clippy::disallowed_methods, reason = "config is the one place that reads the environment")]
    let from = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    from("XDG_DATA_HOME")
        .or_else(|| from("HOME").map(|home| home.join(".local/share")))
        .unwrap_or_else(|| PathBuf::from("."))
        .join("birgemiz")
}
