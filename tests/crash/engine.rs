//! A Postgres of the test's own that may be killed, held and revived.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Sender};

use birgemiz::startup::DatabaseUrls;
use birgemiz::storage::database::SERVICE_ROLE;
use birgemiz::storage::embedded::{EmbeddedPostgres, Settings};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::postgres;

const OWNER: &str = "postgres";
const DATABASE: &str = "city";

/// The server, driven from a thread that lives as long as this value: the kernel ends a private
/// Postgres with the thread that started it.
pub(crate) struct Engine {
    revivals: Sender<Sender<u32>>,
    process: AtomicU32,
    pub(crate) urls: DatabaseUrls,
    /// The same by the folder of its socket, for a proxy.
    pub(crate) socket: std::path::PathBuf,
}

impl Engine {
    pub(crate) async fn start() -> Self {
        let (revivals, orders) = mpsc::channel::<Sender<u32>>();
        let (ready, started) = mpsc::channel();
        let place = postgres::folder("engine");
        std::thread::spawn(move || {
            let mut settings = Settings::new(&place);
            for (name, value) in
                [("shared_buffers", "32MB"), ("max_connections", "100"), ("max_wal_size", "128MB")]
            {
                settings.server_options.push((name.to_owned(), value.to_owned()));
            }
            let mut engine = EmbeddedPostgres::start(&settings).unwrap();
            let urls = DatabaseUrls {
                service: engine.url(SERVICE_ROLE, DATABASE),
                owner: engine.url(OWNER, DATABASE),
            };
            ready.send((engine.process_id(), urls, engine.url(OWNER, OWNER))).unwrap();
            for answer in orders {
                while !engine.revive().unwrap() {
                    std::thread::yield_now();
                }
                answer.send(engine.process_id()).unwrap();
            }
        });
        let (process, urls, administration) = started.recv().unwrap();
        let socket = socket_of(&urls.owner);
        postgres::try_ask(&administration, &format!("CREATE DATABASE {DATABASE}")).await.unwrap();
        Self { revivals, process: AtomicU32::new(process), urls, socket }
    }

    /// Ends it with all its children, at once.
    pub(crate) fn kill(&self) {
        let all = self.processes();
        for process in all {
            send(process, Signal::KILL);
        }
    }

    /// Ends one process that serves a connection. Postgres then ends the others and recovers.
    pub(crate) fn kill_backend(&self, process: u32) {
        send(process, Signal::KILL);
    }

    /// Lets it do nothing until [`Self::go_on`].
    pub(crate) fn hold(&self) {
        self.processes().into_iter().for_each(|process| send(process, Signal::STOP));
    }

    pub(crate) fn go_on(&self) {
        self.processes().into_iter().for_each(|process| send(process, Signal::CONT));
    }

    /// Starts it again after [`Self::kill`], and returns when it takes connections.
    pub(crate) fn revive(&self) {
        let (answer, revived) = mpsc::channel();
        self.revivals.send(answer).unwrap();
        self.process.store(revived.recv().unwrap(), Ordering::SeqCst);
    }

    /// The server first, then everyone it has started.
    pub(crate) fn processes(&self) -> Vec<u32> {
        let server = self.process.load(Ordering::SeqCst);
        let mut all = vec![server];
        for entry in std::fs::read_dir("/proc").unwrap().flatten() {
            let Some(process) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
                continue;
            };
            // Whoever has ended since has no parent any more.
            if parent_of(process) == Some(server) {
                all.push(process);
            }
        }
        all
    }
}

fn parent_of(process: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name in parentheses may hold anything; state and parent follow it.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

fn send(process: u32, signal: Signal) {
    let process = Pid::from_raw(process.try_into().unwrap()).unwrap();
    // It may have ended between being found and being told.
    let _ = kill_process(process, signal);
}

/// The socket file, from the address that names its folder.
fn socket_of(url: &str) -> std::path::PathBuf {
    let config: tokio_postgres::Config = url.parse().unwrap();
    let folder = config.get_hosts().iter().find_map(|host| match host {
        tokio_postgres::config::Host::Unix(path) => Some(path.clone()),
        tokio_postgres::config::Host::Tcp(_) => None,
    });
    folder.unwrap().join(".s.PGSQL.5432")
}
