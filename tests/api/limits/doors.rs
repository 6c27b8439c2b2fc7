//! Doors: as many as a helper needs, and too few for a collector.

use birgemiz::demo::build_sandbox;
use domain::actor::Role;
use futures_util::future::join_all;
use serde_json::json;

use crate::servers::{Bugs, Orders, ServerProcess};
use crate::support::seed::Person;
use crate::support::{Answer, World, run};

async fn allow(world: &World, doors: u32) {
    let sql = format!(
        "UPDATE policies SET body = body
            || '{{\"volunteer_doors_per_hour\": {doors}, \"coordinator_doors_per_hour\": {doors}}}'"
    );
    world.database.ask(&sql).await;
}

async fn households(world: &World, many: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..many {
        let made = world.partner_of_a().post("/v1/households", world.household()).await.expect(201);
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    ids
}

fn is_used_up(answer: &Answer) {
    answer.refused(429, "quota_exceeded");
    assert!(!answer.text.contains("Raushan"), "{}", answer.text);
    let wait: u32 = answer.header("retry-after").parse().unwrap();
    assert!((3_500..=3_601).contains(&wait), "{wait}");
}

async fn alarms(world: &World, kind: &str) -> i64 {
    world.database.count(&format!("SELECT count(*) FROM events WHERE kind = '{kind}'")).await
}

#[test]
fn a_coordinator_who_collects_doors_is_stopped_and_an_alarm_goes_off() {
    run(async {
        let world = World::new().await;
        allow(&world, 3).await;
        let doors = households(&world, 8).await;
        let coordinator = world.coordinator_of_a();
        // All at once: whoever comes first, three are opened.
        let reads =
            doors.iter().map(|id| coordinator.get(&format!("/v1/households/{id}/door")).into_future());
        let answers = join_all(reads).await;
        let opened: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(opened.len(), 3);
        answers.iter().filter(|answer| answer.status != 200).for_each(is_used_up);
        assert_eq!(alarms(&world, "user.doors_used_up").await, 1);

        // What was opened may be opened again, and the app that filed them all is not concerned.
        let again = opened[0].json()["household_id"].as_str().unwrap().to_owned();
        coordinator.get(&format!("/v1/households/{again}/door")).await.expect(200);
        for id in &doors {
            world.partner_of_a().get(&format!("/v1/households/{id}/door")).await.expect(200);
        }
        // Nor does an export spend it: that has a budget of its own.
        world.database.ask("DELETE FROM door_readings").await;
        let export = coordinator.get("/v1/exports/households").await;
        assert_eq!(export.status, 200);
        coordinator.get(&format!("/v1/households/{again}/door")).await.expect(200);
        assert_eq!(alarms(&world, "user.doors_used_up").await, 1);
    });
}

#[test]
fn a_volunteer_opens_as_many_doors_in_an_hour_as_the_policy_says() {
    run(async {
        let world = World::new().await;
        allow(&world, 1).await;
        let volunteer = world.volunteer_of_a();
        let mut claims = Vec::new();
        for _ in 0..2 {
            let (request, _) = world.open_request().await;
            let claim = volunteer.post(&format!("/v1/requests/{request}/claim"), json!({})).await.expect(201);
            claims.push(format!(
                "/v1/claims/{}/door?fence={}",
                claim["id"].as_str().unwrap(),
                claim["fence"]
            ));
        }
        volunteer.get(&claims[0]).await.expect(200);
        is_used_up(&volunteer.get(&claims[1]).await);
        volunteer.get(&claims[0]).await.expect(200);
        assert_eq!(alarms(&world, "volunteer.doors_used_up").await, 1);

        // An hour later there is room again.
        world.database.ask("UPDATE door_readings SET at = at - interval '1 hour'").await;
        volunteer.get(&claims[1]).await.expect(200);
        assert_eq!(world.database.count("SELECT count(*) FROM door_readings").await, 3);
    });
}

#[test]
fn whoever_takes_all_doors_away_is_known_and_may_not_do_it_without_end() {
    run(async {
        let world = World::new().await;
        world.database.ask("UPDATE policies SET body = body || '{\"coordinator_exports_per_day\": 2}'").await;
        households(&world, 3).await;
        let coordinator = world.coordinator_of_a();
        // All at once: two are taken, whoever comes first.
        let answers = join_all((0..5).map(|_| coordinator.get("/v1/exports/households").into_future())).await;
        let taken = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(taken, 2);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            answer.refused(429, "quota_exceeded");
            assert!(!answer.text.contains("Raushan"), "{}", answer.text);
            let wait: u32 = answer.header("retry-after").parse().unwrap();
            assert!((86_300..=86_401).contains(&wait), "{wait}");
        }
        assert_eq!(alarms(&world, "user.doors_exported").await, 2);
        let told = coordinator.get("/v1/events?type=user.*").await.expect(200);
        assert_eq!(told["data"].as_array().map(Vec::len), Some(2), "their colleagues are told: {told}");
        // Other lists hold no door, other people have a budget of their own, and tomorrow is another day.
        coordinator.get("/v1/exports/requests").await.expect(200);
        world.coordinator_of_b().get("/v1/exports/households").await.expect(200);
        world.database.ask("UPDATE door_readings SET at = at - interval '1 day'").await;
        coordinator.get("/v1/exports/households").await.expect(200);
        world.database.ask("UPDATE policies SET body = body || '{\"coordinator_exports_per_day\": 0}'").await;
        world.coordinator_of_b().get("/v1/exports/households").await.refused(429, "quota_exceeded");
    });
}

