//! Small worlds for the matching tests: clustered volunteers and requests in a town, at the pole,
//! on the equator and on both sides of the antimeridian, each rule refusing now and then.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use domain::Moment;
use domain::id::{AreaId, CampaignId, HouseholdId, OrganisationId, RequestId, VolunteerId};
use domain::matching::{
    At, Availability, Candidate, Duty, Language, Load, MinuteOfWeek, OpenRequest, Sighting, Skills,
    WeeklySlot, Weights,
};
use domain::place::{CoarsePoint, Metres, Position, Seconds};
use domain::words::{HouseholdCategory, RequestKind, Skill, Transport, Urgency};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

/// Centres of the clusters, latitude and longitude.
const TOWNS: [(f64, f64); 5] = [(43.24, 76.89), (89.995, 0.0), (-17.0, 180.0), (0.0, 0.0), (-89.999, 100.0)];

/// A place near one of the towns; within some five kilometres by its offsets in thousandths of a degree.
pub(crate) fn near(town: usize) -> impl Strategy<Value = (f64, f64)> {
    let (lat, lon) = TOWNS.get(town).copied().unwrap_or_default();
    // Meridians meet at the poles: there a place near by may have any longitude.
    let width = if lat.abs() > 80.0 { 180.0_f64 } else { 0.04 };
    (-0.04..0.04_f64, -width..=width).prop_map(move |(north, east): (f64, f64)| {
        let turned = (lon + east + 540.0).rem_euclid(360.0) - 180.0;
        ((lat + north).clamp(-90.0, 90.0), turned)
    })
}

fn position(town: usize) -> impl Strategy<Value = Position> {
    near(town).prop_filter_map("on the globe", |(lat, lon)| Position::new(lat, lon).ok())
}

fn few(least: u128, most: u128) -> impl Strategy<Value = Uuid> {
    (least..=most).prop_map(Uuid::from_u128)
}

fn languages() -> impl Strategy<Value = Vec<Language>> {
    vec(select(vec!["kk", "ru", "ug-Arab", "ru-KZ"]), 0..3)
        .prop_map(|tags| tags.into_iter().filter_map(|tag| tag.parse().ok()).collect())
}

fn skills() -> impl Strategy<Value = Skills> {
    prop_oneof![
        5 => Just(Skills::NONE),
        1 => vec(select(Skill::ALL), 0..4).prop_map(|skills| skills.into_iter().collect()),
    ]
}

/// Monday 30 March 2020, 12:00 UTC, and any minute of the week in the area.
pub(crate) fn at() -> impl Strategy<Value = At> {
    (0_u16..10_080).prop_filter_map("a moment", |minute| {
        let now = Moment::from_timestamp(1_585_569_600, 0)?;
        Some(At { now, local: MinuteOfWeek::new(minute).ok()? })
    })
}

fn moment() -> impl Strategy<Value = Moment> {
    (-90_i64..90).prop_filter_map("a moment", |minutes| {
        Some(Moment::from_timestamp(1_585_569_600, 0)? + TimeDelta::minutes(minutes))
    })
}

fn availability() -> impl Strategy<Value = Availability> {
    let slot = (0_u16..10_080, 1_u16..=10_080).prop_filter_map("a slot", |(a, b)| WeeklySlot::new(a, b).ok());
    prop_oneof![4 => Just(Availability::Always), 1 => vec(slot, 0..4).prop_map(Availability::Weekly)]
}

fn duty() -> impl Strategy<Value = Duty> {
    prop_oneof![
        1 => Just(Duty::Off),
        6 => Just(Duty::On { until: None }),
        2 => moment().prop_map(|until| Duty::On { until: Some(until) }),
    ]
}

fn load(grams: u32) -> impl Strategy<Value = Load> {
    (0..grams, 0..2 * grams).prop_map(|(grams, millilitres)| Load { grams, millilitres })
}

fn rarely<T: std::fmt::Debug>(strategy: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    option::weighted(0.15, strategy)
}

