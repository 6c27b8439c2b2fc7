//! Server processes of our own, as many as wanted, on one database.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use birgemiz::startup::DatabaseUrls;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::postgres::TestDatabase;

/// Which bugs the servers are told to have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bugs(pub(crate) &'static str);

impl Bugs {
    pub(crate) const NONE: Self = Self("");
}

/// How a server is to run.
#[derive(Debug)]
pub(crate) struct Orders<'a> {
    pub(crate) urls: &'a DatabaseUrls,
    pub(crate) secrets: &'a Path,
    pub(crate) pool: u32,
    /// How long callers wait for a database connection.
    pub(crate) pool_wait_ms: u32,
    pub(crate) bugs: Bugs,
    /// Where it is to end by itself, as the room `planted` has it: `claim_taken:3`. Empty for nowhere.
    pub(crate) crash_point: String,
    /// Where its log goes; this process' own when there is none.
    pub(crate) log: Option<&'a Path>,
}

/// A server process; it ends with this value.
pub(crate) struct ServerProcess {
    child: Child,
    pub(crate) url: String,
}

impl ServerProcess {
    /// Starts one and waits until it says where it serves.
    pub(crate) fn start(database: &TestDatabase, secrets: &Path, bugs: Bugs) -> Self {
        // A connection for everyone who races: this is about who wins, not about who waits longest.
        let orders = Orders {
            urls: &database.urls,
            secrets,
            pool: 70,
            pool_wait_ms: 30_000,
            bugs,
            crash_point: String::new(),
            log: None,
        };
        Self::start_with(&orders).unwrap_or_else(|| panic!("the server ended without serving"))
    }

    /// The same by orders; `None` when it ended without serving.
    pub(crate) fn start_with(orders: &Orders<'_>) -> Option<Self> {
        let log = orders.log.map_or_else(Stdio::inherit, |path| {
            File::options().create(true).append(true).open(path).unwrap().into()
        });
        let mut child = Command::new(env!("CARGO_BIN_EXE_birgemiz"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--pool-size",
                &orders.pool.to_string(),
                "--pool-wait-ms",
                &orders.pool_wait_ms.to_string(),
            ])
            .arg("--secrets-dir")
            .arg(orders.secrets)
            .env("DATABASE_URL", &orders.urls.service)
            .env("BIRGEMIZ_OWNER_DATABASE_URL", &orders.urls.owner)
            .env("BIRGEMIZ_PLANTED_BUGS", orders.bugs.0)
            .env("BIRGEMIZ_CRASH_POINT", &orders.crash_point)
            // Those who race are few, and call as often as they can.
            .env("BIRGEMIZ_PERSON_QUOTA", "0")
            .env("BIRGEMIZ_PARTNER_QUOTA", "0")
            .env("BIRGEMIZ_ORGANISATION_QUOTA", "0")
            .env("BIRGEMIZ_ADDRESS_QUOTA", "0")
            .env("BIRGEMIZ_LOG", "warn")
            .env("BIRGEMIZ_WEBHOOK_ALLOW_LOOPBACK", "true")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let url = said.filter_map(|line| line.strip_prefix("Birgemiz serves at ").map(str::to_owned)).next();
        let mut server = Self { child, url: String::new() };
        server.url = url?;
        Some(server)
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
