//! Offers: volunteers are asked in waves, the first to accept has it, and nobody is asked beyond what they bear.

use birgemiz::dispatch::drain;
use domain::dispatch::{DispatchPolicy, Record};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Caller, World, run};

/// Has the campaign ask like this, at any hour of the day.
async fn asks(world: &World, mut dispatch: Value) -> DispatchPolicy {
    dispatch["budget"]["quiet_from_minute"] = json!(0);
    dispatch["budget"]["quiet_until_minute"] = json!(0);
    let path = format!("/v1/campaigns/{}/policy", world.seeded.campaign);
    let body = json!({"policy": {"dispatch": dispatch}});
    let told = world.administrator_of_a().call(Method::PUT, &path).json(body).await.expect(200);
    serde_json::from_value(told["policy"]["dispatch"].clone()).unwrap()
}

/// Everybody at once, at any hour and however often they were asked: so high a goal in so little time.
fn everybody() -> Value {
    let patience = json!({"match_within_s": 60, "size_max": 40});
    json!({"mode": "waves", "target_percent": 99, "match_within_s": 60, "patience": patience})
}

async fn offered(volunteer: &Caller) -> Vec<Value> {
    let listed = volunteer.get("/v1/me/offers").await.expect(200);
    listed["data"].as_array().unwrap().clone()
}

async fn pursued(world: &World) {
    drain(world.app()).await;
}

fn path(offer: &Value, verb: &str) -> String {
    format!("/v1/offers/{}/{verb}", offer["id"].as_str().unwrap())
}

async fn told(caller: &Caller, kind: &str) -> usize {
    let told = caller.get(&format!("/v1/events?type={kind}")).await.expect(200);
    told["data"].as_array().unwrap().len()
}

/// Has whatever is open offered to everybody who may, at any hour, and nobody asked any more afterwards.
pub(crate) async fn offer_everything(world: &World) {
    let mode = |mode: &str| {
        format!(
            "UPDATE policies SET body = jsonb_set(body, '{{dispatch}}', '{{\"mode\": \"{mode}\", \
             \"target_percent\": 99, \"match_within_s\": 60, \
             \"patience\": {{\"match_within_s\": 60, \"size_max\": 40}}, \
             \"budget\": {{\"quiet_from_minute\": 0, \"quiet_until_minute\": 0}}}}'::jsonb)"
        )
    };
    // What was written just now is in memory afterwards.
    drain(world.app()).await;
    world.database.ask(&mode("waves")).await;
    drain(world.app()).await;
    world.database.ask(&mode("self_claim")).await;
}

/// The offer that this volunteer can answer, by the id that they are told.
pub(crate) async fn first_offer(volunteer: &Caller) -> String {
    offered(volunteer).await[0]["id"].as_str().unwrap().to_owned()
}

/// The same, of a request of this kind.
pub(crate) async fn offer_of(volunteer: &Caller, kind: &str) -> String {
    let open = offered(volunteer).await;
    let found = open.iter().find(|offer| offer["request"]["kind"] == kind);
    found.unwrap_or_else(|| panic!("no {kind} in {open:?}"))["id"].as_str().unwrap().to_owned()
}

