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
    folder: PathBuf,
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
            .arg("--audit-folder")
            .arg(folder.join("audit"))
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
        Self { child, url: url.unwrap(), log, folder }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What it has written down until now.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }
}

impl Server {
    /// What a verb of the command line says about that deployment, to both.
    pub(crate) fn operate(&self, world: &World, args: &[&str]) -> String {
        let done = Command::new(env!("CARGO_BIN_EXE_birgemiz"))
            .args(args)
            .env("DATABASE_URL", &world.database.urls.service)
            .env("BIRGEMIZ_OWNER_DATABASE_URL", &world.database.urls.owner)
            .env("BIRGEMIZ_SECRETS_DIR", world.secrets())
            .env("BIRGEMIZ_LOG", "debug")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said =
            format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        // The doctor finds something to say about any deployment of a test.
        assert!(done.status.success() || args == ["doctor"], "{args:?}: {said}");
        said
    }

    /// What it has written into the audit's folder, by the files' names.
    pub(crate) fn audit_files(&self) -> Vec<(String, String)> {
        let Ok(entries) = std::fs::read_dir(self.folder.join("audit")) else { return Vec::new() };
        let files = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
        files.map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap())).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
