//! Every POST of the contract, repeated: the first answer comes again without its secrets, and nothing happens twice.
//!
//! `steps` is one long day in which every POST is made at least once, each with the key `once`; `stage` is who makes
//! them and what they call things by.

mod registering;
mod stage;
mod step;
mod steps;

use std::collections::BTreeSet;

use birgemiz::rest::docs::repeating::WITHOUT_KEY;
use serde_json::Value;

use self::stage::Stage;
use self::step::Step;
use crate::support::{Answer, run};

/// What `World::household` and `steps` put behind doors; notes that volunteers alone read.
const PRIVATE: [&str; 9] = [
    "Raushan",
    "Dana Door",
    "77010000001",
    "77021112233",
    "150/230",
    "43.238949",
    "76.889709",
    "Knock",
    "The lift",
];

#[test]
fn every_post_is_repeated_here_or_says_why_it_needs_no_key() {
    let document = serde_json::to_value(birgemiz::rest::docs::document()).unwrap();
    let posts: BTreeSet<(String, bool)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(path, item)| Some((path.clone(), takes_a_key(item.get("post")?))))
        .collect();
    let repeated = steps::all().into_iter().map(|step| (step.route(), true));
    let exempt = WITHOUT_KEY.iter().map(|(path, _)| ((*path).to_owned(), false));
    assert_eq!(posts, repeated.chain(exempt).collect());
    let guide = include_str!("../../../docs/retries.md");
    for (path, reason) in WITHOUT_KEY {
        let operation = &document["paths"][path]["post"]["description"];
        assert!(operation.as_str().unwrap().contains(reason), "{path}: {operation}");
        assert!(guide.contains(&format!("`{path}`")), "docs/retries.md does not tell of {path}");
    }
}

fn takes_a_key(post: &Value) -> bool {
    post["parameters"].to_string().contains("/IdempotencyKey")
}

#[test]
fn whatever_is_posted_again_is_answered_as_before_and_done_once() {
    run(async {
        let (mut stage, mut otherwise) = (Stage::new().await, Vec::new());
        for (number, step) in steps::all().iter().enumerate() {
            stage.prepare(step).await;
            let first = played(&stage, step, number).await;
            let made = stage.events(&format!("first-{number}")).await;
            if made != step.events {
                otherwise.push(format!("{}: {made} events instead of {}", first.call, step.events));
            }
            stage.remember(step, &first);
        }
        assert!(otherwise.is_empty(), "{}", otherwise.join("\n"));
        let kept =
            "SELECT string_agg(convert_from(body, 'UTF8'), ' ') FROM idempotency_keys WHERE status < 300";
        let kept = stage.world.database.ask(kept).await[0][0].clone().unwrap();
        for secret in stage.secrets.iter().map(String::as_str).chain(PRIVATE) {
            assert!(!kept.contains(secret), "a kept answer holds {secret}");
        }
    });
}

/// Makes one step, repeats it in every way, and answers what it was answered first.
async fn played(stage: &Stage, step: &Step, number: usize) -> Answer {
    let (one, two) = (format!("first-{number}"), format!("again-{number}"));
    let first = stage.make(step, &one).await;
    let done = first.status.as_u16();
    assert!((200..300).contains(&done), "{}\n{}", first.call, first.text);
    assert_eq!(first.header("idempotent-replayed"), "", "{}: one key, yet another route", first.call);

    let rows = stage.rows().await;
    let again = stage.make(step, &two).await;
    assert_eq!(again.status, first.status, "{}", again.text);
    assert_eq!(again.header("idempotent-replayed"), "true", "{}", again.call);
    assert_eq!(again.header("location"), first.header("location"), "{}", again.call);
    assert_as_before(step, &first, &again);
    let other = stage.make_otherwise(step).await;
    other.refused(422, "idempotency_key_reused");
    assert_eq!((stage.events(&two).await, stage.rows().await), (0, rows), "{}: a second effect", again.call);

    let elsewhere = stage.make_as_another(step).await;
    assert!(elsewhere.status.as_u16() < 500, "{}\n{}", elsewhere.call, elsewhere.text);
    assert_eq!(elsewhere.header("idempotent-replayed"), "", "{}: another's key", elsewhere.call);
    first
}

/// The same bytes; where something is told once, the same but for that.
#[track_caller]
fn assert_as_before(step: &Step, first: &Answer, again: &Answer) {
    if step.told_once.is_empty() {
        assert_eq!(again.text, first.text, "{}", again.call);
    } else {
        let mut told = first.json();
        for name in step.told_once {
            let secret = remove(&mut told, name);
            assert!(secret.is_some_and(|secret| !secret.is_null()), "{}: no {name}", first.call);
        }
        assert_eq!(again.json(), told, "{}", again.call);
    }
    for private in PRIVATE {
        assert!(!again.text.contains(private), "{}: {private}", again.call);
    }
}

/// Takes a field out, wherever it is.
fn remove(value: &mut Value, name: &str) -> Option<Value> {
    match value {
        Value::Object(fields) => {
            fields.remove(name).or_else(|| fields.values_mut().find_map(|field| remove(field, name)))
        }
        Value::Array(items) => {
            let removed: Vec<Value> = items.iter_mut().filter_map(|item| remove(item, name)).collect();
            (!removed.is_empty()).then_some(Value::Array(removed))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}
