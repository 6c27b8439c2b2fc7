//! Who might take a request: the best volunteers with all that speaks for them, and why the others
//! may not be asked.
//!
//! Answered from memory while it stands on firm ground, else by the database: the same answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::actor::Actor;
use domain::id::{OrganisationId, RequestId, VolunteerId};
use domain::matching::{At, OpenRequest, Ranked, Weights, refusals_in_campaign, shortlist};
use domain::place::{GreatCircleTravel, USUAL_DETOUR_PERCENT};
use domain::refusal::Code;

use super::long_looks::look_at_all;
use super::{Call, Refusal, read};
use crate::app::App;
use crate::fleet::{Refused, World};
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
    pub names: BTreeMap<VolunteerId, Arc<str>>,
    /// How many of the campaign's volunteers may not be asked, by their first reason; none when not counted.
    pub refused: Option<Refused>,
    /// Whether the household asks for any language.
    pub asks_for_language: bool,
}

/// Whether those who may not be asked are counted: that takes as long as there are volunteers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// By their first reason.
    Refused,
    /// Not at all.
    Nobody,
}

/// The shortlist for a request of the caller's organisation, `k` volunteers long at most.
///
/// # Errors
/// When it is not theirs, or not open; while the fleet is not loaded, or too many look at it.
pub async fn shortlist_volunteers(
    app: &App,
    call: &Call,
    request: RequestId,
    k: usize,
    counting: Counting,
) -> Result<Shortlist, Refusal> {
    if let Some(remembered) = remembered(app, call, request, k, counting).await? {
        return Ok(remembered);
    }
    // Whom they have just suspended is not proposed to them.
    app.fleet.shows_what_was_written().await;
    let mark = app.fleet.recall().mark();
    let (organisation, found, at) = read(app, call, async |unit| {
        let (organisation, found) = own_open(unit, request).await?;
        let at = found.local_time()?.at(unit.now);
        Ok((organisation, found.request, at))
    })
    .await?;
    check_loaded(app)?;
    // Nobody waits for their turn with a connection in hand that others want.
    let mut shortlist = chosen(app, found, at, k, counting).await?;
    let volunteers: Vec<VolunteerId> = shortlist.ranked.iter().map(|ranked| ranked.volunteer).collect();
    let names =
        read(app, call, async |unit| Ok(names::of_own_volunteers(unit, organisation, &volunteers).await?))
            .await?;
    let keep = |(volunteer, name)| (volunteer, app.fleet.recall().keep_name(volunteer, name, mark));
    shortlist.names = names.into_iter().map(keep).collect();
    Ok(shortlist)
}

/// The whole answer from memory; none where anything of it is not there.
async fn remembered(
    app: &App,
    call: &Call,
    request: RequestId,
    k: usize,
    counting: Counting,
) -> Result<Option<Shortlist>, Refusal> {
    let Some((own, found, at)) = asked_in_memory(app, call, request) else { return Ok(None) };
    let mut shortlist = chosen(app, found, at, k, counting).await?;
    let ours = shortlist.organisations.iter().filter(|(_, organisation)| **organisation == own);
    let name = |volunteer: &VolunteerId| Some((*volunteer, app.fleet.recall().name(*volunteer)?));
    let names: Option<_> = ours.map(|(volunteer, _)| name(volunteer)).collect();
    Ok(names.map(|names| {
        shortlist.names = names;
        shortlist
    }))
}

/// For whom the caller coordinates, their request, and the moment of the question.
fn asked_in_memory(app: &App, call: &Call, request: RequestId) -> Option<(OrganisationId, OpenRequest, At)> {
    let footing = app.fleet.footing(call.caller)?;
    let own = coordinated(&footing.actor)?;
    app.fleet.look(|world| {
        let found = world.open.get(request).filter(|found| found.organisation == own)?;
        let at = world.times.get(&found.area)?.at(footing.now);
        Some((own, found.clone(), at))
    })
}

/// Counting those who are refused is a look at everybody.
async fn chosen(
    app: &App,
    request: OpenRequest,
    at: At,
    k: usize,
    counting: Counting,
) -> Result<Shortlist, Refusal> {
    match counting {
        Counting::Nobody => Ok(app.fleet.look(|world| choose(app, world, &request, at, k, counting))),
        Counting::Refused => {
            let counts = app.clone();
            look_at_all(app, move |world| choose(&counts, world, &request, at, k, counting)).await
        }
    }
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

/// An open request of the caller's organisation, and which that is.
///
/// # Errors
/// When it is not theirs, or not open.
pub(super) async fn own_open(
    unit: &mut Unit<'_>,
    request: RequestId,
) -> Result<(OrganisationId, Matchable), Refusal> {
    let own = coordinated(&unit.actor).ok_or_else(Refusal::not_found)?;
    let found = candidates::requests(unit, &[request.uuid()]).await?.pop();
    let found = found.filter(|found| found.request.organisation == own).ok_or_else(Refusal::not_found)?;
    if found.is_open { Ok((own, found)) } else { Err(why_not_open(unit, request).await?) }
}

/// The organisation for which somebody coordinates.
pub(super) const fn coordinated(actor: &Actor) -> Option<OrganisationId> {
    match actor {
        Actor::Coordinator { organisation, .. } => Some(*organisation),
        Actor::Administrator { .. }
        | Actor::Volunteer { .. }
        | Actor::Partner { .. }
        | Actor::System
        | Actor::Nobody => None,
    }
}

async fn why_not_open(unit: &mut Unit<'_>, request: RequestId) -> Result<Refusal, Refusal> {
    let row = requests::find(unit, request).await?.ok_or_else(Refusal::not_found)?;
    Ok(Refusal::because(Code::WrongState, format!("the request is {}", row.status()?)))
}

fn choose(
    app: &App,
    world: &World,
    request: &OpenRequest,
    at: At,
    k: usize,
    counting: Counting,
) -> Shortlist {
    let detour = world.detours.get(&request.area).copied().unwrap_or(USUAL_DETOUR_PERCENT);
    let travel = GreatCircleTravel::with_detour(detour);
    let ranked = shortlist(&world.fleet, request, at, &Weights::default(), &travel, k);
    let organisations = ranked
        .iter()
        .filter_map(|ranked| world.fleet.get(ranked.volunteer))
        .map(|candidate| (candidate.volunteer, candidate.organisation))
        .collect();
    // Only the campaign's volunteers are counted: how many others have is nobody's business here.
    let count = || refusals_in_campaign(&world.fleet, request, at, request.campaign);
    let refused = match counting {
        Counting::Refused => Some(app.fleet.recall().refused(request.request, world.version, at, count)),
        Counting::Nobody => None,
    };
    Shortlist {
        organisations,
        refused,
        asks_for_language: !request.languages.is_empty(),
        ranked,
        names: BTreeMap::new(),
    }
}
