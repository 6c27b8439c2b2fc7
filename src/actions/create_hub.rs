//! A hub is entered: a pick-up point of an organisation in an area.

use domain::id::{AreaId, HubId, OrganisationId};
use domain::place::Position;
use domain::refusal::Code;

use super::{Action, Refusal, permission};
use crate::clock;
use crate::storage::events::{self, Event};
use crate::storage::tables::hubs::{self, HubRow, NewHub};
use crate::storage::{StorageError, Unit};

/// Enter a hub.
#[derive(Clone)]
pub struct CreateHub {
    /// Who runs it; a coordinator's own organisation when not told.
    pub organisation: Option<OrganisationId>,
    /// The area it serves.
    pub area: AreaId,
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Where it is.
    pub position: Position,
    /// When it is open, as people write it.
    pub opening_hours: Option<String>,
}

impl Action for CreateHub {
    type Done = HubRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<HubRow, Refusal> {
        let organisation = permission::staff_of(&unit.actor, self.organisation)?;
        let new = NewHub {
            id: HubId::new(clock::new_id()),
            organisation,
            area: self.area,
            name: self.name,
            address: self.address,
            position: self.position,
            opening_hours: self.opening_hours,
        };
        let row = hubs::insert(unit, &new).await.map_err(refused)?;
        let created = Event {
            organisation: Some(organisation),
            area: Some(self.area),
            ..Event::about("hub.created", "hub", row.id)
        };
        events::append(unit, &[created]).await?;
        Ok(row)
    }
}

fn refused(error: StorageError) -> Refusal {
    let StorageError::Constraint(name) = &error else {
        return error.into();
    };
    match name.as_str() {
        "hubs_area_fk" => Refusal::flaw("/area_id", "no such area in which the organisation works"),
        "hubs_name_unique" => Refusal::because(
            Code::AlreadyExists,
            "the organisation has a hub of this name in this area already",
        ),
        _ => error.into(),
    }
}
