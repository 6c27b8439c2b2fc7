//! A master key that wraps nothing any more is dropped for good.

use std::sync::Arc;

use crate::actions::{Action, Refusal, perform_as_system};
use crate::app::App;
use crate::storage::tables::organisation_keys;
use crate::storage::{StorageError, Unit};
use crate::vault::{MasterId, Vault, VaultError};

/// Drops a master key for good. Refused while any key is wrapped by it, and of the one that wraps new keys.
///
/// # Errors
/// When it is needed or not there, or when database or folder fail.
pub async fn drop_master(app: &App, master: MasterId) -> Result<(), Refusal> {
    // First the folder, then the database, as rotations do.
    let _lock = tokio::task::block_in_place(|| app.vault.masters().lock()).map_err(StorageError::from)?;
    perform_as_system(app, DropMaster { vault: Arc::clone(&app.vault), master }).await
}

/// Drop a master key's file.
#[derive(Clone)]
struct DropMaster {
    vault: Arc<Vault>,
    master: MasterId,
}

impl Action for DropMaster {
    type Done = ();

    async fn run(self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        // Whoever makes a key asks which master key wraps after this one is gone, and so never wraps by it.
        organisation_keys::hold_masters(unit).await?;
        if organisation_keys::wrapped_by(unit, &self.master).await? > 0 {
            let why = "keys in the database are wrapped by it; rotate first";
            return Err(StorageError::from(VaultError::InUse(self.master.to_string(), why)).into());
        }
        Ok(self.vault.masters().remove(&self.master).map_err(StorageError::from)?)
    }
}
