//! Sees who could serve what: the nearest first, then whoever else could be cheaper, until nobody is missing.

use std::collections::BTreeMap;

use crate::id::SnapshotId;
use crate::matching::assignment::{
    self, Draft, Grounds, Place, Posed, Priced, ProblemError, Step, Widening, pose, way_cost, way_time,
};
use crate::matching::{At, Candidate, Fleet, OpenRequest, first_refusal, refusals_in_campaign};
use crate::place::{Metres, Seconds, TravelTime};
use crate::words::Transport;

use super::policy::PlanPolicy;
use super::snapshot::{Ready, Refused, Scope, Snapshot, Wanted, Way};

/// So often others are looked for; what is missing then is told by the snapshot's scope.
const MOST_LOOKS: usize = 50;
/// So many are named for a call at once.
const MOST_AT_ONCE: usize = 16;

/// The world as a plan sees it.
#[derive(Debug)]
pub struct Sight<'a, T> {
    /// Everyone.
    pub fleet: &'a Fleet,
    /// The moment for which it is planned.
    pub at: At,
    /// How long ways take.
    pub travel: &'a T,
    /// By what it is planned.
    pub policy: &'a PlanPolicy,
}

/// Requests and volunteers by the solver's numbers, while others are looked for.
struct Search<'a, T> {
    sight: &'a Sight<'a, T>,
    requests: Vec<&'a OpenRequest>,
    volunteers: Vec<&'a Candidate>,
    grounds: Grounds,
    farthest: Metres,
}

impl<'a, T: TravelTime> Sight<'a, T> {
    /// All that a plan of these requests may know. In what order they come does not matter.
    ///
    /// # Errors
    /// When there are more of them than can be numbered.
    pub fn snapshot(&'a self, id: SnapshotId, requests: &'a [OpenRequest]) -> Result<Snapshot, ProblemError> {
        let is_over = |request: &&OpenRequest| request.window_end.is_some_and(|end| end <= self.at.now);
        let (mut over, current): (Vec<&OpenRequest>, Vec<&OpenRequest>) = requests.iter().partition(is_over);
        over.sort_unstable_by_key(|request| request.request);
        let posed = pose(self.fleet, current.iter().copied(), self.at, &self.policy.terms(), self.travel)?;
        let search = Search::of(self, &posed, &current);
        let (scope, draft) = search.look_for_others(Widening::of(posed.problem));
        let mut wanted = search.wanted(&draft);
        wanted.extend(over.into_iter().map(|request| self.over(request)));
        let volunteers = (0..).zip(&posed.volunteers).map(|(number, volunteer)| Ready {
            volunteer: *volunteer,
            steps: draft.problem().all_steps(number).to_vec(),
        });
        Ok(Snapshot { id, now: self.at.now, requests: wanted, volunteers: volunteers.collect(), scope })
    }

    fn over(&self, request: &OpenRequest) -> Wanted {
        let open_cost = assignment::open_cost(request, self.at.now, self.policy.terms().ageing);
        Wanted {
            request: request.request,
            opened_at: request.opened_at,
            open_cost,
            is_over: true,
            ways: Vec::new(),
            refused: Vec::new(),
        }
    }

    fn may(&self, candidate: &Candidate, request: &OpenRequest) -> bool {
        first_refusal(candidate, request, self.at).is_none()
    }
}

