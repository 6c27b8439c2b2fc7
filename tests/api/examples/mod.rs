//! The examples of the contract are what really is sent and answered.
//!
//! Each operation is called once on the way through a small city; what was sent and answered, with ids, times and
//! secrets made the same ones each time, is what `src/rest/docs/examples.json` holds and the contract shows.
//! `UPDATE_EXAMPLES=1 cargo test --test api examples` writes it anew.

mod catalogue;
mod households;
mod people;
mod receivers;
mod recorder;
mod requests;
mod steady;
mod tables;
mod volunteers;

use std::collections::{BTreeMap, BTreeSet};

use birgemiz::config::QuotaSettings;
use serde_json::{Map, Value};

use self::recorder::Recorder;
use crate::support::{World, run};

/// Operations that show no example, and why.
const WITHOUT: [(&str, &str); 2] =
    [("readPhoto", "it answers a picture"), ("streamEvents", "it answers a stream that does not end")];

async fn record() -> Map<String, Value> {
    let world = World::with(|settings| settings.quotas = QuotaSettings::default()).await;
    let mut recorder = Recorder::new();
    Box::pin(people::walk(&mut recorder, &world)).await;
    Box::pin(catalogue::walk(&mut recorder, &world)).await;
    Box::pin(households::walk(&mut recorder, &world)).await;
    Box::pin(volunteers::walk(&mut recorder, &world)).await;
    Box::pin(requests::walk(&mut recorder, &world)).await;
    Box::pin(receivers::walk(&mut recorder, &world)).await;
    Box::pin(tables::walk(&mut recorder, &world)).await;
    recorder.all
}

#[test]
fn the_contracts_examples_are_what_is_sent_and_answered() {
    run(async {
        let made = Box::pin(record()).await;
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rest/docs/examples.json");
        #[expect(clippy::disallowed_methods, reason = "asked for by whoever runs the test")]
        if std::env::var_os("UPDATE_EXAMPLES").is_some() {
            std::fs::write(path, format!("{}\n", serde_json::to_string_pretty(&made).unwrap())).unwrap();
        }
        let kept: Map<String, Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        for (name, example) in &made {
            assert_eq!(Some(example), kept.get(name), "{name}");
        }
        assert_eq!(made.len(), kept.len());
        shows_them_all(&kept);
    });
}

/// The contract shows each of them, where its reader looks for it, and has no operation without.
fn shows_them_all(kept: &Map<String, Value>) {
    let document = serde_json::to_value(birgemiz::rest::docs::document()).unwrap();
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    let operations: BTreeMap<&str, &Value> =
        operations.filter_map(|operation| Some((operation["operationId"].as_str()?, operation))).collect();
    for (name, example) in kept {
        let operation = operations[name.as_str()];
        let kind = |field: &str| example[field].as_str().unwrap_or("application/json").to_owned();
        let shown = |of: &Value, kind: &str| of["content"][kind]["example"].clone();
        let status = example["status"].to_string();
        if let Some(response) = example.get("response") {
            assert_eq!(&shown(&operation["responses"][&status], &kind("response_type")), response, "{name}");
        }
        if let Some(request) = example.get("request") {
            assert_eq!(&shown(&operation["requestBody"], &kind("request_type")), request, "{name}");
        }
    }
    let without: BTreeSet<&str> = WITHOUT.iter().map(|(name, _)| *name).collect();
    let missing: BTreeSet<&str> =
        operations.keys().copied().filter(|name| !kept.contains_key(*name)).collect();
    assert_eq!(missing, without, "operations without an example, and those that may be");
}
