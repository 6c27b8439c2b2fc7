//! Sessions are listed, and end: what they begin to do is refused at once, and what they read within a second.

use std::time::Duration;

use birgemiz::clock;
use reqwest::Method;
use serde_json::{Value, json};

use super::{LoggedIn, ends, renew, text, with_passwords};
use crate::support::{Caller, World, run};

const ADMINISTRATOR: &str = "administrator@a.example";
const COORDINATOR: &str = "coordinator@a.example";
const VOLUNTEER: &str = "volunteer@a.example";

/// What is remembered of a caller is remembered for a minute, unless the log tells otherwise.
const MUCH_LESS: Duration = Duration::from_secs(20);

async fn listed(caller: &Caller, path: &str) -> Vec<Value> {
    caller.get(path).await.expect(200)["data"].as_array().unwrap().clone()
}

/// Reads again and again until that is refused.
async fn refused_soon(caller: &Caller, path: &str) {
    let begun = clock::instant();
    let mut looks = tokio::time::interval(Duration::from_millis(20));
    loop {
        looks.tick().await;
        let answer = caller.get(path).await;
        if answer.status == 401 {
            answer.refused(401, "unauthenticated");
            return;
        }
        assert!(clock::since(begun) < MUCH_LESS, "{path} is still read: {}", answer.text);
    }
}

#[test]
fn a_person_sees_where_they_are_logged_in_and_ends_what_they_do_not_know() {
    run(async {
        let world = World::new().await;
        let here = LoggedIn::on(&world, COORDINATOR, "Firefox on a desk").await;
        let there = LoggedIn::on(&world, COORDINATOR, &"x".repeat(300)).await;
        let found = listed(&here.caller, "/v1/me/sessions").await;
        let told: Vec<(&str, &str, bool)> = found
            .iter()
            .map(|row| {
                let device = row["device"].as_str().unwrap_or_default();
                (row["id"].as_str().unwrap(), device, row["is_this_one"].as_bool().unwrap())
            })
            .collect();
        let long = "x".repeat(200);
        assert!(told.contains(&(&here.id, "Firefox on a desk", true)), "{told:?}");
        assert!(told.contains(&(&there.id, &long, false)), "{told:?}");
        let first = listed(&here.caller, "/v1/me/sessions?limit=1").await;
        assert_eq!(first.len(), 1);

        there.caller.get("/v1/me").await.expect(200);
        let end = |id: &str| here.caller.call(Method::DELETE, &format!("/v1/me/sessions/{id}"));
        end(&there.id).await.expect(204);
        let act = there.caller.post("/v1/households", world.household());
        act.await.refused(401, "unauthenticated");
        there.caller.get("/v1/me").await.refused(401, "unauthenticated");
        renew(&world.nobody(), &there.refresh_token).await.refused(401, "wrong_credentials");
        assert!(!listed(&here.caller, "/v1/me/sessions").await.iter().any(|row| row["id"] == there.id));
        end(&there.id).await.refused(404, "not_found");
        assert_eq!(ends(&world, world.seeded.a.coordinator.user.uuid()).await, ["ended_by_person"]);

        end(&here.id).await.expect(204);
        here.caller.get("/v1/me").await.refused(401, "unauthenticated");
    });
}

#[test]
fn nobody_ends_the_sessions_of_others() {
    run(async {
        let world = World::new().await;
        let coordinator = LoggedIn::on(&world, COORDINATOR, "one").await;
        let path = format!("/v1/me/sessions/{}", coordinator.id);
        for other in [world.coordinator_of_b(), world.administrator_of_a(), world.volunteer_of_a()] {
            other.call(Method::DELETE, &path).await.refused(404, "not_found");
        }
        world.partner_of_a().call(Method::DELETE, &path).await.refused(403, "forbidden");
        world.partner_of_a().get("/v1/me/sessions").await.refused(403, "forbidden");
        let user = world.seeded.a.coordinator.user;
        for other in [world.coordinator_of_b(), world.coordinator_of_a(), world.volunteer_of_a()] {
            let all = other.call(Method::DELETE, &format!("/v1/users/{user}/sessions"));
            all.await.refused(403, "forbidden");
            other.get(&format!("/v1/users/{user}/sessions")).await.refused(403, "forbidden");
        }
        let volunteer = world.seeded.a.volunteers[0].id;
        let all =
            world.coordinator_of_b().call(Method::DELETE, &format!("/v1/volunteers/{volunteer}/sessions"));
        all.await.refused(404, "not_found");
        coordinator.caller.get("/v1/me").await.expect(200);
    });
}

