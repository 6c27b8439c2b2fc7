//! A walk through a list tells each thing once, whatever is written beside it, and a place in one walk is a place in
//! no other.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use super::{household_at, ids, request_of};
use crate::support::{Caller, World, run};

/// Every entry of a list, page by page, in the order told.
async fn walk(caller: &Caller, path: &str, limit: usize) -> Vec<String> {
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = caller.get(&format!("{path}limit={limit}{cursor}")).await.expect(200);
        seen.extend(ids(&page));
        match page.get("next_cursor").and_then(Value::as_str) {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return seen,
        }
    }
}

async fn next_cursor(caller: &Caller, path: &str) -> String {
    caller.get(path).await.expect(200)["next_cursor"].as_str().unwrap().to_owned()
}

/// How many requests each of the writers files beside the reader.
const FILED: usize = 25;

/// Files requests and changes others, which moves none of them.
async fn write(world: &World, household: &str, there: &[String]) -> Vec<String> {
    let (partner, mut filed) = (world.partner_of_a(), Vec::new());
    for (round, old) in there.iter().cycle().take(FILED).enumerate() {
        filed.push(request_of(&partner, world, household).await);
        let act = if round % 2 == 0 { "phrase" } else { "cancel" };
        // Whether it can still be done is not asked here.
        let _ = partner.post(&format!("/v1/requests/{old}/{act}"), json!({})).await;
    }
    filed
}

/// Walks through the list in pages of all sizes, until nobody writes any more, and once after.
async fn read_until(world: &World, done: &AtomicBool) -> Vec<Vec<String>> {
    let (partner, mut walks) = (world.partner_of_a(), Vec::new());
    for limit in [5, 7, 11, 13, 3, 2, 200].into_iter().cycle() {
        let was_done = done.load(Ordering::Relaxed);
        walks.push(walk(&partner, "/v1/requests?", limit).await);
        if was_done {
            break;
        }
    }
    walks
}

#[test]
fn what_is_there_all_the_while_is_told_once_while_others_write() {
    run(async {
        let world = World::new().await;
        let partner = world.partner_of_a();
        let (household, _) = household_at(&world, 43.238949, 76.889709).await;
        let mut there = Vec::new();
        for _ in 0..30 {
            there.push(request_of(&partner, &world, &household).await);
        }
        let done = AtomicBool::new(false);
        let writers = async {
            let filed = join_all((0..3).map(|_| write(&world, &household, &there))).await;
            done.store(true, Ordering::Relaxed);
            filed
        };
        let (filed, walks) = join(writers, read_until(&world, &done)).await;
        assert!(walks.len() > 2, "{} walks beside the writers", walks.len());
        for walk in &walks {
            let mut times: BTreeMap<&str, u32> = BTreeMap::new();
            for id in walk {
                *times.entry(id).or_default() += 1;
            }
            assert!(times.values().all(|times| *times == 1), "told twice: {times:?}");
            for id in &there {
                assert!(times.contains_key(id.as_str()), "{id} was there and is not told");
            }
        }
        // Once nobody writes, everything is told, in the same order whatever the size of a page.
        let filed: usize = filed.iter().map(Vec::len).sum();
        assert_eq!(walks.last().unwrap().len(), there.len() + filed);
        let at_once = walk(&partner, "/v1/requests?", 200).await;
        assert_eq!(walk(&partner, "/v1/requests?", 1).await, at_once);
    });
}

#[test]
fn a_place_is_good_for_its_list_its_filters_and_its_caller_alone() {
    run(async {
        let world = World::new().await;
        let (coordinator, partner) = (world.coordinator_of_a(), world.partner_of_a());
        let (household, _) = household_at(&world, 43.238949, 76.889709).await;
        household_at(&world, 43.238949, 76.889709).await;
        for _ in 0..3 {
            request_of(&partner, &world, &household).await;
        }
        let open = next_cursor(&coordinator, "/v1/requests?status=open&limit=1").await;
        // The same walk, in pages of another size, and with its filters in another order.
        for path in ["/v1/requests?status=open&limit=2", "/v1/requests?limit=1&status=open"] {
            coordinator.get(&format!("{path}&cursor={open}")).await.expect(200);
        }
        for (caller, path) in [
            (&coordinator, "/v1/requests?limit=1"),
            (&coordinator, "/v1/requests?status=cancelled&limit=1"),
            (&coordinator, "/v1/requests?status=open&limit=1&urgency=normal"),
            (&coordinator, "/v1/households?limit=1"),
            (&partner, "/v1/requests?status=open&limit=1"),
        ] {
            let problem =
                caller.get(&format!("{path}&cursor={open}")).await.refused(400, "invalid_parameter");
            assert_eq!(problem["errors"][0]["parameter"], "cursor", "{path}");
            let detail = problem["errors"][0]["detail"].as_str().unwrap();
            assert!(detail.contains("same filters") && !detail.contains(&open), "{path}: {detail}");
        }
        // Nobody makes their own: not by another id, nor by another time.
        let bytes = URL_SAFE_NO_PAD.decode(&open).unwrap();
        for place in 0..bytes.len() {
            let mut forged = bytes.clone();
            forged[place] ^= 1;
            let forged = URL_SAFE_NO_PAD.encode(forged);
            let answer = coordinator.get(&format!("/v1/requests?status=open&limit=1&cursor={forged}")).await;
            answer.refused(400, "invalid_parameter");
        }
        for nonsense in ["", "x", "%00"] {
            let answer = coordinator.get(&format!("/v1/requests?cursor={nonsense}")).await;
            answer.refused(400, "invalid_parameter");
        }
    });
}
