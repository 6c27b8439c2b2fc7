//! Whatever bytes arrive as a file, it is cut, read and judged without a panic, in whatever pieces it comes; and whatever
//! is found good holds what a household, a volunteer or a request may.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why by panicking"
)]

use domain::door::Phone;
use domain::id::AreaId;
use domain::place::AreaShape;
use domain::sheet::{
    Grounds, Header, ServedArea, SheetHousehold, SheetHub, SheetItem, SheetKind, SheetRequest,
    SheetVolunteer, Splitter, columns_of, rows,
};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

const KINDS: [SheetKind; 5] =
    [SheetKind::Households, SheetKind::Volunteers, SheetKind::Requests, SheetKind::Hubs, SheetKind::Items];

fn areas() -> Vec<ServedArea> {
    let shape = json!({"type": "Polygon", "coordinates":
        [[[76.7, 43.1], [77.1, 43.1], [77.1, 43.4], [76.7, 43.4], [76.7, 43.1]]]});
    vec![ServedArea {
        id: AreaId::new(Uuid::from_u128(7)),
        name: "Almaty".to_owned(),
        shape: AreaShape::from_geojson(&shape).unwrap(),
        phone_region: "KZ".to_owned(),
    }]
}

/// How many rows were good.
fn judged(kind: SheetKind, bytes: &[u8], piece: usize) -> usize {
    let mut splitter = Splitter::new(kind);
    let mut parts = Vec::new();
    for piece in bytes.chunks(piece) {
        match splitter.feed(piece) {
            Ok(more) => parts.extend(more),
            Err(_) => return 0,
        }
    }
    let Ok((header, last)) = splitter.finish() else { return 0 };
    parts.extend(last);
    let header = Header::read(kind, &header).unwrap();
    let areas = areas();
    let phone = |text: &str, _: &str| Phone::from_e164(&text.replace(' ', "")).ok();
    let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
    let grounds = Grounds { areas: &areas, given: None, phone: &phone, today };
    let mut good = 0;
    for part in &parts {
        for placed in rows(&header, &part.bytes, (part.first_row, part.first_line)) {
            let Ok(row) = placed.found else { continue };
            good += usize::from(match kind {
                SheetKind::Households => SheetHousehold::judge(&row, &grounds).is_ok_and(|found| {
                    let place = found.door.position;
                    assert!(areas[0].shape.contains(place) && !found.door.name.trim().is_empty());
                    assert!(found.door.name.chars().count() <= 200, "{}", found.door.name);
                    true
                }),
                SheetKind::Volunteers => SheetVolunteer::judge(&row, &grounds).is_ok(),
                SheetKind::Requests => SheetRequest::judge(&row).is_ok(),
                SheetKind::Hubs => SheetHub::judge(&row, &grounds).is_ok(),
                SheetKind::Items => SheetItem::judge(&row).is_ok(),
            });
        }
    }
    good
}

/// The file that the columns themselves show.
fn sample(kind: SheetKind, delimiter: &str) -> String {
    let line = |cells: Vec<&str>| {
        let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{cell}\"")).collect();
        quoted.join(delimiter) + "\r\n"
    };
    let columns = columns_of(kind);
    line(columns.iter().map(|column| column.name).collect())
        + &line(columns.iter().map(|column| column.example).collect())
}

#[test]
fn the_sample_of_each_kind_is_good() {
    for kind in KINDS {
        // An example of a request names its household by the other's own name; the rest stand as they are.
        for piece in [1, 7, 1_000_000] {
            assert_eq!(judged(kind, sample(kind, ";").as_bytes(), piece), 1, "{kind:?}");
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_judged(
        kind in proptest::sample::select(KINDS.to_vec()),
        bytes in proptest::collection::vec(any::<u8>(), 0..2_000),
        piece in 1_usize..300,
    ) {
        judged(kind, &bytes, piece);
    }

    #[test]
    fn any_edits_of_a_good_file_are_judged_alike_in_any_pieces(
        kind in proptest::sample::select(KINDS.to_vec()),
        delimiter in proptest::sample::select(vec![";", ",", "\t"]),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        piece in 1_usize..300,
    ) {
        let mut bytes = sample(kind, delimiter).into_bytes();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        prop_assert_eq!(judged(kind, &bytes, piece), judged(kind, &bytes, bytes.len()));
    }

    #[test]
    fn any_cells_under_a_good_header_are_judged(
        kind in proptest::sample::select(KINDS.to_vec()),
        cells in proptest::collection::vec("\\PC{0,40}", 25),
    ) {
        let columns = columns_of(kind);
        let line = |cells: Vec<String>| cells.join(";") + "\n";
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let file = line(columns.iter().map(|column| column.name.to_owned()).collect())
            + &line(cells.iter().take(columns.len()).map(quoted).collect());
        judged(kind, file.as_bytes(), 100);
    }
}
