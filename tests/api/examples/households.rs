//! Who is served: registered, looked at, judged, located.

use serde_json::{Value, json};

use super::recorder::{Recorder, text};
use crate::support::World;

pub(super) async fn walk(recorder: &mut Recorder, world: &World) {
    let (partner, coordinator) = (world.partner_of_a(), world.coordinator_of_a());
    let mut body = world.household();
    body["external_id"] = json!("crm-4711");
    let made = recorder.post("registerHousehold", &partner, "/v1/households", body).await;
    let household = text(&made, "id");
    let path = |verb: &str| format!("/v1/households/{household}/{verb}");
    recorder.get("getHousehold", &partner, &format!("/v1/households/{household}")).await;
    let listed = format!("/v1/households?status=pending_verification&id={household}");
    recorder.one_of("listHouseholds", &partner, &listed, &household).await;
    recorder.get("readHouseholdDoor", &coordinator, &path("door")).await;
    recorder.post("verifyHousehold", &coordinator, &path("verify"), json!({})).await;
    let why = json!({"reason": "Away until the spring"});
    recorder.post("suspendHousehold", &coordinator, &path("suspend"), why).await;
    recorder.post("reinstateHousehold", &coordinator, &path("reinstate"), json!({})).await;
    let why = json!({"reason": "Moved to another city"});
    recorder.post("archiveHousehold", &coordinator, &path("archive"), why).await;
    recorder.post("eraseHousehold", &coordinator, &path("erase"), json!({"reason": "not_needed"})).await;
    many(recorder, world).await;
    taken_in(recorder, world).await;
}

fn neighbour(world: &World, flat: &str, phone: &str) -> Value {
    let mut body = world.household();
    body["door"]["flat"] = json!(flat);
    body["door"]["phone"] = json!(phone);
    body
}

async fn many(recorder: &mut Recorder, world: &World) {
    let good = neighbour(world, "21", "+77010000021");
    let mut elsewhere = neighbour(world, "22", "+77010000022");
    elsewhere["door"]["position"] = json!({"lat": 51.128, "lon": 71.43});
    let body = json!({"households": [good, elsewhere]});
    let told = recorder.post("registerHouseholds", &world.partner_of_a(), "/v1/households/bulk", body).await;
    let household = told["results"][0]["household"]["id"].as_str().unwrap();
    let why = json!({"reason": "Nobody of this name lives there"});
    let path = format!("/v1/households/{household}/reject");
    recorder.post("rejectHousehold", &world.coordinator_of_a(), &path, why).await;
}

/// Somebody calls, and knows no more of where they live than a landmark.
async fn taken_in(recorder: &mut Recorder, world: &World) {
    let coordinator = world.coordinator_of_a();
    let body = json!({
        "area_id": world.seeded.area,
        "members": 1,
        "categories": ["elderly_alone"],
        "languages": ["kk"],
        "consent": {"text_version": "2026-11", "language": "kk"},
        "door": {
            "name": "Kulyash Imanova",
            "phone": "8 701 000 00 31",
            "landmark": "behind the bakery on Saina"
        },
        "kind": "delivery",
        "urgency": "high",
        "lines": [{"kit_id": world.seeded.kit, "quantity": 1}],
        "note": "Hard of hearing: ring twice"
    });
    let told = recorder.post("takeIntake", &coordinator, "/v1/hotline/intakes", body).await;
    let household = told["request"]["household_id"].as_str().unwrap();
    let body = json!({"position": {"lat": 43.2411, "lon": 76.8902, "accuracy_m": 10.0}});
    let path = format!("/v1/households/{household}/locate");
    recorder.post("locateHousehold", &coordinator, &path, body).await;
}
