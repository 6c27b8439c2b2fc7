//! The command line: one verb a file.

mod serve;

use clap::{Parser, Subcommand};

/// Brings essentials to the doors of people who cannot leave home, by volunteers nearby.
#[derive(Debug, Parser)]
#[command(name = "birgemiz", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API; without DATABASE_URL, on a private Postgres of its own.
    Serve(Box<crate::config::ServeSettings>),
}

/// Reads the command line and does what it says. Answers the exit code.
#[must_use]
pub fn run() -> std::process::ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(settings) => serve::serve(&settings),
    };
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("birgemiz: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}