impl<'a, T: TravelTime> Search<'a, T> {
    fn of(sight: &'a Sight<'a, T>, posed: &Posed, current: &[&'a OpenRequest]) -> Self {
        let mut by_id = current.to_vec();
        by_id.sort_unstable_by_key(|request| request.request);
        let find = |id| by_id.binary_search_by_key(id, |request: &&OpenRequest| request.request).ok();
        let requests = posed.requests.iter().filter_map(|id| by_id.get(find(id)?).copied()).collect();
        let volunteers: Vec<&Candidate> =
            posed.volunteers.iter().filter_map(|volunteer| sight.fleet.get(*volunteer)).collect();
        // Whoever is somewhere comes before all who are nowhere, so that places have the volunteers' numbers.
        let places: Vec<_> =
            volunteers.iter().map_while(|candidate| candidate.position(sight.at.now)).collect();
        let farthest = volunteers.iter().map(|candidate| candidate.radius).max().unwrap_or_default();
        Self { sight, requests, volunteers, grounds: Grounds::of(&places), farthest }
    }

    fn look_for_others(&self, mut widening: Widening) -> (Scope, Draft) {
        let mut scope = Scope::Named;
        for _ in 0..MOST_LOOKS {
            let prices = widening.draft().prices();
            let price = |row: &u32| prices.get(*row as usize).copied().unwrap_or(u32::MAX);
            let by_row: Vec<u32> = self.grounds.rows().iter().map(price).collect();
            let priced = Priced::new(&self.grounds, &by_row);
            let step = widening.look(|number, below, found| {
                let Some(request) = self.requests.get(number as usize).copied() else { return };
                if request.kind.is_physical() {
                    self.cheaper_around(&priced, request, below, found);
                } else {
                    self.cheaper_anywhere(&prices, request, below, found);
                }
            });
            if matches!(step, Step::Whole(looked) if looked.added == 0) {
                scope = Scope::Everyone;
                break;
            }
        }
        (scope, widening.into_draft())
    }

    fn cheaper_around(
        &self,
        priced: &Priced<'_>,
        request: &OpenRequest,
        below: u32,
        found: &mut Vec<assignment::Way>,
    ) {
        let volunteer = |row: u32| self.grounds.rows().get(row as usize).copied().unwrap_or(u32::MAX);
        let cost = |row: u32| self.cost(volunteer(row), request);
        priced.cheaper(
            request.place.position(),
            below,
            |cost| self.reach(cost),
            |near| cost(near.row()),
            found,
        );
        for way in found {
            way.volunteer = volunteer(way.volunteer);
        }
    }

    fn cheaper_anywhere(
        &self,
        prices: &[u32],
        request: &OpenRequest,
        below: u32,
        found: &mut Vec<assignment::Way>,
    ) {
        let whole = |volunteer: u32, cost: u32| {
            prices.get(volunteer as usize).map_or(u32::MAX, |price| cost.saturating_add(*price))
        };
        let numbers = 0..u32::try_from(self.volunteers.len()).unwrap_or(u32::MAX);
        let mut cheaper: Vec<(u32, u32, u32)> = numbers
            .filter_map(|volunteer| {
                let cost = self.cost(volunteer, request)?;
                Some((whole(volunteer, cost), volunteer, cost)).filter(|(whole, ..)| *whole < below)
            })
            .collect();
        cheaper.sort_unstable();
        let ways = cheaper.into_iter().take(MOST_AT_ONCE);
        found.extend(ways.map(|(_, volunteer, cost)| assignment::Way { volunteer, cost }));
    }

    /// What this volunteer costs, if they may.
    fn cost(&self, volunteer: u32, request: &OpenRequest) -> Option<u32> {
        let Sight { at, travel, policy, .. } = *self.sight;
        let candidate = self.volunteers.get(volunteer as usize)?;
        let may = self.sight.may(candidate, request);
        may.then(|| way_cost(candidate, request, at, &policy.weights, travel))
    }

    /// Nobody farther costs so little: the way is a part of the cost, and nobody goes farther than they are willing to.
    fn reach(&self, cost: u32) -> Metres {
        let Some(percent) = std::num::NonZeroU32::new(self.sight.policy.weights.travel_percent) else {
            return self.farthest;
        };
        let seconds = (u64::from(cost) + 1) * 100 / u64::from(percent.get()) + 1;
        let time = Seconds::new(u32::try_from(seconds).unwrap_or(u32::MAX));
        let way = Transport::ALL.iter().map(|by| self.sight.travel.within(time, *by)).max();
        // A metre more for rounding, on both.
        let way = way.unwrap_or(self.farthest).min(self.farthest);
        Metres::new(way.get().saturating_add(1))
    }

    /// The requests with everyone who is named, and for those left over why that is.
    fn wanted(&self, draft: &Draft) -> Vec<Wanted> {
        let (answer, problem) = (draft.answer(), draft.problem());
        let tasks: Vec<usize> = answer.by_volunteer().iter().map(Vec::len).collect();
        let has_room = |volunteer: u32| {
            tasks.get(volunteer as usize).is_some_and(|tasks| *tasks < problem.all_steps(volunteer).len())
        };
        let requests = (0_u32..).zip(&self.requests).zip(&answer.places);
        requests
            .map(|((number, request), place)| {
                let mut ways = problem.ways(number).to_vec();
                if *place == Place::Open && !ways.iter().any(|way| has_room(way.volunteer)) {
                    ways.extend(self.cheapest_of(request, has_room));
                }
                self.wants(request, &mut ways, problem.open_cost(number).unwrap_or(0))
            })
            .collect()
    }

    /// The cheapest of some. That nobody was worth it is known; this is who would at least be free.
    fn cheapest_of(&self, request: &OpenRequest, of: impl Fn(u32) -> bool) -> Option<assignment::Way> {
        let numbers = 0..u32::try_from(self.volunteers.len()).unwrap_or(u32::MAX);
        let ways = numbers.filter(|volunteer| of(*volunteer)).filter_map(|volunteer| {
            Some(assignment::Way { volunteer, cost: self.cost(volunteer, request)? })
        });
        ways.min_by_key(|way| (way.cost, way.volunteer))
    }

    fn wants(&self, request: &OpenRequest, ways: &mut [assignment::Way], open_cost: u32) -> Wanted {
        let Sight { fleet, at, travel, .. } = *self.sight;
        ways.sort_unstable_by_key(|way| (way.cost, way.volunteer));
        let ways = ways.iter().map(|way| Way {
            volunteer: way.volunteer,
            cost: way.cost,
            travel: self
                .volunteers
                .get(way.volunteer as usize)
                .and_then(|candidate| way_time(candidate, request, at, travel)),
        });
        let ways: Vec<Way> = ways.collect();
        let refused = if ways.is_empty() {
            refusals_in_campaign(fleet, request, at, request.campaign)
        } else {
            BTreeMap::new()
        };
        Wanted {
            request: request.request,
            opened_at: request.opened_at,
            open_cost,
            is_over: false,
            ways,
            refused: refused.into_iter().map(|(rule, volunteers)| Refused { rule, volunteers }).collect(),
        }
    }
}
