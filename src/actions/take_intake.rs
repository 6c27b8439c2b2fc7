//! A household calls the hotline, and one call of the operator's takes its need in. Whoever may be known already
//! is told of first; only when the operator has seen them, or there are none, is anything filed.

use std::collections::{BTreeMap, HashMap};

use domain::id::{HouseholdId, OrganisationId, PartnerId};
use domain::likeness::Likeness;
use uuid::Uuid;

use super::register_household::{RegisterHousehold, check_campaign, registrar};
use super::submit_request::{HouseholdRef, SubmitRequest, Submitted, permitted};
use super::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::tables::households::{self, HouseholdRow};
use crate::storage::tables::likenesses::{self, Among};
use crate::storage::tables::requests::{self, RequestRow};
use crate::storage::tables::settings;

/// Take in what somebody asks for on the telephone.
#[derive(Clone)]
pub struct TakeIntake {
    /// Who calls.
    pub who: WhoCalls,
    /// What for; its household is put in here.
    pub request: SubmitRequest,
    /// Households that the operator has seen, and that are others.
    pub seen: Vec<HouseholdId>,
}

/// Who calls.
#[derive(Clone)]
pub enum WhoCalls {
    /// A household that is registered.
    Known(HouseholdId),
    /// One that is not, as far as the operator knows.
    New(Box<RegisterHousehold>),
}

/// What became of it.
#[derive(Clone)]
pub enum Intake {
    /// Nothing yet: these may be the household that calls.
    Likely(Vec<Alike>),
    /// The request was filed.
    Filed(Box<Submitted>),
}

/// A household that may be the one that calls.
#[derive(Debug, Clone)]
pub struct Alike {
    /// The household.
    pub household: HouseholdRow,
    /// By what it is like the one that calls.
    pub likenesses: Vec<Likeness>,
    /// What it waits for.
    pub requests: Vec<RequestRow>,
}

impl Action for TakeIntake {
    type Done = Intake;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Intake, Refusal> {
        let (organisation, partner) = registrar(unit)?;
        let Self { who, mut request, seen } = self;
        let likely = match &who {
            WhoCalls::Known(household) => of_known(unit, *household).await?,
            WhoCalls::New(caller) => of_new(unit, caller, organisation, partner).await?,
        };
        let unseen: Vec<Alike> =
            likely.into_iter().filter(|alike| !seen.contains(&alike.household.household())).collect();
        if !unseen.is_empty() {
            return Ok(Intake::Likely(unseen));
        }
        let household = match who {
            WhoCalls::Known(household) => household,
            WhoCalls::New(caller) => caller.run(unit).await?.household(),
        };
        request.household = HouseholdRef::Id(household);
        Ok(Intake::Filed(Box::new(request.run(unit).await?)))
    }
}

/// A household that is known is like itself, where it waits for something already.
async fn of_known(unit: &mut Unit<'_>, household: HouseholdId) -> Result<Vec<Alike>, Refusal> {
    // Kept from changing by one operator at a time: of two whom it calls at once, the second sees what the first filed.
    let row = households::find_locked(unit, household).await?;
    permitted(&unit.actor, row)?;
    let mut alike = tell(unit, vec![(household, Likeness::SameHousehold)]).await?;
    alike.retain(|alike| !alike.requests.is_empty());
    Ok(alike)
}

/// Those whom a new caller may be.
async fn of_new(
    unit: &mut Unit<'_>,
    caller: &RegisterHousehold,
    organisation: OrganisationId,
    partner: Option<PartnerId>,
) -> Result<Vec<Alike>, Refusal> {
    let setting = settings::find(unit, organisation, caller.area).await?.ok_or_else(Refusal::not_found)?;
    check_campaign(unit, &setting)?;
    let among = Among { organisation, partner, area: caller.area };
    let mut found = Vec::new();
    if let Some(phone) = caller.dialled(&setting)? {
        likenesses::queue_up(unit, organisation, &phone).await?;
        found.extend(likenesses::by_phone(unit, among, &phone).await?);
    }
    if let Some((place, _)) = caller.place(&setting)? {
        found.extend(likenesses::by_place(unit, among, place).await?);
    }
    found.extend(likenesses::by_name(unit, among, &caller.name).await?);
    tell(unit, found).await
}

/// What an operator must know of them to tell whether they call: each once, by all its likenesses.
async fn tell(unit: &mut Unit<'_>, found: Vec<(HouseholdId, Likeness)>) -> Result<Vec<Alike>, Refusal> {
    let mut likenesses: BTreeMap<HouseholdId, Vec<Likeness>> = BTreeMap::new();
    for (household, likeness) in found {
        likenesses.entry(household).or_default().push(likeness);
    }
    let ids: Vec<HouseholdId> = likenesses.keys().copied().collect();
    let mut waiting: HashMap<Uuid, Vec<RequestRow>> = HashMap::new();
    for request in requests::unfinished_of(unit, &ids).await? {
        waiting.entry(request.household_id).or_default().push(request);
    }
    let mut alike: Vec<Alike> = Vec::new();
    for household in households::find_all(unit, &ids).await? {
        let likenesses = likenesses.remove(&household.household()).unwrap_or_default();
        let requests = waiting.remove(&household.id).unwrap_or_default();
        alike.push(Alike { household, likenesses, requests });
    }
    // Who has the same number comes before who has but the same name.
    alike.sort_by_key(|alike| (alike.likenesses.first().copied(), alike.household.id));
    Ok(alike)
}
