//! Why a request finds nobody: by which rule, who is nearest, and what would help.

use birgemiz::clock;
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::reading_from_memory::both_ways;
use crate::support::{Caller, World, run};

async fn edit(volunteer: &Caller, body: Value) {
    volunteer.call(Method::PATCH, "/v1/me").json(body).await.expect(200);
}

#[test]
fn every_rule_that_refuses_is_named_with_its_nearest_and_what_would_help() {
    run(async {
        let world = World::new().await;
        let (a, b) = (&world.seeded.a, &world.seeded.b);
        let [off, near] = a.volunteers;
        let [weak, foreign] = b.volunteers;
        let body = json!({"on": false});
        world.person(off.person).call(Method::PUT, "/v1/me/duty").json(body).await.expect(200);
        // The household is seen at the middle of the district, some 1,380 m from everybody.
        edit(&world.person(near.person), json!({"radius_m": 1000})).await;
        edit(&world.person(weak.person), json!({"capacity_kg": 4})).await;
        edit(&world.person(foreign.person), json!({"languages": ["en"]})).await;
        let (request, _) = world.open_request().await;
        let path = format!("/v1/requests/{request}/why-not");
        let told = both_ways(&world, a.coordinator, &path).await;
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told["eligible"], 0);
        let refused = |reason, volunteer: String, organisation: String| {
            json!({"reason": reason, "count": 1, "alone": 1, "nearest":
                {"volunteer_id": volunteer, "organisation_id": organisation, "distance_m": 1400}})
        };
        let (a, b) = (a.id.to_string(), b.id.to_string());
        let expected = json!([
            refused("off_duty", off.id.to_string(), a.clone()),
            refused("too_heavy", weak.id.to_string(), b.clone()),
            refused("no_shared_language", foreign.id.to_string(), b.clone()),
            refused("too_far", near.id.to_string(), a.clone()),
        ]);
        assert_eq!(told["refused"], expected);
        let expected = json!({
            "farther": {"volunteer_id": near.id.to_string(), "organisation_id": a, "by_m": 400},
            "heavier": {"volunteer_id": weak.id.to_string(), "organisation_id": b, "by_kg": 2.0},
            "other_language":
                {"volunteer_id": foreign.id.to_string(), "organisation_id": b, "language": "en"},
        });
        assert_eq!(told["relaxed"], expected);
    });
}

#[test]
fn whoever_rests_is_told_of_with_how_long() {
    run(async {
        let world = World::new().await;
        let (request, _) = world.open_request().await;
        let resting = world.seeded.a.volunteers[0].id;
        let path = format!("/v1/requests/{request}/why-not");
        let coordinator = world.coordinator_of_a();
        let until = clock::now() + TimeDelta::hours(1);
        let edit = coordinator.call(Method::PATCH, &format!("/v1/volunteers/{resting}"));
        edit.json(json!({"rest_until": until})).await.expect(200);
        let told = coordinator.get(&path).await.expect(200);
        assert_eq!(told["eligible"], 3, "what one has just written counts");
        assert_eq!(told["refused"][0]["reason"], "resting");
        let wait = told["relaxed"]["later"]["by_s"].as_i64().unwrap();
        assert!((3500..=3600).contains(&wait), "{wait}");
        assert_eq!(told["relaxed"]["later"]["volunteer_id"], resting.to_string());
    });
}

#[test]
fn only_the_coordinators_of_its_organisation_may_ask_and_only_while_it_is_open() {
    run(async {
        let world = World::new().await;
        let (request, _) = world.open_request().await;
        let path = format!("/v1/requests/{request}/why-not");
        both_ways(&world, world.seeded.a.coordinator, &path).await;
        world.coordinator_of_b().get(&path).await.refused(404, "not_found");
        world.volunteer_of_a().get(&path).await.refused(403, "forbidden");
        world.volunteer_of_a().post(&format!("/v1/requests/{request}/claim"), json!({})).await.expect(201);
        world.app().fleet.catch_up(&world.app().database).await.unwrap();
        world.coordinator_of_a().get(&path).await.refused(409, "wrong_state");
        world.coordinator_of_b().get(&path).await.refused(404, "not_found");
    });
}
