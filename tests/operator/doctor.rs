//! The doctor, on a deployment that is well and on one where something was broken on purpose each time.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::program::{Server, birgemiz, finished, now, passable};
use crate::support::{World, run};

/// A command on a world's database, with the world's secrets.
fn command(world: &World, verb: &[&str]) -> Command {
    let mut command = birgemiz();
    command.args(verb).args(["--pool-size", "8", "--secrets-dir"]);
    command.arg(world.secrets()).arg("--data-dir").arg(passable("doctor"));
    command.env("DATABASE_URL", &world.database.urls.service);
    command.env("BIRGEMIZ_OWNER_DATABASE_URL", &world.database.urls.owner);
    command
}

/// A server process beside the world's own: it has its metrics for itself.
fn server(world: &World) -> Server {
    Server::start(&mut command(world, &["serve", "--listen", "127.0.0.1:0", "--log", "warn"]))
}

async fn examine(world: &World) -> (i32, Value) {
    examine_with(world, world.nobody().address()).await
}

async fn examine_with(world: &World, address: &str) -> (i32, Value) {
    let mut command = command(world, &["doctor", "--json", "--listen", address]);
    let (code, told, complaint) = tokio::task::spawn_blocking(move || finished(&mut command)).await.unwrap();
    let told = serde_json::from_str(&told).unwrap_or_else(|_| panic!("{told}\n{complaint}"));
    (code, told)
}

