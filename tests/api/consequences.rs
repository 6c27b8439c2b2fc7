//! What one thing does to the others: the product's table, over HTTP, and the event log that tells it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{Answer, Caller, World, run};

/// A claimed delivery, seen by its holder.
struct Held {
    request: String,
    phrase: String,
    claim: Value,
}

impl Held {
    async fn new(world: &World) -> Self {
        let (request, phrase) = world.open_request().await;
        let path = format!("/v1/requests/{request}/claim");
        let claim = world.volunteer_of_a().post(&path, json!({})).await.expect(201);
        Self { request, phrase, claim }
    }

    async fn picked_up(world: &World) -> Self {
        let held = Self::new(world).await;
        held.act(&world.volunteer_of_a(), "pick-up", json!({})).await.expect(200);
        held
    }

    async fn at_door(world: &World) -> Self {
        let held = Self::picked_up(world).await;
        held.act(&world.volunteer_of_a(), "arrive", json!({})).await.expect(200);
        held
    }

    fn path(&self, verb: &str) -> String {
        format!("/v1/deliveries/{}/{verb}", self.claim["delivery_id"].as_str().unwrap())
    }

    async fn act(&self, caller: &Caller, verb: &str, mut body: Value) -> Answer {
        body["fence"] = self.claim["fence"].clone();
        caller.post(&self.path(verb), body).await
    }

    async fn door(&self, caller: &Caller) -> Answer {
        let (id, fence) = (self.claim["id"].as_str().unwrap(), &self.claim["fence"]);
        caller.get(&format!("/v1/claims/{id}/door?fence={fence}")).await
    }

    /// Statuses of the request, its claim and its delivery, and the two flags.
    async fn standing(&self, world: &World) -> (String, String, String, Value, bool) {
        let request =
            world.coordinator_of_a().get(&format!("/v1/requests/{}", self.request)).await.expect(200);
        let claim = format!("/v1/claims/{}", self.claim["id"].as_str().unwrap());
        let claim = world.coordinator_of_a().get(&claim).await.expect(200);
        let delivery = format!("/v1/deliveries/{}", self.claim["delivery_id"].as_str().unwrap());
        let delivery = world.coordinator_of_a().get(&delivery).await.expect(200);
        let status = |body: &Value| body["status"].as_str().unwrap().to_owned();
        let goods_out = request["goods_out"].as_bool().unwrap();
        (status(&request), status(&claim), status(&delivery), request["hold"].clone(), goods_out)
    }
}

async fn suspend(world: &World) {
    let path = format!("/v1/volunteers/{}/suspend", world.seeded.a.volunteers[0].id);
    world.coordinator_of_a().post(&path, json!({"reason": "no answer for days"})).await.expect(200);
}

fn standing(of: [&str; 3], hold: Value, goods_out: bool) -> (String, String, String, Value, bool) {
    (of[0].to_owned(), of[1].to_owned(), of[2].to_owned(), hold, goods_out)
}

#[test]
fn a_suspended_volunteer_loses_their_claims_by_where_the_goods_are() {
    run(async {
        let world = World::new().await;
        let (before, after) = (Held::new(&world).await, Held::picked_up(&world).await);
        suspend(&world).await;
        let open = standing(["open", "revoked", "abandoned"], Value::Null, false);
        assert_eq!(before.standing(&world).await, open);
        let held = standing(["pending_verification", "revoked", "abandoned"], json!("goods_out"), true);
        assert_eq!(after.standing(&world).await, held);
        before.door(&world.volunteer_of_a()).await.refused(409, "door_closed");
        let again = format!("/v1/requests/{}/claim", before.request);
        world.volunteer_of_a().post(&again, json!({})).await.refused(409, "not_eligible");
        let verified = format!("/v1/requests/{}/verify", after.request);
        let opened = world.coordinator_of_a().post(&verified, json!({})).await.expect(200);
        assert_eq!((&opened["status"], &opened["goods_out"]), (&json!("open"), &json!(false)));
        assert_eq!(world.database.count("SELECT sum(active_claims)::bigint FROM volunteers").await, 0);
    });
}

#[test]
fn a_suspended_households_requests_are_cancelled_and_their_claims_revoked() {
    run(async {
        let world = World::new().await;
        let held = Held::picked_up(&world).await;
        let household = held.claim["household_id"].as_str().unwrap().to_owned();
        let path = format!("/v1/households/{household}/suspend");
        world.coordinator_of_a().post(&path, json!({})).await.expect(200);
        let cancelled = standing(["cancelled", "revoked", "abandoned"], Value::Null, true);
        assert_eq!(held.standing(&world).await, cancelled);
        let late = world.partner_of_a().post("/v1/requests", world.request(&household)).await;
        late.refused(409, "household_takes_no_requests");
    });
}

