//! Time is advanced in a sandbox: what comes due by it is done when the answer comes, and nothing real moves.

use birgemiz::clock;
use birgemiz::dispatch::drain;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Sandbox, text};
use crate::support::postgres::try_ask;
use crate::support::{World, run};

const HOUR: i64 = 3600;

async fn claim(caller: &crate::support::Caller, request: &str) -> String {
    let claim = caller.post(&format!("/v1/requests/{request}/claim"), json!({})).await.expect(201);
    text(&claim["id"])
}

#[test]
fn a_lease_lapses_by_the_sandboxs_clock_and_no_real_one_does() {
    run(async {
        let world = World::new().await;
        let sandbox = Sandbox::new(&world).await;
        let (real, _) = world.open_request().await;
        let real_claim = claim(&world.volunteer_of_a(), &real).await;
        let request = sandbox.open_request(&world, Value::Null).await;
        let held = claim(&sandbox.volunteer, &request).await;

        sandbox.advance(2 * HOUR - 300).await;
        assert_eq!(sandbox.request(&request).await["status"], "claimed", "the lease has five minutes left");
        let told = sandbox.advance(301).await;
        assert_eq!(told["clock_offset_s"], 2 * HOUR + 1);
        assert_eq!(sandbox.request(&request).await["status"], "open");
        let lapsed = sandbox.volunteer.get(&format!("/v1/claims/{held}")).await.expect(200);
        assert_eq!(lapsed["status"], "lapsed");
        // It may be claimed anew, under a lease by the same clock.
        claim(&sandbox.volunteer, &request).await;
        drain(world.app()).await;
        assert_eq!(sandbox.request(&request).await["status"], "claimed");

        let path = format!("/v1/claims/{real_claim}");
        assert_eq!(world.volunteer_of_a().get(&path).await.expect(200)["status"], "active");
        // Moved or not, whoever looks at what is over finds nothing of the real one's.
        let moved = "SELECT count(*) FROM campaigns WHERE clock_offset_s <> 0 AND NOT is_sandbox";
        assert_eq!(world.database.count(moved).await, 0);
    });
}

#[test]
fn changes_in_a_sandbox_are_told_by_the_time_that_everybody_asks_by() {
    run(async {
        let world = World::new().await;
        let sandbox = Sandbox::new(&world).await;
        sandbox.advance(2 * HOUR).await;
        let began = clock::now();
        let request = sandbox.open_request(&world, Value::Null).await;
        let claim = claim(&sandbox.volunteer, &request).await;
        let release = format!("/v1/claims/{claim}/release");
        let changed = async |what: &str| {
            let shown = sandbox.request(&request).await;
            let moment = |field: &str| text(&shown[field]).parse::<chrono::DateTime<chrono::Utc>>().unwrap();
            assert!(began <= moment("updated_at") && moment("updated_at") <= clock::now(), "{what}: {shown}");
            assert!(
                moment("created_at") > clock::now() + TimeDelta::hours(1),
                "its life goes by its own clock"
            );
            let listed = async |since: chrono::DateTime<chrono::Utc>| {
                let since = since.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
                let listed =
                    sandbox.partner.get(&format!("/v1/requests?limit=200&updated_since={since}")).await;
                listed.expect(200).to_string().contains(&request)
            };
            assert!(listed(began).await, "{what}");
            assert!(!listed(clock::now() + TimeDelta::minutes(90)).await, "{what}");
        };
        changed("claimed").await;
        sandbox.volunteer.post(&release, json!({"fence": 1})).await.expect(200);
        changed("released").await;
        sandbox.partner.post(&format!("/v1/requests/{request}/cancel"), json!({})).await.expect(200);
        changed("cancelled").await;
    });
}

#[test]
fn a_request_is_asked_about_before_it_expires_and_expires_when_its_extension_is_over() {
    run(async {
        let world = World::new().await;
        let sandbox = Sandbox::new(&world).await;
        let (real, _) = world.open_request().await;
        let now = clock::now();
        let window = json!({"start_at": now, "end_at": now + TimeDelta::hours(2)});
        let request = sandbox.open_request(&world, window).await;
        assert_eq!(sandbox.calls_about(&request).await, Vec::<String>::new());

        // Its extension is a day long, and twelve hours before that ends its household is asked.
        sandbox.advance(14 * HOUR + 60).await;
        assert_eq!(sandbox.request(&request).await["status"], "open");
        assert_eq!(sandbox.calls_about(&request).await, ["still_needed"]);
        sandbox.advance(12 * HOUR).await;
        assert_eq!(sandbox.request(&request).await["status"], "expired");
        assert_eq!(
            sandbox.calls_about(&request).await,
            Vec::<String>::new(),
            "and nobody is called any more"
        );

        let status = world.partner_of_a().get(&format!("/v1/requests/{real}")).await.expect(200);
        assert_eq!(status["status"], "open");
    });
}

