//! Whom to ask together: the fewest who make it likely enough that somebody accepts, the idle first where that costs
//! little.
//!
//! Those of greatest chance alone would be the smallest set, and always the same people. So a volunteer's place is
//! their chance, raised by the time without an offer and lowered by recent tasks; volunteers are taken in that order
//! until the goal is reached, and whoever is not needed for it is left out again, so that no member is superfluous.
//! If that makes the wave larger than the smallest by more than the policy bears, fairness counts half as much, and
//! so on down to nothing: the price of fairness is bounded, and told.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::acceptance::{Facts, Parts};
use super::ledger::FOUR_WEEKS;
use super::{Chance, Fairness, Prospect, someone};
use crate::Moment;
use crate::id::VolunteerId;
use crate::place::Seconds;

/// Volunteers who are asked together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wave {
    /// The first is 1.
    pub number: u32,
    /// Who is asked, the first place first.
    pub asked: Vec<Asked>,
    /// How far this wave looked.
    pub reach: Seconds,
    /// What it was to make likely: that somebody accepts before the next one.
    pub goal: Chance,
    /// What it makes likely, offers of earlier waves included.
    pub chance: Chance,
    /// How many are expected to accept sooner or later, in thousandths. All but one come too late.
    pub expected_millis: u32,
    /// The way of whoever accepts, on average, in seconds.
    pub expected_travel: Seconds,
    /// How many the smallest set would have had; the others are the price of fairness.
    pub fewest: u32,
    /// When the next wave may follow.
    pub next_at: Moment,
    /// When these offers end if nobody takes the request.
    pub expires_at: Moment,
}

/// A volunteer in a wave, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Who.
    pub volunteer: VolunteerId,
    /// The chance that they accept before the next wave.
    pub chance: Chance,
    /// That they ever do, by its parts.
    pub parts: Parts,
    /// What was known of them.
    pub facts: Facts,
    /// Their place: chance and fairness, in millionths.
    pub place: u64,
}

/// What a wave is to reach.
#[derive(Debug, Clone, Copy)]
pub(super) struct Goal {
    /// What the new ones are to make likely.
    pub(super) chance: Chance,
    /// The part of those who accept that does so before the next wave.
    pub(super) answered: Chance,
    /// At most so many.
    pub(super) most: usize,
    pub(super) fairness: Fairness,
}

/// The set for this goal, and the size of the smallest one. Where nobody reaches the goal, fairness may cost as much of
/// the chance as it may otherwise add to the size.
pub(super) fn choose(prospects: &[&Prospect], goal: Goal) -> (Vec<Asked>, u32) {
    let fewest = select(prospects, goal, 0);
    let extra = goal.fairness.extra_percent;
    let bound = fewest.len() + (fewest.len() * extra as usize / 100).max(1);
    let best = reaches(&fewest);
    let is_enough = |asked: &[Asked]| {
        let reached = reaches(asked);
        let is_near = u64::from(reached.get()) * u64::from(100 + extra) >= u64::from(best.get()) * 100;
        reached >= goal.chance || (best < goal.chance && is_near)
    };
    let fair = [100, 50, 25, 12]
        .into_iter()
        .map(|weight| select(prospects, goal, weight))
        .find(|asked| asked.len() <= bound && is_enough(asked));
    let size = u32::try_from(fewest.len()).unwrap_or(u32::MAX);
    (fair.unwrap_or(fewest), size)
}

fn reaches(asked: &[Asked]) -> Chance {
    someone(asked.iter().map(|asked| asked.chance))
}

/// In the order of places, fairness counting by so many per cent, until the goal is reached.
fn select(prospects: &[&Prospect], goal: Goal, weight: u64) -> Vec<Asked> {
    let mut ranked: Vec<Asked> = prospects.iter().map(|prospect| ranked(prospect, goal, weight)).collect();
    let order = |asked: &Asked| (Reverse(asked.place), asked.facts.travel, asked.volunteer);
    if ranked.len() > goal.most && goal.most > 0 {
        ranked.select_nth_unstable_by_key(goal.most - 1, order);
        ranked.truncate(goal.most);
    }
    ranked.sort_unstable_by_key(order);
    let mut reached = Chance::NEVER;
    let enough = ranked.iter().position(|asked| {
        reached = reached.or(asked.chance);
        reached >= goal.chance
    });
    ranked.truncate(enough.map_or(goal.most, |last| last + 1));
    if enough.is_some() {
        leave_out_the_superfluous(&mut ranked, goal.chance);
    }
    ranked
}

fn ranked(prospect: &Prospect, goal: Goal, weight: u64) -> Asked {
    let chance = prospect.parts.ever().and(goal.answered);
    let idle = u64::from(prospect.idle_s).saturating_mul(u64::from(goal.fairness.idle_percent))
        / u64::try_from(FOUR_WEEKS.num_seconds()).unwrap_or(1);
    let tasks = u64::from(prospect.recent_tasks).saturating_mul(u64::from(goal.fairness.task_percent));
    let raised = 10_000 + idle * weight;
    let lowered = 10_000 + tasks * weight;
    Asked {
        volunteer: prospect.volunteer,
        chance,
        parts: prospect.parts,
        facts: prospect.facts,
        place: u64::from(chance.get()).saturating_mul(raised) / lowered,
    }
}

/// The least likely first.
fn leave_out_the_superfluous(asked: &mut Vec<Asked>, goal: Chance) {
    let mut by_chance: Vec<(Chance, VolunteerId)> =
        asked.iter().map(|asked| (asked.chance, asked.volunteer)).collect();
    by_chance.sort_unstable();
    for (_, volunteer) in by_chance {
        let others = asked.iter().filter(|asked| asked.volunteer != volunteer);
        if someone(others.map(|asked| asked.chance)) >= goal {
            asked.retain(|asked| asked.volunteer != volunteer);
        }
    }
}

/// What is expected of a set: acceptances in thousandths, and the way of whoever accepts.
pub(super) fn expectations(asked: &[Asked]) -> (u32, Seconds) {
    let ever: u64 = asked.iter().map(|asked| u64::from(asked.parts.ever().get())).sum();
    let way: u64 = asked
        .iter()
        .map(|asked| {
            let travel = asked.facts.travel.unwrap_or_default();
            u64::from(asked.parts.ever().get()).saturating_mul(u64::from(travel.get()))
        })
        .sum();
    let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    (small(ever / 1_000), Seconds::new(small(way / ever.max(1))))
}