#[test]
fn a_phrase_that_nobody_remembers_is_replaced_by_those_who_speak_with_the_household() {
    run(async {
        let world = World::new().await;
        let held = Held::at_door(&world).await;
        let path = format!("/v1/requests/{}/phrase", held.request);
        let (holder, coordinator, partner) =
            (world.volunteer_of_a(), world.coordinator_of_a(), world.partner_of_a());
        for stranger in [world.coordinator_of_b(), world.partner_of_b()] {
            stranger.post(&path, json!({})).await.refused(404, "not_found");
        }
        holder.post(&path, json!({})).await.refused(403, "forbidden");
        let first = partner.post(&path, json!({})).await.expect(201)["phrase"].as_str().unwrap().to_owned();
        let made = coordinator.post(&path, json!({})).key("another").await.expect(201);
        let another = made["phrase"].as_str().unwrap().to_owned();
        let again = coordinator.post(&path, json!({})).key("another").await;
        assert!(again.expect(201).get("phrase").is_none(), "a phrase is shown once");
        let complete = |phrase: &str| json!({"outcome": "handed_over", "phrase": phrase});
        for forgotten in [&held.phrase, &first].into_iter().filter(|phrase| **phrase != another) {
            held.act(&holder, "complete", complete(forgotten)).await.refused(422, "phrase_wrong");
        }
        held.act(&holder, "complete", complete(&another)).await.expect(200);
        coordinator.post(&path, json!({})).await.refused(409, "wrong_state");
        let told = "SELECT count(*) FROM events WHERE kind = 'request.phrase_issued'";
        assert_eq!(world.database.count(told).await, 2);
    });
}

#[test]
fn another_phrase_comes_with_all_its_tries() {
    run(async {
        let world = World::new().await;
        let held = Held::at_door(&world).await;
        let holder = world.volunteer_of_a();
        let wrong = if held.phrase == "000000" { "000001" } else { "000000" };
        let complete = |phrase: &str| json!({"outcome": "handed_over", "phrase": phrase});
        for _ in 0..5 {
            held.act(&holder, "complete", complete(wrong)).await.refused(422, "phrase_wrong");
        }
        held.act(&holder, "complete", complete(&held.phrase)).await.refused(422, "phrase_exhausted");
        let path = format!("/v1/requests/{}/phrase", held.request);
        let made = world.coordinator_of_a().post(&path, json!({})).await.expect(201);
        held.act(&holder, "complete", complete(made["phrase"].as_str().unwrap())).await.expect(200);
    });
}

#[test]
fn five_wrong_phrases_leave_the_delivery_to_a_coordinator() {
    run(async {
        let world = World::new().await;
        let held = Held::at_door(&world).await;
        let (holder, coordinator) = (world.volunteer_of_a(), world.coordinator_of_a());
        let wrong = if held.phrase == "000000" { "000001" } else { "000000" };
        let body = json!({"outcome": "handed_over", "phrase": wrong, "fence": held.claim["fence"]});
        let by_hand = json!({"outcome": "handed_over"});
        held.act(&coordinator, "complete", by_hand.clone()).await.refused(422, "phrase_not_exhausted");
        // The same wrong phrase sent twice under one key counts once.
        holder.post(&held.path("complete"), body.clone()).key("one").await.refused(422, "phrase_wrong");
        let again = holder.post(&held.path("complete"), body.clone()).key("one").await;
        assert_eq!(
            (&again.expect(422)["code"], again.header("idempotent-replayed")),
            (&json!("phrase_wrong"), "true")
        );
        for _ in 0..4 {
            held.act(&holder, "complete", body.clone()).await.refused(422, "phrase_wrong");
        }
        let right = json!({"outcome": "handed_over", "phrase": held.phrase});
        held.act(&holder, "complete", right).await.refused(422, "phrase_exhausted");
        let done = held.act(&coordinator, "complete", by_hand).await.expect(200);
        assert_eq!(done["status"], "fulfilled");
    });
}

