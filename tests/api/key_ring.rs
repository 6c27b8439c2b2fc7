//! The keys that sign take turns while the service runs, and nobody is refused for it.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use birgemiz::clock;
use birgemiz::keys::{self, Keys, KeysError, LOOK_EVERY, NewTurn, Turn};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Caller, World, run};

/// Until the new key signs: enough for every process to have looked.
const LEAD: TimeDelta = TimeDelta::seconds(5);

/// How long there is load: before, while and after the turn begins.
const LOAD: Duration = Duration::from_secs(9);

async fn log_in(caller: &Caller) -> Value {
    let body = json!({"email": "coordinator@a.example", "password": World::PASSWORD});
    caller.post("/v1/auth/login", body).await.expect(200)
}

async fn renew(caller: &Caller, session: &Value) -> Value {
    caller.post("/v1/auth/refresh", json!({"refresh_token": session["refresh_token"]})).await.expect(200)
}

fn token(session: &Value) -> String {
    session["access_token"].as_str().unwrap().to_owned()
}

/// The name of the key that signed a token.
fn kid(token: &str) -> String {
    let head: Value =
        serde_json::from_slice(&BASE64.decode(token.split('.').next().unwrap()).unwrap()).unwrap();
    head["kid"].as_str().unwrap().to_owned()
}

/// The names of the keys that a server publishes.
async fn published(caller: &Caller) -> BTreeSet<String> {
    let told = caller.get("/.well-known/jwks.json").off_contract().await.expect(200);
    let keys = told["keys"].as_array().unwrap();
    assert!(keys.iter().all(|key| key["alg"] == "EdDSA" && key.get("d").is_none()), "{told}");
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn turns(folder: &Path) -> Vec<Turn> {
    keys::list(folder).unwrap().into_iter().map(|key| key.turn).collect()
}

/// Renews and reads until the time is over, here and there by turns: which keys signed what it was given.
async fn goes_on(one: Caller, other: Caller, mut session: Value) -> BTreeSet<String> {
    let (begun, mut signed) = (clock::instant(), BTreeSet::new());
    let (mut here, mut there) = (&one, &other);
    while clock::since(begun) < LOAD {
        let before = published(there).await;
        session = renew(here, &session).await;
        let token = token(&session);
        assert!(before.contains(&kid(&token)), "it signed before the other server published it");
        for caller in [here, there] {
            caller.with_token(&token).get("/v1/me").await.expect(200);
        }
        signed.insert(kid(&token));
        std::mem::swap(&mut here, &mut there);
    }
    signed
}

#[test]
fn while_keys_change_turns_under_load_no_token_is_refused() {
    run(async {
        let world = World::new().await;
        let beside = world.beside(|_| {}).await;
        let (here, there) = (world.nobody(), beside.called_by(&world.nobody()));
        let first = log_in(&here).await;
        let mut running = JoinSet::new();
        for _ in 0..4 {
            running.spawn(goes_on(here.clone(), there.clone(), log_in(&here).await));
        }
        keys::rotate(world.secrets(), NewTurn::In(LEAD)).unwrap();
        assert_eq!(turns(world.secrets()), [Turn::Signs, Turn::Waits]);
        assert!(matches!(keys::rotate(world.secrets(), NewTurn::In(LEAD)), Err(KeysError::Waits(_))));
        let signed: BTreeSet<String> = running.join_all().await.into_iter().flatten().collect();
        assert_eq!(signed.len(), 2, "both keys signed meanwhile");
        assert_eq!(signed, published(&here).await);
        assert_eq!(turns(world.secrets()), [Turn::Verifies, Turn::Signs]);
        // Both servers saw both keys, and each key is recorded once.
        let recorded =
            world.database.ask("SELECT target FROM access_records WHERE what = 'signing_key_added'").await;
        assert_eq!(recorded.len(), 2);
        let recorded: BTreeSet<String> = recorded.into_iter().map(|mut row| row.remove(0).unwrap()).collect();
        assert_eq!(recorded, signed);
        // What the one before signed is good until it runs out.
        here.with_token(token(&first)).get("/v1/me").await.expect(200);
        there.with_token(token(&first)).get("/v1/me").await.expect(200);
    });
}

/// Asks again and again until a call is answered so.
async fn until_answered(caller: &Caller, status: u16) {
    let begun = clock::instant();
    let mut looks = tokio::time::interval(Duration::from_millis(50));
    while caller.get("/v1/me").await.status != status {
        assert!(clock::since(begun) < LOOK_EVERY * 10, "it is not answered {status}");
        looks.tick().await;
    }
}

#[test]
fn a_key_that_somebody_may_have_goes_at_once_and_nobody_logs_in_anew() {
    run(async {
        let world = World::new().await;
        let nobody = world.nobody();
        let session = log_in(&nobody).await;
        let caller = nobody.with_token(token(&session));
        // It is known to the server by now, and forgotten with its key.
        caller.get("/v1/me").await.expect(200);
        keys::rotate(world.secrets(), NewTurn::AtOnce).unwrap();
        assert_eq!(turns(world.secrets()), [Turn::Signs]);
        until_answered(&caller, 401).await;
        let next = renew(&nobody, &session).await;
        assert_ne!(kid(&token(&next)), kid(&token(&session)));
        nobody.with_token(token(&next)).get("/v1/me").await.expect(200);
    });
}

/// Has the key's turn begin so long ago.
fn age(folder: &Path, begun: TimeDelta) {
    let (waiting, from) = later_keys(folder).pop().unwrap();
    let earlier =
        from.replace(&from, &(clock::now() - begun).format("token-signing-%Y%m%dT%H%M%SZ.pk8").to_string());
    std::fs::rename(waiting, folder.join(earlier)).unwrap();
}

fn later_keys(folder: &Path) -> Vec<(PathBuf, String)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let named = entries.map(|entry| (entry.path(), entry.file_name().into_string().unwrap()));
    named.filter(|(_, name)| name.starts_with("token-signing-")).collect()
}

