//! The one ordered feed: nothing is skipped or told twice, and nobody is told what is not theirs to know.

mod listed;
mod streamed;
mod streams;

use std::time::Duration;

use birgemiz::clock;
use serde_json::Value;

use crate::support::Caller;

/// The longest that an event may take to show up: another test's transaction may hold it back.
const SOON: Duration = Duration::from_secs(20);

/// Everything that the caller is told, page by page, three events each.
async fn all(caller: &Caller, filter: &str) -> Vec<Value> {
    let (mut events, mut after) = (Vec::new(), String::new());
    loop {
        let page = caller.get(&format!("/v1/events?limit=3{filter}{after}")).await.expect(200);
        events.extend(page["data"].as_array().unwrap().iter().cloned());
        after = format!("&after={}", page["next_cursor"].as_str().unwrap());
        if page["has_more"] == false {
            return events;
        }
    }
}

/// As [`all`], as soon as there is one that holds.
async fn all_once(caller: &Caller, filter: &str, holds: impl Fn(&Value) -> bool) -> Vec<Value> {
    let started = clock::instant();
    loop {
        let events = all(caller, filter).await;
        if events.iter().any(&holds) {
            return events;
        }
        assert!(started.elapsed() < SOON, "not told: {events:#?}");
    }
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}