#[test]
fn leaving_at_the_door_is_proven_by_being_there_or_by_a_photo() {
    run(async {
        let world = World::new().await;
        let holder = world.volunteer_of_a();
        let held = Held::at_door(&world).await;
        let left = |position: Value| json!({"outcome": "left_at_door", "position": position});
        held.act(&holder, "complete", json!({"outcome": "left_at_door"}))
            .await
            .refused(422, "photo_or_position_missing");
        // A block away: some 220 m north of the door.
        let far = left(json!({"lat": 43.240949, "lon": 76.889709}));
        held.act(&holder, "complete", far).await.refused(422, "too_far_from_door");
        let near = left(json!({"lat": 43.239, "lon": 76.8897}));
        let done = held.act(&holder, "complete", near).await.expect(200);
        assert_eq!((&done["status"], &done["acknowledged_at"]), (&json!("fulfilled"), &Value::Null));

        let held = Held::at_door(&world).await;
        let photo = format!("{}?fence={}", held.path("photo"), held.claim["fence"]);
        holder
            .call(reqwest::Method::POST, &photo)
            .bytes("image/jpeg", b"no picture".to_vec())
            .await
            .refused(422, "not_a_photo");
        holder.call(reqwest::Method::POST, &photo).bytes("image/png", picture()).await.expect(201);
        held.act(&holder, "complete", json!({"outcome": "left_at_door"})).await.expect(200);
        let seen = world.coordinator_of_a().get(&held.path("photo")).await;
        assert_eq!((seen.status.as_u16(), seen.header("content-type")), (200, "image/jpeg"));
    });
}

