//! What somebody would do without a solver.

use domain::matching::assignment::{Grounds, Problem, Scout};

use crate::instance::{Instance, OPEN, Scene};

/// Every request in turn to the nearest volunteer who has room, among all of them: the fair greedy.
pub(crate) fn nearest_free(scene: &Scene, grounds: &Grounds, instance: &Instance) -> u64 {
    let mut room = vec![instance.room; grounds.rows().len()];
    let mut scout = Scout::new(1);
    let mut cost = 0;
    for place in &scene.requests {
        let free = |row: u32| room.get(row as usize).is_some_and(|room| *room > 0);
        let found = scout.nearest(grounds, *place, free).first().copied();
        let Some(near) = found.filter(|near| near.decimetres() < OPEN) else {
            cost += u64::from(OPEN);
            continue;
        };
        cost += u64::from(near.decimetres());
        if let Some(room) = room.get_mut(near.row() as usize) {
            *room -= 1;
        }
    }
    cost
}

/// The shortest of all listed ways first, as long as there is room.
pub(crate) fn shortest_first(problem: &Problem, instance: &Instance) -> u64 {
    let requests = 0..u32::try_from(problem.requests()).unwrap_or(u32::MAX);
    let mut ways: Vec<_> = requests
        .flat_map(|request| problem.ways(request).iter().map(move |way| (way.cost, request, way.volunteer)))
        .collect();
    ways.sort_unstable();
    let mut room = vec![instance.room; problem.volunteers()];
    let mut waits = vec![true; problem.requests()];
    let mut cost = 0;
    for (way, request, volunteer) in ways {
        let (Some(waits), Some(room)) = (waits.get_mut(request as usize), room.get_mut(volunteer as usize))
        else {
            continue;
        };
        if *waits && *room > 0 {
            (*waits, *room, cost) = (false, *room - 1, cost + u64::from(way));
        }
    }
    cost + waits.iter().filter(|waits| **waits).count() as u64 * u64::from(OPEN)
}
