//! Who serves: invited or added, judged, kept apart, and what they say of themselves.

use reqwest::Method;
use serde_json::{Value, json};

use super::recorder::{Recorder, text};
use crate::support::World;

pub(super) async fn walk(recorder: &mut Recorder, world: &World) {
    let registered = invited(recorder, world).await;
    judged(recorder, world, &registered).await;
    added(recorder, world).await;
    themselves(recorder, world).await;
}

fn abilities(name: &str, email: &str) -> Value {
    json!({
        "name": name,
        "email": email,
        "transport": "bicycle",
        "capacity_kg": 10.0,
        "capacity_l": 40.0,
        "skills": ["first_aid"],
        "languages": ["kk", "ru"],
        "radius_m": 3000,
        "base": {"lat": 43.2405, "lon": 76.8915}
    })
}

async fn invited(recorder: &mut Recorder, world: &World) -> String {
    let coordinator = world.coordinator_of_a();
    let in_a_month = birgemiz::clock::now() + chrono::TimeDelta::days(30);
    let body = json!({"area_id": world.seeded.area, "max_uses": 25, "expires_at": in_a_month});
    let made = recorder.post("createInvitation", &coordinator, "/v1/invitations", body).await;
    let invitation = text(&made, "id");
    recorder.one_of("listInvitations", &coordinator, "/v1/invitations", &invitation).await;
    let path = format!("/v1/invitations/{invitation}");
    recorder.get("getInvitation", &coordinator, &path).await;
    let mut body = abilities("Dana Omarova", "dana@example.org");
    body["invitation_code"] = made["code"].clone();
    body["password"] = json!(World::PASSWORD);
    let told = recorder.post("registerVolunteer", &world.nobody(), "/v1/volunteers/register", body).await;
    recorder.post("revokeInvitation", &coordinator, &format!("{path}/revoke"), json!({})).await;
    text(&told, "id")
}

async fn judged(recorder: &mut Recorder, world: &World, volunteer: &str) {
    let coordinator = world.coordinator_of_a();
    recorder
        .one_of("listVolunteers", &coordinator, &format!("/v1/volunteers?id={volunteer}"), volunteer)
        .await;
    let path = format!("/v1/volunteers/{volunteer}");
    recorder.get("getVolunteer", &coordinator, &path).await;
    let act = |verb: &str| format!("{path}/{verb}");
    recorder.post("approveVolunteer", &coordinator, &act("approve"), json!({})).await;
    let body = json!({"claim_limit": 2, "skills": ["first_aid", "elder_care"]});
    recorder.send("editVolunteer", &coordinator, (Method::PATCH, &path), body).await;
    let household = world.verified_household().await;
    let body = json!({"household_id": household, "reason": "They are relatives who do not speak"});
    recorder.post("blockHousehold", &coordinator, &act("blocks"), body).await;
    let why = json!({"reason": "Did not come twice"});
    let sessions = act("sessions");
    recorder.send("endVolunteerSessions", &coordinator, (Method::DELETE, &sessions), json!({})).await;
    recorder.post("suspendVolunteer", &coordinator, &act("suspend"), why).await;
    recorder.post("reinstateVolunteer", &coordinator, &act("reinstate"), json!({})).await;
}

async fn added(recorder: &mut Recorder, world: &World) {
    let coordinator = world.coordinator_of_a();
    let mut body = abilities("Timur Akhmetov", "timur@example.org");
    body["area_id"] = json!(world.seeded.area);
    let told = recorder.post("addVolunteer", &coordinator, "/v1/volunteers", body).await;
    let id = told["id"].as_str().or(told["volunteer"]["id"].as_str()).unwrap();
    let why = json!({"reason": "The papers are not his"});
    recorder.post("rejectVolunteer", &coordinator, &format!("/v1/volunteers/{id}/reject"), why).await;
}

async fn themselves(recorder: &mut Recorder, world: &World) {
    let (id, volunteer) = world.third_volunteer_of_a().await;
    let body = json!({"transport": "car", "capacity_kg": 60.0, "agrees_to_trackers": true});
    recorder.send("editMe", &volunteer, (Method::PATCH, "/v1/me"), body).await;
    let body = json!({"slots": [{"start_minute": 1080, "end_minute": 1260}]});
    recorder.send("setAvailability", &volunteer, (Method::PUT, "/v1/me/availability"), body).await;
    recorder.send("setDuty", &volunteer, (Method::PUT, "/v1/me/duty"), json!({"on": true})).await;
    let body = json!({"lat": 43.2402, "lon": 76.8913, "accuracy_m": 12.0});
    recorder.send("reportPosition", &volunteer, (Method::PUT, "/v1/me/position"), body).await;
    let body = json!({"positions": [{"volunteer_id": id, "position": {"lat": 43.2403, "lon": 76.8914}}]});
    recorder.post("trackVolunteers", &world.partner_of_a(), "/v1/positions", body).await;
    recorder.get("getMe", &volunteer, "/v1/me").await;
    let why = json!({"reason": "I am moving away"});
    recorder.post("leaveOrganisation", &volunteer, "/v1/me/leave", why).await;
}
