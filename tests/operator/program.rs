//! The program itself, as a process: one verb run to its end, or a server that serves until it is told.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

use crate::support::postgres::folder;

/// Nothing that is waited for here takes this long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The program, in an environment without anybody's settings.
pub(crate) fn birgemiz() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_birgemiz"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("BIRGEMIZ_") || name.to_string_lossy().contains("DATABASE_URL")
        {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// What it answered: exit code, what it printed, what it complained about.
pub(crate) fn finished(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().unwrap_or(-1), text(stdout), text(stderr))
}

/// A folder that the user who runs Postgres can pass through.
pub(crate) fn passable(name: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = folder(name);
    std::fs::create_dir(&path).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// A server process; it is ended with this value.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) url: String,
    /// The one-time link, where one was told.
    pub(crate) link: Option<String>,
    log: PathBuf,
}

impl Server {
    /// Starts one on a data folder and waits until it says where it serves.
    pub(crate) fn on(data: &Path, more: &[&str]) -> Self {
        let mut command = birgemiz();
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data).args(more);
        Self::start(&mut command)
    }

    pub(crate) fn start(command: &mut Command) -> Self {
        let log = folder("log");
        command.stdout(Stdio::piped()).stderr(std::fs::File::create(&log).unwrap());
        let mut child = command.spawn().unwrap();
        let mut url = String::new();
        let mut link = None;
        for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
            if let Some((_, told)) = line.split_once("serves at ") {
                told.clone_into(&mut url);
            } else if line.contains("/setup#") {
                link = Some(line.trim().to_owned());
            } else if line.contains("scripts/walk") {
                break;
            }
        }
        let server = Self { child, url, link, log };
        assert!(!server.url.is_empty(), "the server ended without serving:\n{}", server.log());
        server
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    pub(crate) fn signal(&self, signal: Signal) {
        rustix::process::kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Tells it to stop, and waits for its end.
    pub(crate) fn stop(&mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.end()
    }

    pub(crate) fn end(&mut self) -> ExitStatus {
        let began = now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(began.elapsed() < PATIENCE, "it does not end:\n{}", self.log());
            pause();
        }
    }

    /// The process id of the private Postgres of a server on this data folder.
    pub(crate) fn postgres(data: &Path) -> Pid {
        Self::postgres_if_any(data).unwrap()
    }

    /// The same, where its file is written already.
    pub(crate) fn postgres_if_any(data: &Path) -> Option<Pid> {
        let text = std::fs::read_to_string(data.join("postgres/cluster/postmaster.pid")).ok()?;
        Pid::from_raw(text.lines().next()?.parse().ok()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.try_wait().unwrap().is_none() {
            let _ = rustix::process::kill_process(Pid::from_child(&self.child), Signal::TERM);
            let _ = self.child.wait();
        }
        if std::thread::panicking() {
            let mut log = String::new();
            let _ = std::fs::File::open(&self.log).and_then(|mut file| file.read_to_string(&mut log));
            let last: Vec<&str> = log.lines().rev().take(15).collect();
            eprintln!("the server's last words, newest first:\n{}", last.join("\n"));
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a test measures how long it waits")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "another process tells nobody of its state")]
pub(crate) fn pause() {
    // waits for: a look at another process, between two of which some time must pass
    std::thread::sleep(Duration::from_millis(20));
}

/// Looks until it is so, and answers how long that took.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) -> Duration {
    let began = now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "waited in vain: {what}");
        pause();
    }
    began.elapsed()
}
