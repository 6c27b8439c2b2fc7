//! What an import shows of households to those without the right to their doors.

use std::collections::HashMap;

use crate::desk::{HEADER, counts, doors, household, import};
use crate::support::{World, run};

#[test]
fn every_cell_that_is_shown_holds_enough_households_of_old_and_new() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        // Three are there already, then 200 more, some of them duplicates that must not be counted twice.
        let file = |numbers: &mut dyn Iterator<Item = u32>| {
            let rows: String = numbers.map(|number| household(number) + "\n").collect();
            format!("{HEADER}\n{rows}")
        };
        let first = import(&coordinator, "kind=households", file(&mut (0..3))).await;
        assert_eq!(counts(&first), (3, 3, 0));
        let alone = "SELECT count(*) FROM households WHERE coarse_cell IS NOT NULL";
        assert_eq!(world.database.count(alone).await, 0, "three are too few for any cell");
        let second = import(&coordinator, "kind=households", file(&mut (0..203))).await;
        assert_eq!(counts(&second), (203, 200, 3));

        let rows = world.database.ask("SELECT array_to_string(cells, ',') FROM household_doors").await;
        let mut held: HashMap<String, u32> = HashMap::new();
        for row in rows {
            for cell in row[0].as_deref().unwrap().split(',') {
                *held.entry(cell.to_owned()).or_default() += 1;
            }
        }
        let drawn = "SELECT h.coarse_cell, array_to_string(d.cells, ',') FROM households h \
                     JOIN household_doors d ON d.household_id = h.id WHERE h.created_at > \
                     (SELECT min(ended_at) FROM imports)";
        let drawn = world.database.ask(drawn).await;
        assert_eq!(drawn.len(), 200);
        for row in &drawn {
            let cells: Vec<&str> = row[1].as_deref().unwrap().split(',').collect();
            // The finest that holds five, and no other.
            let wanted = cells.iter().find(|cell| held[**cell] >= 5).map(|cell| (*cell).to_owned());
            assert_eq!(row[0], wanted);
        }
        assert!(drawn.iter().any(|row| row[0].is_some()));
    });
}

#[test]
fn a_file_on_its_way_in_is_forgotten_and_its_report_holds_no_value() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let secret =
            household(1).replace("+77010000001", "unreadable-secret").replace("Name 1", "Canary Name");
        let done = import(&coordinator, "kind=households", format!("{HEADER}\n{secret}\n")).await;
        let report = coordinator.get(done["report"].as_str().unwrap()).await;
        assert!(!report.text.contains("secret") && !report.text.contains("Canary"), "{}", report.text);
        for table in ["import_parts", "import_staging", "import_coarse_points"] {
            assert_eq!(crate::desk::count(&world, table).await, 0, "{table}");
        }
    });
}

#[test]
fn nobody_else_learns_of_an_import() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let file = format!("{HEADER}\n{}\n", household(1));
        let done = import(&coordinator, "kind=households", file.clone()).await;
        let path = format!("/v1/imports/{}", done["id"].as_str().unwrap());
        for path in [path.clone(), format!("{path}/report")] {
            world.coordinator_of_b().get(&path).await.refused(404, "not_found");
            world.volunteer_of_a().get(&path).await.refused(403, "forbidden");
            world.partner_of_a().get(&path).await.refused(403, "forbidden");
            world.nobody().get(&path).await.refused(401, "unauthenticated");
        }
        for caller in [world.volunteer_of_a(), world.partner_of_a(), world.administrator_of_a()] {
            let sent = caller.call(reqwest::Method::POST, "/v1/imports?kind=households");
            sent.bytes("text/csv", file.clone()).await.refused(403, "forbidden");
        }
        let of_b = format!("/v1/imports?kind=households&organisation_id={}", world.seeded.b.id);
        let sent = coordinator.call(reqwest::Method::POST, &of_b);
        sent.bytes("text/csv", file).await.refused(422, "invalid_value");
        let items = format!("/v1/imports?kind=items&campaign_id={}", world.seeded.campaign);
        let sent = coordinator.call(reqwest::Method::POST, &items);
        sent.bytes("text/csv", "name;weight_kg;volume_l\nx;1;1\n").await.refused(403, "forbidden");
    });
}

#[test]
fn nothing_of_a_file_lies_open_while_it_is_taken_in() {
    run(async {
        let world = World::new().await;
        // Whatever is ever written to where files wait.
        world
            .database
            .ask(
                "CREATE TABLE seen (text text NOT NULL); GRANT INSERT ON seen TO PUBLIC; \
                 CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS \
                     'BEGIN INSERT INTO seen VALUES (TG_TABLE_NAME || '' '' || to_jsonb(NEW)::text); RETURN NEW; END'; \
                 CREATE TRIGGER seen AFTER INSERT ON import_parts FOR EACH ROW EXECUTE FUNCTION see(); \
                 CREATE TRIGGER seen AFTER INSERT ON import_staging FOR EACH ROW EXECUTE FUNCTION see()",
            )
            .await;
        let file = format!("{HEADER}\n{}\n", household(4711));
        let done = import(&world.coordinator_of_a(), "kind=households", file).await;
        assert_eq!(counts(&done), (1, 1, 0));
        for table in ["import_parts", "import_staging"] {
            let seen = format!("SELECT count(*) FROM seen WHERE text LIKE '{table} %'");
            assert!(world.database.count(&seen).await > 0, "{table}");
        }
        for mark in ["Name 4711", "+77010004711", "note 4711"] {
            let bytes: String = mark.bytes().map(|byte| format!("{byte:02x}")).collect();
            let seen =
                format!("SELECT count(*) FROM seen WHERE text LIKE '%{mark}%' OR text LIKE '%{bytes}%'");
            assert_eq!(world.database.count(&seen).await, 0, "{mark}");
        }
        let doors = doors(&world).await;
        assert_eq!((&doors[0]["name"], &doors[0]["notes"]), (&"Name 4711".into(), &"note 4711".into()));
    });
}
