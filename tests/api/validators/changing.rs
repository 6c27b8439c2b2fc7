//! What is changed is changed by who has seen it as it is.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use super::read;
use crate::support::{World, run};

#[test]
fn who_has_not_seen_the_latest_changes_nothing_and_learns_the_version() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let path = format!("/v1/volunteers/{}", world.seeded.a.volunteers[0].id);
        let (first, shown) = read(&coordinator, &path).await;
        let edit = |tag: &str, radius: u32| {
            coordinator.call(Method::PATCH, &path).json(json!({"radius_m": radius})).header("if-match", tag)
        };
        let version = shown.json()["version"].as_i64().unwrap();
        let edited = edit(&first, 5_000).await.expect(200);
        assert_eq!(edited["version"], version + 1);

        let stale = edit(&first, 6_000).await;
        stale.refused(412, "version_mismatch");
        assert_eq!(stale.header("etag"), format!("\"{}\"", version + 1));
        assert_eq!(coordinator.get(&path).await.expect(200)["radius_m"], 5_000);

        // By what the refusal told, by a list that holds it, by anything at all, and never by a weak tag.
        edit(stale.header("etag"), 6_000).await.expect(200);
        let latest = read(&coordinator, &path).await.0;
        edit(&format!("{first}, {latest}"), 7_000).await.expect(200);
        edit("*", 8_000).await.expect(200);
        let latest = read(&coordinator, &path).await.0;
        edit(&format!("W/{latest}"), 9_000).await.refused(412, "version_mismatch");
        edit("\"of-another-kind\"", 9_000).await.refused(412, "version_mismatch");
        edit("no tag", 9_000).await.refused(400, "invalid_header");
        // To who may not know of it, it is not there, in whichever version.
        let stranger = world.coordinator_of_b().call(Method::PATCH, &path).json(json!({"radius_m": 100}));
        stranger.header("if-match", "\"999\"").await.refused(404, "not_found");
    });
}

#[test]
fn of_many_who_have_seen_the_same_version_one_changes_it() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let path = format!("/v1/volunteers/{}", world.seeded.a.volunteers[0].id);
        for round in 0..5 {
            let tag = read(&coordinator, &path).await.0;
            let edits = (0..12).map(|number| {
                let body = json!({"radius_m": 1_000 + round * 100 + number});
                let edit = coordinator.call(Method::PATCH, &path).json(body).header("if-match", &tag);
                async { edit.await.status.as_u16() }
            });
            let answers = join_all(edits).await;
            let made = answers.iter().filter(|status| **status == 200).count();
            let refused = answers.iter().filter(|status| **status == 412).count();
            assert_eq!((made, refused), (1, 11), "{answers:?}");
        }
    });
}

#[test]
fn a_precondition_that_nothing_is_compared_with_is_refused() {
    run(async {
        let world = World::new().await;
        let partner = world.partner_of_a();
        let answer =
            partner.post("/v1/households", world.household()).key("k-1").header("if-match", "*").await;
        answer.refused(400, "invalid_header");
        assert_eq!(world.database.count("SELECT count(*) FROM households").await, 0);
        // Its key was not used up.
        partner.post("/v1/households", world.household()).key("k-1").await.expect(201);
    });
}

#[test]
fn a_repetition_is_answered_before_anything_is_compared() {
    run(async {
        let world = World::new().await;
        let (request, _) = world.open_request().await;
        let (path, volunteer) = (format!("/v1/requests/{request}"), world.volunteer_of_a());
        let tag = read(&volunteer, &path).await.0;
        let claim =
            || volunteer.post(&format!("{path}/claim"), json!({})).key("k-1").header("if-match", &tag);
        let first = claim().await;
        first.expect(201);
        let again = claim().await;
        assert_eq!(again.expect(201), first.json());
        assert_eq!(again.header("idempotent-replayed"), "true");
    });
}

#[test]
fn another_phrase_and_a_block_are_changes_that_who_has_not_seen_them_is_told_of() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let (request, _) = world.open_request().await;
        let path = format!("/v1/requests/{request}");
        let (stale, before) = read(&coordinator, &path).await;
        let issue =
            |tag: &str| coordinator.post(&format!("{path}/phrase"), json!({})).header("if-match", tag);
        issue(&stale).await.expect(201);
        issue(&stale).await.refused(412, "version_mismatch");
        let after = read(&coordinator, &path).await.1.json();
        assert_eq!(after["version"].as_i64(), before.json()["version"].as_i64().map(|version| version + 1));
        assert_ne!(after["updated_at"], before.json()["updated_at"]);

        let household = after["household_id"].clone();
        let path = format!("/v1/volunteers/{}", world.seeded.a.volunteers[0].id);
        let stale = read(&coordinator, &path).await.0;
        let block = json!({"household_id": household, "reason": "asked for somebody else"});
        coordinator.post(&format!("{path}/blocks"), block).header("if-match", &stale).await.expect(204);
        let edit = coordinator.call(Method::PATCH, &path).json(json!({"radius_m": 5_000}));
        edit.header("if-match", &stale).await.refused(412, "version_mismatch");
    });
}
