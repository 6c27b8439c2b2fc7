//! Refresh tokens: one successor for each, told again to who lost the answer, and never to a thief.

use std::collections::BTreeSet;

use domain::id::SessionId;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{LoggedIn, ends, renew, text};
use crate::support::{World, run};

const COORDINATOR: &str = "coordinator@a.example";

/// Lets that much time go by since tokens were used.
async fn later(world: &World, by: &str) {
    world.database.ask(&format!("UPDATE refresh_tokens SET used_at = used_at - interval '{by}'")).await;
}

#[test]
fn whoever_lost_the_answer_is_told_the_same_successor_again() {
    run(async {
        let world = World::new().await;
        let (nobody, first) = (world.nobody(), LoggedIn::on(&world, COORDINATOR, "one").await);
        let lost = renew(&nobody, &first.refresh_token).await.expect(200);
        later(&world, "29 seconds").await;
        let again = renew(&nobody, &first.refresh_token).await.expect(200);
        assert_eq!(again["refresh_token"], lost["refresh_token"]);
        assert_eq!(text(&again, "session_id"), first.id);
        world.nobody().with_token(text(&again, "access_token")).get("/v1/me").await.expect(200);
        // The successor is as good as any.
        renew(&nobody, &text(&again, "refresh_token")).await.expect(200);
        assert_eq!(ends(&world, world.seeded.a.coordinator.user.uuid()).await, Vec::<String>::new());
    });
}

#[test]
fn after_half_a_minute_nobody_has_lost_an_answer_any_more() {
    run(async {
        let world = World::new().await;
        let (nobody, first) = (world.nobody(), LoggedIn::on(&world, COORDINATOR, "one").await);
        let next = renew(&nobody, &first.refresh_token).await.expect(200);
        later(&world, "31 seconds").await;
        renew(&nobody, &first.refresh_token).await.refused(401, "wrong_credentials");
        renew(&nobody, &text(&next, "refresh_token")).await.refused(401, "wrong_credentials");
        first.caller.get("/v1/me").await.refused(401, "unauthenticated");
        assert_eq!(ends(&world, world.seeded.a.coordinator.user.uuid()).await, ["token_reused"]);
    });
}

#[test]
fn an_older_token_is_a_thiefs_also_within_half_a_minute() {
    run(async {
        let world = World::new().await;
        let (nobody, owner) = (world.nobody(), LoggedIn::on(&world, COORDINATOR, "owner").await);
        let other = LoggedIn::on(&world, COORDINATOR, "another device").await;
        let child = renew(&nobody, &owner.refresh_token).await.expect(200);
        let grandchild = renew(&nobody, &text(&child, "refresh_token")).await.expect(200);
        // The thief has the first token, and comes at once.
        renew(&nobody, &owner.refresh_token).await.refused(401, "wrong_credentials");
        for session in [&child, &grandchild] {
            renew(&nobody, &text(session, "refresh_token")).await.refused(401, "wrong_credentials");
            let caller = nobody.with_token(text(session, "access_token"));
            caller.get("/v1/requests").await.refused(401, "unauthenticated");
        }
        assert_eq!(ends(&world, world.seeded.a.coordinator.user.uuid()).await, ["token_reused"]);
        // The other device is not the thief's.
        other.caller.get("/v1/me").await.expect(200);
        renew(&nobody, &other.refresh_token).await.expect(200);
    });
}

#[test]
fn however_many_renew_at_once_on_two_servers_there_is_one_successor() {
    run(async {
        let world = World::new().await;
        let beside = world.beside(|_| {}).await;
        let mut token = LoggedIn::on(&world, COORDINATOR, "one").await.refresh_token;
        for round in 0..8 {
            let mut running = JoinSet::new();
            for place in 0..32 {
                let here = world.nobody();
                let caller = if place % 2 == 0 { here } else { beside.called_by(&here) };
                let token = token.clone();
                running.spawn(async move { renew(&caller, &token).await.expect(200) });
            }
            let answers: Vec<Value> = running.join_all().await;
            let successors: BTreeSet<String> =
                answers.iter().map(|answer| text(answer, "refresh_token")).collect();
            assert_eq!(successors.len(), 1, "round {round}");
            token = successors.into_iter().next().unwrap();
        }
        assert_eq!(world.database.count("SELECT count(*) FROM refresh_tokens").await, 9);
    });
}

#[test]
fn a_thief_and_the_owner_who_go_on_at_once_share_one_line_of_successors_or_none() {
    run(async {
        let world = World::new().await;
        for _ in 0..8 {
            let stolen = LoggedIn::on(&world, COORDINATOR, "one").await;
            let go_on = async || {
                let (caller, mut token) = (world.nobody(), stolen.refresh_token.clone());
                for _ in 0..20 {
                    let answer = renew(&caller, &token).await;
                    if answer.status != 200 {
                        return false;
                    }
                    token = text(&answer.json(), "refresh_token");
                }
                true
            };
            let (owner, thief) = tokio::join!(go_on(), go_on());
            let family = stolen.id.parse::<SessionId>().unwrap().uuid();
            let unspent = format!(
                "SELECT count(*) FROM refresh_tokens WHERE family_id = '{family}' AND used_at IS NULL"
            );
            assert_eq!(world.database.count(&unspent).await, 1, "two tokens are good at once");
            // Whoever fell behind by more than a step gave both away.
            let status = stolen.caller.get("/v1/me").await.status;
            assert_eq!(status == 200, owner && thief, "{status}");
        }
    });
}

#[test]
fn a_session_ends_by_itself_however_often_it_is_renewed() {
    run(async {
        let world = World::new().await;
        let session = LoggedIn::on(&world, COORDINATOR, "one").await;
        let next = renew(&world.nobody(), &session.refresh_token).await.expect(200);
        let left = "SELECT count(*) FROM sessions WHERE expires_at > begun_at + interval '30 days'";
        assert_eq!(world.database.count(left).await, 0);
        world.database.ask("UPDATE sessions SET expires_at = now() - interval '1 second'").await;
        renew(&world.nobody(), &text(&next, "refresh_token")).await.refused(401, "wrong_credentials");
        session.caller.get("/v1/me").await.refused(401, "unauthenticated");
    });
}

#[test]
fn nothing_that_is_kept_renews_a_session() {
    run(async {
        let world = World::new().await;
        let session = LoggedIn::on(&world, COORDINATOR, "one").await;
        renew(&world.nobody(), &session.refresh_token).await.expect(200);
        for row in world
            .database
            .ask("SELECT encode(token_hash, 'base64'), encode(token_hash, 'hex') FROM refresh_tokens")
            .await
        {
            for kept in row.into_iter().flatten() {
                let guessed = format!("brt_{}", kept.replace('+', "-").replace('/', "_").replace('=', ""));
                let body = json!({"refresh_token": guessed});
                world.nobody().post("/v1/auth/refresh", body).await.refused(401, "wrong_credentials");
            }
        }
    });
}
