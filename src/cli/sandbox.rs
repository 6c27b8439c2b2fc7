//! `birgemiz sandbox`: places for partners to try everything out, made by whoever runs the service.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::admin::values;
use crate::config::AdminSettings;
use crate::startup::{self, StartupError};

/// `birgemiz sandbox`.
#[derive(Debug, Args)]
pub(super) struct Sandbox {
    #[command(flatten)]
    settings: AdminSettings,
    #[command(subcommand)]
    verb: Verb,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a sandbox: an organisation and a campaign of its own, with fictional households, volunteers and requests,
    /// and a partner app. Prints its credentials and logins as JSON, this once.
    Create(CreateArgs),
}

/// A sandbox to be made.
#[derive(Debug, Args)]
struct CreateArgs {
    /// For whom it is: its organisation is called so, with "(sandbox)" behind it.
    #[arg(long, value_parser = values::name)]
    name: String,
    /// Write the credentials here, for nobody else to read, in place of printing them.
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

/// Does it. Must run on the main thread: a private Postgres ends with the thread that started it.
pub(super) fn run(sandbox: Sandbox) -> Result<(), StartupError> {
    let Sandbox { settings, verb: Verb::Create(args) } = sandbox;
    let told = startup::make_sandbox(&settings, &args.name, args.write.as_deref())?;
    println!("{told}");
    Ok(())
}
