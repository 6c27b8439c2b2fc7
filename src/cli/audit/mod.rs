//! `birgemiz audit`: was anything changed of what happened, and who read what? It looks and changes nothing.

mod heads;
mod readings;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::examples;
use crate::audit::StorageError;
use crate::audit::heads::HeadsError;
use crate::config::AuditSettings;
use crate::keys::KeysError;
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
    /// Tell where every chain ends now, signed: to be kept where nobody who reaches the database reaches.
    #[command(after_long_help = examples::AUDIT_HEADS)]
    Heads(heads::HeadsArgs),
    /// Tell who read a household's door, telephone number or photos: when, and by which right.
    #[command(after_long_help = examples::AUDIT_WHO_READ)]
    WhoRead(readings::WhoReadArgs),
    /// Tell who read which households in a period, organisation by organisation: what a notice of a breach needs.
    #[command(after_long_help = examples::AUDIT_READINGS)]
    Readings(readings::ReadingsArgs),
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
    /// Heads could not be read or written.
    #[error(transparent)]
    Heads(#[from] HeadsError),
    /// The key that signs cannot be used.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// There is none.
    #[error("{0}: there are no secrets; name their folder with --secrets-dir")]
    NoSecrets(PathBuf),
    /// Nothing is overwritten.
    #[error("{0} is there already")]
    IsThere(PathBuf),
}

/// Does it. Must run on the main thread: a private Postgres ends with the thread that started it.
pub(super) fn run(audit: &Audit) -> ExitCode {
    let outcome = match &audit.verb {
        Verb::Verify(args) => verify::verify(&audit.settings, args),
        Verb::Heads(args) => heads::tell(&audit.settings, args),
        Verb::WhoRead(args) => readings::who_read(&audit.settings, args),
        Verb::Readings(args) => readings::readings(&audit.settings, args),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("birgemiz: {error}");
        ExitCode::from(COULD_NOT_LOOK)
    })
}
