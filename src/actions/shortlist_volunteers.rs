//! Who might take a request: the best volunteers with all that speaks for them, and why the others
//! may not be asked.

use std::collections::BTreeMap;

use domain::actor::Actor;
use domain::id::{OrganisationId, RequestId, VolunteerId};
use domain::matching::{self, At, OpenRequest, Ranked, Weights, refusals_in_campaign, shortlist};
use domain::place::GreatCircleTravel;
use domain::refusal::Code;

use super::{Call, Refusal, read};
use crate::app::App;
use crate::fleet::World;
use crate::storage::Unit;
use crate::storage::tables::candidates::{self, Matchable};
use crate::storage::tables::requests;
use crate::storage::views::names;

/// What a coordinator is shown.
#[derive(Debug, Clone, Default)]
pub struct Shortlist {
    /// The best first.
    pub ranked: Vec<Ranked>,
    /// Whose each of them is.
    pub organisations: BTreeMap<VolunteerId, OrganisationId>,
    /// What those of the coordinator's own organisation are called.
    pub names: BTreeMap<VolunteerId, String>,
    /// How many of the campaign's volunteers may not be asked, by their first reason.
    pub refused: BTreeMap<matching::Refusal, u32>,
    /// Whether the household asks for any language.
    pub asks_for_language: bool,
}

/// The shortlist for a request of the caller's organisation, `k` volunteers long at most.
///
/// # Errors
/// When it is not theirs, or not open; or while the fleet is not loaded.
pub async fn shortlist_volunteers(
    app: &App,
    call: &Call,
    request: RequestId,
    k: usize,
) -> Result<Shortlist, Refusal> {
    read(app, call, async |unit| {
        let (organisation, found) = own(unit, request).await?;
        if !found.is_open {
            return Err(why_not_open(unit, request).await?);
        }
        check_loaded(app)?;
        let at = found.local_time()?.at(unit.now);
        let mut shortlist = app.fleet.look(|world| choose(world, &found.request, at, k));
        let volunteers: Vec<VolunteerId> = shortlist.ranked.iter().map(|ranked| ranked.volunteer).collect();
        shortlist.names = names::of_own_volunteers(unit, organisation, &volunteers).await?;
        Ok(shortlist)
    })
    .await
}

/// Nothing is told from a fleet that was not read yet: emptiness would pass for an answer.
///
/// # Errors
/// While the fleet is not loaded.
pub(super) fn check_loaded(app: &App) -> Result<(), Refusal> {
    if app.fleet.is_loaded() {
        Ok(())
    } else {
        Err(Refusal { retry_after_s: Some(1), ..Code::Overloaded.into() })
    }
}

async fn own(unit: &mut Unit<'_>, request: RequestId) -> Result<(OrganisationId, Matchable), Refusal> {
    let own = match unit.actor {
        Actor::Coordinator { organisation, .. } => Some(organisation),
        Actor::Administrator { .. }
        | Actor::Volunteer { .. }
        | Actor::Partner { .. }
        | Actor::System
        | Actor::Nobody => None,
    };
    let found = candidates::requests(unit, &[request.uuid()]).await?.pop();
    found
        .filter(|found| own == Some(found.request.organisation))
        .map(|found| (found.request.organisation, found))
        .ok_or_else(Refusal::not_found)
}

async fn why_not_open(unit: &mut Unit<'_>, request: RequestId) -> Result<Refusal, Refusal> {
    let row = requests::find(unit, request).await?.ok_or_else(Refusal::not_found)?;
    Ok(Refusal::because(Code::WrongState, format!("the request is {}", row.status()?)))
}

fn choose(world: &World, request: &OpenRequest, at: At, k: usize) -> Shortlist {
    let ranked = shortlist(&world.fleet, request, at, &Weights::default(), &GreatCircleTravel::default(), k);
    let organisations = ranked
        .iter()
        .filter_map(|ranked| world.fleet.get(ranked.volunteer))
        .map(|candidate| (candidate.volunteer, candidate.organisation))
        .collect();
    Shortlist {
        organisations,
        // Only the campaign's volunteers are counted: how many others have is nobody's business here.
        refused: refusals_in_campaign(&world.fleet, request, at, request.campaign),
        asks_for_language: !request.languages.is_empty(),
        ranked,
        names: BTreeMap::new(),
    }
}
