//! A submission that is sent again, because its answer was lost, does nothing twice.

use std::collections::BTreeSet;

use birgemiz::actions::forget::{Forget, MOST};
use birgemiz::actions::perform_as_system;
use birgemiz::dispatch::drain;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{World, run};

async fn filed(world: &World) -> i64 {
    world.database.count("SELECT count(*) FROM requests").await
}

#[test]
fn a_key_is_kept_for_seven_days_and_then_forgotten() {
    run(async {
        let world = World::new().await;
        let household = world.verified_household().await;
        let partner = world.partner_of_a();
        let file = || partner.post("/v1/requests", world.request(&household)).key("k-1");
        let first = file().await.expect(201);
        for (age, is_replayed) in [("6 days 23 hours", true), ("7 days 1 hour", false)] {
            let sql = format!(
                "UPDATE idempotency_keys SET created_at = now() - interval '{age}' WHERE key = 'k-1'"
            );
            world.database.ask(&sql).await;
            perform_as_system(world.app(), Forget).await.unwrap();
            let again = file().await;
            assert_eq!(again.header("idempotent-replayed") == "true", is_replayed, "{age}");
            assert_eq!(again.expect(201)["id"] == first["id"], is_replayed, "{age}");
        }
        assert_eq!(filed(&world).await, 2);
    });
}

#[test]
fn what_is_old_is_forgotten_some_at_a_time_until_none_is_left() {
    run(async {
        let world = World::new().await;
        let many = 2 * MOST + 500;
        let old = format!(
            "INSERT INTO idempotency_keys (caller, route, key, fingerprint, status, body, created_at) \
             SELECT 'x', 'POST /', n::text, '', 200, '', now() - interval '8 days' FROM generate_series(1, {many}) n"
        );
        world.database.ask(&old).await;
        let kept = "SELECT count(*) FROM idempotency_keys WHERE caller = 'x'";
        assert_eq!(perform_as_system(world.app(), Forget).await.unwrap(), MOST);
        assert_eq!(world.database.count(kept).await, i64::try_from(many - MOST).unwrap());
        assert_eq!(drain(world.app()).await.forgotten, many - MOST);
        assert_eq!(world.database.count(kept).await, 0);
    });
}

#[test]
fn the_same_submission_again_gets_the_first_answer_without_its_secret() {
    run(async {
        let world = World::new().await;
        let household = world.verified_household().await;
        let partner = world.partner_of_a();
        let file = || partner.post("/v1/requests", world.request(&household)).key("k-1");
        let first = file().await;
        assert_eq!(first.header("idempotent-replayed"), "");
        let mut shown = first.expect(201);
        let phrase = shown.as_object_mut().unwrap().remove("phrase").unwrap();
        assert!(phrase.is_string());

        // Quoted, as the draft writes it, it is the same key.
        for key in ["k-1", "\"k-1\""] {
            let again = file().key(key).await;
            assert_eq!(again.header("idempotent-replayed"), "true");
            assert_eq!(again.header("location"), first.header("location"));
            assert_eq!(again.expect(201), shown, "the same, but for the phrase");
        }
        assert_eq!(filed(&world).await, 1);
        let kept = "SELECT count(*) FROM idempotency_keys WHERE convert_from(body, 'UTF8') LIKE '%phrase%'";
        assert_eq!(world.database.count(kept).await, 0, "a kept answer holds no secret");
        let events = "SELECT count(*) FROM events WHERE kind = 'request.submitted'";
        assert_eq!(world.database.count(events).await, 1);
    });
}

#[test]
fn a_key_that_was_used_for_something_else_is_refused() {
    run(async {
        let world = World::new().await;
        let household = world.verified_household().await;
        let partner = world.partner_of_a();
        partner.post("/v1/requests", world.request(&household)).key("k-2").await.expect(201);
        let mut other = world.request(&household);
        other["lines"][0]["quantity"] = json!(2);
        let answer = partner.post("/v1/requests", other).key("k-2").await;
        answer.refused(422, "idempotency_key_reused");
        assert_eq!(filed(&world).await, 1);
    });
}

#[test]
fn equal_keys_of_two_callers_have_nothing_to_do_with_each_other() {
    run(async {
        let world = World::new().await;
        let mut ids = BTreeSet::new();
        for caller in
            [world.partner_of_a(), world.coordinator_of_a(), world.partner_of_b(), world.coordinator_of_b()]
        {
            let answer = caller.post("/v1/households", world.household()).key("k-3").await;
            assert_eq!(answer.header("idempotent-replayed"), "");
            ids.insert(answer.expect(201)["id"].to_string());
        }
        assert_eq!(ids.len(), 4);
    });
}

#[test]
fn equal_keys_on_two_routes_have_nothing_to_do_with_each_other() {
    run(async {
        let world = World::new().await;
        let household = world.verified_household().await;
        let coordinator = world.coordinator_of_a();
        for (act, status) in [("suspend", "suspended"), ("reinstate", "verified"), ("archive", "archived")] {
            let path = format!("/v1/households/{household}/{act}");
            assert_eq!(coordinator.post(&path, json!({})).key("k-4").await.expect(200)["status"], status);
        }
    });
}

#[test]
fn a_partner_app_must_send_a_key_and_a_person_need_not() {
    run(async {
        let world = World::new().await;
        let without = world.partner_of_a().post("/v1/households", world.household()).without_key();
        without.await.refused(400, "missing_idempotency_key");
        assert_eq!(world.database.count("SELECT count(*) FROM households").await, 0);
        world.coordinator_of_a().post("/v1/households", world.household()).await.expect(201);
    });
}

#[test]
fn a_refused_submission_does_not_burn_its_key() {
    run(async {
        let world = World::new().await;
        let partner = world.partner_of_a();
        let with = |field: &str, value: Value| {
            let mut body = world.household();
            *body.pointer_mut(field).unwrap() = value;
            body
        };
        // Refused before anything was looked at, while parsing, and by a rule inside the transaction.
        for (body, code) in [
            (with("/members", json!(0)), "invalid_value"),
            (with("/members", json!("two")), "invalid_value"),
            (with("/door/position/lat", json!(51.1)), "outside_area"),
        ] {
            partner.post("/v1/households", body).key("k-5").await.refused(422, code);
        }
        let answer = partner.post("/v1/households", world.household()).key("k-5").await;
        answer.expect(201);
        assert_eq!(answer.header("idempotent-replayed"), "");
    });
}

#[test]
fn twenty_copies_at_once_file_one_request() {
    run(async {
        let world = World::new().await;
        let household = world.verified_household().await;
        let partner = world.partner_of_a();
        let copies = (0..20).map(|_| async {
            loop {
                let answer = partner.post("/v1/requests", world.request(&household)).key("k-6").await;
                if answer.status != 409 {
                    return answer;
                }
                // Another copy is under way: as the answer says, this one comes back.
                answer.refused(409, "idempotency_key_running");
                assert_eq!(answer.header("retry-after"), "1");
            }
        });
        let mut ids = BTreeSet::new();
        let mut first = 0;
        for answer in join_all(copies).await {
            ids.insert(answer.expect(201)["id"].to_string());
            first += u32::from(answer.header("idempotent-replayed").is_empty());
        }
        assert_eq!((ids.len(), first), (1, 1));
        assert_eq!(filed(&world).await, 1);
        assert_eq!(world.database.count("SELECT count(*) FROM request_phrases").await, 1);
    });
}
