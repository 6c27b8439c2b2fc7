//! One check for each guard: what is wrong, in words; nothing when the guard holds.

use std::path::PathBuf;
use std::time::Duration;

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};

use crate::city::{City, until};
use crate::fleet::Race;
use crate::servers::{Bugs, Orders, ServerProcess};
use crate::support::{Caller, World, postgres};
use crate::{tally, truth};

const VOLUNTEERS: usize = 16;
const REQUESTS: usize = 30;

/// Many volunteers are after the same requests, without the index that stands behind the statement.
pub(crate) async fn exclusive_claims(bugs: Bugs) -> Vec<String> {
    let race = Race::prepare(VOLUNTEERS, REQUESTS, 2000, bugs).await;
    race.drop_the_index().await;
    let answers = race.everyone_claims_everything().await;
    let mut found = Vec::new();
    if answers.count(201) != REQUESTS {
        found.push(format!("{} claims were granted on {REQUESTS} requests", answers.count(201)));
    }
    let doubled = tally::doubly_claimed(&race.database).await;
    if doubled != 0 {
        found.push(format!("{doubled} requests are claimed more than once"));
    }
    found
}

/// A server with bugs beside a world's own, on its database and with its keys.
pub(crate) struct Beside {
    pub(crate) world: World,
    server: ServerProcess,
    log: PathBuf,
}

impl Beside {
    pub(crate) async fn new(bugs: Bugs) -> Self {
        let world = World::new().await;
        let log = postgres::folder("log");
        let server = ServerProcess::start_with(&Orders {
            urls: &world.database.urls,
            secrets: world.secrets(),
            // So few that every connection is used by everyone.
            pool: 2,
            pool_wait_ms: 30_000,
            bugs,
            crash_point: String::new(),
            log: Some(&log),
        });
        Self { server: server.unwrap_or_else(|| panic!("the server ended without serving")), world, log }
    }

    /// What the server has written down.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    pub(crate) fn here(&self, caller: &Caller) -> Caller {
        let mut here = caller.clone();
        here.url.clone_from(&self.server.url);
        here
    }

    pub(crate) async fn claim(&self, request: &str) -> Value {
        let path = format!("/v1/requests/{request}/claim");
        self.here(&self.world.volunteer_of_a()).post(&path, json!({})).await.expect(201)
    }
}

/// Somebody acts by a number that was overtaken, or was never theirs.
pub(crate) async fn stale_fences(bugs: Bugs) -> Vec<String> {
    let beside = Beside::new(bugs).await;
    let (world, holder) = (&beside.world, beside.here(&beside.world.volunteer_of_a()));
    let (request, _) = world.open_request().await;
    let first = beside.claim(&request).await;
    let pick_up =
        |claim: &Value| format!("/v1/deliveries/{}/pick-up", claim["delivery_id"].as_str().unwrap());
    let mut found = Vec::new();
    let wrong = json!({"fence": first["fence"].as_i64().unwrap() + 1});
    let status = holder.post(&pick_up(&first), wrong).await.status.as_u16();
    if status != 409 {
        found.push(format!("a pick-up by a number that was never given was answered {status}"));
    }
    // Taken away and claimed anew; the telephone that was offline still has the old claim.
    let revoke = format!("/v1/requests/{request}/revoke");
    world.coordinator_of_a().post(&revoke, json!({})).await;
    let verify = format!("/v1/requests/{request}/verify");
    world.coordinator_of_a().post(&verify, json!({})).await;
    let again = format!("/v1/requests/{request}/claim");
    holder.post(&again, json!({})).await;
    let status = holder.post(&pick_up(&first), json!({"fence": first["fence"]})).await.status.as_u16();
    if status != 409 {
        found.push(format!("a pick-up by an overtaken claim was answered {status}"));
    }
    found
}

/// The server ends at that point of a submission, which is then repeated by its key.
pub(crate) async fn struck_at(point: &str, bugs: Bugs) -> Vec<String> {
    let city = City::new(bugs).await;
    city.kill_server();
    assert!(city.start_to_end_at(point), "it ended before it served");
    let call = city.submission();
    let cut_off = city.client.send(&city.url(), &call).await;
    assert!(cut_off.is_err(), "it was answered, not ended: {cut_off:?}");
    until(Duration::from_secs(5), "the server ends", async || city.server_has_ended()).await;
    city.start();
    let mut found = truth::violations(&city.database).await;
    let again = city.settled(&call).await;
    if again.status != 201 {
        found.push(format!("the repetition was answered {} {}", again.status, again.body["code"]));
    }
    found
}

