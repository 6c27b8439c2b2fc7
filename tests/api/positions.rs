//! Where volunteers are: it counts at once, is kept soon, and is told by others only where that was agreed.

use birgemiz::storage::presence::Presence;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Caller, World, run};

/// Some 40 km north of everybody's base: too far for the volunteers' radius.
const FAR: f64 = 43.6;
const NEAR: f64 = 43.24;

async fn tell(volunteer: &Caller, lat: f64) -> Answer {
    let place = json!({"lat": lat, "lon": 76.89, "accuracy_m": 12.0});
    volunteer.call(Method::PUT, "/v1/me/position").json(place).await
}

async fn feed(volunteer: &Caller) -> usize {
    let feed = volunteer.get("/v1/me/nearby-requests").await.expect(200);
    feed["nearby"].as_array().unwrap().len()
}

async fn kept(world: &World, volunteer: domain::id::VolunteerId) -> Option<String> {
    let sql = format!("SELECT last_lat FROM volunteer_positions WHERE volunteer_id = '{}'", volunteer.uuid());
    world.database.ask(&sql).await.remove(0).remove(0)
}

async fn until_kept(world: &World, volunteer: domain::id::VolunteerId, lat: &str) {
    let deadline = birgemiz::clock::instant() + std::time::Duration::from_secs(20);
    while kept(world, volunteer).await.as_deref() != Some(lat) {
        assert!(birgemiz::clock::instant() < deadline, "{lat} was not kept");
        world.app().wakeup.wait(std::time::Duration::from_millis(20)).await;
    }
}

#[test]
fn a_place_counts_for_the_very_next_question_and_is_kept_soon_after() {
    run(async {
        let world = World::new().await;
        world.open_request().await;
        let (volunteer, id) = (world.volunteer_of_a(), world.seeded.a.volunteers[0].id);
        assert_eq!(feed(&volunteer).await, 1);
        for turn in 0..20 {
            let (lat, seen) = if turn % 2 == 0 { (FAR, 0) } else { (NEAR, 1) };
            tell(&volunteer, lat).await.expect(204);
            assert_eq!(feed(&volunteer).await, seen, "turn {turn}");
        }
        until_kept(&world, id, "43.24").await;
        let events = "SELECT count(*) FROM events WHERE kind LIKE '%position%'";
        assert_eq!(world.database.count(events).await, 0);
    });
}

#[test]
fn whoever_has_left_is_told_so_and_not_to_try_again() {
    run(async {
        let world = World::new().await;
        let volunteer = world.volunteer_of_a();
        tell(&volunteer, NEAR).await.expect(204);
        volunteer.post("/v1/me/leave", json!({})).await.expect(200);
        world.app().fleet.shows_what_was_written().await;
        assert_eq!(tell(&volunteer, NEAR).await.expect(409)["code"], "wrong_state");
    });
}

#[test]
fn what_else_happens_to_a_volunteer_does_not_put_them_back_where_they_were() {
    run(async {
        let world = World::new().await;
        world.open_request().await;
        let volunteer = world.volunteer_of_a();
        // Nothing is kept while somebody holds the rows, so that memory alone knows the place.
        let (client, connection) =
            tokio_postgres::connect(&world.database.urls.owner, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute("BEGIN; SELECT 1 FROM volunteer_positions FOR UPDATE").await.unwrap();
        tell(&volunteer, FAR).await.expect(204);
        for kilograms in 1..4 {
            let edit = json!({"capacity_kg": 100 + kilograms});
            volunteer.call(Method::PATCH, "/v1/me").json(edit).await.expect(200);
            assert_eq!(feed(&volunteer).await, 0);
        }
        client.batch_execute("ROLLBACK").await.unwrap();
        until_kept(&world, world.seeded.a.volunteers[0].id, "43.6").await;
    });
}

#[test]
fn a_stop_keeps_what_was_told_just_before() {
    run(async {
        let mut world = World::new().await;
        let (volunteer, id) = (world.volunteer_of_a(), world.seeded.a.volunteers[0].id);
        tell(&volunteer, FAR).await.expect(204);
        let stopped = world.stop().await;
        assert!(stopped.is_clean(), "{stopped:?}");
        assert_eq!(kept(&world, id).await.as_deref(), Some("43.6"));
    });
}

#[test]
fn places_off_the_globe_are_refused() {
    run(async {
        let world = World::new().await;
        tell(&world.volunteer_of_a(), 91.0).await.refused(422, "invalid_value");
        tell(&world.coordinator_of_a(), NEAR).await.refused(403, "forbidden");
        assert_eq!(*world.app().database.presence().borrow(), Presence::Here);
    });
}

fn tracked(volunteer: domain::id::VolunteerId, lat: f64) -> Value {
    json!({"volunteer_id": volunteer.to_string(), "position": {"lat": lat, "lon": 76.89}})
}

async fn track(partner: &Caller, positions: Vec<Value>) -> Vec<u64> {
    let body = json!({ "positions": positions });
    let told = partner.post("/v1/positions", body).await.expect(207);
    told["results"].as_array().unwrap().iter().map(|result| result["status"].as_u64().unwrap()).collect()
}

#[test]
fn a_partner_app_tells_only_where_those_are_who_agreed() {
    run(async {
        let world = World::new().await;
        world.open_request().await;
        let (one, other) = (world.seeded.a.volunteers[0].id, world.seeded.a.volunteers[1].id);
        let stranger = world.seeded.b.volunteers[0].id;
        let (volunteer, partner) = (world.volunteer_of_a(), world.partner_of_a());
        assert_eq!(track(&partner, vec![tracked(one, FAR)]).await, [404], "nobody has agreed yet");
        assert_eq!(feed(&volunteer).await, 1);

        let agree = |agrees| json!({ "agrees_to_trackers": agrees });
        for agreeing in [world.volunteer_of_a(), world.volunteer_of_b()] {
            agreeing.call(Method::PATCH, "/v1/me").json(agree(true)).await.expect(200);
        }
        let me = volunteer.get("/v1/me").await.expect(200);
        assert!(me["volunteer"]["trackers_agreed_at"].is_string(), "{me}");
        let all = vec![
            tracked(one, NEAR),
            tracked(other, FAR),
            tracked(stranger, FAR),
            tracked(one, 91.0),
            tracked(one, FAR),
        ];
        assert_eq!(track(&partner, all).await, [202, 404, 404, 422, 202]);
        assert_eq!(feed(&volunteer).await, 0, "the later of two counts");
        assert_eq!(feed(&world.second_volunteer_of_a()).await, 1);
        assert_eq!(feed(&world.volunteer_of_b()).await, 1);
        until_kept(&world, one, "43.6").await;

        volunteer.call(Method::PATCH, "/v1/me").json(agree(false)).await.expect(200);
        assert_eq!(track(&partner, vec![tracked(one, NEAR)]).await, [404]);
        let many = vec![tracked(one, NEAR); 501];
        partner.post("/v1/positions", json!({ "positions": many })).await.refused(422, "invalid_value");
        partner.post("/v1/positions", json!({"positions": []})).await.refused(422, "invalid_value");
        world.coordinator_of_a().post("/v1/positions", json!({})).await.refused(403, "forbidden");
    });
}
