//! Tries every way to serve a small town: slow, and plainly right.

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::id::VolunteerId;
use domain::matching::assignment::{Ageing, open_cost, steps};
use domain::matching::{Candidate, OpenRequest, cost, first_refusal};
use domain::place::{GreatCircleTravel, TravelTime};
use domain::plan::Edits;

use crate::town::{Town, at};

/// What this volunteer costs for this request, what they hold left aside; none when a rule refuses.
pub(crate) fn way(town: &Town, candidate: &Candidate, request: &OpenRequest) -> Option<u64> {
    if first_refusal(candidate, request, at()).is_some() {
        return None;
    }
    let travel = GreatCircleTravel::default();
    let time = request.kind.is_physical().then(|| {
        let here = candidate.position(at().now).expect("a rule asks for it");
        travel.travel_time(here, request.place.position(), candidate.transport)
    });
    let cost = cost(candidate, request, time, &town.policy.weights);
    Some(cost.total() - cost.load)
}

pub(crate) fn steps_of(town: &Town, candidate: &Candidate) -> Vec<u32> {
    let mut steps = steps(candidate, &town.policy.weights);
    steps.truncate(town.policy.most_each as usize);
    steps
}

pub(crate) fn is_over(request: &OpenRequest) -> bool {
    request.window_end.is_some_and(|end| end <= at().now)
}

/// What the cheapest plan with these edits costs.
pub(crate) fn cheapest(town: &Town, edits: &Edits) -> u64 {
    least(town, edits, 0, &mut HashMap::new())
}

fn least(town: &Town, edits: &Edits, next: usize, tasks: &mut HashMap<VolunteerId, usize>) -> u64 {
    let Some(request) = town.requests.get(next) else { return 0 };
    if edits.is_dropped(request.request) {
        return least(town, edits, next + 1, tasks);
    }
    let locked = edits.locked(request.request);
    let ageing = Ageing {
        fresh: town.policy.fresh_s,
        doubled_after: TimeDelta::seconds(town.policy.doubled_after_s.into()),
    };
    let open = u64::from(open_cost(request, at().now, ageing));
    let mut best =
        if locked.is_none() { open.saturating_add(least(town, edits, next + 1, tasks)) } else { u64::MAX };
    for candidate in &town.candidates {
        let volunteer = candidate.volunteer;
        let may = !is_over(request)
            && locked.is_none_or(|locked| locked == volunteer)
            && !edits.is_forbidden(request.request, volunteer);
        let Some(way) = way(town, candidate, request).filter(|_| may) else { continue };
        let held = tasks.get(&volunteer).copied().unwrap_or(0);
        let Some(step) = steps_of(town, candidate).get(held).copied() else { continue };
        tasks.insert(volunteer, held + 1);
        best = best.min((way + u64::from(step)).saturating_add(least(town, edits, next + 1, tasks)));
        tasks.insert(volunteer, held);
    }
    best
}
