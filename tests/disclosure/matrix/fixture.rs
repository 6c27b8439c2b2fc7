//! One household with its request in one state, and everything that hangs on them.

use birgemiz::dispatch;
use domain::id::{ClaimId, RequestId};
use serde_json::{Value, json};

use super::cast::Cast;
use super::marks::{LAT, LON, MEMBERS, Marks};
use crate::support::{Caller, World};

/// The states of a request in which everyone is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    New,
    Open,
    Claimed,
    PickedUp,
    AtDoor,
    Fulfilled,
    GraceOver,
    Cancelled,
    Unfulfilled,
    Expired,
}

pub(crate) const STATES: &[State] = &[
    State::New,
    State::Open,
    State::Claimed,
    State::PickedUp,
    State::AtDoor,
    State::Fulfilled,
    State::GraceOver,
    State::Cancelled,
    State::Unfulfilled,
    State::Expired,
];

/// What calls are made of: `{name}` in a path or a body is put in from here.
pub(crate) struct Fixture {
    pub(crate) marks: Marks,
    pub(crate) words: Vec<(&'static str, String)>,
}

/// What is filed, and the key under which it was.
pub(crate) const FILED: &str = r#"{"household_id": "{household}", "kind": "delivery",
    "lines": [{"kit_id": "{kit}", "quantity": 1}], "note": "Marknote she is deaf"}"#;

fn household(world: &World, key: &str) -> Value {
    json!({
        "area_id": world.seeded.area.to_string(),
        "external_id": format!("Markext-{key}"),
        "members": MEMBERS,
        "categories": ["orphans_in_care", "unemployed", "other"],
        "languages": ["kk"],
        "consent": {"text_version": "2026-11", "language": "kk", "channel": "partner_app"},
        "door": {
            "name": "Markname Zhumabaeva", "phone": "+77017654321", "street": "Markstreet", "house": "Mh77",
            "entrance": "Mentr", "floor": "Mfloor", "flat": "Mflat", "intercom": "Mcom9", "landmark": "Markland",
            "position": {"lat": LAT, "lon": LON}, "notes": "Markdoornote"
        }
    })
}

impl Fixture {
    pub(crate) async fn make(world: &World, cast: &Cast, state: State) -> Self {
        let (partner, coordinator) = (world.partner_of_a(), world.coordinator_of_a());
        let key = format!("{state:?}");
        let made = partner.post("/v1/households", household(world, &key)).await.expect(201);
        let household = text(&made["id"]);
        if state != State::New {
            coordinator.post(&format!("/v1/households/{household}/verify"), json!({})).await.expect(200);
        }
        let mut words = vec![
            ("household", household.clone()),
            ("kit", world.seeded.kit.to_string()),
            ("area", world.seeded.area.to_string()),
            ("campaign", world.seeded.campaign.to_string()),
            ("state", key.clone()),
            ("holder", world.seeded.a.volunteers[0].id.to_string()),
        ];
        let filed: Value = serde_json::from_str(&filled(FILED, &words)).unwrap();
        let filed = partner.post("/v1/requests", filed).key(&key).await.expect(201);
        words.push(("request", text(&filed["id"])));
        let coarse = &made["coarse_point"];
        let coarse = (coarse["lat"].as_f64().unwrap(), coarse["lon"].as_f64().unwrap());
        let marks = Marks { household, phrase: text(&filed["phrase"]), coarse };
        let mut fixture = Self { marks, words };
        let block = format!("/v1/volunteers/{}/blocks", cast.blocked_id);
        let kept_apart = json!({"household_id": fixture.of("household"), "reason": "Markreason: they quarrelled"});
        coordinator.post(&block, kept_apart).await;
        fixture.live(world, cast, state).await;
        fixture
    }

    pub(crate) fn of(&self, name: &str) -> &str {
        self.words.iter().find(|(known, _)| *known == name).map_or("none", |(_, word)| word)
    }

