//! Entity tags: who holds what they would be shown is told so, and who has not seen the latest changes nothing.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Caller, World, run};

fn text(body: &Value, field: &str) -> String {
    body[field].as_str().unwrap().to_owned()
}

async fn read(caller: &Caller, path: &str) -> (String, Answer) {
    let answer = caller.get(path).await;
    answer.expect(200);
    let tag = answer.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() > 10, "{path}: a strong tag, not {tag}");
    (tag, answer)
}

/// A world in which there is one of everything that can be read.
struct Furnished {
    world: World,
    household: String,
    request: String,
    claim: Value,
    webhook: String,
}

impl Furnished {
    async fn new() -> Self {
        let world = World::new().await;
        let household = world.verified_household().await;
        let filed = world.partner_of_a().post("/v1/requests", world.request(&household)).await.expect(201);
        let request = text(&filed, "id");
        let claim = world.volunteer_of_a().post(&format!("/v1/requests/{request}/claim"), json!({})).await;
        let claim = claim.expect(201);
        let hub = json!({"organisation_id": world.seeded.a.id.to_string(), "area_id": world.seeded.area.to_string(),
            "name": "Warehouse", "address": "Satpaev 90", "position": {"lat": 43.24, "lon": 76.9}});
        world.administrator_of_a().post("/v1/hubs", hub).await.expect(201);
        let made = json!({"url": "https://partner.example/hooks"});
        let webhook = world.partner_of_a().post("/v1/webhook-endpoints", made).await.expect(201);
        Self { household, request, claim, webhook: text(&webhook, "id"), world }
    }

    /// Paths that everybody here may read, by who reads them.
    fn readings(&self) -> Vec<(Caller, String)> {
        let (world, claim) = (&self.world, &self.claim);
        let seeded = &world.seeded;
        let coordinator = || world.coordinator_of_a();
        let administrator = || world.administrator_of_a();
        vec![
            (coordinator(), format!("/v1/requests/{}", self.request)),
            (world.partner_of_a(), "/v1/requests?status=claimed".to_owned()),
            (coordinator(), "/v1/requests/summary".to_owned()),
            (coordinator(), format!("/v1/households/{}", self.household)),
            (world.partner_of_a(), "/v1/households".to_owned()),
            (coordinator(), format!("/v1/claims/{}", text(claim, "id"))),
            (world.volunteer_of_a(), format!("/v1/deliveries/{}", text(claim, "delivery_id"))),
            (world.volunteer_of_a(), "/v1/me".to_owned()),
            (coordinator(), "/v1/me".to_owned()),
            (world.volunteer_of_a(), "/v1/me/claims".to_owned()),
            (coordinator(), format!("/v1/volunteers/{}", seeded.a.volunteers[0].id)),
            (coordinator(), "/v1/volunteers".to_owned()),
            (coordinator(), "/v1/hubs".to_owned()),
            (coordinator(), format!("/v1/areas/{}", seeded.area)),
            (coordinator(), "/v1/areas".to_owned()),
            (coordinator(), format!("/v1/areas/{}/summary", seeded.area)),
            (coordinator(), format!("/v1/campaigns/{}", seeded.campaign)),
            (coordinator(), "/v1/campaigns".to_owned()),
            (coordinator(), "/v1/items".to_owned()),
            (coordinator(), format!("/v1/kits/{}", seeded.kit)),
            (coordinator(), "/v1/calls".to_owned()),
            (coordinator(), "/v1/events".to_owned()),
            (administrator(), format!("/v1/organisations/{}", seeded.a.id)),
            (administrator(), "/v1/users".to_owned()),
            (administrator(), "/v1/partners".to_owned()),
            (administrator(), "/v1/invitations".to_owned()),
            (world.partner_of_a(), format!("/v1/webhook-endpoints/{}", self.webhook)),
            (world.partner_of_a(), "/v1/webhook-endpoints".to_owned()),
        ]
    }
}

