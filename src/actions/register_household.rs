//! A household is registered: its door is kept apart, and its coarse point drawn, once.

use domain::Moment;
use domain::actor::Actor;
use domain::door::{Address, Door, Exactness, Phone};
use domain::household::HouseholdStatus;
use domain::id::{AreaId, HouseholdId, OrganisationId, PartnerId};
use domain::place::{Cell, CoarsePoint, Position, coarse_cells, coarse_point};
use domain::refusal::Code;
use domain::words::HouseholdCategory;

use super::locate_household::Pin;
use super::{Action, Refusal, meaning, phone_number};
use crate::clock;
use crate::planted::{Bug, is_planted};
use crate::storage::events::{self, Change, Event};
use crate::storage::tables::households::{self, HouseholdRow, NewConsent, NewHousehold};
use crate::storage::tables::settings::Setting;
use crate::storage::tables::{doors, settings};
use crate::storage::{StorageError, Unit};

/// Register a household.
#[derive(Clone)]
pub struct RegisterHousehold {
    /// Where it is served.
    pub area: AreaId,
    /// The partner's own name for it.
    pub external_id: Option<String>,
    /// How many live there.
    pub members: u32,
    /// Why it is served.
    pub categories: Vec<HouseholdCategory>,
    /// What is spoken there, the preferred first.
    pub languages: Vec<String>,
    /// What it agreed to.
    pub consent: Consent,
    /// The name to ask for.
    pub name: String,
    /// The telephone, as it was written.
    pub phone: Option<String>,
    /// The address.
    pub address: Address,
    /// The place, where it is known; else somewhere in the area, until a coordinator has found it.
    pub place: Option<Pin>,
    /// What a volunteer should know at the door.
    pub notes: Option<String>,
}

/// What a household agreed to.
#[derive(Clone)]
pub struct Consent {
    /// Which text.
    pub text_version: String,
    /// In which language.
    pub language: String,
    /// By which channel.
    pub channel: &'static str,
    /// When; now when not told.
    pub given_at: Option<Moment>,
}

impl Action for RegisterHousehold {
    type Done = HouseholdRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<HouseholdRow, Refusal> {
        let (organisation, partner) = registrar(unit)?;
        let setting = settings::find(unit, organisation, self.area).await?.ok_or_else(Refusal::not_found)?;
        check_campaign(unit, &setting)?;
        let place = self.place(&setting)?;
        let (coarse, cells) = match place {
            Some((position, _)) => {
                check_place(unit, &setting, position).await?;
                draw(unit, &setting, position).await?
            }
            None => {
                // It is counted nowhere, and so no cell is found for it.
                let coarse = coarse_point(setting.centre, setting.policy.coarse_k, |_| 0, setting.centre);
                (coarse, Vec::new())
            }
        };
        let new = NewHousehold {
            id: HouseholdId::new(clock::new_id()),
            organisation,
            area: self.area,
            partner,
            external_id: self.external_id.clone(),
            members: self.members,
            categories: self.categories.clone(),
            languages: self.languages.clone(),
            coarse,
        };
        let row =
            households::insert(unit, &new).await.map_err(meaning("households_external_id_unique", || {
                Refusal::because(
                    Code::AlreadyExists,
                    "this external_id was registered before; it is unique for ever",
                )
            }))?;
        households::insert_consent(unit, &row, &self.consent(unit.now)).await?;
        let door = self.door(&setting, place)?;
        doors::insert(unit, &row, &door, &cells).await?;
        events::append(unit, &[registered(&row)]).await?;
        Ok(row)
    }
}

impl RegisterHousehold {
    /// Where the door is, and how exact that is, where somebody told as exactly as a house.
    pub(super) fn place(&self, setting: &Setting) -> Result<Option<(Position, Option<f64>)>, Refusal> {
        self.place.as_ref().map_or(Ok(None), |pin| pin.exactly(setting))
    }

