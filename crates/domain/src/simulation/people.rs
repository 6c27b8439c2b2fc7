//! The made-up volunteers and requests of a scenario, and what people would do if asked.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use uuid::Uuid;

use super::dice::{About, Dice};
use super::scenario::{District, People, Scenario};
use crate::Moment;
use crate::id::{AreaId, CampaignId, HouseholdId, OrganisationId, RequestId, VolunteerId};
use crate::matching::{Availability, Candidate, Duty, Load, OpenRequest, Skills};
use crate::place::{CoarsePoint, Metres, Position, Seconds};
use crate::words::{RequestKind, Transport, Urgency};

pub(super) const DAY_S: i64 = 24 * 3600;
/// Monday 30 March 2020: any Monday will do.
const FIRST_DAY_S: i64 = 1_585_526_400;
/// A degree of latitude on the sphere of [`crate::place::great_circle`], in metres.
const DEGREE_M: f64 = 111_195.08;
/// Duty begins and ends with this spread, in minutes.
const HOURS_SPREAD: f64 = 90.0;

/// A made-up volunteer: what matching knows, and what only they know.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) number: u64,
    pub(super) district: usize,
    pub(super) candidate: Candidate,
    /// The odds of accepting something near by.
    odds: f64,
    pub(super) inactive_until: Moment,
    pub(super) leaves_at: Option<Moment>,
}

/// A made-up request.
#[derive(Debug, Clone)]
pub(super) struct Need {
    pub(super) number: u64,
    pub(super) district: usize,
    pub(super) request: OpenRequest,
}

/// The whole city.
#[derive(Debug, Clone)]
pub(super) struct City {
    pub(super) dice: Dice,
    pub(super) start: Moment,
    pub(super) people: Vec<Person>,
    pub(super) needs: Vec<Need>,
}

pub(super) fn id(number: u64) -> Uuid {
    Uuid::from_u128(u128::from(number) + 1)
}

impl City {
    pub(super) fn of(scenario: &Scenario) -> Self {
        let dice = Dice::of(scenario.seed);
        let zone = TimeDelta::minutes(i64::from(scenario.time_zone_minutes));
        let start = Moment::UNIX_EPOCH + TimeDelta::seconds(FIRST_DAY_S) - zone;
        let mut city = Self { dice, start, people: Vec::new(), needs: Vec::new() };
        for (number, district) in scenario.district.iter().enumerate() {
            for _ in 0..district.volunteers {
                city.add_person(scenario, number, district);
            }
            city.add_needs(scenario, number, district);
        }
        city.needs.sort_by_key(|need| (need.request.opened_at, need.number));
        city
    }

    fn place(&self, about: About, number: u64, district: &District) -> Option<Position> {
        let north = district.spread_m * self.dice.normal(about, [number, 0], 0) / DEGREE_M;
        let width = DEGREE_M * district.lat.to_radians().cos();
        let east = district.spread_m * self.dice.normal(about, [number, 1], 0) / width;
        let lon = (district.lon + east + 540.0).rem_euclid(360.0) - 180.0;
        Position::new((district.lat + north).clamp(-90.0, 90.0), lon).ok()
    }

    fn add_person(&mut self, scenario: &Scenario, district: usize, place: &District) {
        let (people, number, dice) = (&scenario.people, self.people.len() as u64, self.dice);
        let mean = people.accept_percent / 100.0;
        let base = dice
            .beta(mean * people.accept_alike, (1.0 - mean) * people.accept_alike, About::Base, [number, 0])
            .clamp(0.001, 0.999);
        let wheels = dice.unit(About::Transport, [number, 0], 0) * 100.0;
        let (transport, radius) = match wheels {
            wheels if wheels < people.car_percent => (Transport::Car, people.car_m),
            wheels if wheels < people.car_percent + people.bicycle_percent => {
                (Transport::Bicycle, people.bicycle_m)
            }
            _ => (Transport::Foot, people.foot_m),
        };
        // As many days as it takes at a steady rate by which so many have left within a year.
        let rate = -(1.0 - people.leave_percent_a_year / 100.0).ln() / 365.0;
        let days = -(1.0 - dice.unit(About::Leaving, [number, 0], 0)).ln() / rate.max(1e-9);
        let base_position = self.place(About::Home, number, place);
        self.people.push(Person {
            number,
            district,
            candidate: volunteer(number, base_position, transport, Metres::new(radius), people.claim_limit),
            odds: base / (1.0 - base),
            inactive_until: self.start,
            leaves_at: (days < 10_000.0).then(|| self.start + seconds(days * 86_400.0)),
        });
    }

