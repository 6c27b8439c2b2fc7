//! Lists: narrowed, shown on a map, with what belongs to them, and walked page by page.

mod including;
mod narrowing;
mod on_a_map;
mod queue_of_calls;
mod walking;

use serde_json::Value;

use crate::support::{Caller, World};

/// The ids of a list's entries, in its order.
fn ids(page: &Value) -> Vec<String> {
    page["data"].as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap().to_owned()).collect()
}

/// A verified household of organisation A's partner at this place; its id and its coarse point.
async fn household_at(world: &World, lat: f64, lon: f64) -> (String, (f64, f64)) {
    let mut body = world.household();
    body["door"]["position"] = serde_json::json!({"lat": lat, "lon": lon});
    let made = world.partner_of_a().post("/v1/households", body).await.expect(201);
    let id = made["id"].as_str().unwrap().to_owned();
    let verify = format!("/v1/households/{id}/verify");
    world.coordinator_of_a().post(&verify, serde_json::json!({})).await.expect(200);
    let point = &made["coarse_point"];
    (id, (point["lat"].as_f64().unwrap(), point["lon"].as_f64().unwrap()))
}

/// Moves the coarse points of a household and of its requests, as if they had been drawn there.
async fn put_on_the_map(world: &World, household: &str, lat: f64, lon: f64) {
    let id: domain::id::HouseholdId = household.parse().unwrap();
    let id = id.uuid();
    let sql = format!(
        "UPDATE households SET coarse_lat = {lat}, coarse_lon = {lon} WHERE id = '{id}'; \
         UPDATE requests SET coarse_lat = {lat}, coarse_lon = {lon} WHERE household_id = '{id}'"
    );
    world.database.ask(&sql).await;
}

/// An open request of this household's; its id.
async fn request_of(caller: &Caller, world: &World, household: &str) -> String {
    let filed = caller.post("/v1/requests", world.request(household)).await.expect(201);
    filed["id"].as_str().unwrap().to_owned()
}
