//! The command line: one verb a file.

mod admin;
mod demo;
mod import;
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
    /// Show a fictional city that is alive, on a private Postgres of its own, with logins to paste.
    Demo(Box<crate::config::DemoSettings>),
    /// Enter organisations, campaigns, areas, hubs, items, kits, users, partners and invitations,
    /// whether the server runs or not. Prints JSON.
    Admin(Box<admin::Admin>),
    /// Import households, volunteers, requests, hubs and items from CSV, and areas from GeoJSON.
    Import(Box<import::Import>),
}

/// Reads the command line and does what it says. Answers the exit code.
#[must_use]
pub fn run() -> std::process::ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(settings) => serve::serve(&settings).map_err(|error| error.to_string()),
        Command::Demo(settings) => demo::demo(&settings).map_err(|error| error.to_string()),
        Command::Admin(admin) => admin::run(*admin).map_err(|error| error.to_string()),
        Command::Import(import) => import::run(*import).map_err(|error| error.to_string()),
    };
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("birgemiz: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}
