//! Lists of things with a place, as GeoJSON, for who asks for it.

use serde_json::{Value, json};

use super::{household_at, request_of};
use crate::support::{Answer, Caller, World, run};

async fn map(caller: &Caller, path: &str) -> Answer {
    caller.get(path).header("accept", "application/geo+json").await
}

#[test]
fn a_list_of_things_with_a_place_is_told_as_geojson_by_coarse_points() {
    run(async {
        let world = World::new().await;
        let (household, (lat, lon)) = household_at(&world, 43.238949, 76.889709).await;
        let request = request_of(&world.partner_of_a(), &world, &household).await;
        let hub = json!({"organisation_id": world.seeded.a.id.to_string(), "area_id": world.seeded.area.to_string(),
            "name": "Warehouse", "address": "Satpaev 90", "position": {"lat": 43.24, "lon": 76.9}});
        let hub = world.administrator_of_a().post("/v1/hubs", hub).await.expect(201);
        for (caller, path, id, place) in [
            (world.coordinator_of_a(), "/v1/households", household.as_str(), json!([lon, lat])),
            (world.partner_of_a(), "/v1/households", household.as_str(), json!([lon, lat])),
            (world.coordinator_of_a(), "/v1/requests?include=household", request.as_str(), json!([lon, lat])),
            (world.volunteer_of_a(), "/v1/hubs", hub["id"].as_str().unwrap(), json!([76.9, 43.24])),
        ] {
            let answer = map(&caller, path).await;
            let shown = answer.expect(200);
            assert_eq!(answer.header("content-type"), "application/geo+json");
            assert_eq!(shown["type"], "FeatureCollection");
            let features = shown["features"].as_array().unwrap();
            assert_eq!(features.len(), 1, "{path}");
            assert_eq!(features[0]["id"], id);
            assert_eq!(features[0]["geometry"], json!({"type": "Point", "coordinates": place}), "{path}");
            let listed = caller.get(path).await;
            assert_eq!(features[0]["properties"], listed.json()["data"][0], "{path}: the same is told of it");
            assert_ne!(
                answer.header("etag"),
                listed.header("etag"),
                "{path}: in other words, with another tag"
            );
            // Neither the door nor the door's own place.
            for private in ["Raushan", "43.238949", "76.889709", "Abay"] {
                assert!(!answer.text.contains(private) || path == "/v1/hubs", "{path}: {private}");
            }
        }
    });
}

#[test]
fn a_map_is_walked_page_by_page_as_a_list_is() {
    run(async {
        let world = World::new().await;
        let mut households = Vec::new();
        for _ in 0..3 {
            households.push(household_at(&world, 43.238949, 76.889709).await.0);
        }
        let coordinator = world.coordinator_of_a();
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = map(&coordinator, &format!("/v1/households?limit=2{cursor}")).await.expect(200);
            let features = page["features"].as_array().unwrap();
            seen.extend(features.iter().map(|feature| feature["id"].as_str().unwrap().to_owned()));
            let Some(next) = page.get("next_cursor").and_then(Value::as_str) else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, households);
    });
}

#[test]
fn who_takes_neither_json_nor_geojson_is_refused() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        for path in ["/v1/households", "/v1/requests", "/v1/hubs"] {
            let refused = coordinator.get(path).header("accept", "text/csv").await;
            let problem = refused.refused(406, "not_acceptable");
            assert_eq!(problem["detail"], "application/json or application/geo+json");
            let preferred = coordinator.get(path).header("accept", "text/html, */*;q=0.1").await;
            assert_eq!(preferred.header("content-type"), "application/json");
        }
    });
}

#[test]
fn areas_are_put_on_a_map_with_their_outlines() {
    run(async {
        let world = World::new().await;
        let area = world.seeded.area.to_string();
        let caller = world.volunteer_of_a();
        let listed = caller.get("/v1/areas").await.expect(200);
        let shown = map(&caller, "/v1/areas").await;
        assert_eq!(shown.header("content-type"), "application/geo+json");
        let shown = shown.expect(200);
        let feature = &shown["features"][0];
        assert_eq!((&feature["id"], &feature["type"]), (&json!(area), &json!("Feature")));
        assert_eq!(
            feature["geometry"],
            caller.get(&format!("/v1/areas/{area}")).await.expect(200)["geometry"]
        );
        assert_eq!(feature["geometry"]["type"], "Polygon");
        assert_eq!(feature["properties"], listed["data"][0], "the same is told of it");
        let (its, other) =
            (listed["data"][0]["campaign_id"].as_str().unwrap(), "cmp_01jd9x0q3vfhz8w2k5m7n6t4ra");
        for (campaign, count) in [(its, 1), (other, 0)] {
            let path = format!("/v1/areas?campaign_id={campaign}");
            assert_eq!(map(&caller, &path).await.expect(200)["features"].as_array().unwrap().len(), count);
            assert_eq!(caller.get(&path).await.expect(200)["data"].as_array().unwrap().len(), count);
        }
    });
}
