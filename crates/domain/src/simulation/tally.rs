//! What happened in a simulated city, counted for its report: only what was asked for in the days that count.

use chrono::TimeDelta;

use super::people::City;
use super::scenario::Scenario;
use crate::Moment;

/// What became of one request.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fate {
    pub(super) asked: u32,
    pub(super) too_late: u32,
    pub(super) taken_at: Option<Moment>,
    pub(super) at_door: Option<Moment>,
    pub(super) is_escalated: bool,
}

/// What one volunteer was asked and did, in the days that count.
#[derive(Debug, Clone, Default)]
pub(super) struct Share {
    pub(super) asked_at: Vec<Moment>,
    pub(super) tasks: u32,
}

/// All that a report is made of.
#[derive(Debug, Clone)]
pub(super) struct Tallies {
    pub(super) from: Moment,
    pub(super) until: Moment,
    pub(super) fates: Vec<Fate>,
    pub(super) shares: Vec<Share>,
    /// Decisions made, and how many of them came out the same when computed again.
    pub(super) decisions: u64,
    pub(super) recomputed: u64,
}

impl Tallies {
    pub(super) fn of(scenario: &Scenario, city: &City) -> Self {
        let from = city.start + TimeDelta::days(i64::from(scenario.warm_up_days));
        Self {
            from,
            until: from + TimeDelta::days(i64::from(scenario.days)),
            fates: vec![Fate::default(); city.needs.len()],
            shares: vec![Share::default(); city.people.len()],
            decisions: 0,
            recomputed: 0,
        }
    }

    pub(super) fn asked(&mut self, need: usize, person: usize, now: Moment) {
        self.change(need, |fate| fate.asked += 1);
        if self.counts(now)
            && let Some(share) = self.shares.get_mut(person)
        {
            share.asked_at.push(now);
        }
    }

    pub(super) fn too_late(&mut self, need: usize) {
        self.change(need, |fate| fate.too_late += 1);
    }

    pub(super) fn taken(&mut self, need: usize, person: usize, now: Moment) {
        self.change(need, |fate| fate.taken_at = Some(now));
        if self.counts(now)
            && let Some(share) = self.shares.get_mut(person)
        {
            share.tasks += 1;
        }
    }

    pub(super) fn reopened(&mut self, need: usize) {
        self.change(need, |fate| fate.taken_at = None);
    }

    pub(super) fn at_door(&mut self, need: usize, now: Moment) {
        self.change(need, |fate| fate.at_door = Some(now));
    }

    pub(super) fn escalated(&mut self, need: usize) {
        self.change(need, |fate| fate.is_escalated = true);
    }

    pub(super) fn counts(&self, moment: Moment) -> bool {
        self.from <= moment && moment < self.until
    }

    fn change(&mut self, need: usize, change: impl FnOnce(&mut Fate)) {
        if let Some(fate) = self.fates.get_mut(need) {
            change(fate);
        }
    }
}
