//! Guides tell the truth: their samples are pasted into bash as a reader would paste them.

use std::path::Path;
use std::process::{Command, Stdio};

/// What a slow machine may take, until a guide is told to end.
const LIMIT_S: &str = "240";

/// The fenced samples of a guide in one language, in order.
pub(crate) fn samples<'g>(guide: &'g str, language: &str) -> Vec<&'g str> {
    let begin = format!("```{language}\n");
    guide.split(&begin).skip(1).map(|rest| rest.split_once("```").unwrap().0).collect()
}

/// Pastes every shell sample of a guide into one shell, with the program itself at hand, and answers what it printed.
/// Stops the test when a command fails.
pub(crate) fn paste(guide: &str, folder: &Path, environment: &[(&str, String)]) -> String {
    let blocks = samples(guide, "sh");
    assert!(!blocks.is_empty(), "a guide without samples");
    let programs = Path::new(env!("CARGO_BIN_EXE_birgemiz")).parent().unwrap().display().to_string();
    let mut bash = Command::new("timeout");
    bash.args([LIMIT_S, "bash", "-euc", &blocks.join("\n")]).current_dir(folder).stdin(Stdio::null());
    #[expect(clippy::disallowed_methods, reason = "the program is found beside everything else")]
    bash.env("PATH", format!("{programs}:{}", std::env::var("PATH").unwrap()));
    for (name, value) in environment {
        bash.env(name, value);
    }
    let output = bash.stderr(Stdio::inherit()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "it did not come to its end:\n{said}");
    said
}
