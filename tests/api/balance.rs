//! Where an area needs more volunteers, as a map.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{World, run};

/// Files so many requests for each of so many households, all in one cell of many buildings.
async fn ask(world: &World, households: usize, each: usize) {
    let place = json!({"lat": 43.238949, "lon": 76.889709});
    let buildings = json!({"positions": vec![place; 9]});
    let count = format!("/v1/areas/{}/buildings", world.seeded.area);
    world.administrator_of_a().post(&count, buildings).await.expect(200);
    for _ in 0..households {
        let household = world.verified_household().await;
        for _ in 0..each {
            world.partner_of_a().post("/v1/requests", world.request(&household)).await.expect(201);
        }
    }
    world.app().fleet.catch_up(&world.app().database).await.unwrap();
}

async fn balance(world: &World) -> Value {
    let path = format!("/v1/areas/{}/balance", world.seeded.area);
    let answer = world.coordinator_of_a().get(&path).await;
    assert_eq!(answer.header("content-type"), "application/geo+json");
    answer.expect(200)
}

#[test]
fn cells_that_ask_for_more_than_their_volunteers_can_do_are_drawn() {
    run(async {
        let world = World::new().await;
        // Four volunteers may claim three requests each, on duty or not.
        let off = json!({"on": false});
        world.volunteer_of_a().call(Method::PUT, "/v1/me/duty").json(off).await.expect(200);
        ask(&world, 7, 2).await;
        let found = balance(&world).await;
        assert_eq!(found["type"], "FeatureCollection");
        let features = found["features"].as_array().unwrap();
        assert_eq!(features.len(), 1, "{found}");
        assert_eq!(features[0]["properties"], json!({"open_requests": 14, "short_requests": 2}));
        assert_eq!(found["elsewhere"], json!({"open_requests": 0, "short_requests": 0}));
        let outline = features[0]["geometry"]["coordinates"][0].as_array().unwrap();
        assert_eq!((outline.len(), outline.first() == outline.last()), (7, true));
        // The other organisation of the campaign recruits from the same map; it is not made anew at once.
        let path = format!("/v1/areas/{}/balance", world.seeded.area);
        assert_eq!(world.coordinator_of_b().get(&path).await.expect(200), found);
        let unknown = format!("/v1/areas/{}/balance", domain::id::AreaId::new(world.seeded.campaign.uuid()));
        world.coordinator_of_a().get(&unknown).await.refused(404, "not_found");
    });
}

#[test]
fn a_cell_in_which_four_households_ask_is_not_drawn() {
    run(async {
        let world = World::new().await;
        ask(&world, 4, 4).await;
        let found = balance(&world).await;
        assert_eq!(found["features"], json!([]));
        assert_eq!(found["elsewhere"], json!({"open_requests": 16, "short_requests": 4}));
    });
}
