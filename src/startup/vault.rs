//! The vault is opened before anything private is touched.

use std::path::Path;
use std::sync::Arc;

use super::StartupError;
use crate::actions::seal_doors::{Going, SealSomeDoors};
use crate::actions::{Refusal, perform_as_system};
use crate::app::App;
use crate::storage::tables::plain_doors;
use crate::storage::{Database, StorageError};
use crate::vault::Vault;

/// The database with the vault of that folder. Refuses where a master key is missing that wraps something, rather than
/// serve what cannot be opened or make a key that nobody needs.
pub(super) async fn open(database: Database, secrets: &Path) -> Result<(Database, Arc<Vault>), StartupError> {
    let in_use = database.masters_in_use().await?;
    let vault = Arc::new(Vault::open(secrets, &in_use).map_err(StorageError::from)?);
    Ok((database.sealed_by(Arc::clone(&vault)), vault))
}

/// Seals the doors that a release before this one left unsealed, and has nothing of them stay on disk.
pub(super) async fn seal_what_is_plain(app: &App, owner_url: &str) -> Result<(), StartupError> {
    let cause = |refusal: Refusal| {
        refusal.cause.unwrap_or_else(|| StorageError::Database("doors were not sealed".to_owned()))
    };
    while perform_as_system(app, SealSomeDoors).await.map_err(cause)? == Going::On {}
    Ok(plain_doors::wipe(owner_url).await?)
}
