//! Single decisions: what a coordinator would expect of them, case by case, and against brute force.

use chrono::TimeDelta;
use domain::Moment;
use domain::dispatch::acceptance::{Delays, Facts, Parts};
use domain::dispatch::{
    Chance, Decision, DispatchPolicy, Escalation, Fairness, Mode, Outstanding, Prospect, Snapshot, Waiting,
    Wave, decide, someone,
};
use domain::id::VolunteerId;
use domain::place::Seconds;
use domain::words::Urgency;
use proptest::prelude::*;
use uuid::Uuid;

fn start() -> Moment {
    Moment::from_timestamp(1_585_569_600, 0).expect("a moment")
}

fn policy() -> DispatchPolicy {
    DispatchPolicy { mode: Mode::Waves, ..DispatchPolicy::default() }
}

/// Somebody who accepts with this chance, in millionths, going so many minutes.
fn prospect(number: u128, chance: u32, minutes: u32) -> Prospect {
    let certain = Chance::CERTAIN;
    Prospect {
        volunteer: VolunteerId::new(Uuid::from_u128(number)),
        facts: Facts {
            travel: Some(Seconds::new(minutes * 60)),
            active_claims: 0,
            hour: 12,
            recent_offers: 0,
        },
        parts: Parts {
            base: Chance::millionths(chance),
            way: certain,
            load: certain,
            hour: certain,
            tired: certain,
        },
        idle_s: 0,
        recent_tasks: 0,
        quiet_for_s: 0,
    }
}

fn snapshot(prospects: Vec<Prospect>) -> Snapshot {
    Snapshot {
        now: start(),
        opened_at: start(),
        window_end: None,
        urgency: Urgency::Normal,
        waves: 0,
        last_wave_at: None,
        outstanding: Vec::new(),
        prospects,
        others_later: 0,
        used: Chance::NEVER,
        delays: Delays::default(),
    }
}

fn asked(policy: &DispatchPolicy, snapshot: &Snapshot) -> Wave {
    match decide(policy, snapshot) {
        Decision::Ask(wave) => wave,
        other @ (Decision::Wait { .. } | Decision::Escalate { .. }) => panic!("{other:?}"),
    }
}

fn numbers(wave: &Wave) -> Vec<u128> {
    wave.asked.iter().map(|asked| asked.volunteer.uuid().as_u128()).collect()
}

#[test]
fn the_likeliest_are_asked_and_no_more_than_it_takes() {
    let town: Vec<Prospect> = (1..=20).map(|number| prospect(number, 45_000 * number as u32, 5)).collect();
    let wave = asked(&policy(), &snapshot(town));
    assert!(wave.chance >= wave.goal && wave.asked.len() == wave.fewest as usize, "{wave:?}");
    assert_eq!(numbers(&wave).first(), Some(&20));
    assert!(wave.asked.len() <= 3, "{wave:?}");
    let later = Snapshot {
        opened_at: start() - TimeDelta::hours(12),
        ..snapshot((1..=20).map(|n| prospect(n, 200_000, 5)).collect())
    };
    let fresh = Snapshot { opened_at: start(), ..later.clone() };
    assert!(asked(&policy(), &later).asked.len() > asked(&policy(), &fresh).asked.len());
}

#[test]
fn the_idle_come_first_where_it_costs_little_and_the_price_is_bounded() {
    let mut town: Vec<Prospect> = (1..=40).map(|number| prospect(number, 300_000, 5)).collect();
    for idle in town.iter_mut().filter(|prospect| prospect.volunteer.uuid().as_u128() > 30) {
        idle.idle_s = 20 * 24 * 3600;
        idle.parts.base = Chance::millionths(280_000);
    }
    let wave = asked(&policy(), &snapshot(town.clone()));
    assert!(numbers(&wave).iter().all(|number| *number > 30), "{wave:?}");
    // Those who hardly ever accept are not asked in dozens for being idle.
    for idle in town.iter_mut().filter(|prospect| prospect.idle_s > 0) {
        idle.parts.base = Chance::millionths(100_000);
    }
    let wave = asked(&policy(), &snapshot(town.clone()));
    let extra = wave.asked.len() - wave.fewest as usize;
    assert!(extra <= (wave.fewest as usize / 2).max(1), "{wave:?}");
    let unfair = DispatchPolicy { fairness: Fairness { idle_percent: 0, ..Fairness::default() }, ..policy() };
    assert!(numbers(&asked(&unfair, &snapshot(town))).iter().all(|number| *number <= 30));
}

