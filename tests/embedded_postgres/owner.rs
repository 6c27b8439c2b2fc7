//! A process that owns a server and can be killed without killing the test: this same test program, told to run only
//! the ignored test below, with the folder to use on its standard input.

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use birgemiz::storage::embedded::{EmbeddedPostgres, Settings};

use crate::place::small;

pub(crate) struct Owner {
    process: Child,
    says: Lines<BufReader<ChildStdout>>,
}

/// How an owner's start went.
#[derive(Debug)]
pub(crate) enum Outcome {
    Ready { server: u32, url: String },
    Refused(String),
}

impl Owner {
    pub(crate) fn of(data_dir: &Path) -> Self {
        Self::run(Command::new(std::env::current_exe().unwrap()), data_dir)
    }

    /// Needs root, and a copy of this test program that the user can execute.
    pub(crate) fn as_user(program: &Path, uid: u32, gid: u32, data_dir: &Path) -> Self {
        let mut command = Command::new(program);
        command.uid(uid).gid(gid).current_dir("/");
        Self::run(command, data_dir)
    }

    fn run(mut command: Command, data_dir: &Path) -> Self {
        command.args(["--ignored", "--exact", "--nocapture", "owner::owns_a_server_for_another_test"]);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        writeln!(process.stdin.as_mut().unwrap(), "{}", data_dir.display()).unwrap();
        let says = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, says }
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn outcome(&mut self) -> Outcome {
        for line in self.says.by_ref().map_while(Result::ok) {
            if let Some((server, url)) = line.strip_prefix("ready ").and_then(|rest| rest.split_once(' ')) {
                return Outcome::Ready { server: server.parse().unwrap(), url: url.to_owned() };
            }
            if let Some(sentence) = line.strip_prefix("refused ") {
                return Outcome::Refused(sentence.to_owned());
            }
        }
        panic!("the owner ended without saying how its start went");
    }

    pub(crate) fn ready(&mut self) -> (u32, String) {
        match self.outcome() {
            Outcome::Ready { server, url } => (server, url),
            Outcome::Refused(sentence) => panic!("the owner's start was refused: {sentence}"),
        }
    }

    pub(crate) fn kill_9(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Lets the owner stop its server and end.
    pub(crate) fn dismiss(mut self) {
        drop(self.process.stdin.take());
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // Already ended in most tests; in a failed one nothing may stay behind.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
#[ignore = "it is the process that other tests start and kill"]
fn owns_a_server_for_another_test() {
    let mut stdin = std::io::stdin().lock();
    let mut data_dir = String::new();
    stdin.read_line(&mut data_dir).unwrap();
    if data_dir.is_empty() {
        println!("nobody asked for a server");
        return;
    }
    // The test runner may have left an unfinished line.
    println!();
    match EmbeddedPostgres::start(&small(Settings::new(data_dir.trim_end()))) {
        Ok(server) => {
            println!("ready {} {}", server.process_id(), server.url("postgres", "postgres"));
            stdin.read_to_end(&mut Vec::new()).unwrap();
            server.stop();
        }
        Err(refusal) => println!("refused {refusal}"),
    }
}