    /// Somebody has released it, somebody's claim has lapsed, somebody holds it; then on to the state.
    async fn live(&mut self, world: &World, cast: &Cast, state: State) {
        let nothing = ["claim", "former_claim", "lapsed_claim", "delivery"];
        if state == State::New {
            self.words.extend(nothing.map(|name| (name, "none".to_owned())));
            self.words.extend(["fence", "former_fence", "lapsed_fence"].map(|name| (name, "1".to_owned())));
            return;
        }
        let former = self.claim(&world.second_volunteer_of_a(), "former_claim", "former_fence").await;
        let release = json!({"fence": former["fence"], "reason": "Markreason: the car broke down"});
        let path = format!("/v1/claims/{}/release", text(&former["id"]));
        world.second_volunteer_of_a().post(&path, release).await.expect(200);
        let lapsed = self.claim(&cast.lapsed, "lapsed_claim", "lapsed_fence").await;
        let lapsed: ClaimId = text(&lapsed["id"]).parse().unwrap();
        let over = format!("UPDATE claims SET lease_until = now() - interval '1 minute' WHERE id = '{}'", lapsed.uuid());
        world.database.ask(&over).await;
        dispatch::drain(world.app()).await;
        let called = json!({"request_id": self.of("request")});
        let call = world.coordinator_of_a().post("/v1/calls", called).await;
        self.words.push(("call", text(&call.json()["id"])));
        let plan = json!({"area_id": self.of("area")});
        let plan = world.coordinator_of_a().post("/v1/plans", plan).await.expect(201);
        self.words.push(("plan", text(&plan["id"])));
        let held = self.claim(&world.volunteer_of_a(), "claim", "fence").await;
        self.words.push(("delivery", text(&held["delivery_id"])));
        self.bring_to(world, state).await;
        world.app().fleet.catch_up(&world.app().database).await.unwrap();
    }

    async fn claim(&mut self, volunteer: &Caller, id: &'static str, fence: &'static str) -> Value {
        let path = format!("/v1/requests/{}/claim", self.of("request"));
        let claim = volunteer.post(&path, json!({})).await.expect(201);
        self.words.push((id, text(&claim["id"])));
        self.words.push((fence, claim["fence"].to_string()));
        claim
    }

    async fn step(&self, holder: &Caller, verb: &str, more: Value) {
        let mut body = json!({"fence": self.of("fence").parse::<i64>().unwrap()});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let path = format!("/v1/deliveries/{}/{verb}", self.of("delivery"));
        holder.post(&path, body).await.expect(200);
    }

    async fn to_the_door(&self, holder: &Caller) {
        self.step(holder, "pick-up", json!({})).await;
        self.step(holder, "arrive", json!({})).await;
        let photo = format!("/v1/deliveries/{}/photo?fence={}", self.of("delivery"), self.of("fence"));
        let sent = holder.call(reqwest::Method::POST, &photo).bytes("image/png", picture()).await;
        assert!(sent.status.is_success(), "{}", sent.text);
    }

    async fn bring_to(&self, world: &World, state: State) {
        let holder = world.volunteer_of_a();
        let release = async || {
            let body = json!({"fence": self.of("fence").parse::<i64>().unwrap(), "reason": "Markreason: ill"});
            holder.post(&format!("/v1/claims/{}/release", self.of("claim")), body).await.expect(200);
        };
        match state {
            State::New | State::Claimed => {}
            State::PickedUp => self.step(&holder, "pick-up", json!({})).await,
            State::AtDoor => self.to_the_door(&holder).await,
            State::Fulfilled | State::GraceOver => {
                self.to_the_door(&holder).await;
                let handed = json!({"outcome": "handed_over", "phrase": self.marks.phrase});
                self.step(&holder, "complete", handed).await;
                if state == State::GraceOver {
                    let claim: ClaimId = self.of("claim").parse().unwrap();
                    let over = "UPDATE claims SET ended_at = ended_at - interval '1 day' WHERE id =";
                    world.database.ask(&format!("{over} '{}'", claim.uuid())).await;
                }
            }
            State::Open => release().await,
            State::Cancelled => {
                let path = format!("/v1/requests/{}/cancel", self.of("request"));
                let why = json!({"reason": "Markreason: her son came"});
                world.partner_of_a().post(&path, why).await.expect(200);
            }
            State::Unfulfilled => self.step(&holder, "fail", json!({"outcome": "refused"})).await,
            State::Expired => {
                release().await;
                let id: RequestId = self.of("request").parse().unwrap();
                let sql = format!(
                    "UPDATE requests SET window_start = now() - interval '31 days', \
                     window_end = now() - interval '30 days' WHERE id = '{}'",
                    id.uuid()
                );
                world.database.ask(&sql).await;
                dispatch::drain(world.app()).await;
            }
        }
    }

    /// A text with the words put in.
    pub(crate) fn fill(&self, template: &str) -> String {
        filled(template, &self.words)
    }
}

fn filled(template: &str, words: &[(&'static str, String)]) -> String {
    let mut text = template.to_owned();
    for (name, word) in words {
        text = text.replace(&format!("{{{name}}}"), word);
    }
    text
}

fn picture() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let image = image::RgbImage::from_pixel(64, 48, image::Rgb([200, 180, 40]));
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("none").to_owned()
}
