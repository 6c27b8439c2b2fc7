//! The instances: how many of whom, where, with room for how many, and the candidates of each request.

use domain::matching::assignment::{Grounds, Problem, Scout, Way, along_the_curve};
use domain::place::Position;

use crate::layout::Layout;

/// What leaving a request open costs: twenty kilometres.
pub(crate) const OPEN: u32 = 200_000;

/// One size of one layout.
pub(crate) struct Instance {
    pub(crate) name: String,
    layout: Layout,
    requests: usize,
    volunteers: usize,
    pub(crate) room: usize,
    pub(crate) listed: usize,
}

/// Where everybody is.
pub(crate) struct Scene {
    /// In the order in which they came.
    pub(crate) requests: Vec<Position>,
    volunteers: Vec<Position>,
    /// Where those are that come later.
    pub(crate) later: Vec<Position>,
}

/// Who could do what.
pub(crate) struct Candidates {
    pub(crate) grounds: Grounds,
    pub(crate) problem: Problem,
    /// Which request of the scene each of the problem is.
    pub(crate) order: Vec<u32>,
}

impl Instance {
    pub(crate) fn all(is_quick: bool) -> Vec<Self> {
        let quick = [(1_000, 1_000, 1, 20), (1_750, 500, 4, 16)];
        let sizes = [
            (10_000, 10_000, 1, 20),
            (100_000, 50_000, 3, 20),
            (100_000, 100_000, 4, 16),
            (200_000, 100_000, 4, 16),
            (350_000, 100_000, 4, 16),
            (380_000, 100_000, 4, 16),
        ];
        let sizes = if is_quick { &quick[..] } else { &sizes[..] };
        let of = |layout| sizes.iter().map(move |size| Self::new(layout, *size));
        [Layout::National, Layout::Metropolis].into_iter().flat_map(of).collect()
    }

    fn new(layout: Layout, (requests, volunteers, room, listed): (usize, usize, usize, usize)) -> Self {
        let used = 100.0 * requests as f64 / (volunteers * room) as f64;
        let name = format!("{} {requests}:{volunteers}x{room} k{listed} {used:.0}%", layout.name());
        Self { name, layout, requests, volunteers, room, listed }
    }

    pub(crate) fn scene(&self) -> Scene {
        let [volunteers, requests, later] =
            self.layout.places([self.volunteers, self.requests, self.requests / 100]);
        let in_order = along_the_curve(&later);
        let later = in_order.iter().filter_map(|number| later.get(*number as usize)).copied().collect();
        Scene { requests, volunteers, later }
    }
}

impl Scene {
    /// Packing the volunteers, sorting the requests, asking who is near and writing it down.
    pub(crate) fn candidates(&self, instance: &Instance) -> Candidates {
        let grounds = Grounds::of(&self.volunteers);
        let order = along_the_curve(&self.requests);
        let listed = instance.listed;
        let mut problem =
            Problem::with_capacity(self.requests.len(), self.requests.len() * listed, self.volunteers.len());
        let steps = vec![0; instance.room];
        for _ in &self.volunteers {
            let Ok(_) = problem.add_volunteer(&steps) else { unreachable!("steps of nought do not shrink") };
        }
        let (mut scout, mut ways) = (Scout::new(listed), Vec::with_capacity(listed));
        for place in order.iter().filter_map(|request| self.requests.get(*request as usize)) {
            ways_to(&grounds, &mut scout, *place, &mut ways);
            let Ok(_) = problem.add_request(OPEN, &ways) else { unreachable!("all of them are known") };
        }
        Candidates { grounds, problem, order }
    }
}

/// The nearest, as ways.
pub(crate) fn ways_to(grounds: &Grounds, scout: &mut Scout, place: Position, ways: &mut Vec<Way>) {
    let found = scout.nearest(grounds, place, |_| true);
    ways.clear();
    ways.extend(found.iter().map(|near| Way { volunteer: near.row(), cost: near.decimetres() }));
}
