//! Who lives in a made-up city and what they do: read from a file, and refused by name where it makes no sense.

use serde::{Deserialize, Serialize};

/// A made-up city. The files in `examples/scenarios` say what each number means and where it is from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it is called.
    pub name: String,
    /// The same seed makes the same city.
    pub seed: u64,
    /// Days before anything is counted.
    pub warm_up_days: u32,
    /// Days that are counted.
    pub days: u32,
    /// Minutes by which local time is ahead of UTC.
    pub time_zone_minutes: i32,
    /// When requests come, and how long they can wait.
    pub demand: Demand,
    /// The city's parts.
    pub district: Vec<District>,
    /// What volunteers do.
    pub people: People,
}

/// When requests come, and how long they can wait.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demand {
    /// From this minute of the day on.
    pub from_minute: u32,
    /// Up to this minute of the day.
    pub until_minute: u32,
    /// The window of each, in hours.
    pub window_hours: u32,
    /// How many are critical, in per cent.
    pub critical_percent: u32,
    /// How many are of high urgency, in per cent.
    pub high_percent: u32,
}

/// A part of the city.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct District {
    /// What it is called.
    pub name: String,
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// People live around the middle with this standard deviation, in metres.
    pub spread_m: f64,
    /// How many volunteers.
    pub volunteers: u32,
    /// How many requests a day, on average.
    pub requests_per_day: f64,
}

/// What volunteers do.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    /// How likely somebody near by, rested and with empty hands accepts, on average, in per cent.
    pub accept_percent: f64,
    /// How much people are alike: the sum of the Beta distribution's parameters.
    pub accept_alike: f64,
    /// The odds halve with so many minutes of way.
    pub way_halves_minutes: f64,
    /// The odds with each claim in hand, in per cent.
    pub claim_in_hand_percent: f64,
    /// The odds with each further offer of the last seven days, in per cent.
    pub recent_offer_percent: f64,
    /// How many do not look for a while after an offer, in per cent.
    pub inactive_percent: f64,
    /// For how many days, on average.
    pub inactive_days: f64,
    /// Half of those who accept do so within so many minutes.
    pub answer_minutes: f64,
    /// The standard deviation of that time's logarithm.
    pub answer_spread: f64,
    /// How many of those who do not accept say so, in per cent.
    pub decline_percent: f64,
    /// How many are on duty on a given day, in per cent.
    pub on_duty_percent: f64,
    /// From this minute of the day on, on average.
    pub from_minute: f64,
    /// Up to this minute of the day, on average.
    pub until_minute: f64,
    /// How many drive, in per cent.
    pub car_percent: f64,
    /// How many cycle, in per cent.
    pub bicycle_percent: f64,
    /// How far walkers go, in metres.
    pub foot_m: u32,
    /// How far cyclists go, in metres.
    pub bicycle_m: u32,
    /// How far drivers go, in metres.
    pub car_m: u32,
    /// Claims at once.
    pub claim_limit: u32,
    /// How many accept and never come, in per cent.
    pub no_show_percent: f64,
    /// After so many minutes somebody else may have it.
    pub lease_minutes: f64,
    /// Half of them set out within so many minutes.
    pub handling_minutes: f64,
    /// The standard deviation of that time's logarithm.
    pub handling_spread: f64,
    /// How many leave within a year, in per cent.
    pub leave_percent_a_year: f64,
}

/// A scenario that makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ScenarioError {
    /// A number outside its limits.
    #[error("{field} is from {min} to {max}")]
    OutOfLimits {
        /// The field's name.
        field: &'static str,
        /// The smallest that makes sense.
        min: f64,
        /// The largest that makes sense.
        max: f64,
    },
    /// Nobody is there.
    #[error("district: there is none")]
    NoDistrict,
}

/// More people than this take longer than anybody waits for.
const MOST_PEOPLE: f64 = 200_000.0;

