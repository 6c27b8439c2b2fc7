//! A plan: who does what, what that comes to, and how far from the best it can be at most.

use serde::{Deserialize, Serialize};

use super::edits::Edits;
use super::left_over::{LeftOver, left_over};
use super::snapshot::{Scope, Snapshot, Wanted, Way};
use super::waits::Waits;
use crate::id::{RequestId, SnapshotId, VolunteerId};
use crate::matching::assignment::{self, Answer, Draft, Finish, Place};
use crate::place::Seconds;

const ONE: std::num::NonZeroUsize = std::num::NonZeroUsize::MIN;

/// A proposal: nothing of it has happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Which state of the world it saw.
    pub snapshot: SnapshotId,
    /// What was wanted otherwise.
    pub edits: Edits,
    /// Everybody who has something to do, by id.
    pub lists: Vec<TaskList>,
    /// What is left over, and why.
    pub left_over: Vec<LeftOver>,
    /// What it comes to.
    pub totals: Totals,
    /// How long all of the requests have waited.
    pub before: Waits,
    /// How long those have waited that are left over.
    pub after: Waits,
    /// How far from the best it can be.
    pub gap: Gap,
    /// From where the next plan of the same snapshot goes on.
    pub settled: Settled,
}

/// What one volunteer is to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskList {
    /// Who.
    pub volunteer: VolunteerId,
    /// Whoever has waited longest first.
    pub tasks: Vec<Task>,
}

/// A request in somebody's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Which.
    pub request: RequestId,
    /// How long the way takes; none when nobody has to go.
    pub travel: Option<Seconds>,
    /// Whether a coordinator wanted it so.
    pub is_locked: bool,
}

/// What a plan comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Requests that were to be planned.
    pub requests: u32,
    /// Those that somebody is to do.
    pub assigned: u32,
    /// Volunteers who had room.
    pub volunteers: u32,
    /// Those who have something to do.
    pub busy: u32,
    /// The most that one of them has.
    pub most_tasks: u32,
    /// All ways together, in seconds.
    pub travel_s: u64,
    /// The longest way.
    pub longest_way: Seconds,
}

/// How far from the best a plan can be at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// What it costs, in seconds of travel: ways, further tasks, requests left open.
    pub cost: u64,
    /// No plan with these edits costs less.
    pub bound: u64,
    /// The difference, in millionths of the cost.
    pub millionths: u32,
    /// Among whom nothing is cheaper. With edits, those who are named as ways.
    pub scope: Scope,
}

/// Where each request is and what each volunteer is paid on top, by their places in the snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Settled {
    places: Vec<Option<u32>>,
    prices: Vec<u32>,
}

impl Plan {
    /// The best that this snapshot allows with these edits, from scratch or from where another plan of it was. Where
    /// several are equally good, it may matter from where.
    #[must_use]
    pub fn of(snapshot: &Snapshot, edits: Edits, from: Option<&Settled>) -> Self {
        let problem = snapshot.problem(|request, volunteer| edits.is_forbidden(request, volunteer));
        let mut draft = match from {
            Some(settled) => Draft::resumed(problem, &settled.places, &settled.prices),
            None => Draft::of(problem, Finish::Exact, ONE),
        };
        for (number, wanted) in (0..).zip(&snapshot.requests) {
            // Edits are checked when they are made; what does not fit is not done, and is left over.
            if edits.is_dropped(wanted.request) {
                let _ = draft.withdraw(number);
            } else if let Some(way) = locked_way(snapshot, &edits, wanted) {
                let _ = draft.lock(number, assignment::Way { volunteer: way.volunteer, cost: way.cost });
            }
        }
        draft.settle();
        Self::told(snapshot, edits, &draft.answer())
    }

