//! Who was not let in, and what was refused to whom, is recorded and sealed: by ids, words and keyed pseudonyms alone (R56,
//! R58).

use std::time::Duration;

use birgemiz::clock;
use serde_json::json;

use crate::ledger::seal_all;
use crate::support::{World, run};

/// Longer than a busy machine takes to record what it refused.
const PATIENCE: Duration = Duration::from_secs(30);

/// The records, as soon as there are so many: what, target, code, route, whether somebody is known, whose they are, what it
/// was about, and how often.
async fn records(world: &World, many: usize) -> Vec<String> {
    let sql =
        "SELECT concat_ws(' ', what, target, code, route, CASE WHEN user_id IS NOT NULL THEN 'user' END,
                      CASE WHEN partner_id IS NOT NULL THEN 'partner' END, organisation_id, object_id, times)
               FROM access_records WHERE what <> 'signing_key_added' ORDER BY id";
    let began = clock::instant();
    loop {
        let found: Vec<String> =
            world.database.ask(sql).await.into_iter().map(|mut row| row.remove(0).unwrap()).collect();
        if found.len() >= many {
            return found;
        }
        assert!(clock::since(began) < PATIENCE, "{found:#?}");
    }
}

#[test]
fn wrong_guesses_are_recorded_by_pseudonyms_that_tell_accounts_apart() {
    run(async {
        let world = World::new().await;
        let log_in = async |email: &str| {
            let body = json!({"email": email, "password": "wrong horse battery"});
            world.nobody().post("/v1/auth/login", body).await.refused(401, "wrong_credentials");
        };
        log_in("Somebody@example.org").await;
        log_in("somebody@example.org").await;
        log_in("nobody@example.org").await;
        let refresh = json!({"refresh_token": "brt_guessed"});
        world.nobody().post("/v1/auth/refresh", refresh).await.refused(401, "wrong_credentials");
        let told = records(&world, 4).await;
        let guess = "guess_refused password wrong_credentials 1";
        assert_eq!(told[..3], [guess, guess, guess]);
        assert_eq!(told[3], "call_refused wrong_credentials POST /v1/auth/refresh 1");
        let accounts = "SELECT count(DISTINCT account) FROM access_records WHERE what = 'guess_refused'";
        assert_eq!(world.database.count(accounts).await, 2);
        let addresses = "SELECT count(DISTINCT address) FROM access_records";
        assert_eq!(world.database.count(addresses).await, 1, "all from here, by one pseudonym");
        let private =
            "SELECT count(*) FROM access_records r WHERE r::text ~* 'example|horse|guessed|127.0.0.1'";
        assert_eq!(world.database.count(private).await, 0);
    });
}

#[test]
fn a_partners_token_is_recorded_and_a_wrong_secret_too() {
    run(async {
        let world = World::new().await;
        let ask = async |secret: &str| {
            let form = [
                ("grant_type", "client_credentials"),
                ("client_id", &world.seeded.a.partner.to_string()),
                ("client_secret", secret),
            ];
            let http = reqwest::Client::builder().no_proxy().build().unwrap();
            let url = format!("{}/v1/auth/token", world.nobody().url);
            http.post(url).form(&form).send().await.unwrap().status().as_u16()
        };
        assert_eq!(ask(World::PARTNER_SECRET).await, 200);
        assert_eq!(ask("bps_wrong").await, 401);
        let told = records(&world, 2).await;
        assert_eq!(told[0], format!("token_issued partner {} 1", world.seeded.a.id.uuid()));
        assert_eq!(told[1], "guess_refused partner_secret wrong_credentials 1");
    });
}

#[test]
fn whoever_tries_what_is_not_theirs_is_recorded_and_whoever_does_their_work_is_not() {
    run(async {
        let world = World::new().await;
        let household = world.verified_household().await;
        let door = format!("/v1/households/{household}/door");
        world.coordinator_of_a().get(&door).await.expect(200);
        world.coordinator_of_b().get(&door).await.refused(404, "not_found");
        let told = records(&world, 1).await;
        let b = world.seeded.b.id.uuid();
        assert_eq!(
            told,
            [format!("call_refused not_found GET /v1/households/{{id}}/door user {b} {household} 1")]
        );
        world.partner_of_b().get(&door).await.refused(404, "not_found");
        let told = records(&world, 2).await;
        assert_eq!(
            told[1],
            format!("call_refused not_found GET /v1/households/{{id}}/door partner {b} {household} 1")
        );
        world.volunteer_of_a().get("/v1/organisations").await.refused(403, "forbidden");
        let told = records(&world, 3).await;
        let a = world.seeded.a.id.uuid();
        assert_eq!(told[2], format!("call_refused forbidden GET /v1/organisations user {a} 1"));
        world.nobody().get("/v1/me").await.refused(401, "unauthenticated");
        let told = records(&world, 4).await;
        assert_eq!(told[3], "call_refused unauthenticated GET /v1/me 1");
        seal_all(&world).await;
        let inspection =
            birgemiz::storage::inspection::Inspection::begin(&world.database.urls.owner).await.unwrap();
        let report = birgemiz::audit::verify(&inspection, &birgemiz::audit::Asked::default()).await.unwrap();
        assert!(report.is_well && report.unsealed == 0, "{report:#?}");
    });
}

#[test]
fn a_crowd_of_refusals_is_a_row_and_none_of_them_is_left_out() {
    run(async {
        let world = World::new().await;
        let nobody = world.nobody();
        futures_util::future::join_all((0..60).map(|_| nobody.get("/v1/me").into_future())).await;
        let counted = "SELECT coalesce(sum(times), 0) FROM access_records WHERE what = 'call_refused'";
        let began = clock::instant();
        while world.database.count(counted).await < 60 {
            assert!(clock::since(began) < PATIENCE);
        }
        assert_eq!(world.database.count(counted).await, 60);
        let rows =
            world.database.count("SELECT count(*) FROM access_records WHERE what = 'call_refused'").await;
        assert!(rows < 60, "{rows} rows");
    });
}
