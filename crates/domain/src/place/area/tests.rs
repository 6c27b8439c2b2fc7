//! Outlines drawn on purpose: holes, crescents, pinched rings, the antimeridian and a pole.

use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

fn at(lat: f64, lon: f64) -> Position {
    Position::new(lat, lon).expect("on the globe")
}

fn shape(rings: Value) -> Result<AreaShape, AreaError> {
    AreaShape::from_geojson(&json!({ "type": "Polygon", "coordinates": rings }))
}

/// Reads letters off a map: each is a point, a column a degree east, a row a degree south of the top.
fn outline(map: &str, letters: &str) -> Vec<[f64; 2]> {
    let rows: Vec<_> = map.lines().map(str::trim).filter(|row| !row.is_empty()).collect();
    letters
        .chars()
        .map(|letter| {
            let (row, column) = rows
                .iter()
                .enumerate()
                .find_map(|(row, line)| {
                    line.chars().position(|found| found == letter).map(|column| (row, column))
                })
                .expect("the letter is on the map");
            [column as f64, (rows.len() - row) as f64]
        })
        .collect()
}

const TOWN: &str = "
    A . . . . . . . B
    . . . . . . . . .
    . . E . . . F . .
    . . . . h . . . .
    . . H . . . G . .
    . i . . . . . . .
    D . . . . . . . C";

#[test]
fn a_hole_is_outside_and_its_rim_inside() {
    let town = shape(json!([outline(TOWN, "ADCBA"), outline(TOWN, "EFGHE")])).expect("an outline");
    let place = |letter: &str| {
        let point = outline(TOWN, letter);
        at(point[0][1], point[0][0])
    };
    for (letter, inside) in [("i", true), ("h", false), ("E", true), ("A", true)] {
        assert_eq!(town.contains(place(letter)), inside, "{letter}");
    }
    assert!(!town.contains(at(-5.0, 2.0)));
    assert!(town.contains(town.centre()));
}

#[test]
fn the_centre_of_a_crescent_is_in_the_crescent() {
    let crescent = "
        A . . . . . . B
        . D . . . . . C
        . . . . . . . .
        . E . . . . . F
        H . . . . . . G";
    let area = shape(json!([outline(crescent, "AHGFEDCBA")])).expect("an outline");
    assert!(area.contains(area.centre()));
}

