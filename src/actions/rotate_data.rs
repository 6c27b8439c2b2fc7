//! An organisation's key for data gets another version: new data keys are wrapped by it, those that are there anew by and
//! by. Whoever reads opens both.

use std::sync::Arc;

use uuid::Uuid;

use super::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::tables::data_keys;
use crate::vault::Vault;

/// List the organisations that have a key for data.
#[derive(Debug, Clone)]
pub struct FindSealing;

impl Action for FindSealing {
    type Done = Vec<Uuid>;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Vec<Uuid>, Refusal> {
        Ok(data_keys::organisations(unit).await?)
    }
}

/// Make the next version of an organisation's key for data. Answers its number.
#[derive(Clone)]
pub struct AddVersion {
    /// Where master keys are.
    pub vault: Arc<Vault>,
    /// Whose.
    pub organisation: Uuid,
}

impl Action for AddVersion {
    type Done = i32;

    async fn run(self, unit: &mut Unit<'_>) -> Result<i32, Refusal> {
        Ok(data_keys::add_version(unit, &self.vault, self.organisation).await?)
    }
}

/// Wrap some data keys by the newest versions, and have this process seal by them. Answers how many; none is left where
/// that is 0, unless others work on them now.
#[derive(Clone)]
pub struct RewrapSomeDoors {
    /// What this process has opened.
    pub vault: Arc<Vault>,
}

impl Action for RewrapSomeDoors {
    type Done = usize;

    async fn run(self, unit: &mut Unit<'_>) -> Result<usize, Refusal> {
        data_keys::take_up_newest(unit, &self.vault).await?;
        Ok(data_keys::rewrap_some(unit).await?)
    }
}
