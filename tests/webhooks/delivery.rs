//! What is sent, to whom, how often, and in which order.

use serde_json::{Value, json};

use crate::receiver::{Manner, Receiver};
use crate::support::{World, run};

async fn endpoint(world: &World, receiver: &Receiver, events: &[&str]) -> Value {
    let body = json!({"url": receiver.url, "events": events});
    world.partner_of_a().post("/v1/webhook-endpoints", body).await.expect(201)
}

fn kinds(arrivals: &[crate::receiver::Arrival]) -> Vec<String> {
    arrivals.iter().map(|arrival| arrival.json()["type"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_event_arrives_signed_and_a_failed_attempt_is_repeated_with_the_same_id() {
    run(async {
        let world = World::new().await;
        let broken = Manner::Answer("HTTP/1.1 500 Internal Server Error\r\n");
        let receiver = Receiver::start(&[broken]).await;
        let made = endpoint(&world, &receiver, &["household.registered"]).await;
        let secret = made["secret"].as_str().unwrap();
        let household = world.partner_of_a().post("/v1/households", world.household()).await.expect(201);
        let arrived = receiver.until("it came twice", |arrived| arrived.len() >= 2).await;
        assert_eq!(arrived[0].id(), arrived[1].id());
        assert_eq!(arrived[0].body, arrived[1].body);
        assert_ne!(arrived[0].headers["webhook-timestamp"], arrived[1].headers["webhook-timestamp"]);
        for attempt in &arrived {
            assert!(attempt.is_signed_for(secret));
            assert!(!attempt.is_signed_for("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        }
        let told = arrived[0].json();
        assert_eq!(told["type"], "household.registered");
        assert_eq!(told["data"]["object"]["id"], household["id"]);
        let text = String::from_utf8_lossy(&arrived[0].body).into_owned();
        for private in ["Raushan", "77010000001", "Abay", "43.238", "Knock"] {
            assert!(!text.contains(private), "{private}");
        }
        let id = made["id"].as_str().unwrap();
        let attempts =
            world.partner_of_a().get(&format!("/v1/webhook-endpoints/{id}/attempts")).await.expect(200);
        assert_eq!(attempts["data"][0]["status"], 500);
        let others = world.partner_of_b().get(&format!("/v1/webhook-endpoints/{id}")).await;
        assert_eq!(others.status.as_u16(), 404);
        let kept = world.database.ask("SELECT secret::text FROM webhook_endpoints").await;
        assert!(!kept[0][0].as_deref().unwrap().is_empty());
        assert_eq!(
            world
                .database
                .count(&format!(
                    "SELECT count(*) FROM webhook_endpoints WHERE encode(secret, 'base64') LIKE '%{}%'",
                    &secret[6..20]
                ))
                .await,
            0
        );
    });
}

#[test]
fn events_of_one_request_keep_their_order_although_the_first_fails() {
    run(async {
        let world = World::new().await;
        let receiver = Receiver::start(&[Manner::Reset]).await;
        endpoint(&world, &receiver, &["request.*"]).await;
        let (request, _) = world.open_request().await;
        world.partner_of_a().post(&format!("/v1/requests/{request}/cancel"), json!({})).await;
        receiver
            .until("both were taken", |arrived| arrived.iter().filter(|one| one.taken).count() >= 2)
            .await;
        let taken = receiver.taken();
        assert_eq!(kinds(&taken), ["request.submitted", "request.cancelled"]);
        assert!(!kinds(&receiver.arrived()[..2]).contains(&"request.cancelled".to_owned()));
    });
}

#[test]
fn a_receiver_that_hangs_does_not_delay_another() {
    run(async {
        let world = World::new().await;
        let stuck = Receiver::start(&vec![Manner::Hang; 100]).await;
        let well = Receiver::start(&[]).await;
        endpoint(&world, &stuck, &["household.*"]).await;
        endpoint(&world, &well, &["household.*"]).await;
        for number in 0..20 {
            let mut household = world.household();
            household["door"]["flat"] = json!(number.to_string());
            world.partner_of_a().post("/v1/households", household).await.expect(201);
        }
        well.until("all arrived at the other", |arrived| arrived.len() >= 20).await;
        assert!(stuck.arrived().len() <= 8, "no more at once than one receiver is sent");
        assert_eq!(stuck.taken().len(), 0);
    });
}

#[test]
fn whoever_is_gone_is_disabled_and_told_and_what_waits_comes_when_enabled() {
    run(async {
        let world = World::new().await;
        let receiver = Receiver::start(&[Manner::Answer("HTTP/1.1 410 Gone\r\n")]).await;
        let made = endpoint(&world, &receiver, &["household.registered"]).await;
        let id = made["id"].as_str().unwrap();
        world.partner_of_a().post("/v1/households", world.household()).await.expect(201);
        receiver.until("it was refused", |arrived| arrived.len() == 1).await;
        let path = format!("/v1/webhook-endpoints/{id}");
        let mut seen = Value::Null;
        for _ in 0..100 {
            seen = world.partner_of_a().get(&path).await.expect(200);
            if seen["status"] == "disabled" {
                break;
            }
            // waits for: the attempt to be recorded by the service
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert_eq!((&seen["status"], &seen["disabled_reason"]), (&json!("disabled"), &json!("gone")));
        let told = world.partner_of_a().get("/v1/events?type=webhook.disabled").await.expect(200);
        assert_eq!(told["data"][0]["object"]["id"], made["id"]);
        assert_eq!(told["data"][0]["reason"], "gone");
        world.partner_of_a().post(&format!("{path}/enable"), json!({})).await.expect(200);
        receiver.until("it came after all", |arrived| arrived.iter().any(|one| one.taken)).await;
    });
}

#[test]
fn a_rotated_secret_and_the_one_before_both_verify_and_a_replay_repeats_the_id() {
    run(async {
        let world = World::new().await;
        let receiver = Receiver::start(&[]).await;
        let made = endpoint(&world, &receiver, &["household.registered"]).await;
        let path = format!("/v1/webhook-endpoints/{}", made["id"].as_str().unwrap());
        let partner = world.partner_of_a();
        let rotated = partner.post(&format!("{path}/rotate-secret"), json!({})).await.expect(201);
        let test = partner.post(&format!("{path}/test"), json!({})).await.expect(202);
        partner.post("/v1/households", world.household()).await.expect(201);
        let arrived = receiver.until("the test and the event came", |arrived| arrived.len() == 2).await;
        for attempt in &arrived {
            assert!(attempt.is_signed_for(made["secret"].as_str().unwrap()));
            assert!(attempt.is_signed_for(rotated["secret"].as_str().unwrap()));
        }
        let tests: Vec<_> = arrived.iter().filter(|one| one.json()["type"] == "webhook.test").collect();
        assert_eq!(tests.len(), 1);
        assert_eq!(tests[0].id(), test["event_id"].as_str().unwrap());
        let again = json!({"from": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z", "events": ["household.*"]});
        let mut replayed = Value::Null;
        for _ in 0..100 {
            replayed = partner.post(&format!("{path}/replay"), again.clone()).await.expect(202);
            if replayed["replayed"] == 1 {
                break;
            }
            // waits for: the delivery to be recorded by the service
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert_eq!(replayed["replayed"], 1);
        let arrived = receiver.until("it came again", |arrived| arrived.len() == 3).await;
        let households: Vec<_> = arrived.iter().filter(|one| one.json()["type"] != "webhook.test").collect();
        assert_eq!(households[0].id(), households[1].id());
    });
}
