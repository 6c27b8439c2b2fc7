//! Calls that are scheduled without being asked: once each, when it is time, and not when there is no need any more.

use birgemiz::dispatch::drain;
use serde_json::{Value, json};

use super::calls::advance;
use super::wake_everybody;
use crate::support::{World, run};

/// A request that was handed over and that nobody has confirmed.
async fn delivered(world: &World) -> String {
    let (request, phrase) = world.open_request().await;
    let volunteer = world.volunteer_of_a();
    let claim = volunteer.post(&format!("/v1/requests/{request}/claim"), json!({})).await.expect(201);
    let act = |verb: &str| format!("/v1/deliveries/{}/{verb}", claim["delivery_id"].as_str().unwrap());
    for verb in ["pick-up", "arrive"] {
        volunteer.post(&act(verb), json!({"fence": claim["fence"]})).await.expect(200);
    }
    let body = json!({"fence": claim["fence"], "outcome": "handed_over", "phrase": phrase});
    volunteer.post(&act("complete"), body).await.expect(200);
    request
}

/// What is to be called for, and about which request.
async fn waiting(world: &World) -> Vec<(String, String)> {
    let listed = world.coordinator_of_a().get("/v1/calls").await.expect(200);
    let word = |call: &Value, field: &str| call[field].as_str().unwrap().to_owned();
    let calls = listed["data"].as_array().unwrap();
    calls.iter().map(|call| (word(call, "purpose"), word(call, "request_id"))).collect()
}

async fn status(world: &World, request: &str) -> Value {
    world.coordinator_of_a().get(&format!("/v1/requests/{request}")).await.expect(200)
}

/// Takes the next call and tells how it went.
async fn call(world: &World, outcome: &str) -> Value {
    let operator = world.coordinator_of_a();
    let taken = operator.post("/v1/calls/next", json!({})).await.expect(200);
    let path = format!("/v1/calls/{}/outcome", taken["id"].as_str().unwrap());
    operator.post(&path, json!({"outcome": outcome})).await.expect(200)
}

#[test]
fn what_nobody_confirmed_is_called_about_once_and_whoever_is_reached_confirms_it() {
    run(async {
        let world = World::new().await;
        wake_everybody(&world).await;
        let request = delivered(&world).await;
        advance(&world, "3 hours 55 minutes").await;
        drain(world.app()).await;
        assert_eq!(waiting(&world).await, []);
        advance(&world, "4 hours").await;
        // Two who look at once schedule one.
        tokio::join!(drain(world.app()), drain(world.app()));
        assert_eq!(waiting(&world).await, [("acknowledgement".to_owned(), request.clone())]);
        let operator = world.coordinator_of_a();
        let taken = operator.post("/v1/calls/next", json!({})).await.expect(200);
        let path = format!("/v1/calls/{}/outcome", taken["id"].as_str().unwrap());
        let refused = operator.post(&path, json!({"outcome": "help_not_needed"})).await;
        assert_eq!(refused.refused(422, "invalid_value")["errors"][0]["pointer"], "/outcome");
        operator.post(&path, json!({"outcome": "reached"})).await.expect(200);
        assert!(status(&world, &request).await["acknowledged_at"].is_string());
        advance(&world, "3 days").await;
        drain(world.app()).await;
        assert_eq!(waiting(&world).await, []);
        assert_eq!(world.database.count("SELECT count(*) FROM requests").await, 1, "nobody is sent");
        assert_eq!(world.database.count("SELECT count(*) FROM calls").await, 1);
    });
}

