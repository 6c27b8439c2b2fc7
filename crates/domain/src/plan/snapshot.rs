//! All that a plan may know: it is kept with the plan, which can be made again from it.

use serde::{Deserialize, Serialize};

use crate::Moment;
use crate::id::{RequestId, SnapshotId, VolunteerId};
use crate::matching::Refusal;
use crate::matching::assignment::{self, Problem};
use crate::place::Seconds;

/// All that a plan may know. No door, no name, no place: ways are told by their length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Which state of the world it is.
    pub id: SnapshotId,
    /// The moment for which it is planned.
    pub now: Moment,
    /// What is to be served.
    pub requests: Vec<Wanted>,
    /// Who has room for a task.
    pub volunteers: Vec<Ready>,
    /// Whether somebody who is not named as a way of a request could still be cheaper.
    pub scope: Scope,
}

/// A request that is to be served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Which.
    pub request: RequestId,
    /// When it was first opened.
    pub opened_at: Moment,
    /// What it costs to leave it open, in seconds of travel.
    pub open_cost: u32,
    /// Whether its window is over: then nobody is sent.
    pub is_over: bool,
    /// Who could serve it.
    pub ways: Vec<Way>,
    /// Where nobody may: how many volunteers each rule refuses first, in the order of the rules.
    pub refused: Vec<Refused>,
}

/// A volunteer who may serve a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// By the place among the volunteers of the snapshot.
    pub volunteer: u32,
    /// What it costs, in seconds of travel; tasks in hand are in the volunteer's steps.
    pub cost: u32,
    /// How long the way takes; none when nobody has to go.
    pub travel: Option<Seconds>,
}

/// How many volunteers a rule refuses first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The rule, by the name of its refusal.
    pub rule: Refusal,
    /// How many of the request's campaign.
    pub volunteers: u32,
}

/// A volunteer who has room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// Who.
    pub volunteer: VolunteerId,
    /// What each further task costs on top, for as many as they have room for.
    pub steps: Vec<u32>,
}

/// Among whom nothing is cheaper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everyone who may.
    Everyone,
    /// Those who are named as ways.
    Named,
}

impl Snapshot {
    /// Where a request is in it.
    #[must_use]
    pub fn wanted(&self, request: RequestId) -> Option<(u32, &Wanted)> {
        (0..).zip(&self.requests).find(|(_, wanted)| wanted.request == request)
    }

    /// Where a volunteer is in it.
    #[must_use]
    pub fn ready(&self, volunteer: VolunteerId) -> Option<(u32, &Ready)> {
        (0..).zip(&self.volunteers).find(|(_, ready)| ready.volunteer == volunteer)
    }

    /// As the solver takes it, without those ways that are forbidden. A snapshot that was tampered with so that it makes
    /// no sense is a smaller problem.
    pub(super) fn problem(&self, is_forbidden: impl Fn(RequestId, VolunteerId) -> bool) -> Problem {
        let ways = self.requests.iter().map(|wanted| wanted.ways.len()).sum();
        let mut problem = Problem::with_capacity(self.requests.len(), ways, self.volunteers.len());
        for ready in &self.volunteers {
            if problem.add_volunteer(&ready.steps).is_err() && problem.add_volunteer(&[]).is_err() {
                return problem;
            }
        }
        let mut ways = Vec::new();
        for wanted in &self.requests {
            ways.clear();
            let known = wanted.ways.iter().filter(|way| {
                let ready = self.volunteers.get(way.volunteer as usize);
                ready.is_some_and(|ready| !is_forbidden(wanted.request, ready.volunteer))
            });
            ways.extend(known.map(|way| assignment::Way { volunteer: way.volunteer, cost: way.cost }));
            if problem.add_request(wanted.open_cost, &ways).is_err() && problem.add_request(0, &[]).is_err() {
                return problem;
            }
        }
        problem
    }
}
