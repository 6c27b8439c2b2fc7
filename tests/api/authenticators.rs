//! Authenticators: what coordinators and administrators show beside their password, and who must.

use aws_lc_rs::hmac;
use birgemiz::clock;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::letters::{code_in, letters, token_in};
use crate::support::{Answer, Caller, World, run};

const MINE: &str = "/v1/me/authenticator";
const CONFIRM: &str = "/v1/me/authenticator/confirm";
const EMAIL: &str = "coordinator@a.example";

/// An app on somebody's telephone, written from RFC 6238 and RFC 4226 and nothing of ours.
pub(crate) struct App {
    key: Vec<u8>,
}

impl App {
    /// Reads RFC 4648's base 32.
    pub(crate) fn knowing(secret: &str) -> Self {
        let (mut key, mut bits, mut have) = (Vec::new(), 0_u32, 0);
        for letter in secret.bytes() {
            let value = match letter {
                b'A'..=b'Z' => letter - b'A',
                b'2'..=b'7' => letter - b'2' + 26,
                _ => panic!("no base 32: {secret}"),
            };
            (bits, have) = (bits << 5 | u32::from(value), have + 5);
            if have >= 8 {
                have -= 8;
                key.push((bits >> have) as u8);
                bits &= (1 << have) - 1;
            }
        }
        Self { key }
    }