#[test]
fn of_all_who_are_asked_the_first_to_accept_has_it_and_the_others_are_told() {
    run(async {
        let world = World::new().await;
        asks(&world, everybody()).await;
        let (request, _) = world.open_request().await;
        pursued(&world).await;
        let (first, second) = (world.volunteer_of_a(), world.volunteer_of_b());
        let (mine, theirs) = (offered(&first).await, offered(&second).await);
        assert_eq!((mine.len(), theirs.len()), (1, 1), "{mine:?} {theirs:?}");
        assert_eq!(mine[0]["request"]["request_id"], json!(request));
        assert!(
            mine[0]["request"]["coarse_point"]["lat"].is_number() && mine[0]["travel_minutes"].is_number()
        );
        let coordinator = world.coordinator_of_a();
        let dispatch = format!("/v1/requests/{request}/dispatch");
        let seen = coordinator.get(&dispatch).await.expect(200);
        assert_eq!((&seen["status"], &seen["waits_for"]), (&json!("pursued"), &json!("for_answers")));
        assert_eq!(seen["decisions"][0]["wave"], 1);
        assert_eq!(seen["decisions"][0]["offers"].as_array().unwrap().len(), 4, "{seen}");

        second.post(&path(&mine[0], "accept"), json!({})).await.refused(404, "not_found");
        let claim = first.post(&path(&mine[0], "accept"), json!({})).await.expect(201);
        assert_eq!((&claim["request_id"], &claim["source"]), (&json!(request), &json!("offer")));
        assert_eq!(offered(&second).await, Vec::<Value>::new());
        assert_eq!((told(&first, "offer.accepted").await, told(&second, "offer.withdrawn").await), (1, 1));
        assert_eq!(told(&first, "offer.withdrawn").await, 0, "that others were asked is not theirs to know");
        second.post(&path(&theirs[0], "accept"), json!({})).await.refused(409, "offer_ended");
        second
            .post(&path(&theirs[0], "decline"), json!({"reason": "not_now"}))
            .await
            .refused(409, "offer_ended");
        let after = coordinator.get(&dispatch).await.expect(200);
        let mut statuses: Vec<&str> = after["decisions"][0]["offers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|offer| offer["status"].as_str().unwrap())
            .collect();
        statuses.sort_unstable();
        assert_eq!(statuses, ["accepted", "withdrawn", "withdrawn", "withdrawn"]);
        world.coordinator_of_b().get(&dispatch).await.refused(404, "not_found");
    });
}

#[test]
fn a_claim_by_whoever_else_or_a_cancellation_ends_all_offers_in_the_same_transaction() {
    run(async {
        let world = World::new().await;
        asks(&world, everybody()).await;
        let (claimed, _) = world.open_request().await;
        let (cancelled, _) = world.open_request().await;
        pursued(&world).await;
        let left = "SELECT count(*) FROM offers WHERE status = 'sent'";
        assert_eq!(world.database.count(left).await, 8);
        // One who was asked claims it as if they had not been; their offer counts as accepted.
        world.volunteer_of_a().post(&format!("/v1/requests/{claimed}/claim"), json!({})).await.expect(201);
        assert_eq!(world.database.count(left).await, 4);
        let accepted = "SELECT count(*) FROM offers WHERE status = 'accepted'";
        assert_eq!(world.database.count(accepted).await, 1);
        let off = json!({"reason": "no need"});
        world.coordinator_of_a().post(&format!("/v1/requests/{cancelled}/cancel"), off).await.expect(200);
        assert_eq!(world.database.count(left).await, 0);
        pursued(&world).await;
        assert_eq!(world.database.count(left).await, 0, "what has ended is offered to nobody");
        let told = "SELECT count(*) FROM events WHERE kind = 'offer.withdrawn'";
        assert_eq!(world.database.count(told).await, 7);
        // The database itself refuses an offer of what is not open.
        let sql = "INSERT INTO offers SELECT gen_random_uuid(), organisation_id, area_id, request_id, \
            volunteer_organisation_id, gen_random_uuid(), decision_id, 1, 'sent', NULL, known, policy_version, sent_at, \
            expires_at FROM offers LIMIT 1";
        let refused = crate::support::postgres::try_ask(&world.database.urls.owner, sql).await.unwrap_err();
        let why = refused.as_db_error().and_then(|error| error.constraint()).map(str::to_owned);
        assert_eq!(why.as_deref(), Some("offers_of_open_requests"));
    });
}

#[test]
fn one_after_another_is_asked_and_declining_has_the_next_one_asked() {
    run(async {
        let world = World::new().await;
        asks(&world, json!({"mode": "exclusive"})).await;
        let (request, _) = world.open_request().await;
        let everyone = [world.volunteer_of_a(), world.second_volunteer_of_a(), world.volunteer_of_b()];
        let mut reasons = ["too_far", "unwell", "other", "not_now"].into_iter();
        let mut asked = 0;
        for wave in 1..=4 {
            pursued(&world).await;
            let open = "SELECT count(*) FROM offers WHERE status = 'sent'";
            assert_eq!(world.database.count(open).await, 1, "wave {wave}");
            for volunteer in &everyone {
                for offer in offered(volunteer).await {
                    let reason = json!({"reason": reasons.next().unwrap()});
                    let body = volunteer.post(&path(&offer, "decline"), reason.clone()).await.expect(200);
                    assert_eq!((&body["status"], &body["reason"]), (&json!("declined"), &reason["reason"]));
                    asked += 1;
                }
            }
            if world.database.count(open).await == 1 {
                // The second volunteer of organisation B, whom no world calls as.
                break;
            }
        }
        assert!(asked >= 1);
        let twice = "SELECT count(*) FROM (SELECT 1 FROM offers GROUP BY volunteer_id HAVING count(*) > 1) t";
        assert_eq!(world.database.count(twice).await, 0);
        let silly = json!({"reason": "lazy"});
        let offer = json!({"id": "off_01jd9x0q3vfhz8w2k5m7n6t4ra"});
        everyone[0].post(&path(&offer, "decline"), silly).await.refused(422, "invalid_value");
        assert_eq!(
            world.coordinator_of_a().get(&format!("/v1/requests/{request}")).await.expect(200)["status"],
            "open"
        );
    });
}

#[test]
fn nobody_is_asked_beyond_their_budget_however_many_servers_ask() {
    run(async {
        let world = World::new().await;
        let mut policy = everybody();
        policy["budget"] = json!({"per_day": 2, "per_week": 2, "kept_for_urgent": 0});
        asks(&world, policy).await;
        for _ in 0..6 {
            world.open_request().await;
        }
        let other = world.beside(|_| {}).await;
        tokio::join!(drain(world.app()), drain(other.app()), drain(world.app()));
        drain(other.app()).await;
        let most = "SELECT max(count) FROM (SELECT count(*) FROM offers GROUP BY volunteer_id) t";
        assert_eq!(world.database.count(most).await, 2);
        assert_eq!(
            world.database.count("SELECT count(*) FROM offers").await,
            8,
            "and everyone as often as they may"
        );
        let waits = "SELECT count(*) FROM pursuits WHERE waits_for = 'for_somebody_free'";
        assert!(world.database.count(waits).await >= 2);
    });
}

#[test]
fn a_coordinator_is_called_when_everyone_was_asked_and_every_decision_can_be_made_again() {
    run(async {
        let world = World::new().await;
        let policy = asks(&world, everybody()).await;
        let (request, _) = world.open_request().await;
        pursued(&world).await;
        // As if the four hours were over.
        let past = "UPDATE offers SET sent_at = sent_at - interval '5 hours', expires_at = expires_at - interval '5 hours'";
        world.database.ask(past).await;
        world
            .database
            .ask(
                "UPDATE pursuits SET next_due = next_due - interval '5 hours', \
                            last_wave_at = last_wave_at - interval '5 hours'",
            )
            .await;
        pursued(&world).await;
        let coordinator = world.coordinator_of_a();
        let seen = coordinator.get(&format!("/v1/requests/{request}/dispatch")).await.expect(200);
        assert_eq!(
            (&seen["status"], &seen["waits_for"]),
            (&json!("escalated"), &json!("everyone_was_asked")),
            "{seen}"
        );
        assert_eq!(seen["decisions"][0]["offers"][0]["status"], "expired");
        assert_eq!(told(&coordinator, "request.escalated").await, 1);
        assert_eq!(told(&coordinator, "offer.expired").await, 4);
        let filed = coordinator.get(&format!("/v1/requests/{request}")).await.expect(200);
        assert!(filed["escalated_at"].is_string() && filed["status"] == "open", "{filed}");
        let kept = world.database.ask("SELECT record::text FROM dispatch_decisions ORDER BY id").await;
        assert_eq!(kept.len(), 2);
        for row in kept {
            let record: Record = serde_json::from_str(row[0].as_deref().unwrap()).unwrap();
            assert!(record.recomputes(&policy), "{record:?}");
        }
        let unlearnt = "SELECT count(*) FROM offers WHERE NOT is_learnt";
        assert_eq!(world.database.count(unlearnt).await, 0, "and the estimates have taken it in");
        let exposed = "SELECT count(*) FROM volunteer_tallies WHERE (tally->>'exposure')::bigint > 0";
        assert_eq!(world.database.count(exposed).await, 4);
    });
}

#[test]
fn at_night_nobody_is_asked() {
    run(async {
        let world = World::new().await;
        let path = format!("/v1/campaigns/{}/policy", world.seeded.campaign);
        // All day but the minute before it ends is night.
        let night = |until: u32| {
            json!({"policy": {"dispatch": {"mode": "waves", "budget":
            {"quiet_from_minute": until + 1, "quiet_until_minute": until}}}})
        };
        let minute = "SELECT (extract(hour FROM t) * 60 + extract(minute FROM t))::bigint \
                      FROM (SELECT clock_timestamp() AT TIME ZONE 'Asia/Almaty' AS t) t";
        let now = u32::try_from(world.database.count(minute).await).unwrap();
        let body = night((now + 720) % 1439);
        world.administrator_of_a().call(Method::PUT, &path).json(body).await.expect(200);
        world.open_request().await;
        pursued(&world).await;
        assert_eq!(world.database.count("SELECT count(*) FROM offers").await, 0);
        let waits = "SELECT count(*) FROM pursuits WHERE waits_for = 'for_morning'";
        assert_eq!(world.database.count(waits).await, 1);
    });
}

#[test]
fn only_campaigns_that_ask_have_anybody_asked() {
    run(async {
        let world = World::new().await;
        let (request, _) = world.open_request().await;
        pursued(&world).await;
        assert_eq!(world.database.count("SELECT count(*) FROM pursuits").await, 0);
        let seen =
            world.coordinator_of_a().get(&format!("/v1/requests/{request}/dispatch")).await.expect(200);
        assert_eq!((&seen["status"], &seen["decisions"]), (&json!("not_pursued"), &json!([])));
        let path = format!("/v1/campaigns/{}/policy", world.seeded.campaign);
        let body = json!({"policy": {"dispatch": {"rounds": {"shortest_s": 900, "longest_s": 600}}}});
        let refused = world.administrator_of_a().call(Method::PUT, &path).json(body).await;
        let flaws = refused.refused(422, "invalid_value");
        assert_eq!(flaws["errors"][0]["pointer"], "/policy/dispatch/rounds/longest_s");
    });
}
