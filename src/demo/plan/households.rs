//! Who lives in the city: six hundred households, as many in each district as its people's share says.

use domain::household::HouseholdStatus;
use domain::place::{AreaShape, Position};
use domain::words::HouseholdCategory;

use super::{ORGANISATIONS, districts, names};
use crate::demo::{Chance, DemoError};

/// How many households there are.
pub const HOUSEHOLDS: usize = 600;

/// A household that shall be registered.
#[derive(Clone, PartialEq)]
pub struct PlannedHousehold {
    /// Its place in the plan.
    pub number: usize,
    /// Its district, by its place in the list.
    pub district: usize,
    /// The organisation whose partner app registers it, by its place in the list.
    pub organisation: usize,
    /// How many live there.
    pub members: u32,
    /// Why it is served.
    pub categories: Vec<HouseholdCategory>,
    /// What is spoken there, the preferred first.
    pub languages: Vec<&'static str>,
    /// By which channel it agreed to be helped.
    pub channel: &'static str,
    /// What becomes of it while the city is built.
    pub status: HouseholdStatus,
    /// The name to ask for.
    pub name: String,
    /// Its telephone, where there is one.
    pub phone: Option<String>,
    /// Its street, which is nowhere.
    pub street: String,
    /// House and flat.
    pub house: (String, Option<String>),
    /// Entrance and floor.
    pub stairs: Option<(u32, u32)>,
    /// Where it is.
    pub position: Position,
    /// What a volunteer should know at the door.
    pub notes: String,
}

/// Never more of a door than its number, as everywhere.
impl std::fmt::Debug for PlannedHousehold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PlannedHousehold({})", self.number)
    }
}

/// The partner apps' own name for a household.
#[must_use]
pub fn external_id(number: usize) -> String {
    format!("demo-household-{:04}", number + 1)
}

/// What is spoken, the preferred first, of a hundred households: a guess, and a plausible one.
const LANGUAGES: [(&[&str], usize); 6] = [
    (&["kk", "ru"], 38),
    (&["ru"], 27),
    (&["kk"], 17),
    (&["ru", "kk"], 14),
    (&["ug", "ru"], 3),
    (&["tr", "ru"], 1),
];

/// Which sorts of households a campaign for those who cannot leave home serves, of a hundred.
const SORTS: [(HouseholdCategory, usize); 7] = [
    (HouseholdCategory::ElderlyAlone, 46),
    (HouseholdCategory::LargeLowIncomeFamily, 22),
    (HouseholdCategory::SpecialNeeds, 14),
    (HouseholdCategory::Unemployed, 8),
    (HouseholdCategory::DisabledChild, 6),
    (HouseholdCategory::OrphansInCare, 2),
    (HouseholdCategory::Other, 2),
];

/// How many households end up otherwise than verified. Those that wait come first: the requests that
/// wait for them are theirs.
const OTHERWISE: [(HouseholdStatus, usize); 4] = [
    (HouseholdStatus::PendingVerification, 54),
    (HouseholdStatus::Rejected, 8),
    (HouseholdStatus::Suspended, 10),
    (HouseholdStatus::Archived, 8),
];

const NOTES: [&str; 6] = [
    "please ring twice and step back",
    "the lift is out of order",
    "hard of hearing: knock loudly",
    "a dog that barks and does not bite",
    "leave it on the chair beside the door",
    "call before coming",
];

pub(super) fn draw(seed: u64, outlines: &[AreaShape]) -> Result<Vec<PlannedHousehold>, DemoError> {
    let mut chance = Chance::new(seed, 1);
    let mut districts: Vec<usize> = districts::shares(HOUSEHOLDS)
        .into_iter()
        .enumerate()
        .flat_map(|(district, share)| std::iter::repeat_n(district, share))
        .collect();
    shuffle(&mut districts, &mut chance);
    let statuses = statuses();
    (0..HOUSEHOLDS)
        .zip(districts)
        .map(|(number, district)| {
            let status = statuses.get(number).copied().unwrap_or(HouseholdStatus::Verified);
            let position = districts::place_in(district, outlines, &mut chance)?;
            Ok(household(number, district, (status, position), &mut chance))
        })
        .collect()
}

fn statuses() -> Vec<HouseholdStatus> {
    OTHERWISE.iter().flat_map(|(status, count)| std::iter::repeat_n(*status, *count)).collect()
}

pub(super) fn shuffle<T>(things: &mut [T], chance: &mut Chance) {
    for last in (1..things.len()).rev() {
        things.swap(last, chance.below(last + 1));
    }
}

fn household(
    number: usize,
    district: usize,
    (status, position): (HouseholdStatus, Position),
    chance: &mut Chance,
) -> PlannedHousehold {
    let sort = chance.weighted(&SORTS).unwrap_or(HouseholdCategory::Other);
    let members = members(sort, chance);
    let mut categories = vec![sort];
    if sort != HouseholdCategory::SpecialNeeds && chance.percent(8) {
        categories.push(HouseholdCategory::SpecialNeeds);
    }
    let in_a_block = chance.percent(75);
    PlannedHousehold {
        number,
        district,
        organisation: number % ORGANISATIONS.len(),
        members,
        categories,
        languages: chance.weighted(&LANGUAGES).unwrap_or(&["ru"]).to_vec(),
        channel: chance
            .weighted(&[("hotline", 55), ("partner_app", 25), ("in_person", 15), ("paper", 5)])
            .unwrap_or("hotline"),
        status,
        name: names::person(chance),
        phone: chance.percent(92).then(|| names::telephone(number)),
        street: names::street(chance),
        house: (names::house(chance), in_a_block.then(|| chance.whole(1, 120).to_string())),
        stairs: in_a_block.then(|| (chance.whole(1, 6), chance.whole(1, 9))),
        position,
        notes: format!(
            "Fictional household of the demo; {}.",
            chance.pick(&NOTES).copied().unwrap_or("knock")
        ),
    }
}

fn members(sort: HouseholdCategory, chance: &mut Chance) -> u32 {
    match sort {
        HouseholdCategory::ElderlyAlone => chance.weighted(&[(1, 82), (2, 18)]).unwrap_or(1),
        HouseholdCategory::LargeLowIncomeFamily => chance.whole(5, 9),
        HouseholdCategory::DisabledChild => chance.whole(3, 6),
        HouseholdCategory::OrphansInCare => chance.whole(4, 8),
        HouseholdCategory::SpecialNeeds | HouseholdCategory::Unemployed | HouseholdCategory::Other => {
            chance.whole(1, 4)
        }
    }
}
