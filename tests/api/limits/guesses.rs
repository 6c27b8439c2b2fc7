//! Guessing passwords, secrets and invitation codes.

use std::time::Duration;

use birgemiz::storage::Caller as Anybody;
use birgemiz::storage::tables::attempts::{self, Limit};
use birgemiz::storage::unit::Opening;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Caller, World, run};

fn log_in(caller: &Caller, email: &str, password: impl Into<Value>) -> impl Future<Output = Answer> {
    caller.post("/v1/auth/login", json!({"email": email, "password": password.into()})).into_future()
}

/// A problem without what differs from call to call.
fn told(answer: &Answer) -> Value {
    let mut problem = answer.json();
    problem["request_id"] = Value::Null;
    problem
}

/// Guesses are counted by quarters of an hour. One that ended meanwhile would let everybody begin anew.
async fn with_time_left(world: &World) {
    let left = "SELECT 900 - floor(extract(epoch FROM clock_timestamp()))::bigint % 900";
    let mut looks = tokio::time::interval(Duration::from_millis(500));
    while world.database.count(left).await < 60 {
        looks.tick().await;
    }
}

fn is_held_up(answer: &Answer) {
    answer.refused(429, "too_many_attempts");
    let wait: u32 = answer.header("retry-after").parse().unwrap();
    assert!((1..=900).contains(&wait), "{wait}");
}

#[test]
fn after_ten_wrong_passwords_no_other_is_tried_whether_there_is_such_an_account_or_not() {
    run(async {
        let world = World::new().await;
        with_time_left(&world).await;
        let nobody = world.nobody();
        for _ in 0..10 {
            let known = log_in(&nobody, "coordinator@a.example", "not the password").await;
            let unknown = log_in(&nobody, "nobody@a.example", "not the password").await;
            known.refused(401, "wrong_credentials");
            assert_eq!(told(&known), told(&unknown));
        }
        for email in ["coordinator@a.example", "COORDINATOR@A.example", "nobody@a.example"] {
            is_held_up(&log_in(&nobody, email, World::PASSWORD).await);
        }
        log_in(&nobody, "coordinator@b.example", World::PASSWORD).await.expect(200);
    });
}

#[test]
fn a_crowd_of_guesses_at_once_is_told_of_ten_that_they_are_wrong() {
    run(async {
        let world = World::new().await;
        with_time_left(&world).await;
        let nobody = world.nobody();
        let crowd = (0..30).map(|number| log_in(&nobody, "coordinator@a.example", format!("guess {number}")));
        let answers = join_all(crowd).await;
        let wrong = answers.iter().filter(|answer| answer.status == 401).count();
        assert_eq!(wrong, 10);
        answers.iter().filter(|answer| answer.status != 401).for_each(is_held_up);
    });
}

/// However many have looked before any of them was counted.
#[test]
fn of_many_guesses_that_are_counted_at_once_no_more_than_the_limit_are_let_through() {
    run(async {
        let world = World::new().await;
        with_time_left(&world).await;
        let database = world.app().database.clone();
        let limit = Limit { subject: b"somebody".to_vec(), most: 10 };
        let crowd = (0..30).map(async |_| {
            let opening = Opening { caller: Anybody::Nobody, call_id: "guess".to_owned(), key: None };
            let mut transaction = database.begin(opening.caller).await.unwrap();
            let mut unit = transaction.open(&opening).await.unwrap();
            let counted = attempts::count(&mut unit, &limit).await.unwrap();
            transaction.commit().await.unwrap();
            counted
        });
        let let_through = join_all(crowd).await.into_iter().filter(|counted| *counted).count();
        assert_eq!(let_through, 10);
    });
}

#[test]
fn who_logs_in_is_not_counted() {
    run(async {
        let world = World::new().await;
        for _ in 0..12 {
            log_in(&world.nobody(), "coordinator@a.example", World::PASSWORD).await.expect(200);
        }
        assert_eq!(world.database.count("SELECT count(*) FROM login_attempts").await, 0);
    });
}

fn ask_for_token(world: &World, secret: &str, forwarded_for: &str) -> impl Future<Output = Answer> {
    let id = world.seeded.a.partner;
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let call = world.nobody().call(Method::POST, "/v1/auth/token");
    call.bytes("application/x-www-form-urlencoded", form)
        .header("x-forwarded-for", forwarded_for)
        .into_future()
}

/// A hundred wrong secrets, which all come from this machine, whatever their headers say.
async fn guess_a_hundred_secrets(world: &World) {
    for number in 0..100 {
        let from = format!("203.0.113.{number}");
        ask_for_token(world, "bps_guess", &from).await.refused(401, "wrong_credentials");
    }
}

#[test]
fn a_header_that_no_proxy_of_ours_wrote_hides_nobody() {
    run(async {
        let world = World::new().await;
        with_time_left(&world).await;
        guess_a_hundred_secrets(&world).await;
        for from in ["198.51.100.1", "127.0.0.1", ""] {
            is_held_up(&ask_for_token(&world, World::PARTNER_SECRET, from).await);
        }
    });
}

#[test]
fn behind_a_trusted_proxy_everybody_is_counted_by_their_own_address() {
    run(async {
        let proxy = "127.0.0.0/8".parse().unwrap();
        let world = World::with(|settings| settings.trusted_proxies = Some(proxy)).await;
        with_time_left(&world).await;
        guess_a_hundred_secrets(&world).await;
        for _ in 0..100 {
            let spoofed = "192.0.2.9, 198.51.100.1";
            ask_for_token(&world, "bps_guess", spoofed).await.refused(401, "wrong_credentials");
        }
        is_held_up(&ask_for_token(&world, World::PARTNER_SECRET, "198.51.100.1").await);
        ask_for_token(&world, World::PARTNER_SECRET, "192.0.2.9").await.expect(200);
    });
}

#[test]
fn invitation_codes_cannot_be_tried_one_after_another() {
    run(async {
        let world = World::new().await;
        with_time_left(&world).await;
        let register = |code: String| {
            let body = json!({
                "invitation_code": code, "name": "Dana", "email": "dana@example.org", "password": World::PASSWORD,
                "languages": ["ru"], "transport": "foot", "capacity_kg": 8.0, "capacity_l": 30.0, "radius_m": 5000
            });
            world.nobody().post("/v1/volunteers/register", body)
        };
        for number in 0..10 {
            register(format!("AAAA-000{number}")).await.refused(422, "invitation_not_valid");
        }
        is_held_up(&register("AAAA-BBBB".to_owned()).await);
        assert_eq!(world.database.count("SELECT count(*) FROM users WHERE name = 'Dana'").await, 0);
    });
}