#[test]
fn where_volunteers_were_asked_much_of_late_waves_are_smaller() {
    let town: Vec<Prospect> = (1..=60).map(|number| prospect(number, 150_000, 5)).collect();
    let wave = |used, hours, urgency| {
        let opened_at = start() - TimeDelta::hours(hours);
        let used = Chance::percent(used);
        asked(&policy(), &Snapshot { used, opened_at, urgency, ..snapshot(town.clone()) }).asked.len()
    };
    let fresh = |used| wave(used, 0, Urgency::Normal);
    assert_eq!(fresh(0), fresh(8));
    assert!(fresh(8) > fresh(10) && fresh(10) > fresh(16), "{} {} {}", fresh(8), fresh(10), fresh(16));
    assert_eq!(fresh(16), fresh(100));
    // Not even whoever has waited for long asks in dozens then, if it is not critical.
    assert_eq!(wave(100, 12, Urgency::Normal), 4);
    assert!(wave(100, 12, Urgency::Critical) > 10 && wave(0, 12, Urgency::Normal) > 10);
}

#[test]
fn a_wave_reaches_as_far_as_its_number_and_the_time_allow() {
    let town: Vec<Prospect> = (1..=100).map(|number| prospect(number, 20_000, number as u32)).collect();
    let reach = |waves, hours| {
        let opened_at = start() - TimeDelta::hours(hours);
        asked(&policy(), &Snapshot { waves, opened_at, ..snapshot(town.clone()) }).reach.get() / 60
    };
    assert_eq!([reach(0, 0), reach(5, 0), reach(11, 0), reach(0, 12)], [20, 65, 120, 70]);
    // The nearest one is never out of reach.
    let far = snapshot(vec![prospect(1, 300_000, 45)]);
    assert_eq!(numbers(&asked(&policy(), &far)), [1]);
}

#[test]
fn one_by_one_means_one() {
    let town: Vec<Prospect> = (1..=9).map(|number| prospect(number, 200_000, 5)).collect();
    let exclusive = DispatchPolicy { mode: Mode::Exclusive, ..policy() };
    let wave = asked(&exclusive, &snapshot(town.clone()));
    assert_eq!((wave.asked.len(), wave.expires_at), (1, wave.next_at));
    // Somebody who has waited for weeks comes before somebody hardly more likely.
    let mut idle = town.clone();
    idle[3].idle_s = 20 * 24 * 3600;
    idle[3].parts.base = Chance::millionths(180_000);
    assert_eq!(numbers(&asked(&exclusive, &snapshot(idle))), [4]);
    let open = vec![Outstanding { chance: Chance::percent(20), sent_at: start() }];
    let waiting = Snapshot { outstanding: open, waves: 1, last_wave_at: Some(start()), ..snapshot(town) };
    assert!(matches!(decide(&exclusive, &waiting), Decision::Wait { why: Waiting::ForAnswers, .. }));
}

#[test]
fn why_nobody_is_asked_is_said() {
    let someone_there = || vec![prospect(1, 300_000, 5)];
    let asleep = vec![Prospect { quiet_for_s: 3_600, ..prospect(1, 300_000, 5) }];
    let mode = |mode| DispatchPolicy { mode, ..policy() };
    let hours = |hours| start() + TimeDelta::hours(hours);
    let wait = |why, until| Decision::Wait { until, why };
    let call = |why| Decision::Escalate { why };
    for (policy, snapshot, expected) in [
        (mode(Mode::Manual), snapshot(someone_there()), wait(Waiting::ForOthers, hours(24))),
        (mode(Mode::SelfClaim), snapshot(someone_there()), wait(Waiting::ForOthers, hours(24))),
        (
            mode(Mode::AutoPlan),
            snapshot(someone_there()),
            wait(Waiting::ForThePlan, start() + TimeDelta::minutes(5)),
        ),
        (policy(), snapshot(asleep), wait(Waiting::ForMorning, hours(1))),
        (policy(), snapshot(Vec::new()), call(Escalation::EveryoneWasAsked)),
        (policy(), Snapshot { waves: 12, ..snapshot(someone_there()) }, call(Escalation::WavesAreUsedUp)),
        (policy(), Snapshot { now: hours(24), ..snapshot(someone_there()) }, call(Escalation::TimeIsUp)),
        (
            policy(),
            Snapshot { now: hours(8), window_end: Some(hours(12)), ..snapshot(someone_there()) },
            call(Escalation::TimeIsUp),
        ),
    ] {
        assert_eq!(decide(&policy, &snapshot), expected);
    }
    let busy = Snapshot { others_later: 3, ..snapshot(Vec::new()) };
    assert!(matches!(decide(&policy(), &busy), Decision::Wait { why: Waiting::ForSomebodyFree, .. }));
}

#[test]
fn offers_that_may_still_be_accepted_make_the_next_wave_smaller() {
    let town = || (1..=30).map(|number| prospect(number, 150_000, 5)).collect::<Vec<_>>();
    let sent_at = start() - TimeDelta::minutes(31);
    let later = |outstanding| Snapshot {
        opened_at: sent_at,
        waves: 1,
        last_wave_at: Some(sent_at),
        outstanding,
        ..snapshot(town())
    };
    let none = asked(&policy(), &later(Vec::new()));
    let few = asked(&policy(), &later(vec![Outstanding { chance: Chance::percent(30), sent_at }; 5]));
    assert!(few.asked.len() < none.asked.len(), "{} {}", few.asked.len(), none.asked.len());
}

