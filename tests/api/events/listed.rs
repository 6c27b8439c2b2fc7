//! `GET /v1/events`.

use birgemiz::clock;
use domain::id::OrganisationId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{all, all_once, kinds};
use crate::support::meanwhile::all_is_told;
use crate::support::{World, run};

/// A request that the first volunteer claimed, gave up, and the coordinator called off with words of their own.
async fn troubled(world: &World) -> String {
    let (request, _) = world.open_request().await;
    let volunteer = world.volunteer_of_a();
    let claim = volunteer.post(&format!("/v1/requests/{request}/claim"), json!({})).await.expect(201);
    let release = format!("/v1/claims/{}/release", claim["id"].as_str().unwrap());
    volunteer.post(&release, json!({"fence": claim["fence"]})).await.expect(200);
    let reason = json!({"reason": "Raushan Akhmetova says that her son came"});
    world.coordinator_of_a().post(&format!("/v1/requests/{request}/cancel"), reason).await.expect(200);
    request
}

fn is(kind: &str) -> impl Fn(&Value) -> bool {
    move |event: &Value| event["type"] == kind
}

#[test]
fn a_request_is_told_of_in_order_and_page_by_page_as_in_one() {
    run(async {
        let world = World::new().await;
        let request = troubled(&world).await;
        let coordinator = world.coordinator_of_a();
        let events = all_once(&coordinator, "", is("request.cancelled")).await;
        let told = kinds(&events);
        let expected = [
            "household.registered",
            "household.verified",
            "request.submitted",
            "request.claimed",
            "claim.released",
            "request.cancelled",
        ];
        assert_eq!(told, expected, "a household was verified after it was registered, and so on");
        let whole = coordinator.get("/v1/events?limit=200").await.expect(200);
        assert_eq!(whole["data"].as_array().unwrap(), &events, "in one page or in several");
        let own = all(&coordinator, &format!("&object={request}")).await;
        assert_eq!(kinds(&own), expected[2..], "with an object only what concerns it");
        let after = events[3]["id"].as_str().unwrap();
        assert_eq!(kinds(&all_after(&world, after).await), expected[4..], "an event's id is a place as well");
        assert_eq!(events[3]["object"], json!({"type": "request", "id": request}));
        assert_eq!(events[5]["actor"]["type"], "coordinator");
        assert!(events[5].get("reason").is_none(), "people's own words may hold anything");
    });
}

/// Others write all the while, here and in other databases of the server.
#[test]
fn while_nothing_happens_the_feed_stays_as_it_is_and_who_holds_it_is_told_so() {
    run(async {
        let world = World::new().await;
        troubled(&world).await;
        all_is_told(&world).await;
        let coordinator = world.coordinator_of_a();
        for path in [
            "/v1/events?limit=200",
            "/v1/events?type=request.cancelled",
            "/v1/events?type=household.archived",
        ] {
            let first = coordinator.get(path).await;
            world.database.ask("SELECT pg_current_xact_id()").await;
            let same = coordinator.get(path).header("if-none-match", first.header("etag")).await;
            assert_eq!(same.status.as_u16(), 304, "{path}: {}", same.text);
            // From there on it goes on.
            let next = first.expect(200)["next_cursor"].as_str().unwrap().to_owned();
            let rest = coordinator.get(&format!("/v1/events?after={next}")).await.expect(200);
            assert_eq!((&rest["data"], &rest["next_cursor"]), (&json!([]), &json!(next)), "{path}");
        }
        let end = coordinator.get("/v1/events?limit=200").await.expect(200)["next_cursor"].clone();
        world.open_request().await;
        all_is_told(&world).await;
        let news = all_after(&world, end.as_str().unwrap()).await;
        assert_eq!(kinds(&news), ["household.registered", "household.verified", "request.submitted"]);
    });
}

async fn all_after(world: &World, after: &str) -> Vec<Value> {
    let path = format!("/v1/events?after={after}&limit=200");
    world.coordinator_of_a().get(&path).await.expect(200)["data"].as_array().unwrap().clone()
}

#[test]
fn filters_select_and_a_misspelt_one_is_refused() {
    run(async {
        let world = World::new().await;
        troubled(&world).await;
        let coordinator = world.coordinator_of_a();
        all_once(&coordinator, "", is("request.cancelled")).await;
        let told = all(&coordinator, "&type=claim.*,request.cancelled").await;
        assert_eq!(kinds(&told), ["claim.released", "request.cancelled"]);
        let here = format!("&type=request.*&area_id={}", world.seeded.area);
        assert_eq!(all(&coordinator, &here).await.len(), 3);
        let elsewhere = format!("&area_id={}", domain::id::AreaId::new(clock::new_id()));
        assert_eq!(all(&coordinator, &elsewhere).await, Vec::<Value>::new());
        for wrong in
            ["type=request.eaten", "type=request", "object=17", "area_id=17", "after=17", "kind=claim.*"]
        {
            let refused = coordinator.get(&format!("/v1/events?{wrong}")).await;
            assert_eq!(refused.status.as_u16(), 400, "{wrong}");
        }
    });
}

