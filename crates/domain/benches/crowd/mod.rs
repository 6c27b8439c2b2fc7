//! A crowd as benchmarks need one: volunteers around real towns in proportion to population, and
//! requests drawn from the same places. The same seed makes the same crowd.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::Moment;
use domain::id::{AreaId, CampaignId, HouseholdId, OrganisationId, RequestId, VolunteerId};
use domain::matching::{
    At, Availability, Candidate, Duty, Language, Load, MinuteOfWeek, OpenRequest, Skills,
};
use domain::place::{CoarsePoint, Metres, Position};
use domain::words::{RequestKind, Skill, Transport, Urgency};
use uuid::Uuid;

/// Printed with every result.
pub(crate) const SEED: u64 = 20_261_122;
const TOWNS: &str = include_str!("towns.csv");
/// Two million people live within some twelve kilometres (Almaty); the radius goes with the root.
const METRES_PER_ROOT: f64 = 12_000.0 / 1_414.0;
const LEAST_SPREAD: f64 = 500.0;
const METRES_PER_DEGREE: f64 = 111_195.0;

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): small, and the same everywhere.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From nought up to, not including, one.
    pub(crate) fn share(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn happens(&mut self, share: f64) -> bool {
        self.share() < share
    }

    pub(crate) fn below(&mut self, most: u32) -> u32 {
        (self.share() * f64::from(most)) as u32
    }

    pub(crate) fn normal(&mut self) -> f64 {
        // Box and Muller, 1958.
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.share()).cos()
    }
}

struct Town {
    lat: f64,
    lon: f64,
    region: u32,
    spread: f64,
    /// The share of all people who live in this town or one before it.
    up_to: f64,
}

/// Where people are.
pub(crate) struct Country {
    towns: Vec<Town>,
}

impl Country {
    pub(crate) fn new() -> Self {
        let mut towns = Vec::new();
        let mut people = 0.0;
        for line in TOWNS.lines().filter(|line| !line.starts_with('#')) {
            let words: Vec<&str> = line.split(',').collect();
            let number = |at: usize| words.get(at).and_then(|word| word.parse::<f64>().ok()).unwrap_or(0.0);
            people += number(4);
            towns.push(Town {
                lat: number(1),
                lon: number(2),
                region: number(3) as u32,
                spread: (METRES_PER_ROOT * number(4).sqrt() / 2.0).max(LEAST_SPREAD),
                up_to: people,
            });
        }
        for town in &mut towns {
            town.up_to /= people;
        }
        Self { towns }
    }

    pub(crate) fn somewhere(&self, chance: &mut Chance) -> (Position, u32) {
        loop {
            let share = chance.share();
            let Some(town) = self.towns.iter().find(|town| share <= town.up_to) else { continue };
            let north = chance.normal() * town.spread / METRES_PER_DEGREE;
            let east = chance.normal() * town.spread / METRES_PER_DEGREE / town.lat.to_radians().cos();
            if let Ok(position) = Position::new(town.lat + north, town.lon + east) {
                return (position, town.region);
            }
        }
    }
}

pub(crate) fn at() -> At {
    let now = Moment::from_timestamp(1_585_569_600, 0).unwrap_or_default();
    let Ok(local) = MinuteOfWeek::new(12 * 60) else { unreachable!("noon is a minute of the week") };
    At { now, local }
}

fn id(number: u64) -> Uuid {
    Uuid::from_u128(u128::from(number))
}

fn language(tag: &str) -> Option<Language> {
    tag.parse().ok()
}

/// The number of a volunteer, whose id it is.
pub(crate) fn number(volunteer: VolunteerId) -> u32 {
    u32::try_from(volunteer.uuid().as_u128()).unwrap_or(u32::MAX)
}

/// So many volunteers, numbered from nought. Seven in ten are available.
pub(crate) fn volunteers(country: &Country, n: u32) -> Vec<Candidate> {
    let mut chance = Chance::new(SEED);
    (0..n).map(|number| volunteer(country, number, &mut chance)).collect()
}

