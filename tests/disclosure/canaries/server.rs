//! A server process that writes down everything it would ever write down.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::support::World;
use crate::support::postgres;

/// It ends with this value.
pub(crate) struct Server {
    child: Child,
    url: String,
    log: PathBuf,
}

impl Server {
    /// Starts one beside a world's own and waits until it says where it serves.
    pub(crate) fn start(world: &World) -> Self {
        let folder = postgres::folder("canary-log");
        std::fs::create_dir_all(&folder).unwrap();
        let log = folder.join("log");
        let mut child = Command::new(env!("CARGO_BIN_EXE_birgemiz"))
            .args(["serve", "--listen", "127.0.0.1:0", "--secrets-dir"])
            .arg(world.secrets())
            .env("DATABASE_URL", &world.database.urls.service)
            .env("BIRGEMIZ_OWNER_DATABASE_URL", &world.database.urls.owner)
            .env("BIRGEMIZ_PERSON_QUOTA", "0")
            .env("BIRGEMIZ_PARTNER_QUOTA", "0")
            .env("BIRGEMIZ_ORGANISATION_QUOTA", "0")
            .env("BIRGEMIZ_ADDRESS_QUOTA", "0")
            .env("BIRGEMIZ_WEBHOOK_ALLOW_LOOPBACK", "true")
            .env("BIRGEMIZ_LOG", "debug")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let url = said.filter_map(|line| line.strip_prefix("Birgemiz serves at ").map(str::to_owned)).next();
        Self { child, url: url.unwrap(), log }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What it has written down until now.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
