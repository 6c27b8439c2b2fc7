//! The private Postgres of this test process, and databases on it.
//!
//! One server a process, with its durable settings on, in memory where there is some. Its databases
//! are copies of one that was migrated once.

use std::fs::{self, DirBuilder};
use std::future::Future;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::sync::{LazyLock, OnceLock};

use birgemiz::startup::DatabaseUrls;
use birgemiz::storage::database::SERVICE_ROLE;
use birgemiz::storage::embedded::{EmbeddedPostgres, Settings};
use birgemiz::storage::migrations;
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;
use tokio_postgres::SimpleQueryMessage;

const PREFIX: &str = "birgemiz-api-";
const TEMPLATE: &str = "base";
const OWNER: &str = "postgres";

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// One runtime for all tests of the process: a connection outlives the test that opened it.
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap());

/// Runs a test to its end.
pub(crate) fn run(test: impl Future<Output = ()>) {
    RUNTIME.block_on(test);
}

/// Lets work go on after the test that began it: what a test leaves behind is cleaned up there.
pub(crate) fn later(work: impl Future<Output = ()> + Send + 'static) {
    RUNTIME.spawn(work);
}

/// A database of one test's own.
#[derive(Debug, Clone)]
pub(crate) struct TestDatabase {
    pub(crate) name: String,
    pub(crate) urls: DatabaseUrls,
}

impl TestDatabase {
    /// A database with all tables and nothing in them.
    pub(crate) async fn migrated() -> Self {
        static MIGRATED: OnceCell<()> = OnceCell::const_new();
        MIGRATED
            .get_or_init(|| async {
                administrate(&format!("CREATE DATABASE {TEMPLATE}")).await;
                migrations::migrate(&server().url(OWNER, TEMPLATE)).await.unwrap();
            })
            .await;
        Self::make(&format!("TEMPLATE {TEMPLATE}")).await
    }

    /// A database without any table.
    pub(crate) async fn empty() -> Self {
        Self::make("").await
    }

    async fn make(how: &str) -> Self {
        let name = format!("t_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        administrate(&format!("CREATE DATABASE {name} {how}")).await;
        let (owner, service) = (server().url(OWNER, &name), server().url(SERVICE_ROLE, &name));
        Self { name, urls: DatabaseUrls { owner, service } }
    }

    /// Runs statements as the tables' owner and answers the rows of the last one, column by column.
    pub(crate) async fn ask(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        try_ask(&self.urls.owner, sql).await.unwrap()
    }

    /// The one number that a statement answers.
    pub(crate) async fn count(&self, sql: &str) -> i64 {
        let rows = self.ask(sql).await;
        rows[0][0].as_deref().unwrap().parse().unwrap()
    }

    /// Forgets the database, also while somebody is still connected.
    pub(crate) async fn drop_now(&self) {
        administrate(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)).await;
    }
}

/// A folder of this process for anything that is not a database, such as a service's secrets.
pub(crate) fn folder(name: &str) -> PathBuf {
    place().join(format!("{name}-{}", NUMBER.fetch_add(1, Ordering::Relaxed)))
}

/// Runs statements on a connection of its own.
pub(crate) async fn try_ask(url: &str, sql: &str) -> Result<Vec<Vec<Option<String>>>, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let driver = tokio::spawn(connection);
    let messages = client.simple_query(sql).await;
    drop(client);
    let _ = driver.await;
    let mut rows = Vec::new();
    for message in messages? {
        if let SimpleQueryMessage::RowDescription(_) = message {
            rows.clear();
        } else if let SimpleQueryMessage::Row(row) = message {
            rows.push((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect());
        }
    }
    Ok(rows)
}

async fn administrate(sql: &str) {
    let url = server().url(OWNER, OWNER);
    if let Err(error) = try_ask(&url, sql).await {
        panic!("{sql}: {error:?}");
    }
}

/// The kernel stops the server when the thread that started it ends, so that thread never does
/// before the process itself.
fn server() -> &'static EmbeddedPostgres {
    static SERVER: OnceLock<&'static EmbeddedPostgres> = OnceLock::new();
    SERVER.get_or_init(|| {
        let (send, receive) = mpsc::channel();
        std::thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || {
                let mut settings = Settings::new(place().join("data"));
                for (name, value) in [
                    ("shared_buffers", "64MB"),
                    ("max_connections", "300"),
                    ("max_wal_size", "128MB"),
                    // Counts statements, for tests in which many things must not be asked for one by one.
                    ("shared_preload_libraries", "pg_stat_statements"),
                ] {
                    settings.server_options.push((name.to_owned(), value.to_owned()));
                }
                let started = EmbeddedPostgres::start(&settings).unwrap();
                let started: &'static EmbeddedPostgres = Box::leak(Box::new(started));
                send.send(started).unwrap();
                loop {
                    std::thread::park();
                }
            })
            .unwrap();
        receive.recv().unwrap()
    })
}

/// Where everything of this process lies. It cannot be removed at the process's end, because nothing
/// runs then; the next process does it.
pub(crate) fn place() -> &'static Path {
    static PLACE: LazyLock<PathBuf> = LazyLock::new(|| {
        // Memory is as good as a disk for everything but a power cut, and much faster.
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
        remove_leftovers(&parent);
        let path = parent.join(format!("{PREFIX}{}", std::process::id()));
        DirBuilder::new().mode(0o755).create(&path).unwrap();
        path
    });
    &PLACE
}

fn remove_leftovers(parent: &Path) {
    for entry in fs::read_dir(parent).unwrap().flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(PREFIX)).map(str::to_owned);
        let ended = owner.is_some_and(|pid| {
            pid == std::process::id().to_string() || !Path::new("/proc").join(pid).exists()
        });
        if ended && let Err(error) = fs::remove_dir_all(entry.path()) {
            // Another process that starts now may be removing it too.
            eprintln!("{} stays behind: {error}", entry.path().display());
        }
    }
}
