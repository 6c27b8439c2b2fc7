//! Server processes of our own, as many as wanted, on one database.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::postgres::TestDatabase;

/// Which bugs the servers are told to have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bugs(&'static str);

impl Bugs {
    pub(crate) const NONE: Self = Self("");
    #[cfg(feature = "planted_bugs")]
    pub(crate) const CLAIM_CONDITION: Self = Self("claim_condition");
}

/// A server process; it ends with this value.
pub(crate) struct ServerProcess {
    child: Child,
    pub(crate) url: String,
}

impl ServerProcess {
    /// Starts one and waits until it says where it serves.
    pub(crate) fn start(database: &TestDatabase, secrets: &Path, bugs: Bugs) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_birgemiz"))
            // A connection for everyone who races: this is about who wins, not about who waits longest.
            .args(["serve", "--listen", "127.0.0.1:0", "--pool-size", "70"])
            .arg("--secrets-dir")
            .arg(secrets)
            .env("DATABASE_URL", &database.urls.service)
            .env("BIRGEMIZ_OWNER_DATABASE_URL", &database.urls.owner)
            .env("BIRGEMIZ_PLANTED_BUGS", bugs.0)
            .env("BIRGEMIZ_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let url = said
            .filter_map(|line| line.strip_prefix("Birgemiz serves at ").map(str::to_owned))
            .next()
            .unwrap_or_else(|| panic!("the server ended without serving"));
        Self { child, url }
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