#[test]
fn everybody_is_told_what_is_theirs_to_know_and_nothing_else() {
    run(async {
        let world = World::new().await;
        let request = troubled(&world).await;
        let household = world.verified_household().await;
        let volunteer = world.seeded.a.volunteers[0].id;
        let block = json!({"household_id": household, "reason": "wishes not to meet again"});
        let path = format!("/v1/volunteers/{volunteer}/blocks");
        let blocked = world.coordinator_of_a().post(&path, block).await;
        assert!(blocked.status.is_success(), "{}", blocked.text);
        let whole = all_once(&world.coordinator_of_a(), "", is("volunteer.blocked")).await;

        assert_eq!(all(&world.coordinator_of_b(), "").await, Vec::<Value>::new(), "another organisation");
        assert_eq!(all(&world.partner_of_b(), "").await, Vec::<Value>::new(), "another partner");
        assert_eq!(all(&world.second_volunteer_of_a(), "").await, Vec::<Value>::new(), "another volunteer");
        world.nobody().get("/v1/events").await.refused(401, "unauthenticated");

        let own = all(&world.volunteer_of_a(), "").await;
        assert_eq!(kinds(&own), ["request.claimed", "claim.released"], "not who keeps them away");

        let partners = all(&world.partner_of_a(), "").await;
        let text = serde_json::to_string(&partners).unwrap();
        assert!(
            !text.contains("vol_") && !text.contains("usr_"),
            "who came is not the partner's to know: {text}"
        );
        let of_request: Vec<&Value> = partners.iter().filter(|one| one["request_id"] == request).collect();
        assert_eq!(of_request.len(), 4, "{text}");
        assert!(whole.len() > partners.len());
    });
}

#[test]
fn an_event_of_which_the_caller_knows_nothing_is_no_place_for_them() {
    run(async {
        let world = World::new().await;
        troubled(&world).await;
        let events = all_once(&world.coordinator_of_a(), "", is("request.cancelled")).await;
        let after = format!("/v1/events?after={}", events[0]["id"].as_str().unwrap());
        world.coordinator_of_b().get(&after).await.refused(400, "invalid_parameter");
        let unknown = format!("/v1/events?after={}", domain::id::EventId::new(clock::new_id()));
        world.coordinator_of_b().get(&unknown).await.refused(400, "invalid_parameter");
    });
}

#[test]
fn what_commits_late_with_an_earlier_number_is_not_skipped() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let start = coordinator.get("/v1/events").await.expect(200);
        let mut after = start["next_cursor"].as_str().unwrap().to_owned();
        let (mut early, connection) =
            tokio_postgres::connect(&world.database.urls.owner, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let held = early.transaction().await.unwrap();
        let first = write(&world, "request.opened");
        held.batch_execute(&first.1).await.unwrap();
        let second = write(&world, "request.escalated");
        world.database.ask(&second.1).await;

        let page = coordinator.get(&format!("/v1/events?after={after}")).await.expect(200);
        assert_eq!(page["data"], json!([]), "the second waits until the first is decided");
        after = page["next_cursor"].as_str().unwrap().to_owned();
        held.commit().await.unwrap();
        let told = all_once(&coordinator, &format!("&after={after}"), is("request.escalated")).await;
        assert_eq!(kinds(&told), ["request.opened", "request.escalated"]);
    });
}

/// A statement that writes an event of organisation A, and its id.
fn write(world: &World, kind: &str) -> (Uuid, String) {
    let (id, organisation) = (clock::new_id(), OrganisationId::uuid(world.seeded.a.id));
    let sql = format!(
        "INSERT INTO events (id, at, kind, organisation_id, subject_kind, subject_id, actor_kind, call_id, changes) \
         VALUES ('{id}', now(), '{kind}', '{organisation}', 'request', gen_random_uuid(), 'system', 'test', '[]')"
    );
    (id, sql)
}

#[test]
fn a_reader_of_few_among_many_gets_on_although_pages_are_empty() {
    run(async {
        let world = World::new().await;
        let b = world.seeded.b.id.uuid();
        world
            .database
            .ask(&format!(
                "INSERT INTO events (id, at, kind, organisation_id, subject_kind, subject_id, actor_kind, call_id, changes) \
                 SELECT gen_random_uuid(), now(), 'request.opened', '{b}', 'request', gen_random_uuid(), 'system', 'test', '[]' \
                 FROM generate_series(1, 12000)"
            ))
            .await;
        let mine = write(&world, "request.opened");
        world.database.ask(&mine.1).await;
        let told = all_once(&world.coordinator_of_a(), "", is("request.opened")).await;
        assert_eq!(told.len(), 1, "12,000 events of others lie before it");
        let first = world.coordinator_of_a().get("/v1/events").await.expect(200);
        assert_eq!(
            (&first["data"], &first["has_more"]),
            (&json!([]), &json!(true)),
            "looked at 5,000 and says so"
        );
    });
}
