//! A database that would lose what it acknowledged gets no service: the start is refused, and the
//! refusal says which setting is to blame and how to put it right.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why by panicking"
)]

use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use birgemiz::config::{
    DatabaseSettings, MailSettings, POOL_WAIT_MS, QuotaSettings, ServeSettings, StopSettings, StreamSettings,
    WebhookSettings,
};
use birgemiz::startup::{self, DatabaseUrls, StartupError};
use birgemiz::storage::embedded::{EmbeddedPostgres, Settings};

#[path = "api/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "it belongs to the tests of the API, which use all of it")]
mod support;

use support::postgres::{TestDatabase, folder, try_ask};
use support::run;

async fn launch(urls: &DatabaseUrls) -> Result<startup::Running, StartupError> {
    let settings = ServeSettings {
        database: DatabaseSettings {
            database_url: Some(urls.service.clone()),
            owner_database_url: Some(urls.owner.clone()),
            data_dir: None,
            postgres_bin: None,
            pool_size: 4,
            pool_wait_ms: POOL_WAIT_MS,
        },
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        public_url: None,
        audit_folder: Some(folder("audit")),
        secrets_dir: Some(folder("secrets")),
        workers: 1,
        stopping: StopSettings::default(),
        webhooks: WebhookSettings::default(),
        mail: MailSettings { mail_folder: Some(folder("mail")), ..MailSettings::default() },
        quotas: QuotaSettings::NONE,
        streams: StreamSettings::default(),
        trusted_proxies: None,
        public_hosts: None,
    };
    startup::launch(&settings, urls).await
}

async fn refusal(urls: &DatabaseUrls) -> String {
    match launch(urls).await {
        Ok(_) => panic!("the service runs on a database that loses requests"),
        Err(error @ StartupError::Durability(_)) => error.to_string(),
        Err(other) => panic!("refused for another reason: {other}"),
    }
}

#[test]
fn a_database_whose_commits_do_not_wait_for_the_disk_is_refused() {
    run(async {
        let database = TestDatabase::migrated().await;
        launch(&database.urls).await.unwrap().stop().await;
        for (whose, undo) in [
            (format!("DATABASE {}", database.name), format!("ALTER DATABASE {} RESET ALL", database.name)),
            (
                format!("ROLE birgemiz_app IN DATABASE {}", database.name),
                format!("ALTER ROLE birgemiz_app IN DATABASE {} RESET ALL", database.name),
            ),
        ] {
            database.ask(&format!("ALTER {whose} SET synchronous_commit = off")).await;
            let refusal = refusal(&database.urls).await;
            assert!(refusal.contains("synchronous_commit = off"), "{whose}: {refusal}");
            assert!(refusal.contains("ALTER SYSTEM SET synchronous_commit = on"), "{refusal}");
            database.ask(&undo).await;
        }
        launch(&database.urls).await.unwrap().stop().await;
        database.drop_now().await;
    });
}

/// Somebody else's Postgres, with one setting of their choice.
struct Foreign {
    server: Child,
    sockets: PathBuf,
}

impl Foreign {
    /// Our own supervisor refuses such settings, so it only makes the cluster; another start follows.
    fn start(setting: &str) -> Self {
        let data = folder("foreign");
        let made = EmbeddedPostgres::start(&Settings::new(&data)).unwrap();
        let program = std::fs::read_link(format!("/proc/{}/exe", made.process_id())).unwrap();
        made.stop();
        let cluster = data.join("cluster");
        let owner = std::fs::metadata(&cluster).unwrap();
        let sockets = cluster.clone();
        let mut command = Command::new(program);
        command.arg("-D").arg(&cluster).args(["-c", setting, "-c", "listen_addresses="]);
        command.arg("-c").arg(format!("unix_socket_directories={}", sockets.display()));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/");
        if rustix::process::geteuid().is_root() {
            command.uid(owner.uid()).gid(owner.gid());
        }
        Self { server: command.spawn().unwrap(), sockets }
    }

    fn urls(&self) -> DatabaseUrls {
        let host = self.sockets.to_str().unwrap().replace('/', "%2F");
        let url = |user: &str| format!("postgresql://{user}@{host}:5432/postgres");
        DatabaseUrls { service: url("birgemiz_app"), owner: url("postgres") }
    }

    async fn ready(&self) {
        for _ in 0..600 {
            if try_ask(&self.urls().owner, "SELECT 1").await.is_ok() {
                return;
            }
            // waits for: a server that tells nobody when it is ready
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server takes no connections");
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        let pid = rustix::process::Pid::from_child(&self.server);
        let asked = rustix::process::kill_process(pid, rustix::process::Signal::INT);
        if asked.is_err() || self.server.wait().is_err() {
            eprintln!("a Postgres server stays behind: {pid:?}");
        }
    }
}

#[test]
fn a_server_that_loses_or_tears_pages_in_a_power_cut_is_refused() {
    for name in ["fsync", "full_page_writes", "synchronous_commit"] {
        let foreign = Foreign::start(&format!("{name}=off"));
        run(async {
            foreign.ready().await;
            let refusal = refusal(&foreign.urls()).await;
            assert!(refusal.contains(&format!("{name} = off")), "{refusal}");
        });
    }
    let foreign = Foreign::start("fsync=on");
    run(async {
        foreign.ready().await;
        launch(&foreign.urls()).await.unwrap().stop().await;
    });
}