    fn add_needs(&mut self, scenario: &Scenario, district: usize, place: &District) {
        let demand = &scenario.demand;
        let span = f64::from(demand.until_minute - demand.from_minute);
        for day in 0..i64::from(scenario.warm_up_days + scenario.days) {
            let wanted = self.poisson(place.requests_per_day, [district as u64, day.unsigned_abs()]);
            for _ in 0..wanted {
                let number = self.needs.len() as u64;
                let minute =
                    f64::from(demand.from_minute) + span * self.dice.unit(About::Demand, [number, 1], 0);
                let opened_at = self.start + TimeDelta::days(day) + seconds(minute * 60.0);
                let how_soon = self.dice.unit(About::Urgency, [number, 0], 0) * 100.0;
                let critical = f64::from(demand.critical_percent);
                let urgency = match how_soon {
                    soon if soon < critical => Urgency::Critical,
                    soon if soon < critical + f64::from(demand.high_percent) => Urgency::High,
                    _ => Urgency::Normal,
                };
                let Some(door) = self.place(About::Door, number, place) else { continue };
                let Ok(coarse) = CoarsePoint::stored(door.lat(), door.lon(), None) else { continue };
                let window = TimeDelta::hours(i64::from(demand.window_hours));
                let request = need(number, coarse, urgency, opened_at, opened_at + window);
                self.needs.push(Need { number, district, request });
            }
        }
    }

    /// How many come on a day: the times between them are exponential.
    fn poisson(&self, mean: f64, of: [u64; 2]) -> u32 {
        let (mut time, mut count) = (0.0, 0_u32);
        loop {
            time -= (1.0 - self.dice.unit(About::Demand, of, 10 + u64::from(count))).ln();
            if time > mean {
                return count;
            }
            count += 1;
        }
    }

    /// From when to when this person is on duty on this day, if at all.
    pub(super) fn duty(&self, people: &People, person: u64, day: i64) -> Option<(Moment, Moment)> {
        let of = [person, day.unsigned_abs()];
        if self.dice.unit(About::Duty, of, 0) * 100.0 >= people.on_duty_percent {
            return None;
        }
        let minute = |mean: f64, nth| {
            (mean + HOURS_SPREAD * self.dice.normal(About::Hours, of, nth)).clamp(0.0, 1_439.0)
        };
        let (from, until) = (minute(people.from_minute, 0), minute(people.until_minute, 1));
        let midnight = self.start + TimeDelta::days(day);
        (from < until).then(|| (midnight + seconds(from * 60.0), midnight + seconds(until * 60.0)))
    }
}

impl Person {
    /// Whether they would accept, going so far, with so many claims in hand and so many offers in the last week.
    pub(super) fn accepts(
        &self,
        people: &People,
        throw: f64,
        way: Seconds,
        claims: u32,
        offers: u32,
    ) -> bool {
        let minutes = f64::from(way.get()) / 60.0;
        let power =
            |percent: f64, times: u32| (percent / 100.0).powi(i32::try_from(times).unwrap_or(i32::MAX));
        let odds = self.odds
            * 0.5_f64.powf(minutes / people.way_halves_minutes)
            * power(people.claim_in_hand_percent, claims)
            * power(people.recent_offer_percent, offers);
        throw < odds / (1.0 + odds)
    }
}

/// A length of time from seconds that are no whole number.
pub(super) fn seconds(seconds: f64) -> TimeDelta {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "far below the greatest, and the cast saturates in any case"
    )]
    TimeDelta::seconds(seconds.round() as i64)
}

fn volunteer(
    number: u64,
    base: Option<Position>,
    transport: Transport,
    radius: Metres,
    claim_limit: u32,
) -> Candidate {
    Candidate {
        volunteer: VolunteerId::new(id(number)),
        organisation: OrganisationId::new(id(0)),
        campaigns: Arc::new([CampaignId::new(id(0))].into()),
        area: AreaId::new(id(0)),
        approved: true,
        duty: Duty::Off,
        availability: Availability::Always,
        rest_until: None,
        active_claims: 0,
        claim_limit,
        base,
        last_seen: None,
        transport,
        capacity: Load { grams: 8_000, millilitres: 20_000 },
        skills: Skills::NONE,
        languages: BTreeSet::new(),
        radius,
        blocks: BTreeSet::new(),
        served: BTreeSet::new(),
    }
}

fn need(
    number: u64,
    place: CoarsePoint,
    urgency: Urgency,
    opened_at: Moment,
    window_end: Moment,
) -> OpenRequest {
    OpenRequest {
        request: RequestId::new(id(number)),
        household: HouseholdId::new(id(number)),
        organisation: OrganisationId::new(id(0)),
        campaign: CampaignId::new(id(0)),
        area: AreaId::new(id(0)),
        neighbours: BTreeSet::new(),
        kind: RequestKind::Delivery,
        urgency,
        place,
        load: Load { grams: 5_000, millilitres: 8_000 },
        skills: Skills::NONE,
        transport: None,
        languages: Vec::new(),
        categories: BTreeSet::new(),
        opened_at,
        window_end: Some(window_end),
    }
}