#[test]
fn what_is_no_outline_is_refused_by_name() {
    let square = json!([[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]);
    let cases = [
        ("open", json!([[[0, 0], [4, 0], [4, 4], [0, 4]]]), AreaError::NotClosed),
        ("two points", json!([[[0, 0], [4, 0], [0, 0]]]), AreaError::TooFewPoints),
        ("one point thrice", json!([[[0, 0], [0, 0], [0, 0], [0, 0]]]), AreaError::TooFewPoints),
        ("bow tie", json!([[[0, 0], [4, 4], [4, 0], [0, 4], [0, 0]]]), AreaError::SelfIntersecting),
        (
            "pinched",
            json!([[[0, 0], [2, 2], [4, 0], [4, 4], [2, 2], [0, 4], [0, 0]]]),
            AreaError::SelfIntersecting,
        ),
        ("spike", json!([[[0, 0], [4, 0], [9, 0], [4, 0], [4, 4], [0, 0]]]), AreaError::SelfIntersecting),
        (
            "hole outside",
            json!([square, [[9, 9], [10, 9], [10, 10], [9, 10], [9, 9]]]),
            AreaError::RingsOverlap,
        ),
        ("latitude first", json!([[[43, 99], [44, 99], [44, 98], [43, 99]]]), AreaError::OutOfRange),
        (
            "over the antimeridian",
            json!([[[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]]]),
            AreaError::CrossesAntimeridian,
        ),
        ("no ring", json!([]), AreaError::NotAPolygon),
        ("empty ring", json!([[]]), AreaError::TooFewPoints),
        ("one number", json!([[[1], [2], [3], [1]]]), AreaError::NotGeoJson),
    ];
    for (name, rings, error) in cases {
        assert_eq!(shape(rings), Err(error), "{name}");
    }
}

#[test]
fn other_geometries_are_refused() {
    for (geometry, error) in [
        (json!({ "type": "Point", "coordinates": [76.9, 43.2] }), AreaError::NotAPolygon),
        (json!({ "type": "MultiPolygon", "coordinates": [] }), AreaError::NotAPolygon),
        (json!({ "type": "GeometryCollection", "geometries": [] }), AreaError::NotAPolygon),
        (json!({ "type": "Circle", "coordinates": [] }), AreaError::NotGeoJson),
        (json!([1, 2]), AreaError::NotGeoJson),
        (Value::Null, AreaError::NotGeoJson),
    ] {
        assert_eq!(AreaShape::from_geojson(&geometry), Err(error), "{geometry}");
    }
}

#[test]
fn overlapping_parts_are_refused() {
    let parts =
        json!([[[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]], [[[3, 3], [6, 3], [6, 6], [3, 6], [3, 3]]]]);
    let geometry = json!({ "type": "MultiPolygon", "coordinates": parts });
    assert_eq!(AreaShape::from_geojson(&geometry), Err(AreaError::RingsOverlap));
}

#[test]
fn limits_are_kept() {
    let circle = |points: usize| {
        let turn = |n: usize| (n % (points - 1)) as f64 / (points - 1) as f64 * std::f64::consts::TAU;
        json!([(0..points).map(|n| [turn(n).cos(), turn(n).sin()]).collect::<Vec<_>>()])
    };
    assert!(shape(circle(MAX_POINTS)).is_ok());
    assert_eq!(shape(circle(MAX_POINTS + 1)), Err(AreaError::TooManyPoints));
    let many: Vec<_> = (0..=MAX_RINGS).map(|_| json!([[0, 0], [1, 0], [1, 1], [0, 0]])).collect();
    assert_eq!(shape(json!(many)), Err(AreaError::TooManyRings));
}

#[test]
fn an_area_cut_at_the_antimeridian_holds_both_sides_and_the_line() {
    let fiji = json!({ "type": "MultiPolygon", "coordinates": [
        [[[177, -19], [180, -19], [180, -16], [177, -16], [177, -19]]],
        [[[-180, -19], [-178, -19], [-178, -16], [-180, -16], [-180, -19]]]
    ]});
    let fiji = AreaShape::from_geojson(&fiji).expect("an outline");
    for lon in [178.0, 180.0, -180.0, -179.0] {
        assert!(fiji.contains(at(-17.0, lon)), "{lon}");
    }
    assert!(!fiji.contains(at(-17.0, -177.0)));

    let western = shape(json!([[[177, -19], [180, -19], [180, -16], [177, -16], [177, -19]]]));
    assert!(western.expect("an outline").contains(at(-17.0, -180.0)));
}

#[test]
fn an_area_may_reach_the_pole() {
    let cap = shape(json!([[[-180, 80], [0, 80], [180, 80], [180, 90], [-180, 90], [-180, 80]]]));
    // Its upper edge spans the whole map in one step: that is the antimeridian twice, and is refused.
    assert_eq!(cap, Err(AreaError::CrossesAntimeridian));
    let cap = shape(json!([[[-180, 80], [0, 80], [180, 80], [180, 90], [0, 90], [-180, 90], [-180, 80]]]));
    assert!(cap.expect("an outline").contains(at(90.0, 12.0)));
}

#[test]
fn an_outline_survives_the_wire() {
    let town = shape(json!([outline(TOWN, "ADCBA"), outline(TOWN, "EFGHE")])).expect("an outline");
    assert_eq!(AreaShape::from_geojson(&town.to_geojson()), Ok(town));
}

/// Whether a ray to the east crosses the ring an odd number of times.
fn by_crossings(ring: &[[f64; 2]], lon: f64, lat: f64) -> bool {
    let crossed = |[[x1, y1], [x2, y2]]: [[f64; 2]; 2]| {
        (y1 > lat) != (y2 > lat) && lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1
    };
    ring.windows(2).filter(|edge| crossed([edge[0], edge[1]])).count() % 2 == 1
}

proptest! {
    #[test]
    fn inside_is_what_counting_crossings_says(
        reach in proptest::collection::vec(0.1..1.0_f64, 3..40), lon in 75.9..77.9_f64, lat in 42.2..44.2_f64,
    ) {
        let corner = |n: usize| {
            let turn = (n % reach.len()) as f64 / reach.len() as f64 * std::f64::consts::TAU;
            let far = reach[n % reach.len()];
            [76.9 + far * turn.cos(), 43.2 + far * turn.sin()]
        };
        let ring: Vec<_> = (0..=reach.len()).map(corner).collect();
        let star = shape(json!([ring])).expect("an outline");
        prop_assert_eq!(star.contains(at(lat, lon)), by_crossings(&ring, lon, lat));
        prop_assert!(star.contains(star.centre()));
    }
}

#[test]
fn what_has_one_clear_meaning_is_repaired_and_told() {
    let polygon = |rings: serde_json::Value| serde_json::json!({ "type": "Polygon", "coordinates": rings });
    let inside = |lat, lon| Position::new(lat, lon).unwrap();
    let cases = [
        (polygon(serde_json::json!([[[0, 0], [4, 0], [4, 4], [0, 4]]])), AreaError::NotClosed),
        (
            polygon(serde_json::json!([[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]], [[1, 1], [1, 1], [1, 1]]])),
            AreaError::TooFewPoints,
        ),
        // A bow tie: two triangles that meet where the ring crosses itself.
        (polygon(serde_json::json!([[[0, 0], [4, 4], [4, 0], [0, 4], [0, 0]]])), AreaError::SelfIntersecting),
    ];
    for (geometry, flaw) in cases {
        assert_eq!(AreaShape::from_geojson(&geometry), Err(flaw));
        let (shape, repaired) = AreaShape::repaired(&geometry).unwrap();
        assert_eq!(repaired, Some(flaw));
        assert!(shape.contains(inside(1.0, 0.5)), "{flaw}");
        assert!(!shape.contains(inside(5.0, 5.0)), "{flaw}");
    }
    let sound = polygon(serde_json::json!([[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]]));
    assert_eq!(AreaShape::repaired(&sound).unwrap().1, None);
}

#[test]
fn what_has_no_clear_meaning_is_refused_with_the_reason() {
    let polygon = |rings: serde_json::Value| serde_json::json!({ "type": "Polygon", "coordinates": rings });
    for (geometry, flaw) in [
        (polygon(serde_json::json!([[[0, 0], [1, 1], [0, 0]]])), AreaError::TooFewPoints),
        (polygon(serde_json::json!([[[0, 0], [0, 95], [1, 1], [0, 0]]])), AreaError::OutOfRange),
        (
            polygon(serde_json::json!([[[179, 0], [-179, 0], [-179, 1], [179, 0]]])),
            AreaError::CrossesAntimeridian,
        ),
        (serde_json::json!({ "type": "Point", "coordinates": [0, 0] }), AreaError::NotAPolygon),
        (serde_json::json!("a polygon"), AreaError::NotGeoJson),
    ] {
        assert_eq!(AreaShape::repaired(&geometry).unwrap_err(), flaw);
    }
}
