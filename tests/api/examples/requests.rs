//! Needs from filing to confirmation, and the other ways that they end.

use std::io::Cursor;

use birgemiz::dispatch;
use reqwest::Method;
use serde_json::{Value, json};

use super::recorder::{Recorder, text};
use crate::offers::{first_offer, offer_everything};
use crate::support::{Caller, World};

pub(super) async fn walk(recorder: &mut Recorder, world: &World) {
    delivered(recorder, world).await;
    planned(recorder, world).await;
    Box::pin(offered(recorder, world)).await;
    given_back(recorder, world).await;
    failed(recorder, world).await;
    called(recorder, world).await;
    by_the_hotline(recorder, world).await;
}

async fn delivered(recorder: &mut Recorder, world: &World) {
    let (partner, volunteer) = (world.partner_of_a(), world.volunteer_of_a());
    let household = world.verified_household().await;
    let filed = recorder.post("submitRequest", &partner, "/v1/requests", world.request(&household)).await;
    let request = text(&filed, "id");
    looked_at(recorder, world, &request).await;
    let path = |verb: &str| format!("/v1/requests/{request}/{verb}");
    let claim = recorder.post("claimRequest", &volunteer, &path("claim"), json!({})).await;
    let id = text(&claim, "id");
    recorder.get("getClaim", &volunteer, &format!("/v1/claims/{id}")).await;
    recorder
        .get("readClaimDoor", &volunteer, &format!("/v1/claims/{id}/door?fence={}", claim["fence"]))
        .await;
    recorder.one_of("listMyClaims", &volunteer, "/v1/me/claims", &id).await;
    brought(recorder, world, &claim, &filed["phrase"]).await;
    recorder.post("acknowledgeRequest", &partner, &path("acknowledge"), json!({})).await;
}

/// Who could do it, among all that is open.
async fn planned(recorder: &mut Recorder, world: &World) {
    let coordinator = world.coordinator_of_a();
    let household = world.verified_household().await;
    let filed = world.partner_of_a().post("/v1/requests", world.request(&household)).await.expect(201);
    let body = json!({"area_id": world.seeded.area.to_string(), "policy": {"most_each": 2}});
    let plan = text(&recorder.post("makePlan", &coordinator, "/v1/plans", body).await, "id");
    recorder.get("listPlans", &coordinator, "/v1/plans").await;
    let path = format!("/v1/plans/{plan}");
    recorder.get("getPlan", &coordinator, &path).await;
    let edits = json!({"edits": [{"edit": "drop", "request_id": filed["id"]}]});
    recorder.post("editPlan", &coordinator, &format!("{path}/edits"), edits).await;
    recorder.post("commitPlan", &coordinator, &format!("{path}/commit"), json!({})).await;
    let off = format!("/v1/requests/{}/cancel", text(&filed, "id"));
    coordinator.post(&off, json!({"reason": "only planned"})).await.expect(200);
}

/// Asked whether they take it: one declines, and accepts another.
async fn offered(recorder: &mut Recorder, world: &World) {
    let (coordinator, volunteer) = (world.coordinator_of_a(), world.volunteer_of_a());
    let seeded = &world.seeded;
    let others = [seeded.a.volunteers[1], seeded.b.volunteers[0], seeded.b.volunteers[1]];
    for other in others {
        world
            .person(other.person)
            .call(Method::PUT, "/v1/me/duty")
            .json(json!({"on": false}))
            .await
            .expect(200);
    }
    let household = world.verified_household().await;
    for answer in ["decline", "accept"] {
        let filed = world.partner_of_a().post("/v1/requests", world.request(&household)).await.expect(201);
        let request = text(&filed, "id");
        offer_everything(world).await;
        let offer = first_offer(&volunteer).await;
        let path = format!("/v1/offers/{offer}/{answer}");
        if answer == "decline" {
            recorder.get("listMyOffers", &volunteer, "/v1/me/offers").await;
            recorder.post("declineOffer", &volunteer, &path, json!({"reason": "too_far"})).await;
            recorder.get("getDispatch", &coordinator, &format!("/v1/requests/{request}/dispatch")).await;
        } else {
            recorder.post("acceptOffer", &volunteer, &path, json!({})).await;
        }
        let off = json!({"reason": "only offered"});
        coordinator.post(&format!("/v1/requests/{request}/cancel"), off).await.expect(200);
    }
    for other in others {
        world
            .person(other.person)
            .call(Method::PUT, "/v1/me/duty")
            .json(json!({"on": true}))
            .await
            .expect(200);
    }
}

/// While it is open.
async fn looked_at(recorder: &mut Recorder, world: &World, request: &str) {
    let (partner, coordinator) = (world.partner_of_a(), world.coordinator_of_a());
    dispatch::drain(world.app()).await;
    recorder.get("getRequest", &partner, &format!("/v1/requests/{request}")).await;
    recorder
        .one_of("listRequests", &partner, &format!("/v1/requests?status=open&id={request}"), request)
        .await;
    recorder.get("countRequests", &partner, "/v1/requests/summary").await;
    recorder.get("getAreaSummary", &coordinator, &format!("/v1/areas/{}/summary", world.seeded.area)).await;
}

async fn brought(recorder: &mut Recorder, world: &World, claim: &Value, phrase: &Value) {
    let (volunteer, fence) = (world.volunteer_of_a(), &claim["fence"]);
    let delivery = text(claim, "delivery_id");
    let path = |verb: &str| format!("/v1/deliveries/{delivery}/{verb}");
    recorder.get("getDelivery", &volunteer, &format!("/v1/deliveries/{delivery}")).await;
    recorder.post("pickUpDelivery", &volunteer, &path("pick-up"), json!({"fence": fence})).await;
    recorder.post("arriveDelivery", &volunteer, &path("arrive"), json!({"fence": fence})).await;
    let photo = format!("{}?fence={fence}", path("photo"));
    let answer = volunteer.call(Method::POST, &photo).bytes("image/png", picture()).await;
    recorder.keep("addPhoto", None, &answer, answer.expect(201));
    let body = json!({"fence": fence, "outcome": "handed_over", "phrase": phrase});
    recorder.post("completeDelivery", &volunteer, &path("complete"), body).await;
}

