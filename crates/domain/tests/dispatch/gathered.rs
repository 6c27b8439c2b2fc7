//! What a decision is told of budgets: who has room, and how much of it those near by have used.

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::dispatch::acceptance::Acceptance;
use domain::dispatch::{Asker, Chance, DispatchPolicy, Ledger, Pursuit, Snapshot};
use domain::matching::{Fleet, MinuteOfWeek, OpenRequest, Seeker};
use domain::place::GreatCircleTravel;
use domain::words::{RequestKind, Urgency};

use super::town::Town;

/// What is seen of a request of normal urgency that was opened so many minutes ago, by ten who had so many offers today.
fn seen(minutes: i64, offers: u32) -> Snapshot {
    let mut town = Town::new(1, None);
    let policy = DispatchPolicy::default();
    let request = OpenRequest {
        kind: RequestKind::Delivery,
        urgency: Urgency::Normal,
        opened_at: town.now - TimeDelta::minutes(minutes),
        window_end: None,
        ..town.request()
    };
    let mut nearby = Vec::new();
    for number in 1..=10 {
        let mut candidate = town.somebody(number);
        candidate.base = Some(request.place.position());
        candidate.capacity.grams = 10_000;
        nearby.push(candidate);
    }
    let ledgers: HashMap<_, _> = nearby
        .iter()
        .map(|candidate| {
            let mut ledger = Ledger::since(town.now - TimeDelta::days(30));
            (0..offers).for_each(|_| ledger.asked(town.now - TimeDelta::hours(1)));
            (candidate.volunteer, ledger)
        })
        .collect();
    let fleet: Fleet = nearby.into_iter().collect();
    let (acceptance, travel) = (Acceptance::default(), GreatCircleTravel::default());
    let asker =
        Asker { fleet: &fleet, ledgers: &ledgers, acceptance: &acceptance, travel: &travel, policy: &policy };
    let noon = MinuteOfWeek::new(720).expect("a minute");
    asker.snapshot(&request, &Pursuit::default(), town.at(), |_| noon, &mut Seeker::default())
}

#[test]
fn what_is_kept_of_a_budget_is_for_whoever_waits_longer_than_anybody_should() {
    let policy = DispatchPolicy::default();
    let all_but_kept = policy.budget.per_day - policy.budget.kept_for_urgent;
    let late = i64::from(policy.match_within_s / 60);
    let asked = |minutes, offers| seen(minutes, offers).prospects.len();
    assert_eq!([asked(late - 1, all_but_kept - 1), asked(late - 1, all_but_kept)], [10, 0]);
    assert_eq!([asked(late, all_but_kept), asked(late, policy.budget.per_day)], [10, 0]);
}

#[test]
fn the_fuller_of_both_budgets_is_told() {
    let budget = DispatchPolicy::default().budget;
    assert_eq!(seen(0, 0).used, Chance::NEVER);
    // The day's budget is the smaller one, so that today's offers fill it first.
    assert_eq!(seen(0, 1).used, Chance::part(1, budget.per_day.into()));
    assert_eq!(seen(0, budget.per_day).used, Chance::CERTAIN);
    assert_eq!(seen(0, 3 * budget.per_week).used, Chance::CERTAIN);
}
