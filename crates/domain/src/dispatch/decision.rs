//! What to do about one request now: ask, wait, call a coordinator, or leave it to others.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::snapshot::seconds_between;
use super::wave::{Goal, choose, expectations};
use super::{Ageing, Chance, DispatchPolicy, Mode, Prospect, Snapshot, Wave, someone};
use crate::Moment;
use crate::place::Seconds;
use crate::word::words;

words! {
    /// Why a coordinator is called.
    Escalation: "reason for calling a coordinator" {
        /// The time that it is left to volunteers is over.
        TimeIsUp = "time_is_up",
        /// As many waves went out as the policy bears.
        WavesAreUsedUp = "waves_are_used_up",
        /// Everyone who may was asked.
        EveryoneWasAsked = "everyone_was_asked",
    }
}

words! {
    /// Why nothing is done about a request now.
    Waiting: "reason for waiting" {
        /// Those who were asked have time to answer.
        ForAnswers = "for_answers",
        /// It is night where the volunteers are.
        ForMorning = "for_morning",
        /// Whoever may was asked enough of late, or is busy.
        ForSomebodyFree = "for_somebody_free",
        /// This campaign's volunteers look for requests themselves, or its coordinators assign.
        ForOthers = "for_others",
        /// Everything is planned together.
        ForThePlan = "for_the_plan",
    }
}

/// What to do about one request now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Ask these volunteers.
    Ask(Wave),
    /// Look again then, or when something happens.
    Wait {
        /// When.
        until: Moment,
        /// What for.
        why: Waiting,
    },
    /// Call a coordinator.
    Escalate {
        /// What for.
        why: Escalation,
    },
}

/// What to do about this request now: a function of policy and snapshot and of nothing else.
///
/// Whatever is waited for, one looks again no later than the moment at which a coordinator is called.
#[must_use]
pub fn decide(policy: &DispatchPolicy, snapshot: &Snapshot) -> Decision {
    let ageing = snapshot.ageing(policy);
    if snapshot.now >= ageing.escalate_at {
        return Decision::Escalate { why: Escalation::TimeIsUp };
    }
    match policy.mode {
        Mode::Manual | Mode::SelfClaim => wait(ageing, ageing.escalate_at, Waiting::ForOthers),
        Mode::AutoPlan => wait(ageing, next_plan(policy, snapshot.now), Waiting::ForThePlan),
        Mode::Waves | Mode::Exclusive => next_wave(policy, snapshot, ageing),
    }
}

fn wait(ageing: Ageing, until: Moment, why: Waiting) -> Decision {
    Decision::Wait { until: until.min(ageing.escalate_at), why }
}

fn later(moment: Moment, seconds: u32) -> Moment {
    moment + TimeDelta::seconds(i64::from(seconds))
}

/// Plans are made at the same moments by everyone: at the multiples of their distance since 1970.
fn next_plan(policy: &DispatchPolicy, now: Moment) -> Moment {
    let every = i64::from(policy.plan_every_s.max(1));
    later(now, u32::try_from(every - now.timestamp().rem_euclid(every)).unwrap_or(0))
}

fn next_wave(policy: &DispatchPolicy, snapshot: &Snapshot, ageing: Ageing) -> Decision {
    let round = round_s(policy, snapshot);
    if let Some(last) = snapshot.last_wave_at.filter(|_| !snapshot.outstanding.is_empty()) {
        let next = later(last, round);
        if snapshot.now < next {
            return wait(ageing, next, Waiting::ForAnswers);
        }
    }
    if snapshot.waves >= policy.rounds.most {
        return Decision::Escalate { why: Escalation::WavesAreUsedUp };
    }
    let awake = |prospect: &&Prospect| prospect.quiet_for_s == 0;
    let mut near: Vec<&Prospect> = snapshot.prospects.iter().filter(awake).collect();
    if near.is_empty() {
        return nobody(snapshot, ageing, round);
    }
    let reach = narrow(policy, snapshot.waves, ageing, &mut near);
    let wave = wave(policy, snapshot, ageing, round, reach, &near);
    if wave.asked.is_empty() { wait(ageing, wave.next_at, Waiting::ForAnswers) } else { Decision::Ask(wave) }
}

