//! A person gets a new link to set their password: the first one was lost, or the password forgotten.

use domain::id::UserId;
use domain::refusal::Code;

use super::auth::step_up;
use super::create_user::{self, Invited};
use super::{Action, Refusal, permission};
use crate::storage::Unit;
use crate::storage::events::{self, Event};
use crate::storage::tables::users;

/// Make a new link to set a password. Earlier ones work no more; the password stays until it is used.
#[derive(Clone)]
pub struct MakePasswordLink {
    /// For whom.
    pub user: UserId,
}

impl Action for MakePasswordLink {
    type Done = Invited;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Invited, Refusal> {
        permission::administrator(&unit.actor)?;
        step_up::require(unit).await?;
        let user = users::find(unit, self.user).await?.ok_or_else(Refusal::not_found)?;
        if !user.is_active() {
            return Err(Refusal::because(Code::WrongState, "a disabled person cannot log in"));
        }
        let token = create_user::link(unit, &user).await?;
        let made = Event {
            organisation: Some(user.organisation()),
            ..Event::about("user.password_link_made", "user", user.id)
        };
        events::append(unit, &[made]).await?;
        Ok(Invited { user, token })
    }
}
