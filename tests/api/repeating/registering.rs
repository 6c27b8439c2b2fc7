//! Who registers by an invitation is nobody yet, and may still repeat it.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{World, run};

const REGISTER: &str = "/v1/volunteers/register";

async fn invited(world: &World) -> String {
    let until = birgemiz::clock::now() + chrono::TimeDelta::days(1);
    let body = json!({"area_id": world.seeded.area.to_string(), "max_uses": 3, "expires_at": until});
    let made = world.coordinator_of_a().post("/v1/invitations", body).await.expect(201);
    made["code"].as_str().unwrap().to_owned()
}

fn dana(code: &str) -> Value {
    json!({"invitation_code": code, "name": "Dana Omarova", "email": "dana@example.org",
        "password": "correct horse battery staple", "transport": "foot", "capacity_kg": 8.0, "capacity_l": 30.0,
        "radius_m": 3000})
}

#[test]
fn who_was_not_answered_registers_again_and_is_one_volunteer_who_can_log_in() {
    run(async {
        let world = World::new().await;
        let code = invited(&world).await;
        let register = || world.nobody().post(REGISTER, dana(&code)).key("k-1");
        let first = register().await;
        first.expect(201);
        let again = register().await;
        assert_eq!((again.expect(201), again.header("idempotent-replayed")), (first.json(), "true"));
        let used = world.database.count("SELECT uses::bigint FROM invitations").await;
        assert_eq!(used, 1, "one use is spent");
        let login = json!({"email": "dana@example.org", "password": "correct horse battery staple"});
        world.nobody().post("/v1/auth/login", login).await.expect(200);
        // Without a key it is what it always was.
        world.nobody().post(REGISTER, dana(&code)).await.refused(409, "already_exists");
        let kept = world
            .database
            .ask("SELECT caller, encode(fingerprint, 'hex') FROM idempotency_keys WHERE key = 'k-1'");
        let kept = kept.await;
        let bare = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, dana(&code).to_string().as_bytes());
        let bare: String = bare.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!kept[0][0].as_ref().unwrap().contains(&code));
        assert_ne!(
            kept[0][1].as_ref(),
            Some(&bare),
            "a bare digest would be a fast way to guess the password"
        );
    });
}

#[test]
fn a_key_of_somebody_else_who_registers_opens_nothing() {
    run(async {
        let world = World::new().await;
        let (code, another) = (invited(&world).await, invited(&world).await);
        world.nobody().post(REGISTER, dana(&code)).key("k-1").await.expect(201);
        let mut others = vec![dana("WRNG-CODE"), dana(&another), dana(&code), dana(&code)];
        others[2]["email"] = json!("diana@example.org");
        others[3]["password"] = json!("another horse battery staple");
        let told = [
            (422, "invitation_not_valid"),
            (409, "already_exists"),
            (201, ""),
            (422, "idempotency_key_reused"),
        ];
        for (body, (status, code)) in others.into_iter().zip(told) {
            let answer = world.nobody().post(REGISTER, body).key("k-1").await;
            let told = answer.expect(status);
            assert_eq!(answer.header("idempotent-replayed"), "");
            assert!(code.is_empty() || told["code"] == code, "{}", answer.text);
        }
        let volunteers = "SELECT count(*) FROM users WHERE name = 'Dana Omarova'";
        assert_eq!(world.database.count(volunteers).await, 2);
    });
}

#[test]
fn who_guessed_too_often_is_told_to_come_back_by_no_kept_answer() {
    run(async {
        let world = &World::new().await;
        // So many at once that some find the limit reached only when they are counted.
        let guesses = (0..40).map(|number| async move {
            let key = format!("k-{number}");
            world.nobody().post(REGISTER, dana("WRNG-CODE")).key(&key).await.status.as_u16()
        });
        let told = join_all(guesses).await;
        assert_eq!(told.iter().filter(|status| **status == 422).count(), 10, "{told:?}");
        assert!(told.iter().all(|status| [422, 429].contains(status)), "{told:?}");
        assert_eq!(world.database.count("SELECT count(*) FROM idempotency_keys WHERE status = 429").await, 0);
    });
}