    fn told(snapshot: &Snapshot, edits: Edits, answer: &Answer) -> Self {
        let by_volunteer = answer.by_volunteer();
        let tasks: Vec<usize> = by_volunteer.iter().map(Vec::len).collect();
        let mut lists: Vec<TaskList> = (0..)
            .zip(by_volunteer)
            .filter_map(|(number, requests)| list(snapshot, &edits, number, &requests))
            .collect();
        lists.sort_unstable_by_key(|list| list.volunteer);
        let open = || {
            let places = snapshot.requests.iter().zip(&answer.places);
            places.filter(|(_, place)| !matches!(place, Place::With(_))).map(|(wanted, _)| wanted)
        };
        Self {
            snapshot: snapshot.id,
            left_over: left_over(open(), snapshot, &edits, &tasks),
            totals: Totals::of(snapshot, &lists),
            before: Waits::of(snapshot.requests.iter(), snapshot.now),
            after: Waits::of(open(), snapshot.now),
            gap: Gap::of(answer, if edits.is_empty() { snapshot.scope } else { Scope::Named }),
            settled: Settled::of(answer),
            edits,
            lists,
        }
    }

    /// Every request that somebody is to do, and who.
    pub fn tasks(&self) -> impl Iterator<Item = (RequestId, VolunteerId)> {
        self.lists.iter().flat_map(|list| list.tasks.iter().map(|task| (task.request, list.volunteer)))
    }
}

fn locked_way<'s>(snapshot: &Snapshot, edits: &Edits, wanted: &'s Wanted) -> Option<&'s Way> {
    let volunteer = edits.locked(wanted.request)?;
    wanted.ways.iter().find(|way| {
        let ready = snapshot.volunteers.get(way.volunteer as usize);
        ready.is_some_and(|ready| ready.volunteer == volunteer)
    })
}

fn list(snapshot: &Snapshot, edits: &Edits, number: u32, requests: &[u32]) -> Option<TaskList> {
    let volunteer = snapshot.volunteers.get(number as usize)?.volunteer;
    let mut wanted: Vec<&Wanted> =
        requests.iter().filter_map(|request| snapshot.requests.get(*request as usize)).collect();
    wanted.sort_unstable_by_key(|wanted| (wanted.opened_at, wanted.request));
    let tasks: Vec<Task> = wanted
        .into_iter()
        .map(|wanted| Task {
            request: wanted.request,
            travel: wanted.ways.iter().find(|way| way.volunteer == number).and_then(|way| way.travel),
            is_locked: edits.locked(wanted.request).is_some(),
        })
        .collect();
    (!tasks.is_empty()).then_some(TaskList { volunteer, tasks })
}

impl Totals {
    fn of(snapshot: &Snapshot, lists: &[TaskList]) -> Self {
        let small = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
        let ways = || lists.iter().flat_map(|list| &list.tasks).filter_map(|task| task.travel);
        Self {
            requests: small(snapshot.requests.len()),
            assigned: small(lists.iter().map(|list| list.tasks.len()).sum()),
            volunteers: small(snapshot.volunteers.len()),
            busy: small(lists.len()),
            most_tasks: small(lists.iter().map(|list| list.tasks.len()).max().unwrap_or(0)),
            travel_s: ways().map(|way| u64::from(way.get())).sum(),
            longest_way: ways().max().unwrap_or_default(),
        }
    }
}

impl Gap {
    fn of(answer: &Answer, scope: Scope) -> Self {
        let apart = u128::from(answer.cost.saturating_sub(answer.bound)) * 1_000_000;
        let millionths = apart.div_ceil(u128::from(answer.cost.max(1)));
        Self {
            cost: answer.cost,
            bound: answer.bound,
            millionths: u32::try_from(millionths).unwrap_or(u32::MAX),
            scope,
        }
    }
}

impl Settled {
    fn of(answer: &Answer) -> Self {
        let places = answer.places.iter().map(|place| match place {
            Place::With(volunteer) => Some(*volunteer),
            Place::Open | Place::Gone => None,
        });
        Self { places: places.collect(), prices: answer.prices.clone() }
    }
}
