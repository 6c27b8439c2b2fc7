//! What happened, as it is read and as it is pushed; and a sandbox, whose time is advanced.

use std::time::Duration;

use birgemiz::clock;
use birgemiz::demo::build_sandbox;
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::recorder::{Recorder, text};
use crate::support::{Caller, World};
use crate::webhooks::receiver::{Manner, Receiver};

const GONE: Manner = Manner::Answer("HTTP/1.1 410 Gone\r\n");

pub(super) async fn walk(recorder: &mut Recorder, world: &World) {
    let partner = world.partner_of_a();
    recorder.get("listEvents", &partner, "/v1/events?type=household.registered&limit=1").await;
    pushed(recorder, &partner).await;
    sandbox(recorder, world).await;
}

async fn pushed(recorder: &mut Recorder, partner: &Caller) {
    let receiver = Receiver::start(&[GONE]).await;
    let body = json!({"url": receiver.url, "description": "Hotline 1414", "events": ["request.*"]});
    let made = recorder.post("createWebhookEndpoint", partner, "/v1/webhook-endpoints", body).await;
    let endpoint = text(&made, "id");
    recorder.one_of("listWebhookEndpoints", partner, "/v1/webhook-endpoints", &endpoint).await;
    let path = format!("/v1/webhook-endpoints/{endpoint}");
    let act = |verb: &str| format!("{path}/{verb}");
    recorder.get("getWebhookEndpoint", partner, &path).await;
    let body = json!({"events": ["request.*", "delivery.*"]});
    recorder.send("changeWebhookEndpoint", partner, (Method::PATCH, &path), body).await;
    recorder.post("rotateWebhookSecret", partner, &act("rotate-secret"), json!({})).await;
    recorder.post("testWebhookEndpoint", partner, &act("test"), json!({})).await;
    // It says that it is gone, and is sent nothing more until it is told of again.
    until(partner, &path, |endpoint| endpoint["status"] == "disabled").await;
    recorder.get("listWebhookAttempts", partner, &act("attempts")).await;
    recorder.post("enableWebhookEndpoint", partner, &act("enable"), json!({})).await;
    let now = clock::now();
    let body = json!({"from": now - TimeDelta::hours(1), "until": now, "events": ["request.submitted"]});
    recorder.post("replayWebhookEvents", partner, &act("replay"), body).await;
    recorder.send("deleteWebhookEndpoint", partner, (Method::DELETE, &path), json!({})).await;
}

async fn until(partner: &Caller, path: &str, holds: impl Fn(&Value) -> bool) {
    for _ in 0..600 {
        if holds(&partner.get(path).await.expect(200)) {
            return;
        }
        // waits for: a delivery by the service, which rings nothing here
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{path} did not become what it should");
}

async fn sandbox(recorder: &mut Recorder, world: &World) {
    let roster = build_sandbox(world.app(), "Hotline 1414").await.unwrap();
    let partner = world.partner(roster.client_id);
    recorder.get("getSandbox", &partner, "/v1/sandbox").await;
    recorder.post("advanceClock", &partner, "/v1/sandbox/clock", json!({"advance_s": 7200})).await;
}
