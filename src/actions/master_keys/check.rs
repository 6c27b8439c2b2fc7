//! Every wrapped key is opened once.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::actions::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::tables::organisation_keys;
use crate::vault::{MasterId, Vault};

/// Open every organisation's keys.
#[derive(Clone)]
pub struct CheckKeys {
    /// Where master keys are.
    pub vault: Arc<Vault>,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// How many keys each master key wraps.
    pub wraps: BTreeMap<MasterId, usize>,
    /// Why keys do not open, one sentence each.
    pub failures: Vec<String>,
}

impl Action for CheckKeys {
    type Done = Checked;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Checked, Refusal> {
        let mut checked = Checked::default();
        for key in organisation_keys::all(unit).await? {
            match key.open(&self.vault) {
                Ok(_) => *checked.wraps.entry(key.master).or_default() += 1,
                Err(error) => checked.failures.push(format!(
                    "organisation {}, {} {}: {error}",
                    key.organisation,
                    key.purpose.as_str(),
                    key.version
                )),
            }
        }
        Ok(checked)
    }
}