#[test]
fn who_holds_what_they_would_be_shown_is_told_so_without_a_body() {
    run(async {
        let furnished = Furnished::new().await;
        for (caller, path) in furnished.readings() {
            let (tag, shown) = read(&caller, &path).await;
            assert_eq!(read(&caller, &path).await.0, tag, "{path}: nothing has changed");
            for theirs in [tag.clone(), format!("\"other\", W/{tag}"), "*".to_owned()] {
                let same = caller.get(&path).header("if-none-match", &theirs).await;
                assert_eq!((same.status.as_u16(), same.text.as_str()), (304, ""), "{path} {theirs}");
                for name in ["etag", "cache-control", "vary"] {
                    assert_eq!(same.header(name), shown.header(name), "{path}: {name}");
                }
            }
            let other = caller.get(&path).header("if-none-match", "\"other\"").await;
            assert_eq!(other.text, shown.text, "{path}");
            assert!(shown.header("vary").contains("authorization"), "{path}: {}", shown.header("vary"));
            let kept = shown.header("cache-control");
            let names_people = path.contains("/users") || path.contains("/volunteers") || path.ends_with("/me");
            assert_eq!(kept, if names_people { "no-store" } else { "private, no-cache" }, "{path}");
        }
    });
}

#[test]
fn a_tag_is_good_for_nobody_else_also_where_they_see_the_same() {
    run(async {
        let furnished = Furnished::new().await;
        let world = &furnished.world;
        let request = format!("/v1/requests/{}", furnished.request);
        let everyone = [world.coordinator_of_a(), world.partner_of_a(), world.volunteer_of_a()];
        let mut seen = Vec::new();
        for caller in &everyone {
            seen.push(read(caller, &request).await);
        }
        assert_eq!(seen[0].1.text, seen[1].1.text, "the same is shown to all of them");
        for (own, caller) in everyone.iter().enumerate() {
            for (place, (tag, _)) in seen.iter().enumerate() {
                let answer = caller.get(&request).header("if-none-match", tag).await;
                assert_eq!(answer.status.as_u16(), if place == own { 304 } else { 200 }, "{own} {place}");
            }
        }
        // Where they see different things of the same version, the more so.
        let volunteer = format!("/v1/volunteers/{}", world.seeded.a.volunteers[0].id);
        let (ours, _) = read(&world.coordinator_of_a(), &volunteer).await;
        let theirs = world.coordinator_of_b().get(&volunteer).header("if-none-match", &ours).await;
        assert!(theirs.expect(200).get("name").is_none());
        // And whoever may not see it at all is told nothing by a tag.
        let stranger = world.coordinator_of_b().get(&request).header("if-none-match", &seen[0].0).await;
        stranger.refused(404, "not_found");
    });
}

#[test]
fn another_coding_of_the_same_bytes_has_another_tag() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let plain = coordinator.get("/v1/items").header("accept-encoding", "identity").await;
        let pressed = coordinator.get("/v1/items").header("accept-encoding", "gzip").await;
        assert_ne!(plain.header("etag"), pressed.header("etag"));
    });
}

#[test]
fn every_change_makes_another_tag() {
    run(async {
        let world = World::new().await;
        let (request, phrase) = world.open_request().await;
        let (coordinator, volunteer) = (world.coordinator_of_a(), world.volunteer_of_a());
        let path = format!("/v1/requests/{request}");
        let me = format!("/v1/volunteers/{}", world.seeded.a.volunteers[0].id);
        let mut tags = vec![read(&coordinator, &path).await.0];
        let mut of_volunteer = vec![read(&coordinator, &me).await.0];
        let claim = volunteer.post(&format!("{path}/claim"), json!({})).await.expect(201);
        tags.push(read(&coordinator, &path).await.0);
        of_volunteer.push(read(&coordinator, &me).await.0);
        let delivery = format!("/v1/deliveries/{}", text(&claim, "delivery_id"));
        let mut of_delivery = vec![read(&volunteer, &delivery).await.0];
        for (act, body) in [
            ("pick-up", json!({"fence": 1})),
            ("arrive", json!({"fence": 1})),
            ("complete", json!({"fence": 1, "outcome": "handed_over", "phrase": phrase})),
        ] {
            volunteer.post(&format!("{delivery}/{act}"), body).await.expect(200);
            tags.push(read(&coordinator, &path).await.0);
            of_delivery.push(read(&volunteer, &delivery).await.0);
        }
        coordinator.post(&format!("{path}/acknowledge"), json!({})).await.expect(200);
        tags.push(read(&coordinator, &path).await.0);
        for mut tags in [tags, of_volunteer, of_delivery] {
            let count = tags.len();
            tags.sort();
            tags.dedup();
            assert_eq!(tags.len(), count, "{tags:?}");
        }
    });
}

