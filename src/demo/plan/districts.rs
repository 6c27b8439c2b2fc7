//! Eight districts, drawn by hand to lie about where Almaty's eight districts lie, and how many people
//! live in those. Neighbours share their corners, so that the districts neither overlap nor leave a gap.

use domain::place::{AreaShape, Position};
use serde_json::json;

use crate::demo::{Chance, DemoError};

/// Degrees east, degrees north: the order of GeoJSON.
type Corner = (f64, f64);

/// A district.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct District {
    /// The name of the real district after which it is modelled.
    pub name: &'static str,
    /// How many people live in the real one, by the page of its akimat below gov.kz.
    pub population: usize,
    /// That page, under <https://www.gov.kz/memleket/entities/>, read in 2026. For Auezov and Turksib it
    /// says "more than".
    pub source: &'static str,
    outline: &'static [Corner],
    /// Where people live: the middles of its quarters. The first one has the hub.
    quarters: &'static [Corner],
}

const ALATAU_FAR_WEST: Corner = (76.740, 43.250);
const ALATAU_NORTH_WEST: Corner = (76.760, 43.350);
const ALATAU_ZHETYSU: Corner = (76.880, 43.350);
const ALATAU_ZHETYSU_ALMALY: Corner = (76.890, 43.270);
const ALATAU_ALMALY_AUEZOV: Corner = (76.865, 43.250);
const ALATAU_AUEZOV_NAURYZBAY: Corner = (76.810, 43.240);
const ZHETYSU_NORTH: Corner = (76.890, 43.375);
const ZHETYSU_TURKSIB: Corner = (76.940, 43.370);
const ZHETYSU_TURKSIB_MEDEU: Corner = (76.965, 43.300);
const ALMALY_ZHETYSU_MEDEU: Corner = (76.950, 43.268);
const ALMALY_AUEZOV_BOSTANDYK: Corner = (76.870, 43.235);
const ALMALY_BOSTANDYK_MEDEU: Corner = (76.945, 43.240);
const AUEZOV_NAURYZBAY: Corner = (76.830, 43.200);
const AUEZOV_NAURYZBAY_BOSTANDYK: Corner = (76.880, 43.205);
const NAURYZBAY_WEST: Corner = (76.770, 43.200);
const NAURYZBAY_SOUTH: Corner = (76.790, 43.130);
const NAURYZBAY_BOSTANDYK: Corner = (76.880, 43.130);
const BOSTANDYK_SOUTH: Corner = (76.880, 43.050);
const BOSTANDYK_MEDEU_SOUTH: Corner = (76.980, 43.050);
const BOSTANDYK_MEDEU: Corner = (76.960, 43.170);
const MEDEU_SOUTH_EAST: Corner = (77.150, 43.060);
const MEDEU_EAST: Corner = (77.140, 43.250);
const TURKSIB_MEDEU: Corner = (77.030, 43.300);
const TURKSIB_EAST: Corner = (77.090, 43.340);
const TURKSIB_NORTH_EAST: Corner = (77.040, 43.400);
const TURKSIB_NORTH_WEST: Corner = (76.960, 43.400);

/// The districts. The first is where a newcomer's example lives.
pub const DISTRICTS: [District; 8] = [
    District {
        name: "Almaly",
        population: 224_600,
        source: "almaty-almaly",
        outline: &[
            ALMALY_AUEZOV_BOSTANDYK,
            ALMALY_BOSTANDYK_MEDEU,
            ALMALY_ZHETYSU_MEDEU,
            ALATAU_ZHETYSU_ALMALY,
            ALATAU_ALMALY_AUEZOV,
        ],
        quarters: &[(76.890, 43.250), (76.915, 43.255), (76.935, 43.250), (76.900, 43.243)],
    },
    District {
        name: "Auezov",
        population: 358_000,
        source: "almaty-auezov",
        outline: &[
            AUEZOV_NAURYZBAY,
            AUEZOV_NAURYZBAY_BOSTANDYK,
            ALMALY_AUEZOV_BOSTANDYK,
            ALATAU_ALMALY_AUEZOV,
            ALATAU_AUEZOV_NAURYZBAY,
        ],
        quarters: &[(76.845, 43.228), (76.862, 43.218), (76.845, 43.212), (76.854, 43.240)],
    },
    District {
        name: "Alatau",
        population: 317_700,
        source: "almaty-alatau",
        outline: &[
            ALATAU_FAR_WEST,
            ALATAU_AUEZOV_NAURYZBAY,
            ALATAU_ALMALY_AUEZOV,
            ALATAU_ZHETYSU_ALMALY,
            ALATAU_ZHETYSU,
            ALATAU_NORTH_WEST,
        ],
        quarters: &[(76.850, 43.290), (76.810, 43.265), (76.865, 43.270), (76.790, 43.315), (76.855, 43.330)],
    },
    District {
        name: "Bostandyk",
        population: 362_200,
        source: "almaty-bostandyk",
        outline: &[
            BOSTANDYK_SOUTH,
            BOSTANDYK_MEDEU_SOUTH,
            BOSTANDYK_MEDEU,
            ALMALY_BOSTANDYK_MEDEU,
            ALMALY_AUEZOV_BOSTANDYK,
            AUEZOV_NAURYZBAY_BOSTANDYK,
            NAURYZBAY_BOSTANDYK,
        ],
        quarters: &[(76.910, 43.225), (76.930, 43.212), (76.900, 43.192), (76.928, 43.175), (76.905, 43.155)],
    },
    District {
        name: "Medeu",
        population: 242_100,
        source: "almaty-medeu",
        outline: &[
            BOSTANDYK_MEDEU_SOUTH,
            MEDEU_SOUTH_EAST,
            MEDEU_EAST,
            TURKSIB_MEDEU,
            ZHETYSU_TURKSIB_MEDEU,
            ALMALY_ZHETYSU_MEDEU,
            ALMALY_BOSTANDYK_MEDEU,
            BOSTANDYK_MEDEU,
        ],
        quarters: &[(76.965, 43.250), (76.980, 43.235), (76.975, 43.280), (77.005, 43.215), (76.995, 43.262)],
    },
    District {
        name: "Nauryzbay",
        population: 220_187,
        source: "almaty-nauryzbai",
        outline: &[
            NAURYZBAY_SOUTH,
            NAURYZBAY_BOSTANDYK,
            AUEZOV_NAURYZBAY_BOSTANDYK,
            AUEZOV_NAURYZBAY,
            ALATAU_AUEZOV_NAURYZBAY,
            NAURYZBAY_WEST,
        ],
        quarters: &[(76.810, 43.212), (76.805, 43.182), (76.850, 43.182), (76.842, 43.155)],
    },
    District {
        name: "Turksib",
        population: 267_000,
        source: "almaty-turksib",
        outline: &[
            ZHETYSU_TURKSIB_MEDEU,
            TURKSIB_MEDEU,
            TURKSIB_EAST,
            TURKSIB_NORTH_EAST,
            TURKSIB_NORTH_WEST,
            ZHETYSU_TURKSIB,
        ],
        quarters: &[(76.988, 43.320), (77.020, 43.335), (76.978, 43.358), (77.030, 43.368)],
    },
    District {
        name: "Zhetysu",
        population: 173_972,
        source: "almaty-zhetysu",
        outline: &[
            ALATAU_ZHETYSU_ALMALY,
            ALMALY_ZHETYSU_MEDEU,
            ZHETYSU_TURKSIB_MEDEU,
            ZHETYSU_TURKSIB,
            ZHETYSU_NORTH,
            ALATAU_ZHETYSU,
        ],
        quarters: &[(76.915, 43.285), (76.940, 43.290), (76.920, 43.318), (76.908, 43.348)],
    },
];

