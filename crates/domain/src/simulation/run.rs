//! Lives through a scenario, event by event, and asks volunteers by the approach that is tried.

use std::collections::HashSet;

use chrono::TimeDelta;

use super::approach::Approach;
use super::entry::Entry;
use super::people::id;
use super::report::Report;
use super::scenario::{Scenario, ScenarioError};
use super::world::World;
use crate::Moment;
use crate::dispatch::acceptance::{Facts, Parts};
use crate::dispatch::{Asked, Asker, Chance, Decision, DispatchPolicy, Record, Wave};
use crate::id::{PolicyId, RequestId, SnapshotId, VolunteerId};
use crate::matching::{Candidate, Duty, Seeker, first_refusal};
use crate::place::{GreatCircleTravel, Metres, Seconds, great_circle};

/// After everyone was asked, newcomers are asked each hour.
const NEWCOMERS_S: i64 = 3_600;

/// What comes of a scenario by this approach.
///
/// # Errors
/// When the scenario makes no sense.
pub fn simulate(scenario: &Scenario, approach: &Approach) -> Result<Report, ScenarioError> {
    scenario.check()?;
    let mut world = World::of(scenario);
    let mut seeker = Seeker::default();
    while let Some((now, entry)) = world.agenda.next() {
        world.now = now;
        match entry {
            Entry::Day(day) => world.begin_day(day),
            Entry::OnDuty(person) => world.set_duty(person, Duty::On { until: None }),
            Entry::OffDuty(person) => world.set_duty(person, Duty::Off),
            Entry::Leaves(person) => world.leave(person),
            Entry::Opens(need) => world.open(need),
            Entry::Look(need) if world.is_open(need) => look(&mut world, approach, need, &mut seeker),
            Entry::Look(_) => {}
            Entry::Accepts { need, person } => world.accept(need, person),
            Entry::Declines { need, person } => world.decline(need, person),
            Entry::Lapses { need, person } => world.lapse(need, person),
            Entry::AtDoor { need, person } => world.arrive(need, person),
            Entry::Ends(need) => world.end(need),
        }
    }
    Ok(Report::of(scenario, approach, &world))
}

fn look(world: &mut World<'_>, approach: &Approach, need: usize, seeker: &mut Seeker) {
    world.lapse_offers(need);
    match approach {
        Approach::Waves { policy, belief_percent } => {
            by_decision(world, policy, *belief_percent, need, seeker)
        }
        Approach::Broadcast { radius_m } => {
            send_to_all(world, need, Metres::new(*radius_m));
            again(world, need, NEWCOMERS_S);
        }
        Approach::Nearest { k, every_s } => {
            let mut near = eligible(world, need);
            near.truncate(*k);
            send(world, need, &near);
            again(world, need, i64::from(*every_s));
        }
        Approach::NearThenEveryone { radius_m, after_s } => {
            let opened_at = world.request(need).map(|request| request.opened_at);
            let is_first = opened_at.is_some_and(|opened_at| {
                world.now.signed_duration_since(opened_at) < TimeDelta::seconds(i64::from(*after_s))
            });
            send_to_all(world, need, Metres::new(if is_first { *radius_m } else { u32::MAX }));
            again(world, need, if is_first { i64::from(*after_s) } else { NEWCOMERS_S });
        }
    }
}

fn again(world: &mut World<'_>, need: usize, after_s: i64) {
    let at = world.now + TimeDelta::seconds(after_s);
    world.agenda.write(at, Entry::Look(need));
}