#[track_caller]
fn finding<'f>(told: &'f Value, check: &str) -> &'f Value {
    let findings = told["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["check"] == check).unwrap_or_else(|| panic!("{check}: {told:#}"))
}

/// One claimed and delivered request, one cancelled, one open: lives to compare.
async fn live(world: &World) -> String {
    let (request, phrase) = world.open_request().await;
    let volunteer = world.volunteer_of_a();
    let claim = volunteer.post(&format!("/v1/requests/{request}/claim"), json!({})).await.expect(201);
    drop(phrase);
    let id = claim["id"].as_str().unwrap();
    volunteer.post(&format!("/v1/claims/{id}/release"), json!({"fence": 1, "reason": "ill"})).await;
    let (second, _) = world.open_request().await;
    world.coordinator_of_a().post(&format!("/v1/requests/{second}/cancel"), json!({"reason": "moved"})).await;
    request
}

#[test]
fn a_deployment_that_is_well_has_nothing_that_fails() {
    run(async {
        let world = World::new().await;
        live(&world).await;
        tell_of_the_seed(&world).await;
        let server = server(&world);
        let (code, told) = examine_with(&world, server.address()).await;
        assert_eq!(finding(&told, "fleet")["level"], "ok", "{told:#}");
        let failing: Vec<_> =
            told["findings"].as_array().unwrap().iter().filter(|one| one["level"] == "fail").collect();
        assert!(code == 0 && failing.is_empty(), "{failing:#?}");
        assert!(
            finding(&told, "requests accounted for")["found"].as_str().unwrap().starts_with("2 accepted")
        );
        for finding in told["findings"].as_array().unwrap() {
            assert!(finding["why"].as_str().unwrap().len() > 20, "{finding}");
            assert_eq!(finding["level"] != "ok", finding.get("fix").is_some(), "{finding}");
        }
    });
}

/// The seed writes rows as their owner and tells the log nothing; here the log is told, once.
async fn tell_of_the_seed(world: &World) {
    use domain::id::VolunteerId;
    let sql = "SELECT id::text, status, organisation_id::text FROM volunteers";
    for row in world.database.ask(sql).await {
        let text = |column: usize| row[column].clone().unwrap();
        let id = VolunteerId::new(text(0).parse().unwrap());
        let changes = json!([{"object": "volunteer", "id": id.to_string(), "to": text(1)}]);
        world
            .database
            .ask(&format!(
                "INSERT INTO events (id, at, kind, organisation_id, subject_kind, subject_id, volunteer_id, actor_kind, changes)
                 VALUES (gen_random_uuid(), now(), 'volunteer.added', '{}', 'volunteer', '{1}', '{1}', 'system', '{changes}')",
                text(2),
                text(0),
            ))
            .await;
    }
}

#[test]
fn a_row_that_was_changed_past_the_service_is_named() {
    run(async {
        let world = World::new().await;
        let request = live(&world).await;
        tell_of_the_seed(&world).await;
        let database = &world.database;
        let uuid = request.parse::<domain::id::RequestId>().unwrap().uuid();
        database
            .ask(&format!("UPDATE requests SET status = 'fulfilled', hold = NULL WHERE id = '{uuid}'"))
            .await;
        let (code, told) = examine(&world).await;
        let found = finding(&told, "log and tables");
        assert_eq!((code, &found["level"]), (1, &"fail".into()), "{found}");
        let text = found["found"].as_str().unwrap();
        assert!(
            text.contains(&request) && text.contains("open by the log and fulfilled by its row"),
            "{text}"
        );
    });
}

#[test]
fn a_request_that_vanished_is_missed_by_its_organisation() {
    run(async {
        let world = World::new().await;
        let (request, _) = world.open_request().await;
        let server = server(&world);
        let uuid = request.parse::<domain::id::RequestId>().unwrap().uuid();
        for table in ["request_notes", "request_phrases", "request_lines"] {
            world.database.ask(&format!("DELETE FROM {table} WHERE request_id = '{uuid}'")).await;
        }
        world.database.ask(&format!("DELETE FROM requests WHERE id = '{uuid}'")).await;
        let (code, told) = examine_with(&world, server.address()).await;
        let found = finding(&told, "requests accounted for");
        assert_eq!((code, &found["level"]), (1, &"fail".into()), "{found}");
        assert!(found["found"].as_str().unwrap().contains("1 accepted, but 0 open"), "{found}");
        assert!(finding(&told, "log and tables")["found"].as_str().unwrap().contains(&request));
        // Its server's memory was told nothing either.
        assert_eq!(finding(&told, "fleet")["level"], "fail");
    });
}

#[test]
fn a_secret_that_others_may_read_and_tables_nobody_knows_fail() {
    run(async {
        let world = World::new().await;
        let key = world.secrets().join("code-hashing.key");
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
        world
            .database
            .ask("INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000000')")
            .await;
        let (code, told) = examine(&world).await;
        assert_eq!(code, 1);
        assert_eq!(finding(&told, "secrets")["fix"], format!("chmod 600 {}", key.display()));
        let migrations = finding(&told, "migrations");
        assert!(migrations["level"] == "fail" && migrations["found"].as_str().unwrap().contains("20990101"));
        // The service asks a few times a second.
        let began = now();
        loop {
            let answer = world.nobody().get("/health/ready").off_contract().await;
            if answer.status == 503 {
                let detail = "the tables are not those that this version knows";
                assert_eq!(answer.expect(503)["detail"], detail);
                break;
            }
            assert!(began.elapsed() < Duration::from_secs(5), "it never noticed");
        }
    });
}

#[test]
fn a_transaction_that_hangs_keeps_events_from_readers_and_is_named() {
    run(async {
        let world = World::new().await;
        let (client, connection) =
            tokio_postgres::connect(&world.database.urls.owner, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let row = client.query_one("SELECT pg_backend_pid()", &[]).await.unwrap();
        let pid: i32 = row.get(0);
        client.batch_execute("BEGIN; SELECT pg_current_xact_id()").await.unwrap();
        world.database
            .ask("INSERT INTO events (id, at, kind, subject_kind, subject_id, actor_kind, changes)
                  VALUES (gen_random_uuid(), now() - interval '1 hour', 'x.y', 'x', gen_random_uuid(), 'system', '[]')")
            .await;
        let (code, told) = examine(&world).await;
        let found = finding(&told, "event log");
        assert_eq!((code, &found["level"]), (1, &"fail".into()), "{found}");
        assert!(found["fix"].as_str().unwrap().contains(&format!("pg_terminate_backend({pid})")), "{found}");
        drop(client);
    });
}

#[test]
fn where_nothing_was_ever_served_that_is_said_and_nothing_is_made() {
    let data = passable("nothing").join("data");
    let (code, told, _) =
        finished(birgemiz().args(["doctor", "--listen", "127.0.0.1:1", "--data-dir"]).arg(&data));
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("there is no database in"), "{told}");
    assert!(!data.exists());
}
