//! `GET /v1/events/stream`.

use std::time::Duration;

use birgemiz::clock;
use serde_json::{Value, json};

use super::SOON;
use crate::support::{Caller, World, run};

/// Somebody who listens.
pub(super) struct Listener {
    answer: reqwest::Response,
    /// What came and was not looked at yet.
    text: String,
}

/// One event of the stream.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Told {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) data: Value,
}

impl Listener {
    pub(super) async fn new(caller: &Caller, query: &str, last: Option<&str>) -> Self {
        let answer = caller.listen(&format!("/v1/events/stream{query}"), last).await;
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        let mut listener = Self { answer, text: String::new() };
        // Whoever got the greeting listens already: what happens from now on is told.
        listener.block().await.unwrap();
        listener
    }

    /// The next block of lines; none at the end.
    pub(super) async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(block);
            }
            let chunk = tokio::time::timeout(SOON, self.answer.chunk()).await.unwrap().unwrap()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next event; none at the end.
    pub(super) async fn next(&mut self) -> Option<Told> {
        loop {
            let block = self.block().await?;
            let field = |name: &str| {
                block.lines().find_map(|line| line.strip_prefix(name)).map(|rest| rest.trim().to_owned())
            };
            if let Some(name) = field("event:") {
                let data = serde_json::from_str(&field("data:").unwrap()).unwrap();
                return Some(Told { id: field("id:").unwrap(), name, data });
            }
        }
    }
}

#[test]
fn what_happens_is_told_as_it_happens_and_as_the_list_tells_it() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let mut listener = Listener::new(&coordinator, "", None).await;
        let mut others = Listener::new(&world.coordinator_of_b(), "?seconds=1", None).await;
        let (request, _) = world.open_request().await;
        let mut told = Vec::new();
        while told.len() < 3 {
            told.push(listener.next().await.unwrap());
        }
        let names: Vec<&str> = told.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["household.registered", "household.verified", "request.submitted"]);
        assert_eq!(told[2].data["object"]["id"], request);
        let listed = coordinator.get("/v1/events").await.expect(200);
        let streamed: Vec<&Value> = told.iter().map(|one| &one.data).collect();
        assert_eq!(listed["data"].as_array().unwrap().iter().collect::<Vec<_>>(), streamed);
        assert_eq!(
            others.next().await,
            None,
            "another organisation is told nothing, until its second is over"
        );
    });
}

#[test]
fn whoever_comes_back_goes_on_where_they_were() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let mut listener = Listener::new(&coordinator, "", None).await;
        world.open_request().await;
        let first = listener.next().await.unwrap();
        drop(listener);
        world.open_request().await;
        let mut again = Listener::new(&coordinator, "", Some(&first.id)).await;
        let mut names = Vec::new();
        while names.len() < 5 {
            names.push(again.next().await.unwrap().name);
        }
        let one = ["household.registered", "household.verified", "request.submitted"];
        assert_eq!(names, [&one[1..], &one[..]].concat());
    });
}

#[test]
fn only_what_was_asked_for_is_told() {
    run(async {
        let world = World::new().await;
        let mut listener = Listener::new(&world.coordinator_of_a(), "?type=request.*", None).await;
        world.open_request().await;
        assert_eq!(listener.next().await.unwrap().name, "request.submitted");
    });
}

#[test]
fn a_place_that_is_not_known_is_answered_by_a_call_to_read_anew() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let mut listener = Listener::new(&coordinator, "", Some("not-one-of-ours")).await;
        let resync = listener.next().await.unwrap();
        assert_eq!((resync.name.as_str(), &resync.data), ("resync", &json!({})));
        world.open_request().await;
        assert_eq!(listener.next().await.unwrap().name, "household.registered");
        let refused = coordinator.get("/v1/events/stream?after=not-one-of-ours").await;
        refused.refused(400, "invalid_parameter");
    });
}

#[test]
fn who_is_disabled_hears_no_more() {
    run(async {
        let world = World::new().await;
        let mut listener = Listener::new(&world.coordinator_of_a(), "", None).await;
        let user = world.seeded.a.coordinator.user;
        let path = format!("/v1/users/{user}/disable");
        world.administrator_of_a().post(&path, json!({})).await.expect(200);
        let disabled_at = clock::instant();
        // Each household is told of, or ends the stream.
        loop {
            world.partner_of_a().post("/v1/households", world.household()).await.expect(201);
            if listener.next().await.is_none() {
                break;
            }
            assert!(disabled_at.elapsed() < Duration::from_secs(10), "still told of");
        }
    });
}
