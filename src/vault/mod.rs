//! What keeps the private data of households unreadable to whoever has the database and not the secrets' folder
//! (docs/private-data.md). Knows files and ciphers, and no table.
//!
//! Three storeys of keys, each sealed by the one above:
//! - a *master key* is a file in the secrets' folder, and seals nothing but organisations' keys (`masters`)
//! - an *organisation's keys* lie in the database, wrapped by a master key: one for data, one for indexes
//!   (`organisation`); here they are open, in memory
//! - a *data key* is one household's, and lies beside its door, wrapped by the organisation's
//!
//! `key` is what each of them can do, `bound` what a sealed value belongs to, `folder` how files are kept.

mod bound;
mod folder;
mod key;
mod masters;
mod organisation;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use uuid::Uuid;

use crate::clock::NoRandomness;

pub use bound::Bound;
pub use folder::FolderLock;
pub use key::Key;
pub use masters::{MasterId, Masters, NoMasterId};
pub use organisation::{OrganisationKeys, Purpose, Wrapped};

/// Why something cannot be sealed or opened. Never holds what was to be.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// A file could not be read or written.
    #[error("secret file {path}: {error}")]
    File { path: String, error: std::io::Error },
    /// Others may read it.
    #[error("secret file {0} is readable by others; run: chmod 600 {0}")]
    Mode(String),
    /// It does not hold what it should.
    #[error("secret file {0} does not hold the key that its name tells; bring it back from a backup")]
    Unusable(String),
    /// A master key that wraps keys in the database is not there.
    #[error(
        "the master key {0} is missing, and nothing that it wraps can be opened without it; bring that file back from a backup: birgemiz restore --secrets-only FILE"
    )]
    Missing(String),
    /// Nothing says by which master key to wrap.
    #[error(
        "{0} is missing, although the database holds keys that master keys wrap; bring it back from a backup: birgemiz restore --secrets-only FILE"
    )]
    NoCurrent(String),
    /// What is to be dropped is needed.
    #[error("the master key {0} is still needed: {1}")]
    InUse(String, &'static str),
    /// A sealed value was changed, put elsewhere, or sealed by another key.
    #[error("a sealed value does not open: {0}")]
    Altered(&'static str),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// The master keys of a deployment, and the organisations' keys that were opened so far. Shared by all who work in
/// this process; another process finds the same.
pub struct Vault {
    masters: Masters,
    opened: RwLock<HashMap<Uuid, Arc<OrganisationKeys>>>,
}

impl Vault {
    /// Opens the vault of a folder, in whose database these master keys wrap something. The first start makes the
    /// first master key.
    ///
    /// # Errors
    /// When a master key is missing, or a file cannot be used.
    pub fn open(folder: &Path, in_use: &[MasterId]) -> Result<Self, VaultError> {
        Ok(Self { masters: Masters::open(folder, in_use)?, opened: RwLock::default() })
    }

    /// The vault of a folder as it is, for those who look: nothing is made, and what is missing shows when it is needed.
    #[must_use]
    pub fn look(folder: &Path) -> Self {
        Self { masters: Masters::look(folder), opened: RwLock::default() }
    }

    /// Its master keys.
    #[must_use]
    pub const fn masters(&self) -> &Masters {
        &self.masters
    }

    /// An organisation's keys, if they were opened already.
    #[must_use]
    pub fn opened(&self, organisation: Uuid) -> Option<Arc<OrganisationKeys>> {
        self.opened.read().unwrap_or_else(PoisonError::into_inner).get(&organisation).cloned()
    }

    /// Keeps an organisation's keys open. Only such as were read from committed rows: what a key has sealed that is
    /// then not there is lost for ever.
    pub fn keep(&self, keys: OrganisationKeys) -> Arc<OrganisationKeys> {
        let keys = Arc::new(keys);
        let mut opened = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        opened.insert(keys.organisation(), Arc::clone(&keys));
        keys
    }
}