    /// Its telephone, as it would be dialled.
    pub(super) fn dialled(&self, setting: &Setting) -> Result<Option<Phone>, Refusal> {
        let region = &setting.policy.phone_region;
        self.phone.as_deref().map(|text| phone_number::parse(text, region, "/door/phone")).transpose()
    }

    fn door(self, setting: &Setting, place: Option<(Position, Option<f64>)>) -> Result<Door, Refusal> {
        if is_planted(Bug::LoggedName) {
            tracing::warn!(name = self.name, "registered");
        }
        let phone = self.dialled(setting)?;
        let (position, accuracy_m) = place.unwrap_or((setting.centre, None));
        Ok(Door {
            name: self.name,
            phone,
            address: self.address,
            position,
            exactness: if place.is_some() { Exactness::Exact } else { Exactness::Approximate },
            accuracy_m,
            notes: self.notes,
        })
    }

    fn consent(&self, now: Moment) -> NewConsent {
        NewConsent {
            text_version: self.consent.text_version.clone(),
            language: self.consent.language.clone(),
            channel: self.consent.channel,
            given_at: self.consent.given_at.unwrap_or(now),
        }
    }
}

/// Where a household at this place is seen from afar, and the cells it is counted in from now on.
pub(super) async fn draw(
    unit: &mut Unit<'_>,
    setting: &Setting,
    position: Position,
) -> Result<(CoarsePoint, Vec<Cell>), Refusal> {
    let cells = coarse_cells(position);
    let counts = doors::count_in_cells(unit, setting.area, &cells).await?;
    // The household itself lives there too.
    let count_in =
        |cell| counts.iter().find(|(counted, _)| *counted == cell).map_or(0, |(_, count)| *count) + 1;
    if is_planted(Bug::ExactCoarsePoint) {
        let exact = CoarsePoint::stored(position.lat(), position.lon(), None);
        return Ok((exact.map_err(|_| StorageError::Impossible("a place off the globe".to_owned()))?, cells));
    }
    Ok((coarse_point(position, setting.policy.coarse_k, count_in, setting.centre), cells))
}

/// For which organisation the caller registers, and as which partner app.
pub(super) fn registrar(unit: &Unit<'_>) -> Result<(OrganisationId, Option<PartnerId>), Refusal> {
    match &unit.actor {
        Actor::Coordinator { organisation, .. } => Ok((*organisation, None)),
        Actor::Partner { organisation, partner, .. } => Ok((*organisation, Some(*partner))),
        Actor::Administrator { .. } | Actor::Volunteer { .. } | Actor::System | Actor::Nobody => {
            Err(Code::Forbidden.into())
        }
    }
}

/// A partner's area must lie in its campaign.
pub(super) fn check_campaign(unit: &Unit<'_>, setting: &Setting) -> Result<(), Refusal> {
    if let Actor::Partner { campaign, .. } = &unit.actor
        && *campaign != setting.campaign
    {
        return Err(Refusal::not_found());
    }
    Ok(())
}

/// The door must lie in the area, and a partner's area in its campaign.
pub(super) async fn check_place(
    unit: &mut Unit<'_>,
    setting: &Setting,
    position: Position,
) -> Result<(), Refusal> {
    check_campaign(unit, setting)?;
    let shape = settings::shape(unit, setting.area).await?.ok_or_else(Refusal::not_found)?;
    if shape.contains(position) {
        Ok(())
    } else {
        let detail = "the door's position lies outside the area that area_id names";
        Err(Refusal::because(Code::OutsideArea, detail))
    }
}

fn registered(row: &HouseholdRow) -> Event {
    Event {
        organisation: Some(row.organisation()),
        area: Some(row.area()),
        changes: changes_of_registering(row.household(), HouseholdStatus::PendingVerification),
        ..Event::about(REGISTERED, "household", row.id)
    }
}

/// The kind of event that tells of a registered household.
pub(super) const REGISTERED: &str = "household.registered";

/// What that event tells, of one that begins in this status.
pub(super) fn changes_of_registering(household: HouseholdId, status: HouseholdStatus) -> Vec<Change> {
    vec![Change::made("household", household, status.as_str())]
}
