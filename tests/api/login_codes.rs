//! Logging in by a code or a link that comes in a letter.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::letters::{code_in, letters, token_in};
use crate::support::{Answer, World, run};

const ASK: &str = "/v1/auth/codes";
const REDEEM: &str = "/v1/auth/codes/redeem";
const VOLUNTEER: &str = "volunteer@a.example";

async fn ask(world: &World, email: &str, form: &str) -> Answer {
    world.nobody().post(ASK, json!({"email": email, "form": form})).await
}

async fn redeem(world: &World, email: &str, code: &str) -> Answer {
    world.nobody().post(REDEEM, json!({"email": email, "code": code})).await
}

async fn follow(world: &World, token: &str) -> Answer {
    world.nobody().post(REDEEM, json!({"token": token})).await
}

fn other_than(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:06}", (number + 1) % 1_000_000)
}

#[test]
fn a_volunteer_logs_in_by_a_code_that_works_once() {
    run(async {
        let world = World::new().await;
        let told = ask(&world, "Volunteer@A.example", "code").await.expect(200);
        assert_eq!(told, json!({"form": "code", "expires_in": 600}));
        let code = code_in(&letters(&world, 1).await[0]);
        redeem(&world, VOLUNTEER, &other_than(&code)).await.refused(401, "wrong_credentials");
        let (first, rest) = code.split_at(3);
        let spaced = format!("{first} {rest}");
        let session = redeem(&world, VOLUNTEER, &spaced).await.expect(200);
        assert_eq!(session["role"], "volunteer");
        let caller = world.nobody().with_token(session["access_token"].as_str().unwrap());
        caller.get("/v1/me").await.expect(200);
        redeem(&world, VOLUNTEER, &code).await.refused(401, "wrong_credentials");
    });
}

#[test]
fn a_link_logs_in_once_and_only_within_its_time() {
    run(async {
        let world = World::new().await;
        assert_eq!(ask(&world, VOLUNTEER, "link").await.expect(200)["expires_in"], 900);
        let token = token_in(&letters(&world, 1).await[0]);
        let (short, _) = token.split_at(token.len() - 1);
        follow(&world, short).await.refused(404, "link_not_valid");
        follow(&world, &token).await.expect(200);
        follow(&world, &token).await.refused(404, "link_not_valid");
        ask(&world, VOLUNTEER, "link").await.expect(200);
        let late = token_in(&letters(&world, 2).await[1]);
        world.database.ask("UPDATE login_codes SET expires_at = now()").await;
        follow(&world, &late).await.refused(404, "link_not_valid");
        let page = reqwest::get(format!("http://{}/login", world.nobody().address())).await.unwrap();
        assert!(page.text().await.unwrap().contains("/v1/auth/codes/redeem"));
    });
}

#[test]
fn known_and_unknown_addresses_are_answered_alike_and_leave_the_same_behind() {
    run(async {
        let world = World::new().await;
        world
            .database
            .ask("UPDATE users SET status = 'disabled' WHERE email = 'coordinator@b.example'")
            .await;
        let addresses = [VOLUNTEER, "stranger@nowhere.example", "coordinator@b.example"];
        for form in ["code", "link"] {
            let mut told = Vec::new();
            for email in addresses {
                told.push(ask(&world, email, form).await.expect(200));
            }
            assert!(told.iter().all(|answer| *answer == told[0]), "{told:?}");
        }
        assert_eq!(world.database.count("SELECT count(*) FROM login_codes").await, 6);
        assert_eq!(world.database.count("SELECT count(*) FROM mail_messages").await, 6);
        let sent = letters(&world, 6).await;
        assert_eq!(sent.len(), 2, "only who may log in is written");
        assert!(sent.iter().all(|letter| letter.contains("To: volunteer@a.example")));
        // What is wrong is refused alike too.
        for email in addresses {
            redeem(&world, email, "000000").await.refused(401, "wrong_credentials");
        }
        let told = "SELECT count(*) FROM login_codes c WHERE c::text ~* 'stranger|volunteer' \
                    OR encode(address, 'escape') ~* 'stranger|volunteer'";
        assert_eq!(world.database.count(told).await, 0);
    });
}

