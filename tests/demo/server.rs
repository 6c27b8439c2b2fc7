//! `birgemiz demo` as a process of its own, in a folder of its own, that ends with whoever started it.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// What the greeting ends with.
const LAST_OF_GREETING: &str = "To paste into another terminal:";

/// The longest that a demo may take to refuse, on a busy machine.
const ENDS_WITHIN: Duration = Duration::from_secs(20);

/// The longest that a city may take to be built, on a busy machine.
const BUILT_WITHIN: Duration = Duration::from_secs(120);

/// A place for a demo that is gone afterwards.
pub(crate) struct Place {
    root: PathBuf,
}

impl Place {
    pub(crate) fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
        let root = parent.join(format!("birgemiz-demo-{}", birgemiz::clock::new_id()));
        // Its Postgres may run as another user, who must be able to pass.
        std::fs::DirBuilder::new().mode(0o755).create(&root).unwrap();
        std::fs::set_permissions(&root, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self { root }
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.root.join("demo")
    }

    pub(crate) fn roster(&self) -> PathBuf {
        self.folder().join("demo.json")
    }

    /// Where the demo is told to write demo.json a second time.
    pub(crate) fn copy(&self) -> PathBuf {
        self.root.join("demo.json")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.root) {
            eprintln!("{} stays behind: {error}", self.root.display());
        }
    }
}

/// A demo that runs.
pub(crate) struct Demo {
    process: Child,
    pub(crate) greeting: String,
    copy: PathBuf,
}

impl Demo {
    /// Starts it and waits until it has said everything.
    pub(crate) fn start(place: &Place, arguments: &[&str]) -> Self {
        let log = std::fs::File::create(place.root.join("log")).unwrap();
        let mut process = command(place, arguments).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut says = BufReader::new(process.stdout.take().unwrap());
        let mut demo = Self { process, greeting: String::new(), copy: place.copy() };
        while !demo.greeting.contains(LAST_OF_GREETING) {
            if says.read_line(&mut demo.greeting).unwrap() == 0 {
                let log = std::fs::read_to_string(place.root.join("log")).unwrap();
                panic!("the demo did not start: {}\n{log}", demo.greeting);
            }
        }
        println!("{}", demo.greeting);
        demo
    }

    /// Starts it and kills it as soon as that is so, whatever it is doing.
    pub(crate) fn is_killed_once(place: &Place, it_is_time: impl Fn() -> bool) {
        let log = std::fs::File::create(place.root.join("log")).unwrap();
        let mut process = command(place, &["--still"]).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let started = birgemiz::clock::instant();
        while !it_is_time() {
            let log = || std::fs::read_to_string(place.root.join("log")).unwrap();
            assert!(process.try_wait().unwrap().is_none(), "it ended by itself: {}", log());
            assert!(birgemiz::clock::since(started) < BUILT_WITHIN, "it is never time: {}", log());
            pause();
        }
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// What it has written down.
    pub(crate) fn roster(&self) -> Value {
        serde_json::from_slice(&std::fs::read(&self.copy).unwrap()).unwrap()
    }

    pub(crate) fn folder_of_the_copy(&self) -> &Path {
        self.copy.parent().unwrap()
    }

    /// Tells it to end; it must do so in peace.
    pub(crate) fn stop(mut self) {
        self.tell_to_end();
        assert!(self.process.wait().unwrap().success());
    }

    fn tell_to_end(&self) {
        let process = Pid::from_raw(self.process.id().cast_signed()).unwrap();
        // It may have ended by itself.
        let _ = kill_process(process, Signal::TERM);
    }

    /// Starts it where it must not: it ends at once and says why in one line.
    pub(crate) fn refuses(place: &Place, arguments: &[&str], why: &str) {
        Self::refuses_with(place, arguments, None, why);
    }

    /// The same, with a database named by the environment.
    pub(crate) fn refuses_with(place: &Place, arguments: &[&str], database: Option<&str>, why: &str) {
        let mut command = command(place, arguments);
        if let Some(database) = database {
            command.env("DATABASE_URL", database);
        }
        let process = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let (said, success) = last_words(process);
        assert!(!success, "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.starts_with("birgemiz: ") && said.contains(why), "{said}");
        assert!(!said.contains("theirs"), "a database's address is nobody's business: {said}");
    }
}

/// What a process that must end at once says before it does, and whether it ended well. One that goes on is ended.
fn last_words(mut process: Child) -> (String, bool) {
    let mut says = process.stderr.take().unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut said = String::new();
        says.read_to_string(&mut said).unwrap();
        // Nobody listens any more where it took too long.
        let _ = tell.send(said);
    });
    let Ok(said) = told.recv_timeout(ENDS_WITHIN) else {
        // In peace first, so that its Postgres goes with it.
        kill_process(Pid::from_raw(process.id().cast_signed()).unwrap(), Signal::TERM).unwrap();
        process.wait().unwrap();
        reader.join().unwrap();
        panic!("it should have refused, but was still running after {ENDS_WITHIN:?}");
    };
    reader.join().unwrap();
    (said, process.wait().unwrap().success())
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.tell_to_end();
        let _ = self.process.wait();
    }
}

#[expect(clippy::disallowed_methods, reason = "another process tells nobody of how far it has come")]
fn pause() {
    // waits for: a look at another process, between two of which some time must pass
    std::thread::sleep(Duration::from_millis(5));
}

fn command(place: &Place, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_birgemiz"));
    for of_the_machine in
        ["DATABASE_URL", "BIRGEMIZ_DEMO_DIR", "BIRGEMIZ_DEMO_JSON", "BIRGEMIZ_LISTEN", "BIRGEMIZ_LOG"]
    {
        command.env_remove(of_the_machine);
    }
    command.arg("demo").arg("--folder").arg(place.folder()).arg("--write").arg(place.copy());
    if !arguments.contains(&"--listen") {
        command.args(["--listen", "127.0.0.1:0"]);
    }
    command.args(arguments).stdin(Stdio::null());
    command
}
