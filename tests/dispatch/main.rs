//! What happens without being asked, with two processes at once on a real Postgres: each hears of the
//! other, and whatever is due is done once.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why by panicking"
)]

mod lost;
mod town;

use std::time::Duration;

use birgemiz::actions::claim_request::ClaimRequest;
use birgemiz::actions::disable_user::DisableUser;
use birgemiz::actions::submit_request::{HouseholdRef, SubmitRequest};
use birgemiz::actions::{Answer, Call, Caller, perform, perform_as_system};
use birgemiz::app::App;
use birgemiz::dispatch::drain;
use birgemiz::rest::tokens::{Bearer, sign};
use birgemiz::storage::tables::requests::Thing;
use domain::actor::Role;
use domain::id::{HouseholdId, ItemId, RequestId, SessionId, UserId};
use domain::words::{RequestKind, Urgency};
use serde_json::Value;
use town::Town;

#[test]
fn two_processes_follow_one_log_and_do_what_is_due_once() {
    let town = Town::build();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (one, other) = (town.launch().await, town.launch().await);
        town.furnish().await;
        let request = submit(&one.app).await;
        one.app.wakeup.ring();
        until("the other process knows of it", &other.app, |app| {
            app.fleet.look(|world| world.open.len()) == 1
        })
        .await;
        hears_of_it(&one.app, &other.app).await;
        shows_it(&other.app, request).await;
        Box::pin(lapses_once(&town, &one.app, &other.app, request)).await;
        Box::pin(escalates_and_expires_once(&town, &one.app, &other.app)).await;
        Box::pin(sends_somebody_once(&town, &one.app, &other.app)).await;
        misses_nothing_that_commits_late(&town, &other.app).await;
        believes_the_later_event(&town, &one.app, &other.app).await;
        refuses_whoever_was_disabled_elsewhere(&town, &one.app, &other.app).await;
        lost::follows_although_nobody_rings(&town, &one.app, &other.app).await;
        lost::sees_who_moved_elsewhere(&one.app, &other.app).await;
        one.stop().await;
        other.stop().await;
    });
    town.tear_down();
}

async fn submit(app: &App) -> RequestId {
    let submit = SubmitRequest {
        household: HouseholdRef::Id(HouseholdId::new(town::HOUSEHOLD)),
        external_id: None,
        kind: RequestKind::Delivery,
        urgency: Urgency::High,
        lines: vec![(Thing::Item(ItemId::new(town::ITEM)), 2)],
        hub: None,
        skills: Vec::new(),
        languages: None,
        transport: None,
        window: None,
        note: None,
        keys: std::sync::Arc::clone(&app.keys),
    };
    perform_as_system(app, submit).await.expect("it is filed").request.row.request()
}

async fn until(what: &str, app: &App, holds: impl Fn(&App) -> bool) {
    for _ in 0..100 {
        if holds(app) {
            return;
        }
        app.wakeup.wait(Duration::from_millis(100)).await;
    }
    panic!("in ten seconds it did not come true that {what}");
}

async fn get(app: &App, user: uuid::Uuid, role: Role, path: &str) -> (u16, Value) {
    let bearer = Bearer::Person { user: UserId::new(user), role, session: SessionId::new(user) };
    let token = sign(&app.keys, &bearer, birgemiz::clock::now()).unwrap();
    let answer = reqwest::Client::new()
        .get(format!("{}{path}", app.public_url))
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    println!("GET {path} {status} {body}");
    (status, body)
}

/// The bell of one process rings in the other, long before anybody would look unasked.
async fn hears_of_it(one: &App, other: &App) {
    let (mut here, mut there) = (one.wakeup.listen(), other.wakeup.listen());
    let started = birgemiz::clock::instant();
    other.wakeup.ring();
    there.wait(Duration::from_secs(60)).await;
    here.wait(Duration::from_secs(60)).await;
    println!("heard after {:?}", birgemiz::clock::since(started));
    assert!(birgemiz::clock::since(started) < Duration::from_secs(30));
    // What was heard is not told back.
    assert!(
        tokio::time::timeout(Duration::from_millis(300), async {
            let mut echo = other.wakeup.listen();
            echo.wait(Duration::from_secs(60)).await;
        })
        .await
        .is_err()
    );
}