#[test]
fn the_right_code_after_five_wrong_ones_is_wrong_and_a_new_one_is_right() {
    run(async {
        let world = World::new().await;
        ask(&world, VOLUNTEER, "code").await.expect(200);
        let code = code_in(&letters(&world, 1).await[0]);
        let guess = other_than(&code);
        // At once, each in a transaction of its own.
        let guesses = join_all((0..5).map(|_| redeem(&world, VOLUNTEER, &guess))).await;
        for refused in guesses {
            refused.refused(401, "wrong_credentials");
        }
        redeem(&world, VOLUNTEER, &code).await.refused(401, "wrong_credentials");
        ask(&world, VOLUNTEER, "code").await.expect(200);
        let newer = code_in(&letters(&world, 2).await[1]);
        redeem(&world, VOLUNTEER, &newer).await.expect(200);
    });
}

#[test]
fn a_code_is_good_for_ten_minutes_and_only_until_another_is_asked_for() {
    run(async {
        let world = World::new().await;
        for _ in 0..2 {
            ask(&world, VOLUNTEER, "code").await.expect(200);
        }
        let codes: Vec<String> = letters(&world, 2).await.iter().map(|letter| code_in(letter)).collect();
        // One in a million times both are the same.
        if codes[0] != codes[1] {
            redeem(&world, VOLUNTEER, &codes[0]).await.refused(401, "wrong_credentials");
        }
        let minutes = "SELECT count(*) FROM login_codes WHERE expires_at - created_at = interval '10 min'";
        assert_eq!(world.database.count(minutes).await, 2);
        world.database.ask("UPDATE login_codes SET expires_at = now()").await;
        redeem(&world, VOLUNTEER, &codes[1]).await.refused(401, "wrong_credentials");
    });
}

#[test]
fn of_many_who_show_one_code_at_once_one_is_logged_in() {
    run(async {
        let world = World::new().await;
        let beside = world.beside(|_| {}).await;
        ask(&world, VOLUNTEER, "code").await.expect(200);
        let code = code_in(&letters(&world, 1).await[0]);
        let body = json!({"email": VOLUNTEER, "code": code});
        let (here, there) = (world.nobody(), beside.called_by(&world.nobody()));
        let shown = join_all((0..8).map(|number| {
            let caller = if number % 2 == 0 { &here } else { &there };
            let ask = caller.post(REDEEM, body.clone());
            async move { ask.await }
        }))
        .await;
        let logged_in = shown.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(logged_in, 1, "{:?}", shown.iter().map(|answer| answer.status).collect::<Vec<_>>());
        let sessions = "SELECT count(*) FROM events WHERE kind = 'user.logged_in'";
        assert_eq!(world.database.count(sessions).await, 1);
    });
}

#[test]
fn an_account_is_sent_five_letters_in_a_quarter_of_an_hour_whether_or_not_it_is_there() {
    run(async {
        let world = World::new().await;
        for email in [VOLUNTEER, "stranger@nowhere.example"] {
            let asked = join_all((0..12).map(|_| ask(&world, email, "code"))).await;
            let taken = asked.iter().filter(|answer| answer.status == 200).count();
            // Five, unless a quarter of an hour ends in between.
            let windows =
                world.database.count("SELECT count(DISTINCT window_start) FROM login_attempts").await;
            assert!(if windows == 1 { taken == 5 } else { (5..=10).contains(&taken) }, "{email}: {taken}");
            for refused in asked.iter().filter(|answer| answer.status != 200) {
                refused.refused(429, "too_many_attempts");
            }
        }
    });
}

#[test]
fn what_is_neither_a_code_nor_a_link_is_refused_before_it_is_looked_up() {
    run(async {
        let world = World::new().await;
        let nobody = world.nobody();
        for (body, at) in [
            (json!({}), "/email"),
            (json!({"email": VOLUNTEER}), "/code"),
            (json!({"code": "123456"}), "/email"),
            (json!({"email": VOLUNTEER, "code": "12345"}), "/code"),
            (json!({"email": VOLUNTEER, "code": "１２３４５６"}), "/code"),
            (json!({"email": VOLUNTEER, "code": "123456", "token": "bll_x"}), "/token"),
        ] {
            let problem = nobody.post(REDEEM, body.clone()).await.refused(422, "invalid_value");
            assert_eq!(problem["errors"][0]["pointer"], Value::from(at), "{body}");
        }
        nobody.post(ASK, json!({"email": "no address"})).await.refused(422, "invalid_value");
        assert_eq!(world.database.count("SELECT count(*) FROM login_attempts").await, 0);
    });
}