#[test]
fn what_a_partner_confirms_itself_needs_no_call_any_more() {
    run(async {
        let world = World::new().await;
        let request = delivered(&world).await;
        advance(&world, "4 hours").await;
        drain(world.app()).await;
        assert_eq!(waiting(&world).await.len(), 1);
        let path = format!("/v1/requests/{request}/acknowledge");
        world.partner_of_a().post(&path, json!({})).await.expect(200);
        // At once nobody is given it; a little later it is gone.
        wake_everybody(&world).await;
        world.coordinator_of_a().post("/v1/calls/next", json!({})).await.expect(204);
        drain(world.app()).await;
        assert_eq!(waiting(&world).await, []);
        let dropped = world.coordinator_of_a().get("/v1/calls?status=dropped").await.expect(200);
        assert_eq!(dropped["data"].as_array().map(Vec::len), Some(1));
        let told = "SELECT count(*) FROM events WHERE kind = 'call.closed' AND reason = 'dropped'";
        assert_eq!(world.database.count(told).await, 1);
    });
}

#[test]
fn a_silent_household_that_is_reached_by_telephone_is_not_visited() {
    run(async {
        let world = World::new().await;
        wake_everybody(&world).await;
        let request = delivered(&world).await;
        advance(&world, "25 hours").await;
        drain(world.app()).await;
        let calls = waiting(&world).await;
        let [(purpose, visit)] = &calls[..] else { panic!("{calls:?}") };
        assert_eq!(purpose, "welfare_check");
        assert_eq!(status(&world, visit).await["kind"], "welfare_check");
        assert_eq!(call(&world, "reached").await["status"], "done");
        assert_eq!(status(&world, visit).await["status"], "cancelled");
        assert!(status(&world, &request).await["acknowledged_at"].is_string());
    });
}

#[test]
fn before_a_request_expires_somebody_asks_once_whether_help_is_still_needed() {
    run(async {
        let world = World::new().await;
        wake_everybody(&world).await;
        let (wanted, _) = world.open_request().await;
        // A day of its window, a day of extension; twelve hours before their end.
        advance(&world, "35 hours 50 minutes").await;
        drain(world.app()).await;
        assert_eq!(waiting(&world).await, []);
        advance(&world, "36 hours").await;
        drain(world.app()).await;
        assert_eq!(waiting(&world).await, [("still_needed".to_owned(), wanted.clone())]);
        assert_eq!(call(&world, "reached").await["status"], "done");
        assert_eq!(status(&world, &wanted).await["status"], "open");
        drain(world.app()).await;
        assert_eq!(waiting(&world).await, [], "nobody is asked twice");

        advance(&world, "0").await;
        let (unwanted, _) = world.open_request().await;
        advance(&world, "37 hours").await;
        drain(world.app()).await;
        assert_eq!(waiting(&world).await, [("still_needed".to_owned(), unwanted.clone())]);
        assert_eq!(call(&world, "help_not_needed").await["status"], "done");
        assert_eq!(status(&world, &unwanted).await["status"], "cancelled");
        // Whoever cannot be called any more is not: the request has expired.
        advance(&world, "0").await;
        let (late, _) = world.open_request().await;
        advance(&world, "49 hours").await;
        drain(world.app()).await;
        assert_eq!(status(&world, &late).await["status"], "expired");
        assert_eq!(waiting(&world).await, []);
    });
}

#[test]
fn what_the_log_tells_of_calls_is_where_they_stand() {
    run(async {
        let world = World::new().await;
        wake_everybody(&world).await;
        delivered(&world).await;
        world.open_request().await;
        advance(&world, "4 hours").await;
        drain(world.app()).await;
        call(&world, "reached").await;
        advance(&world, "36 hours").await;
        drain(world.app()).await;
        call(&world, "no_answer").await;
        let inspection =
            birgemiz::storage::inspection::Inspection::begin(&world.database.urls.owner).await.unwrap();
        let (mut differing, compared) = inspection.disagreements(10).await.unwrap();
        // The volunteers of these tests are there from the beginning, without a word in the log.
        differing.retain(|one| one.object != "volunteer");
        assert!(differing.is_empty(), "{differing:?}");
        let calls = world.database.count("SELECT count(*) FROM calls").await;
        assert!(calls == 2 && compared >= 8, "{calls} {compared}");
    });
}
