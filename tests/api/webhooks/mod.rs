//! Webhooks from end to end: the real service, real receivers on loopback, and no packet that leaves the machine.

mod delivery;
mod failures;
mod flood;
mod guide;
mod inside;
mod privacy;
pub(crate) mod receiver;
mod relays;
mod rotation;
mod schedule;
mod signatures;
mod tls;

use std::time::Duration;

use serde_json::{Value, json};

use self::receiver::{Arrival, Receiver};
use crate::support::{Caller, World};

/// An endpoint of organisation A's partner app.
async fn endpoint(world: &World, receiver: &Receiver, events: &[&str]) -> Value {
    endpoint_of(&world.partner_of_a(), receiver, events).await
}

async fn endpoint_of(owner: &Caller, receiver: &Receiver, events: &[&str]) -> Value {
    let body = json!({"url": receiver.url, "events": events});
    owner.post("/v1/webhook-endpoints", body).await.expect(201)
}

fn path_of(endpoint: &Value) -> String {
    format!("/v1/webhook-endpoints/{}", endpoint["id"].as_str().unwrap())
}

/// Registers so many households behind doors of their own; their ids.
async fn register(world: &World, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for flat in 0..count {
        let mut household = world.household();
        household["door"]["flat"] = json!(format!("{}", flat + 1));
        household["door"]["phone"] = json!(format!("+7701{:07}", 2_000_000 + flat));
        let made = world.partner_of_a().post("/v1/households", household).await.expect(201);
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    ids
}

/// Lets time pass until every retry is due and nobody rests: once so many attempts of the endpoint are written down.
async fn let_time_pass(world: &World, endpoint: &Value, attempts: usize) {
    let path = format!("{}/attempts", path_of(endpoint));
    let made = |seen: &Value| seen["data"].as_array().unwrap().len() >= attempts;
    read_until(&world.partner_of_a(), &path, "they were made", made).await;
    world
        .database
        .ask(
            "UPDATE webhook_messages SET next_attempt_at = now() WHERE state = 'waiting'; \
             UPDATE webhook_endpoints SET paused_until = now() WHERE paused_until IS NOT NULL",
        )
        .await;
    // What the database was told rings no bell.
    world.app().wakeup.ring();
}

fn kinds(arrivals: &[Arrival]) -> Vec<String> {
    arrivals.iter().map(|arrival| arrival.json()["type"].as_str().unwrap().to_owned()).collect()
}

/// Reads until what is read is as it should be.
async fn read_until(reader: &Caller, path: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let mut seen = Value::Null;
    for _ in 0..300 {
        seen = reader.get(path).await.expect(200);
        if holds(&seen) {
            return seen;
        }
        // waits for: the service to write down how an attempt went; it rings no bell that is heard here
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("in half a minute it did not come true that {what}: {seen:#}");
}
