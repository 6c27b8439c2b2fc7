//! Every reason why the private server does not start, each as one sentence that says what to do about it.

use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("Birgemiz is already running on {}: stop it first, or choose another data folder", .0.display())]
    AlreadyRunning(PathBuf),

    #[error(
        "a Postgres server (process {pid}) is still running on {}: stop it first, or choose another data folder",
        cluster.display()
    )]
    ServerLeftRunning { pid: String, cluster: PathBuf },

    #[error(
        "the data in {} was made by Postgres {made_by}, but the Postgres found is {found}: \
         install Postgres {made_by}, or move the data to {found} with pg_upgrade",
        cluster.display()
    )]
    OtherMajor { cluster: PathBuf, made_by: u32, found: u32 },

    #[error("{} has files in it but is no Postgres cluster: move it away, or choose another data folder", .0.display())]
    NotACluster(PathBuf),

    #[error(
        "the data in {} belongs to user id {belongs_to}, but the server would run as user id {runs_as}: \
         start as the user it belongs to, or give it away with chown -R",
        cluster.display()
    )]
    OtherOwner { cluster: PathBuf, belongs_to: u32, runs_as: u32 },

    #[error("no Postgres is installed under {}: install the package postgresql, or name the folder of its programs", .0.display())]
    NotInstalled(PathBuf),

    #[error("{} does not hold the Postgres programs initdb and postgres (version 14 or later)", .0.display())]
    NotPrograms(PathBuf),

    #[error(
        "Postgres refuses to run as root and there is no user `{0}` to run it as: create that user, or name another"
    )]
    NoSuchUser(String),

    #[error("the service user must not be root, as Postgres refuses to run as root: name another")]
    RootAsServiceUser,

    #[error(
        "the user `{user}` that runs Postgres cannot enter {}: \
         allow it with chmod o+x, or choose a folder elsewhere",
        folder.display()
    )]
    Unreachable { user: String, folder: PathBuf },

    #[error("{} is not a folder that only the user who runs Postgres can enter: remove it", .0.display())]
    SocketFolderTaken(PathBuf),

    #[error("the server option `{0}` is not for changing: it keeps data safe, or is Birgemiz's own to set")]
    ReservedOption(String),

    #[error("`{0}` is not the name of a server option")]
    NotAnOption(String),

    #[error("initdb could not make a cluster: {0}")]
    InitdbFailed(String),

    #[error("Postgres ended while starting: {last_lines} (log: {})", log.display())]
    EndedEarly { last_lines: String, log: PathBuf },

    #[error("Postgres was not ready after {limit_s} s: {last_lines} (log: {})", log.display())]
    NotReady { limit_s: u64, last_lines: String, log: PathBuf },

    #[error("cannot {doing} {}: {source}", path.display())]
    Io { doing: &'static str, path: PathBuf, source: io::Error },
}

/// Says what was being done to which path, for `map_err`.
pub(super) fn cannot(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StartError {
    let path = path.to_path_buf();
    move |source| StartError::Io { doing, path, source }
}
