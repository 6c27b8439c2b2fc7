//! A folder for one test's server, which the service user can reach and which goes when the test ends; and the one
//! client that all these tests ask their questions with.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use birgemiz::storage::embedded::{EmbeddedPostgres, Settings};
use tokio_postgres::SimpleQueryMessage;

static MADE: AtomicU32 = AtomicU32::new(0);

pub(crate) struct Place(PathBuf);

impl Place {
    pub(crate) fn new() -> Self {
        // Memory is as good as a disk for everything but a power cut, and much faster.
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let path = parent.join(format!("birgemiz-test-{}-{number}", std::process::id()));
        DirBuilder::new().mode(0o755).create(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.0.join("data")
    }

    pub(crate) fn cluster(&self) -> PathBuf {
        self.data_dir().join("cluster")
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.data_dir().join("server.log")).unwrap()
    }

    pub(crate) fn settings(&self) -> Settings {
        small(Settings::new(self.data_dir()))
    }

    pub(crate) fn start(&self) -> EmbeddedPostgres {
        EmbeddedPostgres::start(&self.settings()).unwrap()
    }

    /// The sentence that a start with these settings is refused with.
    pub(crate) fn refusal(settings: &Settings) -> String {
        match EmbeddedPostgres::start(settings) {
            Ok(_) => panic!("the start was not refused"),
            Err(error) => error.to_string(),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{} stays behind: {error}", self.0.display());
        }
    }
}

/// Many servers run at once beside other tests.
pub(crate) fn small(mut settings: Settings) -> Settings {
    for (name, value) in [("shared_buffers", "16MB"), ("max_connections", "10")] {
        settings.server_options.push((name.to_owned(), value.to_owned()));
    }
    settings
}

/// The first column of every row that the statements return.
pub(crate) fn try_ask(url: &str, sql: &str) -> Result<Vec<String>, tokio_postgres::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        let driver = tokio::spawn(connection);
        let messages = client.simple_query(sql).await;
        drop(client);
        let _ = driver.await;
        let mut first_column = Vec::new();
        for message in messages? {
            if let SimpleQueryMessage::Row(row) = message {
                first_column.extend(row.get(0).map(str::to_owned));
            }
        }
        Ok(first_column)
    })
}

pub(crate) fn ask(server: &EmbeddedPostgres, sql: &str) -> Vec<String> {
    try_ask(&server.url("postgres", "postgres"), sql).unwrap()
}

pub(crate) fn uid_of_process(pid: u32) -> u32 {
    fs::metadata(format!("/proc/{pid}")).unwrap().uid()
}

pub(crate) fn we_are_root() -> bool {
    rustix::process::geteuid().is_root()
}
