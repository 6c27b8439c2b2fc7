//! The whole life of one private server, in order: who runs it, where, which Postgres, a cluster if there is none,
//! a socket, the process; and the same backwards when it is dropped.

use std::path::{Path, PathBuf};
use std::process::Child;

use super::account::Account;
use super::cluster;
use super::folder::Folder;
use super::programs::Programs;
use super::server::{self, Launch};
use super::settings::Settings;
use super::socket::{self, SocketFolder};
use super::start_error::{StartError, cannot};

/// A running private server. Dropping it stops the server and waits for its end; if the owner dies without
/// dropping it, the kernel has the server stop itself.
#[derive(Debug)]
pub struct EmbeddedPostgres {
    child: Child,
    launch: Launch,
    // Dropped in this order, after the server has ended: the lock is the last to go.
    socket_folder: SocketFolder,
    _folder: Folder,
}

impl EmbeddedPostgres {
    /// Starts the server, makes its cluster first if there is none, and returns when it takes connections.
    ///
    /// Blocks. Call it from the main thread: the kernel stops the server when the *thread* that started it ends,
    /// and a runtime's worker threads end whenever the runtime likes.
    pub fn start(settings: &Settings) -> Result<Self, StartError> {
        let options = settings.options()?;
        let account = Account::choose(&settings.service_user)?;
        let folder = Folder::open(&settings.data_dir, &account)?;
        let made_by = folder.cluster_made_by(&account)?;
        let programs = Programs::choose(settings.programs_dir.as_deref(), made_by, &folder.cluster())?;
        account.check_reach(&programs.dir)?;
        if made_by.is_none() {
            cluster::make(&folder, &programs, &account)?;
        }
        let socket_folder = SocketFolder::make(folder.root(), &account)?;
        let launch = Launch {
            root: folder.root().to_path_buf(),
            cluster: folder.cluster(),
            postgres: programs.postgres(),
            socket_folder: socket_folder.path().to_path_buf(),
            options,
            account,
        };
        let child = launch.start()?;
        tracing::info!(major = programs.major, process = child.id(), "the private Postgres server is ready");
        Ok(Self { child, launch, socket_folder, _folder: folder })
    }

    /// The address of a database on this server, for any client that knows Unix sockets.
    pub fn url(&self, user: &str, database: &str) -> String {
        self.socket_folder.url(user, database)
    }

    /// The server's process id.
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Where the server keeps its data, for messages to people.
    pub fn data_dir(&self) -> &Path {
        &self.launch.root
    }

    /// Starts the server again if it has ended by itself, and says whether it had. The address stays the same.
    ///
    /// Blocks, and belongs on the main thread like [`Self::start`].
    pub fn revive(&mut self) -> Result<bool, StartError> {
        if self.child.try_wait().map_err(cannot("watch", &self.launch.postgres))?.is_none() {
            return Ok(false);
        }
        self.child = self.launch.start()?;
        tracing::warn!(
            process = self.child.id(),
            "the private Postgres server had ended and was started again"
        );
        Ok(true)
    }

    /// Ends every session, writes everything down, and returns when the server has ended.
    pub fn stop(self) {
        drop(self);
    }
}

/// Where another process's private server listens: one that [`EmbeddedPostgres::start`] found to be running already.
#[derive(Debug)]
pub struct RunningPostgres {
    socket_folder: PathBuf,
}

impl RunningPostgres {
    /// Finds the server that runs on this data folder.
    pub fn find(settings: &Settings) -> Result<Self, StartError> {
        let account = Account::choose(&settings.service_user)?;
        let root = std::fs::canonicalize(&settings.data_dir).map_err(cannot("find", &settings.data_dir))?;
        Ok(Self { socket_folder: socket::place(&root, &account)? })
    }

    /// The address of a database on it.
    #[must_use]
    pub fn url(&self, user: &str, database: &str) -> String {
        socket::url(&self.socket_folder, user, database)
    }
}

impl Drop for EmbeddedPostgres {
    fn drop(&mut self) {
        server::stop(&mut self.child);
    }
}
