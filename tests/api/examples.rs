//! The examples of the contract are what really is sent and answered.
//!
//! A request is brought from its household to its confirmation; each call and its answer, with ids, times and the
//! phrase made the same ones each time, is what `src/rest/docs/examples.json` holds and the contract shows.
//! `UPDATE_EXAMPLES=1 cargo test --test api examples` writes it anew.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::support::{Caller, World, run};

/// When everything happens in an example.
const MOMENT: &str = "2026-11-22T09:00:00Z";

/// Makes what is different each time the same.
#[derive(Default)]
struct Steady {
    ids: BTreeMap<String, String>,
}

impl Steady {
    fn value(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(all) => all.iter().map(|one| self.value(one)).collect(),
            Value::Object(fields) => {
                let steady = |(name, value): (&String, &Value)| {
                    let value = if name == "phrase" { json!("042917") } else { self.value(value) };
                    (name.clone(), value)
                };
                Value::Object(fields.iter().map(steady).collect())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    fn text(&mut self, text: &str) -> String {
        if text.parse::<chrono::DateTime<chrono::Utc>>().is_ok() {
            return MOMENT.to_owned();
        }
        match text.split_once('_') {
            Some((kind, id)) if id.len() == 26 && id.bytes().all(|letter| letter.is_ascii_alphanumeric()) => {
                let number = self.ids.len();
                let steady = || format!("{kind}_01jd9x0q3vfhz8w2k5m7n6t4{number:02}");
                self.ids.entry(text.to_owned()).or_insert_with(steady).clone()
            }
            Some(_) | None => text.to_owned(),
        }
    }
}

/// Calls, and what they were answered, by the names of their operations.
#[derive(Default)]
struct Examples {
    steady: Steady,
    all: Map<String, Value>,
}

impl Examples {
    async fn post(&mut self, name: &str, caller: &Caller, path: &str, body: Value) -> Value {
        let answer = caller.post(path, body.clone()).await;
        let told = answer.json();
        assert!(answer.status.is_success(), "{name}: {told}");
        let (request, response) = (self.steady.value(&body), self.steady.value(&told));
        let mut example = json!({"status": answer.status.as_u16(), "response": response});
        // An act that takes nothing needs no body.
        if body != json!({}) {
            example["request"] = request;
        }
        self.all.insert(name.to_owned(), example);
        told
    }

    async fn get(&mut self, name: &str, caller: &Caller, path: &str) {
        let told = caller.get(path).await.expect(200);
        let response = self.steady.value(&told);
        self.all.insert(name.to_owned(), json!({"status": 200, "response": response}));
    }
}

async fn from_the_household_to_its_confirmation(world: &World) -> Value {
    let mut examples = Examples::default();
    let (partner, volunteer) = (world.partner_of_a(), world.volunteer_of_a());
    let id = |of: &Value, field: &str| of[field].as_str().unwrap().to_owned();
    let household = examples.post("registerHousehold", &partner, "/v1/households", world.household()).await;
    let household = id(&household, "id");
    let verify = format!("/v1/households/{household}/verify");
    examples.post("verifyHousehold", &world.coordinator_of_a(), &verify, json!({})).await;
    let filed = examples.post("submitRequest", &partner, "/v1/requests", world.request(&household)).await;
    let request = id(&filed, "id");
    let of_request = |verb: &str| format!("/v1/requests/{request}/{verb}");
    let claim = examples.post("claimRequest", &volunteer, &of_request("claim"), json!({})).await;
    let fence = &claim["fence"];
    let delivery = |verb: &str| format!("/v1/deliveries/{}/{verb}", claim["delivery_id"].as_str().unwrap());
    examples.post("pickUpDelivery", &volunteer, &delivery("pick-up"), json!({"fence": fence})).await;
    examples.post("arriveDelivery", &volunteer, &delivery("arrive"), json!({"fence": fence})).await;
    let body = json!({"fence": fence, "outcome": "handed_over", "phrase": filed["phrase"]});
    examples.post("completeDelivery", &volunteer, &delivery("complete"), body).await;
    examples.post("acknowledgeRequest", &partner, &of_request("acknowledge"), json!({})).await;
    examples.get("getRequest", &partner, &format!("/v1/requests/{request}")).await;
    Value::Object(examples.all)
}

#[test]
fn the_contracts_examples_are_what_is_sent_and_answered() {
    run(async {
        let world = World::new().await;
        let made = from_the_household_to_its_confirmation(&world).await;
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rest/docs/examples.json");
        #[expect(clippy::disallowed_methods, reason = "asked for by whoever runs the test")]
        if std::env::var_os("UPDATE_EXAMPLES").is_some() {
            std::fs::write(path, format!("{}\n", serde_json::to_string_pretty(&made).unwrap())).unwrap();
        }
        let kept: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        for (name, example) in made.as_object().unwrap() {
            assert_eq!(example, &kept[name], "{name}");
        }
        assert_eq!(made.as_object().unwrap().len(), kept.as_object().unwrap().len());
        shows_them_all(&kept);
    });
}

/// The contract shows each of them, where its reader looks for it.
fn shows_them_all(kept: &Value) {
    let document = serde_json::to_value(birgemiz::rest::docs::document()).unwrap();
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    let operations: BTreeMap<&str, &Value> =
        operations.filter_map(|operation| Some((operation["operationId"].as_str()?, operation))).collect();
    for (name, example) in kept.as_object().unwrap() {
        let operation = operations[name.as_str()];
        let json = |of: &Value| of["content"]["application/json"]["example"].clone();
        let status = example["status"].to_string();
        assert_eq!(json(&operation["responses"][&status]), example["response"], "{name}");
        if let Some(request) = example.get("request") {
            assert_eq!(&json(&operation["requestBody"]), request, "{name}");
        }
    }
}