#[test]
fn a_door_has_no_tag_and_is_kept_nowhere() {
    run(async {
        let furnished = Furnished::new().await;
        let door = format!("/v1/households/{}/door", furnished.household);
        let shown = furnished.world.coordinator_of_a().get(&door).header("if-none-match", "*").await;
        shown.expect(200);
        assert_eq!((shown.header("etag"), shown.header("cache-control")), ("", "no-store"));
    });
}

#[test]
fn who_has_not_seen_the_latest_changes_nothing_and_learns_the_version() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let path = format!("/v1/volunteers/{}", world.seeded.a.volunteers[0].id);
        let (first, shown) = read(&coordinator, &path).await;
        let edit = |tag: &str, radius: u32| {
            coordinator.call(Method::PATCH, &path).json(json!({"radius_m": radius})).header("if-match", tag)
        };
        let version = shown.json()["version"].as_i64().unwrap();
        let edited = edit(&first, 5_000).await.expect(200);
        assert_eq!(edited["version"], version + 1);

        let stale = edit(&first, 6_000).await;
        stale.refused(412, "version_mismatch");
        assert_eq!(stale.header("etag"), format!("\"{}\"", version + 1));
        assert_eq!(coordinator.get(&path).await.expect(200)["radius_m"], 5_000);

        // By what the refusal told, by a list that holds it, by anything at all, and never by a weak tag.
        edit(stale.header("etag"), 6_000).await.expect(200);
        let latest = read(&coordinator, &path).await.0;
        edit(&format!("{first}, {latest}"), 7_000).await.expect(200);
        edit("*", 8_000).await.expect(200);
        let latest = read(&coordinator, &path).await.0;
        edit(&format!("W/{latest}"), 9_000).await.refused(412, "version_mismatch");
        edit("\"of another kind\"", 9_000).await.refused(412, "version_mismatch");
        edit("no tag", 9_000).await.refused(400, "invalid_header");
        // To who may not know of it, it is not there, in whichever version.
        let stranger = world.coordinator_of_b().call(Method::PATCH, &path).json(json!({"radius_m": 100}));
        stranger.header("if-match", "\"999\"").await.refused(404, "not_found");
    });
}

#[test]
fn of_many_who_have_seen_the_same_version_one_changes_it() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let path = format!("/v1/volunteers/{}", world.seeded.a.volunteers[0].id);
        for round in 0..5 {
            let tag = read(&coordinator, &path).await.0;
            let edits = (0..12).map(|number| {
                let body = json!({"radius_m": 1_000 + round * 100 + number});
                let edit = coordinator.call(Method::PATCH, &path).json(body).header("if-match", &tag);
                async { edit.await.status.as_u16() }
            });
            let answers = join_all(edits).await;
            let made = answers.iter().filter(|status| **status == 200).count();
            let refused = answers.iter().filter(|status| **status == 412).count();
            assert_eq!((made, refused), (1, 11), "{answers:?}");
        }
    });
}

#[test]
fn every_change_that_says_it_compares_does_so_and_leaves_all_as_it_was() {
    run(async {
        let furnished = Furnished::new().await;
        let changes = changes(&furnished).await;
        let mut compared: Vec<String> = changes.iter().map(|change| change.operation.to_owned()).collect();
        compared.sort();
        assert_eq!(compared, said_to_compare());
        let world = &furnished.world;
        let all = "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM idempotency_keys) \
                        + (SELECT count(*) FROM door_readings)";
        let before = world.database.count(all).await;
        for change in &changes {
            let call = change.caller.call(change.method.clone(), &change.path);
            let call = if change.body.is_null() { call } else { call.json(change.body.clone()) };
            let answer = call.header("if-match", "\"123456-of-nobody\"").await;
            answer.refused(412, "version_mismatch");
            assert!(!answer.header("etag").is_empty(), "{}", change.operation);
        }
        assert_eq!(world.database.count(all).await, before);
    });
}

struct Compared {
    operation: &'static str,
    caller: Caller,
    method: Method,
    path: String,
    body: Value,
}