/// Notes the organisation that is set when a transaction first looks a partner app up, which is before
/// the transaction has set one of its own.
const LISTENER: &str = "
CREATE TABLE public.heard (tenant text NOT NULL);
CREATE FUNCTION hear() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    IF coalesce(current_setting('test.heard', true), '') = '' THEN
        INSERT INTO public.heard VALUES (coalesce(current_setting('birgemiz.organisation', true), ''));
        PERFORM set_config('test.heard', 'yes', true);
    END IF;
    RETURN true;
END $$;
CREATE POLICY hear ON partners AS RESTRICTIVE USING (hear());";

/// Partner apps of two organisations take turns on the same connections.
pub(crate) async fn tenants_left_behind(bugs: Bugs) -> Vec<String> {
    const TURNS: i64 = 8;
    let beside = Beside::new(bugs).await;
    let database = &beside.world.database;
    database.ask(LISTENER).await;
    for _ in 0..TURNS {
        for partner in [beside.world.partner_of_a(), beside.world.partner_of_b()] {
            let answer = beside.here(&partner).post("/v1/households", beside.world.household()).await;
            assert_eq!(answer.status, 201, "{}", beside.log());
        }
    }
    let heard = database.count("SELECT count(*) FROM heard").await;
    assert_eq!(heard, 2 * TURNS, "not every call was heard");
    let left = database.count("SELECT count(*) FROM heard WHERE tenant <> ''").await;
    if left == 0 {
        Vec::new()
    } else {
        vec![format!("{left} transactions began as the one before had ended")]
    }
}

/// A coordinator of another organisation looks at the list of requests.
pub(crate) async fn foreign_requests_listed(bugs: Bugs) -> Vec<String> {
    let beside = Beside::new(bugs).await;
    let (request, _) = beside.world.open_request().await;
    let own = beside.here(&beside.world.coordinator_of_a()).get("/v1/requests").await;
    assert!(own.text.contains(&request), "its owner does not see it: {}", own.text);
    let foreign = beside.here(&beside.world.coordinator_of_b()).get("/v1/requests").await;
    if foreign.text.contains(&request) {
        vec!["another organisation's request is in the list".to_owned()]
    } else {
        Vec::new()
    }
}

/// A request is claimed and carried to the door; the log must tell all of it.
pub(crate) async fn told_by_the_log(bugs: Bugs) -> Vec<String> {
    let beside = Beside::new(bugs).await;
    let (request, _) = beside.world.open_request().await;
    let claim = beside.claim(&request).await;
    let holder = beside.here(&beside.world.volunteer_of_a());
    for verb in ["pick-up", "arrive"] {
        let path = format!("/v1/deliveries/{}/{verb}", claim["delivery_id"].as_str().unwrap());
        holder.post(&path, json!({"fence": claim["fence"]})).await.expect(200);
    }
    truth::violations(&beside.world.database).await
}

/// A household is registered with a value of the wrong kind.
pub(crate) async fn values_repeated(bugs: Bugs) -> Vec<String> {
    const CANARY: &str = "canary!4711";
    let beside = Beside::new(bugs).await;
    let mut found = Vec::new();
    for place in ["/members", "/door/phone", "/door/position/lat", "/categories/0"] {
        let mut body = beside.world.household();
        *body.pointer_mut(place).unwrap() = json!(CANARY);
        let answer = beside.here(&beside.world.partner_of_a()).post("/v1/households", body).await;
        assert_eq!(answer.status.as_u16(), 422, "{place}: {}", answer.text);
        if answer.text.contains(CANARY) {
            found.push(format!("the value at {place} is repeated"));
        }
    }
    found
}

/// A token with everything right but without an audience.
pub(crate) async fn tokens_for_nobody(bugs: Bugs) -> Vec<String> {
    let beside = Beside::new(bugs).await;
    let world = &beside.world;
    let good = world.sign(&world.seeded.a.coordinator.bearer());
    let parts: Vec<&str> = good.split('.').collect();
    let mut claims: Value = serde_json::from_slice(&BASE64.decode(parts[1]).unwrap()).unwrap();
    let key = std::fs::read(world.secrets().join("token-signing.pk8")).unwrap();
    let key = Ed25519KeyPair::from_pkcs8(&key).unwrap();
    let sign = |claims: &Value| {
        let text = format!("{}.{}", parts[0], BASE64.encode(claims.to_string()));
        let signature = BASE64.encode(key.sign(text.as_bytes()));
        format!("{text}.{signature}")
    };
    let nobody = beside.here(&world.nobody());
    // The same forge makes a token that is taken: what is refused below is refused for its audience.
    nobody.with_token(sign(&claims)).get("/v1/requests").await.expect(200);
    claims.as_object_mut().unwrap().remove("aud").unwrap();
    match nobody.with_token(sign(&claims)).get("/v1/requests").await.status.as_u16() {
        401 => Vec::new(),
        status => vec![format!("a token without an audience was answered {status}")],
    }
}
