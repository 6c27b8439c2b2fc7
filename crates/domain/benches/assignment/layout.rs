//! Where people are: in the towns of a country, or in the quarters of one city.

use domain::place::Position;

use crate::crowd::{Chance, Country, SEED};

#[derive(Clone, Copy)]
pub(crate) enum Layout {
    /// Volunteers and requests around the towns of the crowd, in proportion to population.
    National,
    /// Two million people in forty quarters; as many volunteers live in one as in another, while requests come
    /// from some three times as often as from others.
    Metropolis,
}

const QUARTERS: u32 = 40;
/// Where the city is: as far north as Almaty.
const CITY: (f64, f64) = (43.25, 76.91);
/// From the middle, in degrees of latitude: some twelve kilometres.
const CITY_SPREAD: f64 = 0.11;
/// Some two kilometres.
const QUARTER_SPREAD: f64 = 0.018;

impl Layout {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::National => "national",
            Self::Metropolis => "metropolis",
        }
    }

    /// So many volunteers, requests, and requests that come later.
    pub(crate) fn places(self, counts: [usize; 3]) -> [Vec<Position>; 3] {
        let mut chance = Chance::new(SEED);
        match self {
            Self::National => {
                let country = Country::new();
                counts.map(|count| (0..count).map(|_| country.somewhere(&mut chance).0).collect())
            }
            Self::Metropolis => {
                let quarters: Vec<(f64, f64)> =
                    (0..QUARTERS).map(|_| around(CITY, CITY_SPREAD, &mut chance)).collect();
                let [volunteers, requests, later] = counts;
                let even = |chance: &mut Chance| chance.below(QUARTERS);
                let uneven = |chance: &mut Chance| {
                    let quarter = chance.below(QUARTERS);
                    if quarter.is_multiple_of(2) && chance.happens(0.5) { quarter + 1 } else { quarter }
                };
                [
                    people(volunteers, &quarters, &mut chance, even),
                    people(requests, &quarters, &mut chance, uneven),
                    people(later, &quarters, &mut chance, uneven),
                ]
            }
        }
    }
}

fn people(
    count: usize,
    quarters: &[(f64, f64)],
    chance: &mut Chance,
    quarter: impl Fn(&mut Chance) -> u32,
) -> Vec<Position> {
    (0..count)
        .filter_map(|_| {
            let quarter = quarters.get(quarter(chance) as usize)?;
            let (lat, lon) = around(*quarter, QUARTER_SPREAD, chance);
            Position::new(lat, lon).ok()
        })
        .collect()
}

fn around((lat, lon): (f64, f64), spread: f64, chance: &mut Chance) -> (f64, f64) {
    (lat + spread * chance.normal(), lon + spread * chance.normal() / lat.to_radians().cos())
}