async fn shows_it(app: &App, request: RequestId) {
    let coordinator = async |path: &str| get(app, town::COORDINATOR, Role::Coordinator, path).await;
    let (status, found) = coordinator(&format!("/v1/requests/{request}/candidates")).await;
    assert_eq!((status, found["data"].as_array().unwrap().len()), (200, 1));
    assert_eq!(found["data"][0]["name"], "Aigerim");
    assert_eq!(found["refused"][0]["reason"], "not_approved");
    let (_, queue) = coordinator("/v1/requests/queue").await;
    assert_eq!(queue["data"][0]["request"]["id"], request.to_string());
    assert!(queue["data"][0]["priority"]["total"].as_u64().unwrap() >= 3000);
    let (_, counts) = coordinator("/v1/requests/summary").await;
    assert_eq!((&counts["open"], &counts["claimed"]), (&1.into(), &0.into()));
    let (_, list) = coordinator("/v1/requests?status=open,claimed&limit=1").await;
    assert_eq!(list["data"][0]["lines"][0]["quantity"], 2);
    let next = list["next_cursor"].as_str().unwrap();
    let (_, rest) = coordinator(&format!("/v1/requests?status=open,claimed&limit=1&cursor={next}")).await;
    assert_eq!(rest["data"].as_array().unwrap().len(), 0);
    let (_, households) = coordinator("/v1/households?status=verified").await;
    assert_eq!(households["data"].as_array().unwrap().len(), 1);
    for (path, refused) in [("/v1/requests?status=opne", 400), ("/v1/requests?sttaus=open", 400)] {
        assert_eq!(coordinator(path).await.0, refused, "{path}");
    }
    let path = "/v1/me/nearby-requests?kinds=delivery&urgency=normal&radius_m=5000";
    let (_, feed) = get(app, town::VOLUNTEER_USER, Role::Volunteer, path).await;
    assert_eq!(feed["nearby"][0]["request_id"], request.to_string());
    assert_eq!(
        (&feed["nearby"][0]["lines"], feed["nearby"][0]["distance_m"].as_u64().unwrap() % 100),
        (&1.into(), 0)
    );
    let (status, refused) = get(app, town::NEWCOMER_USER, Role::Volunteer, "/v1/me/nearby-requests").await;
    assert_eq!((status, refused["detail"].as_str()), (409, Some("not_approved")));
    let (status, _) =
        get(app, town::STRANGER, Role::Coordinator, &format!("/v1/requests/{request}/candidates")).await;
    assert_eq!(status, 404);
}

async fn lapses_once(town: &Town, one: &App, other: &App, request: RequestId) {
    let caller =
        Caller::Person { user: UserId::new(town::VOLUNTEER_USER), role: Role::Volunteer, session: None };
    let call = Call { caller, ..Call::by_system() };
    let nothing =
        |_: &_| Answer { status: 204, location: None, body: Vec::new(), kept_body: None, replayed: false };
    perform(one, call, ClaimRequest { request, volunteer: None }, nothing).await.expect("it is claimed");
    until("the other process knows that it is claimed", other, |app| {
        app.fleet.look(|world| {
            let volunteer = domain::id::VolunteerId::new(town::VOLUNTEER);
            world.open.is_empty() && world.fleet.get(volunteer).is_some_and(|known| known.active_claims == 1)
        })
    })
    .await;
    let path = format!("/v1/requests/{request}/candidates");
    assert_eq!(get(one, town::COORDINATOR, Role::Coordinator, &path).await.0, 409);
    town.advance_clock("3 hours").await;
    tokio::join!(drain(one), drain(other));
    assert_eq!(town.count("SELECT count(*) FROM events WHERE kind = 'claim.lapsed'").await, 1);
    assert_eq!(town.count("SELECT count(*) FROM requests WHERE status = 'open'").await, 1);
}

async fn escalates_and_expires_once(town: &Town, one: &App, other: &App) {
    town.advance_clock("25 hours").await;
    tokio::join!(drain(one), drain(other));
    assert_eq!(
        town.count("SELECT count(*) FROM requests WHERE escalated_at IS NOT NULL AND status = 'open'").await,
        1
    );
    town.advance_clock("49 hours").await;
    tokio::join!(drain(one), drain(other));
    for kind in ["request.escalated", "request.expired"] {
        assert_eq!(
            town.count(&format!("SELECT count(*) FROM events WHERE kind = '{kind}'")).await,
            1,
            "{kind}"
        );
    }
    until("an expired request is open no more", other, |app| app.fleet.look(|world| world.open.is_empty()))
        .await;
}

async fn sends_somebody_once(town: &Town, one: &App, other: &App) {
    town.advance_clock("0").await;
    submit(one).await;
    submit(one).await;
    town.run(
        "UPDATE requests SET status = 'fulfilled', fulfilled_at = now() - interval '25 hours' WHERE status = 'open'",
    )
    .await;
    tokio::join!(drain(one), drain(other));
    drain(one).await;
    assert_eq!(town.count("SELECT count(*) FROM silences").await, 2);
    assert_eq!(town.count("SELECT count(*) FROM requests WHERE kind = 'welfare_check'").await, 1);
}

