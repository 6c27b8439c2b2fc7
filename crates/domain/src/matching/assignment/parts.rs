//! Parts of a problem that have nothing to do with each other, assigned side by side.
//!
//! Whoever is in one part is never looked at from another, and the order within a part is that of the whole:
//! so the answer is the same on however many threads.

use std::num::NonZeroUsize;
use std::sync::Mutex;

use super::draft::{Draft, Finish};
use super::market::{Market, NOBODY, OPEN, numbers};
use super::problem::{Problem, Way, Wish};

/// Small parts are put together until they have so many requests: a thread should not come for less.
const WORTH_A_TURN: usize = 4_000;

/// Requests and volunteers of a few whole parts, in the order of their numbers.
#[derive(Debug, Default)]
struct Batch {
    requests: Vec<u32>,
    volunteers: Vec<u32>,
}

/// As [`Draft::of`], on several threads.
pub(super) fn assign(problem: Problem, finish: Finish, increment: u32, threads: NonZeroUsize) -> Draft {
    let batches = batches(&problem);
    let mut whole = Market::open(problem);
    let done = Mutex::new(Vec::new());
    let left = Mutex::new(batches.iter());
    let take = || left.lock().ok().and_then(|mut left| left.next());
    std::thread::scope(|scope| {
        for _ in 0..threads.get().min(batches.len()) {
            scope.spawn(|| {
                while let Some(batch) = take() {
                    let part = cut_out(&whole.problem, batch);
                    let draft = part.map(|part| Draft::drawn_up(part, finish, increment));
                    if let (Some(draft), Ok(mut done)) = (draft, done.lock()) {
                        done.push((batch, draft.market));
                    }
                }
            });
        }
    });
    for (batch, part) in done.into_inner().unwrap_or_default() {
        bring_home(&mut whole, batch, &part);
    }
    let mut draft = Draft::unsettled(whole);
    draft.make_ready(finish);
    draft
}

fn batches(problem: &Problem) -> Vec<Batch> {
    let mut groups = Groups::of(problem);
    let rooms = problem.volunteers();
    let mut requests_in = vec![0_usize; rooms];
    for request in numbers(problem.requests()) {
        if let Some(group) = groups.of_request(problem, request)
            && let Some(count) = requests_in.get_mut(group as usize)
        {
            *count += 1;
        }
    }
    // Which batch a group belongs to, the groups in order.
    let (mut batch_of, mut batch, mut size) = (vec![0_usize; rooms], 0, 0);
    for (group, requests) in requests_in.iter().enumerate() {
        if let Some(place) = batch_of.get_mut(group) {
            *place = batch;
        }
        size += requests;
        if size >= WORTH_A_TURN {
            (batch, size) = (batch + 1, 0);
        }
    }
    let mut batches: Vec<Batch> = (0..=batch).map(|_| Batch::default()).collect();
    let batch_at = |group: u32| batch_of.get(group as usize).copied().unwrap_or(0);
    for volunteer in numbers(rooms) {
        let at = batch_at(groups.root(volunteer));
        batches.get_mut(at).into_iter().for_each(|batch| batch.volunteers.push(volunteer));
    }
    for request in numbers(problem.requests()) {
        let at = groups.of_request(problem, request).map_or(0, batch_at);
        batches.get_mut(at).into_iter().for_each(|batch| batch.requests.push(request));
    }
    // The largest first, so that nobody waits for it at the end.
    batches.sort_by_key(|batch| std::cmp::Reverse(batch.requests.len()));
    batches
}

/// The same requests and volunteers, numbered anew. What is locked is left out: it is in the whole already.
fn cut_out(problem: &Problem, batch: &Batch) -> Option<Problem> {
    let ways = batch.requests.iter().map(|request| problem.ways(*request).len()).sum();
    let mut part = Problem::with_capacity(batch.requests.len(), ways, batch.volunteers.len());
    for volunteer in &batch.volunteers {
        part.add_volunteer(problem.free_steps(*volunteer)).ok()?;
    }
    let mut number = vec![0; problem.volunteers()];
    for (new, old) in (0..).zip(&batch.volunteers) {
        *number.get_mut(*old as usize)? = new;
    }
    let mut ways = Vec::new();
    for request in &batch.requests {
        ways.clear();
        for way in problem.ways(*request) {
            ways.push(Way { volunteer: *number.get(way.volunteer as usize)?, cost: way.cost });
        }
        let new = part.add_request(problem.open_cost(*request)?, &ways).ok()?;
        if problem.is_gone(*request) || problem.locked(*request).is_some() {
            part.set_wish(new, Wish::Gone);
        }
    }
    Some(part)
}

fn bring_home(whole: &mut Market, batch: &Batch, part: &Market) {
    for (new, old) in (0..).zip(&batch.volunteers) {
        whole.set_price(*old, part.stall(new).price);
        for held in part.held_by(new) {
            let request = batch.requests.get(*held as usize).copied().unwrap_or(NOBODY);
            whole.join(request, *old);
        }
    }
    for (new, old) in (0..).zip(&batch.requests) {
        if part.seat(new).at == OPEN {
            whole.leave_open(*old);
        }
    }
}

/// Volunteers who are tied together by some request, by their least number (union and find: Galler and
/// Fischer, 1964).
struct Groups {
    parent: Vec<u32>,
}

impl Groups {
    fn of(problem: &Problem) -> Self {
        let mut groups = Self { parent: numbers(problem.volunteers()).collect() };
        for request in numbers(problem.requests()) {
            if let Some((first, others)) = problem.ways(request).split_first() {
                for other in others {
                    groups.join(first.volunteer, other.volunteer);
                }
            }
        }
        groups
    }

    fn of_request(&mut self, problem: &Problem, request: u32) -> Option<u32> {
        let first = problem.ways(request).first()?;
        Some(self.root(first.volunteer))
    }

    fn root(&mut self, mut volunteer: u32) -> u32 {
        loop {
            let parent = self.parent_of(volunteer);
            if parent == volunteer {
                return volunteer;
            }
            let above = self.parent_of(parent);
            if let Some(place) = self.parent.get_mut(volunteer as usize) {
                *place = above;
            }
            volunteer = above;
        }
    }

    fn parent_of(&self, volunteer: u32) -> u32 {
        self.parent.get(volunteer as usize).copied().unwrap_or(volunteer)
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        let (least, other) = (a.min(b), a.max(b));
        if let Some(place) = self.parent.get_mut(other as usize) {
            *place = least;
        }
    }
}