impl District {
    /// What it is called here: nobody shall take it for the real one.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{} (demo)", self.name)
    }

    /// Where its hub is.
    ///
    /// # Errors
    /// When there is no such place: a fault of this program.
    pub fn hub(&self) -> Result<Position, DemoError> {
        self.quarters.first().ok_or(DemoError::Drawing("a district without quarters")).and_then(place)
    }

    fn shape(&self) -> Result<AreaShape, DemoError> {
        let ring: Vec<[f64; 2]> =
            self.outline.iter().chain(self.outline.first()).map(|(lon, lat)| [*lon, *lat]).collect();
        AreaShape::from_geojson(&json!({"type": "Polygon", "coordinates": [ring]}))
            .map_err(|_| DemoError::Drawing("a district whose outline is none"))
    }
}

/// Every district's outline, in the order of [`DISTRICTS`].
pub(super) fn outlines() -> Result<Vec<AreaShape>, DemoError> {
    DISTRICTS.iter().map(District::shape).collect()
}

/// How many of `all` fall to each district, by the people who live there, the largest remainders
/// rounded up until the sum is right (Hamilton's method).
pub(super) fn shares(all: usize) -> Vec<usize> {
    let people: usize = DISTRICTS.iter().map(|district| district.population).sum();
    let exact =
        |district: &District| (all * district.population / people, all * district.population % people);
    let mut shares: Vec<(usize, usize)> = DISTRICTS.iter().map(exact).collect();
    let missing = all - shares.iter().map(|(share, _)| share).sum::<usize>();
    let mut by_remainder: Vec<usize> = (0..shares.len()).collect();
    by_remainder
        .sort_by_key(|index| std::cmp::Reverse(shares.get(*index).map_or(0, |(_, remainder)| *remainder)));
    for index in by_remainder.into_iter().take(missing) {
        if let Some((share, _)) = shares.get_mut(index) {
            *share += 1;
        }
    }
    shares.into_iter().map(|(share, _)| share).collect()
}

/// A place where somebody may live in a district: in one of its quarters, and inside the outline.
pub(super) fn place_in(
    district: usize,
    outlines: &[AreaShape],
    chance: &mut Chance,
) -> Result<Position, DemoError> {
    /// How far a quarter reaches from its middle, in degrees: about 700 m both ways.
    const REACH: (f64, f64) = (0.0085, 0.0063);
    let (Some(described), Some(outline)) = (DISTRICTS.get(district), outlines.get(district)) else {
        return Err(DemoError::Drawing("a district that is not in the list"));
    };
    let (lon, lat) = *chance.pick(described.quarters).ok_or(DemoError::Drawing("no quarters"))?;
    // A quarter at the district's border is cut there; its middle always lies inside.
    for _ in 0..50 {
        let east = chance.between(-REACH.0, REACH.0);
        let north = chance.between(-REACH.1, REACH.1);
        let here = place(&(lon + east, lat + north))?;
        if outline.contains(here) {
            return Ok(here);
        }
    }
    place(&(lon, lat))
}

fn place(corner: &Corner) -> Result<Position, DemoError> {
    // Seven decimals are a centimetre.
    let rounded = |degrees: f64| (degrees * 1e7).round() / 1e7;
    Position::new(rounded(corner.1), rounded(corner.0))
        .map_err(|_| DemoError::Drawing("a place off the globe"))
}
