//! Every call about a household, a request, a claim or a delivery.

use reqwest::Method;
use serde_json::{Value, json};

use super::fixture::{Fixture, Party};
use crate::support::{Answer, Caller};

/// A call, and what it is made of.
pub(crate) struct Call {
    pub(crate) name: &'static str,
    method: Method,
    path: fn(&Fixture) -> String,
    body: fn(&Fixture, &Party) -> Option<Value>,
}

impl Call {
    pub(crate) async fn send(&self, caller: &Caller, fixture: &Fixture, party: &Party) -> Answer {
        let ask = caller.call(self.method.clone(), &(self.path)(fixture));
        match (self.body)(fixture, party) {
            Some(body) => ask.json(body).await,
            None => ask.await,
        }
    }
}

const fn get(name: &'static str, path: fn(&Fixture) -> String) -> Call {
    Call { name, method: Method::GET, path, body: |_, _| None }
}

const fn post(
    name: &'static str,
    path: fn(&Fixture) -> String,
    body: fn(&Fixture, &Party) -> Option<Value>,
) -> Call {
    Call { name, method: Method::POST, path, body }
}

fn fenced(fixture: &Fixture, _: &Party) -> Option<Value> {
    Some(json!({ "fence": fixture.fence }))
}

fn nothing(_: &Fixture, _: &Party) -> Option<Value> {
    Some(json!({}))
}

pub(crate) static CALLS: &[Call] = &[
    get("GET household", |f| format!("/v1/households/{}", f.household)),
    get("GET household door", |f| format!("/v1/households/{}/door", f.household)),
    get("GET request", |f| format!("/v1/requests/{}", f.request)),
    get("GET request candidates", |f| format!("/v1/requests/{}/candidates", f.request)),
    get("GET request why-not", |f| format!("/v1/requests/{}/why-not", f.request)),
    get("GET claim", |f| format!("/v1/claims/{}", f.claim)),
    get("GET claim door", |f| format!("/v1/claims/{}/door?fence={}", f.claim, f.fence)),
    get("GET former claim door", |f| format!("/v1/claims/{}/door?fence={}", f.former_claim, f.former_fence)),
    get("GET delivery", |f| format!("/v1/deliveries/{}", f.delivery)),
    get("GET delivery photo", |f| format!("/v1/deliveries/{}/photo", f.delivery)),
    post(
        "POST request",
        |_| "/v1/requests".to_owned(),
        |f, _| Some(json!({"household_id": f.household, "kind": "call"})),
    ),
    post("POST request verify", |f| format!("/v1/requests/{}/verify", f.request), nothing),
    post("POST request claim", |f| format!("/v1/requests/{}/claim", f.request), nothing),
    post(
        "POST request assign",
        |f| format!("/v1/requests/{}/assign", f.request),
        |f, _| Some(json!({ "volunteer_id": f.other_volunteer })),
    ),
    post("POST request revoke", |f| format!("/v1/requests/{}/revoke", f.request), nothing),
    post("POST request acknowledge", |f| format!("/v1/requests/{}/acknowledge", f.request), nothing),
    post(
        "POST claim complete",
        |f| format!("/v1/claims/{}/complete", f.claim),
        |f, _| Some(json!({"fence": f.fence, "outcome": "reached"})),
    ),
    post("POST claim release", |f| format!("/v1/claims/{}/release", f.claim), fenced),
    post(
        "POST former claim release",
        |f| format!("/v1/claims/{}/release", f.former_claim),
        |f, _| Some(json!({ "fence": f.former_fence })),
    ),
    post("POST delivery pick-up", |f| format!("/v1/deliveries/{}/pick-up", f.delivery), fenced),
    post("POST delivery arrive", |f| format!("/v1/deliveries/{}/arrive", f.delivery), fenced),
    post(
        "POST delivery fail",
        |f| format!("/v1/deliveries/{}/fail", f.delivery),
        |f, _| Some(json!({"fence": f.fence, "outcome": "no_answer"})),
    ),
    post(
        "POST delivery complete",
        |f| format!("/v1/deliveries/{}/complete", f.delivery),
        |f, _| Some(json!({"fence": f.fence, "outcome": "handed_over", "phrase": f.phrase})),
    ),
    post("POST request cancel", |f| format!("/v1/requests/{}/cancel", f.request), nothing),
    post("POST household verify", |f| format!("/v1/households/{}/verify", f.household), nothing),
    post("POST household reject", |f| format!("/v1/households/{}/reject", f.household), nothing),
    post("POST household suspend", |f| format!("/v1/households/{}/suspend", f.household), nothing),
    post("POST household reinstate", |f| format!("/v1/households/{}/reinstate", f.household), nothing),
    post(
        "POST household erase",
        |f| format!("/v1/households/{}/erase", f.household),
        |_, _| Some(json!({"reason": "asked"})),
    ),
    post("POST household archive", |f| format!("/v1/households/{}/archive", f.household), nothing),
];
