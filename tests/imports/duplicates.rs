//! What is told twice goes in once, and the report says what it repeats.

use crate::desk::{HEADER, Told, count, counts, household, import, place, report, send};
use crate::support::{World, run};

fn row(external: &str, name: &str, phone: &str, (lat, lon): (f64, f64)) -> String {
    format!("{external};{name};{phone};{lat:.6};{lon:.6};1;other;ru;2026-11;paper;\n")
}

/// Rows that repeat the household of `row("one", "Рауза Ахметова", "+7 701 000 00 01", place(0))`, and by what.
fn repetitions() -> Vec<(String, &'static str)> {
    let (lat, lon) = place(0);
    let near = (lat + 0.0004, lon);
    let far = place(5_050);
    vec![
        (row("two", "Somebody Else", "8 701 000 00 01", far), "duplicate_phone"),
        (row("three", "Somebody Else", "0077010000001", far), "duplicate_phone"),
        (row("one", "Somebody Else", "+7 701 000 00 02", far), "duplicate_external_id"),
        (row("four", "РАУЗА  АХМЕТОВА", "+7 701 000 00 03", near), "duplicate_address"),
        (row("five", "Рауза\u{a0}Ахметова", "", near), "duplicate_address"),
    ]
}

/// Rows that look like it and are others.
fn others() -> String {
    let (lat, lon) = place(0);
    let farther = (lat + 0.0006, lon);
    row("six", "Рауза Ахметова", "+7 701 000 00 06", farther)
        + &row("seven", "Рауза Ахметов", "+7 701 000 00 07", (lat, lon))
        + &row("ONE", "Third", "+7 701 000 00 08", (lat, lon))
}

#[test]
fn within_a_file_the_row_that_is_repeated_is_told() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let first = row("one", "Рауза Ахметова", "+7 701 000 00 01", place(0));
        let repeated: String = repetitions().iter().map(|(row, _)| row.as_str()).collect();
        let file = format!("{HEADER}\n{first}{repeated}{}", others());
        let done = import(&coordinator, "kind=households", file).await;
        let told = report(&coordinator, &done).await;
        assert_eq!(told.len(), 5, "{told:#?}");
        for (told, (_, reason)) in told.iter().zip(repetitions()) {
            assert_eq!((told.reason.as_str(), told.repeats.as_str()), (reason, "row 2"), "{told:?}");
        }
        assert_eq!(counts(&done), (9, 4, 5));
    });
}

#[test]
fn against_what_is_registered_the_household_that_is_repeated_is_told() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let first = row("one", "Рауза Ахметова", "+7 701 000 00 01", place(0));
        import(&coordinator, "kind=households", format!("{HEADER}\n{first}")).await;
        let known = coordinator.get("/v1/households").await.expect(200)["data"][0]["id"].clone();
        let repeated: String = repetitions().iter().map(|(row, _)| row.as_str()).collect();
        let file = format!("{HEADER}\n{repeated}{}", others());
        // Told alike by a dry run, which takes none.
        for (query, taken) in [("kind=households&dry_run=true", 0), ("kind=households", 3)] {
            let done = import(&coordinator, query, file.clone()).await;
            let told: Vec<Told> = report(&coordinator, &done).await;
            assert_eq!(told.len(), 5, "{told:#?}");
            for (told, (_, reason)) in told.iter().zip(repetitions()) {
                assert_eq!(
                    (told.reason.as_str(), &told.repeats),
                    (reason, &known.as_str().unwrap().to_owned())
                );
            }
            assert_eq!(counts(&done), (8, taken, 5), "{query}");
        }
        // Another organisation knows nothing of all this.
        let other = import(&world.coordinator_of_b(), "kind=households", format!("{HEADER}\n{first}")).await;
        assert_eq!(counts(&other), (1, 1, 0));
    });
}

#[test]
fn the_same_file_again_is_the_same_import() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let file = format!("{HEADER}\n{}\n{}\n", household(1), household(2));
        let done = import(&coordinator, "kind=households", file.clone()).await;
        let again = send(&coordinator, "kind=households", file).await;
        assert_eq!(again, done);
        assert_eq!(count(&world, "households").await, 2);
        assert_eq!(count(&world, "imports").await, 1);
        assert_eq!(count(&world, "import_parts").await, 0);
    });
}
