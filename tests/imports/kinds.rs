//! Volunteers, requests, hubs and items: each row by the very action that enters it alone.

use birgemiz::clock;
use birgemiz::demo::build_sandbox;
use domain::actor::Role;
use serde_json::json;

use crate::desk::{HEADER, count, counts, household, import, report};
use crate::support::seed::Person;
use crate::support::{World, run};

#[test]
fn requests_are_filed_for_households_by_their_own_names() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let households = format!("{HEADER}\n{}\n{}\n", household(1), household(2));
        import(&coordinator, "kind=households&verified=true", households).await;
        assert_eq!(count(&world, "households WHERE status = 'verified'").await, 2);
        let file = "external_id;household_external_id;lines;urgency;window_end;kind\n\
            r-1;h-1;Basket x 2; high;;delivery\n\
            r-2;h-2;\"bread x3;Water\";normal;2099-01-01 10:00;\n\
            r-3;h-2;\"bread x3;Water\";normal;;\n\
            r-3;h-2;Basket;;;\n\
            r-4;h-9;Basket;;;\n\
            r-5;h-1;Caviar;;;\n\
            r-6;h-1;;;;call\n\
            r-7;h-1;;;;delivery\n";
        let done = import(&coordinator, "kind=requests", file).await;
        let told = report(&coordinator, &done).await;
        let told: Vec<_> = told.iter().map(|t| (t.row, t.reason.as_str(), t.column.as_str())).collect();
        assert_eq!(
            told,
            [
                (3, "refused", "window_end"),
                (5, "duplicate_external_id", "external_id"),
                (6, "refused", "household_id"),
                (7, "refused", "lines"),
                (9, "refused", "lines"),
            ]
        );
        assert_eq!(counts(&done), (8, 3, 5));
        assert_eq!(count(&world, "requests WHERE status = 'open'").await, 3);
        assert_eq!(count(&world, "request_phrases").await, 2);
        assert_eq!(count(&world, "events WHERE kind = 'request.submitted'").await, 3);

        // The next file may not give a name that was given before.
        let next = "external_id;household_external_id;lines\nr-1;h-2;Basket\nr-8;h-2;Basket\n";
        let done_next = import(&coordinator, "kind=requests", next).await;
        let told = report(&coordinator, &done_next).await;
        let told: Vec<_> = told.iter().map(|t| (t.row, t.reason.as_str())).collect();
        assert_eq!(told, [(2, "duplicate_external_id")]);
        assert_eq!(counts(&done_next), (2, 1, 1));

        // Nobody was told their phrases: whoever calls the household asks for one then.
        let id = |row: &str| format!("requests WHERE external_id = '{row}'");
        let asked = world.database.ask(&format!("SELECT id FROM {}", id("r-1"))).await;
        let request = domain::id::RequestId::new(asked[0][0].as_deref().unwrap().parse().unwrap());
        let path = format!("/v1/requests/{request}/phrase");
        let made = coordinator.post(&path, serde_json::json!({})).await.expect(201);
        assert_eq!(made["phrase"].as_str().unwrap().len(), 6);
    });
}

#[test]
fn volunteers_and_hubs_and_items_go_in_and_are_told_when_they_are_there() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let before = count(&world, "volunteers").await;
        let area = format!("&area_id={}", world.seeded.area);
        let volunteers = "name;email;transport;capacity_kg\n\
            Aru;aru@example.org;Car;40,5\nAru again;ARU@example.org;;\nCoordinator;coordinator@a.example;;\n\
            Bad;not an address;rocket;-1\n";
        let done = import(&coordinator, &format!("kind=volunteers{area}"), volunteers).await;
        assert_eq!(counts(&done), (4, 1, 3));
        let told = report(&coordinator, &done).await;
        let told: Vec<_> = told.iter().map(|t| (t.row, t.reason.as_str())).collect();
        assert_eq!(
            told,
            [
                (3, "duplicate_email"),
                (4, "duplicate_email"),
                (5, "not_an_email"),
                (5, "unknown_word"),
                (5, "out_of_range")
            ]
        );
        assert_eq!(count(&world, "volunteers").await, before + 1);
        assert_eq!(count(&world, "volunteers WHERE status = 'registered'").await, 1);

        let hubs = "name;address;lat;lon\nMain;Street 1;43.24;76.9\nmain;Street 2;43.25;76.9\nMain;Street 3;43.25;76.9\n";
        let rehearsed = import(&coordinator, "kind=hubs&dry_run=true", hubs).await;
        assert_eq!((counts(&rehearsed), count(&world, "hubs").await), ((3, 0, 1), 0));
        let done = import(&coordinator, "kind=hubs", hubs).await;
        assert_eq!((counts(&done), count(&world, "hubs").await), ((3, 2, 1), 2));

        let items = "name,unit,weight_kg,volume_l\nBread,bag,1,1\nSugar,bag,\"1,05\",1.2\n";
        let query = format!("kind=items&campaign_id={}", world.seeded.campaign);
        let done = import(&world.administrator_of_a(), &query, items).await;
        assert_eq!(counts(&done), (2, 1, 1));
        assert_eq!(count(&world, "items WHERE name = 'Sugar' AND weight_g = 1050").await, 1);
    });
}

