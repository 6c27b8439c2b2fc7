//! Nothing of a sandbox reaches anybody real, and nothing real reaches it: not near a door, in no list, count, metric,
//! call, event or export, and not across a campaign.

use birgemiz::actions::{Call, read};
use birgemiz::clock;
use birgemiz::storage::views::{call_lists, vitals};
use serde_json::{Value, json};

use super::{Sandbox, text};
use crate::support::{Caller, World, run};

/// What everybody is shown of one thing, as one text.
async fn all_that_is_told(caller: &Caller, paths: &[&str]) -> String {
    let mut told = String::new();
    for path in paths {
        let answer = caller.get(path).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text);
        told.push_str(&answer.text);
    }
    told
}

async fn until_memory_knows(world: &World) {
    world.app().fleet.catch_up(&world.app().database).await.unwrap();
}

const OF_A_COORDINATOR: [&str; 10] = [
    "/v1/households?limit=200",
    "/v1/requests?limit=200",
    "/v1/requests/summary",
    "/v1/volunteers?limit=200",
    "/v1/calls",
    // Told anew each second, or in a file.
    "/v1/requests/queue?limit=200",
    "/v1/events?limit=200",
    "/v1/exports/households",
    "/v1/exports/volunteers",
    "/v1/exports/requests",
];

#[test]
fn whoever_is_near_sees_and_takes_their_own_side_only() {
    run(async {
        let world = World::new().await;
        let sandbox = Sandbox::new(&world).await;
        let (real, _) = world.open_request().await;
        // At the very same door.
        let fictional = sandbox.open_request(&world, Value::Null).await;
        until_memory_knows(&world).await;

        let feed = "/v1/me/nearby-requests?limit=200";
        let seen_by_real = world.volunteer_of_a().get(feed).await.expect(200).to_string();
        assert!(seen_by_real.contains(&real) && !seen_by_real.contains(&fictional), "{seen_by_real}");
        let seen_in_sandbox = sandbox.volunteer.get(feed).await.expect(200).to_string();
        assert!(
            seen_in_sandbox.contains(&fictional) && !seen_in_sandbox.contains(&real),
            "{seen_in_sandbox}"
        );

        let claim = |request: &str| format!("/v1/requests/{request}/claim");
        world.volunteer_of_a().post(&claim(&fictional), json!({})).await.refused(404, "not_found");
        sandbox.volunteer.post(&claim(&real), json!({})).await.refused(404, "not_found");

        let candidates = |request: &str| format!("/v1/requests/{request}/candidates");
        let for_real = world.coordinator_of_a().get(&candidates(&real)).await.expect(200);
        let for_fictional = sandbox.coordinator.get(&candidates(&fictional)).await.expect(200);
        let is_of_sandbox = |candidate: &Value| {
            let id = text(&candidate["volunteer_id"]);
            sandbox.roster.volunteers.iter().any(|volunteer| volunteer.id.to_string() == id)
        };
        let of = |found: &Value| found["data"].as_array().unwrap().clone();
        assert!(!of(&for_real).is_empty() && !of(&for_real).iter().any(is_of_sandbox), "{for_real}");
        assert!(
            !of(&for_fictional).is_empty() && of(&for_fictional).iter().all(is_of_sandbox),
            "{for_fictional}"
        );
    });
}

#[test]
fn no_list_event_export_count_or_gauge_tells_of_it() {
    run(async {
        let world = World::new().await;
        world.open_request().await;
        let coordinator = world.coordinator_of_a();
        let before = all_that_is_told(&coordinator, &OF_A_COORDINATOR[..5]).await;
        let summary = format!("/v1/areas/{}/summary", world.seeded.area);
        let areas = all_that_is_told(&coordinator, &[&summary]).await;
        let page = world.nobody().get("/").off_contract().await.text;
        let gauges = gauges(&world).await;

        let sandbox = Sandbox::new(&world).await;
        let fictional = sandbox.open_request(&world, Value::Null).await;
        // Much comes due there.
        sandbox.advance(27 * 3600).await;
        until_memory_knows(&world).await;

        assert_eq!(all_that_is_told(&coordinator, &OF_A_COORDINATOR[..5]).await, before);
        assert_eq!(all_that_is_told(&coordinator, &[&summary]).await, areas);
        assert_eq!(world.nobody().get("/").off_contract().await.text, page);
        assert_eq!(self::gauges(&world).await, gauges);
        let inside = all_that_is_told(&sandbox.coordinator, &OF_A_COORDINATOR).await;
        assert!(inside.contains(&fictional));
        let foreign: Vec<String> = sandbox
            .roster
            .volunteers
            .iter()
            .map(|volunteer| volunteer.id.to_string())
            .chain([
                fictional,
                sandbox.roster.organisations[0].id.to_string(),
                sandbox.roster.area_id.to_string(),
            ])
            .collect();
        let administrator = world.administrator_of_a();
        let told = all_that_is_told(&coordinator, &OF_A_COORDINATOR).await
            + &all_that_is_told(&world.partner_of_a(), &["/v1/events?limit=200", "/v1/requests?limit=200"])
                .await
            + &all_that_is_told(&administrator, &["/v1/events?limit=200"]).await;
        for id in foreign {
            assert!(!told.contains(&id), "{id} is told of");
        }
        // Nobody real is called about anybody there.
        coordinator.post("/v1/calls/next", json!({})).await.expect(204);
        // Whoever runs the deployment is told which is which.
        let listed = administrator.get("/v1/organisations?limit=200").await.expect(200);
        let marked = |organisation: &&Value| organisation["is_sandbox"] == true;
        assert_eq!(listed["data"].as_array().unwrap().iter().filter(marked).count(), 1);
    });
}

