//! Lists leave as tables that no spreadsheet runs, and doors in them are recorded as read.

use crate::desk::{HEADER, count, counts, household, import};
use crate::support::{World, run};

#[test]
fn an_export_neutralises_formulas_and_records_every_door() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let evil =
            household(1).replace("Name 1", "\"=HYPERLINK(\"\"http://x\"\")\"").replace("note 1", "@SUM(A1)");
        let rows: String = (2..700).map(|number| household(number) + "\n").collect();
        let done = import(&coordinator, "kind=households", format!("{HEADER}\n{evil}\n{rows}")).await;
        assert_eq!(counts(&done), (699, 699, 0));

        let answer = coordinator.get("/v1/exports/households").await;
        answer.expect(200);
        let text = answer.text.trim_start_matches('\u{feff}');
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), 699);
        for cell in records.iter().flatten() {
            assert!(!cell.starts_with(['=', '+', '@', '\t', '\r']), "{cell}");
        }
        assert!(records.iter().any(|record| &record[3] == "'=HYPERLINK(\"http://x\")"));
        assert_eq!(count(&world, "door_readings").await, 699);
        let others = world.coordinator_of_b().get("/v1/exports/households").await;
        assert_eq!((others.expect(200), others.text.lines().count()), (serde_json::Value::Null, 1));
        for caller in [world.administrator_of_a(), world.volunteer_of_a(), world.partner_of_a()] {
            for list in ["households", "volunteers", "requests"] {
                caller.get(&format!("/v1/exports/{list}")).await.refused(403, "forbidden");
            }
        }
        assert_eq!(count(&world, "door_readings").await, 699);
        let volunteers = coordinator.get("/v1/exports/volunteers").await;
        assert_eq!((volunteers.status.as_u16(), volunteers.text.lines().count()), (200, 3));
        let requests = coordinator.get("/v1/exports/requests").await;
        assert_eq!((requests.status.as_u16(), requests.text.lines().count()), (200, 1));
    });
}
