//! The feed and candidates are answered from memory, and as the database would have it.

use birgemiz::actions::Caller as Asker;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::seed::Person;
use crate::support::{Caller, World, run};

/// The same call answered by the database and from memory, while nothing changes: the one answer.
pub(crate) async fn both_ways(world: &World, person: Person, path: &str) -> String {
    let (app, caller) = (world.app(), world.person(person));
    // Whoever has just written is asked about in the database.
    app.fleet.recall().wrote(Asker::Person { user: person.user, role: person.role, session: None });
    let by_the_database = caller.get(path).await;
    app.fleet.catch_up(&app.database).await.unwrap();
    let (client, connection) =
        tokio_postgres::connect(&world.database.urls.owner, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    // Nobody can read a request in the database now.
    client.batch_execute("BEGIN; LOCK TABLE requests IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let from_memory = caller.get(path).await;
    client.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!((by_the_database.status.as_u16(), from_memory.status.as_u16()), (200, 200), "{path}");
    assert_eq!(by_the_database.text, from_memory.text, "{path}");
    from_memory.text
}

async fn everybody(world: &World, request: &str) -> Vec<Value> {
    let (a, b) = (&world.seeded.a, &world.seeded.b);
    let candidates = format!("/v1/requests/{request}/candidates");
    let feed = "/v1/me/nearby-requests";
    let mut answers = Vec::new();
    for (person, path) in [
        (a.coordinator, candidates.as_str()),
        (a.coordinator, &format!("{candidates}?limit=1&without=refused")),
        (a.volunteers[0].person, feed),
        (b.volunteers[1].person, feed),
        (a.volunteers[1].person, &format!("{feed}?limit=1&kinds=call,delivery")),
    ] {
        answers.push(serde_json::from_str(&both_ways(world, person, path).await).unwrap());
    }
    answers
}

async fn file(world: &World, household: &str, kind: &str) -> String {
    let mut body = world.request(household);
    if kind == "call" {
        body = json!({"household_id": household, "kind": "call", "urgency": "high"});
    }
    let filed = world.partner_of_a().post("/v1/requests", body).await.expect(201);
    filed["id"].as_str().unwrap().to_owned()
}

#[test]
fn memory_answers_as_the_database_does_whatever_has_changed() {
    run(async {
        let world = World::new().await;
        let household = world.verified_household().await;
        let request = file(&world, &household, "delivery").await;
        let first = everybody(&world, &request).await;
        assert_eq!(first[0]["data"].as_array().unwrap().len(), 4, "{}", first[0]);
        let named = first[0]["data"].as_array().unwrap().iter().filter(|data| data.get("name").is_some());
        assert_eq!(named.count(), 2, "the coordinator's own, and nobody else's");
        assert!(first[0]["refused"].is_array() && first[1].get("refused").is_none(), "{}", first[1]);
        assert_eq!(first[2]["nearby"][0]["request_id"], request);

        let (other, call) =
            (file(&world, &household, "delivery").await, file(&world, &household, "call").await);
        let second = everybody(&world, &request).await;
        assert_eq!(second[2]["nearby"].as_array().unwrap().len(), 2);
        assert_eq!(second[2]["calls"][0]["request_id"], call);

        let holder = world.volunteer_of_a();
        holder.post(&format!("/v1/requests/{other}/claim"), json!({})).await.expect(201);
        let off = world.second_volunteer_of_a().call(Method::PUT, "/v1/me/duty").json(json!({"on": false}));
        off.await.expect(200);
        let third = everybody(&world, &request).await;
        assert_eq!(third[3]["nearby"].as_array().unwrap().len(), 1, "{}", third[3]);
        assert_ne!(second[0], third[0], "somebody holds a claim now");

        let cancel = format!("/v1/requests/{call}/cancel");
        world.coordinator_of_a().post(&cancel, json!({})).await.expect(200);
        let fourth = everybody(&world, &request).await;
        assert_eq!(fourth[2]["calls"].as_array().unwrap().len(), 0, "{}", fourth[2]);
    });
}

#[test]
fn whoever_claimed_sees_at_once_that_it_is_gone() {
    run(async {
        let world = World::new().await;
        let household = world.verified_household().await;
        let volunteer = world.volunteer_of_a();
        for _ in 0..3 {
            let request = file(&world, &household, "delivery").await;
            shows(&volunteer, &request).await;
            volunteer.post(&format!("/v1/requests/{request}/claim"), json!({})).await.expect(201);
            for _ in 0..3 {
                let feed = volunteer.get("/v1/me/nearby-requests").await.expect(200);
                assert!(!names(&feed, &request), "{feed}");
            }
        }
    });
}

#[test]
fn a_coordinator_of_the_other_organisation_gets_nothing_from_memory_either() {
    run(async {
        let world = World::new().await;
        let (request, _) = world.open_request().await;
        let path = format!("/v1/requests/{request}/candidates");
        both_ways(&world, world.seeded.a.coordinator, &path).await;
        for _ in 0..3 {
            world.coordinator_of_b().get(&path).await.refused(404, "not_found");
            world.volunteer_of_a().get(&path).await.refused(403, "forbidden");
            world.coordinator_of_a().get("/v1/me/nearby-requests").await.refused(403, "forbidden");
        }
    });
}

fn names(feed: &Value, request: &str) -> bool {
    feed["nearby"].as_array().unwrap().iter().any(|seen| seen["request_id"] == request)
}

/// Asks until it is told of, so that it is known in memory.
async fn shows(volunteer: &Caller, request: &str) {
    for _ in 0..200 {
        if names(&volunteer.get("/v1/me/nearby-requests").await.expect(200), request) {
            volunteer.get("/v1/me/nearby-requests").await.expect(200);
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the request was never shown");
}