#[test]
fn administrators_log_anybody_out_and_coordinators_their_volunteers() {
    run(async {
        let world = World::new().await;
        with_passwords(&world).await;
        let (user, volunteer) = (world.seeded.a.coordinator.user, world.seeded.a.volunteers[0]);
        let coordinator = LoggedIn::on(&world, COORDINATOR, "one").await;
        let path = format!("/v1/users/{user}/sessions");
        let seen = listed(&world.administrator_of_a(), &path).await;
        assert!(seen.iter().any(|row| row["id"] == coordinator.id && row["is_this_one"] == false));
        world.administrator_of_a().call(Method::DELETE, &path).await.expect(204);
        coordinator.caller.get("/v1/me").await.refused(401, "unauthenticated");
        world.coordinator_of_a().get("/v1/me").await.refused(401, "unauthenticated");
        assert_eq!(listed(&world.administrator_of_a(), &path).await.len(), 0);
        // Twice is once.
        world.administrator_of_a().call(Method::DELETE, &path).await.expect(204);
        assert_eq!(ends(&world, user.uuid()).await, ["ended_by_staff"]);

        let again = LoggedIn::on(&world, COORDINATOR, "one").await;
        let lost = LoggedIn::on(&world, VOLUNTEER, "a telephone").await;
        let path = format!("/v1/volunteers/{}/sessions", volunteer.id);
        again.caller.call(Method::DELETE, &path).await.expect(204);
        lost.caller
            .call(Method::PUT, "/v1/me/duty")
            .json(json!({"on": false}))
            .await
            .refused(401, "unauthenticated");
        assert_eq!(ends(&world, volunteer.person.user.uuid()).await, ["ended_by_staff"]);
    });
}

#[test]
fn what_is_answered_from_memory_ends_with_the_session_in_every_process() {
    run(async {
        let world = World::new().await;
        with_passwords(&world).await;
        let beside = world.beside(|_| {}).await;
        let (mine, path) = (LoggedIn::on(&world, VOLUNTEER, "one").await, "/v1/me/nearby-requests");
        let stolen = LoggedIn::on(&world, VOLUNTEER, "two").await;
        let elsewhere = beside.called_by(&stolen.caller);
        for caller in [&mine.caller, &stolen.caller, &elsewhere] {
            caller.get(path).await.expect(200);
        }
        mine.caller.call(Method::DELETE, &format!("/v1/me/sessions/{}", stolen.id)).await.expect(204);
        refused_soon(&stolen.caller, path).await;
        refused_soon(&elsewhere, path).await;
        mine.caller.get(path).await.expect(200);

        // Whoever logs out is nobody to us; all the same.
        let body = json!({"refresh_token": mine.refresh_token});
        world.nobody().post("/v1/auth/logout", body).await.expect(204);
        refused_soon(&mine.caller, path).await;
    });
}

#[test]
fn another_password_and_a_disabled_account_end_every_session() {
    run(async {
        let world = World::new().await;
        let (user, administrator) = (world.seeded.a.coordinator.user, world.administrator_of_a());
        let before = LoggedIn::on(&world, COORDINATOR, "one").await;
        let made =
            administrator.post(&format!("/v1/users/{user}/password-link"), json!({})).await.expect(201);
        let link = text(&made, "password_link");
        let body = json!({"token": link.split_once('#').unwrap().1, "password": World::PASSWORD});
        let after = world.nobody().post("/v1/auth/password", body).await.expect(200);
        let after = LoggedIn::of(&world, &after);
        before.caller.get("/v1/me").await.refused(401, "unauthenticated");
        renew(&world.nobody(), &before.refresh_token).await.refused(401, "wrong_credentials");
        after.caller.get("/v1/me").await.expect(200);

        administrator.post(&format!("/v1/users/{user}/disable"), json!({})).await.expect(200);
        after.caller.get("/v1/me").await.refused(401, "unauthenticated");
        renew(&world.nobody(), &after.refresh_token).await.refused(401, "wrong_credentials");
        let open =
            format!("SELECT count(*) FROM sessions WHERE ended_at IS NULL AND user_id = '{}'", user.uuid());
        assert_eq!(world.database.count(&open).await, 0);
        let told = "SELECT count(*) FROM events WHERE kind = 'user.disabled' AND changes @> '[{\"object\": \"session\", \"to\": \"ended\"}]'";
        assert_eq!(world.database.count(told).await, 1);
        assert_eq!(ends(&world, user.uuid()).await, ["password_changed"]);
    });
}

#[test]
fn what_has_run_out_long_ago_is_forgotten_and_nothing_else() {
    run(async {
        let world = World::new().await;
        let lasts = LoggedIn::on(&world, ADMINISTRATOR, "one").await;
        LoggedIn::on(&world, COORDINATOR, "old").await;
        let aged = "UPDATE sessions SET expires_at = now() - interval '31 days' WHERE device = 'old'; \
                    UPDATE refresh_tokens t SET expires_at = s.expires_at FROM sessions s WHERE s.id = t.family_id";
        world.database.ask(aged).await;
        let app = world.app();
        for _ in 0..2 {
            birgemiz::actions::perform_as_system(app, birgemiz::actions::forget::Forget).await.unwrap();
        }
        let left = "SELECT count(*) FROM sessions WHERE device IS NOT NULL";
        assert_eq!(world.database.count(left).await, 1);
        assert_eq!(world.database.count("SELECT count(*) FROM refresh_tokens").await, 1);
        lasts.caller.get("/v1/me").await.expect(200);
        renew(&world.nobody(), &lasts.refresh_token).await.expect(200);
    });
}
