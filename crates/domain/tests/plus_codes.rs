//! Plus codes, held against the test data that their inventors publish.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says why by panicking")]

use domain::place::{PlusCode, Position};

fn rows(text: &str) -> Vec<Vec<&str>> {
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split(',').collect())
        .collect();
    assert!(rows.len() >= 14);
    rows
}

fn number(text: &str) -> f64 {
    text.parse().unwrap()
}

#[test]
fn every_published_code_is_the_published_area() {
    for row in rows(include_str!("plus_codes/decoding.csv")) {
        let [code, _, south, west, north, east] = row[..] else { panic!("{row:?}") };
        let square = code.parse::<PlusCode>().unwrap().square(None).unwrap();
        for (found, told) in
            [(square.south, south), (square.west, west), (square.north, north), (square.east, east)]
        {
            assert!((found - number(told)).abs() < 1e-10, "{code}: {found} and not {told}");
        }
    }
}

#[test]
fn every_published_short_code_is_found_again_from_its_town() {
    for row in rows(include_str!("plus_codes/recovering.csv")) {
        let [full, lat, lon, short, _] = row[..] else { panic!("{row:?}") };
        let near = Position::new(number(lat), number(lon)).unwrap();
        let wanted = full.parse::<PlusCode>().unwrap().square(None).unwrap().centre();
        let short: PlusCode = short.parse().unwrap();
        assert!(short.is_short() && short.square(None).is_none());
        let found = short.square(Some(near)).unwrap().centre();
        assert!((found.lat() - wanted.lat()).abs() < 1e-9, "{full}");
        assert!((found.lon() - wanted.lon()).abs() < 1e-9, "{full}");
    }
}

#[test]
fn what_is_published_as_no_code_is_refused() {
    for row in rows(include_str!("plus_codes/validity.csv")) {
        let [code, valid, short, _] = row[..] else { panic!("{row:?}") };
        let read: Result<PlusCode, _> = code.parse();
        assert_eq!(read.is_ok().to_string(), valid, "{code}");
        assert_eq!(read.is_ok_and(|code| code.is_short()).to_string(), short, "{code}");
    }
}

#[test]
fn what_people_write_behind_a_code_is_no_part_of_it() {
    let almaty = Position::new(43.25, 76.92).unwrap();
    for text in ["6VXQ+MX Almaty", " 6vxq+mx, Алматы, Казахстан"] {
        let square = text.parse::<PlusCode>().unwrap().square(Some(almaty)).unwrap();
        let plain = "6VXQ+MX".parse::<PlusCode>().unwrap().square(Some(almaty)).unwrap();
        assert!((square.centre().lat() - plain.centre().lat()).abs() < f64::EPSILON);
    }
    for text in ["", " ", "Almaty", "Almaty 6VXQ+MX"] {
        assert!(text.parse::<PlusCode>().is_err(), "{text}");
    }
}
