//! One request in one state, with a holder and a former holder, and everyone who may come asking.

use serde_json::{Value, json};

use crate::support::{Answer, Caller, World};

/// The states of a request in which everyone is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Pending,
    Open,
    Claimed,
    PickedUp,
    AtDoor,
    Fulfilled,
    Cancelled,
    Unfulfilled,
    Expired,
}

pub(crate) const STATES: &[State] = &[
    State::Pending,
    State::Open,
    State::Claimed,
    State::PickedUp,
    State::AtDoor,
    State::Fulfilled,
    State::Cancelled,
    State::Unfulfilled,
    State::Expired,
];

/// Somebody who comes asking.
pub(crate) struct Party {
    pub(crate) name: &'static str,
    pub(crate) caller: Caller,
}

/// Everyone.
pub(crate) struct Cast {
    parties: Vec<Party>,
    other_volunteer: String,
}

impl Cast {
    pub(crate) async fn new(world: &World) -> Self {
        // So many requests are claimed on the way that the usual limit would get in the way.
        world.database.ask("UPDATE volunteers SET claim_limit = 10000").await;
        let party = |name, caller| Party { name, caller };
        let other = world.third_volunteer_of_a().await;
        Self {
            parties: vec![
                party("holder", world.volunteer_of_a()),
                party("former holder", world.second_volunteer_of_a()),
                party("other volunteer", other.1),
                party("other organisation's volunteer", world.volunteer_of_b()),
                party("coordinator", world.coordinator_of_a()),
                party("other organisation's coordinator", world.coordinator_of_b()),
                party("partner", world.partner_of_a()),
                party("other partner", world.partner_of_b()),
                party("administrator", world.administrator_of_a()),
                party("nobody", world.nobody()),
            ],
            other_volunteer: other.0,
        }
    }

    pub(crate) fn parties(&self) -> &[Party] {
        &self.parties
    }

    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.parties.iter().map(|party| party.name).collect()
    }
}

/// One request and what hangs on it.
pub(crate) struct Fixture {
    pub(crate) household: String,
    pub(crate) request: String,
    pub(crate) phrase: String,
    pub(crate) claim: String,
    pub(crate) fence: i64,
    pub(crate) delivery: String,
    pub(crate) former_claim: String,
    pub(crate) former_fence: i64,
    pub(crate) other_volunteer: String,
}

impl Fixture {
    pub(crate) async fn make(world: &World, cast: &Cast, state: State) -> Self {
        let household = world.verified_household().await;
        let filed = world.partner_of_a().post("/v1/requests", world.request(&household)).await.expect(201);
        let request = text(&filed, "id");
        let former = claim(&world.second_volunteer_of_a(), &request).await;
        let (former_claim, former_fence) = (text(&former, "id"), former["fence"].as_i64().unwrap());
        act(&world.second_volunteer_of_a(), &format!("/v1/claims/{former_claim}/release"), former_fence)
            .await;
        let held = claim(&world.volunteer_of_a(), &request).await;
        let fixture = Self {
            household,
            request,
            phrase: text(&filed, "phrase"),
            claim: text(&held, "id"),
            fence: held["fence"].as_i64().unwrap(),
            delivery: text(&held, "delivery_id"),
            former_claim,
            former_fence,
            other_volunteer: cast.other_volunteer.clone(),
        };
        fixture.bring_to(world, state).await;
        fixture
    }

    async fn bring_to(&self, world: &World, state: State) {
        let holder = world.volunteer_of_a();
        let step = async |verb: &str| {
            act(&holder, &format!("/v1/deliveries/{}/{verb}", self.delivery), self.fence).await;
        };
        let fail = async |outcome: &str| {
            let body = json!({"fence": self.fence, "outcome": outcome});
            holder.post(&format!("/v1/deliveries/{}/fail", self.delivery), body).await.expect(200);
        };
        match state {
            State::Claimed => {}
            State::PickedUp => step("pick-up").await,
            State::AtDoor => {
                step("pick-up").await;
                step("arrive").await;
            }
            State::Fulfilled => {
                step("pick-up").await;
                step("arrive").await;
                let body = json!({"fence": self.fence, "outcome": "handed_over", "phrase": self.phrase});
                holder.post(&format!("/v1/deliveries/{}/complete", self.delivery), body).await.expect(200);
            }
            State::Pending => fail("bad_address").await,
            State::Unfulfilled => fail("refused").await,
            State::Open => act(&holder, &format!("/v1/claims/{}/release", self.claim), self.fence).await,
            State::Cancelled => {
                let path = format!("/v1/requests/{}/cancel", self.request);
                world.partner_of_a().post(&path, json!({})).await.expect(200);
            }
            State::Expired => {
                act(&holder, &format!("/v1/claims/{}/release", self.claim), self.fence).await;
                let id: domain::id::RequestId = self.request.parse().unwrap();
                let sql = format!(
                    "UPDATE requests SET window_start = now() - interval '31 days', \
                     window_end = now() - interval '30 days' WHERE id = '{}'",
                    id.uuid()
                );
                world.database.ask(&sql).await;
                birgemiz::dispatch::drain(world.app()).await;
            }
        }
    }

    /// Everything that an act could have changed. A refusal leaves it as it was.
    pub(crate) async fn snapshot(&self, world: &World) -> Vec<Vec<Option<String>>> {
        let request: domain::id::RequestId = self.request.parse().unwrap();
        let household: domain::id::HouseholdId = self.household.parse().unwrap();
        let (request, household) = (request.uuid(), household.uuid());
        let sql = format!(
            "SELECT (SELECT status || version FROM households WHERE id = '{household}'), \
                    (SELECT string_agg(status || version, ',' ORDER BY id) FROM requests WHERE household_id = '{household}'), \
                    (SELECT string_agg(status || version, ',' ORDER BY id) FROM claims WHERE request_id = '{request}'), \
                    (SELECT string_agg(status || version, ',' ORDER BY id) FROM deliveries WHERE request_id = '{request}'), \
                    (SELECT count(*) FROM events WHERE request_id = '{request}'), \
                    (SELECT count(*) FROM proofs p JOIN deliveries d ON d.id = p.delivery_id WHERE d.request_id = '{request}')"
        );
        world.database.ask(&sql).await
    }
}

async fn claim(volunteer: &Caller, request: &str) -> Value {
    volunteer.post(&format!("/v1/requests/{request}/claim"), json!({})).await.expect(201)
}

async fn act(volunteer: &Caller, path: &str, fence: i64) {
    volunteer.post(path, json!({ "fence": fence })).await.expect(200);
}

fn text(body: &Value, field: &str) -> String {
    body[field].as_str().unwrap().to_owned()
}

/// The answer in short: status, code, and whether anything of the door is in it.
pub(crate) fn cell(answer: &Answer) -> String {
    let code = answer.json()["code"].as_str().map(|code| format!(" {code}")).unwrap_or_default();
    // What `World::household` puts behind the door.
    let private =
        ["Raushan", "77010000001", "Abay", "150/230", "43.238949", "76.889709", "Knock", "The lift"];
    let door = if private.iter().any(|text| answer.text.contains(text)) { " DOOR" } else { "" };
    format!("{}{code}{door}", answer.status.as_u16())
}
