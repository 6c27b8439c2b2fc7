//! What is sent, to whom, how often, and in which order.

use serde_json::{Value, json};

use super::receiver::{Arrival, BROKEN, Manner, Receiver};
use super::{endpoint, kinds, let_time_pass, path_of, read_until, register};
use crate::support::{World, run};

#[test]
fn an_event_arrives_signed_and_a_failed_attempt_is_repeated_with_the_same_id() {
    run(async {
        let world = World::new().await;
        let receiver = Receiver::start(&[BROKEN]).await;
        let made = endpoint(&world, &receiver, &["household.registered"]).await;
        let secret = made["secret"].as_str().unwrap();
        let household = world.partner_of_a().post("/v1/households", world.household()).await.expect(201);
        let arrived = receiver.until("it came twice", |arrived| arrived.len() >= 2).await;
        assert_eq!(arrived[0].id(), arrived[1].id());
        assert_eq!(arrived[0].body, arrived[1].body);
        assert!(
            arrived[1].sent_at() >= arrived[0].sent_at() + 5,
            "five seconds later, with the time of then"
        );
        for attempt in &arrived {
            assert!(attempt.is_signed_for(secret));
            assert!(!attempt.is_signed_for("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        }
        let told = arrived[0].json();
        assert_eq!(told["type"], "household.registered");
        assert_eq!(told["data"]["object"]["id"], household["id"]);
        let listed = world.partner_of_a().get("/v1/events?type=household.registered").await.expect(200);
        assert_eq!(told["data"], listed["data"][0], "the same that the feed tells");
        assert_eq!(told["timestamp"], told["data"]["at"]);
        assert_eq!(arrived[0].id(), told["data"]["id"].as_str().unwrap());
        let path = format!("{}/attempts", path_of(&made));
        let two = |seen: &Value| seen["data"].as_array().unwrap().len() == 2;
        let attempts = read_until(&world.partner_of_a(), &path, "both attempts are told", two).await;
        assert_eq!(
            (&attempts["data"][0]["status"], &attempts["data"][0]["number"]),
            (&json!(500), &json!(1))
        );
        assert_eq!(attempts["data"][1]["outcome"], "delivered");
        world.partner_of_b().get(&path_of(&made)).await.refused(404, "not_found");
        world.coordinator_of_a().get(&path_of(&made)).await.refused(404, "not_found");
    });
}

#[test]
fn whoever_receives_is_told_what_its_owner_may_know_and_no_more() {
    run(async {
        let world = World::new().await;
        let (app, organisation, other) =
            (Receiver::start(&[]).await, Receiver::start(&[]).await, Receiver::start(&[]).await);
        endpoint(&world, &app, &["request.*", "claim.*"]).await;
        super::endpoint_of(&world.coordinator_of_a(), &organisation, &["request.*", "claim.*"]).await;
        super::endpoint_of(&world.coordinator_of_b(), &other, &[]).await;
        let (request, _) = world.open_request().await;
        world.volunteer_of_a().post(&format!("/v1/requests/{request}/claim"), json!({})).await.expect(201);
        world.coordinator_of_b().get("/v1/events").await.expect(200);
        let expected = ["request.submitted", "request.claimed"];
        let (seen_by_app, seen_by_organisation) = (app.has_taken(2).await, organisation.has_taken(2).await);
        assert_eq!(kinds(&seen_by_app), expected);
        assert_eq!(kinds(&seen_by_organisation), expected);
        let volunteer = |arrival: &Arrival| arrival.json()["data"].get("volunteer_id").is_some();
        assert!(volunteer(&seen_by_organisation[1]), "an organisation knows who came");
        assert!(!volunteer(&seen_by_app[1]), "a partner app does not");
        let own = |arrived: Vec<Arrival>| kinds(&arrived).iter().all(|kind| kind.starts_with("webhook."));
        assert!(own(other.arrived()), "nothing of another organisation but its own endpoint's making");
    });
}

#[test]
fn events_of_one_request_keep_their_order_although_the_first_fails_and_others_go_on() {
    run(async {
        let world = World::new().await;
        let household = world.verified_household().await;
        let receiver = Receiver::start(&[Manner::Reset]).await;
        let made = endpoint(&world, &receiver, &["request.*"]).await;
        let partner = world.partner_of_a();
        let filed = partner.post("/v1/requests", world.request(&household)).await.expect(201);
        let late = filed["id"].as_str().unwrap();
        receiver.until("the first failed", |arrived| arrived.len() == 1).await;
        let cancel = format!("/v1/requests/{late}/cancel");
        partner.post(&cancel, json!({"reason": "not needed"})).await.expect(200);
        let filed = partner.post("/v1/requests", world.request(&household)).await.expect(201);
        receiver.has_taken(1).await;
        let_time_pass(&world, &made, 2).await;
        let taken = receiver.has_taken(3).await;
        let about = |arrival: &Arrival| arrival.json()["data"]["object"]["id"].as_str().unwrap().to_owned();
        assert_eq!(about(&taken[0]), filed["id"].as_str().unwrap(), "another request does not wait");
        assert_eq!([about(&taken[1]), about(&taken[2])], [late, late]);
        assert_eq!(kinds(&taken[1..]), ["request.submitted", "request.cancelled"]);
    });
}

#[test]
fn whoever_is_gone_is_disabled_and_told_and_what_waits_comes_when_enabled() {
    run(async {
        let world = World::new().await;
        let (partner, watcher) = (world.partner_of_a(), Receiver::start(&[]).await);
        let receiver = Receiver::start(&[Manner::Answer("HTTP/1.1 410 Gone\r\n")]).await;
        let made = endpoint(&world, &receiver, &["household.registered"]).await;
        endpoint(&world, &watcher, &["webhook.disabled"]).await;
        register(&world, 1).await;
        let path = path_of(&made);
        let disabled = |seen: &Value| seen["status"] == "disabled";
        let seen = read_until(&partner, &path, "it is disabled", disabled).await;
        assert_eq!(seen["disabled_reason"], "gone");
        let told = watcher.has_taken(1).await;
        assert_eq!(
            told[0].json()["data"]["object"]["id"],
            made["id"],
            "another endpoint of the owner hears of it"
        );
        assert_eq!(told[0].json()["data"]["reason"], "gone");
        let listed = partner.get("/v1/events?type=webhook.disabled").await.expect(200);
        assert_eq!(listed["data"][0], told[0].json()["data"]);
        partner.post(&format!("{path}/test"), json!({})).await.refused(409, "wrong_state");
        register(&world, 2).await;
        assert_eq!(receiver.arrived().len(), 1, "nothing is sent to who is disabled");
        partner.post(&format!("{path}/enable"), json!({})).await.expect(200);
        receiver.has_taken(3).await;
        partner.call(reqwest::Method::DELETE, &path).await.expect(204);
        partner.get(&path).await.refused(404, "not_found");
    });
}

#[test]
fn a_long_replay_goes_on_where_the_last_one_ended() {
    run(async {
        let world = World::new().await;
        let (partner, receiver) = (world.partner_of_a(), Receiver::start(&[]).await);
        let path = path_of(&endpoint(&world, &receiver, &["household.*"]).await);
        // Two of each moment, and at the end of the first ten thousand a moment that both belong to.
        let sql = "INSERT INTO webhook_messages (endpoint_id, event_id, organisation_id, kind, at, xid, seq, object_key, \
                                                 state, next_attempt_at) \
             SELECT e.id, gen_random_uuid(), e.organisation_id, 'household.registered', \
                    timestamptz '2026-01-01 00:00:00.5+00' + (n + 1) / 2 * interval '1 second', 1, n, gen_random_uuid(), \
                    'delivered', now() FROM webhook_endpoints e, generate_series(0, 10004) n";
        world.database.ask(sql).await;
        let replay = format!("{path}/replay");
        let of = |from: &Value| json!({"from": from, "until": "2026-02-01T00:00:00Z"});
        let first = partner.post(&replay, of(&json!("2026-01-01T00:00:00Z"))).await.expect(202);
        assert_eq!((&first["replayed"], &first["has_more"]), (&json!(10_001), &json!(true)));
        // Delivered again, they are the oldest once more.
        world.database.ask("UPDATE webhook_messages SET state = 'delivered'").await;
        let second = partner.post(&replay, of(&first["next_from"])).await.expect(202);
        assert_eq!((&second["replayed"], &second["has_more"]), (&json!(4), &json!(false)));
        assert!(second.get("next_from").is_none());
    });
}

#[test]
fn a_replay_repeats_what_was_delivered_with_the_same_ids_and_a_test_comes_to_who_asked() {
    run(async {
        let world = World::new().await;
        let (partner, receiver, other) =
            (world.partner_of_a(), Receiver::start(&[]).await, Receiver::start(&[]).await);
        let path = path_of(&endpoint(&world, &receiver, &["household.*"]).await);
        endpoint(&world, &other, &[]).await;
        let test = partner.post(&format!("{path}/test"), json!({})).await.expect(202);
        let households = register(&world, 3).await;
        let verify = format!("/v1/households/{}/verify", households[0]);
        world.coordinator_of_a().post(&verify, json!({})).await.expect(200);
        let arrived = receiver.has_taken(5).await;
        let ids = |arrived: &[Arrival], kind: &str| -> Vec<String> {
            let of_kind = arrived.iter().filter(|one| one.json()["type"] == kind);
            of_kind.map(|one| one.id().to_owned()).collect()
        };
        assert_eq!(ids(&arrived, "webhook.test"), [test["event_id"].as_str().unwrap()]);
        let delivered = |seen: &Value| seen["data"].as_array().unwrap().len() == 5;
        read_until(&partner, &format!("{path}/attempts"), "all is recorded", delivered).await;
        let between = |from: &str, until: &str| json!({"from": from, "until": until, "events": ["household.registered"]});
        let replay = format!("{path}/replay");
        let earlier = between("2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z");
        assert_eq!(partner.post(&replay, earlier).await.expect(202)["replayed"], 0);
        let backwards = between("2100-01-01T00:00:00Z", "2020-01-01T00:00:00Z");
        partner.post(&replay, backwards).await.refused(422, "invalid_value");
        let all = between("2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z");
        assert_eq!(partner.post(&replay, all).await.expect(202)["replayed"], 3);
        let again = receiver.has_taken(8).await;
        let (mut first, mut second) =
            (ids(&arrived, "household.registered"), ids(&again[5..], "household.registered"));
        first.sort();
        second.sort();
        assert_eq!(first, second);
        assert!(ids(&other.arrived(), "webhook.test").is_empty());
    });
}
