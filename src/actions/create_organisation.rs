//! An organisation is entered.

use domain::id::OrganisationId;
use domain::refusal::Code;
use domain::sandbox::Reality;

use super::{Action, Refusal, meaning, permission};
use crate::clock;
use crate::storage::Unit;
use crate::storage::events::{self, Event};
use crate::storage::tables::organisations::{self, NewOrganisation, OrganisationRow};

/// Enter an organisation.
#[derive(Clone)]
pub struct CreateOrganisation {
    /// Its name.
    pub name: String,
    /// Whether its people are real.
    pub reality: Reality,
}

impl Action for CreateOrganisation {
    type Done = OrganisationRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<OrganisationRow, Refusal> {
        permission::administrator(&unit.actor)?;
        let id = OrganisationId::new(clock::new_id());
        let new = NewOrganisation { id, name: self.name, reality: self.reality };
        let row =
            organisations::insert(unit, &new).await.map_err(meaning("organisations_name_unique", || {
                Refusal::because(Code::AlreadyExists, "an organisation of this name is entered already")
            }))?;
        let created = Event {
            organisation: Some(new.id),
            ..Event::about("organisation.created", "organisation", row.id)
        };
        events::append(unit, &[created]).await?;
        Ok(row)
    }
}
