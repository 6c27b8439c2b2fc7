//! The command line: one verb a file.

mod admin;
mod audit;
mod backup;
mod completions;
mod demo;
mod doctor;
mod examples;
mod import;
mod keys;
mod master_keys;
mod replay;
mod restore;
mod sandbox;
mod serve;
mod settings;
mod simulate;
mod webhook;

use std::process::ExitCode;

use clap::error::ContextKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config::{self, Arranged, Everywhere, Origin};
use crate::telemetry;

/// Brings essentials to the doors of people who cannot leave home, by volunteers nearby.
///
/// One program beside one Postgres: `serve` answers the API, the other verbs enter, check, save and restore.
/// Without DATABASE_URL it runs a private Postgres of its own in its data folder.
#[derive(Debug, Parser)]
#[command(name = "birgemiz", version, about, after_long_help = examples::FIRST)]
struct Cli {
    #[command(flatten)]
    everywhere: Everywhere,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API; without DATABASE_URL, on a private Postgres of its own.
    #[command(after_long_help = examples::SERVE)]
    Serve(Box<crate::config::ServeSettings>),
    /// Show a fictional city that is alive, on a private Postgres of its own, with logins to paste.
    #[command(after_long_help = examples::DEMO)]
    Demo(Box<crate::config::DemoSettings>),
    /// Enter organisations, campaigns, areas, hubs, items, kits, users, partners and invitations,
    /// whether the server runs or not. Prints JSON.
    #[command(after_long_help = examples::ADMIN)]
    Admin(Box<admin::Admin>),
    /// Import households, volunteers, requests, hubs and items from CSV, and areas from GeoJSON.
    #[command(after_long_help = examples::IMPORT)]
    Import(Box<import::Import>),
    /// Look at everything that goes wrong in the field: settings, secrets, database, event log, work.
    /// Tells why each matters and what puts it right; changes nothing. Exit code 1 if anything fails.
    #[command(after_long_help = examples::DOCTOR)]
    Doctor(Box<doctor::DoctorArgs>),
    /// Find out whether anything was changed of what happened and of who read what.
    #[command(after_long_help = examples::AUDIT)]
    Audit(Box<audit::Audit>),
    /// Save everything into one sealed file: the database with its photos, and the secrets.
    #[command(after_long_help = examples::BACKUP)]
    Backup(Box<backup::BackupArgs>),
    /// Bring back what `backup` saved, into a place that is empty.
    #[command(after_long_help = examples::RESTORE)]
    Restore(Box<restore::RestoreArgs>),
    /// Change and check the master keys, without which no private data can be opened.
    #[command(after_long_help = examples::MASTER_KEYS)]
    MasterKeys(Box<master_keys::MasterKeys>),
    /// Give the keys that sign access tokens their turns: make a new one, list those that there are.
    #[command(after_long_help = examples::KEYS)]
    Keys(Box<keys::KeysArgs>),
    /// Print what every setting is and where it comes from; secrets stay hidden.
    #[command(after_long_help = examples::SETTINGS)]
    Settings(Box<settings::SettingsArgs>),
    /// Make a sandbox for a partner: fictional people, credentials of its own, and time that can be advanced.
    #[command(after_long_help = examples::SANDBOX)]
    Sandbox(Box<sandbox::Sandbox>),
    /// Try ways of asking volunteers in a made-up city, side by side: how many offers, how soon, how fair.
    #[command(after_long_help = examples::SIMULATE)]
    Simulate(simulate::SimulateArgs),
    /// Decide once more whom to ask, as in a past period, by another policy, and compare.
    #[command(after_long_help = examples::REPLAY)]
    Replay(Box<replay::ReplayArgs>),
    /// Receive webhooks on this machine, to develop against.
    #[command(after_long_help = examples::WEBHOOK)]
    Webhook(webhook::WebhookArgs),
    /// Print the completions for a shell.
    #[command(after_long_help = examples::COMPLETIONS)]
    Completions(completions::CompletionsArgs),
}

/// Reads the command line and does what it says. Answers the exit code.
#[must_use]
pub fn run() -> ExitCode {
    let arranged = match config::arrange(&Cli::command()) {
        Ok(arranged) => arranged,
        Err(error) => {
            eprintln!("birgemiz: {error}");
            return ExitCode::from(2);
        }
    };
    let read = Cli::command().try_get_matches_from(&arranged.args);
    let Cli { everywhere, command } = match read.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error, &arranged),
    };
    let outcome = match command {
        Command::Serve(settings) => {
            telemetry::start_with(everywhere.log.as_deref());
            serve::serve(&settings).map_err(|error| error.to_string())
        }
        Command::Demo(settings) => {
            telemetry::start_with(everywhere.log.as_deref());
            demo::demo(&settings).map_err(|error| error.to_string())
        }
        Command::Admin(admin) => admin::run(*admin).map_err(|error| error.to_string()),
        Command::Sandbox(sandbox) => sandbox::run(*sandbox).map_err(|error| error.to_string()),
        Command::MasterKeys(keys) => master_keys::run(*keys).map_err(|error| error.to_string()),
        Command::Import(import) => import::run(*import).map_err(|error| error.to_string()),
        Command::Backup(args) => backup::run(*args).map_err(|error| error.to_string()),
        Command::Keys(args) => keys::run(&args).map_err(|error| error.to_string()),
        Command::Restore(args) => restore::run(&args).map_err(|error| error.to_string()),
        Command::Doctor(args) if doctor::examine(&args, &arranged) => Ok(()),
        Command::Doctor(_) => return ExitCode::FAILURE,
        Command::Simulate(args) => simulate::run(&args),
        Command::Replay(args) => replay::run(&args).map_err(|error| error.to_string()),
        Command::Audit(args) => return audit::run(&args),
        Command::Webhook(args) => return webhook::run(args),
        Command::Settings(args) => {
            settings::print(&args, &arranged);
            Ok(())
        }
        Command::Completions(args) => {
            completions::print(&args, &mut Cli::command());
            Ok(())
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("birgemiz: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The page of all settings, in Markdown: what `docs/settings.md` must be.
#[must_use]
pub fn settings_page() -> String {
    config::page(&Cli::command())
}

/// Help and version are refusals to clap too, of the good kind.
fn refuse(error: &clap::Error, arranged: &Arranged) -> ExitCode {
    // Whoever reads this may have gone by now.
    let _ = error.print();
    let blamed = error.get(ContextKind::InvalidArg).map(ToString::to_string).unwrap_or_default();
    let flag = blamed.split_whitespace().next().unwrap_or_default().trim_start_matches("--");
    let from_file = arranged.settings.iter().find(|known| known.setting.flag == flag);
    if let Some(Origin::File(path) | Origin::SecretFile(path)) = from_file.map(|known| &known.origin) {
        eprintln!("That value comes from {}", path.display());
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound_and_every_verb_teaches_by_example() {
        Cli::command().debug_assert();
        for verb in Cli::command().get_subcommands() {
            let example = verb.get_after_long_help().map(ToString::to_string).unwrap_or_default();
            assert!(example.contains(&format!("birgemiz {}", verb.get_name())), "{}", verb.get_name());
        }
    }
}
