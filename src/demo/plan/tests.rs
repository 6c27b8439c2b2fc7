//! What the drawn city must be, whatever the seed.

use std::collections::{BTreeMap, BTreeSet};

use domain::household::HouseholdStatus;
use domain::place::Position;
use domain::words::RequestKind;

use super::requests::can_take;
use super::*;

const SEEDS: [u64; 4] = [1, 2, 77, u64::MAX];

fn plans() -> impl Iterator<Item = Plan> {
    SEEDS.into_iter().map(|seed| Plan::draw(seed).unwrap())
}

#[test]
fn a_seed_draws_the_same_city_every_time_and_another_seed_another() {
    for seed in SEEDS {
        assert!(Plan::draw(seed).unwrap() == Plan::draw(seed).unwrap());
    }
    assert!(Plan::draw(1).unwrap() != Plan::draw(2).unwrap());
    let (one, other) = (Plan::draw(1).unwrap(), Plan::draw(2).unwrap());
    assert!(one.buildings(0).unwrap() == one.buildings(0).unwrap());
    assert!(one.buildings(0).unwrap() != other.buildings(0).unwrap());
}

#[test]
fn a_city_has_as_many_of_everything_as_was_said() {
    for plan in plans() {
        let counts = (plan.households.len(), plan.volunteers.len(), plan.requests.len());
        assert_eq!(counts, (HOUSEHOLDS, VOLUNTEERS, REQUESTS));
        assert_eq!(plan.outlines.len(), 8);
        let mut fates: BTreeMap<Fate, usize> = BTreeMap::new();
        for request in &plan.requests {
            *fates.entry(request.fate).or_default() += 1;
        }
        assert_eq!(fates, FATES.into_iter().collect());
        for kind in RequestKind::ALL {
            assert!(plan.requests.iter().any(|request| request.kind == *kind), "{kind}");
        }
        for status in HouseholdStatus::ALL {
            assert!(plan.households.iter().any(|household| household.status == *status), "{status}");
        }
    }
}

#[test]
fn no_two_districts_overlap() {
    let outlines = districts::outlines().unwrap();
    let mut inside = 0;
    // A step that meets no corner: on a border two may hold a point, and rightly so.
    for east in 0..450_u32 {
        for north in 0..370_u32 {
            let here =
                Position::new(43.04 + f64::from(north) * 0.001_003, 76.73 + f64::from(east) * 0.001_007);
            let holding = outlines.iter().filter(|outline| outline.contains(here.unwrap())).count();
            assert!(holding <= 1, "{holding} districts at step {east}, {north}");
            inside += holding;
        }
    }
    assert!(inside > 50_000, "{inside}");
}

#[test]
fn districts_lie_about_where_the_real_ones_do() {
    // The middles of the real districts' bounding boxes, to a hundredth of a degree and a half.
    let real = [
        (43.25, 76.91),
        (43.22, 76.85),
        (43.29, 76.83),
        (43.14, 76.93),
        (43.20, 77.04),
        (43.18, 76.84),
        (43.35, 77.02),
        (43.32, 76.93),
    ];
    for ((district, outline), (lat, lon)) in DISTRICTS.iter().zip(districts::outlines().unwrap()).zip(real) {
        assert!(outline.contains(Position::new(lat, lon).unwrap()), "{}", district.name);
        assert!(outline.contains(district.hub().unwrap()), "{}: its hub", district.name);
    }
}

#[test]
fn households_are_spread_as_the_people_are_and_live_in_their_districts() {
    let people: usize = DISTRICTS.iter().map(|district| district.population).sum();
    for plan in plans() {
        for (index, (district, outline)) in DISTRICTS.iter().zip(&plan.outlines).enumerate() {
            let here: Vec<_> =
                plan.households.iter().filter(|household| household.district == index).collect();
            let exact = HOUSEHOLDS * district.population;
            assert!((here.len() * people).abs_diff(exact) < people, "{}: {}", district.name, here.len());
            assert!(here.iter().all(|household| outline.contains(household.position)), "{}", district.name);
            assert!(plan.buildings(index).unwrap().iter().all(|building| outline.contains(*building)));
        }
        assert!(plan.volunteers.iter().all(|one| plan.outlines[one.district].contains(one.base)));
    }
}

#[test]
fn everybody_in_it_is_marked_as_fictional_and_nobodys_number_is_used() {
    for plan in plans() {
        let mut numbers = BTreeSet::new();
        for household in &plan.households {
            assert!(household.street.ends_with("(fictional)") && household.notes.starts_with("Fictional"));
            if let Some(phone) = &household.phone {
                let parsed = crate::actions::phone_number::parse(phone, "KZ", "/phone").unwrap();
                assert!(parsed.disclose().starts_with("+442079460"), "Ofcom keeps 020 7946 0xxx for drama");
                assert!(numbers.insert(phone.clone()), "{phone} comes twice");
            }
        }
        assert!(plan.volunteers.iter().all(|volunteer| volunteer.email.ends_with(".example")));
    }
    assert!(DISTRICTS.iter().all(|district| district.title().ends_with("(demo)")));
}

#[test]
fn whatever_shall_be_taken_has_takers_and_what_nobody_can_take_has_none() {
    for plan in plans() {
        let mut holders = BTreeSet::new();
        for request in &plan.requests {
            let household = &plan.households[request.household];
            let able = plan.volunteers.iter().filter(|one| can_take(one, request, household)).count();
            if request.fate.is_hard() {
                assert_eq!(able, 0, "request {}", request.number);
            } else {
                assert!(!request.takers.is_empty(), "seed {}: request {}", plan.seed, request.number);
            }
            if request.fate.is_held() {
                assert!(holders.insert(request.takers[0]), "holds two at once");
            }
        }
    }
}

#[test]
fn volunteers_differ_in_how_they_get_about_and_whether_they_may() {
    for plan in plans() {
        let readiness: BTreeSet<Readiness> =
            plan.volunteers.iter().map(|volunteer| volunteer.readiness).collect();
        assert_eq!(readiness.len(), 5);
        let transports: BTreeSet<_> = plan.volunteers.iter().map(|volunteer| volunteer.transport).collect();
        assert_eq!(transports.len(), 3);
        assert_eq!(plan.volunteers[NEWCOMERS].readiness, Readiness::OffDuty);
        assert!(plan.volunteers.iter().filter(|one| one.readiness == Readiness::OnDuty).count() > 100);
        assert!(plan.volunteers.iter().any(|volunteer| !volunteer.slots.is_empty()));
    }
}
