//! A deployment of the release before, whose doors lay open: all of them are sealed before anybody is served, and none is lost.

use birgemiz::actions::perform_as_system;
use birgemiz::actions::seal_doors::{Going, SealSomeDoors};
use domain::id::HouseholdId;
use serde_json::json;
use uuid::Uuid;

use crate::support::{World, run};

const UP: &str = include_str!("../../../migrations/2026-11-23-201100_seal_doors/up.sql");
const DOWN: &str = include_str!("../../../migrations/2026-11-23-201100_seal_doors/down.sql");
const UP_NOTES: &str = include_str!("../../../migrations/2026-11-23-201300_seal_request_notes/up.sql");
const DOWN_NOTES: &str = include_str!("../../../migrations/2026-11-23-201300_seal_request_notes/down.sql");

/// More than are sealed at once.
const MANY: i64 = 1_201;

/// Households whose doors the release before has kept, and then this release's tables.
async fn upgraded(world: &World) {
    let (organisation, area) = (world.seeded.a.id.uuid(), world.seeded.area.uuid());
    let database = &world.database;
    database.ask(&format!("BEGIN; {DOWN_NOTES} {DOWN} COMMIT")).await;
    database
        .ask(&format!(
            "WITH h AS (INSERT INTO households (id, organisation_id, area_id, external_id, status, members, categories, \
                    languages, coarse_lat, coarse_lon, created_at, updated_at) \
                SELECT gen_random_uuid(), '{organisation}', '{area}', n::text, 'verified', 1, '{{}}', '{{}}', 43, 77, \
                    now(), now() FROM generate_series(1, {MANY}) n RETURNING id, organisation_id, area_id, external_id) \
             INSERT INTO household_doors (household_id, organisation_id, area_id, name, phone, street, house, flat, notes, \
                    lat, lon, accuracy_m, cells, is_approximate) \
                SELECT id, organisation_id, area_id, 'Name  Number ' || external_id, \
                    CASE WHEN external_id <> '7' THEN '+7701' || lpad(external_id, 7, '0') END, \
                    'plain-canary', '1', external_id, 'Knock', 43.238949, 76.889709, 5, '{{1,2}}', external_id = '7' FROM h"
        ))
        .await;
    let campaign = world.seeded.campaign.uuid();
    database
        .ask(&format!(
            "WITH q AS (INSERT INTO requests (id, organisation_id, area_id, campaign_id, household_id, kind, status, urgency, \
                    skills, languages, weight_g, volume_ml, coarse_lat, coarse_lon, window_start, window_end, created_at, \
                    updated_at) \
                SELECT gen_random_uuid(), '{organisation}', '{area}', '{campaign}', id, 'call', 'open', 'low', '{{}}', '{{}}', \
                    0, 0, 43, 77, now(), now() + '1 hour', now(), now() FROM households WHERE external_id::int <= 3 \
                RETURNING id, organisation_id, area_id) \
             INSERT INTO request_notes (request_id, organisation_id, area_id, note) \
                SELECT id, organisation_id, area_id, 'plain note' FROM q"
        ))
        .await;
    database.ask(&format!("BEGIN; {UP} {UP_NOTES} COMMIT")).await;
}

async fn count(world: &World, table: &str) -> i64 {
    world.database.count(&format!("SELECT count(*) FROM {table}")).await
}

#[test]
fn every_door_of_the_release_before_is_sealed_and_found_and_nothing_of_it_stays_on_disk() {
    run(async {
        let world = World::new().await;
        upgraded(&world).await;
        assert_eq!((count(&world, "plain_doors").await, count(&world, "household_doors").await), (MANY, 0));

        // Begun, and killed.
        assert_eq!(perform_as_system(world.app(), SealSomeDoors).await.unwrap(), Going::On);
        let (plain, sealed) = (count(&world, "plain_doors").await, count(&world, "household_doors").await);
        assert!(
            plain > 0 && sealed > 0 && plain + sealed == MANY,
            "each is in one of the two: {plain} {sealed}"
        );
        assert!(world.database.count("SELECT pg_relation_size('plain_doors')").await > 0);

        // Two that start at once go on with it.
        let (one, other) = tokio::join!(world.try_beside(), world.try_beside());
        assert!(one.is_ok() && other.is_ok());
        assert_eq!((count(&world, "plain_doors").await, count(&world, "household_doors").await), (0, MANY));
        assert_eq!((count(&world, "plain_notes").await, count(&world, "request_notes").await), (0, 3));
        let files = "SELECT pg_relation_size('plain_doors') + pg_relation_size('plain_notes')";
        assert_eq!(world.database.count(files).await, 0);

        let coordinator = world.coordinator_of_a();
        for (number, phone) in
            [("1", json!("+77010000001")), ("1201", json!("+77010001201")), ("7", json!(null))]
        {
            let id = format!("SELECT id FROM households WHERE external_id = '{number}'");
            let id: Uuid = world.database.ask(&id).await[0][0].as_deref().unwrap().parse().unwrap();
            let id = HouseholdId::new(id);
            let read = coordinator.get(&format!("/v1/households/{id}/door")).await.expect(200);
            let door = &read["door"];
            assert_eq!((&door["phone"], &door["flat"]), (&phone, &json!(number)), "{read}");
            assert_eq!(
                (&door["name"], &door["street"]),
                (&json!(format!("Name  Number {number}")), &json!("plain-canary"))
            );
            assert_eq!(read["is_approximate"], json!(number == "7"));
        }
    });
}

#[test]
fn a_release_that_cannot_open_doors_does_not_come_back_over_them() {
    run(async {
        let world = World::new().await;
        world.verified_household().await;
        let refused =
            crate::support::postgres::try_ask(&world.database.urls.owner, &format!("BEGIN; {DOWN} COMMIT"))
                .await;
        assert!(refused.unwrap_err().as_db_error().unwrap().message().contains("would be lost"));
        assert_eq!(count(&world, "household_doors").await, 1);
    });
}