fn picture() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let pixel = image::Rgb([200, 180, 40]);
    image::RgbImage::from_pixel(64, 48, pixel).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Released by one, given to another and taken from them, and called off.
async fn given_back(recorder: &mut Recorder, world: &World) {
    let (partner, coordinator) = (world.partner_of_a(), world.coordinator_of_a());
    let household = world.verified_household().await;
    let mut other = world.request(&household);
    other["urgency"] = json!("critical");
    // A household that nobody knows.
    let unknown = world.request("hh_01jd9x0q3vfhz8w2k5m7n6t999");
    let body = json!({"requests": [other, unknown]});
    let told = recorder.post("submitRequests", &partner, "/v1/requests/bulk", body).await;
    let request = told["results"][0]["request"]["id"].as_str().unwrap();
    let path = |verb: &str| format!("/v1/requests/{request}/{verb}");
    recorder.post("issuePhrase", &coordinator, &path("phrase"), json!({})).await;
    let claim = world.volunteer_of_a().post(&path("claim"), json!({})).await.expect(201);
    let body = json!({"fence": claim["fence"], "reason": "My car broke down"});
    let release = format!("/v1/claims/{}/release", text(&claim, "id"));
    recorder.post("releaseClaim", &world.volunteer_of_a(), &release, body).await;
    let body = json!({"volunteer_id": world.seeded.a.volunteers[1].id});
    recorder.post("assignRequest", &coordinator, &path("assign"), body).await;
    let why = json!({"reason": "Somebody nearer is free now"});
    recorder.post("revokeClaim", &coordinator, &path("revoke"), why).await;
    compared(recorder, world, request).await;
    let why = json!({"reason": "A neighbour has brought it"});
    recorder.post("cancelRequest", &partner, &path("cancel"), why).await;
}

/// Who could take it, who could not, and where it stands among others.
async fn compared(recorder: &mut Recorder, world: &World, request: &str) {
    let coordinator = world.coordinator_of_a();
    dispatch::drain(world.app()).await;
    let shown = world.seeded.a.volunteers[0].id.to_string();
    recorder
        .only("listCandidates", &coordinator, &format!("/v1/requests/{request}/candidates"), ("data", &shown))
        .await;
    recorder.get("explainRequest", &coordinator, &format!("/v1/requests/{request}/why-not")).await;
    recorder.only("getQueue", &coordinator, "/v1/requests/queue", ("data", request)).await;
    recorder.get("balanceArea", &coordinator, &format!("/v1/areas/{}/balance", world.seeded.area)).await;
    recorder
        .only("listNearbyRequests", &world.volunteer_of_a(), "/v1/me/nearby-requests", ("nearby", request))
        .await;
}

/// The door was not found: a coordinator looks into it and lets the request be open again.
async fn failed(recorder: &mut Recorder, world: &World) {
    let (request, _) = world.open_request().await;
    let volunteer = world.volunteer_of_a();
    let claim = claimed(&volunteer, &request).await;
    let body = json!({"fence": claim["fence"], "outcome": "bad_address", "reason": "There is no such house"});
    let path = format!("/v1/deliveries/{}/fail", text(&claim, "delivery_id"));
    recorder.post("failDelivery", &volunteer, &path, body).await;
    let path = format!("/v1/requests/{request}/verify");
    let why = json!({"reason": "The house is behind the school"});
    recorder.post("verifyRequest", &world.coordinator_of_a(), &path, why).await;
}

async fn claimed(volunteer: &Caller, request: &str) -> Value {
    volunteer.post(&format!("/v1/requests/{request}/claim"), json!({})).await.expect(201)
}

/// Somebody wants to be called, and is.
async fn called(recorder: &mut Recorder, world: &World) {
    let household = world.verified_household().await;
    let body = json!({"household_id": household, "kind": "call"});
    let filed = world.partner_of_a().post("/v1/requests", body).await.expect(201);
    let volunteer = world.volunteer_of_a();
    let claim = claimed(&volunteer, &text(&filed, "id")).await;
    let path = format!("/v1/claims/{}/complete", text(&claim, "id"));
    let body = json!({"fence": claim["fence"], "outcome": "reached"});
    recorder.post("concludeClaim", &volunteer, &path, body).await;
}

/// Operators call whoever was promised a call.
async fn by_the_hotline(recorder: &mut Recorder, world: &World) {
    // However late it is in Almaty.
    let awake = "UPDATE policies SET body = jsonb_set(body, '{calls}', \
        '{\"quiet_from_minute\": 0, \"quiet_until_minute\": 0}'::jsonb)";
    world.database.ask(awake).await;
    let (request, _) = world.open_request().await;
    let operator = world.coordinator_of_a();
    let body = json!({"request_id": request, "urgency": "high"});
    let ordered = recorder.post("orderCall", &operator, "/v1/calls", body).await;
    let call = text(&ordered, "id");
    recorder.one_of("listCalls", &operator, "/v1/calls?status=waiting", &call).await;
    recorder.post("lockNextCall", &operator, "/v1/calls/next", json!({})).await;
    recorder.post("lockCall", &operator, &format!("/v1/calls/{call}/lock"), json!({})).await;
    let path = format!("/v1/calls/{call}/outcome");
    recorder.post("answerCall", &operator, &path, json!({"outcome": "reached"})).await;
}
