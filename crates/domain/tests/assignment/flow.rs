//! The cheapest assignment another way, for problems too large for trying everything: a flow of least cost, each
//! unit by the shortest path that Bellman and Ford find, without prices.

use domain::matching::assignment::Problem;

struct Arc {
    to: usize,
    room: u32,
    cost: i64,
}

/// Arcs in pairs: each even one is followed by its way back.
#[derive(Default)]
struct Flow {
    arcs: Vec<Arc>,
    from: Vec<Vec<usize>>,
}

/// What the cheapest assignment costs of a problem in which nothing is locked or withdrawn.
pub(crate) fn cheapest(problem: &Problem) -> u64 {
    let (requests, volunteers) = (problem.requests(), problem.volunteers());
    let (source, sink) = (requests + volunteers, requests + volunteers + 1);
    let mut flow = Flow { arcs: Vec::new(), from: vec![Vec::new(); sink + 1] };
    for (number, request) in (0_u32..).zip(0..requests) {
        flow.join(source, request, 0);
        flow.join(request, sink, problem.open_cost(number).expect("a request"));
        for way in problem.ways(number) {
            flow.join(request, requests + way.volunteer as usize, way.cost);
        }
    }
    for (number, volunteer) in (0_u32..).zip(0..volunteers) {
        for step in problem.all_steps(number) {
            flow.join(requests + volunteer, sink, *step);
        }
    }
    let total: i64 = (0..requests).map(|_| flow.send_one(source, sink)).sum();
    u64::try_from(total).expect("no cost is negative")
}

impl Flow {
    fn join(&mut self, from: usize, to: usize, cost: u32) {
        for (from, to, room, cost) in [(from, to, 1, i64::from(cost)), (to, from, 0, -i64::from(cost))] {
            self.from[from].push(self.arcs.len());
            self.arcs.push(Arc { to, room, cost });
        }
    }

    fn send_one(&mut self, source: usize, sink: usize) -> i64 {
        let mut cost = vec![i64::MAX; self.from.len()];
        let mut by = vec![usize::MAX; self.from.len()];
        let mut queue = std::collections::VecDeque::from([source]);
        cost[source] = 0;
        while let Some(here) = queue.pop_front() {
            for arc in &self.from[here] {
                let Arc { to, room, cost: further } = self.arcs[*arc];
                if room > 0 && cost[here] + further < cost[to] {
                    cost[to] = cost[here] + further;
                    by[to] = *arc;
                    queue.push_back(to);
                }
            }
        }
        let mut at = sink;
        while at != source {
            let arc = by[at];
            self.arcs[arc].room -= 1;
            self.arcs[arc ^ 1].room += 1;
            at = self.arcs[arc ^ 1].to;
        }
        cost[sink]
    }
}