fn volunteer(country: &Country, number: u32, chance: &mut Chance) -> Candidate {
    let (base, region) = country.somewhere(chance);
    let available = chance.happens(0.7);
    let fault = chance.below(4);
    let (transport, radius, most_grams) = match chance.below(20) {
        0..10 => (Transport::Foot, 2_000, 12_000),
        10..13 => (Transport::Bicycle, 5_000, 20_000),
        _ => (Transport::Car, 12_000, 150_000),
    };
    let grams = 4_000 + chance.below(most_grams);
    let skills =
        [(Skill::FirstAid, 0.2), (Skill::ElderCare, 0.1), (Skill::ColdChain, 0.05), (Skill::Pharmacy, 0.01)];
    let skills: Skills =
        skills.into_iter().filter(|(_, share)| chance.happens(*share)).map(|(skill, _)| skill).collect();
    let tongues: &[&str] = match chance.below(20) {
        0..7 => &["kk"],
        7..12 => &["ru"],
        12..19 => &["kk", "ru"],
        _ => &["ug", "ru"],
    };
    Candidate {
        volunteer: VolunteerId::new(id(u64::from(number))),
        organisation: OrganisationId::new(id(1 + u64::from(chance.below(3)))),
        campaigns: Arc::new([CampaignId::new(id(1))].into()),
        area: AreaId::new(id(u64::from(region))),
        approved: available || fault != 0,
        duty: if available || fault != 1 { Duty::On { until: None } } else { Duty::Off },
        availability: if available || fault != 2 {
            Availability::Always
        } else {
            Availability::Weekly(Vec::new())
        },
        rest_until: None,
        active_claims: if available || fault != 3 { chance.below(3) } else { 3 },
        claim_limit: 3,
        base: Some(base),
        last_seen: None,
        transport,
        capacity: Load { grams, millilitres: 3 * grams },
        skills,
        languages: tongues.iter().filter_map(|tag| language(tag)).collect(),
        radius: Metres::new(radius),
        blocks: BTreeSet::new(),
        served: (0..chance.below(3))
            .map(|_| HouseholdId::new(id(u64::from(chance.below(1_000_000)))))
            .collect(),
    }
}

/// What share of the available volunteers has what a request asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Selectivity {
    /// A skill that one in twenty has, in one request of ten; a language in every one.
    Mixed,
    /// Nothing in particular.
    Hundred,
    /// A skill that one in ten has.
    Ten,
    /// A skill that one in a hundred has.
    One,
}

/// So many requests, drawn from where people are.
pub(crate) fn requests(country: &Country, n: u32, selectivity: Selectivity) -> Vec<OpenRequest> {
    let mut chance = Chance::new(SEED ^ 0x5EED);
    (0..n).map(|number| request(country, number, selectivity, &mut chance)).collect()
}

fn request(country: &Country, number: u32, selectivity: Selectivity, chance: &mut Chance) -> OpenRequest {
    let (place, region) = country.somewhere(chance);
    let skill = match selectivity {
        Selectivity::Mixed => Some(Skill::ColdChain).filter(|_| chance.happens(0.1)),
        Selectivity::Hundred => None,
        Selectivity::Ten => Some(Skill::ElderCare),
        Selectivity::One => Some(Skill::Pharmacy),
    };
    let tag = if chance.happens(0.6) { "kk" } else { "ru" };
    let asks = selectivity == Selectivity::Mixed;
    let grams = if asks { 1_000 + chance.below(9_000) } else { 1_000 };
    let Ok(place) = CoarsePoint::stored(place.lat(), place.lon(), None) else {
        unreachable!("it is on the globe")
    };
    OpenRequest {
        request: RequestId::new(id(u64::from(number))),
        household: HouseholdId::new(id(u64::from(chance.below(1_000_000)))),
        organisation: OrganisationId::new(id(1)),
        campaign: CampaignId::new(id(1)),
        area: AreaId::new(id(u64::from(region))),
        neighbours: BTreeSet::new(),
        kind: RequestKind::Delivery,
        urgency: if chance.happens(0.2) { Urgency::High } else { Urgency::Normal },
        place,
        load: Load { grams, millilitres: 2 * grams },
        skills: skill.into_iter().collect(),
        transport: None,
        languages: if asks { language(tag).into_iter().collect() } else { Vec::new() },
        categories: BTreeSet::new(),
        opened_at: at().now,
        window_end: None,
    }
}
