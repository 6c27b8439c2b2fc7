//! Lists leave as tables, page by page: what a coordinator may read one by one. Every door in them is read
//! by the one way in that records it.

use std::collections::HashMap;

use domain::actor::Actor;
use domain::door::{Door, Phone};
use domain::id::{HouseholdId, RequestId, VolunteerId};
use domain::refusal::Code;
use uuid::Uuid;

use super::auth::step_up;
use super::table::Table;
use super::{Action, Refusal, spend_door};
use crate::storage::tables::doors;
use crate::storage::tables::households::HouseholdRow;
use crate::storage::tables::requests::RequestRow;
use crate::storage::views::household_lists::{self, HouseholdFilter};
use crate::storage::views::request_lists::{self, RequestFilter};
use crate::storage::views::volunteers::{self, Filter, SeenVolunteer};
use crate::storage::{StorageError, Unit};

/// How many rows are read at once.
const PAGE: i64 = 500;

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// Households, with their doors.
    Households,
    /// Volunteers.
    Volunteers,
    /// Requests, without doors.
    Requests,
}

/// Read on in a list.
#[derive(Debug, Clone, Copy)]
pub struct Export {
    /// In which.
    pub listed: Listed,
    /// After which id.
    pub after: Option<Uuid>,
}

impl Listed {
    /// The columns of the table.
    #[must_use]
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Households => &[
                "id",
                "status",
                "external_id",
                "name",
                "phone",
                "street",
                "house",
                "entrance",
                "floor",
                "flat",
                "intercom",
                "landmark",
                "plus_code",
                "lat",
                "lon",
                "area_id",
                "members",
                "categories",
                "languages",
                "notes",
                "created_at",
            ],
            Self::Volunteers => &[
                "id",
                "status",
                "name",
                "email",
                "area_id",
                "transport",
                "capacity_kg",
                "capacity_l",
                "skills",
                "languages",
                "radius_m",
                "active_claims",
                "created_at",
            ],
            Self::Requests => &[
                "id",
                "status",
                "status_reason",
                "external_id",
                "household_id",
                "area_id",
                "kind",
                "urgency",
                "weight_kg",
                "window_start",
                "window_end",
                "failures",
                "created_at",
                "fulfilled_at",
            ],
        }
    }
}

impl Action for Export {
    type Done = (Table, Option<Self>);

    async fn run(self, unit: &mut Unit<'_>) -> Result<Self::Done, Refusal> {
        // Asked once: a long list may take longer than five minutes.
        if self.after.is_none() {
            step_up::require(unit).await?;
        }
        let Actor::Coordinator { organisation, .. } = unit.actor else {
            return Err(Code::Forbidden.into());
        };
        let mut table = Table::default();
        let ids: Vec<Uuid> = match self.listed {
            Listed::Households => {
                if self.after.is_none() {
                    spend_door::spend_export(unit).await?;
                }
                let rows = household_lists::list(unit, &HouseholdFilter::default(), self.after, PAGE).await?;
                add_households(unit, &rows, &mut table).await?;
                rows.iter().map(|row| row.id).collect()
            }
            Listed::Volunteers => {
                let page = (self.after, PAGE);
                let rows = volunteers::list(unit, organisation, &Filter::default(), page).await?;
                rows.iter().for_each(|seen| table.add(of_volunteer(seen)));
                rows.iter().map(|seen| seen.row.id).collect()
            }
            Listed::Requests => {
                let rows = request_lists::list(unit, &RequestFilter::default(), self.after, PAGE).await?;
                rows.iter().for_each(|row| table.add(of_request(row)));
                rows.iter().map(|row| row.id).collect()
            }
        };
        let full = i64::try_from(ids.len()).is_ok_and(|count| count >= PAGE);
        let next = ids.last().filter(|_| full).map(|last| Self { after: Some(*last), ..self });
        Ok((table, next))
    }
}

async fn add_households(
    unit: &mut Unit<'_>,
    rows: &[HouseholdRow],
    table: &mut Table,
) -> Result<(), Refusal> {
    let ids: Vec<HouseholdId> = rows.iter().map(HouseholdRow::household).collect();
    let doors: HashMap<HouseholdId, Door> = doors::disclose_many(unit, &ids).await?.into_iter().collect();
    for row in rows.iter().filter(|row| row.erased_at.is_none()) {
        let missing = || StorageError::Impossible("a household without a door".to_owned());
        table.add(of_household(row, doors.get(&row.household()).ok_or_else(missing)?));
    }
    Ok(())
}

fn told(text: &Option<String>) -> String {
    text.clone().unwrap_or_default()
}

fn list(words: &[Option<String>]) -> String {
    words.iter().flatten().cloned().collect::<Vec<_>>().join("; ")
}

fn of_household(row: &HouseholdRow, door: &Door) -> Vec<String> {
    let address = &door.address;
    vec![
        row.household().to_string(),
        row.status.clone(),
        told(&row.external_id),
        door.name.clone(),
        door.phone.as_ref().map(Phone::disclose).unwrap_or_default().to_owned(),
        told(&address.street),
        told(&address.house),
        told(&address.entrance),
        told(&address.floor),
        told(&address.flat),
        told(&address.intercom),
        told(&address.landmark),
        told(&address.plus_code),
        door.position.lat().to_string(),
        door.position.lon().to_string(),
        row.area().to_string(),
        row.members.to_string(),
        list(&row.categories),
        list(&row.languages),
        told(&door.notes),
        row.created_at.to_rfc3339(),
    ]
}

fn of_volunteer(seen: &SeenVolunteer) -> Vec<String> {
    let row = &seen.row;
    let (name, email) = seen
        .person
        .as_ref()
        .map_or_else(Default::default, |person| (person.name.clone(), person.email.clone()));
    vec![
        VolunteerId::new(row.id).to_string(),
        row.status.clone(),
        name,
        email,
        row.area().to_string(),
        row.transport.clone(),
        thousandth(row.capacity_g.into()),
        thousandth(row.capacity_ml.into()),
        list(&row.skills),
        list(&row.languages),
        row.radius_m.to_string(),
        row.active_claims.to_string(),
        row.created_at.to_rfc3339(),
    ]
}

fn of_request(row: &RequestRow) -> Vec<String> {
    vec![
        RequestId::new(row.id).to_string(),
        row.status.clone(),
        told(&row.status_reason),
        told(&row.external_id),
        HouseholdId::new(row.household_id).to_string(),
        domain::id::AreaId::new(row.area_id).to_string(),
        row.kind.clone(),
        row.urgency.clone(),
        thousandth(row.weight_g),
        row.window_start.to_rfc3339(),
        row.window_end.to_rfc3339(),
        row.failures.to_string(),
        row.created_at.to_rfc3339(),
        row.fulfilled_at.map(|at| at.to_rfc3339()).unwrap_or_default(),
    ]
}

/// Grams as kilograms, millilitres as litres.
fn thousandth(small: i64) -> String {
    let (whole, rest) = (small / 1000, small % 1000);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:03}") }
}
