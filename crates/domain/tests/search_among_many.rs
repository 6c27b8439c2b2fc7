//! The search against the rules and the great circle, where it could go wrong: crowds on one spot,
//! on one line, around the poles and across the antimeridian, more languages and areas than have a
//! bit of their own, moments at which something just begins or ends, and after many changes.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::Moment;
use domain::id::{AreaId, CampaignId, HouseholdId, OrganisationId, RequestId, VolunteerId};
use domain::matching::{
    At, Availability, Candidate, Duty, Fleet, Load, MinuteOfWeek, Near, OpenRequest, Refusal, Sighting,
    Skills, WeeklySlot, Weights, cost, first_refusal, nearest, refusals, refusals_in_campaign, shortlist,
    sole_refusals, why_not, why_not_in_campaign,
};
use domain::place::{CoarsePoint, GreatCircleTravel, Metres, Position, Seconds, TravelTime, great_circle};
use domain::words::{RequestKind, Skill, Transport, Urgency};
use proptest::prelude::*;
use uuid::Uuid;

#[path = "search_among_many/crowd.rs"]
mod crowd;
#[path = "search_among_many/judge.rs"]
mod judge;

use crowd::{at, changes, crowd, request};
use judge::{judge_nearest, judge_shortlist};

/// Everyone by the rules themselves, sorted.
fn obvious(everyone: &[Candidate], what: &OpenRequest, at: At, k: usize) -> Vec<Near> {
    let mut found: Vec<Near> = everyone
        .iter()
        .filter(|who| what.kind.is_physical() && first_refusal(who, what, at).is_none())
        .filter_map(|who| {
            let distance = great_circle(who.position(at.now)?, what.place.position());
            Some(Near { volunteer: who.volunteer, distance })
        })
        .collect();
    found.sort_unstable_by_key(|near| (near.distance, near.volunteer));
    found.truncate(k);
    found
}

/// Roads of which nothing can be promised.
struct NoPromise(GreatCircleTravel);

impl TravelTime for NoPromise {
    fn travel_time(&self, from: Position, to: Position, by: Transport) -> Seconds {
        self.0.travel_time(to, from, by)
    }
}

fn tally(refusals: impl Iterator<Item = Refusal>) -> BTreeMap<Refusal, u32> {
    let mut counts = BTreeMap::new();
    for refusal in refusals {
        *counts.entry(refusal).or_insert(0) += 1;
    }
    counts
}

fn check(
    fleet: &Fleet,
    everyone: &[Candidate],
    what: &OpenRequest,
    at: At,
    k: usize,
) -> Result<(), TestCaseError> {
    let found = nearest(fleet, what, at, k);
    prop_assert_eq!(&found, &obvious(everyone, what, at, k));
    judge_nearest(everyone, what, at, k, &found)?;
    let (weights, travel) = (Weights::default(), GreatCircleTravel::default());
    let ranked = shortlist(fleet, what, at, &weights, &travel, k);
    judge_shortlist(everyone, what, at, k, &ranked)?;
    prop_assert_eq!(shortlist(fleet, what, at, &weights, &NoPromise(travel), k), ranked);
    let first = tally(everyone.iter().filter_map(|who| first_refusal(who, what, at)));
    prop_assert_eq!(refusals(fleet, what, at), first);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn the_nearest_are_found_in_every_crowd(
        (everyone, what) in crowd(500).prop_flat_map(|everyone| (Just(everyone), request())), at in at(), k in 0_usize..40,
    ) {
        let fleet: Fleet = everyone.iter().cloned().collect();
        check(&fleet, &everyone, &what, at, k)?;
    }

    #[test]
    fn what_was_changed_is_found_as_it_is_now_and_a_clone_as_it_was(
        before in crowd(200), changes in changes(120), what in request(), at in at(), k in 1_usize..20,
    ) {
        let mut fleet: Fleet = before.iter().cloned().collect();
        let mut truth: BTreeMap<_, _> = before.iter().map(|who| (who.volunteer, who.clone())).collect();
        let still = fleet.clone();
        for (turn, change) in changes.into_iter().enumerate() {
            // Every so often a reader takes a copy, so that what is changed is shared or is not.
            let _reader = (turn % 7 == 0).then(|| fleet.clone());
            prop_assert!(change.tell(&mut fleet, &mut truth));
            if turn % 40 == 0 {
                let everyone: Vec<_> = truth.values().cloned().collect();
                check(&fleet, &everyone, &what, at, k)?;
            }
        }
        let everyone: Vec<_> = truth.into_values().collect();
        prop_assert_eq!(fleet.len(), everyone.len());
        prop_assert_eq!(&fleet, &everyone.iter().cloned().collect::<Fleet>());
        check(&fleet, &everyone, &what, at, k)?;
        check(&still, &before, &what, at, k)?;
    }

    #[test]
    fn the_report_says_what_the_rules_say(
        everyone in crowd(300), what in request(), at in at(),
    ) {
        let fleet: Fleet = everyone.iter().cloned().collect();
        let report = why_not(&fleet, &what, at);
        judge::judge_report(&everyone, &what, at, &report)?;
        prop_assert_eq!(sole_refusals(&fleet, &what, at), judge::alone(&everyone, &what, at));
        let members = everyone.iter().filter(|who| who.campaigns.contains(&what.campaign));
        let counts = tally(members.filter_map(|who| first_refusal(who, &what, at)));
        prop_assert_eq!(refusals_in_campaign(&fleet, &what, at, what.campaign), counts);
        let members: Vec<_> =
            everyone.iter().filter(|who| who.campaigns.contains(&what.campaign)).cloned().collect();
        let report = why_not_in_campaign(&fleet, &what, at, what.campaign);
        judge::judge_report(&members, &what, at, &report)?;
    }
}

