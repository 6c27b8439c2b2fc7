//! A coordinator or administrator may log in no more, and is logged out everywhere.

use domain::actor::{Actor, Role};
use domain::id::UserId;
use domain::refusal::Code;
use domain::session::SessionEnd;

use super::auth::session;
use super::auth::step_up;
use super::{Action, Refusal, permission, seen};
use crate::storage::Unit;
use crate::storage::events::{self, Change, Event};
use crate::storage::tables::one_time_links;
use crate::storage::tables::users::{self, UserRow};

/// Disable a person.
#[derive(Clone)]
pub struct DisableUser {
    /// Whom.
    pub user: UserId,
}

impl Action for DisableUser {
    type Done = UserRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<UserRow, Refusal> {
        permission::administrator(&unit.actor)?;
        step_up::require(unit).await?;
        // So an administrator is always left.
        if matches!(unit.actor, Actor::Administrator { user, .. } if user == self.user) {
            return Err(Refusal::because(Code::WrongState, "nobody can disable themselves"));
        }
        let found = users::find(unit, self.user).await?.ok_or_else(Refusal::not_found)?;
        if found.role()? == Role::Volunteer {
            return Err(Refusal::because(Code::WrongState, "a volunteer is suspended, not disabled"));
        }
        let row = users::disable(unit, self.user)
            .await?
            .ok_or_else(|| Refusal::because(Code::WrongState, "the person is disabled already"))?;
        // What was written holds the row's lock, and is undone where it was seen otherwise.
        seen::compare(unit, row.version - 1)?;
        let whose = (row.organisation(), row.user());
        let mut changes = vec![Change::moved("user", row.user(), "active", "disabled")];
        changes.extend(session::end_untold(unit, whose, SessionEnd::AccountDisabled).await?);
        one_time_links::forget_of(unit, row.user()).await?;
        let disabled = Event {
            organisation: Some(row.organisation()),
            changes,
            ..Event::about("user.disabled", "user", row.id)
        };
        events::append(unit, &[disabled]).await?;
        Ok(row)
    }
}