#[test]
fn every_template_is_taken_by_its_own_import() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        for kind in ["households", "volunteers", "hubs"] {
            let template = coordinator.get(&format!("/v1/imports/templates/{kind}")).await;
            template.expect(200);
            let query = format!("kind={kind}&dry_run=true&area_id={}", world.seeded.area);
            let done = import(&coordinator, &query, template.text).await;
            assert_eq!(counts(&done), (1, 0, 0), "{kind}: {:?}", report(&coordinator, &done).await);
        }
        coordinator.get("/v1/imports/templates/cats").await.refused(404, "not_found");
    });
}

/// Two spellings that are two addresses to the file are one to the database: then each row is entered alone,
/// and only the second is refused.
#[test]
fn an_address_that_only_the_database_knows_to_be_taken_costs_its_own_row() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let area = format!("&area_id={}", world.seeded.area);
        // Its small letter is two characters to us, and one to the database.
        let capital = "i\u{130}@example.org";
        let small = world.database.ask(&format!("SELECT lower('{capital}')")).await[0][0].clone().unwrap();
        assert_ne!(small, capital.to_lowercase(), "this is about two that disagree");
        let file = format!(
            "name;email\nOne;first@example.org\nTwo;{capital}\nThree;{small}\nFour;last@example.org\n"
        );
        let done = import(&coordinator, &format!("kind=volunteers{area}"), file).await;
        assert_eq!(counts(&done), (4, 3, 1));
        let told = report(&coordinator, &done).await;
        let told: Vec<_> = told.iter().map(|t| (t.row, t.reason.as_str())).collect();
        assert_eq!(told, [(4, "duplicate_email")]);
        assert_eq!(count(&world, "events WHERE kind = 'volunteer.added'").await, 3);
    });
}

#[test]
fn requests_of_a_sandbox_are_filed_by_its_own_clock() {
    run(async {
        const TWO_DAYS: i64 = 2 * 24 * 3_600;
        let world = World::new().await;
        let roster = build_sandbox(world.app(), "Hotline 1414").await.unwrap();
        world.log_everybody_in().await;
        let partner = world.partner(roster.client_id);
        partner.post("/v1/sandbox/clock", json!({"advance_s": TWO_DAYS})).await.expect(200);
        let coordinator = Person { user: roster.organisations[0].coordinator_id, role: Role::Coordinator };
        let coordinator = world.person(coordinator);
        let row = "h-1;Name 1;+77010000001;43.238949;76.889709;2;elderly_alone;kk,ru;2026-11;paper;note";
        import(&coordinator, "kind=households&verified=true", format!("{HEADER}\n{row}\n")).await;
        let tomorrow = (clock::now() + chrono::TimeDelta::days(1)).format("%Y-%m-%d %H:%M");
        let file = format!(
            "external_id;household_external_id;lines;urgency;window_end;kind\n\
             r-1;h-1;;;;call\nr-2;h-1;;;{tomorrow};call\n"
        );
        let done = import(&coordinator, "kind=requests", file).await;
        assert_eq!(counts(&done), (2, 1, 1), "tomorrow is over there");
        let filed = "SELECT count(*) FROM requests WHERE external_id = 'r-1' \
            AND created_at BETWEEN now() + interval '47 hours' AND now() + interval '49 hours' \
            AND updated_at <= now()";
        assert_eq!(world.database.count(filed).await, 1);
    });
}
