//! Operators take calls, one each, are told the number while they hold one, and tell how it went.

use birgemiz::clock;
use domain::actor::Role;
use domain::id::UserId;
use serde_json::{Value, json};

use super::{text, wake_everybody};
use crate::support::seed::Person;
use crate::support::{Caller, World, run};

/// Another operator of organisation A.
pub(super) async fn another_operator(world: &World) -> Caller {
    let user = UserId::new(clock::new_id());
    let sql = format!(
        "INSERT INTO users (id, organisation_id, role, name, email, created_at) \
         VALUES ('{0}', '{1}', 'coordinator', 'Another', '{0}@example.org', now())",
        user.uuid(),
        world.seeded.a.id.uuid()
    );
    world.database.ask(&sql).await;
    world.log_everybody_in().await;
    world.person(Person { user, role: Role::Coordinator })
}

/// Lets the campaign's clock be so far ahead.
pub(super) async fn advance(world: &World, by: &str) {
    // Real time never moves: for this world alone it does.
    world.database.ask("ALTER TABLE campaigns DROP CONSTRAINT IF EXISTS campaigns_clock").await;
    let sql = format!("UPDATE campaigns SET clock_offset_s = extract(epoch FROM interval '{by}')");
    world.database.ask(&sql).await;
}

/// A household is to be called about an open request of its own; the call, and the request's id.
async fn ordered(world: &World, urgency: &str) -> (Value, String) {
    let (request, _) = world.open_request().await;
    let body = json!({"request_id": request, "urgency": urgency});
    let call = world.coordinator_of_a().post("/v1/calls", body).await.expect(201);
    (call, request)
}

fn outcome_of(call: &Value) -> String {
    format!("/v1/calls/{}/outcome", text(&call["id"]))
}

#[test]
fn an_operator_is_told_the_number_while_they_hold_a_call_and_its_reading_is_recorded() {
    run(async {
        let world = World::new().await;
        wake_everybody(&world).await;
        let (call, _) = ordered(&world, "normal").await;
        let operator = world.coordinator_of_a();
        let readings = "SELECT count(*) FROM door_readings";
        let before = world.database.count(readings).await;
        let take = || operator.post("/v1/calls/next", json!({})).key("once");
        let taken = take().await.expect(200);
        assert_eq!((&taken["id"], &taken["purpose"]), (&call["id"], &json!("call_back")));
        assert_eq!((&taken["phone"], &taken["name"]), (&json!("+77010000001"), &json!("Raushan Akhmetova")));
        assert_eq!(world.database.count(readings).await, before + 1);
        // No list, no replay, no kept answer and no event tells it.
        let replay = take().await;
        assert_eq!(replay.header("idempotent-replayed"), "true");
        let list = operator.get("/v1/calls?status=waiting,done&purpose=call_back").await;
        let events = operator.get("/v1/events?type=call.*").await;
        assert_eq!(list.expect(200)["data"].as_array().map(Vec::len), Some(1));
        for answer in [replay, list, events] {
            assert!(
                !answer.text.contains("7010000001") && !answer.text.contains("Raushan"),
                "{}",
                answer.text
            );
        }
        // Who asks again while they hold one is told of the same.
        let again = operator.post("/v1/calls/next", json!({})).await.expect(200);
        assert_eq!((&again["id"], &again["phone"]), (&call["id"], &json!("+77010000001")));
        let done = operator.post(&outcome_of(&call), json!({"outcome": "reached"})).await.expect(200);
        assert_eq!(
            (&done["status"], &done["last_outcome"], done.get("locked_by")),
            (&json!("done"), &json!("reached"), None)
        );
        operator.post("/v1/calls/next", json!({})).await.expect(204);
    });
}

#[test]
fn the_most_urgent_call_comes_first_and_of_those_the_oldest() {
    run(async {
        let world = World::new().await;
        wake_everybody(&world).await;
        let mut wanted = Vec::new();
        for urgency in ["low", "normal", "critical", "normal"] {
            wanted.push(text(&ordered(&world, urgency).await.0["id"]));
        }
        let wanted = [&wanted[2], &wanted[1], &wanted[3], &wanted[0]];
        let operator = world.coordinator_of_a();
        let listed = operator.get("/v1/calls").await.expect(200);
        for (place, wanted) in wanted.into_iter().enumerate() {
            assert_eq!(listed["data"][place]["id"], wanted.as_str());
            let taken = operator.post("/v1/calls/next", json!({})).await.expect(200);
            assert_eq!(taken["id"], wanted.as_str());
            operator.post(&outcome_of(&taken), json!({"outcome": "reached"})).await.expect(200);
        }
    });
}

