//! `birgemiz master-keys`: the master keys, without which no private data can be opened.

use std::sync::Arc;

use clap::{Args, Subcommand};
use domain::id::OrganisationId;

use crate::actions::master_keys::{self, CheckKeys, rotate};
use crate::actions::rotate_data::{AddVersion, FindSealing, RewrapSomeDoors};
use crate::actions::{Refusal, perform_as_system};
use crate::app::App;
use crate::config::AdminSettings;
use crate::startup::{self, StartupError};
use crate::storage::StorageError;
use crate::vault::MasterId;

/// `birgemiz master-keys`.
#[derive(Debug, Args)]
pub(super) struct MasterKeys {
    #[command(flatten)]
    settings: AdminSettings,
    #[command(subcommand)]
    verb: Verb,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a new master key and wrap all organisations' keys by it, while servers run. The old key's file stays.
    Rotate,
    /// Make another version of every organisation's key for data, or of one's, and wrap its households' keys by it, while
    /// servers run. These go on with what is left.
    RotateData {
        /// The one organisation.
        #[arg(long, value_name = "ID")]
        organisation: Option<OrganisationId>,
    },
    /// Open every organisation's keys, and tell which master keys are needed. Exit code 1 if one does not open.
    Verify,
    /// Delete the file of a master key that wraps nothing any more. Backups from before need it, and hold it themselves.
    Drop {
        /// Sixteen hexadecimal digits, as in the file's name.
        #[arg(value_name = "ID")]
        id: MasterId,
    },
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeysFailure {
    /// The database could not be had.
    #[error(transparent)]
    Startup(#[from] StartupError),
    /// It was refused, or failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Something does not open.
    #[error("{0} keys do not open")]
    Shut(usize),
}

/// Does it. Must run on the main thread: a private Postgres ends with the thread that started it.
pub(super) fn run(keys: MasterKeys) -> Result<(), KeysFailure> {
    let MasterKeys { settings, verb } = keys;
    startup::work_once(&settings, async |app| match &verb {
        Verb::Rotate => rotate_master(app).await,
        Verb::RotateData { organisation } => rotate_data(app, *organisation).await,
        Verb::Verify => verify(app).await,
        Verb::Drop { id } => drop_master(app, id).await,
    })
}

async fn rotate_master(app: &App) -> Result<(), KeysFailure> {
    let done = rotate(app).await.map_err(cause)?;
    println!("master key {} wraps {} keys, and all new ones", done.new, done.keys);
    println!("Save it now: birgemiz backup FILE");
    println!("When backups of before are not needed any more: birgemiz master-keys drop {}", done.old);
    Ok(())
}

async fn rotate_data(app: &App, one: Option<OrganisationId>) -> Result<(), KeysFailure> {
    let organisations = match one {
        Some(one) => vec![one.uuid()],
        None => perform_as_system(app, FindSealing).await.map_err(cause)?,
    };
    let vault = || Arc::clone(&app.vault);
    for organisation in organisations {
        let version = perform_as_system(app, AddVersion { vault: vault(), organisation });
        let version = version.await.map_err(cause)?;
        println!("{}: version {version} of its key for data", OrganisationId::new(organisation));
    }
    let mut all = 0;
    loop {
        match perform_as_system(app, RewrapSomeDoors { vault: vault() }).await.map_err(cause)? {
            0 => break,
            some => all += some,
        }
    }
    println!(
        "{all} households' keys are wrapped by the newest versions; servers that run do the rest within minutes"
    );
    Ok(())
}

async fn verify(app: &App) -> Result<(), KeysFailure> {
    let checked = perform_as_system(app, CheckKeys { vault: Arc::clone(&app.vault) }).await.map_err(cause)?;
    let (current, _) = app.vault.masters().current().map_err(StorageError::from)?;
    for id in app.vault.masters().all().map_err(StorageError::from)? {
        let wraps = checked.wraps.get(&id).copied().unwrap_or_default();
        let mark = if id == current { ", and all new ones" } else { "" };
        println!("master key {id}: wraps {wraps} keys{mark}");
    }
    for failure in &checked.failures {
        println!("{failure}");
    }
    if checked.failures.is_empty() { Ok(()) } else { Err(KeysFailure::Shut(checked.failures.len())) }
}

async fn drop_master(app: &App, id: &MasterId) -> Result<(), KeysFailure> {
    master_keys::drop_master(app, id.clone()).await.map_err(cause)?;
    println!("master key {id} is gone");
    Ok(())
}

fn cause(refusal: Refusal) -> StorageError {
    let code = refusal.code;
    refusal.cause.unwrap_or_else(|| StorageError::Database(code.to_string()))
}
