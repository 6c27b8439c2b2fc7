//! Sandboxes: places in which nobody is real and time can be advanced.

mod clock;
mod guide;
mod isolation;

use birgemiz::demo::{Roster, build_sandbox};
use domain::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::seed::Person;
use crate::support::{Caller, World};

/// A sandbox in a world that has real people in it.
struct Sandbox {
    roster: Roster,
    partner: Caller,
    coordinator: Caller,
    /// The volunteer who is left to whoever tries things out.
    volunteer: Caller,
}

impl Sandbox {
    async fn new(world: &World) -> Self {
        let roster = build_sandbox(world.app(), "Hotline 1414").await.unwrap();
        world.log_everybody_in().await;
        world.app().wakeup.ring();
        let coordinator = Person { user: roster.organisations[0].coordinator_id, role: Role::Coordinator };
        let volunteer = Person { user: roster.volunteers[0].user_id, role: Role::Volunteer };
        let volunteer = world.person(volunteer);
        volunteer.call(Method::PUT, "/v1/me/duty").json(json!({"on": true})).await.expect(200);
        Self {
            partner: world.partner(roster.client_id),
            coordinator: world.person(coordinator),
            volunteer,
            roster,
        }
    }

    /// An open request of the sandbox's partner app, at the very door that worlds register; its id.
    async fn open_request(&self, world: &World, window: Value) -> String {
        let mut household = world.household();
        household["area_id"] = json!(self.roster.area_id);
        let household = self.partner.post("/v1/households", household).await.expect(201);
        let id = text(&household["id"]);
        self.coordinator.post(&format!("/v1/households/{id}/verify"), json!({})).await.expect(200);
        let mut request = world.request(&id);
        request["lines"] = json!([{"kit_id": self.roster.kit_id, "quantity": 1}]);
        if !window.is_null() {
            request["window"] = window;
        }
        let filed = self.partner.post("/v1/requests", request).await.expect(201);
        assert_eq!(filed["status"], "open");
        text(&filed["id"])
    }

    async fn advance(&self, seconds: i64) -> Value {
        self.partner.post("/v1/sandbox/clock", json!({"advance_s": seconds})).await.expect(200)
    }

    async fn request(&self, id: &str) -> Value {
        self.partner.get(&format!("/v1/requests/{id}")).await.expect(200)
    }

    /// What the sandbox's operators are to call for, about that request.
    async fn calls_about(&self, request: &str) -> Vec<String> {
        let listed = self.coordinator.get("/v1/calls?limit=100&status=waiting").await.expect(200);
        let calls = listed["data"].as_array().unwrap();
        calls.iter().filter(|call| call["request_id"] == request).map(|call| text(&call["purpose"])).collect()
    }
}

fn text(body: &Value) -> String {
    body.as_str().unwrap().to_owned()
}
