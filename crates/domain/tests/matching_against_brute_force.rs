//! Every answer of matching against a slow and obvious one that shares no code with it: rules are
//! written out again, distances go by the chord between unit vectors, the best are picked one by one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::matching::{
    At, Availability, Candidate, Duty, Feed, FeedFilter, Fleet, NearbyRequest, OpenRequest, OpenRequests,
    Refusal, WaitingCall, Weights, all_refusals, first_refusal, first_refusal_to_claim, nearby, priority,
    refusals, shortlist, sole_refusals,
};
use domain::place::{GreatCircleTravel, Metres, Position};
use domain::words::{RequestKind, Transport, Urgency};
use proptest::prelude::*;

#[path = "matching_world/mod.rs"]
mod world;

/// Metres between two places: the angle between their unit vectors, on the sphere of 6 371 008.8 m.
fn metres(a: Position, b: Position) -> f64 {
    let unit = |at: Position| {
        let (lat, lon) = (at.lat().to_radians(), at.lon().to_radians());
        (lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin())
    };
    let ((ax, ay, az), (bx, by, bz)) = (unit(a), unit(b));
    let chord = ((ax - bx).powi(2) + (ay - by).powi(2) + (az - bz).powi(2)).sqrt();
    (2.0 * (chord / 2.0).min(1.0).asin() * 6_371_008.8).round()
}

fn whereabouts(who: &Candidate, at: At) -> Option<Position> {
    match who.last_seen {
        Some(seen) if (at.now - seen.seen_at).num_seconds() < 1_800 => Some(seen.position),
        Some(_) | None => who.base,
    }
}

fn spoken(languages: impl IntoIterator<Item = domain::matching::Language>) -> BTreeSet<String> {
    languages.into_iter().map(|language| language.to_string()).collect()
}

/// What stands between a volunteer and a request, as a set and in no order.
fn obstacles(who: &Candidate, what: &OpenRequest, at: At) -> BTreeSet<Refusal> {
    let goes = what.kind != RequestKind::Call;
    let on_duty = match who.duty {
        Duty::Off => false,
        Duty::On { until: None } => true,
        Duty::On { until: Some(until) } => until > at.now,
    };
    let welcome = match &who.availability {
        Availability::Always => true,
        Availability::Weekly(slots) => !slots.iter().all(|slot| !slot.holds(at.local.get())),
    };
    let has: BTreeSet<_> = who.skills.iter().collect();
    let wants = spoken(what.languages.iter().copied());
    let reach = |transport: Transport| Transport::ALL.iter().position(|known| *known == transport);
    let here = whereabouts(who, at);
    let too_far = here.is_some_and(|here| metres(here, what.place.position()) > f64::from(who.radius.get()));
    let pooled = who.organisation == what.organisation || who.campaigns.iter().any(|c| *c == what.campaign);
    let local = who.area == what.area || what.neighbours.iter().any(|area| *area == who.area);
    [
        (Refusal::NotApproved, !who.approved),
        (Refusal::OffDuty, !on_duty),
        (Refusal::Resting, who.rest_until.is_some_and(|until| until > at.now)),
        (Refusal::UnavailableNow, !welcome),
        (Refusal::AtClaimLimit, who.active_claims + 1 > who.claim_limit),
        (Refusal::OtherCampaign, !pooled),
        (Refusal::OtherArea, goes && !local),
        (Refusal::TooHeavy, i64::from(who.capacity.grams) - i64::from(what.load.grams) < 0),
        (Refusal::TooBulky, i64::from(who.capacity.millilitres) - i64::from(what.load.millilitres) < 0),
        (Refusal::LacksTransport, what.transport.is_some_and(|least| reach(least) > reach(who.transport))),
        (Refusal::LacksSkill, what.skills.iter().any(|skill| !has.contains(&skill))),
        (Refusal::NoSharedLanguage, !wants.is_empty() && wants.is_disjoint(&spoken(who.languages.clone()))),
        (Refusal::Blocked, who.blocks.iter().any(|household| *household == what.household)),
        (Refusal::NoPosition, goes && here.is_none()),
        (Refusal::TooFar, goes && too_far),
    ]
    .into_iter()
    .filter_map(|(refusal, applies)| applies.then_some(refusal))
    .collect()
}

