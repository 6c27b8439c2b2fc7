//! How much roads wind in an area, where that was measured, counts when volunteers are put in order.

use reqwest::Method;
use serde_json::json;

use crate::support::{World, run};

#[test]
fn a_measured_detour_makes_every_way_of_its_area_longer() {
    run(async {
        let world = World::new().await;
        let (request, _) = world.open_request().await;
        let candidates = format!("/v1/requests/{request}/candidates?limit=1");
        let policy = format!("/v1/campaigns/{}/policy", world.seeded.campaign);
        let travel = async || {
            let found = world.coordinator_of_a().get(&candidates).await.expect(200);
            found["data"][0]["travel_s"].as_u64().unwrap()
        };
        // Some 1,380 m by car: 180 s to park, and 258 s at the usual detour of 130 per cent.
        assert_eq!(travel().await, 480);
        let other = domain::id::AreaId::new(world.seeded.campaign.uuid());
        for (area, percent, expected) in [(world.seeded.area, 260, 720), (other, 260, 480)] {
            let body = json!({"policy": {"detour_percent": {area.to_string(): percent}}});
            world.administrator_of_a().call(Method::PUT, &policy).json(body).await.expect(200);
            world.app().fleet.catch_up(&world.app().database).await.unwrap();
            assert_eq!(travel().await, expected);
        }
        let shorter = json!({"policy": {"detour_percent": {world.seeded.area.to_string(): 99}}});
        let refused = world.administrator_of_a().call(Method::PUT, &policy).json(shorter).await;
        refused.refused(422, "invalid_value");
    });
}