#[test]
fn what_nobody_confirmed_is_called_about_and_then_seen_to() {
    run(async {
        let world = World::new().await;
        let sandbox = Sandbox::new(&world).await;
        // One of those that the sandbox came with: delivered, and nobody has said so.
        let of_it = "FROM requests q JOIN organisations o ON o.id = q.organisation_id JOIN household_doors d \
            ON d.household_id = q.household_id AND d.has_phone \
            WHERE o.is_sandbox AND q.status = 'fulfilled' AND q.acknowledged_at IS NULL AND q.kind = 'delivery'";
        let silent = world.database.count(&format!("SELECT count(*) {of_it}")).await;
        assert!(silent > 0);
        let calls = "SELECT count(*) FROM calls WHERE purpose = 'acknowledgement'";
        sandbox.advance(3 * HOUR).await;
        assert_eq!(world.database.count(calls).await, 0);
        sandbox.advance(HOUR + 60).await;
        assert_eq!(world.database.count(calls).await, silent);
        sandbox.advance(20 * HOUR).await;
        let visits = "SELECT count(*) FROM silences";
        assert!(world.database.count(visits).await >= silent, "somebody is sent to see");
        let visit = "SELECT count(*) FROM calls WHERE purpose = 'welfare_check'";
        assert!(world.database.count(visit).await >= silent, "after a call");
    });
}

#[test]
fn time_goes_forward_within_bounds_once_for_each_key_and_in_sandboxes_only() {
    run(async {
        let world = World::new().await;
        let sandbox = Sandbox::new(&world).await;
        let path = "/v1/sandbox/clock";
        let before = sandbox.partner.get("/v1/sandbox").await.expect(200);
        assert_eq!(before["clock_offset_s"], 0);
        for body in [
            json!({}),
            json!({"advance_s": 0}),
            json!({"advance_s": -5}),
            json!({"advance_s": 2_678_401}),
            json!({"advance_s": 1, "advance_to": "2040-01-01T00:00:00Z"}),
            json!({"advance_to": "2020-01-01T00:00:00Z"}),
            json!({"advance_to": "2140-01-01T00:00:00Z"}),
        ] {
            sandbox.partner.post(path, body).await.refused(422, "invalid_value");
        }
        let twice = || sandbox.partner.post(path, json!({"advance_s": 60})).key("once");
        assert_eq!(twice().await.expect(200)["clock_offset_s"], 60);
        let replay = twice().await;
        assert_eq!(
            (replay.header("idempotent-replayed"), &replay.json()["clock_offset_s"]),
            ("true", &json!(60))
        );
        assert_eq!(sandbox.partner.get("/v1/sandbox").await.expect(200)["clock_offset_s"], 60);
        let noon = clock::now() + TimeDelta::days(2);
        let told = sandbox.partner.post(path, json!({"advance_to": noon})).await.expect(200);
        let shows: chrono::DateTime<chrono::Utc> = text(&told["now"]).parse().unwrap();
        assert!((shows - noon).num_seconds().abs() <= 1, "{told}");
        let advanced = sandbox.coordinator.get("/v1/events?type=sandbox.*").await.expect(200);
        assert_eq!(advanced["data"].as_array().unwrap().len(), 2, "each move is in the log: {advanced}");

        for _ in 0..11 {
            sandbox.advance(2_678_400).await;
        }
        let far = sandbox.partner.post(path, json!({"advance_s": 2_678_400})).await;
        far.refused(422, "invalid_value");
        for caller in [world.partner_of_a(), world.partner_of_b()] {
            caller.post(path, json!({"advance_s": 60})).await.refused(403, "not_a_sandbox");
            caller.get("/v1/sandbox").await.refused(403, "not_a_sandbox");
        }
        sandbox.coordinator.post(path, json!({"advance_s": 60})).await.refused(403, "forbidden");
        // Whatever the code does, the database moves no real time.
        let owner = &world.database.urls.owner;
        let forced = "UPDATE campaigns SET clock_offset_s = 60 WHERE NOT is_sandbox";
        assert!(try_ask(owner, forced).await.is_err());
        let disguised = "UPDATE campaigns SET is_sandbox = true WHERE NOT is_sandbox";
        assert!(try_ask(owner, disguised).await.is_err());
    });
}

#[test]
fn a_webhook_that_failed_is_tried_again_by_the_sandboxs_clock() {
    run(async {
        let world = World::new().await;
        let sandbox = Sandbox::new(&world).await;
        // Nobody listens there.
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let body = json!({"url": format!("http://{free}/"), "events": ["household.*"]});
        let made = sandbox.partner.post("/v1/webhook-endpoints", body).await.expect(201);
        sandbox.open_request(&world, Value::Null).await;
        let endpoint = text(&made["id"]);
        let attempts = format!("/v1/webhook-endpoints/{endpoint}/attempts?limit=200");
        let most = async || {
            let listed = sandbox.partner.get(&attempts).await.expect(200);
            let all = listed["data"].as_array().unwrap();
            all.iter().filter_map(|attempt| attempt["number"].as_i64()).max().unwrap_or(0)
        };
        let reaches = async |wanted: i64| {
            let began = clock::instant();
            while most().await < wanted {
                assert!(clock::since(began).as_secs() < 60, "attempt {wanted} was not made");
                world.app().wakeup.wait(std::time::Duration::from_millis(200)).await;
            }
        };
        // 5 s of the schedule pass by themselves; minutes and hours do not.
        reaches(2).await;
        sandbox.advance(6 * 60).await;
        reaches(3).await;
        sandbox.advance(40 * 60).await;
        reaches(4).await;
    });
}
