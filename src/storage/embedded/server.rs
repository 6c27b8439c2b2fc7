//! One server process: started as a direct child, awaited until it takes connections, and stopped.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::account::Account;
use super::bound_child::{self, OnOwnersEnd};
use super::log::Log;
use super::patience::Patience;
use super::start_error::{StartError, cannot};

/// Recovery after a crash replays at most what `max_wal_size` allows, minutes even on a slow disk.
const READY_LIMIT: Duration = Duration::from_secs(600);
const READY_PAUSE: Duration = Duration::from_millis(20);

/// The server of a killed owner needs this long to end and to be forgotten by the kernel.
const PREDECESSOR_LIMIT: Duration = Duration::from_secs(10);
const PREDECESSOR_PAUSE: Duration = Duration::from_millis(250);

/// A fast shutdown writes one checkpoint.
const STOP_LIMIT: Duration = Duration::from_secs(60);
const STOP_PAUSE: Duration = Duration::from_millis(10);

/// What every start of the same server needs.
#[derive(Debug)]
pub(super) struct Launch {
    pub(super) root: PathBuf,
    pub(super) cluster: PathBuf,
    pub(super) postgres: PathBuf,
    pub(super) socket_folder: PathBuf,
    pub(super) options: Vec<String>,
    pub(super) account: Account,
}

enum Attempt {
    Ready(Child),
    /// The server ended by itself; the text is what it logged.
    Ended(String),
}

impl Launch {
    /// Starts the server and waits until it takes connections; after a crash that is after its recovery.
    pub(super) fn start(&self) -> Result<Child, StartError> {
        let mut patience = Patience::of(PREDECESSOR_LIMIT, PREDECESSOR_PAUSE);
        loop {
            let log = Log::open(&self.root)?;
            match self.attempt(&log)? {
                Attempt::Ready(child) => return Ok(child),
                Attempt::Ended(last_lines) if blames_a_predecessor(&last_lines) => {
                    if !patience.wait() {
                        let pid = PidFile::read(&self.cluster).map(|file| file.pid).unwrap_or_default();
                        return Err(StartError::ServerLeftRunning { pid, cluster: self.cluster.clone() });
                    }
                }
                Attempt::Ended(last_lines) => {
                    return Err(StartError::EndedEarly { last_lines, log: log.path().to_path_buf() });
                }
            }
        }
    }

    fn attempt(&self, log: &Log) -> Result<Attempt, StartError> {
        let mut child = self.spawn(log)?;
        let mut patience = Patience::of(READY_LIMIT, READY_PAUSE);
        loop {
            if child.try_wait().map_err(cannot("watch", &self.postgres))?.is_some() {
                return Ok(Attempt::Ended(log.last_lines()));
            }
            if PidFile::read(&self.cluster).is_some_and(|file| file.says_ready(child.id())) {
                return Ok(Attempt::Ready(child));
            }
            if !patience.wait() {
                stop(&mut child);
                return Err(StartError::NotReady {
                    limit_s: READY_LIMIT.as_secs(),
                    last_lines: log.last_lines(),
                    log: log.path().to_path_buf(),
                });
            }
        }
    }

    fn spawn(&self, log: &Log) -> Result<Child, StartError> {
        let mut socket_folder = OsString::from("unix_socket_directories=");
        socket_folder.push(&self.socket_folder);
        let mut command =
            bound_child::command(&self.account, self.postgres.as_os_str(), OnOwnersEnd::Interrupt);
        command.arg("-D").arg(&self.cluster).arg("-c").arg(socket_folder);
        for option in &self.options {
            command.arg("-c").arg(option);
        }
        // In a group of its own, Ctrl-C on a terminal reaches the owner alone, which then stops in its own order.
        command.process_group(0).stdout(log.writer()?).stderr(log.writer()?);
        command.spawn().map_err(cannot("run setpriv of util-linux for", &self.postgres))
    }
}

/// Ends the server: politely, then at once (Postgres recovers at the next start), then by force.
pub(super) fn stop(child: &mut Child) {
    for signal in [Signal::INT, Signal::QUIT, Signal::KILL] {
        match ends_after(child, signal) {
            Ok(true) => return,
            Ok(false) => tracing::warn!(?signal, "the Postgres server did not end in time"),
            Err(error) => tracing::warn!(?signal, %error, "the Postgres server could not be stopped"),
        }
    }
}

fn ends_after(child: &mut Child, signal: Signal) -> io::Result<bool> {
    let mut patience = Patience::of(STOP_LIMIT, STOP_PAUSE);
    if child.try_wait()?.is_some() {
        return Ok(true);
    }
    kill_process(Pid::from_child(child), signal)?;
    while patience.wait() {
        if child.try_wait()?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// After a crash the old process id may still be taken, or the old server's children may still use its memory.
fn blames_a_predecessor(last_lines: &str) -> bool {
    ["lock file \"postmaster.pid\" already exists", "shared memory block"]
        .iter()
        .any(|words| last_lines.contains(words))
}

/// What a server says about itself in its `postmaster.pid` (lines 1 and 8, see Postgres' `pidfile.h`).
struct PidFile {
    pid: String,
    status: String,
}

impl PidFile {
    fn read(cluster: &Path) -> Option<Self> {
        let text = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
        let line = |n: usize| text.lines().nth(n - 1).unwrap_or_default().trim().to_owned();
        Some(Self { pid: line(1), status: line(8) })
    }

    /// A file left over from a crash may say `ready` about a server that is gone, so the id counts too.
    fn says_ready(&self, child: u32) -> bool {
        self.status == "ready" && self.pid == child.to_string()
    }
}
