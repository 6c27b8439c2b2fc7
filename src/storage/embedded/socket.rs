//! Where the server listens: a Unix socket in a folder that only the account can enter, because local connections
//! are trusted without a password. And the address under which clients find it.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::account::Account;
use super::settings::PORT;
use super::start_error::{StartError, cannot};

/// What `sockaddr_un` holds on Linux, less its closing zero (unix(7)).
const LONGEST_SOCKET_PATH: usize = 107;

const ONLY_THE_ACCOUNT: u32 = 0o700;

#[derive(Debug)]
pub(super) struct SocketFolder {
    path: PathBuf,
}

impl SocketFolder {
    pub(super) fn make(root: &Path, account: &Account) -> Result<Self, StartError> {
        let path = place(root, account)?;
        match DirBuilder::new().mode(ONLY_THE_ACCOUNT).create(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => check(&path, account)?,
            Err(error) => return Err(cannot("make", &path)(error)),
        }
        account.give(&path)?;
        Ok(Self { path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn url(&self, user: &str, database: &str) -> String {
        url(&self.path, user, database)
    }
}

/// The folder in which the server on this data folder listens, whether it runs or not.
pub(super) fn place(root: &Path, account: &Account) -> Result<PathBuf, StartError> {
    let beside_the_data = root.join("socket");
    if fits(&beside_the_data) { Ok(beside_the_data) } else { elsewhere(root, account) }
}

/// The address of a database on the server that listens in this folder.
pub(super) fn url(folder: &Path, user: &str, database: &str) -> String {
    let user = percent_encoded(user.as_bytes());
    let database = percent_encoded(database.as_bytes());
    let host = percent_encoded(folder.as_os_str().as_bytes());
    format!("postgresql://{user}@{host}:{PORT}/{database}")
}

impl Drop for SocketFolder {
    fn drop(&mut self) {
        // Only an empty folder goes: a socket still in it means that a server still listens there.
        if let Err(error) = fs::remove_dir(&self.path) {
            tracing::debug!(folder = %self.path.display(), %error, "the socket folder stays");
        }
    }
}

/// Postgres reads its socket folders as a list with commas and quotes, so only plain paths go there.
fn fits(folder: &Path) -> bool {
    let socket = folder.join(format!(".s.PGSQL.{PORT}"));
    let bytes = socket.as_os_str().as_bytes();
    let plain = bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'_' | b'-'));
    plain && bytes.len() <= LONGEST_SOCKET_PATH
}

/// A short path that is the same at each start on the same data folder, so that crashes do not pile folders up.
fn elsewhere(root: &Path, account: &Account) -> Result<PathBuf, StartError> {
    let short = match account {
        Account::ServiceUser { .. } => Path::new("/run"),
        Account::Ourselves { .. } => Path::new("/tmp"),
    };
    let metadata = fs::metadata(root).map_err(cannot("look at", root))?;
    Ok(short.join(format!("birgemiz-{:x}-{:x}", metadata.dev(), metadata.ino())))
}

/// Somebody else may have made a folder of that name first, in order to be asked for our data.
fn check(path: &Path, account: &Account) -> Result<(), StartError> {
    let found = fs::symlink_metadata(path).map_err(cannot("look at", path))?;
    let ours = found.uid() == account.uid() || found.uid() == rustix::process::geteuid().as_raw();
    if found.is_dir() && ours && found.mode() & 0o777 == ONLY_THE_ACCOUNT {
        return Ok(());
    }
    Err(StartError::SocketFolderTaken(path.to_path_buf()))
}

/// RFC 3986, section 2.1: everything but the unreserved characters is encoded.
fn percent_encoded(bytes: &[u8]) -> String {
    let encode = |byte: &u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(*byte).to_string(),
        other => format!("%{other:02X}"),
    };
    bytes.iter().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_path_of_107_bytes_fits_and_one_of_108_does_not() {
        let socket_name = "/.s.PGSQL.5432".len();
        let of_length = |n: usize| PathBuf::from(format!("/{}", "x".repeat(n - 1 - socket_name)));
        assert!(fits(&of_length(107)));
        assert!(!fits(&of_length(108)));
    }

    #[test]
    fn a_path_that_postgres_would_read_as_a_list_does_not_fit() {
        for path in ["/a,b", "/a\"b", "/a b", "/тамақ"] {
            assert!(!fits(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn the_url_hides_the_slashes_of_the_folder() {
        let folder = SocketFolder { path: PathBuf::from("/no/such folder") };
        assert_eq!(folder.url("me@here", "db/1"), "postgresql://me%40here@%2Fno%2Fsuch%20folder:5432/db%2F1");
    }
}