fn picture() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(64, 48, image::Rgb([200, 180, 40]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

#[test]
fn a_claim_or_completion_sent_again_gets_its_first_answer_and_no_second_effect() {
    run(async {
        let world = World::new().await;
        let (request, phrase) = world.open_request().await;
        let holder = world.volunteer_of_a();
        let path = format!("/v1/requests/{request}/claim");
        let first = holder.post(&path, json!({})).key("claim-1").await;
        let claim = first.expect(201);
        let held = Held { request: request.clone(), phrase, claim };
        for _ in 0..3 {
            let again = holder.post(&path, json!({})).key("claim-1").await;
            assert_eq!((again.status, &again.text), (first.status, &first.text));
            assert_eq!(again.header("idempotent-replayed"), "true");
        }
        held.act(&holder, "pick-up", json!({})).await.expect(200);
        held.act(&holder, "arrive", json!({})).await.expect(200);
        let body = json!({"outcome": "handed_over", "phrase": held.phrase, "fence": held.claim["fence"]});
        let first = holder.post(&held.path("complete"), body.clone()).key("done-1").await;
        first.expect(200);
        let again = holder.post(&held.path("complete"), body).key("done-1").await;
        assert_eq!((again.status, &again.text), (first.status, &first.text));
        for (what, sql) in [
            ("claims", "SELECT count(*) FROM claims"),
            ("proofs", "SELECT count(*) FROM proofs"),
            ("claimed events", "SELECT count(*) FROM events WHERE kind = 'request.claimed'"),
            ("completed events", "SELECT count(*) FROM events WHERE kind = 'delivery.completed'"),
        ] {
            assert_eq!(world.database.count(sql).await, 1, "{what}");
        }
        assert_eq!(world.database.count("SELECT sum(active_claims)::bigint FROM volunteers").await, 0);
    });
}

#[test]
fn a_number_that_was_overtaken_neither_completes_nor_opens_the_door() {
    run(async {
        let world = World::new().await;
        let held = Held::at_door(&world).await;
        let revoke = format!("/v1/requests/{}/revoke", held.request);
        world.coordinator_of_a().post(&revoke, json!({})).await.expect(200);
        let done = json!({"outcome": "handed_over", "phrase": held.phrase});
        held.act(&world.volunteer_of_a(), "complete", done.clone()).await.refused(409, "claim_ended");
        let verify = format!("/v1/requests/{}/verify", held.request);
        world.coordinator_of_a().post(&verify, json!({})).await.expect(200);
        let claim = format!("/v1/requests/{}/claim", held.request);
        world.second_volunteer_of_a().post(&claim, json!({})).await.expect(201);
        held.act(&world.volunteer_of_a(), "complete", done).await.refused(409, "stale_fence");
        held.door(&world.volunteer_of_a()).await.refused(409, "door_closed");
    });
}

#[test]
fn the_door_stays_readable_for_the_grace_and_no_longer() {
    run(async {
        let world = World::new().await;
        let held = Held::at_door(&world).await;
        let done = json!({"outcome": "handed_over", "phrase": held.phrase});
        held.act(&world.volunteer_of_a(), "complete", done).await.expect(200);
        held.door(&world.volunteer_of_a()).await.expect(200);
        world.database.ask("UPDATE claims SET ended_at = ended_at - interval '31 minutes'").await;
        held.door(&world.volunteer_of_a()).await.refused(409, "door_closed");
    });
}

#[test]
fn a_call_is_concluded_on_its_claim() {
    run(async {
        let world = World::new().await;
        let household = world.verified_household().await;
        for (outcome, status) in [("reached", "fulfilled"), ("refused", "unfulfilled"), ("no_answer", "open")]
        {
            let body = json!({"household_id": household, "kind": "call"});
            let filed = world.partner_of_a().post("/v1/requests", body).await.expect(201);
            assert!(filed["phrase"].is_null(), "nothing is handed over on the telephone");
            let claim = format!("/v1/requests/{}/claim", filed["id"].as_str().unwrap());
            let claim = world.volunteer_of_a().post(&claim, json!({})).await.expect(201);
            assert!(claim["delivery_id"].is_null());
            let path = format!("/v1/claims/{}/complete", claim["id"].as_str().unwrap());
            let body = json!({"fence": claim["fence"], "outcome": outcome});
            let after = world.volunteer_of_a().post(&path, body).await.expect(200);
            assert_eq!(after["status"], status, "{outcome}");
        }
    });
}

#[test]
fn a_request_can_be_claimed_until_its_extension_ends() {
    run(async {
        let world = World::new().await;
        for (ended, claimed) in [("1 hour", true), ("25 hours", false)] {
            let (request, _) = world.open_request().await;
            let id: domain::id::RequestId = request.parse().unwrap();
            let sql = format!(
                "UPDATE requests SET window_start = now() - interval '3 days', window_end = now() - interval '{ended}' \
                 WHERE id = '{}'",
                id.uuid()
            );
            world.database.ask(&sql).await;
            let answer =
                world.volunteer_of_a().post(&format!("/v1/requests/{request}/claim"), json!({})).await;
            assert_eq!(answer.status.as_u16(), if claimed { 201 } else { 409 }, "{ended}: {}", answer.text);
        }
    });
}

/// The fifth invariant: the log alone tells where everything is.
#[test]
fn every_lifecycle_state_can_be_rebuilt_from_the_log() {
    run(async {
        let world = World::new().await;
        let done = Held::at_door(&world).await;
        let body = json!({"outcome": "handed_over", "phrase": done.phrase});
        done.act(&world.volunteer_of_a(), "complete", body).await.expect(200);
        let failed = Held::at_door(&world).await;
        let body = json!({"outcome": "bad_address"});
        failed.act(&world.volunteer_of_a(), "fail", body).await.expect(200);
        let cancelled = Held::picked_up(&world).await;
        let path = format!("/v1/requests/{}/cancel", cancelled.request);
        world.partner_of_a().post(&path, json!({})).await.expect(200);
        Held::new(&world).await;
        suspend(&world).await;

        let mut rebuilt: BTreeMap<String, String> = BTreeMap::new();
        for row in world.database.ask("SELECT changes FROM events ORDER BY seq").await {
            let changes: Vec<Value> = serde_json::from_str(row[0].as_deref().unwrap()).unwrap();
            for change in changes {
                let text = |field: &str| change[field].as_str().map(str::to_owned);
                let before = rebuilt.insert(text("id").unwrap(), text("to").unwrap());
                // Seeded people were there before the log began.
                if !text("id").unwrap().starts_with("vol_") {
                    assert_eq!(before, text("from"), "{change}");
                }
            }
        }
        let mut compared = 0;
        for (table, prefix) in
            [("requests", "req"), ("claims", "clm"), ("deliveries", "dlv"), ("households", "hh")]
        {
            for row in world.database.ask(&format!("SELECT id, status FROM {table}")).await {
                let id = wire(prefix, row[0].as_deref().unwrap());
                assert_eq!(rebuilt.get(&id), row[1].as_ref(), "{id}");
                compared += 1;
            }
        }
        assert_eq!(compared, 4 * 4);
    });
}

fn wire(prefix: &str, uuid: &str) -> String {
    let uuid = uuid.parse().unwrap();
    let id = domain::id::RequestId::new(uuid).to_string();
    format!("{prefix}{}", id.strip_prefix("req").unwrap())
}
