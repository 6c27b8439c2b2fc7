//! The hotline's queue is walked in its own order, the most urgent first, and still tells each call once while others are
//! ordered beside it; each page leads to the next.

use std::collections::BTreeSet;

use futures_util::future::join;
use serde_json::{Value, json};

use super::{household_at, ids, request_of};
use crate::support::{Caller, World, run};

const URGENCIES: [&str; 4] = ["normal", "critical", "low", "high"];

/// Orders so many calls, each about a request of its own, of all urgencies by turns; their ids.
async fn order(world: &World, household: &str, count: usize) -> Vec<String> {
    let mut ordered = Vec::new();
    for urgency in URGENCIES.into_iter().cycle().take(count) {
        let request = request_of(&world.partner_of_a(), world, household).await;
        let body = json!({"request_id": request, "urgency": urgency});
        let call = world.coordinator_of_a().post("/v1/calls", body).await.expect(201);
        ordered.push(call["id"].as_str().unwrap().to_owned());
    }
    ordered
}

/// Every call, by the links from page to page.
async fn walk(operator: &Caller, limit: usize) -> Vec<String> {
    let (mut seen, mut path) = (Vec::new(), format!("/v1/calls?status=waiting&limit={limit}"));
    loop {
        let page = operator.get(&path).await.expect(200);
        seen.extend(ids(&page));
        match page.get("next").and_then(Value::as_str) {
            Some(next) => {
                let cursor = page["next_cursor"].as_str().unwrap();
                assert_eq!(next, format!("/v1/calls?status=waiting&limit={limit}&cursor={cursor}"));
                path = next.to_owned();
            }
            None => return seen,
        }
    }
}

#[test]
fn calls_are_walked_in_their_order_once_each_while_others_are_ordered() {
    run(async {
        let world = World::new().await;
        let operator = world.coordinator_of_a();
        let (household, _) = household_at(&world, 43.238949, 76.889709).await;
        let there = order(&world, &household, 12).await;
        let walks = async {
            let mut walks = Vec::new();
            for limit in [1, 5, 2, 3, 7, 1] {
                walks.push(walk(&operator, limit).await);
            }
            walks
        };
        let (walks, ordered) = join(walks, order(&world, &household, 12)).await;
        for walk in &walks {
            let once: BTreeSet<&String> = walk.iter().collect();
            assert_eq!(once.len(), walk.len(), "told twice: {walk:?}");
            assert!(there.iter().all(|id| once.contains(id)), "what was there is not told: {walk:?}");
        }
        let at_once = walk(&operator, 200).await;
        assert_eq!(at_once.len(), there.len() + ordered.len());
        assert_eq!(walk(&operator, 1).await, at_once);
        let listed = operator.get("/v1/calls?status=waiting&limit=200").await.expect(200);
        let urgencies: Vec<&str> =
            listed["data"].as_array().unwrap().iter().map(|call| call["urgency"].as_str().unwrap()).collect();
        let sorted: Vec<&str> =
            ["critical", "high", "normal", "low"].into_iter().flat_map(|one| [one; 6]).collect();
        assert_eq!(urgencies, sorted, "the most urgent first");
    });
}
