//! The data folder: its layout, the lock that keeps a second owner out, and what an earlier start left in it.
//!
//! The folder stays the owner's. Under root the service user may pass through it but not write in it, so that a
//! server taken over by an attacker cannot lay links in the way of a root owner.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::account::Account;
use super::start_error::{StartError, cannot};

#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    /// Held for as long as this value lives; the kernel lets go of it however the owner ends.
    _lock: File,
}

impl Folder {
    pub(super) fn open(data_dir: &Path, account: &Account) -> Result<Self, StartError> {
        let root = make(data_dir, account)?;
        account.check_reach(&root)?;
        let lock = lock(&root)?;
        Ok(Self { root, _lock: lock })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn cluster(&self) -> PathBuf {
        self.root.join("cluster")
    }

    /// Where `initdb` works until the cluster is whole.
    pub(super) fn unfinished_cluster(&self) -> PathBuf {
        self.root.join("cluster.tmp")
    }

    /// The major version that made the cluster, or `None` if there is no cluster yet.
    pub(super) fn cluster_made_by(&self, account: &Account) -> Result<Option<u32>, StartError> {
        let cluster = self.cluster();
        let owner = match fs::metadata(&cluster) {
            Ok(metadata) => metadata.uid(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(cannot("look at", &cluster)(error)),
        };
        if owner != account.uid() {
            return Err(StartError::OtherOwner { cluster, belongs_to: owner, runs_as: account.uid() });
        }
        let version = fs::read_to_string(cluster.join("PG_VERSION"));
        let major = version.ok().and_then(|text| text.trim().split('.').next()?.parse().ok());
        match major {
            Some(major) => Ok(Some(major)),
            None => Err(StartError::NotACluster(cluster)),
        }
    }
}

fn make(data_dir: &Path, account: &Account) -> Result<PathBuf, StartError> {
    let wanted = std::path::absolute(data_dir).map_err(cannot("find", data_dir))?;
    if let Some(parent) = wanted.parent() {
        fs::create_dir_all(parent).map_err(cannot("make", parent))?;
    }
    match DirBuilder::new().mode(0o710).create(&wanted) {
        Ok(()) => account.share(&wanted)?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(cannot("make", &wanted)(error)),
    }
    fs::canonicalize(&wanted).map_err(cannot("find", &wanted))
}

fn lock(root: &Path) -> Result<File, StartError> {
    let path = root.join("lock");
    let file = open_own_file(OpenOptions::new().write(true).create(true), &path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StartError::AlreadyRunning(root.to_path_buf())),
        Err(TryLockError::Error(error)) => Err(cannot("lock", &path)(error)),
    }
}

/// Opens a file of the owner's, readable by nobody else, and never through a link.
pub(super) fn open_own_file(options: &mut OpenOptions, path: &Path) -> Result<File, StartError> {
    let never_a_link = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    options.mode(0o600).custom_flags(never_a_link).open(path).map_err(cannot("open", path))
}
