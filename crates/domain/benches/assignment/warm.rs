//! A draft that was settled, with a hundredth of it changed, and settled again.

use domain::matching::assignment::{Draft, Scout, Way, verify};

use crate::crowd::{Chance, SEED};
use crate::instance::{Candidates, Instance, OPEN, Scene, ways_to};
use crate::line::Line;
use crate::measure::once;

pub(crate) fn lines(instance: &Instance, scene: &Scene, candidates: &Candidates, draft: &Draft) -> Vec<Line> {
    let again = |question, change: &dyn Fn(&mut Draft)| {
        let mut draft = draft.clone();
        let ((), time) = once(|| {
            change(&mut draft);
            draft.settle();
        });
        let answer = draft.answer();
        let proven = verify(draft.problem(), &answer);
        Line::new(question, "ours", time, answer.cost)
            .holding(proven.is_ok_and(|proven| proven.cost == proven.bound))
    };
    vec![
        again("again, 1 % other requests", &|draft| other_requests(draft, instance, scene, candidates)),
        again("again, 1 % other volunteers' room", &|draft| other_rooms(draft, instance)),
        again("again, 1 % other costs", &other_costs),
    ]
}

/// Some go, as many come from elsewhere; who is near those is asked as well.
fn other_requests(draft: &mut Draft, instance: &Instance, scene: &Scene, candidates: &Candidates) {
    let (mut scout, mut ways) = (Scout::new(instance.listed), Vec::new());
    for (request, place) in some(draft.problem().requests(), 1).zip(&scene.later) {
        ways_to(&candidates.grounds, &mut scout, *place, &mut ways);
        must(draft.change_request(request, OPEN, &ways));
    }
}

/// Half of them are not there any more, the others have room for one less.
fn other_rooms(draft: &mut Draft, instance: &Instance) {
    let less = vec![0; instance.room - 1];
    for volunteer in some(draft.problem().volunteers(), 2) {
        must(draft.change_room(volunteer, if volunteer.is_multiple_of(2) { &[] } else { &less }));
    }
}

/// Every way of some is dearer or cheaper by up to a fifth.
fn other_costs(draft: &mut Draft) {
    let mut chance = Chance::new(SEED ^ 3);
    for request in some(draft.problem().requests(), 3) {
        let ways = draft.problem().ways(request).iter();
        let ways: Vec<Way> =
            ways.map(|way| Way { cost: way.cost * (80 + chance.below(41)) / 100, ..*way }).collect();
        must(draft.change_request(request, OPEN, &ways));
    }
}

/// A hundredth of so many numbers, by chance and in order.
fn some(many: usize, seed: u64) -> impl Iterator<Item = u32> {
    let mut chance = Chance::new(SEED ^ seed);
    let mut numbers: Vec<u32> =
        (0..many / 100).map(|_| chance.below(u32::try_from(many).unwrap_or(u32::MAX))).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter()
}

fn must<E>(done: Result<(), E>) {
    let Ok(()) = done else { unreachable!("nothing is locked, everybody is known") };
}