#[test]
fn an_operator_who_calls_household_after_household_spends_the_same_budget() {
    run(async {
        let world = World::new().await;
        allow(&world, 2).await;
        let awake = "UPDATE policies SET body = jsonb_set(body, '{calls}', \
            '{\"quiet_from_minute\": 0, \"quiet_until_minute\": 0}'::jsonb)";
        world.database.ask(awake).await;
        for _ in 0..3 {
            let (request, _) = world.open_request().await;
            let called = json!({"request_id": request});
            world.coordinator_of_a().post("/v1/calls", called).await.expect(201);
        }
        let operator = world.coordinator_of_a();
        for _ in 0..2 {
            let call = operator.post("/v1/calls/next", json!({})).await.expect(200);
            let outcome = format!("/v1/calls/{}/outcome", call["id"].as_str().unwrap());
            operator.post(&outcome, json!({"outcome": "reached"})).await.expect(200);
        }
        is_used_up(&operator.post("/v1/calls/next", json!({})).await);
        assert_eq!(alarms(&world, "user.doors_used_up").await, 1);
        // The call waits for somebody else.
        let waits = operator.get("/v1/calls?status=waiting").await.expect(200);
        assert_eq!(waits["data"].as_array().map(Vec::len), Some(1), "{waits}");
    });
}

/// How often the alarm went off that calls somebody.
async fn calls_for_somebody(server: &ServerProcess) -> String {
    let metrics = reqwest::Client::builder().no_proxy().build().unwrap();
    let told = metrics.get(format!("{}/metrics", server.url)).send().await.unwrap().text().await.unwrap();
    let line = told.lines().find(|line| line.starts_with("birgemiz_door_budgets_used_up_total "));
    line.and_then(|line| line.split(' ').next_back()).unwrap_or("not told").to_owned()
}

#[test]
fn nobody_is_called_for_doors_that_were_collected_in_a_sandbox() {
    run(async {
        let world = World::new().await;
        let roster = build_sandbox(world.app(), "Hotline 1414").await.unwrap();
        world.log_everybody_in().await;
        allow(&world, 1).await;
        // A process of its own, whose counters no other test moves.
        let orders = Orders {
            urls: &world.database.urls,
            secrets: world.secrets(),
            pool: 8,
            pool_wait_ms: 30_000,
            bugs: Bugs::NONE,
            crash_point: String::new(),
            log: None,
        };
        let server = ServerProcess::start_with(&orders).unwrap();
        let in_sandbox = Person { user: roster.organisations[0].coordinator_id, role: Role::Coordinator };
        let mut there = world.household();
        there["area_id"] = json!(roster.area_id);
        for (partner, coordinator, household, called) in [
            (world.partner(roster.client_id), world.person(in_sandbox), there, "0"),
            (world.partner_of_a(), world.coordinator_of_a(), world.household(), "1"),
        ] {
            let made = partner.post("/v1/households", household).await.expect(201);
            let door = format!("/v1/households/{}/door", made["id"].as_str().unwrap());
            coordinator.at(&server.url).get(&door).await.expect(200);
            assert_eq!(calls_for_somebody(&server).await, called);
        }
        assert_eq!(alarms(&world, "user.doors_used_up").await, 2, "each organisation is told of its own");
    });
}
