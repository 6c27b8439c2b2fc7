//! The calls of the README, pasted by bash as a newcomer would paste them.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::server::Demo;

const HEADING: &str = "## The API in five calls";
/// What a slow machine may take, until bash is told to end.
const LIMIT_S: &str = "240";

/// Pastes every shell block below the heading, in order and in one shell, where demo.json is.
pub(crate) fn its_calls_work(demo: &Demo) {
    let readme = include_str!("../../README.md");
    let calls = readme.split_once(HEADING).unwrap().1.split("\n## ").next().unwrap();
    let blocks: Vec<&str> =
        calls.split("```sh\n").skip(1).map(|rest| rest.split_once("```").unwrap().0).collect();
    assert_eq!(blocks.len(), 3, "preparation, five calls, and one request to be watched");
    let said = paste(&blocks.join("\n"), demo.folder_of_the_copy());
    println!("{said}");
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].contains(r#""status":"verified""#), "{said}");
    // The door, as the claim's holder reads it.
    assert!(lines[1].contains(r#""street":"Abay Avenue""#), "{said}");
    assert_eq!(lines.last(), Some(&"fulfilled"), "{said}");
    assert!(!said.contains("problem"), "{said}");
}

fn paste(script: &str, folder: &Path) -> String {
    let mut bash = Command::new("timeout")
        .args([LIMIT_S, "bash", "-c", script])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    bash.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(bash.wait().unwrap().success(), "the calls did not come to their end:\n{said}");
    said
}
