//! A server of the walk's own: started on a private folder, asked where it listens, ended with the walk.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal};

/// A server that ends, and whose folder goes, when nobody has it any more.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    folder: PathBuf,
    pub(crate) url: String,
    pub(crate) link: String,
}

impl Server {
    /// Starts one and waits until it says where it listens. Its log goes to its folder.
    pub(crate) fn start(name: &str) -> Result<Self, String> {
        let binary = beside_this_one()?;
        let folder = roomy_place().join(format!("birgemiz-walk-{name}"));
        let begun = make_folder(&folder).and_then(|()| launch(&binary, &folder));
        let child = begun.inspect_err(|_| remove(&folder))?;
        // From here on whatever goes wrong ends it and removes its folder.
        let mut server = Self { child, folder, url: String::new(), link: String::new() };
        server.listen_for_greeting()?;
        Ok(server)
    }

    fn listen_for_greeting(&mut self) -> Result<(), String> {
        let told = self.child.stdout.take().ok_or("the server has no output")?;
        let mut lines = BufReader::new(told).lines();
        while self.url.is_empty() || self.link.is_empty() {
            let line = match lines.next() {
                Some(Ok(line)) => line,
                Some(Err(_)) | None => {
                    return Err(format!("the server did not start:\n{}", self.last_words()));
                }
            };
            if let Some((_, url)) = line.split_once("serves at ") {
                url.trim().clone_into(&mut self.url);
            } else if line.contains("/setup#") {
                line.trim().clone_into(&mut self.link);
            }
        }
        Ok(())
    }

    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(5).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Told to stop, it ends its Postgres too; the wait is for that.
        if let Some(process) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
            && rustix::process::kill_process(process, Signal::TERM).is_ok()
        {
            let _ = self.child.wait();
        }
        remove(&self.folder);
    }
}

/// `birgemiz` of the same build: examples are one folder below it.
fn beside_this_one() -> Result<PathBuf, String> {
    let here = std::env::current_exe().map_err(|error| error.to_string())?;
    let found =
        here.ancestors().skip(1).take(2).map(|folder| folder.join("birgemiz")).find(|path| path.is_file());
    found.ok_or_else(|| {
        "there is no birgemiz beside this program: build it, or name a server by --url".to_owned()
    })
}

/// In memory where there is room for a database, since the walk is not about the disk.
fn roomy_place() -> PathBuf {
    const ROOM: u64 = 2 << 30;
    let memory = Path::new("/dev/shm");
    match rustix::fs::statvfs(memory) {
        Ok(told) if told.f_bavail.saturating_mul(told.f_frsize) > ROOM => memory.to_owned(),
        Ok(_) | Err(_) => std::env::temp_dir(),
    }
}

/// The server's Postgres may run as another user, who must be able to pass.
fn make_folder(folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)))
        .map_err(|error| format!("{}: {error}", folder.display()))
}

fn launch(binary: &Path, folder: &Path) -> Result<Child, String> {
    let log = std::fs::File::create(folder.join("log")).map_err(|error| error.to_string())?;
    let mut command = Command::new(binary);
    for of_another_server in
        ["DATABASE_URL", "BIRGEMIZ_OWNER_DATABASE_URL", "BIRGEMIZ_PUBLIC_URL", "BIRGEMIZ_SECRETS_DIR"]
    {
        command.env_remove(of_another_server);
    }
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(folder.join("data"))
        // A whole city walks from one address and files through one app.
        .env("BIRGEMIZ_PERSON_QUOTA", "0")
        .env("BIRGEMIZ_PARTNER_QUOTA", "0")
        .env("BIRGEMIZ_ORGANISATION_QUOTA", "0")
        .env("BIRGEMIZ_ADDRESS_QUOTA", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .map_err(|error| format!("{}: {error}", binary.display()))
}

fn remove(folder: &Path) {
    if let Err(error) = std::fs::remove_dir_all(folder) {
        eprintln!("{} is left behind: {error}", folder.display());
    }
}
