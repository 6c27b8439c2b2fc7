//! Many things in one call, each by itself, and safe to send again after the call was cut.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{World, run};

fn statuses(answer: &Value) -> Vec<u64> {
    answer["results"].as_array().unwrap().iter().map(|result| result["status"].as_u64().unwrap()).collect()
}

#[test]
fn households_are_registered_together_each_with_its_own_verdict() {
    run(async {
        let world = World::new().await;
        let partner = world.partner_of_a();
        let named = |name: &str| {
            let mut body = world.household();
            body["external_id"] = json!(name);
            body
        };
        let mut outside = world.household();
        outside["door"]["position"]["lat"] = json!(51.1);
        let body = json!({"households": [named("a"), named("b"), outside, {"members": "two"}, named("a")]});
        let answer = partner.post("/v1/households/bulk", body.clone()).key("k-1").await;
        let results = answer.expect(207);
        assert_eq!(statuses(&results), [201, 201, 422, 422, 409], "{}", answer.text);
        assert_eq!(results["results"][2]["problem"]["code"], "outside_area");
        assert_eq!(results["results"][4]["problem"]["code"], "already_exists");
        assert_eq!(results["results"][0]["household"]["external_id"], "a");
        for private in ["Raushan", "43.238949", "Knock"] {
            assert!(!answer.text.contains(private), "{private}");
        }
        let count = "SELECT count(*) FROM households";
        assert_eq!(world.database.count(count).await, 2);

        // Again: what was made is told again, and what was refused is judged anew.
        let again = partner.post("/v1/households/bulk", body).key("k-1").await.expect(207);
        assert_eq!(statuses(&again), [201, 201, 422, 422, 409]);
        assert_eq!(again["results"][0], results["results"][0]);
        assert_eq!(world.database.count(count).await, 2);

        let many = json!({"households": vec![json!({}); 501]});
        partner.post("/v1/households/bulk", many).await.refused(422, "invalid_value");
        world
            .partner_of_a()
            .post("/v1/households/bulk", json!({"households": []}))
            .without_key()
            .await
            .refused(400, "missing_idempotency_key");
    });
}

#[test]
fn a_bulk_calls_key_stands_for_the_whole_of_it() {
    run(async {
        let world = World::new().await;
        let partner = world.partner_of_a();
        let send = |households: Vec<Value>| {
            partner.post("/v1/households/bulk", json!({ "households": households })).key("k-1")
        };
        let good = || world.household();
        let mut bad = world.household();
        bad["members"] = json!(0);
        let first = send(vec![good(), bad.clone(), good()]).await;
        assert_eq!(statuses(&first.expect(207)), [201, 422, 201]);
        let count = "SELECT count(*) FROM households";
        // The bad one left out, so that the last stands where the bad one stood; one more; one changed; none.
        let mut changed = world.household();
        changed["members"] = json!(3);
        for other in [
            vec![good(), good()],
            vec![good(), bad.clone(), good(), good()],
            vec![changed, bad.clone(), good()],
            vec![],
        ] {
            send(other).await.refused(422, "idempotency_key_reused");
        }
        assert_eq!(world.database.count(count).await, 2);
        // As it was, it is told again; the bad one is judged anew, so it is not all a replay.
        let again = send(vec![good(), bad, good()]).await;
        for place in [0, 2] {
            assert_eq!(again.expect(207)["results"][place], first.expect(207)["results"][place]);
        }
        assert_eq!(again.header("idempotent-replayed"), "");
        // Another app's equal key, and this key with a number behind it, are others.
        let one = json!({"households": [good()]});
        for (caller, key) in [(world.partner_of_b(), "k-1"), (world.partner_of_a(), "k-1/0")] {
            let own = caller.post("/v1/households/bulk", one.clone()).key(key).await;
            assert_eq!(statuses(&own.expect(207)), [201]);
            assert_eq!(own.header("idempotent-replayed"), "");
            let again = caller.post("/v1/households/bulk", one.clone()).key(key).await;
            assert_eq!(again.header("idempotent-replayed"), "true", "nothing was left to do");
        }
        assert_eq!(world.database.count(count).await, 4);
    });
}

#[test]
fn a_call_that_was_cut_half_way_is_sent_again_and_nothing_is_made_twice() {
    run(async {
        let world = World::new().await;
        let household = world.verified_household().await;
        let partner = world.partner_of_a();
        let requests: Vec<Value> = (0..60).map(|_| world.request(&household)).collect();
        let body = json!({ "requests": requests });
        let filed = "SELECT count(*) FROM requests";
        // Whoever hangs up is gone; what was begun for them ends by itself, and the rest is not begun.
        let call = partner.post("/v1/requests/bulk", body.clone()).key("k-1").into_future();
        let begun = async {
            while world.database.count(filed).await < 5 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            answer = call => panic!("it was too quick to be cut: {}", answer.status),
            () = begun => {}
        }
        let answer = loop {
            let answer = partner.post("/v1/requests/bulk", body.clone()).key("k-1").await;
            // The one that was under way at the cut may still be.
            if answer.status == StatusCode::MULTI_STATUS
                && statuses(&answer.json()).iter().all(|one| *one == 201)
            {
                break answer.json();
            }
        };
        let replay = partner.post("/v1/requests/bulk", body).key("k-1").await;
        assert_eq!(replay.expect(207)["results"].as_array().map(Vec::len), Some(60));
        assert_eq!(replay.header("idempotent-replayed"), "true");
        assert_eq!(world.database.count(filed).await, 60);
        let ids: std::collections::BTreeSet<String> = answer["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|result| result["request"]["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(ids.len(), 60);
    });
}
