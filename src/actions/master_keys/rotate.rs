//! A new master key wraps every organisation's keys. The old one stays: backups and other processes may need it.
//!
//! Whenever this is killed, everything opens: a new key's file is on disk before anything is wrapped by it, all keys are
//! wrapped anew in one transaction, and files that wrap something are never touched.

use std::sync::Arc;

use crate::actions::{Action, Refusal, perform_as_system};
use crate::app::App;
use crate::storage::keyring::WrappedKey;
use crate::storage::tables::organisation_keys;
use crate::storage::{StorageError, Unit};
use crate::vault::{Bound, MasterId, Vault};

/// What was done.
#[derive(Debug, Clone)]
pub struct Rotated {
    /// The master key that wraps from now on.
    pub new: MasterId,
    /// The one before.
    pub old: MasterId,
    /// How many keys it wraps.
    pub keys: usize,
}

/// Makes a new master key, wraps everything by it, and has it wrap from now on. Two at once do so one after the other.
///
/// # Errors
/// When a key does not open, which is told before anything is changed; or when database or folder fail.
pub async fn rotate(app: &App) -> Result<Rotated, Refusal> {
    let masters = app.vault.masters();
    // It may wait for another rotation, which it is not to keep from its threads.
    let lock = tokio::task::block_in_place(|| masters.lock()).map_err(StorageError::from)?;
    let (old, _) = masters.current().map_err(StorageError::from)?;
    let new = masters.make().map_err(StorageError::from)?;
    let keys = perform_as_system(app, RewrapKeys { vault: Arc::clone(&app.vault), to: new.clone() }).await?;
    masters.switch(&new).map_err(StorageError::from)?;
    drop(lock);
    Ok(Rotated { new, old, keys })
}

/// Wrap all organisations' keys by that master key.
#[derive(Clone)]
pub struct RewrapKeys {
    /// Where master keys are.
    pub vault: Arc<Vault>,
    /// By which.
    pub to: MasterId,
}

impl Action for RewrapKeys {
    type Done = usize;

    async fn run(self, unit: &mut Unit<'_>) -> Result<usize, Refusal> {
        organisation_keys::hold_masters(unit).await?;
        let keys = organisation_keys::all(unit).await?;
        let anew = keys.iter().map(|key| self.anew(key)).collect::<Result<Vec<_>, _>>()?;
        Ok(organisation_keys::rewrap(unit, &anew).await?)
    }
}

impl RewrapKeys {
    fn anew(&self, key: &WrappedKey) -> Result<WrappedKey, StorageError> {
        let to = self.vault.masters().find(&self.to)?;
        let WrappedKey { organisation, purpose, version, .. } = *key;
        let bound = Bound::organisation_key(organisation, purpose, version, &self.to);
        let bytes = to.wrap(&bound, &key.open(&self.vault)?)?;
        Ok(WrappedKey { organisation, purpose, version, master: self.to.clone(), bytes })
    }
}
