//! What came of a simulated city by one approach: how soon, for how many, and who was asked how often.

use std::fmt::Write;

use chrono::TimeDelta;
use serde::Serialize;

use super::approach::Approach;
use super::people::{DAY_S, Person};
use super::scenario::Scenario;
use super::tally::{Fate, Share};
use super::world::World;
use crate::Moment;

/// What came of it. Times in minutes, shares in per cent. It is simulation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The approach that was tried.
    pub approach: String,
    /// Requests of the days that count.
    pub requests: usize,
    /// Those that nobody took, or nobody came for, within their window.
    pub unmatched_percent: f64,
    /// Those that a coordinator was called for.
    pub escalated_percent: f64,
    /// Taken within an hour.
    pub within_an_hour_percent: f64,
    /// From asking for help until somebody took it, in minutes: the middle, nine tenths, nineteen twentieths.
    pub to_match_min: [f64; 3],
    /// Until somebody was at the door.
    pub to_door_min: [f64; 3],
    /// Offers for each delivery.
    pub offers_per_delivery: f64,
    /// Acceptances that came too late, for each delivery.
    pub too_late_per_delivery: f64,
    /// Volunteers who had no offer in the last seven of the days that count.
    pub no_offer_in_7_days_percent: f64,
    /// Volunteers who had no offer in the last 28 of them.
    pub no_offer_in_28_days_percent: f64,
    /// Volunteers who had no task in all of them.
    pub no_task_percent: f64,
    /// How unevenly tasks are spread: 0 when all have the same, 1 when one has all.
    pub gini_of_tasks: f64,
    /// The most offers that anybody had in 24 hours.
    pub most_offers_in_a_day: usize,
    /// By part of the city.
    pub districts: Vec<DistrictReport>,
    /// Decisions made, and how many of them came out the same when computed again.
    pub decisions: [u64; 2],
}

/// What came of it in a part of the city.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DistrictReport {
    /// Which part.
    pub name: String,
    /// Requests of the days that count.
    pub requests: usize,
    /// Those that nobody took.
    pub unmatched_percent: f64,
    /// Until somebody took it: the middle, nine tenths, nineteen twentieths.
    pub to_match_min: [f64; 3],
    /// Offers for each delivery.
    pub offers_per_delivery: f64,
    /// Volunteers who had no offer in the last 28 days.
    pub no_offer_in_28_days_percent: f64,
}

impl Report {
    pub(super) fn of(scenario: &Scenario, approach: &Approach, world: &World<'_>) -> Self {
        let (requests, people) = (requests(world, |_| true), people(world, |_| true));
        let until = world.tallies.until;
        let districts = scenario.district.iter().enumerate().map(|(number, district)| {
            let (requests, people) = (
                self::requests(world, |district| district == number),
                self::people(world, |district| district == number),
            );
            DistrictReport {
                name: district.name.clone(),
                requests: requests.len(),
                unmatched_percent: share(&requests, |(_, fate)| fate.at_door.is_none()),
                to_match_min: quantiles(times(&requests, |fate| fate.taken_at)),
                offers_per_delivery: per_delivery(&requests, |fate| fate.asked),
                no_offer_in_28_days_percent: share(&people, |share| without(share, until, 28)),
            }
        });
        let hour = TimeDelta::hours(1);
        Self {
            approach: approach.name(),
            requests: requests.len(),
            unmatched_percent: share(&requests, |(_, fate)| fate.at_door.is_none()),
            escalated_percent: share(&requests, |(_, fate)| fate.is_escalated),
            within_an_hour_percent: share(&requests, |(opened_at, fate)| {
                fate.taken_at.is_some_and(|taken| taken.signed_duration_since(*opened_at) <= hour)
            }),
            to_match_min: quantiles(times(&requests, |fate| fate.taken_at)),
            to_door_min: quantiles(times(&requests, |fate| fate.at_door)),
            offers_per_delivery: per_delivery(&requests, |fate| fate.asked),
            too_late_per_delivery: per_delivery(&requests, |fate| fate.too_late),
            no_offer_in_7_days_percent: share(&people, |share| without(share, until, 7)),
            no_offer_in_28_days_percent: share(&people, |share| without(share, until, 28)),
            no_task_percent: share(&people, |share| share.tasks == 0),
            gini_of_tasks: gini(people.iter().map(|share| share.tasks).collect()),
            most_offers_in_a_day: people
                .iter()
                .map(|share| most_in_a_day(&share.asked_at))
                .max()
                .unwrap_or(0),
            districts: districts.collect(),
            decisions: [world.tallies.decisions, world.tallies.recomputed],
        }
    }

    /// The heading of [`line`](Self::line).
    #[must_use]
    pub fn heading() -> String {
        format!(
            "{:<28} {:>9} {:>9} {:>8} {:>19} {:>13} {:>8} {:>8} {:>9} {:>9} {:>8} {:>6} {:>6}",
            "approach",
            "unmatched",
            "escalated",
            "in 1 h",
            "to match 50/90/95",
            "to door 50/90",
            "offers/",
            "too late/",
            "no offer",
            "no offer",
            "no task",
            "Gini",
            "most"
        ) + &format!(
            "\n{:<28} {:>9} {:>9} {:>8} {:>19} {:>13} {:>8} {:>8} {:>9} {:>9} {:>8} {:>6} {:>6}",
            "", "%", "%", "%", "min", "min", "delivery", "delivery", "7 d, %", "28 d, %", "%", "", "a day"
        )
    }

