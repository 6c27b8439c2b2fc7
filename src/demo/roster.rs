//! Who can log in to the demo and what is where, as `demo.json` tells it. The first lines are for people
//! who copy them; the rest is for programs, and for the demo itself when it starts again.

use domain::actor::Role;
use domain::id::{AreaId, CampaignId, HubId, ItemId, KitId, OrganisationId, PartnerId, UserId, VolunteerId};
use domain::place::Position;
use serde::{Deserialize, Serialize};

use super::DemoError;
use crate::actions::Caller;

/// Who can log in, and what is where.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roster {
    /// What this is.
    pub about: String,
    /// Where the demo serves.
    pub url: String,
    /// Everybody's password.
    pub password: String,
    /// The administrator's login; in a sandbox there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administrator_email: Option<String>,
    /// The login of the coordinator whose organisation the partner app below files for.
    pub coordinator_email: String,
    /// The login of a volunteer whom the demo leaves alone.
    pub volunteer_email: String,
    /// A partner app's credentials.
    pub client_id: PartnerId,
    /// A partner app's credentials.
    pub client_secret: String,
    /// The district of the example in the README.
    pub area_id: AreaId,
    /// Something to ask for.
    pub item_id: ItemId,
    /// Something to ask for.
    pub kit_id: KitId,
    /// What the city was drawn from.
    pub seed: u64,
    /// The administrator; in a sandbox there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administrator_id: Option<UserId>,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Who takes part.
    pub organisations: Vec<OrganisationEntry>,
    /// The districts.
    pub areas: Vec<AreaEntry>,
    /// The items, in the order of the plan.
    pub items: Vec<ItemId>,
    /// The kits, in the order of the plan.
    pub kits: Vec<KitId>,
    /// The volunteers, in the order of the plan.
    pub volunteers: Vec<VolunteerEntry>,
}

/// An organisation, its coordinator and its partner app.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganisationEntry {
    /// The organisation.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// Its coordinator.
    pub coordinator_id: UserId,
    /// Their login.
    pub coordinator_email: String,
    /// Its partner app.
    pub client_id: PartnerId,
    /// That app's secret.
    pub client_secret: String,
}

/// A district and its hub.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaEntry {
    /// The area.
    pub id: AreaId,
    /// Its name.
    pub name: String,
    /// Its hub.
    pub hub_id: HubId,
    /// Who runs the hub.
    pub hub_organisation_id: OrganisationId,
    /// Where the hub is.
    pub hub_lat: f64,
    /// Where the hub is.
    pub hub_lon: f64,
}

/// A volunteer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VolunteerEntry {
    /// The volunteer.
    pub id: VolunteerId,
    /// The person.
    pub user_id: UserId,
    /// Their login.
    pub email: String,
}

impl OrganisationEntry {
    pub(super) const fn coordinator(&self) -> Caller {
        Caller::Person { user: self.coordinator_id, role: Role::Coordinator, session: None }
    }

    pub(super) const fn partner(&self) -> Caller {
        Caller::Partner { partner: self.client_id }
    }
}

impl AreaEntry {
    pub(super) fn hub(&self) -> Result<Position, DemoError> {
        Position::new(self.hub_lat, self.hub_lon).map_err(|_| DemoError::Drawing("a hub off the globe"))
    }
}

impl VolunteerEntry {
    pub(super) const fn caller(&self) -> Caller {
        Caller::Person { user: self.user_id, role: Role::Volunteer, session: None }
    }
}
