//! What dispatch remembers of one volunteer: what became of their offers, when the last ones were, and their tasks.

use std::collections::VecDeque;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::OfferBudget;
use super::acceptance::Tally;
use crate::Moment;

/// Offers are counted by the day and by this many days.
const WEEK: TimeDelta = TimeDelta::days(7);
/// Tasks, and the time without any offer, count up to here.
pub(super) const FOUR_WEEKS: TimeDelta = TimeDelta::days(28);
/// No budget admits more offers in a week, nor anybody more tasks in four.
const MOST: usize = 1_000;

/// What is remembered of one volunteer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// Since when they may be asked: their approval.
    pub since: Moment,
    /// What became of their offers.
    pub own: Tally,
    offers: VecDeque<Moment>,
    tasks: VecDeque<Moment>,
    last: Option<Moment>,
}

impl Ledger {
    /// Of somebody who may be asked from then on.
    #[must_use]
    pub const fn since(since: Moment) -> Self {
        Self {
            since,
            own: Tally { accepted: 0, exposure: 0, day: 0 },
            offers: VecDeque::new(),
            tasks: VecDeque::new(),
            last: None,
        }
    }

    /// They were asked.
    pub fn asked(&mut self, now: Moment) {
        self.last = self.last.max(Some(now));
        keep(&mut self.offers, now, WEEK);
    }

    /// They took on a task, asked or not.
    pub fn took(&mut self, now: Moment) {
        self.last = self.last.max(Some(now));
        keep(&mut self.tasks, now, FOUR_WEEKS);
    }

    /// Offers of the last 24 hours, and of the last seven days.
    #[must_use]
    pub fn offers(&self, now: Moment) -> (u32, u32) {
        (since(&self.offers, now - TimeDelta::days(1)), since(&self.offers, now - WEEK))
    }

    /// Tasks of the last four weeks.
    #[must_use]
    pub fn tasks(&self, now: Moment) -> u32 {
        since(&self.tasks, now - FOUR_WEEKS)
    }

    /// How long they have been without an offer or a task, in seconds; four weeks at most.
    #[must_use]
    pub fn idle_s(&self, now: Moment) -> u32 {
        let idle = now.signed_duration_since(self.last.unwrap_or(self.since));
        u32::try_from(idle.clamp(TimeDelta::zero(), FOUR_WEEKS).num_seconds()).unwrap_or(0)
    }

    /// Whether one more offer is within the budget; some of the day's are kept for what is urgent.
    #[must_use]
    pub fn has_room(&self, budget: &OfferBudget, is_urgent: Pressing, now: Moment) -> bool {
        let (day, week) = self.offers(now);
        let kept = match is_urgent {
            Pressing::Yes => 0,
            Pressing::No => budget.kept_for_urgent,
        };
        day < budget.per_day.saturating_sub(kept).max(1) && week < budget.per_week
    }
}

/// Whether a request may use what is kept of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pressing {
    /// It is urgent, or has waited for half of its time.
    Yes,
    /// It can wait.
    No,
}

/// Adds a moment, and forgets what is long past. In order even when a clock was set back.
fn keep(moments: &mut VecDeque<Moment>, now: Moment, span: TimeDelta) {
    let place = moments.partition_point(|moment| *moment <= now);
    moments.insert(place, now);
    // A day more than anybody asks for: a clock that is set back must not find too little.
    let kept_since = now - span - TimeDelta::days(1);
    while moments.len() > MOST || moments.front().is_some_and(|first| *first < kept_since) {
        moments.pop_front();
    }
}

/// How many of these are later than that. Those of the future, after a clock was set back, count.
fn since(moments: &VecDeque<Moment>, start: Moment) -> u32 {
    let later = moments.len() - moments.partition_point(|moment| *moment <= start);
    u32::try_from(later).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(hour: i64) -> Moment {
        Moment::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    #[test]
    fn the_day_and_the_week_have_their_own_limits() {
        let budget = OfferBudget { per_day: 2, per_week: 3, kept_for_urgent: 1, ..OfferBudget::default() };
        let mut ledger = Ledger::since(hour(0));
        let room = |ledger: &Ledger, at| {
            (
                ledger.has_room(&budget, Pressing::No, hour(at)),
                ledger.has_room(&budget, Pressing::Yes, hour(at)),
            )
        };
        assert_eq!(room(&ledger, 0), (true, true));
        ledger.asked(hour(0));
        assert_eq!(room(&ledger, 1), (false, true));
        ledger.asked(hour(1));
        assert_eq!(room(&ledger, 1), (false, false));
        assert_eq!(room(&ledger, 24), (false, true));
        assert_eq!(room(&ledger, 25), (true, true));
        ledger.asked(hour(30));
        assert_eq!(room(&ledger, 100), (false, false));
        assert_eq!(room(&ledger, 7 * 24), (true, true));
    }

    #[test]
    fn idle_is_since_the_last_offer_or_task_and_four_weeks_at_most() {
        let mut ledger = Ledger::since(hour(0));
        assert_eq!(ledger.idle_s(hour(5)), 5 * 3600);
        assert_eq!(ledger.idle_s(hour(5_000)), 28 * 24 * 3600);
        ledger.asked(hour(10));
        ledger.took(hour(12));
        assert_eq!((ledger.idle_s(hour(13)), ledger.idle_s(hour(11)), ledger.tasks(hour(13))), (3600, 0, 1));
    }

    #[test]
    fn a_clock_that_was_set_back_opens_no_budget() {
        let budget = OfferBudget { per_day: 1, kept_for_urgent: 0, ..OfferBudget::default() };
        let mut ledger = Ledger::since(hour(0));
        ledger.asked(hour(20));
        assert!(!ledger.has_room(&budget, Pressing::Yes, hour(3)));
        assert!(ledger.has_room(&budget, Pressing::Yes, hour(45)));
    }
}
