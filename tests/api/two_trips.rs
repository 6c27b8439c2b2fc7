//! A claim and a submission are decided by what was read with their opening, and written with their commit.
//! Whatever happens in between counts.

use futures_util::future::{join, pending};
use serde_json::{Value, json};

use crate::support::meanwhile::{Other, waiting};
use crate::support::{World, run};

const ALL_CLAIMS: &str = "SELECT count(*) FROM claims";
const CLAIM_KEYS: &str = "SELECT count(*) FROM idempotency_keys WHERE route LIKE '%/claim'";

async fn claim_while(world: &World, happens: &str) -> Value {
    let (request, _) = world.open_request().await;
    let other = Other::doing(world, happens).await;
    let claiming = world
        .volunteer_of_a()
        .post(&format!("/v1/requests/{request}/claim"), json!({}))
        .key("meanwhile")
        .into_future();
    let (answer, ()) = join(claiming, async {
        waiting(world, 1).await;
        other.commits().await;
    })
    .await;
    assert_eq!(world.database.count(ALL_CLAIMS).await, i64::from(answer.status == 201));
    assert_eq!(world.database.count(CLAIM_KEYS).await, i64::from(answer.status == 201));
    json!({"status": answer.status.as_u16(), "body": answer.json()})
}

#[test]
fn a_request_that_is_called_off_before_it_is_taken_is_not_claimed() {
    run(async {
        let world = World::new().await;
        let off = "UPDATE requests SET status = 'cancelled' WHERE status = 'open'";
        let answer = claim_while(&world, off).await;
        assert_eq!(
            (&answer["status"], &answer["body"]["code"]),
            (&json!(409), &json!("not_open")),
            "{answer}"
        );
    });
}

#[test]
fn a_request_that_was_claimed_and_released_meanwhile_is_claimed_by_the_next_number() {
    run(async {
        let world = World::new().await;
        let answer = claim_while(&world, "UPDATE requests SET fence = fence + 1 WHERE status = 'open'").await;
        assert_eq!((&answer["status"], &answer["body"]["fence"]), (&json!(201), &json!(2)), "{answer}");
        let fences =
            "SELECT count(*) FROM claims c JOIN requests q ON q.id = c.request_id AND q.fence = c.fence";
        assert_eq!(world.database.count(fences).await, 1, "what was answered is what is kept");
    });
}

#[test]
fn a_volunteer_who_is_suspended_before_they_are_looked_at_claims_nothing() {
    run(async {
        let world = World::new().await;
        let answer = claim_while(&world, "UPDATE volunteers SET status = 'suspended'").await;
        assert_eq!(answer["status"], 409, "{answer}");
    });
}

#[test]
fn a_household_that_the_volunteer_blocks_meanwhile_is_not_claimed() {
    run(async {
        let world = World::new().await;
        let block = "SELECT FROM volunteers FOR NO KEY UPDATE; \
            INSERT INTO volunteer_blocks (volunteer_organisation_id, volunteer_id, organisation_id, household_id, reason, created_at) \
            SELECT v.organisation_id, v.id, q.organisation_id, q.household_id, 'asked', now() FROM volunteers v, requests q";
        let answer = claim_while(&world, block).await;
        assert_eq!(
            (&answer["status"], &answer["body"]["code"]),
            (&json!(409), &json!("not_eligible")),
            "{answer}"
        );
    });
}

#[test]
fn a_second_call_with_a_key_is_told_at_once_that_the_first_is_running() {
    run(async {
        let world = World::new().await;
        let (request, _) = world.open_request().await;
        let path = format!("/v1/requests/{request}/claim");
        let claim = || world.volunteer_of_a().post(&path, json!({})).key("twice");
        let other = Other::doing(&world, "SELECT FROM requests FOR UPDATE").await;
        let told = async {
            waiting(&world, 1).await;
            claim().await.refused(409, "idempotency_key_running");
            other.commits().await;
            pending::<()>().await;
        };
        // The first holds its volunteer and waits for the request; the second must wait for neither.
        let first = tokio::select! {
            first = claim().into_future() => first,
            () = told => unreachable!("it waits for ever"),
        };
        assert_eq!(first.expect(201), claim().await.expect(201));
        assert_eq!(world.database.count(ALL_CLAIMS).await, 1);
    });
}

#[test]
fn what_is_answered_is_what_was_written() {
    run(async {
        let world = World::new().await;
        let household = world.verified_household().await;
        let mut body = world.request(&household);
        // Finer than Postgres keeps time.
        body["window"] =
            json!({"start_at": "2099-01-01T10:00:00.123456789Z", "end_at": "2099-01-01T12:00:00.9876543Z"});
        body["external_id"] = json!("as-written");
        body["skills"] = json!([]);
        let mut filed =
            world.partner_of_a().post("/v1/requests", body.clone()).key("first").await.expect(201);
        filed.as_object_mut().unwrap().remove("phrase").unwrap();
        let path = format!("/v1/requests/{}", filed["id"].as_str().unwrap());
        assert_eq!(world.partner_of_a().get(&path).await.expect(200), filed);
        let lines = "SELECT count(*) FROM request_lines l JOIN request_notes n USING (request_id) \
            JOIN request_phrases p USING (request_id) WHERE l.line = 0 AND l.quantity = 1 AND length(n.sealed) = 64 + 28";
        assert_eq!(world.database.count(lines).await, 1);
        // A rule of the database refuses it; the statements one by one tell which.
        let again = world.partner_of_a().post("/v1/requests", body).key("second").await;
        again.refused(409, "already_exists");
        assert_eq!(
            world.database.count("SELECT count(*) FROM idempotency_keys WHERE key = 'second'").await,
            0
        );
    });
}