#[test]
fn a_key_verifies_until_its_last_token_has_run_out_and_then_goes() {
    run(async {
        let world = World::new().await;
        let (folder, nobody) = (world.secrets(), world.nobody());
        let old = token(&log_in(&nobody).await);
        keys::rotate(folder, NewTurn::In(TimeDelta::days(1))).unwrap();
        let app = world.app();
        for (begun, status, expected) in
            [(600, 200, [Turn::Verifies, Turn::Signs]), (700, 401, [Turn::Retired, Turn::Signs])]
        {
            age(folder, TimeDelta::seconds(begun));
            app.keys.look_again().unwrap();
            assert_eq!(turns(folder), expected);
            assert_eq!(nobody.with_token(&old).get("/v1/me").await.status, status, "{begun} s after");
        }
        keys::rotate(folder, NewTurn::In(LEAD)).unwrap();
        assert_eq!(turns(folder), [Turn::Signs, Turn::Waits], "the retired one is gone");
    });
}

#[test]
fn a_folder_that_others_may_read_or_that_is_spoilt_starts_nothing_and_stops_nothing() {
    run(async {
        let world = World::new().await;
        let folder = world.secrets();
        keys::rotate(folder, NewTurn::In(TimeDelta::days(1))).unwrap();
        let (waiting, _) = later_keys(folder).pop().unwrap();
        let mode = |mode: u32| {
            std::fs::set_permissions(&waiting, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        let caller = world.coordinator_of_a();
        for open in [0o640, 0o604, 0o660] {
            mode(open);
            assert!(matches!(Keys::load_or_make(folder), Err(KeysError::Mode(_))), "{open:o}");
            assert!(matches!(world.app().keys.look_again(), Err(KeysError::Mode(_))), "{open:o}");
            caller.get("/v1/me").await.expect(200);
        }
        mode(0o600);
        std::fs::write(&waiting, b"rubbish").unwrap();
        assert!(matches!(Keys::load_or_make(folder), Err(KeysError::Unusable(_))));
        assert!(matches!(world.app().keys.look_again(), Err(KeysError::Unusable(_))));
        caller.get("/v1/me").await.expect(200);
        let unnamed = folder.join("token-signing-tomorrow.pk8");
        std::fs::rename(&waiting, unnamed).unwrap();
        assert!(matches!(Keys::load_or_make(folder), Err(KeysError::Unusable(_))));
    });
}