/// The operations whose documentation has `If-Match`; a photo is taken elsewhere.
fn said_to_compare() -> Vec<String> {
    let document = serde_json::to_value(birgemiz::rest::docs::document()).unwrap();
    let mut all: Vec<String> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
        .filter(|operation| operation["parameters"].to_string().contains("/IfMatch"))
        .map(|operation| operation["operationId"].as_str().unwrap().to_owned())
        .filter(|id| id != "addPhoto")
        .collect();
    all.sort();
    all
}

async fn changes(furnished: &Furnished) -> Vec<Compared> {
    let world = &furnished.world;
    let (coordinator, volunteer, partner) =
        (world.coordinator_of_a(), world.volunteer_of_a(), world.partner_of_a());
    let administrator = world.administrator_of_a();
    let pending = text(&partner.post("/v1/households", world.household()).await.expect(201), "id");
    let (open, _) = world.open_request().await;
    let ordered = coordinator.post("/v1/calls", json!({"request_id": open})).await.expect(201);
    let call = text(&ordered, "id");
    // However late it is in Almaty: this call is held already.
    let (call_id, user): (domain::id::CallId, _) = (call.parse().unwrap(), world.seeded.a.coordinator.user);
    let lock = format!(
        "UPDATE calls SET locked_by = '{}', locked_until = now() + interval '1 hour' WHERE id = '{}'",
        user.uuid(),
        call_id.uuid()
    );
    world.database.ask(&lock).await;
    let household = &furnished.household;
    let other = &world.seeded.a.volunteers[1].id;
    let (claim, delivery) = (text(&furnished.claim, "id"), text(&furnished.claim, "delivery_id"));
    let webhook = &furnished.webhook;
    let request = &furnished.request;
    let campaign = &world.seeded.campaign;
    let (b, user_b, partner_b) =
        (world.seeded.b.id, world.seeded.b.coordinator.user, world.seeded.b.partner);
    let post = |operation, caller: &Caller, path: String, body: Value| Compared {
        operation,
        caller: caller.clone(),
        method: Method::POST,
        path,
        body,
    };
    let other_method = |method: Method, changed: Compared| Compared { method, ..changed };
    let fence = || json!({"fence": 1});
    let none = || json!({});
    vec![
        post("verifyHousehold", &coordinator, format!("/v1/households/{pending}/verify"), none()),
        post("rejectHousehold", &coordinator, format!("/v1/households/{pending}/reject"), none()),
        post("suspendHousehold", &coordinator, format!("/v1/households/{household}/suspend"), none()),
        post("reinstateHousehold", &coordinator, format!("/v1/households/{household}/reinstate"), none()),
        post("archiveHousehold", &coordinator, format!("/v1/households/{household}/archive"), none()),
        post("locateHousehold", &coordinator, format!("/v1/households/{household}/locate"),
            json!({"position": {"lat": 43.24, "lon": 76.9}})),
        post("lockCall", &coordinator, format!("/v1/calls/{call}/lock"), none()),
        post("answerCall", &coordinator, format!("/v1/calls/{call}/outcome"), json!({"outcome": "no_answer"})),
        post("verifyRequest", &coordinator, format!("/v1/requests/{request}/verify"), none()),
        post("claimRequest", &volunteer, format!("/v1/requests/{open}/claim"), none()),
        post("assignRequest", &coordinator, format!("/v1/requests/{open}/assign"),
            json!({"volunteer_id": other.to_string()})),
        post("revokeClaim", &coordinator, format!("/v1/requests/{request}/revoke"), none()),
        post("cancelRequest", &partner, format!("/v1/requests/{request}/cancel"), none()),
        post("issuePhrase", &partner, format!("/v1/requests/{request}/phrase"), none()),
        post("acknowledgeRequest", &partner, format!("/v1/requests/{request}/acknowledge"), none()),
        post("releaseClaim", &volunteer, format!("/v1/claims/{claim}/release"), fence()),
        post("concludeClaim", &volunteer, format!("/v1/claims/{claim}/complete"),
            json!({"fence": 1, "outcome": "reached"})),
        post("pickUpDelivery", &volunteer, format!("/v1/deliveries/{delivery}/pick-up"), fence()),
        post("arriveDelivery", &volunteer, format!("/v1/deliveries/{delivery}/arrive"), fence()),
        post("completeDelivery", &volunteer, format!("/v1/deliveries/{delivery}/complete"),
            json!({"fence": 1, "outcome": "handed_over", "phrase": "000000"})),
        post("failDelivery", &volunteer, format!("/v1/deliveries/{delivery}/fail"),
            json!({"fence": 1, "outcome": "no_answer"})),
        post("joinCampaign", &administrator, format!("/v1/campaigns/{campaign}/organisations"),
            json!({"organisation_id": b.to_string()})),
        other_method(Method::PUT, post("setPolicy", &administrator, format!("/v1/campaigns/{campaign}/policy"),
            json!({"policy": {}}))),
        post("disableUser", &administrator, format!("/v1/users/{user_b}/disable"), none()),
        post("revokePartner", &administrator, format!("/v1/partners/{partner_b}/revoke"), none()),
        post("rotatePartnerSecret", &administrator, format!("/v1/partners/{partner_b}/secret"), none()),
        other_method(Method::PATCH, post("changeWebhookEndpoint", &partner,
            format!("/v1/webhook-endpoints/{webhook}"), json!({"description": "ours"}))),
        other_method(Method::DELETE, post("deleteWebhookEndpoint", &partner,
            format!("/v1/webhook-endpoints/{webhook}"), Value::Null)),
        post("rotateWebhookSecret", &partner, format!("/v1/webhook-endpoints/{webhook}/rotate-secret"), none()),
        post("testWebhookEndpoint", &partner, format!("/v1/webhook-endpoints/{webhook}/test"), none()),
        post("replayWebhookEvents", &partner, format!("/v1/webhook-endpoints/{webhook}/replay"),
            json!({"from": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"})),
        post("enableWebhookEndpoint", &partner, format!("/v1/webhook-endpoints/{webhook}/enable"), none()),
        other_method(Method::PATCH,
            post("editVolunteer", &coordinator, format!("/v1/volunteers/{other}"), json!({"radius_m": 100}))),
        post("approveVolunteer", &coordinator, format!("/v1/volunteers/{other}/approve"), none()),
        post("rejectVolunteer", &coordinator, format!("/v1/volunteers/{other}/reject"), none()),
        post("suspendVolunteer", &coordinator, format!("/v1/volunteers/{other}/suspend"), none()),
        post("reinstateVolunteer", &coordinator, format!("/v1/volunteers/{other}/reinstate"), none()),
        post("blockHousehold", &coordinator, format!("/v1/volunteers/{other}/blocks"),
            json!({"household_id": household, "reason": "asked for somebody else"})),
        other_method(Method::PATCH, post("editMe", &volunteer, "/v1/me".to_owned(), json!({"radius_m": 100}))),
        other_method(Method::PUT, post("setDuty", &volunteer, "/v1/me/duty".to_owned(), json!({"on": false}))),
        other_method(Method::PUT,
            post("setAvailability", &volunteer, "/v1/me/availability".to_owned(), json!({"slots": []}))),
        post("leaveOrganisation", &volunteer, "/v1/me/leave".to_owned(), none()),
    ]
}

#[test]
fn a_precondition_that_nothing_is_compared_with_is_refused() {
    run(async {
        let world = World::new().await;
        let partner = world.partner_of_a();
        let answer = partner.post("/v1/households", world.household()).key("k-1").header("if-match", "*").await;
        answer.refused(400, "invalid_header");
        assert_eq!(world.database.count("SELECT count(*) FROM households").await, 0);
        // Its key was not used up.
        partner.post("/v1/households", world.household()).key("k-1").await.expect(201);
    });
}

#[test]
fn a_repetition_is_answered_before_anything_is_compared() {
    run(async {
        let world = World::new().await;
        let (request, _) = world.open_request().await;
        let (path, volunteer) = (format!("/v1/requests/{request}"), world.volunteer_of_a());
        let tag = read(&volunteer, &path).await.0;
        let claim = || volunteer.post(&format!("{path}/claim"), json!({})).key("k-1").header("if-match", &tag);
        let first = claim().await;
        first.expect(201);
        let again = claim().await;
        assert_eq!(again.expect(201), first.json());
        assert_eq!(again.header("idempotent-replayed"), "true");
    });
}