/// R15: an event whose transaction began first and committed last is not skipped.
async fn misses_nothing_that_commits_late(town: &Town, app: &App) {
    let event = |id: u8, volunteer: uuid::Uuid| {
        format!(
            "INSERT INTO events (id, at, kind, subject_kind, subject_id, volunteer_id, actor_kind, changes) \
             VALUES (lpad('{id}', 32, '0')::uuid, now(), 'volunteer.changed', 'volunteer', '{volunteer}', \
                     '{volunteer}', 'system', '[]')"
        )
    };
    let late = town.client().await;
    let (slow, fast) = (town::NEWCOMER, town::VOLUNTEER);
    let change =
        format!("UPDATE volunteers SET status = 'approved' WHERE id = '{slow}'; {}", event(90, slow));
    late.batch_execute(&format!("BEGIN; {change}")).await.unwrap();
    town.run(&format!("UPDATE volunteers SET radius_m = 2900 WHERE id = '{fast}'; {}", event(91, fast)))
        .await;
    app.fleet.catch_up(&app.database).await.unwrap();
    late.batch_execute("COMMIT").await.unwrap();
    app.wakeup.ring();
    until("both changes are known", app, |app| {
        app.fleet.look(|world| {
            let known = |id| world.fleet.get(domain::id::VolunteerId::new(id)).unwrap();
            known(slow).approved && known(fast).radius.get() == 2900
        })
    })
    .await;
}

/// Of two events of one request the later counts, although its transaction began earlier.
async fn believes_the_later_event(town: &Town, one: &App, other: &App) {
    town.run("UPDATE volunteers SET status = 'approved'").await;
    let request = submit(one).await;
    one.wakeup.ring();
    let is_open = move |app: &App| app.fleet.look(|world| world.open.get(request).is_some());
    until("the request is known", other, is_open).await;
    let event = |id: u8, kind: &str, from: &str, to: &str| {
        format!(
            "INSERT INTO events (id, at, kind, subject_kind, subject_id, request_id, actor_kind, changes) \
             VALUES (lpad('{id}', 32, '0')::uuid, now(), '{kind}', 'request', '{uuid}', '{uuid}', 'system', \
                     '[{{\"object\": \"request\", \"id\": \"{request}\", \"from\": \"{from}\", \"to\": \"{to}\"}}]')",
            uuid = request.uuid()
        )
    };
    let early = town.client().await;
    early.batch_execute("BEGIN; SELECT pg_current_xact_id()").await.unwrap();
    town.run(&event(92, "request.claimed", "open", "claimed")).await;
    early
        .batch_execute(&format!("{}; COMMIT", event(93, "claim.released", "claimed", "open")))
        .await
        .unwrap();
    other.fleet.catch_up(&other.database).await.unwrap();
    assert!(is_open(other), "it was given back");
    // Of a request that is open no more nothing is read: the log alone says so.
    town.run(&event(94, "request.claimed", "open", "claimed")).await;
    other.fleet.catch_up(&other.database).await.unwrap();
    assert!(!is_open(other));
    town.run(&event(95, "claim.released", "claimed", "open")).await;
    other.fleet.catch_up(&other.database).await.unwrap();
    assert!(is_open(other));
}

/// A right that one process took away is gone in the other, also while an older transaction runs.
async fn refuses_whoever_was_disabled_elsewhere(town: &Town, one: &App, other: &App) {
    let administrator = uuid::Uuid::from_u128(14);
    town.run(&format!(
        "INSERT INTO users (id, organisation_id, role, name, email, created_at) \
         VALUES ('{administrator}', lpad('1', 32, '0')::uuid, 'administrator', 'Root', 'root@example.org', now())"
    ))
    .await;
    let request = submit(one).await;
    one.wakeup.ring();
    until("the request is known", other, |app| app.fleet.look(|world| world.open.get(request).is_some()))
        .await;
    let path = format!("/v1/requests/{request}/candidates");
    let ask = async || get(other, town::COORDINATOR, Role::Coordinator, &path).await.0;
    assert_eq!(ask().await, 200);
    other.fleet.catch_up(&other.database).await.unwrap();
    let lock = town.client().await;
    lock.batch_execute("BEGIN; LOCK TABLE requests IN ACCESS EXCLUSIVE MODE").await.unwrap();
    assert_eq!(ask().await, 200, "it is answered from memory");
    lock.batch_execute("ROLLBACK").await.unwrap();

    let older = town.client().await;
    older.batch_execute("BEGIN; SELECT pg_current_xact_id()").await.unwrap();
    let caller =
        Caller::Person { user: UserId::new(administrator), role: Role::Administrator, session: None };
    let call = Call { caller, ..Call::by_system() };
    let nothing =
        |_: &_| Answer { status: 204, location: None, body: Vec::new(), kept_body: None, replayed: false };
    perform(one, call, DisableUser { user: UserId::new(town::COORDINATOR) }, nothing)
        .await
        .expect("disabled");
    let disabled = birgemiz::clock::instant();
    // Promised is a second; a kept standing would hold for a minute.
    while ask().await != 401 {
        assert!(
            birgemiz::clock::since(disabled) < Duration::from_secs(10),
            "a disabled coordinator reads on"
        );
        other.wakeup.wait(Duration::from_millis(20)).await;
    }
    println!("refused after {:?}", birgemiz::clock::since(disabled));
    older.batch_execute("COMMIT").await.unwrap();
}
