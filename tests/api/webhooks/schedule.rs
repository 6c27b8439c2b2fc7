//! The published schedule of retries, walked from the first attempt to the last by a sandbox's clock.

use birgemiz::demo::build_sandbox;
use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::Role;
use serde_json::{Value, json};

use super::receiver::{BROKEN, Manner, Receiver};
use super::{endpoint_of, path_of, read_until};
use crate::support::seed::Person;
use crate::support::{Caller, World, run};

/// What the specification and docs/webhooks.md say: seconds between two attempts.
const PUBLISHED: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// A sandbox in which one event waits for a receiver.
struct Waiting {
    world: World,
    partner: Caller,
    coordinator: Caller,
    endpoint: Value,
    receiver: Receiver,
}

impl Waiting {
    async fn for_one_that(answers: Manner) -> Self {
        let world = World::new().await;
        let roster = build_sandbox(world.app(), "Hotline 1414").await.unwrap();
        world.log_everybody_in().await;
        let partner = world.partner(roster.client_id);
        let coordinator = Person { user: roster.organisations[0].coordinator_id, role: Role::Coordinator };
        let coordinator = world.person(coordinator);
        let receiver = Receiver::by(move |_| answers).await;
        let endpoint = endpoint_of(&partner, &receiver, &["household.registered"]).await;
        let mut household = world.household();
        household["area_id"] = json!(roster.area_id);
        partner.post("/v1/households", household).await.expect(201);
        Self { world, partner, coordinator, endpoint, receiver }
    }

    /// Waits until so many attempts were made and written down.
    async fn attempted(&self, count: usize) {
        let made = |seen: &Value| seen["data"].as_array().unwrap().len() >= count;
        let path = format!("{}/attempts", path_of(&self.endpoint));
        read_until(&self.partner, &path, &format!("attempt {count} was made"), made).await;
        assert_eq!(self.receiver.arrived().len(), count, "no attempt came before its time");
    }

    async fn now(&self) -> DateTime<Utc> {
        moment(&self.partner.get("/v1/sandbox").await.expect(200)["now"])
    }

    /// When the message is tried again, by the sandbox's clock.
    async fn next(&self) -> DateTime<Utc> {
        let sql = "SELECT to_char(next_attempt_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.USZ') \
            FROM webhook_messages WHERE state = 'waiting'";
        self.world.database.ask(sql).await[0][0].as_ref().unwrap().parse().unwrap()
    }

    async fn advance_to(&self, moment: DateTime<Utc>) {
        self.partner.post("/v1/sandbox/clock", json!({"advance_to": moment})).await.expect(200);
    }

    /// The receiver is given up, and its owner is told.
    async fn is_given_up(&self) {
        let given_up = |seen: &Value| seen["disabled_reason"] == "failing";
        read_until(&self.partner, &path_of(&self.endpoint), "it is given up", given_up).await;
        for owner in [&self.partner, &self.coordinator] {
            let told = owner.get("/v1/events?type=webhook.disabled").await.expect(200);
            let told = told["data"].as_array().unwrap();
            assert_eq!(told.len(), 1, "told once");
            assert_eq!(
                (&told[0]["reason"], &told[0]["object"]["id"]),
                (&json!("failing"), &self.endpoint["id"])
            );
        }
        let before = self.receiver.arrived().len();
        self.advance_to(self.now().await + TimeDelta::days(7)).await;
        assert_eq!(self.receiver.arrived().len(), before, "and is left alone");
    }
}

fn moment(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

#[test]
fn a_message_is_tried_by_the_whole_published_schedule_and_then_its_receiver_is_given_up_and_the_owner_told() {
    run(async {
        let waiting = Waiting::for_one_that(BROKEN).await;
        for (attempt, delay) in (1..).zip(PUBLISHED) {
            waiting.attempted(attempt).await;
            let (now, next) = (waiting.now().await, waiting.next().await);
            // It was written down before it could be read, and half a minute ago at most.
            let (least, most) = (TimeDelta::seconds(delay - 30), TimeDelta::milliseconds(delay * 1_100));
            assert!(least <= next - now && next - now <= most, "attempt {attempt}: {}", next - now);
            if delay > 60 {
                waiting.advance_to(next - TimeDelta::seconds(20)).await;
                assert_eq!(waiting.receiver.arrived().len(), attempt, "twenty seconds before its time");
                waiting.advance_to(next + TimeDelta::seconds(1)).await;
            }
        }
        waiting.attempted(10).await;
        let ids: std::collections::BTreeSet<String> =
            waiting.receiver.arrived().iter().map(|arrival| arrival.id().to_owned()).collect();
        assert_eq!(ids.len(), 1, "one message, by one id");
        waiting.is_given_up().await;
    });
}

#[test]
fn a_receiver_that_asks_for_rest_for_five_days_is_given_up_and_its_owner_told() {
    run(async {
        let busy = Manner::Answer("HTTP/1.1 503 Service Unavailable\r\nretry-after: 86400\r\n");
        let waiting = Waiting::for_one_that(busy).await;
        for day in 1..=5 {
            waiting.attempted(day).await;
            let seen = waiting.partner.get(&path_of(&waiting.endpoint)).await.expect(200);
            assert_eq!(seen["status"], "active", "day {day}");
            waiting.advance_to(waiting.next().await + TimeDelta::seconds(1)).await;
        }
        waiting.attempted(6).await;
        waiting.is_given_up().await;
    });
}