#[test]
fn many_on_one_spot_are_told_apart_by_their_ids() {
    let mut fleet = Fleet::default();
    let everyone: Vec<_> =
        (0..3_000).rev().map(|n| Candidate { volunteer: crowd::volunteer(n), ..crowd::willing() }).collect();
    for who in &everyone {
        fleet.upsert(who.clone());
    }
    let found = nearest(&fleet, &crowd::easy(), crowd::noon(), 5);
    assert_eq!(
        found.iter().map(|near| near.volunteer).collect::<Vec<_>>(),
        (0..5).map(crowd::volunteer).collect::<Vec<_>>()
    );
    for n in 0..2_990 {
        assert!(fleet.remove(crowd::volunteer(n)).is_some());
    }
    let found = nearest(&fleet, &crowd::easy(), crowd::noon(), 50);
    assert_eq!(
        found.iter().map(|near| near.volunteer).collect::<Vec<_>>(),
        (2_990..3_000).map(crowd::volunteer).collect::<Vec<_>>()
    );
}

#[test]
fn what_nobody_had_before_is_found_as_soon_as_somebody_has_it() {
    let wanted = || [Skill::Pharmacy].into_iter().collect::<Skills>();
    let around = |n: u128| crowd::near_almaty((n % 61) as f64 * 1e-3, (n % 53) as f64 * 1e-3);
    let idle = |n| Candidate {
        volunteer: crowd::volunteer(n),
        base: Some(around(n)),
        duty: Duty::Off,
        radius: Metres::new(10),
        ..crowd::willing()
    };
    let mut fleet: Fleet = (0..3_000).map(idle).collect();
    let still = fleet.clone();
    let what = OpenRequest { skills: wanted(), ..crowd::easy() };
    let found = |fleet: &Fleet| {
        nearest(fleet, &what, crowd::noon(), 5).iter().map(|near| near.volunteer).collect::<Vec<_>>()
    };
    for n in [7, 1_234, 2_999] {
        let who = crowd::volunteer(n);
        assert_eq!(found(&fleet), []);
        assert!(fleet.set_skills(who, wanted()));
        assert!(fleet.set_duty(who, Duty::On { until: None }));
        assert_eq!(found(&fleet), [], "nobody goes so far");
        let far =
            Candidate { radius: Metres::new(20_000), ..fleet.get(who).cloned().unwrap_or_else(|| idle(n)) };
        fleet.upsert(far);
        assert_eq!(found(&fleet), [who]);
        fleet.upsert(idle(n));
    }
    assert_eq!(found(&still), []);
}

#[test]
fn nobody_is_found_where_nobody_is() {
    let fleet = Fleet::default();
    assert_eq!(nearest(&fleet, &crowd::easy(), crowd::noon(), 5), []);
    let report = why_not(&fleet, &crowd::easy(), crowd::noon());
    assert_eq!(
        (report.eligible, report.refused.len(), report.relaxed),
        (0, 0, domain::matching::Relaxed::default())
    );
}
