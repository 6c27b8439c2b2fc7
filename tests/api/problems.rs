//! Calls that fail before anything is decided: each gets a problem that says what to do and never
//! repeats what was sent.

use birgemiz::clock;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{World, run};

const CANARY: &str = "canary!4711";
const UNKNOWN_HOUSEHOLD: &str = "hh_01jd9x0q3vfhz8w2k5m7n6t4ra";

#[test]
fn a_path_where_nothing_is_gets_a_problem() {
    run(async {
        let world = World::new().await;
        for path in ["/v1/no-such-thing", "/v1/households/x/y/z", "/V1/requests", "/v1//requests"] {
            world.nobody().get(path).off_contract().await.refused(404, "unknown_route");
        }
    });
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    run(async {
        let world = World::new().await;
        let path = format!("/v1/households/{UNKNOWN_HOUSEHOLD}");
        for (method, path, allow) in
            [(Method::DELETE, "/v1/requests", "POST"), (Method::POST, path.as_str(), "GET")]
        {
            let answer = world.nobody().call(method, path).off_contract().await;
            answer.refused(405, "method_not_allowed");
            let allowed: Vec<&str> = answer.header("allow").split(", ").collect();
            assert!(allowed.contains(&allow), "{}: {allowed:?}", answer.call);
        }
    });
}

#[test]
fn a_body_that_is_no_json_or_not_all_json_is_malformed() {
    run(async {
        let world = World::new().await;
        let trailing = r#"{"email": "a@b.example", "password": "x"} {}"#;
        for body in ["{", "{\"email\": ", trailing, "\u{feff}{}", "{\"email\": 01}", "nul"] {
            let answer =
                world.nobody().call(Method::POST, "/v1/auth/login").bytes("application/json", body).await;
            answer.refused(400, "malformed_json");
        }
        let deep = "[".repeat(10_000);
        let answer =
            world.nobody().call(Method::POST, "/v1/auth/login").bytes("application/json", deep).await;
        assert!(answer.status.is_client_error(), "{}", answer.text);
    });
}

#[test]
fn a_change_without_a_body_changes_nothing() {
    run(async {
        let world = World::new().await;
        let answer = world.volunteer_of_a().call(Method::PATCH, "/v1/me").bytes("application/json", "").await;
        answer.refused(400, "malformed_json");
    });
}

#[test]
fn an_unknown_field_is_refused_with_those_that_are_known() {
    run(async {
        let world = World::new().await;
        for (field, value) in [("status", json!("verified")), ("id", json!("x")), ("menbers", json!(3))] {
            let mut body = world.household();
            body[field] = value;
            let problem =
                world.partner_of_a().post("/v1/households", body).await.refused(400, "unknown_field");
            let detail = problem["errors"][0]["detail"].as_str().unwrap();
            assert!(detail.contains("members"), "{problem}");
        }
        assert_eq!(world.database.count("SELECT count(*) FROM households").await, 0);
    });
}

#[test]
fn a_wrong_value_is_named_by_its_place_and_never_repeated() {
    run(async {
        let world = World::new().await;
        let places = [
            "/members",
            "/area_id",
            "/categories",
            "/categories/0",
            "/consent/channel",
            "/consent/language",
            "/consent/given_at",
            "/door/position/lat",
            "/door/position",
            "/door/phone",
            "/languages/0",
        ];
        for place in places {
            let mut body = world.household();
            match body.pointer_mut(place) {
                Some(found) => *found = json!(CANARY),
                None => body["consent"]["given_at"] = json!(CANARY),
            }
            let answer = world.partner_of_a().post("/v1/households", body).await;
            let problem = answer.refused(422, "invalid_value");
            assert!(!answer.text.contains(CANARY), "{place}: {}", answer.text);
            let pointer = problem["errors"][0]["pointer"].as_str().unwrap();
            assert!(place.starts_with(pointer) && !pointer.is_empty(), "{place}: {problem}");
        }
        let mut body = world.household();
        body.as_object_mut().unwrap().remove("consent");
        let problem = world.partner_of_a().post("/v1/households", body).await.refused(422, "invalid_value");
        assert_eq!(problem["errors"][0]["pointer"], "/consent");
    });
}

