//! What is most worth stealing is for those who showed a moment ago who they are.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::letters::{code_in, letters};
use crate::support::{Answer, Caller, World, run};

const STEP_UP: &str = "/v1/auth/step-up";

/// Everybody is logged in since long ago: their sessions last, and they showed who they are six minutes ago.
async fn long_ago(world: &World) {
    world.database.ask("UPDATE sessions SET authenticated_at = now() - interval '301 seconds'").await;
}

async fn logged_in(world: &World, email: &str) -> Caller {
    let body = json!({"email": email, "password": World::PASSWORD});
    let session = world.nobody().post("/v1/auth/login", body).await.expect(200);
    world.nobody().with_token(session["access_token"].as_str().unwrap())
}

fn by_password(caller: &Caller, password: &str) -> impl Future<Output = Answer> {
    caller.post(STEP_UP, json!({"password": password})).into_future()
}

#[test]
fn an_export_asks_for_the_password_again_after_five_minutes() {
    run(async {
        let world = World::new().await;
        let coordinator = logged_in(&world, "coordinator@a.example").await;
        let other = logged_in(&world, "coordinator@a.example").await;
        coordinator.get("/v1/exports/volunteers").await.expect(200);
        long_ago(&world).await;
        for list in ["households", "volunteers", "requests"] {
            coordinator.get(&format!("/v1/exports/{list}")).await.refused(403, "step_up_required");
        }
        coordinator.get("/v1/volunteers").await.expect(200);
        by_password(&coordinator, "not the password at all").await.refused(401, "wrong_credentials");
        coordinator.get("/v1/exports/volunteers").await.refused(403, "step_up_required");
        by_password(&coordinator, World::PASSWORD).await.expect(200);
        coordinator.get("/v1/exports/households").await.expect(200);
        // It is this session's, and no other's of the same person.
        other.get("/v1/exports/households").await.refused(403, "step_up_required");
        let told = "SELECT count(*) FROM events WHERE kind = 'user.stepped_up'";
        assert_eq!(world.database.count(told).await, 1);
    });
}

#[test]
fn who_may_log_in_and_partners_secrets_ask_for_it_too_and_nothing_is_changed() {
    run(async {
        let world = World::new().await;
        let administrator = world.administrator_of_a();
        long_ago(&world).await;
        let (user, partner) = (world.seeded.a.coordinator.user, world.seeded.a.partner);
        let person = json!({
            "organisation_id": world.seeded.a.id.to_string(), "role": "administrator", "name": "Mallory",
            "email": "mallory@example.org"
        });
        let app = json!({
            "organisation_id": world.seeded.a.id.to_string(), "campaign_id": world.seeded.campaign.to_string(),
            "name": "Mallory", "scopes": ["requests:read"]
        });
        let acts: [(String, Value); 5] = [
            ("/v1/users".to_owned(), person.clone()),
            (format!("/v1/users/{user}/password-link"), json!({})),
            (format!("/v1/users/{user}/disable"), json!({})),
            ("/v1/partners".to_owned(), app),
            (format!("/v1/partners/{partner}/secret"), json!({})),
        ];
        for (path, body) in &acts {
            administrator.post(path, body.clone()).await.refused(403, "step_up_required");
        }
        assert_eq!(world.database.count("SELECT count(*) FROM users WHERE name = 'Mallory'").await, 0);
        world.database.ask("UPDATE sessions SET authenticated_at = now() - interval '290 seconds'").await;
        administrator.post("/v1/users", person).await.expect(201);
    });
}

#[test]
fn erasing_somebody_asks_for_it_too() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let id = world.verified_household().await;
        let erase = format!("/v1/households/{id}/erase");
        long_ago(&world).await;
        // Whoever may not do it at all is told nothing of steps.
        world.coordinator_of_b().post(&erase, json!({"reason": "asked"})).await.refused(404, "not_found");
        coordinator.post(&erase, json!({"reason": "asked"})).await.refused(403, "step_up_required");
        assert_eq!(
            world.database.count("SELECT count(*) FROM households WHERE erased_at IS NOT NULL").await,
            0
        );
        by_password(&coordinator, World::PASSWORD).await.expect(200);
        coordinator.post(&erase, json!({"reason": "asked"})).await.expect(200);
    });
}

#[test]
fn who_has_no_password_at_hand_steps_up_by_a_code_of_their_own() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        long_ago(&world).await;
        let mut codes = Vec::new();
        for (number, email) in ["coordinator@b.example", "coordinator@a.example"].into_iter().enumerate() {
            world.nobody().post("/v1/auth/codes", json!({"email": email})).await.expect(200);
            codes.push(code_in(&letters(&world, number as i64 + 1).await[number]));
        }
        let show = |code: &str| coordinator.post(STEP_UP, json!({"code": code})).into_future();
        if codes[0] != codes[1] {
            show(&codes[0]).await.refused(401, "wrong_credentials");
        }
        show(&codes[1]).await.expect(200);
        coordinator.get("/v1/exports/volunteers").await.expect(200);
        show(&codes[1]).await.refused(401, "wrong_credentials");
    });
}

#[test]
fn guesses_count_as_at_the_log_in_and_an_ended_session_steps_up_to_nothing() {
    run(async {
        let world = World::new().await;
        let coordinator = logged_in(&world, "coordinator@a.example").await;
        let mut refused = 0;
        while refused < 25 {
            let answer = by_password(&coordinator, "guessed, and guessed").await;
            if answer.status == 429 {
                break;
            }
            answer.refused(401, "wrong_credentials");
            refused += 1;
        }
        assert!((10..=20).contains(&refused), "{refused}: ten, unless a quarter of an hour ended in between");
        if refused == 10 {
            by_password(&coordinator, World::PASSWORD).await.refused(429, "too_many_attempts");
        }
        let body = json!({"email": "coordinator@b.example", "password": World::PASSWORD});
        let session = world.nobody().post("/v1/auth/login", body).await.expect(200);
        let ended = world.nobody().with_token(session["access_token"].as_str().unwrap());
        let id = session["session_id"].as_str().unwrap();
        ended.call(Method::DELETE, &format!("/v1/me/sessions/{id}")).await.expect(204);
        by_password(&ended, World::PASSWORD).await.refused(401, "unauthenticated");
        let (nobody, partner) = (world.nobody(), world.partner_of_a());
        by_password(&nobody, World::PASSWORD).await.refused(401, "unauthenticated");
        by_password(&partner, World::PARTNER_SECRET).await.refused(403, "forbidden");
        for body in [json!({}), json!({"password": "a", "code": "123456"}), json!({"code": "12"})] {
            coordinator.post(STEP_UP, body).await.refused(422, "invalid_value");
        }
    });
}