    fn at(&self, second: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.key);
        let step = second.div_euclid(30).to_be_bytes();
        let digest = hmac::sign(&key, &step);
        let digest = digest.as_ref();
        let place = usize::from(digest[19] & 15);
        let number = u32::from_be_bytes(digest[place..place + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }

    /// What it shows now.
    pub(crate) fn code(&self) -> String {
        self.in_s(0)
    }

    fn in_s(&self, seconds: i64) -> String {
        self.at(clock::now().timestamp() + seconds)
    }

    /// Six digits that it shows neither now nor soon.
    fn not_shown(&self) -> String {
        let shown: Vec<String> = (-3..=3).map(|steps| self.in_s(steps * 30)).collect();
        (0..).map(|n| format!("{n:06}")).find(|code| !shown.contains(code)).unwrap()
    }
}

#[test]
fn the_app_of_these_tests_shows_what_rfc_6238_says() {
    // Appendix B; of its eight digits the last six.
    let app = App::knowing("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert_eq!(app.key, b"12345678901234567890");
    for (second, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
        assert_eq!(app.at(second), code);
    }
}

/// Half a minute goes by, as the app and the service see it: the code that was shown is not the newest any more.
async fn later(world: &World) {
    world.database.ask("UPDATE authenticators SET last_step = 0").await;
}

fn log_in(world: &World, email: &str, code: Option<&str>) -> impl Future<Output = Answer> {
    let mut body = json!({"email": email, "password": World::PASSWORD});
    if let Some(code) = code {
        body["authenticator_code"] = json!(code);
    }
    world.nobody().post("/v1/auth/login", body).into_future()
}

fn by(world: &World, session: &Value) -> Caller {
    world.nobody().with_token(session["access_token"].as_str().unwrap())
}

/// Somebody sets up an authenticator. Answers it, and how that was answered.
async fn set_up(caller: &Caller) -> (App, Value) {
    let begun = caller.post(MINE, json!({})).await.expect(200);
    let secret = begun["authenticator_secret"].as_str().unwrap();
    let url = begun["authenticator_url"].as_str().unwrap();
    assert!(
        url.starts_with("otpauth://totp/Birgemiz:") && url.contains(&format!("secret={secret}")),
        "{url}"
    );
    let app = App::knowing(secret);
    assert_eq!(app.key.len(), 20);
    let confirmed = caller.post(CONFIRM, json!({"authenticator_code": app.code()})).await.expect(200);
    (app, confirmed)
}

async fn events(world: &World, kind: &str) -> i64 {
    world.database.count(&format!("SELECT count(*) FROM events WHERE kind = '{kind}'")).await
}

#[test]
fn whoever_set_one_up_is_asked_for_its_codes_and_each_is_good_once() {
    run(async {
        let world = World::new().await;
        let before = by(&world, &log_in(&world, EMAIL, None).await.expect(200));
        // Begun is not confirmed: nobody is asked for what their telephone may never have got.
        let first = before.post(MINE, json!({})).await.expect(200);
        log_in(&world, EMAIL, None).await.expect(200);
        let stale = App::knowing(first["authenticator_secret"].as_str().unwrap());
        before
            .post(CONFIRM, json!({"authenticator_code": stale.not_shown()}))
            .await
            .refused(401, "wrong_authenticator_code");
        let (app, confirmed) = set_up(&before).await;
        assert_ne!(app.key, stale.key, "another takes its place");
        assert_eq!(confirmed["recovery_codes"].as_array().unwrap().len(), 10);
        before.get("/v1/me").await.refused(401, "unauthenticated");
        world.coordinator_of_a().get("/v1/me").await.refused(401, "unauthenticated");
        by(&world, &confirmed).get("/v1/me").await.expect(200);

        log_in(&world, EMAIL, None).await.refused(401, "authenticator_code_required");
        let shown = app.code();
        log_in(&world, EMAIL, Some(&shown)).await.refused(401, "wrong_authenticator_code");
        later(&world).await;
        let (first, rest) = shown.split_at(3);
        let spaced = format!("{first} {rest}");
        log_in(&world, EMAIL, Some(&spaced)).await.expect(200);
        log_in(&world, EMAIL, Some(&shown)).await.refused(401, "wrong_authenticator_code");
        // What it showed before what was used is no better, and a telephone half a minute ahead is good.
        log_in(&world, EMAIL, Some(&app.in_s(30))).await.expect(200);
        log_in(&world, EMAIL, Some(&app.code())).await.refused(401, "wrong_authenticator_code");
        later(&world).await;
        for far in [-120, 120] {
            log_in(&world, EMAIL, Some(&app.in_s(far))).await.refused(401, "wrong_authenticator_code");
        }
        // A wrong password tells nothing of it.
        let body =
            json!({"email": EMAIL, "password": "not the password at all", "authenticator_code": app.code()});
        world.nobody().post("/v1/auth/login", body).await.refused(401, "wrong_credentials");
        assert_eq!(events(&world, "user.authenticator_enrolled").await, 1);
        by(&world, &confirmed).post(MINE, json!({})).await.refused(409, "wrong_state");
    });
}

#[test]
fn of_one_code_shown_by_many_at_once_there_is_one_session() {
    run(async {
        let world = World::new().await;
        let (app, _) = set_up(&world.coordinator_of_a()).await;
        later(&world).await;
        let code = app.code();
        let all = join_all((0..8).map(|_| log_in(&world, EMAIL, Some(&code)))).await;
        let let_in = all.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(let_in, 1, "{:?}", all.iter().map(|answer| answer.status).collect::<Vec<_>>());
    });
}

#[test]
fn letters_links_and_steps_up_ask_for_it_too_and_what_is_asked_for_uses_nothing_up() {
    run(async {
        let world = World::new().await;
        let (app, session) = set_up(&world.coordinator_of_a()).await;
        let redeem = |body: Value| world.nobody().post("/v1/auth/codes/redeem", body).into_future();
        world.nobody().post("/v1/auth/codes", json!({"email": EMAIL})).await.expect(200);
        let mut body = json!({"email": EMAIL, "code": code_in(&letters(&world, 1).await[0])});
        redeem(body.clone()).await.refused(401, "authenticator_code_required");
        later(&world).await;
        body["authenticator_code"] = json!(app.code());
        redeem(body).await.expect(200);

        world.nobody().post("/v1/auth/codes", json!({"email": EMAIL, "form": "link"})).await.expect(200);
        let mut body = json!({"token": token_in(&letters(&world, 2).await[1])});
        redeem(body.clone()).await.refused(401, "authenticator_code_required");
        later(&world).await;
        body["authenticator_code"] = json!(app.code());
        redeem(body).await.expect(200);

        let coordinator = by(&world, &session);
        world.database.ask("UPDATE sessions SET authenticated_at = now() - interval '301 seconds'").await;
        let step_up = |body: Value| coordinator.post("/v1/auth/step-up", body).into_future();
        step_up(json!({"password": World::PASSWORD})).await.refused(401, "authenticator_code_required");
        coordinator.get("/v1/exports/volunteers").await.refused(403, "step_up_required");
        later(&world).await;
        step_up(json!({"password": World::PASSWORD, "authenticator_code": app.code()})).await.expect(200);
        coordinator.get("/v1/exports/volunteers").await.expect(200);
    });
}

#[test]
fn whoever_has_the_link_to_set_a_password_has_not_the_telephone() {
    run(async {
        let world = World::new().await;
        let (app, _) = set_up(&world.coordinator_of_a()).await;
        let user = world.seeded.a.coordinator.user;
        let path = format!("/v1/users/{user}/password-link");
        let link = world.administrator_of_a().post(&path, json!({})).await.expect(201);
        let token = link["password_link"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
        let mut body = json!({"token": token, "password": "another horse, another battery"});
        let set = |body: &Value| world.nobody().post("/v1/auth/password", body.clone()).into_future();
        set(&body).await.refused(401, "authenticator_code_required");
        later(&world).await;
        log_in(&world, EMAIL, Some(&app.code())).await.expect(200);
        later(&world).await;
        body["authenticator_code"] = json!(app.code());
        set(&body).await.expect(200);
        log_in(&world, EMAIL, None).await.refused(401, "wrong_credentials");

        // A wrong one spends the link and sets no password.
        let link = world.administrator_of_a().post(&path, json!({})).await.expect(201);
        let token = link["password_link"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
        let wrong =
            json!({"token": token, "password": World::PASSWORD, "authenticator_code": app.not_shown()});
        set(&wrong).await.refused(401, "wrong_authenticator_code");
        log_in(&world, EMAIL, Some(&app.code())).await.refused(401, "wrong_credentials");
        set(&body).await.refused(404, "link_not_valid");
    });
}

#[test]
fn recovery_codes_are_good_once_each_in_any_writing_and_guesses_are_few() {
    run(async {
        let world = World::new().await;
        let (app, confirmed) = set_up(&world.coordinator_of_a()).await;
        let codes: Vec<&str> = confirmed["recovery_codes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|code| code.as_str().unwrap())
            .collect();
        log_in(&world, EMAIL, Some(codes[0])).await.expect(200);
        log_in(&world, EMAIL, Some(codes[0])).await.refused(401, "wrong_authenticator_code");
        let typed = codes[1].to_uppercase().replace('-', " ");
        log_in(&world, EMAIL, Some(&typed)).await.expect(200);
        assert_eq!(events(&world, "user.recovery_code_used").await, 2);
        // They are one person's.
        let (_, _) = set_up(&world.coordinator_of_b()).await;
        log_in(&world, "coordinator@b.example", Some(codes[2]))
            .await
            .refused(401, "wrong_authenticator_code");

        let mut refused = 0;
        while refused < 25 {
            let answer = log_in(&world, EMAIL, Some("zzzzz-zzzzz")).await;
            if answer.status == 429 {
                break;
            }
            answer.refused(401, "wrong_authenticator_code");
            refused += 1;
        }
        assert!(
            (9..=20).contains(&refused),
            "{refused}: ten with the one before, unless a quarter of an hour ended"
        );
        if refused == 9 {
            later(&world).await;
            log_in(&world, EMAIL, Some(&app.code())).await.refused(429, "too_many_attempts");
            log_in(&world, EMAIL, Some(codes[3])).await.refused(429, "too_many_attempts");
        }
    });
}

#[test]
fn one_is_removed_by_its_person_who_stepped_up_or_by_an_administrator_who_did() {
    run(async {
        let world = World::new().await;
        let (_, session) = set_up(&world.coordinator_of_a()).await;
        let coordinator = by(&world, &session);
        let remove = |caller: &Caller, path: &str| caller.call(Method::DELETE, path).into_future();
        let of_a = format!("/v1/users/{}/authenticator", world.seeded.a.coordinator.user);
        let long_ago = "UPDATE sessions SET authenticated_at = now() - interval '301 seconds'";
        remove(&world.coordinator_of_b(), MINE).await.refused(404, "not_found");
        remove(&world.coordinator_of_b(), &of_a).await.refused(403, "forbidden");
        world.database.ask(long_ago).await;
        remove(&coordinator, MINE).await.refused(403, "step_up_required");
        remove(&world.administrator_of_a(), &of_a).await.refused(403, "step_up_required");
        log_in(&world, EMAIL, None).await.refused(401, "authenticator_code_required");
        world.database.ask("UPDATE sessions SET authenticated_at = now()").await;
        remove(&coordinator, MINE).await.expect(204);
        coordinator.get("/v1/me").await.refused(401, "unauthenticated");
        let again = by(&world, &log_in(&world, EMAIL, None).await.expect(200));
        let (_, session) = set_up(&again).await;
        remove(&world.administrator_of_a(), &of_a).await.expect(204);
        by(&world, &session).get("/v1/me").await.refused(401, "unauthenticated");
        log_in(&world, EMAIL, None).await.expect(200);
        assert_eq!(events(&world, "user.authenticator_removed").await, 2);
        world.database.ask(long_ago).await;
        world.administrator_of_a().post(MINE, json!({})).await.refused(403, "step_up_required");
        world.volunteer_of_a().post(MINE, json!({})).await.refused(403, "forbidden");
    });
}

#[test]
fn where_one_is_demanded_whoever_has_none_can_do_nothing_but_set_one_up() {
    run(async {
        let world = World::new().await;
        let rule = format!("/v1/organisations/{}/authenticator-rule", world.seeded.a.id);
        let set = |caller: &Caller, to: &str| {
            caller.call(Method::PUT, &rule).json(json!({"staff_authenticator": to})).into_future()
        };
        set(&world.administrator_of_a(), "perhaps").await.refused(422, "invalid_value");
        set(&world.coordinator_of_a(), "demanded").await.refused(403, "forbidden");
        set(&world.administrator_of_a(), "demanded").await.refused(409, "wrong_state");
        let (_, session) = set_up(&world.administrator_of_a()).await;
        let administrator = by(&world, &session);
        world.coordinator_of_a().get("/v1/me").await.expect(200);
        let told = set(&administrator, "demanded").await.expect(200);
        assert_eq!(told["staff_authenticator"], "demanded");
        administrator.get("/v1/me").await.expect(200);
        world.coordinator_of_a().get("/v1/me").await.refused(401, "unauthenticated");
        world.coordinator_of_b().get("/v1/me").await.expect(200);
        log_in(&world, "volunteer@a.example", None).await.expect(200);

        let session = log_in(&world, EMAIL, None).await.expect(200);
        assert_eq!(session["awaits_authenticator"], true);
        let coordinator = by(&world, &session);
        for path in ["/v1/me", "/v1/me/sessions", "/v1/requests", "/v1/events", "/v1/exports/households"] {
            coordinator.get(path).await.refused(401, "unauthenticated");
        }
        coordinator
            .post("/v1/auth/step-up", json!({"password": World::PASSWORD}))
            .await
            .refused(401, "unauthenticated");
        let renewed = json!({"refresh_token": session["refresh_token"]});
        let renewed = world.nobody().post("/v1/auth/refresh", renewed).await.expect(200);
        assert_eq!(renewed["awaits_authenticator"], true);
        by(&world, &renewed).get("/v1/me").await.refused(401, "unauthenticated");
        let lasts = "SELECT count(*) FROM sessions WHERE awaits_authenticator AND expires_at <= now() + interval '15 minutes'";
        assert_eq!(world.database.count(lasts).await, 1);
        let (_, session) = set_up(&coordinator).await;
        assert!(session.get("awaits_authenticator").is_none(), "{session}");
        by(&world, &session).get("/v1/requests").await.expect(200);
        set(&administrator, "optional").await.expect(200);
        assert_eq!(events(&world, "organisation.authenticator_rule_set").await, 2);
    });
}

#[test]
fn the_secret_is_sealed_and_opens_for_its_own_person_alone() {
    run(async {
        let world = World::new().await;
        let (app, _) = set_up(&world.coordinator_of_a()).await;
        let hex: String = app.key.iter().map(|byte| format!("{byte:02x}")).collect();
        let found = format!("SELECT count(*) FROM authenticators WHERE encode(sealed, 'hex') LIKE '%{hex}%'");
        assert_eq!(world.database.count(&found).await, 0);
        let (_, _) = set_up(&world.administrator_of_a()).await;
        later(&world).await;
        let swap = "UPDATE authenticators a SET sealed = o.sealed FROM authenticators o WHERE o.user_id <> a.user_id \
            AND o.organisation_id = a.organisation_id";
        world.database.ask(swap).await;
        let body = json!({"email": EMAIL, "password": World::PASSWORD, "authenticator_code": app.code()});
        world.nobody().post("/v1/auth/login", body).off_contract().await.refused(500, "internal");
    });
}
