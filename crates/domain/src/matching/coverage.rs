//! Covers as many requests as can be covered at once, by volunteers who are told of one after the other.
//!
//! A volunteer who finds all they reach taken asks those who took it to take something else instead, and
//! those ask on: an augmenting path (Berge, 1957). What such a search reached in vain stays out of reach
//! of everybody who comes later, so nothing is looked at in vain twice; and whoever covers nothing after
//! their turn never will, so only those are remembered who do.

/// Who covers what so far. Requests are numbered from nought.
#[derive(Debug, Clone, Default)]
pub(super) struct Coverage {
    requests: Vec<Covered>,
    open: usize,
    /// What each volunteer reaches who covers anything.
    reaches: Vec<Vec<usize>>,
    search: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Covered {
    by: Option<usize>,
    /// The last search that came by, or one that is never made.
    reached_in: u64,
}

/// A mark of what can never be had.
const NEVER: u64 = u64::MAX;

/// A request that a search came to.
#[derive(Debug, Clone, Copy)]
struct Step {
    request: usize,
    /// Who would take it.
    taker: usize,
    /// What they would give up for it, by its place in the search.
    instead_of: Option<usize>,
}

impl Coverage {
    pub(super) fn of(requests: usize) -> Self {
        Self { requests: vec![Covered::default(); requests], open: requests, ..Self::default() }
    }

    /// Whether nothing is left to be covered.
    pub(super) const fn is_whole(&self) -> bool {
        self.open == 0
    }

    pub(super) fn covers(&self, request: usize) -> bool {
        self.holder(request).is_some()
    }

    /// Another volunteer, who reaches these and has room for so many.
    pub(super) fn add(&mut self, reaches: Vec<usize>, room: u32) {
        let volunteer = self.reaches.len();
        self.reaches.push(reaches);
        let takes = (0..room).take_while(|_| self.cover_one_more(volunteer)).count();
        if takes == 0 {
            self.reaches.pop();
        }
    }

    fn cover_one_more(&mut self, volunteer: usize) -> bool {
        self.search += 1;
        let (mut steps, mut next) = (Vec::new(), 0);
        self.look_around(volunteer, None, &mut steps);
        while let Some(step) = steps.get(next).copied() {
            let Some(holder) = self.holder(step.request) else {
                self.take(&steps, step);
                return true;
            };
            self.look_around(holder, Some(next), &mut steps);
            next += 1;
        }
        for step in steps {
            if let Some(covered) = self.requests.get_mut(step.request) {
                covered.reached_in = NEVER;
            }
        }
        false
    }

    /// What somebody could take instead of something, as far as this search did not come by yet.
    fn look_around(&mut self, taker: usize, instead_of: Option<usize>, steps: &mut Vec<Step>) {
        for request in self.reaches.get(taker).into_iter().flatten().copied() {
            let Some(covered) = self.requests.get_mut(request) else { continue };
            if covered.reached_in != NEVER && covered.reached_in != self.search {
                covered.reached_in = self.search;
                steps.push(Step { request, taker, instead_of });
            }
        }
    }

    fn take(&mut self, steps: &[Step], last: Step) {
        self.open -= 1;
        let mut step = Some(last);
        while let Some(Step { request, taker, instead_of }) = step {
            if let Some(covered) = self.requests.get_mut(request) {
                covered.by = Some(taker);
            }
            step = instead_of.and_then(|before| steps.get(before).copied());
        }
    }

    fn holder(&self, request: usize) -> Option<usize> {
        self.requests.get(request).and_then(|covered| covered.by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn covered(requests: usize, volunteers: &[(Vec<usize>, u32)]) -> usize {
        let mut coverage = Coverage::of(requests);
        for (reaches, room) in volunteers {
            coverage.add(reaches.clone(), *room);
        }
        let covered = (0..requests).filter(|request| coverage.covers(*request)).count();
        assert_eq!(coverage.is_whole(), covered == requests);
        for (holder, reaches) in coverage.reaches.iter().enumerate() {
            let held = (0..requests).filter(|request| coverage.holder(*request) == Some(holder));
            assert!(held.into_iter().all(|request| reaches.contains(&request)), "taken out of reach");
        }
        covered
    }

    /// Every way to give each request to somebody with room, or to nobody.
    fn by_trying_everything(requests: &[usize], volunteers: &mut [(Vec<usize>, u32)]) -> usize {
        let Some((request, others)) = requests.split_first() else { return 0 };
        let mut best = by_trying_everything(others, volunteers);
        for n in 0..volunteers.len() {
            if volunteers[n].1 > 0 && volunteers[n].0.contains(request) {
                volunteers[n].1 -= 1;
                best = best.max(1 + by_trying_everything(others, volunteers));
                volunteers[n].1 += 1;
            }
        }
        best
    }

    #[test]
    fn whoever_comes_late_is_made_room_for() {
        // The first takes 0, which is all that the second reaches.
        assert_eq!(covered(2, &[(vec![0, 1], 1), (vec![0], 1)]), 2);
        // Along a chain of three.
        assert_eq!(covered(3, &[(vec![0, 1], 1), (vec![1, 2], 1), (vec![0], 1)]), 3);
    }

    #[test]
    fn room_is_counted_once() {
        assert_eq!(covered(3, &[(vec![0, 1, 2], 2)]), 2);
        assert_eq!(covered(3, &[(vec![0, 1, 2], 0)]), 0);
        assert_eq!(covered(3, &[(vec![0, 1, 2], 9)]), 3);
    }

    proptest! {
        #[test]
        fn nobody_could_cover_more(
            requests in 0_usize..7,
            volunteers in proptest::collection::vec(
                (proptest::collection::btree_set(0_usize..6, 0..5), 0_u32..3), 0..6,
            ),
        ) {
            let mut volunteers: Vec<(Vec<usize>, u32)> = volunteers
                .into_iter()
                .map(|(reaches, room)| (reaches.into_iter().filter(|reached| *reached < requests).collect(), room))
                .collect();
            let all: Vec<usize> = (0..requests).collect();
            let best = by_trying_everything(&all, &mut volunteers.clone());
            prop_assert_eq!(covered(requests, &volunteers), best);
            volunteers.reverse();
            prop_assert_eq!(covered(requests, &volunteers), best);
        }
    }
}
