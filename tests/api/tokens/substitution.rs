//! Every kind of token, shown wherever one is taken: each opens its own place and no other.

use std::fmt::Write as _;

use reqwest::Method;
use serde_json::{Value, json};

use crate::assertions::{self, Signer};
use crate::support::{Answer, Caller, World, run};

/// Where a token is taken; each is good for the kind of the same name.
const PLACES: [&str; 10] = [
    "person's access token",
    "partner app's access token",
    "refresh token",
    "link to set a password",
    "first administrator's link",
    "invitation code",
    "partner app's secret",
    "cursor of a list",
    "place in the log",
    "partner app's assertion",
];

/// What is taken nowhere at all: we sign by it, and compare nothing with it.
const TAKEN_NOWHERE: [&str; 3] = ["webhook's secret", "session's id", "household's phrase"];

struct Kinds {
    world: World,
    all: Vec<(&'static str, String)>,
}

fn text(of: &Value, field: &str) -> String {
    of[field].as_str().unwrap_or_else(|| panic!("no {field} in {of}")).to_owned()
}

impl Kinds {
    /// One of each kind, all of them good at once.
    async fn make() -> Self {
        let world = World::new().await;
        let (coordinator, partner) = (world.coordinator_of_a(), world.partner_of_a());
        let (request, phrase) = world.open_request().await;
        world.open_request().await;
        let body = json!({"email": "coordinator@a.example", "password": World::PASSWORD});
        let session = world.nobody().post("/v1/auth/login", body).await.expect(200);
        let user = world.seeded.a.administrator.user;
        let path = format!("/v1/users/{user}/password-link");
        let link =
            text(&world.administrator_of_a().post(&path, json!({})).await.expect(201), "password_link");
        let until = birgemiz::clock::now() + chrono::TimeDelta::days(1);
        let body = json!({"area_id": world.seeded.area, "max_uses": 1, "expires_at": until});
        let invitation = coordinator.post("/v1/invitations", body).await.expect(201);
        let body = json!({"url": "https://hook.example.org/"});
        let webhook = partner.post("/v1/webhook-endpoints", body).await.expect(201);
        let page = coordinator.get("/v1/requests?limit=1").await.expect(200);
        let log = coordinator.get("/v1/events?limit=1").await.expect(200);
        let (app, signer) = (world.seeded.a.partner, Signer::edwards());
        assertions::set_keys(&world, app, &[signer.public("k")]).await.expect(200);
        let assertion = signer.sign(&signer.head("k"), &assertions::claims(&world, app).to_string());
        assert!(request.starts_with("req_"));
        let all = vec![
            (PLACES[0], text(&session, "access_token")),
            (PLACES[1], partner.token().unwrap().to_owned()),
            (PLACES[2], text(&session, "refresh_token")),
            (PLACES[3], link.split_once('#').unwrap().1.to_owned()),
            (PLACES[5], text(&invitation, "code")),
            (PLACES[6], World::PARTNER_SECRET.to_owned()),
            (PLACES[7], text(&page, "next_cursor")),
            (PLACES[8], text(&log, "next_cursor")),
            (PLACES[9], assertion),
            (TAKEN_NOWHERE[0], text(&webhook, "secret")),
            (TAKEN_NOWHERE[1], text(&session, "session_id")),
            (TAKEN_NOWHERE[2], phrase),
        ];
        Self { world, all }
    }

    async fn show(&self, token: &str, place: &str) -> Answer {
        let (nobody, coordinator) = (self.world.nobody(), self.world.coordinator_of_a());
        let query =
            |name: &str| form_urlencoded::Serializer::new(String::new()).append_pair(name, token).finish();
        match place {
            "person's access token" => nobody.with_token(token).get("/v1/me/sessions").await,
            "partner app's access token" => {
                let volunteer = self.world.seeded.a.volunteers[0].id;
                let body = json!({"positions": [{"volunteer_id": volunteer, "position": {"lat": 43.2, "lon": 76.9}}]});
                nobody.with_token(token).post("/v1/positions", body).key("once").await
            }
            "refresh token" => nobody.post("/v1/auth/refresh", json!({"refresh_token": token})).await,
            "link to set a password" => {
                let body = json!({"token": token, "password": World::PASSWORD});
                nobody.post("/v1/auth/password", body).await
            }
            "first administrator's link" => nobody.post("/v1/auth/setup", founding(token)).await,
            "invitation code" => nobody.post("/v1/volunteers/register", registering(token)).await,
            "partner app's secret" => self.credentials(&nobody, token).await,
            "cursor of a list" => coordinator.get(&format!("/v1/requests?limit=1&{}", query("cursor"))).await,
            "place in the log" => coordinator.get(&format!("/v1/events?limit=1&{}", query("after"))).await,
            "partner app's assertion" => assertions::show(&nobody, self.world.seeded.a.partner, token).await,
            other => panic!("no place is called {other}"),
        }
    }

    async fn credentials(&self, nobody: &Caller, secret: &str) -> Answer {
        let id = self.world.seeded.a.partner.to_string();
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &id)
            .append_pair("client_secret", secret)
            .finish();
        nobody.call(Method::POST, "/v1/auth/token").bytes("application/x-www-form-urlencoded", form).await
    }
}

fn founding(token: &str) -> Value {
    json!({"token": token, "organisation_name": "Another", "name": "A", "email": "first@example.org",
        "password": World::PASSWORD})
}

fn registering(code: &str) -> Value {
    json!({"invitation_code": code, "name": "Dana Omarova", "email": "dana@example.org", "password": World::PASSWORD,
        "transport": "foot", "capacity_kg": 8.0, "capacity_l": 30.0, "radius_m": 3000})
}

#[test]
fn each_kind_of_token_opens_its_own_place_and_no_other() {
    run(async {
        let kinds = Kinds::make().await;
        let mut wrong = String::new();
        // Those that open come last, for some are good once.
        for (kind, token) in &kinds.all {
            for place in PLACES.iter().filter(|place| *place != kind) {
                let answer = kinds.show(token, place).await;
                if answer.status.is_success() {
                    writeln!(wrong, "{kind} was taken for {place}: {}", answer.status).unwrap();
                }
                assert!(answer.status.is_client_error(), "{kind} as {place}: {}", answer.text);
            }
        }
        // So many wrong guesses would have a right one refused.
        kinds.world.database.ask("DELETE FROM login_attempts").await;
        for (kind, token) in kinds.all.iter().filter(|(kind, _)| !TAKEN_NOWHERE.contains(kind)) {
            let answer = kinds.show(token, kind).await;
            if !answer.status.is_success() {
                writeln!(wrong, "{kind} opens nothing: {} {}", answer.status, answer.text).unwrap();
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    });
}