/// What operators are woken by.
async fn gauges(world: &World) -> String {
    read(world.app(), &Call::by_system(), async |unit| {
        let by_status = vitals::requests_by_status(unit).await?;
        let by_status: Vec<_> = by_status.iter().map(|count| (count.status.clone(), count.count)).collect();
        let (vitals, calls) = (vitals::vitals(unit).await?, call_lists::vitals(unit).await?);
        // Waiting grows by itself, though not by an hour.
        let hours =
            (vitals.oldest_open_s / 3600.0, vitals.oldest_held_s / 3600.0, calls.oldest_due_s / 3600.0);
        Ok(format!(
            "{by_status:?} {} {} {:.0} {:.0} {:.0}",
            vitals.leases_overdue, calls.due, hours.0, hours.1, hours.2
        ))
    })
    .await
    .unwrap()
}

#[test]
fn webhooks_carry_it_to_nobody_else() {
    run(async {
        let world = World::new().await;
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        for caller in [world.administrator_of_a(), world.coordinator_of_a(), world.partner_of_a()] {
            let body = json!({"url": format!("http://{free}/")});
            caller.post("/v1/webhook-endpoints", body).await.expect(201);
        }
        let sandbox = Sandbox::new(&world).await;
        sandbox.open_request(&world, Value::Null).await;
        sandbox.advance(3 * 3600).await;
        // What happens after all that is on its way, so what happened before was passed over.
        let (real, _) = world.open_request().await;
        let of_real = format!(
            "SELECT count(DISTINCT m.endpoint_id) FROM webhook_messages m JOIN events e ON e.id = m.event_id \
             WHERE m.kind = 'request.submitted' AND e.organisation_id = '{}'",
            world.seeded.a.id.uuid()
        );
        let began = clock::instant();
        while world.database.count(&of_real).await < 2 {
            assert!(clock::since(began).as_secs() < 60, "{real} reached nobody's queue");
            world.app().wakeup.wait(std::time::Duration::from_millis(200)).await;
        }
        let fictional = "SELECT count(*) FROM webhook_messages m JOIN events e ON e.id = m.event_id \
            JOIN organisations o ON o.id = e.organisation_id WHERE o.is_sandbox";
        assert_eq!(world.database.count(fictional).await, 0);
    });
}

#[test]
fn no_organisation_joins_a_sandbox_and_a_sandbox_joins_none() {
    run(async {
        let world = World::new().await;
        let sandbox = Sandbox::new(&world).await;
        let administrator = world.administrator_of_a();
        let join = |campaign: String| format!("/v1/campaigns/{campaign}/organisations");
        let own = join(sandbox.roster.campaign_id.to_string());
        let body = json!({"organisation_id": world.seeded.a.id});
        administrator.post(&own, body).await.refused(422, "invalid_value");
        let body = json!({"organisation_id": sandbox.roster.organisations[0].id});
        administrator
            .post(&join(world.seeded.campaign.to_string()), body)
            .await
            .refused(422, "invalid_value");
        // What a sandbox leads is a sandbox, whoever enters it.
        let body = json!({"organisation_id": sandbox.roster.organisations[0].id, "name": "Another"});
        let led = administrator.post("/v1/campaigns", body).await.expect(201);
        assert_eq!(led["is_sandbox"], true);
        // And the database lets no row join the two.
        let mixed = format!(
            "INSERT INTO campaign_organisations (campaign_id, organisation_id, joined_at, is_sandbox) \
             VALUES ('{}', '{}', now(), true)",
            sandbox.roster.campaign_id.uuid(),
            world.seeded.a.id.uuid()
        );
        assert!(crate::support::postgres::try_ask(&world.database.urls.owner, &mixed).await.is_err());
    });
}
