//! The vault is opened before anything private is touched.

use std::path::Path;
use std::sync::Arc;

use super::StartupError;
use crate::storage::{Database, StorageError};
use crate::vault::Vault;

/// The database with the vault of that folder. Refuses where a master key is missing that wraps something, rather than
/// serve what cannot be opened or make a key that nobody needs.
pub(super) async fn open(database: Database, secrets: &Path) -> Result<(Database, Arc<Vault>), StartupError> {
    let in_use = database.masters_in_use().await?;
    let vault = Arc::new(Vault::open(secrets, &in_use).map_err(StorageError::from)?);
    Ok((database.sealed_by(Arc::clone(&vault)), vault))
}
