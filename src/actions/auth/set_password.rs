//! A person sets their password, by a link that works once. Whoever was logged in as them is so no more.

use domain::refusal::Code;
use domain::session::SessionEnd;

use super::secret;
use super::session::{self, Session};
use crate::actions::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::events::{self, Event};
use crate::storage::tables::one_time_links::{self, LinkPurpose};
use crate::storage::tables::users::{self, UserRow};

/// Set a password.
#[derive(Clone)]
pub struct SetPassword {
    /// From the link.
    pub token: String,
    /// The hash of the password.
    pub password_hash: String,
    /// What their device says of itself.
    pub device: Option<String>,
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
        let set = Event {
            organisation: Some(user.organisation()),
            ..Event::about("user.password_set", "user", user.id)
        };
        events::append(unit, &[set]).await?;
        session::end_all(unit, (user.organisation(), user.user()), SessionEnd::PasswordChanged).await?;
        session::begin(unit, &user, self.device).await
    }
}
