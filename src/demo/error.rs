//! Why there is no demo.

use std::path::PathBuf;

use crate::actions::Refusal;

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A fault of this program.
    #[error("the city cannot be drawn: {0}; this is a fault of this program")]
    Drawing(&'static str),
    /// An action was refused that never should be.
    #[error("the city cannot be built: {what}: {why}")]
    Refused { what: &'static str, why: String },
    /// The folder holds something else.
    #[error("{0} holds something that is not a demo's; choose another folder with --folder")]
    NotADemo(PathBuf),
    /// Another demo runs there.
    #[error("a demo runs in {0} already: stop it first, or choose another folder with --folder")]
    AlreadyRuns(PathBuf),
    /// Its roster cannot be read.
    #[error("{0} is not as this program writes it; start afresh with --reset")]
    Roster(PathBuf),
    /// A file could not be read or written.
    #[error("{path}: {error}")]
    File { path: PathBuf, error: std::io::Error },
}

impl DemoError {
    /// The failure of some work on a file.
    pub(super) fn file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::File { path, error }
    }

    /// The refusal of an action.
    pub(super) fn refused(what: &'static str) -> impl FnOnce(Refusal) -> Self {
        move |refusal| Self::Refused { what, why: told(&refusal) }
    }
}

/// A refusal in one line, with what is otherwise only logged.
pub(super) fn told(refusal: &Refusal) -> String {
    let flaws = refusal.flaws.iter().map(|flaw| format!("{}: {}", flaw.pointer, flaw.detail));
    let cause = refusal.cause.as_ref().map(ToString::to_string);
    let parts = refusal.detail.as_ref().map(ToString::to_string).into_iter().chain(flaws).chain(cause);
    std::iter::once(refusal.code.to_string()).chain(parts).collect::<Vec<_>>().join("; ")
}