#[test]
fn a_wrong_parameter_or_header_is_never_repeated() {
    run(async {
        let world = World::new().await;
        let path = "/v1/claims/clm_01jd9x0q3vfhz8w2k5m7n6t4ra/door";
        let volunteer = world.volunteer_of_a();
        for (query, code) in [
            (format!("fence={CANARY}"), "invalid_parameter"),
            (format!("fence=1&{CANARY}=1"), "unknown_parameter"),
            (format!("fence=1&fence={CANARY}"), "invalid_parameter"),
        ] {
            let answer = volunteer.get(&format!("{path}?{query}")).await;
            answer.refused(400, code);
            assert!(!answer.text.contains(CANARY), "{}", answer.text);
        }
        let key = format!("{CANARY} {CANARY}");
        let answer = world.partner_of_a().post("/v1/households", world.household()).key(&key).await;
        let problem = answer.refused(400, "invalid_header");
        assert_eq!(problem["errors"][0]["header"], "Idempotency-Key");
        assert!(!answer.text.contains(CANARY), "{}", answer.text);
    });
}

#[test]
fn a_body_over_the_limit_is_refused() {
    run(async {
        let world = World::new().await;
        let body = format!("{{\"email\": \"{}\"", "a".repeat(1024 * 1024));
        let login = world.nobody().call(Method::POST, "/v1/auth/login").bytes("application/json", body);
        login.await.refused(413, "body_too_large");
    });
}

#[test]
fn a_body_of_another_media_type_is_refused() {
    run(async {
        let world = World::new().await;
        for media_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"] {
            let login = world.nobody().call(Method::POST, "/v1/auth/login").bytes(media_type, "{}");
            login.await.refused(415, "unsupported_media_type");
        }
        let login = world.nobody().call(Method::POST, "/v1/auth/login");
        login.bytes("application/json; charset=utf-8", "{}").await.refused(422, "invalid_value");
    });
}

#[test]
fn what_cannot_be_an_id_is_answered_like_an_id_that_names_nothing() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let mut bodies: Vec<String> = Vec::new();
        let claim_id = "clm_01jd9x0q3vfhz8w2k5m7n6t4ra";
        for id in [UNKNOWN_HOUSEHOLD, "nonsense", claim_id, "hh_", "%00", "..%2f..", &"x".repeat(300)] {
            let answer =
                coordinator.get(&format!("/v1/households/{id}")).header("x-request-id", "same").await;
            answer.refused(404, "not_found");
            bodies.push(answer.text);
        }
        bodies.dedup();
        assert_eq!(bodies.len(), 1, "{bodies:#?}");
    });
}

#[test]
fn a_plain_call_id_is_taken_over_and_any_other_replaced() {
    run(async {
        let world = World::new().await;
        let ask = |id: &str| world.nobody().get("/v1/nothing").off_contract().header("x-request-id", id);
        let answer = ask("my-call.1:a_b").await;
        answer.refused(404, "unknown_route");
        assert_eq!(answer.header("x-request-id"), "my-call.1:a_b");
        for id in ["<script>", "a b", "", &"x".repeat(101)] {
            let answer = ask(id).await;
            answer.refused(404, "unknown_route");
            assert_ne!(answer.header("x-request-id"), id);
        }
    });
}

#[test]
fn a_body_that_does_not_arrive_is_waited_for_ten_seconds_and_no_longer() {
    run(async {
        let world = World::new().await;
        let started = clock::instant();
        let mut stream = tokio::net::TcpStream::connect(world.nobody().address()).await.unwrap();
        let head = "POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let mut part = [0; 4096];
        while !String::from_utf8_lossy(&answer).contains("body_too_slow") {
            let length = stream.read(&mut part).await.unwrap();
            assert_ne!(length, 0, "closed without a problem: {}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(&part[..length]);
        }
        let answer = String::from_utf8_lossy(&answer).to_lowercase();
        assert!(answer.starts_with("http/1.1 408"), "{answer}");
        assert!(answer.contains("content-type: application/problem+json"), "{answer}");
        let took = clock::since(started).as_secs_f64();
        assert!((9.5..20.0).contains(&took), "{took} s");
    });
}

#[test]
fn every_operation_that_asks_for_a_token_refuses_a_call_without_one() {
    run(async {
        let world = World::new().await;
        let document = serde_json::to_value(birgemiz::rest::docs::document()).unwrap();
        let mut asked = 0;
        for (template, operations) in document["paths"].as_object().unwrap() {
            for (method, operation) in operations.as_object().unwrap() {
                if operation["security"] == json!([]) {
                    continue;
                }
                let method: Method = method.to_uppercase().parse().unwrap();
                let path = template.replace("{id}", "no-such-id");
                let call = world.nobody().call(method.clone(), &path);
                let call =
                    if method == Method::GET { call } else { call.json(Value::Object(Default::default())) };
                call.await.refused(401, "unauthenticated");
                asked += 1;
            }
        }
        assert!(asked >= 20, "{asked}");
    });
}
