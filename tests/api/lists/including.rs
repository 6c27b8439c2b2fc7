//! What belongs to the entries of a list comes with them, for who may see it, in as many statements for many as for one.

use domain::actor::Scope;
use serde_json::json;

use super::{household_at, ids, request_of};
use crate::support::{World, run};

#[test]
fn requests_come_with_their_households_and_claims() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let (household, _) = household_at(&world, 43.238949, 76.889709).await;
        let claimed = request_of(&world.partner_of_a(), &world, &household).await;
        let open = request_of(&world.partner_of_a(), &world, &household).await;
        let claim = world.volunteer_of_a().post(&format!("/v1/requests/{claimed}/claim"), json!({})).await;
        let claim = claim.expect(201);
        let list = coordinator.get("/v1/requests?include=household,claim").await;
        let shown = list.expect(200);
        assert_eq!(ids(&shown), [claimed, open]);
        let own = coordinator.get(&format!("/v1/households/{household}")).await.expect(200);
        assert_eq!((&shown["data"][0]["household"], &shown["data"][1]["household"]), (&own, &own));
        assert_eq!(shown["data"][0]["claim"], claim);
        assert!(shown["data"][1].get("claim").is_none());
        assert!(!list.text.contains("Raushan") && !list.text.contains("43.238949"), "without the door");

        let partner = world.partner_of_a();
        let theirs = partner.get("/v1/requests?include=household").await.expect(200);
        assert_eq!(theirs["data"][0]["household"]["id"], household.as_str());
        partner.get("/v1/requests?include=claim").await.refused(403, "forbidden");
        let of_requests = world.partner_that_may(world.seeded.a.partner, &[Scope::RequestsRead]);
        of_requests.get("/v1/requests").await.expect(200);
        of_requests.get("/v1/requests?include=household").await.refused(403, "missing_scope");
        let of_households = world.partner_that_may(world.seeded.a.partner, &[Scope::HouseholdsRead]);
        of_households.get("/v1/households?include=requests").await.refused(403, "missing_scope");
    });
}

#[test]
fn households_come_with_what_they_wait_for_and_volunteers_with_what_they_hold() {
    run(async {
        let world = World::new().await;
        let (coordinator, partner) = (world.coordinator_of_a(), world.partner_of_a());
        let (household, _) = household_at(&world, 43.238949, 76.889709).await;
        let ended = request_of(&partner, &world, &household).await;
        coordinator.post(&format!("/v1/requests/{ended}/cancel"), json!({})).await.expect(200);
        let waits = request_of(&partner, &world, &household).await;
        let claim = world.volunteer_of_a().post(&format!("/v1/requests/{waits}/claim"), json!({})).await;
        let claim = claim.expect(201);
        for caller in [&coordinator, &partner] {
            let shown = caller.get("/v1/households?include=requests").await.expect(200);
            let request = caller.get(&format!("/v1/requests/{waits}")).await.expect(200);
            assert_eq!(shown["data"][0]["requests"], json!([request]));
            let plain = caller.get("/v1/households").await.expect(200);
            assert!(plain["data"][0].get("requests").is_none());
        }
        let volunteers = coordinator.get("/v1/volunteers?include=claims").await.expect(200);
        for shown in volunteers["data"].as_array().unwrap() {
            let holds = shown["id"] == world.seeded.a.volunteers[0].id.to_string();
            assert_eq!(shown["claims"], if holds { json!([claim]) } else { json!([]) });
        }
    });
}

#[test]
fn a_page_of_many_asks_no_more_often_than_a_page_of_one() {
    run(async {
        let world = World::new().await;
        world
            .database
            .ask("CREATE EXTENSION pg_stat_statements; UPDATE volunteers SET claim_limit = 100")
            .await;
        let (household, _) = household_at(&world, 43.238949, 76.889709).await;
        for _ in 0..30 {
            let request = request_of(&world.partner_of_a(), &world, &household).await;
            world
                .volunteer_of_a()
                .post(&format!("/v1/requests/{request}/claim"), json!({}))
                .await
                .expect(201);
        }
        for path in [
            "/v1/requests?include=household,claim",
            "/v1/households?include=requests",
            "/v1/volunteers?include=claims",
        ] {
            world.database.ask("SELECT pg_stat_statements_reset()").await;
            world.coordinator_of_a().get(path).await.expect(200);
            // Loops of the service ask now and then too, but never thirty times meanwhile.
            let most = "SELECT max(calls) FROM pg_stat_statements \
                WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) \
                  AND query ~ '(households|claims|deliveries|request_lines|requests|users)'";
            let most = world.database.count(most).await;
            assert!((1..10).contains(&most), "{path}: one statement was sent {most} times");
        }
    });
}
