//! What is private is kept for as long as the policy says, by the campaign's clock, and no day longer.

use birgemiz::actions::erase_household::EraseHousehold;
use birgemiz::actions::perform_as_system;
use birgemiz::dispatch::drain;
use domain::erasure::ErasureCause;
use domain::id::HouseholdId;
use serde_json::json;

use super::doors::household;
use super::erasing::delivered;
use crate::support::{World, run};

/// Lets the campaign's clock be so far ahead, and does whatever is due by then.
async fn advance(world: &World, by: &str) {
    // Real time never moves: for this world alone it does.
    world.database.ask("ALTER TABLE campaigns DROP CONSTRAINT IF EXISTS campaigns_clock").await;
    let sql = format!("UPDATE campaigns SET clock_offset_s = extract(epoch FROM interval '{by}')");
    world.database.ask(&sql).await;
    drain(world.app()).await;
}

async fn rows(world: &World, table: &str) -> i64 {
    world.database.count(&format!("SELECT count(*) FROM {table}")).await
}

/// A household that was served once and has said so. Its id.
async fn served(world: &World) -> String {
    let made = world.partner_of_a().post("/v1/households", household(world)).await.expect(201);
    let id = made["id"].as_str().unwrap().to_owned();
    let verify = format!("/v1/households/{id}/verify");
    world.coordinator_of_a().post(&verify, json!({})).await.expect(200);
    let request = delivered(world, &id).await;
    let acknowledge = format!("/v1/requests/{request}/acknowledge");
    world.partner_of_a().post(&acknowledge, json!({})).await.expect(200);
    id
}

#[test]
fn notes_phrases_photos_and_plans_go_a_month_after_and_households_after_two_years() {
    run(async {
        let world = World::new().await;
        let id = served(&world).await;
        let plan = json!({"area_id": world.seeded.area.to_string()});
        world.coordinator_of_a().post("/v1/plans", plan).await.expect(201);
        let private = ["request_notes", "request_phrases", "photos", "plans"];
        // The window of the request is a day, and counts.
        advance(&world, "30 days 12 hours").await;
        for table in private.into_iter().filter(|table| *table != "plans") {
            assert_eq!(rows(&world, table).await, 1, "{table}, too early");
        }
        advance(&world, "31 days 12 hours").await;
        for table in private {
            assert_eq!(rows(&world, table).await, 0, "{table}, kept for too long");
        }
        let door = format!("/v1/households/{id}/door");
        let coordinator = world.coordinator_of_a();
        coordinator.get(&door).await.expect(200);
        advance(&world, "729 days 12 hours").await;
        coordinator.get(&door).await.expect(200);
        advance(&world, "730 days 12 hours").await;
        coordinator.get(&door).await.refused(404, "not_found");
        let told = "SELECT count(*) FROM events WHERE kind = 'household.erased' AND reason = 'retention' \
            AND actor_kind = 'system'";
        assert_eq!(world.database.count(told).await, 1);
        assert_eq!(rows(&world, "household_doors").await, 0);
        assert_eq!(rows(&world, "requests").await, 1, "it is still counted");
    });
}

#[test]
fn a_campaigns_own_policy_says_how_long() {
    run(async {
        let world = World::new().await;
        served(&world).await;
        let own = "UPDATE policies SET body = body || '{\"retention\": {\"notes_d\": 3}}'";
        world.database.ask(own).await;
        advance(&world, "4 days 12 hours").await;
        let left = (rows(&world, "request_notes").await, rows(&world, "photos").await);
        assert_eq!(left, (0, 1), "notes by its own number, photos by the usual");
    });
}

#[test]
fn a_household_that_is_asked_for_meanwhile_is_not_erased() {
    run(async {
        let world = World::new().await;
        let id = served(&world).await;
        let household: HouseholdId = id.parse().unwrap();
        let erasing = EraseHousehold { household, cause: ErasureCause::Retention };
        // As if the loop had found it before it was served again.
        let refused = perform_as_system(world.app(), erasing).await.unwrap_err();
        assert_eq!(refused.code.as_str(), "wrong_state");
        world.database.ask("UPDATE households SET updated_at = now() - interval '800 days'").await;
        drain(world.app()).await;
        assert_eq!(rows(&world, "household_doors").await, 1, "its request is younger than the household");
        let old = "UPDATE requests SET updated_at = now() - interval '800 days', status = 'open'";
        world.database.ask(old).await;
        let refused = perform_as_system(world.app(), erasing).await.unwrap_err();
        assert_eq!(refused.code.as_str(), "wrong_state", "something is under way");
        assert_eq!(rows(&world, "household_doors").await, 1);
    });
}