/// Nobody can be asked now: is it night, are they busy, or was everyone asked?
fn nobody(snapshot: &Snapshot, ageing: Ageing, round: u32) -> Decision {
    let morning = snapshot.prospects.iter().map(|prospect| prospect.quiet_for_s).min();
    match morning {
        Some(quiet_for_s) => wait(ageing, later(snapshot.now, quiet_for_s), Waiting::ForMorning),
        None if snapshot.others_later > 0 => {
            wait(ageing, later(snapshot.now, round), Waiting::ForSomebodyFree)
        }
        None if !snapshot.outstanding.is_empty() => {
            wait(ageing, later(snapshot.now, round), Waiting::ForAnswers)
        }
        None => Decision::Escalate { why: Escalation::EveryoneWasAsked },
    }
}

/// The time between waves: until most of those who accept have done so, within the policy's limits.
fn round_s(policy: &DispatchPolicy, snapshot: &Snapshot) -> u32 {
    let answered = snapshot.delays.time_for(Chance::percent(policy.rounds.answered_percent));
    answered.clamp(policy.rounds.shortest_s, policy.rounds.longest_s.max(policy.rounds.shortest_s))
}

/// Leaves those within this wave's reach, which grows with the waves and with the time; at least the nearest one.
fn narrow(policy: &DispatchPolicy, waves: u32, ageing: Ageing, near: &mut Vec<&Prospect>) -> Seconds {
    let (first, last) = (policy.reach.first_s, policy.reach.last_s);
    let by_waves = Chance::part(u64::from(waves), u64::from(policy.rounds.most.saturating_sub(1)));
    let share = by_waves.max(ageing.waited);
    let grown = u64::from(last.saturating_sub(first)) * u64::from(share.get()) / 1_000_000;
    let planned = Seconds::new(first.saturating_add(u32::try_from(grown).unwrap_or(0)));
    let travel = |prospect: &Prospect| prospect.facts.travel.unwrap_or_default();
    let nearest = near.iter().map(|prospect| travel(prospect)).min().unwrap_or_default();
    let reach = planned.max(nearest);
    near.retain(|prospect| travel(prospect) <= reach);
    reach
}

fn wave(
    policy: &DispatchPolicy,
    snapshot: &Snapshot,
    ageing: Ageing,
    round: u32,
    reach: Seconds,
    near: &[&Prospect],
) -> Wave {
    let is_one_by_one = matches!(policy.mode, Mode::Exclusive);
    let goal = if is_one_by_one { Chance::CERTAIN } else { goal(policy, snapshot, ageing, round) };
    let most = if is_one_by_one { 1 } else { policy.size_max(snapshot.urgency, snapshot.used) };
    let awaited = snapshot.still_accepted(round);
    let (asked, fewest) = if awaited >= goal {
        (Vec::new(), 0)
    } else {
        let lacking =
            Chance::part(u64::from(goal.get().saturating_sub(awaited.get())), u64::from(awaited.not().get()));
        choose(
            near,
            Goal {
                chance: lacking,
                answered: snapshot.delays.within(round),
                most: usize::try_from(most).unwrap_or(1),
                fairness: policy.fairness,
            },
        )
    };
    let (expected_millis, expected_travel) = expectations(&asked);
    // A round never outlasts the time that is left to volunteers: nobody would look when a coordinator is due.
    let next_at = later(snapshot.now, round).min(ageing.escalate_at);
    let expires_at = if is_one_by_one {
        next_at
    } else {
        later(snapshot.now, policy.rounds.offer_life_s).min(ageing.escalate_at)
    };
    Wave {
        number: snapshot.waves.saturating_add(1),
        chance: awaited.or(someone(asked.iter().map(|asked| asked.chance))),
        asked,
        reach,
        goal,
        expected_millis,
        expected_travel,
        fewest,
        next_at,
        expires_at,
    }
}

/// What this wave has to make likely, so that as many like it as fit in the time left reach the target: the least `q`
/// of which 1 - (1 - q)^rounds is the target. While there is time, waves are small.
fn goal(policy: &DispatchPolicy, snapshot: &Snapshot, ageing: Ageing, round: u32) -> Chance {
    let wished = later(snapshot.opened_at, policy.match_within(snapshot.used)).min(ageing.escalate_at);
    let left = seconds_between(snapshot.now, wished);
    let by_waves = policy.rounds.most.saturating_sub(snapshot.waves);
    let rounds = (left / round.max(1)).clamp(1, by_waves.max(1));
    let target = policy.target(snapshot.urgency, ageing.waited);
    // Rising in `q`, so it is found by halves.
    let (mut low, mut high) = (0_u32, target.get());
    while low < high {
        let middle = low + (high - low) / 2;
        let each = Chance::millionths(middle);
        let reached = someone(std::iter::repeat_n(each, usize::try_from(rounds).unwrap_or(1)));
        if reached >= target { high = middle } else { low = middle + 1 }
    }
    Chance::millionths(low)
}
