//! Who runs the server. Postgres refuses to run as root, so a root owner hands it to a service user; everybody else
//! runs it as themselves.

use std::ffi::OsStr;
use std::io;
use std::os::unix::fs::lchown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::start_error::{StartError, cannot};

#[derive(Debug, Clone)]
pub(super) enum Account {
    Ourselves { uid: u32 },
    ServiceUser { name: String, uid: u32, gid: u32 },
}

impl Account {
    pub(super) fn choose(service_user: &str) -> Result<Self, StartError> {
        let uid = rustix::process::geteuid();
        if !uid.is_root() {
            return Ok(Self::Ourselves { uid: uid.as_raw() });
        }
        let (uid, gid) =
            look_up(service_user)?.ok_or_else(|| StartError::NoSuchUser(service_user.to_owned()))?;
        if uid == 0 {
            return Err(StartError::RootAsServiceUser);
        }
        Ok(Self::ServiceUser { name: service_user.to_owned(), uid, gid })
    }

    pub(super) fn uid(&self) -> u32 {
        match self {
            Self::Ourselves { uid } | Self::ServiceUser { uid, .. } => *uid,
        }
    }

    /// A command that this account will run, with an environment that nothing outside can have shaped.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        // Variables such as PGPORT, PGOPTIONS or LC_ALL would change what the Postgres programs do.
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC");
        // The owner's own folder may be closed to the account, and Postgres complains when it is.
        command.current_dir("/").stdin(Stdio::null());
        match self {
            Self::Ourselves { .. } => {}
            Self::ServiceUser { uid, gid, .. } => {
                command.uid(*uid).gid(*gid);
            }
        }
        command
    }

    /// Makes what the owner has just created belong to the account.
    pub(super) fn give(&self, path: &Path) -> Result<(), StartError> {
        match self {
            Self::Ourselves { .. } => Ok(()),
            Self::ServiceUser { uid, gid, .. } => {
                lchown(path, Some(*uid), Some(*gid)).map_err(cannot("give to the service user", path))
            }
        }
    }

    /// Lets the account pass through a folder that stays the owner's.
    pub(super) fn share(&self, path: &Path) -> Result<(), StartError> {
        match self {
            Self::Ourselves { .. } => Ok(()),
            Self::ServiceUser { gid, .. } => {
                lchown(path, None, Some(*gid)).map_err(cannot("share with the service user", path))
            }
        }
    }

    /// Refuses a folder that the account cannot enter, and names the outermost folder that is in the way.
    pub(super) fn check_reach(&self, folder: &Path) -> Result<(), StartError> {
        let Self::ServiceUser { name, .. } = self else { return Ok(()) };
        if self.can_enter(folder)? {
            return Ok(());
        }
        let mut outermost_first: Vec<&Path> = folder.ancestors().collect();
        outermost_first.reverse();
        for ancestor in outermost_first {
            if !self.can_enter(ancestor)? {
                return Err(StartError::Unreachable { user: name.clone(), folder: ancestor.to_path_buf() });
            }
        }
        Ok(())
    }

    /// Asks the kernel in the account's name, because mode bits alone do not know about access lists.
    fn can_enter(&self, folder: &Path) -> Result<bool, StartError> {
        let status =
            self.command("test").arg("-x").arg(folder).status().map_err(cannot("run", Path::new("test")))?;
        Ok(status.success())
    }
}

/// Asks the system's user database, which need not be `/etc/passwd`.
fn look_up(user: &str) -> Result<Option<(u32, u32)>, StartError> {
    let getent = Path::new("getent");
    let output = Command::new(getent).arg("passwd").arg(user).output().map_err(cannot("run", getent))?;
    if !output.status.success() {
        return Ok(None);
    }
    let entry = String::from_utf8_lossy(&output.stdout);
    let mut fields = entry.trim_end().split(':').skip(2).map(str::parse::<u32>);
    match (fields.next(), fields.next()) {
        (Some(Ok(uid)), Some(Ok(gid))) => Ok(Some((uid, gid))),
        _ => Err(cannot("understand the answer of", getent)(io::ErrorKind::InvalidData.into())),
    }
}
