//! Ends a session by one of its refresh tokens. Of a token that is not known nothing is said.

use domain::id::{OrganisationId, UserId};
use domain::session::SessionEnd;

use super::{secret, session};
use crate::actions::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::tables::refresh_tokens;

/// End a session.
#[derive(Clone)]
pub struct LogOut {
    /// A refresh token of that session.
    pub refresh_token: String,
}

impl Action for LogOut {
    type Done = ();

    async fn run(self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        let found = refresh_tokens::find_locked(unit, &secret::digest(&self.refresh_token)).await?;
        if let Some((_, row)) = found {
            let whose = (OrganisationId::new(row.organisation_id), UserId::new(row.user_id));
            session::end(unit, whose, row.session(), SessionEnd::LoggedOut).await?;
        }
        Ok(())
    }
}
