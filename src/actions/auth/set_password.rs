//! A person sets their password, by a link that works once. Whoever was logged in as them is so no more.

use domain::refusal::Code;
use domain::session::SessionEnd;

use super::second_factor::SecondFactor;
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
    /// What they show beside the link.
    pub second: SecondFactor,
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
        let user =
            users::find_shared(unit, user).await?.filter(UserRow::is_active).ok_or(Code::LinkNotValid)?;
        // Whoever has somebody's link has not their telephone.
        let passed = self.second.pass(unit, &user).await?;
        users::set_password_hash(unit, user.user(), &self.password_hash).await?;
        let set = Event {
            organisation: Some(user.organisation()),
            ..Event::about("user.password_set", "user", user.id)
        };
        events::append(unit, &[set]).await?;
        session::end_all(unit, (user.organisation(), user.user()), SessionEnd::PasswordChanged).await?;
        session::begin(unit, &passed, self.device).await
    }
}
