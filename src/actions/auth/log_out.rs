//! Ends a session. Of a token that is not known nothing is said.

use super::secret;
use crate::actions::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::tables::sessions;

/// End a session.
#[derive(Clone)]
pub struct LogOut {
    /// A refresh token of that session.
    pub refresh_token: String,
}

impl Action for LogOut {
    type Done = ();

    async fn run(self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        if let Some(row) = sessions::find_locked(unit, &secret::digest(&self.refresh_token)).await? {
            sessions::revoke_family(unit, row.family_id).await?;
        }
        Ok(())
    }
}
