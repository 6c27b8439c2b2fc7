//! A coordinator enters a volunteer whom they know. The volunteer sets a password by a link that works once.

use domain::actor::Actor;
use domain::id::{AreaId, UserId};
use domain::refusal::Code;
use domain::volunteer::VolunteerStatus;

use super::auth::secret::{self, SecretKind};
use super::enter_volunteer::{self, Newcomer};
use super::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::tables::one_time_links::{self, LinkPurpose};
use crate::storage::tables::volunteers::{Abilities, VolunteerRow};

/// How long the link works.
const LINK_DAYS: i64 = 7;

/// Add a volunteer.
#[derive(Clone)]
pub struct AddVolunteer {
    /// Where they will serve.
    pub area: AreaId,
    /// Their name.
    pub name: String,
    /// Where they are written to; they log in with it.
    pub email: String,
    /// Vetted already, or still to be.
    pub status: VolunteerStatus,
    /// What they can.
    pub abilities: Abilities,
}

/// A volunteer who was added.
#[derive(Clone)]
pub struct Added {
    /// The volunteer.
    pub row: VolunteerRow,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Sets their password, once. To be shown once.
    pub token: String,
}

impl Action for AddVolunteer {
    type Done = Added;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Added, Refusal> {
        let Actor::Coordinator { organisation, .. } = unit.actor else {
            return Err(Code::Forbidden.into());
        };
        let newcomer = Newcomer {
            organisation,
            area: self.area,
            name: self.name.clone(),
            email: self.email.clone(),
            password_hash: None,
            status: self.status,
            abilities: self.abilities,
        };
        let row = enter_volunteer::enter(unit, newcomer, "volunteer.added").await?;
        let token = secret::make(SecretKind::Link)?;
        let purpose = LinkPurpose::SetPassword { organisation, user: UserId::new(row.user_id) };
        let expires_at = unit.now + chrono::TimeDelta::days(LINK_DAYS);
        one_time_links::insert(unit, &secret::digest(&token), purpose, expires_at).await?;
        Ok(Added { row, name: self.name, email: self.email, token })
    }
}