/// The cost by the written formula, with the default paces written out.
fn obvious_cost(who: &Candidate, what: &OpenRequest, at: At, weights: &Weights) -> f64 {
    let travel = match whereabouts(who, at).filter(|_| what.kind != RequestKind::Call) {
        None => 0.0,
        Some(here) => {
            let (start, per_hour) = match who.transport {
                Transport::Foot => (0.0, 4_500.0),
                Transport::Bicycle => (60.0, 13_000.0),
                Transport::Car => (180.0, 25_000.0),
            };
            start + (metres(here, what.place.position()) * 130.0 * 36.0 / per_hour).ceil()
        }
    };
    let liked = what.languages.first().is_none_or(|first| who.languages.iter().any(|l| l == first));
    let known = who.served.iter().any(|household| *household == what.household);
    (travel * f64::from(weights.travel_percent) / 100.0).floor()
        + f64::from(who.active_claims).powi(2) * f64::from(weights.claims_squared.get())
        + if liked { 0.0 } else { f64::from(weights.other_language.get()) }
        + if known { 0.0 } else { f64::from(weights.new_face.get()) }
}

/// The best `k`, picked one after another.
fn obvious_shortlist<'a>(
    everyone: &'a [Candidate],
    what: &OpenRequest,
    at: At,
    weights: &Weights,
    k: usize,
) -> Vec<&'a Candidate> {
    let mut left: Vec<_> = everyone.iter().filter(|who| obstacles(who, what, at).is_empty()).collect();
    let mut picked = Vec::new();
    while picked.len() < k && !left.is_empty() {
        let mut best = 0;
        for (place, who) in left.iter().enumerate() {
            let Some(champion) = left.get(best) else { continue };
            let (a, b) = (obvious_cost(who, what, at, weights), obvious_cost(champion, what, at, weights));
            if a < b || (a == b && who.volunteer < champion.volunteer) {
                best = place;
            }
        }
        picked.push(left.remove(best));
    }
    picked
}

fn wanted(filter: &FeedFilter, what: &OpenRequest) -> bool {
    let at_least = match filter.at_least {
        None | Some(Urgency::Low) => Urgency::ALL.to_vec(),
        Some(Urgency::Normal) => vec![Urgency::Critical, Urgency::High, Urgency::Normal],
        Some(Urgency::High) => vec![Urgency::Critical, Urgency::High],
        Some(Urgency::Critical) => vec![Urgency::Critical],
    };
    at_least.contains(&what.urgency) && (filter.kinds.is_empty() || filter.kinds.contains(&what.kind))
}

fn obvious_feed(who: &Candidate, open: &[OpenRequest], at: At, filter: &FeedFilter, k: usize) -> Feed {
    let only_offers = BTreeSet::from([Refusal::OffDuty, Refusal::Resting, Refusal::UnavailableNow]);
    let mut doors = BTreeMap::new();
    let mut calls = BTreeMap::new();
    for what in open {
        if !obstacles(who, what, at).is_subset(&only_offers) || !wanted(filter, what) {
            continue;
        }
        if what.kind == RequestKind::Call {
            let points = priority(what, at.now);
            calls.insert((u32::MAX - (points.total() - points.circumstances), what.request), what);
        } else if let Some(here) = whereabouts(who, at) {
            let far = metres(here, what.place.position());
            if filter.within.is_none_or(|within| far <= f64::from(within.get())) {
                doors.insert((far as u32, what.request), what);
            }
        }
    }
    Feed {
        nearby: doors
            .into_keys()
            .map(|(far, request)| NearbyRequest { request, distance: Metres::new(far) })
            .take(k)
            .collect(),
        calls: calls
            .into_keys()
            .map(|(points, request)| WaitingCall { request, priority: u32::MAX - points })
            .take(k)
            .collect(),
    }
}

fn filters() -> impl Strategy<Value = FeedFilter> {
    (
        proptest::collection::vec(proptest::sample::select(RequestKind::ALL), 0..3),
        proptest::option::of(proptest::sample::select(Urgency::ALL)),
        proptest::option::of((0_u32..9_000).prop_map(Metres::new)),
    )
        .prop_map(|(kinds, at_least, within)| FeedFilter { kinds, at_least, within })
}

