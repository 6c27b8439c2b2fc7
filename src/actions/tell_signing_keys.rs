//! A key that signs tokens, or will, is recorded as soon as a process finds it in the secrets' folder.

use super::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::tables::{access_records, signing_keys};

/// Record keys, each once for all processes.
#[derive(Debug, Clone)]
pub struct TellSigningKeys {
    /// Their names.
    pub kids: Vec<String>,
}

impl Action for TellSigningKeys {
    type Done = ();

    async fn run(self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        for kid in signing_keys::see(unit, &self.kids).await? {
            access_records::signing_key_added(unit, &kid).await?;
        }
        Ok(())
    }
}
