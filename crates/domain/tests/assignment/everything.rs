//! The cheapest assignment by trying everything: request by request, every choice after every way in which the
//! volunteers may be busy already. Of equally busy volunteers, only the cheapest way to that is gone on with.

use domain::matching::assignment::Problem;

/// More tasks than anybody has in a small problem.
const MOST: usize = 4;

/// What the cheapest assignment of a small problem costs.
pub(crate) fn cheapest(problem: &Problem) -> u64 {
    let requests = 0..u32::try_from(problem.requests()).expect("a small problem");
    let mut least = vec![None; MOST.pow(u32::try_from(problem.volunteers()).expect("few"))];
    least[0] = Some(0);
    for request in requests.filter(|request| !problem.is_gone(*request)) {
        let mut next = vec![None; least.len()];
        for (busy, cost) in least.iter().enumerate() {
            if let Some(cost) = cost {
                try_all(problem, request, (busy, *cost), &mut next);
            }
        }
        least = next;
    }
    least.into_iter().flatten().min().expect("a locked request has room")
}

fn try_all(problem: &Problem, request: u32, (busy, cost): (usize, u64), next: &mut [Option<u64>]) {
    let mut may =
        |busy: usize, cost: u64| next[busy] = Some(next[busy].map_or(cost, |least| least.min(cost)));
    let lock = problem.locked(request);
    if lock.is_none() {
        may(busy, cost + u64::from(problem.open_cost(request).expect("a request")));
    }
    for way in lock.as_ref().map_or(problem.ways(request), std::slice::from_ref) {
        let unit = MOST.pow(way.volunteer);
        let tasks = busy / unit % MOST;
        if let Some(step) = problem.all_steps(way.volunteer).get(tasks) {
            may(busy + unit, cost + u64::from(way.cost) + u64::from(*step));
        }
    }
}
