//! Who collects addresses, however patiently and by whatever call, is stopped before they have fifty, and somebody is
//! told.

use serde_json::{Value, json};

use crate::support::{Caller, World, run};

/// More than anybody may collect.
const FIFTY: usize = 50;

/// Whose door an answer tells, or that it tells none for now.
enum Told {
    Door,
    NoMore,
}

async fn requests(world: &World, many: usize) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for _ in 0..many {
        let household = world.verified_household().await;
        let filed = world.partner_of_a().post("/v1/requests", world.request(&household)).await.expect(201);
        all.push((household, filed["id"].as_str().unwrap().to_owned()));
    }
    all
}

/// An hour passes.
async fn an_hour_later(world: &World) {
    world.database.ask("UPDATE door_readings SET at = at - interval '1 hour'").await;
}

/// Claims a request, looks at the door, and gives it back.
async fn look_and_leave(volunteer: &Caller, request: &str) -> Told {
    let claim: Value = volunteer.post(&format!("/v1/requests/{request}/claim"), json!({})).await.expect(201);
    let path = format!("/v1/claims/{}", claim["id"].as_str().unwrap());
    let door = volunteer.get(&format!("{path}/door?fence={}", claim["fence"])).await;
    let leave = json!({"fence": claim["fence"], "reason": "other plans"});
    volunteer.post(&format!("{path}/release"), leave).await.expect(200);
    if door.status == 200 {
        return Told::Door;
    }
    door.refused(429, "quota_exceeded");
    assert!(!door.text.contains("Raushan") && !door.text.contains("Abay"), "{}", door.text);
    Told::NoMore
}

#[test]
fn a_patient_volunteer_is_stopped_before_fifty_doors_of_a_day() {
    run(async {
        let world = World::new().await;
        let requests = requests(&world, FIFTY + 5).await;
        let volunteer = world.volunteer_of_a();
        let (mut seen, mut hours) = (0, 0);
        for (_, request) in &requests {
            while let Told::NoMore = look_and_leave(&volunteer, request).await {
                hours += 1;
                if hours == 23 {
                    break;
                }
                an_hour_later(&world).await;
            }
            if hours == 23 {
                break;
            }
            seen += 1;
        }
        assert_eq!((seen, hours), (40, 23), "of {} households", requests.len());
        let alarms = "SELECT count(*) FROM events WHERE kind = 'volunteer.doors_used_up'";
        assert_eq!(world.database.count(alarms).await, 2, "at the end of an hour's budget, and of the day's");
    });
}

#[test]
fn a_coordinator_is_stopped_before_fifty_doors_of_an_hour_by_whatever_calls() {
    run(async {
        let world = World::new().await;
        let awake = "UPDATE policies SET body = body || '{\"calls\": {\"quiet_from_minute\": 0, \"quiet_until_minute\": 0}}'";
        world.database.ask(awake).await;
        let requests = requests(&world, FIFTY + 5).await;
        let coordinator = world.coordinator_of_a();
        let mut seen = 0;
        for (number, (household, request)) in requests.iter().enumerate() {
            let answer = if number % 2 == 0 {
                coordinator.get(&format!("/v1/households/{household}/door")).await
            } else {
                coordinator.post("/v1/calls", json!({"request_id": request})).await.expect(201);
                coordinator.post("/v1/calls/next", json!({})).await
            };
            if answer.status != 200 {
                answer.refused(429, "quota_exceeded");
                break;
            }
            seen += 1;
            if let Some(call) = answer.json()["id"].as_str() {
                let outcome = format!("/v1/calls/{call}/outcome");
                coordinator.post(&outcome, json!({"outcome": "reached"})).await.expect(200);
            }
        }
        assert_eq!(seen, 40, "of {} households", requests.len());
        let alarms = "SELECT count(*) FROM events WHERE kind = 'user.doors_used_up'";
        assert_eq!(world.database.count(alarms).await, 1);
    });
}
