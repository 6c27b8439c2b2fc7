//! What is too large: bodies, heads, depth.

use reqwest::Method;
use serde_json::json;

use crate::support::{World, run};

#[test]
fn a_usual_body_has_64_kib_and_one_of_many_things_more() {
    run(async {
        let world = World::new().await;
        let padded = |length: usize| format!("{{{}", " ".repeat(length - 1));
        let login = |length: usize| {
            world.nobody().call(Method::POST, "/v1/auth/login").bytes("application/json", padded(length))
        };
        login(64 * 1024).await.refused(400, "malformed_json");
        login(64 * 1024 + 1).await.refused(413, "body_too_large");

        let household = world.verified_household().await;
        let requests = vec![world.request(&household); 400];
        let body = json!({"requests": requests}).to_string() + &" ".repeat(64 * 1024);
        let bulk = world.partner_of_a().call(Method::POST, "/v1/requests/bulk");
        let verdicts = bulk.bytes("application/json", body).await.expect(207);
        assert_eq!(verdicts["results"].as_array().unwrap().len(), 400);
        let form = world.nobody().call(Method::POST, "/v1/auth/token");
        let form = form.bytes("application/x-www-form-urlencoded", "a".repeat(64 * 1024 + 1));
        form.await.refused(413, "body_too_large");
    });
}

#[test]
fn values_lie_in_each_other_only_so_deep() {
    run(async {
        let world = World::new().await;
        let nested = |depth: usize| format!("{{\"email\": {}1{}}}", "[".repeat(depth), "]".repeat(depth));
        let login = |depth| {
            world.nobody().call(Method::POST, "/v1/auth/login").bytes("application/json", nested(depth))
        };
        login(31).await.refused(422, "invalid_value");
        login(32).await.refused(400, "malformed_json");
        login(30_000).await.refused(400, "malformed_json");
    });
}

#[test]
fn a_head_that_no_call_needs_is_refused() {
    run(async {
        let world = World::new().await;
        let ask = |length: usize| {
            world.coordinator_of_a().get("/v1/campaigns").header("x-much", &"a".repeat(length))
        };
        ask(10_000).await.expect(200);
        ask(17_000).await.refused(431, "head_too_large");
        let path = format!("/v1/campaigns?cursor={}", "a".repeat(17_000));
        world.coordinator_of_a().get(&path).await.refused(431, "head_too_large");
    });
}
