//! A coordinator's desk: files are written, sent, waited for, and their reports read.

use std::time::Duration;

use domain::id::HouseholdId;
use reqwest::Method;
use serde_json::Value;

use crate::support::{Caller, World};

/// The columns that the tests' households fill.
pub(crate) const HEADER: &str =
    "external_id;name;phone;lat;lon;members;categories;languages;consent_text;consent_channel;notes";

/// A good household, unlike any other of another number.
pub(crate) fn household(number: u32) -> String {
    let (lat, lon) = place(number);
    format!(
        "h-{number};Name {number};+7701{number:07};{lat:.6};{lon:.6};2;elderly_alone;kk,ru;2026-11;paper;note {number}"
    )
}

/// Where it lives: some fifty metres from its neighbours, within the seeded area.
pub(crate) fn place(number: u32) -> (f64, f64) {
    (43.20 + f64::from(number % 100) * 0.0005, 76.85 + f64::from(number / 100) * 0.0005)
}

/// The doors of all households as a coordinator of organisation A reads them, by their telephones.
pub(crate) async fn doors(world: &World) -> Vec<Value> {
    let coordinator = world.coordinator_of_a();
    let mut doors = Vec::new();
    for row in world.database.ask("SELECT id FROM households").await {
        let id = HouseholdId::new(row[0].as_deref().unwrap().parse().unwrap());
        let read = coordinator.get(&format!("/v1/households/{id}/door")).await.expect(200);
        doors.push(read["door"].clone());
    }
    doors.sort_by_key(|door| door["phone"].to_string());
    doors
}

/// One fault as the report tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) row: u64,
    pub(crate) line: u64,
    pub(crate) column: String,
    pub(crate) reason: String,
    pub(crate) advice: String,
    pub(crate) repeats: String,
}

/// Sends a file and waits until it is dealt with.
pub(crate) async fn import(caller: &Caller, query: &str, file: impl Into<Vec<u8>>) -> Value {
    let sent = send(caller, query, file).await;
    ended(caller, sent["id"].as_str().unwrap()).await
}

/// Sends a file.
pub(crate) async fn send(caller: &Caller, query: &str, file: impl Into<Vec<u8>>) -> Value {
    let path = format!("/v1/imports?{query}");
    caller.call(Method::POST, &path).bytes("text/csv", file.into()).await.expect(202)
}

/// Waits until an import came to its end.
pub(crate) async fn ended(caller: &Caller, id: &str) -> Value {
    for _ in 0..600 {
        let found = caller.get(&format!("/v1/imports/{id}")).await.expect(200);
        if ["done", "failed"].contains(&found["status"].as_str().unwrap()) {
            assert_eq!(found["status"], "done", "{found}");
            return found;
        }
        // waits for: the background loop, which tells nobody but by this answer
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the import {id} never ends");
}

/// Reads an import's report.
pub(crate) async fn report(caller: &Caller, import: &Value) -> Vec<Told> {
    let answer = caller.get(import["report"].as_str().unwrap()).await;
    answer.expect(200);
    let text = answer.text.trim_start_matches('\u{feff}');
    csv::Reader::from_reader(text.as_bytes())
        .records()
        .map(|record| {
            let record = record.unwrap();
            let text = |place: usize| record[place].to_owned();
            Told {
                row: record[0].parse().unwrap(),
                line: record[1].parse().unwrap(),
                column: text(2),
                reason: text(3),
                advice: text(4),
                repeats: text(5),
            }
        })
        .collect()
}

/// The counts of an import: rows, taken, refused.
pub(crate) fn counts(import: &Value) -> (i64, i64, i64) {
    let count = |name: &str| import[name].as_i64().unwrap();
    (count("rows_total"), count("rows_taken"), count("rows_refused"))
}

/// How many rows a table holds.
pub(crate) async fn count(world: &World, table: &str) -> i64 {
    world.database.count(&format!("SELECT count(*) FROM {table}")).await
}
