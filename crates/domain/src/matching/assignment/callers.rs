//! Which requests have a way to a volunteer: the ways of a problem, read from the other end.

use std::collections::BTreeMap;

use super::market::numbers;
use super::problem::Problem;

/// A request that has a way to a volunteer, and its cost.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Caller {
    pub(super) request: u32,
    pub(super) cost: i32,
}

/// The ways by volunteer. What was changed since they were drawn up is beside them.
#[derive(Debug, Clone, Default)]
pub(super) struct Callers {
    first: Vec<u32>,
    all: Vec<Caller>,
    later: BTreeMap<u32, Vec<(Caller, u32)>>,
    /// Which change of each request was the last; nought for those that stand as they were drawn up.
    last_change: Vec<u32>,
    changes: u32,
}

impl Callers {
    pub(super) fn of(problem: &Problem) -> Self {
        let mut first = vec![0_u32; problem.volunteers() + 2];
        for way in numbers(problem.requests()).flat_map(|request| problem.ways(request)) {
            // Counted two places on, so that after the summing up the next place is where filling begins.
            if let Some(count) = first.get_mut(way.volunteer as usize + 2) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for count in &mut first {
            sum += *count;
            *count = sum;
        }
        let mut all = vec![Caller::default(); sum as usize];
        for request in numbers(problem.requests()) {
            for way in problem.ways(request) {
                let Some(next) = first.get_mut(way.volunteer as usize + 1) else { continue };
                if let Some(place) = all.get_mut(*next as usize) {
                    *place = Caller { request, cost: way.signed() };
                }
                *next += 1;
            }
        }
        let last_change = vec![0; problem.requests()];
        Self { first, all, later: BTreeMap::new(), last_change, changes: 0 }
    }

    /// The ways of this request are others now.
    pub(super) fn change(&mut self, problem: &Problem, request: u32) {
        self.changes += 1;
        if self.last_change.len() <= request as usize {
            self.last_change.resize(request as usize + 1, 0);
        }
        if let Some(last) = self.last_change.get_mut(request as usize) {
            *last = self.changes;
        }
        for way in problem.ways(request) {
            let caller = Caller { request, cost: way.signed() };
            self.later.entry(way.volunteer).or_default().push((caller, self.changes));
        }
    }

    /// How many changes are kept beside.
    pub(super) const fn changes(&self) -> usize {
        self.changes as usize
    }

    /// The requests that have a way to this volunteer.
    pub(super) fn to(&self, volunteer: u32) -> impl Iterator<Item = Caller> {
        let bound = |at: usize| self.first.get(at).map_or(0, |first| *first as usize);
        let drawn = self.all.get(bound(volunteer as usize)..bound(volunteer as usize + 1));
        let drawn = drawn.unwrap_or_default().iter().map(|caller| (*caller, 0));
        let later = self.later.get(&volunteer).into_iter().flatten().copied();
        let stands = move |(caller, change): &(Caller, u32)| self.last_change_of(caller.request) == *change;
        drawn.chain(later).filter(stands).map(|(caller, _)| caller)
    }

    fn last_change_of(&self, request: u32) -> u32 {
        self.last_change.get(request as usize).copied().unwrap_or(0)
    }
}
