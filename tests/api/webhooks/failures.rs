//! Receivers that are slow, overloaded, broken or stuck: what each is given, and that no other waits for it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::receiver::{BROKEN, Manner, Receiver, TAKEN};
use super::{endpoint, let_time_pass, path_of, read_until, register};
use crate::support::{World, run};

fn moment(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

fn attempted(count: usize) -> impl Fn(&Value) -> bool {
    move |seen| seen["data"].as_array().unwrap().len() >= count
}

#[test]
fn a_receiver_that_hangs_and_one_that_dawdles_delay_no_other() {
    run(async {
        let world = World::new().await;
        let stuck = Receiver::by(|_| Manner::Hang).await;
        let slow = Receiver::by(|_| Manner::Dawdle(Duration::from_secs(2))).await;
        let well = Receiver::start(&[]).await;
        for receiver in [&stuck, &slow, &well] {
            endpoint(&world, receiver, &["household.*"]).await;
        }
        register(&world, 20).await;
        well.has_taken(20).await;
        assert!(stuck.arrived().len() <= 8, "no more at once than one receiver is sent");
        assert_eq!(stuck.taken().len(), 0);
        assert!(slow.arrived().len() < 20, "the slow one has not even seen all of it");
        let ids: std::collections::BTreeSet<String> =
            slow.has_taken(20).await.iter().map(|arrival| arrival.id().to_owned()).collect();
        assert_eq!(ids.len(), 20, "and gets everything in its own time");
    });
}

#[test]
fn whoever_asks_for_rest_is_given_it_by_everything() {
    run(async {
        let world = World::new().await;
        let busy = Manner::Answer("HTTP/1.1 429 Too Many Requests\r\nretry-after: 2\r\n");
        let receiver = Receiver::start(&[busy]).await;
        let made = endpoint(&world, &receiver, &["household.*"]).await;
        let (partner, path) = (world.partner_of_a(), path_of(&made));
        register(&world, 1).await;
        let rests = |seen: &Value| seen.get("paused_until").is_some();
        let seen = read_until(&partner, &path, "it rests", rests).await;
        let paused_until = moment(&seen["paused_until"]);
        assert!(seen.get("failing_since").is_some());
        // Another household, whose event has nothing to do with the one that was refused.
        let mut household = world.household();
        household["door"]["flat"] = json!("99");
        partner.post("/v1/households", household).await.expect(201);
        receiver.has_taken(2).await;
        let attempts =
            read_until(&partner, &format!("{path}/attempts"), "three were made", attempted(3)).await;
        let at = |number: usize| moment(&attempts["data"][number]["at"]);
        assert_eq!(attempts["data"][0]["status"], 429);
        let rest = paused_until - at(0);
        assert!(rest > TimeDelta::milliseconds(1_900) && rest <= TimeDelta::seconds(2), "{rest}");
        let began = |number: usize| {
            at(number) - TimeDelta::milliseconds(attempts["data"][number]["duration_ms"].as_i64().unwrap())
        };
        assert!(began(1) >= paused_until - TimeDelta::milliseconds(50), "nothing came while it rested");
        let recovered = |seen: &Value| seen.get("failing_since").is_none();
        read_until(&partner, &path, "it is well again", recovered).await;
    });
}

#[test]
fn an_overloaded_receiver_that_names_no_time_rests_half_a_minute() {
    run(async {
        let world = World::new().await;
        let receiver = Receiver::start(&[Manner::Answer("HTTP/1.1 503 Service Unavailable\r\n")]).await;
        let made = endpoint(&world, &receiver, &["household.*"]).await;
        register(&world, 1).await;
        let (partner, path) = (world.partner_of_a(), path_of(&made));
        let seen = read_until(&partner, &path, "it rests", |seen| seen.get("paused_until").is_some()).await;
        let attempts = partner.get(&format!("{path}/attempts")).await.expect(200);
        let rest = moment(&seen["paused_until"]) - moment(&attempts["data"][0]["at"]);
        assert_eq!(rest.num_seconds(), 30);
    });
}

#[test]
fn what_failed_is_told_by_a_word_and_the_answers_body_by_nothing() {
    run(async {
        let world = World::new().await;
        let told = Manner::Answer("HTTP/1.1 404 Not Found\r\nx-told: internal-secret-of-the-receiver\r\n");
        let receiver = Receiver::start(&[Manner::Reset, told]).await;
        let made = endpoint(&world, &receiver, &["household.*"]).await;
        register(&world, 1).await;
        let_time_pass(&world, &made, 1).await;
        let (partner, path) = (world.partner_of_a(), format!("{}/attempts", path_of(&made)));
        let attempts = read_until(&partner, &path, "two were made", attempted(2)).await;
        assert_eq!(attempts["data"][0]["outcome"], "connection_broken");
        assert!(attempts["data"][0].get("status").is_none());
        assert_eq!(
            (&attempts["data"][1]["outcome"], &attempts["data"][1]["status"]),
            (&json!("answered"), &json!(404))
        );
        assert!(!attempts.to_string().contains("internal-secret"));
    });
}

#[test]
fn a_receiver_that_fails_to_the_last_attempt_or_for_five_days_is_given_up() {
    run(async {
        let world = World::new().await;
        let (tenth, fifth_day) = (Receiver::by(|_| BROKEN).await, Receiver::by(|_| BROKEN).await);
        let by_attempts = endpoint(&world, &tenth, &["household.*"]).await;
        let by_days = endpoint(&world, &fifth_day, &["household.*"]).await;
        register(&world, 1).await;
        let partner = world.partner_of_a();
        for made in [&by_attempts, &by_days] {
            let path = format!("{}/attempts", path_of(made));
            read_until(&partner, &path, "one was made", attempted(1)).await;
        }
        // Three days pass for one, in which eight more attempts failed, and five for the other.
        let tables = &world.database;
        tables
            .ask(
                "UPDATE webhook_messages SET attempts = 9 WHERE endpoint_id IN \
            (SELECT id FROM webhook_endpoints ORDER BY id LIMIT 1)",
            )
            .await;
        tables
            .ask(
                "UPDATE webhook_endpoints SET failing_since = failing_since - interval '5 days' WHERE id IN \
            (SELECT id FROM webhook_endpoints ORDER BY id DESC LIMIT 1)",
            )
            .await;
        tables.ask("UPDATE webhook_messages SET next_attempt_at = now()").await;
        for made in [&by_attempts, &by_days] {
            let given_up = |seen: &Value| seen["disabled_reason"] == "failing";
            read_until(&partner, &path_of(made), "it is given up", given_up).await;
        }
        let told = partner.get("/v1/events?type=webhook.disabled").await.expect(200);
        assert_eq!(told["data"].as_array().unwrap().len(), 2, "their owner is told of each");
    });
}

#[test]
fn whoever_may_manage_webhooks_no_more_is_sent_nothing() {
    run(async {
        let world = World::new().await;
        let receiver = Receiver::by(|_| TAKEN).await;
        endpoint(&world, &receiver, &[]).await;
        let partner = world.seeded.a.partner;
        world
            .administrator_of_a()
            .post(&format!("/v1/partners/{partner}/revoke"), json!({}))
            .await
            .expect(200);
        let disabled = |seen: &Value| !seen["data"].as_array().unwrap().is_empty();
        let path = "/v1/events?type=webhook.disabled";
        let told = read_until(&world.coordinator_of_a(), path, "it is disabled", disabled).await;
        assert_eq!(told["data"][0]["reason"], "owner_revoked");
        let revoked = kinds_of(&receiver).iter().any(|kind| kind.starts_with("partner."));
        assert!(!revoked);
    });
}

fn kinds_of(receiver: &Receiver) -> Vec<String> {
    super::kinds(&receiver.arrived())
}