impl Scenario {
    /// Refuses a city that could not be.
    ///
    /// # Errors
    /// Names the first number outside its limits.
    pub fn check(&self) -> Result<(), ScenarioError> {
        if self.district.is_empty() {
            return Err(ScenarioError::NoDistrict);
        }
        let (demand, day) = (&self.demand, 1_440.0);
        let mut limits = vec![
            ("days", f64::from(self.days), 1.0, 366.0),
            ("warm_up_days", f64::from(self.warm_up_days), 0.0, 366.0),
            ("time_zone_minutes", f64::from(self.time_zone_minutes), -day, day),
            ("demand.from_minute", f64::from(demand.from_minute), 0.0, day),
            ("demand.until_minute", f64::from(demand.until_minute), f64::from(demand.from_minute) + 1.0, day),
            ("demand.window_hours", f64::from(demand.window_hours), 1.0, 720.0),
            ("demand.critical_percent", f64::from(demand.critical_percent), 0.0, 100.0),
            ("demand.high_percent", f64::from(demand.high_percent), 0.0, 100.0),
        ];
        for district in &self.district {
            limits.extend([
                ("district.lat", district.lat, -80.0, 80.0),
                ("district.lon", district.lon, -180.0, 180.0),
                ("district.spread_m", district.spread_m, 1.0, 100_000.0),
                ("district.requests_per_day", district.requests_per_day, 0.0, MOST_PEOPLE),
                ("district.volunteers", f64::from(district.volunteers), 0.0, MOST_PEOPLE),
            ]);
        }
        limits.extend(self.people.limits());
        limits
            .into_iter()
            .find(|(_, value, min, max)| value.is_nan() || value < min || value > max)
            .map_or(Ok(()), |(field, _, min, max)| Err(ScenarioError::OutOfLimits { field, min, max }))
    }

    /// The same city with more volunteers, or fewer, in per cent.
    #[must_use]
    pub fn with_volunteers(&self, percent: u32) -> Self {
        let mut other = self.clone();
        for district in &mut other.district {
            district.volunteers = district.volunteers.saturating_mul(percent) / 100;
        }
        other
    }
}

impl People {
    fn limits(&self) -> [(&'static str, f64, f64, f64); 21] {
        let percent = |field, value| (field, value, 0.0, 100.0);
        [
            ("people.accept_percent", self.accept_percent, 0.1, 99.0),
            ("people.accept_alike", self.accept_alike, 0.1, 1_000.0),
            ("people.way_halves_minutes", self.way_halves_minutes, 0.1, 10_000.0),
            percent("people.claim_in_hand_percent", self.claim_in_hand_percent),
            percent("people.recent_offer_percent", self.recent_offer_percent),
            percent("people.inactive_percent", self.inactive_percent),
            ("people.inactive_days", self.inactive_days, 0.0, 365.0),
            ("people.answer_minutes", self.answer_minutes, 0.01, 10_000.0),
            ("people.answer_spread", self.answer_spread, 0.0, 5.0),
            percent("people.decline_percent", self.decline_percent),
            percent("people.on_duty_percent", self.on_duty_percent),
            ("people.from_minute", self.from_minute, 0.0, 1_440.0),
            ("people.until_minute", self.until_minute, self.from_minute, 1_440.0),
            percent("people.car_percent", self.car_percent),
            percent("people.bicycle_percent", self.bicycle_percent),
            ("people.claim_limit", f64::from(self.claim_limit), 1.0, 1_000.0),
            percent("people.no_show_percent", self.no_show_percent),
            ("people.lease_minutes", self.lease_minutes, 1.0, 10_000.0),
            ("people.handling_minutes", self.handling_minutes, 0.0, 10_000.0),
            ("people.handling_spread", self.handling_spread, 0.0, 5.0),
            ("people.leave_percent_a_year", self.leave_percent_a_year, 0.0, 99.0),
        ]
    }
}