#[test]
fn two_operators_never_make_one_call_and_one_operator_never_two() {
    run(async {
        let world = World::new().await;
        wake_everybody(&world).await;
        for _ in 0..6 {
            ordered(&world, "normal").await;
        }
        let mut operators = vec![world.coordinator_of_a()];
        for _ in 0..3 {
            operators.push(another_operator(&world).await);
        }
        // Each asks twice at once.
        let asking = operators
            .iter()
            .flat_map(|operator| [operator, operator])
            .map(|operator| operator.post("/v1/calls/next", json!({})).into_future());
        let taken = futures_util::future::join_all(asking).await;
        let mut ids: Vec<String> = Vec::new();
        for pair in taken.chunks(2) {
            let [one, other] = [&pair[0], &pair[1]].map(|answer| text(&answer.expect(200)["id"]));
            assert_eq!(one, other, "one operator, one call");
            ids.push(one);
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 4);
        let free = world.database.ask("SELECT id FROM calls WHERE locked_by IS NULL LIMIT 1").await;
        let free = domain::id::CallId::new(free[0][0].as_deref().unwrap().parse().unwrap());
        operators[0].post(&format!("/v1/calls/{free}/lock"), json!({})).await.refused(409, "call_locked");
        let theirs = format!("/v1/calls/{}/lock", ids[0]);
        another_operator(&world).await.post(&theirs, json!({})).await.refused(409, "call_locked");
    });
}

#[test]
fn a_call_that_was_held_too_long_is_anothers_and_only_who_holds_it_tells_how_it_went() {
    run(async {
        let world = World::new().await;
        wake_everybody(&world).await;
        let (call, _) = ordered(&world, "high").await;
        let (one, other) = (world.coordinator_of_a(), another_operator(&world).await);
        one.post(&outcome_of(&call), json!({"outcome": "reached"})).await.refused(409, "call_not_yours");
        one.post("/v1/calls/next", json!({})).await.expect(200);
        other.post("/v1/calls/next", json!({})).await.expect(204);
        advance(&world, "8 minutes").await;
        other.post("/v1/calls/next", json!({})).await.expect(204);
        advance(&world, "10 minutes").await;
        one.post(&outcome_of(&call), json!({"outcome": "reached"})).await.refused(409, "call_not_yours");
        let taken = other.post("/v1/calls/next", json!({})).await.expect(200);
        assert_eq!(taken["id"], call["id"]);
        one.post(&outcome_of(&call), json!({"outcome": "reached"})).await.refused(409, "call_not_yours");
        other.post(&outcome_of(&call), json!({"outcome": "no_answer"})).await.expect(200);
        // Who asks otherwise is told nothing.
        let b = world.coordinator_of_b();
        assert_eq!(b.get("/v1/calls").await.expect(200)["data"], json!([]));
        b.post(&outcome_of(&call), json!({"outcome": "reached"})).await.refused(404, "not_found");
        b.post(&format!("/v1/calls/{}/lock", text(&call["id"])), json!({})).await.refused(404, "not_found");
        let request = json!({"request_id": call["request_id"]});
        b.post("/v1/calls", request.clone()).await.refused(404, "not_found");
        world.partner_of_a().post("/v1/calls", request).await.refused(403, "forbidden");
    });
}

#[test]
fn whoever_is_at_another_number_is_not_called_there_again() {
    run(async {
        let world = World::new().await;
        wake_everybody(&world).await;
        let (call, _) = ordered(&world, "normal").await;
        let operator = world.coordinator_of_a();
        operator.post("/v1/calls/next", json!({})).await.expect(200);
        let done = operator.post(&outcome_of(&call), json!({"outcome": "wrong_number"})).await.expect(200);
        assert_eq!((&done["status"], &done["last_outcome"]), (&json!("given_up"), &json!("wrong_number")));
        advance(&world, "7 hours").await;
        operator.post("/v1/calls/next", json!({})).await.expect(204);
    });
}

