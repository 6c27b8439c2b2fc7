//! A server process in a folder of its own, both gone when this value is. The process ends too when the benchmark is
//! killed.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::{DirBuilderExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use super::Absent;

/// Longer than any server needs until it answers.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who runs a server: ourselves, or a service user when we are root, whom Postgres refuses.
#[derive(Clone, Copy)]
pub(super) struct Account(Option<(u32, u32)>);

/// A folder that is removed at the end.
pub(super) struct Folder(PathBuf);

/// A process that is ended at the end.
pub(super) struct Throwaway(Child);

impl Account {
    pub(super) fn choose(service_user: &str) -> Result<Self, Absent> {
        if run(Command::new("id").arg("-u"))?.trim() != "0" {
            return Ok(Self(None));
        }
        let number = |flag| {
            let text = run(Command::new("id").arg(flag).arg(service_user))?;
            text.trim().parse::<u32>().map_err(|error| error.to_string())
        };
        Ok(Self(Some((number("-u")?, number("-g")?))))
    }

    /// A command that ends when the thread that starts it does.
    pub(super) fn command(self, program: &Path) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(program);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C.UTF-8").current_dir("/");
        if let Some((user, group)) = self.0 {
            command.uid(user).gid(group);
        }
        command
    }
}

/// What a command prints, if all goes well.
pub(super) fn run(command: &mut Command) -> Result<String, Absent> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

impl Folder {
    /// A folder of the account's, which nobody else can enter.
    pub(super) fn make(name: &str, account: Account) -> Result<Self, Absent> {
        let path = std::env::temp_dir().join(format!("birgemiz-bench-{name}-{}", std::process::id()));
        let made = std::fs::DirBuilder::new().mode(0o700).create(&path);
        made.map_err(|error| format!("{}: {error}", path.display()))?;
        let folder = Self(path);
        if let Some((user, group)) = account.0 {
            chown(&folder.0, Some(user), Some(group)).map_err(|error| error.to_string())?;
        }
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            eprintln!("  {} stays behind: {error}", self.0.display());
        }
    }
}

impl Throwaway {
    /// Starts a server and waits until it says, on either of its outputs, that it is ready.
    pub(super) fn start(mut command: Command, ready: &'static str) -> Result<Self, Absent> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let outputs: [Option<Box<dyn Read + Send>>; 2] = [
            child.stdout.take().map(|output| Box::new(output) as Box<dyn Read + Send>),
            child.stderr.take().map(|output| Box::new(output) as Box<dyn Read + Send>),
        ];
        let server = Self(child);
        let (say, heard) = channel();
        for output in outputs.into_iter().flatten() {
            let say = say.clone();
            // Reads on until the server ends, so that it never waits for whoever listens.
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    let _ = say.send(line);
                }
            });
        }
        drop(say);
        let mut last = String::new();
        while let Ok(line) = heard.recv_timeout(PATIENCE) {
            if line.contains(ready) {
                return Ok(server);
            }
            last = line;
        }
        Err(format!("it does not start; the last it said: {last}"))
    }
}

impl Drop for Throwaway {
    fn drop(&mut self) {
        // Nothing of it is wanted any more, so that it need not end in good order.
        let ended = self.0.kill().and_then(|()| self.0.wait());
        if let Err(error) = ended {
            eprintln!("  a server may still run: {error}");
        }
    }
}