fn tally(refusals: impl Iterator<Item = Refusal>) -> BTreeMap<Refusal, u32> {
    let all: Vec<_> = refusals.collect();
    let count = |wanted: Refusal| all.iter().filter(|found| **found == wanted).count() as u32;
    Refusal::ALL.iter().map(|refusal| (*refusal, count(*refusal))).filter(|(_, n)| *n > 0).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_rule_refuses_what_it_obviously_must((what, everyone) in world::request_among(30), at in world::at()) {
        let only_offers = [Refusal::OffDuty, Refusal::Resting, Refusal::UnavailableNow];
        for who in &everyone {
            let expected: Vec<_> = obstacles(who, &what, at).into_iter().collect();
            prop_assert_eq!(&all_refusals(who, &what, at), &expected);
            prop_assert_eq!(first_refusal(who, &what, at), expected.first().copied());
            let to_claim = expected.into_iter().find(|refusal| !only_offers.contains(refusal));
            prop_assert_eq!(first_refusal_to_claim(who, &what, at), to_claim);
        }
    }

    #[test]
    fn a_shortlist_is_the_true_best(
        (what, everyone) in world::request_among(60),
        at in world::at(),
        weights in world::weights(),
        k in 0_usize..12,
    ) {
        let fleet: Fleet = everyone.iter().cloned().collect();
        let ranked = shortlist(&fleet, &what, at, &weights, &GreatCircleTravel::default(), k);
        let expected = obvious_shortlist(&everyone, &what, at, &weights, k);
        let names = |who: &[&Candidate]| who.iter().map(|who| who.volunteer).collect::<Vec<_>>();
        prop_assert_eq!(ranked.iter().map(|ranked| ranked.volunteer).collect::<Vec<_>>(), names(&expected));
        for (ranked, who) in ranked.iter().zip(expected) {
            prop_assert_eq!(ranked.cost.total() as f64, obvious_cost(who, &what, at, &weights));
            prop_assert_eq!(ranked.active_claims, who.active_claims);
            prop_assert_eq!(ranked.distance.is_some(), what.kind != RequestKind::Call);
            prop_assert_eq!(ranked.travel.is_some(), what.kind != RequestKind::Call);
            let both = spoken(who.languages.clone()).intersection(&spoken(what.languages.clone())).cloned().collect();
            prop_assert_eq!(spoken(ranked.shared_languages.clone()), both);
        }
    }

    #[test]
    fn a_feed_shows_what_may_be_taken_and_nothing_else(
        (who, open) in world::volunteer_among(40),
        at in world::at(),
        filter in filters(),
        k in 0_usize..40,
    ) {
        let requests: OpenRequests = open.iter().cloned().collect();
        prop_assert_eq!(nearby(&requests, &who, at, &filter, k), obvious_feed(&who, &open, at, &filter, k));
    }

    #[test]
    fn the_why_not_counts_add_up((what, everyone) in world::request_among(60), at in world::at()) {
        let fleet: Fleet = everyone.iter().cloned().collect();
        let found: Vec<_> = everyone.iter().map(|who| obstacles(who, &what, at)).collect();
        let first = tally(found.iter().filter_map(|refusals| refusals.first().copied()));
        let sole = tally(found.iter().filter(|refusals| refusals.len() == 1).flatten().copied());
        let refused = refusals(&fleet, &what, at);
        let eligible = found.iter().filter(|refusals| refusals.is_empty()).count();
        prop_assert_eq!(refused.values().sum::<u32>() as usize + eligible, fleet.len());
        prop_assert_eq!(refused, first);
        prop_assert_eq!(sole_refusals(&fleet, &what, at), sole);
    }

    #[test]
    fn a_fleet_forgets_whom_it_lost_and_remembers_the_last_word(
        before in world::volunteers(20), after in world::volunteers(20), (what, _) in world::request_among(1), at in world::at(),
    ) {
        // Told in turns: everyone as they were, then some as they are, then one in three leaves.
        let mut fleet: Fleet = before.iter().cloned().collect();
        let mut truth: BTreeMap<_, _> = before.into_iter().map(|who| (who.volunteer, who)).collect();
        for who in after {
            let before = fleet.upsert(who.clone()).map(Arc::unwrap_or_clone);
            prop_assert_eq!(before, truth.insert(who.volunteer, who));
        }
        for leaving in truth.keys().copied().step_by(3).collect::<Vec<_>>() {
            prop_assert_eq!(fleet.remove(leaving).map(Arc::unwrap_or_clone), truth.remove(&leaving));
        }
        let everyone: Vec<_> = truth.into_values().collect();
        prop_assert_eq!(fleet.len(), everyone.len());
        let weights = Weights::default();
        let ranked = shortlist(&fleet, &what, at, &weights, &GreatCircleTravel::default(), 5);
        let expected = obvious_shortlist(&everyone, &what, at, &weights, 5);
        prop_assert!(ranked.iter().map(|ranked| ranked.volunteer).eq(expected.iter().map(|who| who.volunteer)));
    }
}
