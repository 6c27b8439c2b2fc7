//! The nearest on packed grounds are the nearest by the great circle, anywhere on Earth.

use domain::matching::assignment::{Grounds, Scout};
use domain::place::{Position, great_circle};
use proptest::prelude::*;

pub(crate) fn at((lat, lon): (f64, f64)) -> Position {
    Position::new(lat, lon).expect("on the globe")
}

pub(crate) fn anywhere() -> impl Strategy<Value = (f64, f64)> + Clone {
    prop_oneof![
        (-90.0..=90.0, -180.0..=180.0),
        (89.99..=90.0, -180.0..=180.0),
        (-60.0..=-59.9, 179.9..=180.0),
        (-60.0..=-59.9, -180.0..=-179.9),
        (43.2..43.3, 76.8..76.9),
        (43.2..43.2001, 76.8..76.8001),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_nearest_are_found_whoever_may_come(
        places in proptest::collection::vec(anywhere(), 0..300),
        // Fewer may come to one who asks than to the one before: what was far enough then is not any more.
        asked in proptest::collection::vec((anywhere(), 1_u32..8), 1..12),
        wanted in 0_usize..20,
    ) {
        let places: Vec<Position> = places.into_iter().map(at).collect();
        let grounds = Grounds::of(&places);
        let mut scout = Scout::new(wanted);
        let here = |row: u32| places[grounds.rows()[row as usize] as usize];
        for (asked, every) in asked.into_iter().map(|(asked, every)| (at(asked), every)) {
            let may = |row: u32| row.is_multiple_of(every);
            let found = scout.nearest(&grounds, asked, may);
            prop_assert!(found.iter().all(|near| may(near.row())));
            let mut metres: Vec<u32> = found.iter().map(|near| great_circle(here(near.row()), asked).get()).collect();
            metres.sort_unstable();
            let rows = 0..u32::try_from(places.len()).expect("few");
            let mut all: Vec<u32> =
                rows.filter(|row| may(*row)).map(|row| great_circle(here(row), asked).get()).collect();
            all.sort_unstable();
            all.truncate(wanted);
            prop_assert_eq!(metres.len(), all.len());
            // Close to the antipode a chord says little of metres: see `stretch`.
            let near = |metres: u32, right: u32| metres.abs_diff(right) <= 1 + right / 1_000_000 || right > 19_000_000;
            prop_assert!(metres.iter().zip(&all).all(|(metres, right)| near(*metres, *right)), "{:?} {:?}", metres, all);
        }
    }

    #[test]
    fn decimetres_are_those_of_the_great_circle(a in anywhere(), b in anywhere()) {
        let grounds = Grounds::of(&[at(a)]);
        let mut scout = Scout::new(1);
        let found = scout.nearest(&grounds, at(b), |_| true);
        let (metres, right) = (found[0].decimetres() / 10, great_circle(at(a), at(b)).get());
        prop_assert!(metres.abs_diff(right) <= 1 + right / 1_000_000 || right > 19_000_000, "{metres} {right}");
    }
}