prop_compose! {
    /// A volunteer near a town; their id is given afterwards.
    fn candidate(town: usize)(
        (organisation, area, campaigns) in (few(1, 2), few(1, 3), btree_set(few(1, 3), 0..3)),
        (approved, duty, availability, rest_until) in
            (proptest::bool::weighted(0.9), duty(), availability(), rarely(moment())),
        (active_claims, claim_limit) in (0_u32..3, 2_u32..5),
        (base, last_seen) in (option::weighted(0.9, position(town)), option::of((position(town), moment()))),
        transport in select(Transport::ALL),
        capacity in load(20_000),
        skills in prop_oneof![Just(Skill::ALL.iter().copied().collect()), skills()],
        languages in languages(),
        radius in 0_u32..9_000,
        (blocks, served) in (btree_set(few(1, 9), 0..2), btree_set(few(1, 9), 0..5)),
    ) -> Candidate {
        Candidate {
            volunteer: VolunteerId::new(Uuid::nil()),
            organisation: OrganisationId::new(organisation),
            campaigns: Arc::new(campaigns.into_iter().map(CampaignId::new).collect()),
            area: AreaId::new(area),
            approved, duty, availability, rest_until, active_claims, claim_limit, base,
            last_seen: last_seen.map(|(position, seen_at)| Sighting { position, seen_at }),
            transport, capacity, skills,
            languages: languages.into_iter().collect(),
            radius: Metres::new(radius),
            blocks: blocks.into_iter().map(HouseholdId::new).collect(),
            served: served.into_iter().map(HouseholdId::new).collect(),
        }
    }
}

prop_compose! {
    /// A request near a town; its id is given afterwards.
    fn request(town: usize)(
        (household, organisation, campaign, area) in (few(1, 9), few(1, 2), few(1, 3), few(1, 3)),
        neighbours in btree_set(few(1, 3), 0..4),
        kind in select(RequestKind::ALL),
        urgency in select(Urgency::ALL),
        place in near(town).prop_filter_map("on the globe", |(lat, lon)| CoarsePoint::stored(lat, lon, None).ok()),
        load in load(8_000),
        skills in skills(),
        transport in rarely(select(Transport::ALL)),
        languages in languages(),
        categories in btree_set(select(HouseholdCategory::ALL), 0..3),
        (opened_at, window_end) in (moment(), option::of(moment())),
    ) -> OpenRequest {
        OpenRequest {
            request: RequestId::new(Uuid::nil()),
            household: HouseholdId::new(household),
            organisation: OrganisationId::new(organisation),
            campaign: CampaignId::new(campaign),
            area: AreaId::new(area),
            neighbours: neighbours.into_iter().map(AreaId::new).collect::<BTreeSet<_>>(),
            kind, urgency, place, load, skills, transport, languages, categories, opened_at, window_end,
        }
    }
}

/// Volunteers of one town, each with an id of their own and in no order of ids.
pub(crate) fn volunteers(most: usize) -> impl Strategy<Value = Vec<Candidate>> {
    (0..TOWNS.len()).prop_flat_map(move |town| numbered_volunteers(town, most))
}

fn numbered_volunteers(town: usize, most: usize) -> impl Strategy<Value = Vec<Candidate>> {
    let numbered = |candidates: Vec<Candidate>| -> Vec<Candidate> {
        let ids = (1_u128..).map(|n| VolunteerId::new(Uuid::from_u128(n)));
        ids.zip(candidates).map(|(volunteer, candidate)| Candidate { volunteer, ..candidate }).collect()
    };
    vec(candidate(town), 0..most).prop_map(numbered).prop_shuffle()
}

fn numbered_requests(town: usize, most: usize) -> impl Strategy<Value = Vec<OpenRequest>> {
    let numbered = |requests: Vec<OpenRequest>| -> Vec<OpenRequest> {
        let ids = (1_u128..).map(|n| RequestId::new(Uuid::from_u128(n)));
        ids.zip(requests).map(|(id, request)| OpenRequest { request: id, ..request }).collect()
    };
    vec(request(town), 0..most).prop_map(numbered).prop_shuffle()
}

/// One request and the volunteers of its town.
pub(crate) fn request_among(most: usize) -> impl Strategy<Value = (OpenRequest, Vec<Candidate>)> {
    (0..TOWNS.len()).prop_flat_map(move |town| (request(town), numbered_volunteers(town, most)))
}

/// One volunteer and the requests of their town.
pub(crate) fn volunteer_among(most: usize) -> impl Strategy<Value = (Candidate, Vec<OpenRequest>)> {
    (0..TOWNS.len()).prop_flat_map(move |town| (candidate(town), numbered_requests(town, most)))
}

prop_compose! {
    /// Weights within what a policy could say.
    pub(crate) fn weights()(
        travel_percent in 0_u32..300, claims in 0_u32..1_000, language in 0_u32..1_000, face in 0_u32..1_000,
    ) -> Weights {
        Weights {
            travel_percent,
            claims_squared: Seconds::new(claims),
            other_language: Seconds::new(language),
            new_face: Seconds::new(face),
        }
    }
}