fn by_decision(
    world: &mut World<'_>,
    policy: &DispatchPolicy,
    belief: u32,
    need: usize,
    seeker: &mut Seeker,
) {
    let (at, travel) = (world.at(), GreatCircleTravel::default());
    let (Some(request), Some(pursuit)) = (world.request(need), world.pursuits.get(need)) else { return };
    let asker = Asker {
        fleet: &world.fleet,
        ledgers: &world.ledgers,
        acceptance: &world.acceptance,
        travel: &travel,
        policy,
    };
    let mut snapshot = asker.snapshot(request, pursuit, at, |_| at.local, seeker);
    for prospect in &mut snapshot.prospects {
        let believed = u64::from(prospect.parts.base.get()) * u64::from(belief) / 100;
        prospect.parts.base = Chance::millionths(u32::try_from(believed).unwrap_or(u32::MAX));
    }
    let version = PolicyId::new(id(0));
    let (request, snapshot_id) =
        (RequestId::new(id(need as u64)), SnapshotId::new(id(world.tallies.decisions)));
    let record = Record::of(request, (version, policy), snapshot_id, snapshot);
    world.tallies.decisions += 1;
    world.tallies.recomputed += u64::from(record.recomputes(policy));
    match record.decision {
        Decision::Ask(wave) => {
            if let Some(pursuit) = world.pursuits.get_mut(need) {
                pursuit.send(&wave, at.now);
            }
            for asked in &wave.asked {
                world.ask(need, asked);
            }
            world.agenda.write(wave.next_at, Entry::Look(need));
        }
        Decision::Wait { until, .. } => {
            world.agenda.write(until.max(at.now + TimeDelta::seconds(1)), Entry::Look(need));
        }
        Decision::Escalate { .. } => world.tallies.escalated(need),
    }
}

/// Those who may be asked and were not yet, the nearest first.
fn eligible(world: &World<'_>, need: usize) -> Vec<(Metres, VolunteerId)> {
    let (at, request, pursuit) = (world.at(), world.request(need), world.pursuits.get(need));
    let (Some(request), Some(pursuit)) = (request, pursuit) else { return Vec::new() };
    let asked: HashSet<VolunteerId> = pursuit.offers.iter().map(|offer| offer.volunteer).collect();
    let unasked = |candidate: &&Candidate| !asked.contains(&candidate.volunteer);
    let admitted = world
        .fleet
        .iter()
        .filter(|candidate| first_refusal(candidate, request, at).is_none())
        .filter(unasked)
        .filter_map(|candidate| {
            let here = candidate.position(at.now)?;
            Some((great_circle(here, request.place.position()), candidate.volunteer))
        });
    let mut near: Vec<(Metres, VolunteerId)> = admitted.collect();
    near.sort_unstable();
    near
}

fn send_to_all(world: &mut World<'_>, need: usize, within: Metres) {
    let mut near = eligible(world, need);
    near.retain(|(distance, _)| *distance <= within);
    send(world, need, &near);
}

/// Offers without any estimate: they are good until the window's end.
fn send(world: &mut World<'_>, need: usize, near: &[(Metres, VolunteerId)]) {
    let now = world.now;
    let expires_at = world.request(need).and_then(|request| request.window_end).unwrap_or(now);
    let asked: Vec<Asked> = near.iter().map(|(_, volunteer)| plain(world, *volunteer, need)).collect();
    let wave = plain_wave(world, need, asked, now, expires_at);
    if let Some(pursuit) = world.pursuits.get_mut(need) {
        pursuit.send(&wave, now);
    }
    for asked in &wave.asked {
        world.ask(need, asked);
    }
}

fn plain(world: &World<'_>, volunteer: VolunteerId, need: usize) -> Asked {
    let active_claims = world.fleet.get(volunteer).map_or(0, |candidate| candidate.active_claims);
    let facts = Facts { travel: world.way(volunteer, need), active_claims, hour: 12, recent_offers: 0 };
    let certain = Chance::CERTAIN;
    let parts = Parts { base: certain, way: certain, load: certain, hour: certain, tired: certain };
    Asked { volunteer, chance: certain, parts, facts, place: 0 }
}

fn plain_wave(world: &World<'_>, need: usize, asked: Vec<Asked>, now: Moment, expires_at: Moment) -> Wave {
    Wave {
        number: world.pursuits.get(need).map_or(1, |pursuit| pursuit.waves + 1),
        asked,
        reach: Seconds::default(),
        goal: Chance::CERTAIN,
        chance: Chance::CERTAIN,
        expected_millis: 0,
        expected_travel: Seconds::default(),
        fewest: 0,
        next_at: now,
        expires_at,
    }
}
