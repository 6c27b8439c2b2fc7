//! Thirty kinds of bad rows among good ones: each is reported by its row and reason, and no good one is lost.

use crate::desk::{HEADER, count, counts, household, import, place, report};
use crate::support::{World, run};

/// The seeded household's row with one column changed.
fn with(number: u32, column: &str, value: &str) -> Vec<u8> {
    let names: Vec<&str> = HEADER.split(';').collect();
    let place = names.iter().position(|name| *name == column).unwrap();
    let row = household(number);
    let mut cells: Vec<&str> = row.split(';').collect();
    cells[place] = value;
    cells.join(";").into_bytes()
}

/// Latitude and longitude the other way round, both of them numbers that might be either.
fn swapped(number: u32) -> Vec<u8> {
    let (lat, lon) = place(number);
    let row = household(number);
    row.replace(&format!(";{lat:.6};{lon:.6};"), &format!(";{lon:.6};{lat:.6};")).into_bytes()
}

/// Bad rows with the reason for which each is refused, and the column.
fn bad_rows() -> Vec<(Vec<u8>, &'static str, &'static str)> {
    let long = "x".repeat(201);
    let notes = "x".repeat(1001);
    let mut damaged = with(10, "notes", "");
    damaged.extend_from_slice(b"\xD1\xE0");
    vec![
        (with(1, "name", ""), "missing_value", "name"),
        (with(2, "name", &long), "too_long", "name"),
        (with(3, "name", "a\0b"), "control_characters", "name"),
        (with(4, "lat", ""), "missing_value", "lat"),
        (with(5, "lon", ""), "missing_value", "lon"),
        (with(6, "lat", "north"), "not_a_position", "lat"),
        (with(7, "lat", "200"), "not_a_position", "lat"),
        (with(8, "lon", "181"), "not_a_position", "lon"),
        (with(9, "lat", "51.1"), "outside_area", "lat"),
        (damaged, "not_utf8", "notes"),
        (with(11, "phone", "12"), "not_a_phone", "phone"),
        (with(12, "phone", "7.70E+10"), "phone_lost_digits", "phone"),
        (with(13, "phone", "call me"), "not_a_phone", "phone"),
        (with(14, "members", "0"), "out_of_range", "members"),
        (with(15, "members", "101"), "out_of_range", "members"),
        (with(16, "members", "two"), "not_a_number", "members"),
        (with(17, "members", "2.5"), "not_a_number", "members"),
        (with(18, "categories", ""), "missing_value", "categories"),
        (with(19, "categories", "rich"), "unknown_word", "categories"),
        (with(20, "languages", "қазақша"), "not_a_language", "languages"),
        (with(21, "languages", "aa,ab,ac,ad,ae,af,ag,ah,ai,aj,ak"), "too_long", "languages"),
        (with(22, "consent_text", ""), "missing_value", "consent_text"),
        (with(23, "consent_channel", ""), "missing_value", "consent_channel"),
        (with(24, "consent_channel", "telepathy"), "unknown_word", "consent_channel"),
        (with(25, "languages", ""), "missing_value", "consent_language"),
        (with(26, "notes", &notes), "too_long", "notes"),
        (with(27, "external_id", &long), "too_long", "external_id"),
        (with(28, "notes", "one;cell too many"), "too_many_cells", ""),
        (with(29, "notes", "\"never closed"), "broken_quotes", ""),
        (with(30, "notes", "\"closed\" too early"), "broken_quotes", ""),
        (with(32, "lat", "91"), "swapped_position", "lat"),
        (swapped(33), "swapped_position", "lat"),
        (with(1_000, "external_id", "h-31"), "duplicate_external_id", "external_id"),
        (with(1_001, "phone", "8 701 100 00 00"), "duplicate_phone", "phone"),
    ]
}

#[test]
fn thirty_kinds_of_bad_rows_are_told_one_by_one_and_lose_no_good_one() {
    run(async {
        let world = World::new().await;
        let bad = bad_rows();
        assert!(bad.len() >= 30);
        let mut file = HEADER.as_bytes().to_vec();
        file.push(b'\n');
        let mut expected = Vec::new();
        // A good row before each bad one, and one after the last: 2,000 and on, but the first that is repeated.
        for (place, (row, reason, column)) in (0_u64..).zip(&bad) {
            let good = match place {
                0 => household(31),
                1 => household(1_000_000).replace("43.200000;81.850000", "43.300000;76.900000"),
                place => household(u32::try_from(place).unwrap() + 2_000),
            };
            file.extend_from_slice(good.as_bytes());
            file.push(b'\n');
            file.extend_from_slice(row);
            file.push(b'\n');
            expected.push((place * 2 + 3, (*reason).to_owned(), (*column).to_owned()));
        }
        file.extend_from_slice(household(3_000).as_bytes());

        let coordinator = world.coordinator_of_a();
        let done = import(&coordinator, "kind=households", file).await;
        let told = report(&coordinator, &done).await;
        let found: Vec<_> =
            told.iter().map(|told| (told.row, told.reason.clone(), told.column.clone())).collect();
        assert_eq!(found, expected);
        let all = i64::try_from(bad.len()).unwrap();
        assert_eq!(counts(&done), (all * 2 + 1, all + 1, all));
        for table in ["households", "household_doors", "household_consents"] {
            assert_eq!(count(&world, table).await, all + 1, "{table}");
        }
        let events = "events WHERE kind = 'household.registered' AND actor_kind = 'coordinator'";
        assert_eq!(count(&world, events).await, all + 1);
        for told in &told {
            assert_eq!(told.row, told.line);
            assert!(!told.advice.is_empty() && !told.advice.contains("telepathy"), "{told:?}");
        }
    });
}

#[test]
fn a_file_that_is_no_table_is_refused_with_what_to_do() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let utf16: Vec<u8> = HEADER.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let old =
            [b"name;lat\n".as_slice(), &b"\xD1\xE0\xF3\xEB\xE5 \xC0\xF5\xEC\xE5\xF2\n".repeat(9)].concat();
        let files: [(Vec<u8>, &str); 6] = [
            (utf16, "UTF-16"),
            (old, "Windows-1251"),
            (b"PK\x03\x04".to_vec(), "workbook"),
            (Vec::new(), "empty"),
            (b"nmae;lat;lon\n1;2;3\n".to_vec(), "did you mean name?"),
            (b"name;lat\n1;2\n".to_vec(), "columns are missing"),
        ];
        for (file, wanted) in files {
            let path = "/v1/imports?kind=households";
            let answer = coordinator.call(reqwest::Method::POST, path).bytes("text/csv", file).await;
            let problem = answer.refused(422, "unreadable_file");
            assert!(problem["detail"].as_str().unwrap().contains(wanted), "{problem}");
        }
        let nothing = "imports UNION ALL SELECT count(*) FROM import_parts";
        let left = world.database.ask(&format!("SELECT count(*) FROM {nothing}")).await;
        assert!(left.iter().all(|row| row[0].as_deref() == Some("0")), "{left:?}");
    });
}
