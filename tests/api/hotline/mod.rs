//! The hotline: what households ask for on the telephone, and whom operators call.

mod calls;
mod guide;
mod intake;
mod locating;
mod phones;
mod scheduling;

use serde_json::{Value, json};

use crate::support::World;

/// Somebody unknown who asks for a basket, at a door in the middle of Almaty.
fn intake(world: &World) -> Value {
    json!({
        "area_id": world.seeded.area.to_string(),
        "members": 2,
        "categories": ["elderly_alone"],
        "languages": ["kk"],
        "consent": {"text_version": "2026-11", "language": "kk"},
        "door": {
            "name": "Raushan Akhmetova",
            "phone": "8 701 000 00 01",
            "landmark": "behind the bakery",
            "position": {"lat": 43.238949, "lon": 76.889709}
        },
        "kind": "delivery",
        "urgency": "high",
        "lines": [{"kit_id": world.seeded.kit.to_string(), "quantity": 1}],
        "note": "The lift is broken"
    })
}

/// The same, by somebody else who lives elsewhere.
fn another(world: &World) -> Value {
    let mut body = intake(world);
    body["door"]["name"] = json!("Dana Omarova");
    body["door"]["phone"] = json!("+7 702 111 22 33");
    body["door"]["position"] = json!({"lat": 43.25, "lon": 76.95});
    body
}

fn text(body: &Value) -> String {
    body.as_str().unwrap().to_owned()
}

/// Nobody sleeps in these tests, whatever the hour at which they run.
async fn wake_everybody(world: &World) {
    let sql = "UPDATE policies SET body = jsonb_set(body, '{calls}', \
        '{\"quiet_from_minute\": 0, \"quiet_until_minute\": 0}'::jsonb)";
    world.database.ask(sql).await;
}
