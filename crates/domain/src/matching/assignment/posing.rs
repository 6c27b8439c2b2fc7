//! Puts the open requests and the volunteers of now as a problem: the nearest whom the rules admit, each at what
//! they cost, calls to those of least cost.

use std::collections::HashMap;

use super::order::along_the_curve;
use super::problem::{Problem, ProblemError, Way};
use super::terms::{Ageing, most, open_cost, steps};
use crate::id::{RequestId, VolunteerId};
use crate::matching::{At, Candidate, Cost, Fleet, OpenRequest, Seeker, Weights, cost, shortlist};
use crate::place::{Seconds, TravelTime};

/// By what a plan is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// How many candidates a request has at most. Eight cost a tenth more than thirty-two where volunteers are
    /// many; sixteen are hardly worse, and what is missing can be looked for afterwards.
    pub listed: usize,
    /// What each consideration costs.
    pub weights: Weights,
    /// What it costs to leave a request open.
    pub ageing: Ageing,
    /// How many tasks a volunteer is given at most, whatever they may still claim.
    pub most_each: usize,
    /// Where along the curve one begins: of equally cheap assignments another may be found.
    pub seed: u64,
}

impl Default for Terms {
    fn default() -> Self {
        let (weights, ageing) = (Weights::default(), Ageing::default());
        Self { listed: 16, weights, ageing, most_each: usize::MAX, seed: 0 }
    }
}

/// A problem in seconds of travel, and who is meant by its numbers.
#[derive(Debug, Clone, Default)]
pub struct Posed {
    /// What is to be assigned.
    pub problem: Problem,
    /// The requests by their numbers.
    pub requests: Vec<RequestId>,
    /// The volunteers by their numbers: those who have room, and nobody else.
    pub volunteers: Vec<VolunteerId>,
}

/// Who may do what now, and at what cost. In what order requests come does not matter.
///
/// # Errors
/// When there are more of them than can be numbered.
pub fn pose<'r>(
    fleet: &Fleet,
    requests: impl IntoIterator<Item = &'r OpenRequest>,
    at: At,
    terms: &Terms,
    travel: &impl TravelTime,
) -> Result<Posed, ProblemError> {
    let mut requests: Vec<&OpenRequest> = requests.into_iter().collect();
    requests.sort_unstable_by_key(|request| request.request);
    let places: Vec<_> = requests.iter().map(|request| request.place.position()).collect();
    let (mut posed, numbers) = roll_call(fleet, at, terms)?;
    let mut asking = Asking { fleet, at, terms, travel, numbers: &numbers, seeker: Seeker::default() };
    let mut order = along_the_curve(&places);
    let first = terms.seed % u64::try_from(order.len().max(1)).unwrap_or(1);
    order.rotate_left(usize::try_from(first).unwrap_or(0));
    for request in order {
        let Some(request) = requests.get(request as usize) else { continue };
        let ways = asking.ways(request);
        posed.problem.add_request(open_cost(request, at.now, terms.ageing), &ways)?;
        posed.requests.push(request.request);
    }
    Ok(posed)
}

/// Everyone with room, neighbours side by side, and their numbers.
fn roll_call(
    fleet: &Fleet,
    at: At,
    terms: &Terms,
) -> Result<(Posed, HashMap<VolunteerId, u32>), ProblemError> {
    let with_room = fleet.iter().filter(|candidate| candidate.active_claims < candidate.claim_limit);
    let mut candidates: Vec<&Candidate> = with_room.collect();
    candidates.sort_unstable_by_key(|candidate| candidate.volunteer);
    let (somewhere, nowhere): (Vec<&Candidate>, Vec<&Candidate>) =
        candidates.into_iter().partition(|candidate| candidate.position(at.now).is_some());
    let places: Vec<_> = somewhere.iter().filter_map(|candidate| candidate.position(at.now)).collect();
    let in_order =
        along_the_curve(&places).into_iter().filter_map(|row| somewhere.get(row as usize).copied());
    let (mut posed, mut numbers) = (Posed::default(), HashMap::new());
    for candidate in in_order.chain(nowhere) {
        let mut steps = steps(candidate, &terms.weights);
        steps.truncate(terms.most_each);
        let number = posed.problem.add_volunteer(&steps)?;
        posed.volunteers.push(candidate.volunteer);
        numbers.insert(candidate.volunteer, number);
    }
    Ok((posed, numbers))
}

struct Asking<'a, T> {
    fleet: &'a Fleet,
    at: At,
    terms: &'a Terms,
    travel: &'a T,
    numbers: &'a HashMap<VolunteerId, u32>,
    seeker: Seeker,
}

impl<T: TravelTime> Asking<'_, T> {
    fn ways(&mut self, request: &OpenRequest) -> Vec<Way> {
        let Self { fleet, at, terms, travel, numbers, seeker } = self;
        let way = |volunteer: &VolunteerId, cost: Cost| {
            numbers.get(volunteer).map(|number| Way { volunteer: *number, cost: without_load(cost) })
        };
        if !request.kind.is_physical() {
            let ranked = shortlist(fleet, request, *at, &terms.weights, *travel, terms.listed);
            return ranked.iter().filter_map(|ranked| way(&ranked.volunteer, ranked.cost)).collect();
        }
        let near = seeker.nearest(fleet, request, *at, terms.listed);
        near.iter()
            .filter_map(|near| {
                let candidate = fleet.get(near.volunteer)?;
                let time = way_time(candidate, request, *at, *travel);
                way(&near.volunteer, cost(candidate, request, time, &terms.weights))
            })
            .collect()
    }
}

/// What it costs that this volunteer serves this request, what they hold already left aside: that is in their steps.
/// Whether they may is another question.
#[must_use]
pub fn way_cost(
    candidate: &Candidate,
    request: &OpenRequest,
    at: At,
    weights: &Weights,
    travel: &impl TravelTime,
) -> u32 {
    without_load(cost(candidate, request, way_time(candidate, request, at, travel), weights))
}

/// How long the way takes; none when nobody has to go, or it is not known from where.
#[must_use]
pub fn way_time(
    candidate: &Candidate,
    request: &OpenRequest,
    at: At,
    travel: &impl TravelTime,
) -> Option<Seconds> {
    let here = candidate.position(at.now).filter(|_| request.kind.is_physical())?;
    Some(travel.travel_time(here, request.place.position(), candidate.transport))
}

/// What tasks held already cost is in the steps.
fn without_load(cost: Cost) -> u32 {
    most(Cost { load: 0, ..cost }.total())
}