prop_compose! {
    fn any_prospect(number: u128)(
        chance in 2_000_u32..900_000, minutes in 0_u32..100, idle_s in 0_u32..2_419_200, recent_tasks in 0_u32..9,
        quiet in proptest::bool::weighted(0.1),
    ) -> Prospect {
        let quiet_for_s = if quiet { 600 } else { 0 };
        Prospect { idle_s, recent_tasks, quiet_for_s, ..prospect(number, chance, minutes) }
    }
}

fn any_town(most: usize) -> impl Strategy<Value = Vec<Prospect>> {
    (0..most).prop_flat_map(|count| (0..count).map(|number| any_prospect(number as u128)).collect::<Vec<_>>())
}

/// The fewest of these who reach the goal, by trying every set.
fn fewest_by_trying(chances: &[Chance], goal: Chance) -> Option<u32> {
    (0_u32..1 << chances.len())
        .filter(|set| {
            let members = chances.iter().enumerate().filter(|(place, _)| set >> place & 1 == 1);
            someone(members.map(|(_, chance)| *chance)) >= goal
        })
        .map(u32::count_ones)
        .min()
}

proptest! {
    #[test]
    fn no_set_is_smaller_than_the_fewest_and_nobody_in_a_wave_is_superfluous(
        town in any_town(11), hours in 0_i64..23, waves in 0_u32..12,
    ) {
        let snapshot = Snapshot { opened_at: start() - TimeDelta::hours(hours), waves, ..snapshot(town) };
        let Decision::Ask(wave) = decide(&policy(), &snapshot) else { return Ok(()) };
        let answered = snapshot.delays.within(1_800);
        let within = |prospect: &&Prospect| prospect.quiet_for_s == 0 && prospect.facts.travel <= Some(wave.reach);
        let chances: Vec<Chance> =
            snapshot.prospects.iter().filter(within).map(|prospect| prospect.parts.ever().and(answered)).collect();
        match fewest_by_trying(&chances, wave.goal) {
            Some(fewest) => {
                prop_assert_eq!(wave.fewest, fewest);
                prop_assert!(wave.chance >= wave.goal);
                let bound = fewest + (fewest / 2).max(1);
                prop_assert!(wave.asked.len() <= bound as usize);
                for left_out in &wave.asked {
                    let others = wave.asked.iter().filter(|asked| asked.volunteer != left_out.volunteer);
                    prop_assert!(someone(others.map(|asked| asked.chance)) < wave.goal);
                }
            }
            // The goal is out of reach: everyone within reach is asked.
            None => prop_assert_eq!(wave.asked.len(), chances.len()),
        }
    }

    #[test]
    fn one_looks_again_no_later_than_a_coordinator_is_called_and_asks_nobody_who_sleeps(
        town in any_town(30), seconds in 0_i64..100_000, waves in 0_u32..14, end in proptest::option::of(600_i64..200_000),
        mode in proptest::sample::select(Mode::ALL), others_later in 0_u32..2,
    ) {
        let opened_at = start() - TimeDelta::seconds(seconds);
        let window_end = end.map(|end| opened_at + TimeDelta::seconds(end));
        let snapshot = Snapshot { opened_at, window_end, waves, others_later, ..snapshot(town) };
        let policy = DispatchPolicy { mode, ..policy() };
        let escalate_at = snapshot.ageing(&policy).escalate_at;
        match decide(&policy, &snapshot) {
            Decision::Ask(wave) => {
                let awake = |asked: &domain::dispatch::Asked| snapshot.prospects.iter()
                    .any(|prospect| prospect.volunteer == asked.volunteer && prospect.quiet_for_s == 0);
                prop_assert!(!wave.asked.is_empty() && wave.asked.iter().all(awake));
                prop_assert!(wave.expires_at <= escalate_at);
                prop_assert!(snapshot.now < wave.next_at && wave.next_at <= escalate_at);
                prop_assert!(wave.asked.len() <= 40 && snapshot.now < escalate_at);
            }
            Decision::Wait { until, .. } => prop_assert!(snapshot.now < until && until <= escalate_at),
            Decision::Escalate { why } => {
                prop_assert_eq!(why == Escalation::TimeIsUp, snapshot.now >= escalate_at);
            }
        }
        let stored = serde_json::to_string(&snapshot).unwrap();
        let again: Snapshot = serde_json::from_str(&stored).unwrap();
        prop_assert_eq!(decide(&policy, &again), decide(&policy, &snapshot));
    }
}