    /// All of it in one line.
    #[must_use]
    pub fn line(&self) -> String {
        let ([match_50, match_90, match_95], [door_50, door_90, _]) = (self.to_match_min, self.to_door_min);
        format!(
            "{:<28} {:>9.1} {:>9.1} {:>8.1} {:>19} {:>13} {:>8.1} {:>8.2} {:>9.1} {:>9.1} {:>8.1} {:>6.2} {:>6}",
            self.approach,
            self.unmatched_percent,
            self.escalated_percent,
            self.within_an_hour_percent,
            format!("{match_50:.0} / {match_90:.0} / {match_95:.0}"),
            format!("{door_50:.0} / {door_90:.0}"),
            self.offers_per_delivery,
            self.too_late_per_delivery,
            self.no_offer_in_7_days_percent,
            self.no_offer_in_28_days_percent,
            self.no_task_percent,
            self.gini_of_tasks,
            self.most_offers_in_a_day,
        )
    }

    /// A line for each part of the city.
    #[must_use]
    pub fn district_lines(&self) -> String {
        let mut out = String::new();
        for district in &self.districts {
            let [match_50, match_90, _] = district.to_match_min;
            // Writing to a string does not fail.
            let _ = writeln!(
                out,
                "  {:<26} {:>6} requests, unmatched {:>5.1} %, to match {match_50:>4.0} / {match_90:>4.0} min, \
                 {:>6.1} offers a delivery, no offer in 28 days {:>5.1} %",
                district.name,
                district.requests,
                district.unmatched_percent,
                district.offers_per_delivery,
                district.no_offer_in_28_days_percent,
            );
        }
        out
    }
}

/// The requests of the days that count, in these districts, with what became of them.
fn requests(world: &World<'_>, of: impl Fn(usize) -> bool) -> Vec<(Moment, Fate)> {
    let all = world.city.needs.iter().zip(&world.tallies.fates);
    all.filter(|(need, _)| world.tallies.counts(need.request.opened_at) && of(need.district))
        .map(|(need, fate)| (need.request.opened_at, *fate))
        .collect()
}

/// Those who were there until the last day that counts.
fn people<'w>(world: &'w World<'_>, of: impl Fn(usize) -> bool) -> Vec<&'w Share> {
    let stayed = |person: &Person| person.leaves_at.is_none_or(|leaves| world.tallies.until <= leaves);
    let all = world.city.people.iter().zip(&world.tallies.shares);
    all.filter(|(person, _)| stayed(person) && of(person.district)).map(|(_, share)| share).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of people, far below 2 to the 53rd")]
const fn real(count: usize) -> f64 {
    count as f64
}

fn share<T>(all: &[T], whose: impl Fn(&T) -> bool) -> f64 {
    if all.is_empty() {
        0.0
    } else {
        100.0 * real(all.iter().filter(|one| whose(one)).count()) / real(all.len())
    }
}

fn per_delivery(requests: &[(Moment, Fate)], what: impl Fn(&Fate) -> u32) -> f64 {
    let deliveries = requests.iter().filter(|(_, fate)| fate.at_door.is_some()).count();
    let total: u64 = requests.iter().map(|(_, fate)| u64::from(what(fate))).sum();
    real(usize::try_from(total).unwrap_or(usize::MAX)) / real(deliveries.max(1))
}

fn times(requests: &[(Moment, Fate)], when: impl Fn(&Fate) -> Option<Moment>) -> Vec<i64> {
    let delivered = requests.iter().filter(|(_, fate)| fate.at_door.is_some());
    delivered
        .filter_map(|(opened, fate)| Some(when(fate)?.signed_duration_since(*opened).num_seconds()))
        .collect()
}

fn quantiles(mut seconds: Vec<i64>) -> [f64; 3] {
    seconds.sort_unstable();
    [50, 90, 95].map(|percent| {
        let place = (seconds.len() * percent).div_ceil(100).saturating_sub(1);
        let found = seconds.get(place).copied().unwrap_or(0);
        real(usize::try_from(found).unwrap_or(0)) / 60.0
    })
}

fn without(share: &Share, until: Moment, days: i64) -> bool {
    share.asked_at.iter().all(|asked| *asked < until - TimeDelta::days(days))
}

fn most_in_a_day(asked_at: &[Moment]) -> usize {
    let is_of_its_day =
        |first: Moment, at: Moment| first <= at && at.signed_duration_since(first).num_seconds() < DAY_S;
    let of_a_day = |first: &Moment| asked_at.iter().filter(|at| is_of_its_day(*first, **at)).count();
    asked_at.iter().map(of_a_day).max().unwrap_or(0)
}

/// Half the mean difference between any two, divided by the mean (Gini 1912), by the sorted sum.
fn gini(mut tasks: Vec<u32>) -> f64 {
    tasks.sort_unstable();
    let (n, total) = (real(tasks.len()), tasks.iter().map(|task| f64::from(*task)).sum::<f64>());
    if total == 0.0 {
        return 0.0;
    }
    let weighted: f64 = tasks.iter().enumerate().map(|(rank, task)| real(rank + 1) * f64::from(*task)).sum();
    2.0 * weighted / (n * total) - (n + 1.0) / n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_who_has_all_is_as_uneven_as_can_be() {
        assert!((gini(vec![0, 0, 0, 8]) - 0.75).abs() < 1e-12);
        assert!(gini(vec![2; 9]).abs() < 1e-12);
        assert!(gini(vec![0; 9]).abs() < 1e-12);
    }

    #[test]
    fn quantiles_are_of_those_who_are_there() {
        assert_eq!(quantiles((1..=100).map(|minute| minute * 60).collect()), [50.0, 90.0, 95.0]);
        assert_eq!(quantiles(Vec::new()), [0.0; 3]);
    }
}
