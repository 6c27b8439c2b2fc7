//! All that one decision about one request may know. It is kept with the decision, which can be computed again.

use serde::{Deserialize, Serialize};

use super::acceptance::{Delays, Facts, Parts};
use super::{Ageing, Chance, DispatchPolicy, ageing};
use crate::Moment;
use crate::id::VolunteerId;
use crate::words::Urgency;

/// All that one decision about one request may know. No door, no name, no place: the way is told by its length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The moment of the decision.
    pub now: Moment,
    /// When the request was first opened.
    pub opened_at: Moment,
    /// When its window ends.
    pub window_end: Option<Moment>,
    /// How soon help is needed.
    pub urgency: Urgency,
    /// How many waves went out.
    pub waves: u32,
    /// When the last one did.
    pub last_wave_at: Option<Moment>,
    /// Offers that may still be accepted.
    pub outstanding: Vec<Outstanding>,
    /// Those whom the rules admit, whom the budget has room for, and who were not asked yet.
    pub prospects: Vec<Prospect>,
    /// Whether more would be prospects later: their budget is used up, or they are busy, for now.
    pub others_later: u32,
    /// The part of their budgets that those near by have used, asked for this request or not.
    pub used: Chance,
    /// How soon answers come.
    pub delays: Delays,
}

/// An offer that may still be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outstanding {
    /// The chance that it would ever be, when it was made.
    pub chance: Chance,
    /// When it was made.
    pub sent_at: Moment,
}

/// A volunteer who could be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prospect {
    /// Who.
    pub volunteer: VolunteerId,
    /// What is known of them and this request.
    pub facts: Facts,
    /// How likely they accept, by its parts.
    pub parts: Parts,
    /// How long they have been without an offer or a task, in seconds; four weeks at most.
    pub idle_s: u32,
    /// Their tasks of the last four weeks.
    pub recent_tasks: u32,
    /// How long it is quiet with them still, in seconds.
    pub quiet_for_s: u32,
}

impl Snapshot {
    /// How far the request is on its way to a coordinator.
    #[must_use]
    pub fn ageing(&self, policy: &DispatchPolicy) -> Ageing {
        ageing(policy, self.opened_at, self.window_end, self.now)
    }

    /// The chance that one of the outstanding offers is accepted within so many seconds from now, given that none was.
    #[must_use]
    pub fn still_accepted(&self, within_s: u32) -> Chance {
        super::someone(self.outstanding.iter().map(|offer| {
            let gone = seconds_between(offer.sent_at, self.now);
            let by_now = self.delays.within(gone);
            let by_then = self.delays.within(gone.saturating_add(within_s));
            let later = Chance::millionths(by_then.get().saturating_sub(by_now.get()));
            let silent_so_far = offer.chance.and(by_now).not();
            Chance::part(u64::from(offer.chance.and(later).get()), u64::from(silent_so_far.get()))
        }))
    }
}

/// Whole seconds from one moment to a later one; nought when it is not later.
pub(super) fn seconds_between(from: Moment, to: Moment) -> u32 {
    let seconds = to.signed_duration_since(from).num_seconds();
    u32::try_from(seconds.clamp(0, i64::from(u32::MAX))).unwrap_or(0)
}
