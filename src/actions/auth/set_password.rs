//! A person who was entered without a password sets one, by a link that works once.

use domain::refusal::Code;

use super::log_in::{self, Session};
use super::secret;
use crate::actions::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::tables::one_time_links::{self, LinkPurpose};
use crate::storage::tables::users::{self, UserRow};

/// Set a password.
#[derive(Clone)]
pub struct SetPassword {
    /// From the link.
    pub token: String,
    /// The hash of the password.
    pub password_hash: String,
}

impl Action for SetPassword {
    type Done = Session;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Session, Refusal> {
        let Some(LinkPurpose::SetPassword { user, .. }) =
            one_time_links::spend(unit, &secret::digest(&self.token)).await?
        else {
            return Err(Code::LinkNotValid.into());
        };
        users::set_password_hash(unit, user, &self.password_hash).await?;
        let user = users::find(unit, user).await?.filter(UserRow::is_active).ok_or(Code::LinkNotValid)?;
        log_in::begin(unit, &user).await
    }
}