#[test]
fn calls_in_vain_are_made_again_later_each_time_and_then_no_more() {
    run(async {
        let world = World::new().await;
        wake_everybody(&world).await;
        let (call, request) = ordered(&world, "normal").await;
        let operator = world.coordinator_of_a();
        let path = format!("/v1/calls/{}/lock", text(&call["id"]));
        let mut waits = Vec::new();
        for _ in 0..3 {
            operator.post(&path, json!({})).await.expect(200);
            let tried = operator.post(&outcome_of(&call), json!({"outcome": "no_answer"})).await.expect(200);
            assert_eq!(tried["status"], "waiting");
            let at = |field: &str| tried[field].as_str().unwrap().parse::<domain::Moment>().unwrap();
            waits.push((at("due_at") - at("updated_at")).num_seconds());
            operator.post("/v1/calls/next", json!({})).await.expect(204);
        }
        assert_eq!(waits, [900, 1800, 3600]);
        advance(&world, "50 minutes").await;
        operator.post("/v1/calls/next", json!({})).await.expect(204);
        advance(&world, "61 minutes").await;
        operator.post("/v1/calls/next", json!({})).await.expect(200);
        let last = operator.post(&outcome_of(&call), json!({"outcome": "no_answer"})).await.expect(200);
        assert_eq!((&last["status"], &last["calls_in_vain"]), (&json!("given_up"), &json!(4)));
        operator.post(&path, json!({})).await.refused(409, "wrong_state");
        let request = operator.get(&format!("/v1/requests/{request}")).await.expect(200);
        assert_eq!(request["status"], "open");
        let told = "SELECT string_agg(kind || ' ' || reason, ', ' ORDER BY seq) FROM events WHERE kind LIKE 'call.%'";
        let told = world.database.ask(told).await;
        let postponed = "call.postponed no_answer, ".repeat(3);
        let wanted = format!("call.scheduled call_back, {postponed}call.closed no_answer");
        assert_eq!(told[0][0].as_deref(), Some(wanted.as_str()));
    });
}

#[test]
fn whoever_asks_to_be_called_later_is_called_then_and_who_needs_no_help_is_called_off() {
    run(async {
        let world = World::new().await;
        wake_everybody(&world).await;
        let (call, request) = ordered(&world, "normal").await;
        let operator = world.coordinator_of_a();
        operator.post("/v1/calls/next", json!({})).await.expect(200);
        let path = outcome_of(&call);
        let at = |hours| (clock::now() + chrono::TimeDelta::hours(hours)).to_rfc3339();
        for (body, pointer) in [
            (json!({"outcome": "call_back_at"}), "/call_back_at"),
            (json!({"outcome": "call_back_at", "call_back_at": at(-1)}), "/call_back_at"),
            (json!({"outcome": "call_back_at", "call_back_at": at(24 * 31)}), "/call_back_at"),
            (json!({"outcome": "reached", "call_back_at": at(1)}), "/call_back_at"),
            (json!({"outcome": "eaten"}), "/outcome"),
        ] {
            let refused = operator.post(&path, body).await.refused(422, "invalid_value");
            assert_eq!(refused["errors"][0]["pointer"], pointer);
        }
        let later = json!({"outcome": "call_back_at", "call_back_at": at(3)});
        let later = operator.post(&path, later).await.expect(200);
        assert_eq!((&later["status"], &later["calls_in_vain"]), (&json!("waiting"), &json!(0)));
        operator.post("/v1/calls/next", json!({})).await.expect(204);
        advance(&world, "3 hours 1 minute").await;
        operator.post("/v1/calls/next", json!({})).await.expect(200);
        operator.post(&path, json!({"outcome": "help_not_needed"})).await.expect(200);
        let request = operator.get(&format!("/v1/requests/{request}")).await.expect(200);
        assert_eq!(request["status"], "cancelled");
    });
}

#[test]
fn nobody_is_called_in_the_quiet_hours_of_their_own_area() {
    run(async {
        let world = World::new().await;
        let (call, _) = ordered(&world, "critical").await;
        let operator = world.coordinator_of_a();
        let lock = format!("/v1/calls/{}/lock", text(&call["id"]));
        // From two minutes ago for ten minutes, by the clocks of Almaty.
        let quiet = "UPDATE policies SET body = jsonb_set(body, '{calls}', jsonb_build_object( \
            'quiet_from_minute', (minute + 1438) % 1440, 'quiet_until_minute', (minute + 8) % 1440)) FROM (SELECT \
            (extract(hour FROM local) * 60 + extract(minute FROM local))::int AS minute \
            FROM (SELECT now() AT TIME ZONE 'Asia/Almaty' AS local) there) today";
        world.database.ask(quiet).await;
        operator.post("/v1/calls/next", json!({})).await.expect(204);
        operator.post(&lock, json!({})).await.refused(409, "quiet_hours");
        advance(&world, "12 minutes").await;
        operator.post("/v1/calls/next", json!({})).await.expect(200);
    });
}

#[test]
fn a_household_without_a_telephone_is_not_called() {
    run(async {
        let world = World::new().await;
        let (request, _) = world.open_request().await;
        world.database.ask("UPDATE household_doors SET phone_index = NULL").await;
        let body = json!({"request_id": request});
        world.coordinator_of_a().post("/v1/calls", body).await.refused(409, "wrong_state");
        assert_eq!(world.database.count("SELECT count(*) FROM calls").await, 0);
    });
}
