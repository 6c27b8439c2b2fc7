//! `birgemiz audit`: was anything changed of what happened? It looks and changes nothing.

mod verify;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::examples;
use crate::audit::StorageError;
use crate::config::AuditSettings;
use crate::startup::StartupError;

/// Nothing could be told.
const COULD_NOT_LOOK: u8 = 2;

/// `birgemiz audit`.
#[derive(Debug, Args)]
pub(super) struct Audit {
    #[command(flatten)]
    settings: AuditSettings,
    #[command(subcommand)]
    verb: Verb,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Verb {
    /// Walk the chains of seals and name whatever was edited, put in, moved, or taken away since.
    /// Exit code 0 when nothing was, 1 when something was, 2 when it could not be told.
    #[command(after_long_help = examples::AUDIT_VERIFY)]
    Verify(verify::VerifyArgs),
}

/// Why nothing could be told.
#[derive(Debug, thiserror::Error)]
enum AuditFailure {
    /// The database could not be had.
    #[error(transparent)]
    Startup(#[from] StartupError),
    /// It failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Does it. Must run on the main thread: a private Postgres ends with the thread that started it.
pub(super) fn run(audit: &Audit) -> ExitCode {
    let outcome = match &audit.verb {
        Verb::Verify(args) => verify::verify(&audit.settings, args),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("birgemiz: {error}");
        ExitCode::from(COULD_NOT_LOOK)
    })
}
