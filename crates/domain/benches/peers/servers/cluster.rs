//! A Postgres of the distribution's with a new cluster, set for reading from memory. Root hands it to the
//! user `postgres`.

use std::path::{Path, PathBuf};

use postgres::{Client, NoTls};

use super::Absent;
use super::throwaway::{Account, Folder, Throwaway, run};

/// Where Debian and its descendants put each major version, as `<major>/bin`.
const DISTRIBUTION: &str = "/usr/lib/postgresql";

/// Nothing has to survive, everything fits into memory, and plans are those of the indexes: the planner
/// does not know how near the nearest are.
const SETTINGS: [&str; 14] = [
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "autovacuum=off",
    "shared_buffers=2GB",
    "maintenance_work_mem=512MB",
    "max_parallel_maintenance_workers=0",
    "max_parallel_workers_per_gather=0",
    "jit=off",
    "plan_cache_mode=force_generic_plan",
    "log_checkpoints=off",
];

pub(super) struct Cluster {
    _server: Throwaway,
    // Removed after the server has ended.
    folder: Folder,
}

impl Cluster {
    pub(super) fn start() -> Result<Self, Absent> {
        let programs = programs()?;
        let account = Account::choose("postgres")?;
        let folder = Folder::make("postgres", account)?;
        let data = folder.path().join("data");
        let mut initdb = account.command(&programs.join("initdb"));
        initdb.args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]);
        run(initdb.arg("--pgdata").arg(&data))?;
        let mut server = account.command(&programs.join("postgres"));
        server.arg("-D").arg(&data).arg("-k").arg(folder.path());
        for setting in SETTINGS {
            server.arg("-c").arg(setting);
        }
        let server = Throwaway::start(server, "database system is ready to accept connections")?;
        Ok(Self { _server: server, folder })
    }

    pub(super) fn connect(&self) -> Result<Client, Absent> {
        let host = self.folder.path().display();
        let client = Client::connect(&format!("host={host} user=postgres dbname=postgres"), NoTls);
        client.map_err(|error| error.to_string())
    }
}

/// The folder of the newest version.
fn programs() -> Result<PathBuf, Absent> {
    let versions = std::fs::read_dir(DISTRIBUTION).into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|version| Some((version.file_name().to_str()?.parse::<u32>().ok()?, version.path())))
        .filter(|(_, path)| path.join("bin/postgres").exists())
        .max();
    let newest = newest.map(|(_, path)| path.join("bin"));
    newest.ok_or_else(|| format!("nothing under {}", Path::new(DISTRIBUTION).display()))
}
