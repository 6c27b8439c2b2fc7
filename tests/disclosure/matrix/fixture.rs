//! One household with its request in one state, and everything that hangs on them.

use birgemiz::dispatch;
use domain::id::{ClaimId, RequestId};
use reqwest::Method;
use serde_json::{Value, json};

use super::cast::Cast;
use super::marks::{self, Marks, mark};
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
    "lines": [{"kit_id": "{kit}", "quantity": 1}], "note": "{note} she is deaf"}"#;

fn household(world: &World, number: usize) -> Value {
    let (lat, lon) = marks::place(number);
    let text = |word: &str| mark(word, number);
    json!({
        "area_id": world.seeded.area.to_string(),
        "external_id": text("ext"),
        "members": marks::members(number),
        "categories": marks::categories(number),
        "languages": ["kk"],
        "consent": {"text_version": "2026-11", "language": "kk", "channel": "partner_app"},
        "door": {
            "name": text("name"), "phone": format!("+{}", marks::phone(number)), "street": text("street"),
            "house": text("house"), "entrance": text("entr"), "floor": text("floor"), "flat": text("flat"),
            "intercom": text("com"), "landmark": text("land"), "plus_code": text("plus"),
            "position": {"lat": lat, "lon": lon}, "notes": text("doornote")
        }
    })
}

impl Fixture {
    pub(crate) async fn make(world: &World, cast: &Cast, number: usize) -> Self {
        let (partner, coordinator) = (world.partner_of_a(), world.coordinator_of_a());
        let (state, (lat, lon)) = (STATES[number], marks::place(number));
        let key = format!("{state:?}");
        // The coarse point is a cell's from the first household on: the area's own tells nothing of it.
        let buildings = json!({"positions": vec![json!({"lat": lat, "lon": lon}); 5]});
        let path = format!("/v1/areas/{}/buildings", world.seeded.area);
        let added = world.administrator_of_a().post(&path, buildings).await;
        assert!(added.status.is_success(), "{}", added.text);
        let made = partner.post("/v1/households", household(world, number)).await.expect(201);
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
            ("note", mark("reqnote", number)),
            ("external", mark("ext", number)),
            ("lat", lat.to_string()),
            ("lon", lon.to_string()),
            ("holder", world.seeded.a.volunteers[0].id.to_string()),
        ];
        let filed =
            partner.call(Method::POST, "/v1/requests").bytes("application/json", filled(FILED, &words));
        let filed = filed.key(&key).await.expect(201);
        words.push(("request", text(&filed["id"])));
        let coarse = &made["coarse_point"];
        let coarse = (coarse["lat"].as_f64().unwrap(), coarse["lon"].as_f64().unwrap());
        let is_apart = (coarse.0 - lat).abs() > 0.000_3 || (coarse.1 - lon).abs() > 0.000_3;
        assert!(is_apart, "the coarse point of {key} is the door");
        let marks = Marks { number, household, phrase: text(&filed["phrase"]), coarse };
        let mut fixture = Self { marks, words };
        let block = format!("/v1/volunteers/{}/blocks", cast.blocked_id);
        let kept_apart =
            json!({"household_id": fixture.of("household"), "reason": fixture.why("they quarrelled")});
        coordinator.post(&block, kept_apart).await;
        fixture.live(world, cast, state).await;
        fixture
    }

    pub(crate) fn of(&self, name: &str) -> &str {
        self.words.iter().find(|(known, _)| *known == name).map_or("none", |(_, word)| word)
    }

    fn why(&self, words: &str) -> String {
        format!("{}: {words}", mark("why", self.marks.number))
    }

    /// Somebody has released it, somebody's claim has lapsed, somebody holds it; then on to the state.
    async fn live(&mut self, world: &World, cast: &Cast, state: State) {
        let nothing = ["claim", "former_claim", "lapsed_claim", "delivery", "offer"];
        if state == State::New {
            self.words.extend(nothing.map(|name| (name, "none".to_owned())));
            self.words.extend(["fence", "former_fence", "lapsed_fence"].map(|name| (name, "1".to_owned())));
            return;
        }
        let former = self.claim(&world.second_volunteer_of_a(), "former_claim", "former_fence").await;
        let release = json!({"fence": former["fence"], "reason": self.why("the car broke down")});
        let path = format!("/v1/claims/{}/release", text(&former["id"]));
        world.second_volunteer_of_a().post(&path, release).await.expect(200);
        let lapsed = self.claim(&cast.lapsed, "lapsed_claim", "lapsed_fence").await;
        let lapsed: ClaimId = text(&lapsed["id"]).parse().unwrap();
        let over = format!(
            "UPDATE claims SET lease_until = now() - interval '1 minute' WHERE id = '{}'",
            lapsed.uuid()
        );
        world.database.ask(&over).await;
        dispatch::drain(world.app()).await;
        let called = json!({"request_id": self.of("request")});
        let call = world.coordinator_of_a().post("/v1/calls", called).await;
        self.words.push(("call", text(&call.json()["id"])));
        let plan = json!({"area_id": self.of("area")});
        let plan = world.coordinator_of_a().post("/v1/plans", plan).await.expect(201);
        self.words.push(("plan", text(&plan["id"])));
        if state != State::Open {
            self.ask(world, cast).await;
        }
        let held = self.claim(&world.volunteer_of_a(), "claim", "fence").await;
        self.words.push(("delivery", text(&held["delivery_id"])));
        self.bring_to(world, state).await;
        if state == State::Open {
            self.ask(world, cast).await;
        }
        world.app().fleet.catch_up(&world.app().database).await.unwrap();
    }

    async fn claim(&mut self, volunteer: &Caller, id: &'static str, fence: &'static str) -> Value {
        let path = format!("/v1/requests/{}/claim", self.of("request"));
        let claim = volunteer.post(&path, json!({})).await.expect(201);
        self.words.push((id, text(&claim["id"])));
        self.words.push((fence, claim["fence"].to_string()));
        claim
    }

    /// Somebody is asked whether they take it, and nobody else: all others are off duty for the moment.
    async fn ask(&mut self, world: &World, cast: &Cast) {
        let duty = async |on: bool| {
            for other in &cast.never_asked {
                other.call(Method::PUT, "/v1/me/duty").json(json!({"on": on})).await.expect(200);
            }
            dispatch::drain(world.app()).await;
        };
        let mode = async |mode: &str| {
            let sql =
                format!("UPDATE policies SET body = jsonb_set(body, '{{dispatch,mode}}', '\"{mode}\"')");
            world.database.ask(&sql).await;
        };
        duty(false).await;
        mode("waves").await;
        dispatch::drain(world.app()).await;
        mode("self_claim").await;
        duty(true).await;
        let open = cast.asked.get("/v1/me/offers?limit=200").await.expect(200);
        let about = |offer: &&Value| offer["request"]["request_id"] == self.of("request");
        let offer = open["data"].as_array().unwrap().iter().find(about);
        let offer = offer.unwrap_or_else(|| panic!("nobody was asked for {}: {open}", self.of("state")));
        self.words.push(("offer", text(&offer["id"])));
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
        let sent = holder.call(Method::POST, &photo).bytes("image/png", picture()).await;
        assert!(sent.status.is_success(), "{}", sent.text);
    }

    async fn bring_to(&self, world: &World, state: State) {
        let holder = world.volunteer_of_a();
        let release = async || {
            let body = json!({"fence": self.of("fence").parse::<i64>().unwrap(), "reason": self.why("ill")});
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
                let why = json!({"reason": self.why("her son came")});
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
