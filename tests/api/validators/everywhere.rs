//! Every change whose documentation says that it compares what was seen does so.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Furnished, text};
use crate::offers::{first_offer, offer_everything};
use crate::support::{Caller, World, run};

/// The operation, who calls it, its method and path, and its body.
type Change = (&'static str, Who, Method, &'static str, &'static str);

#[derive(Clone, Copy)]
enum Who {
    Administrator,
    Coordinator,
    Volunteer,
    Partner,
}

/// Names in braces stand for what [`names`] knows.
const CHANGES: [Change; 50] = [
    ("editPlan", Who::Coordinator, Method::POST, "/v1/plans/{plan}/edits", r#"{"edits": []}"#),
    ("commitPlan", Who::Coordinator, Method::POST, "/v1/plans/{plan}/commit", "{}"),
    ("verifyHousehold", Who::Coordinator, Method::POST, "/v1/households/{pending}/verify", "{}"),
    ("rejectHousehold", Who::Coordinator, Method::POST, "/v1/households/{pending}/reject", "{}"),
    ("suspendHousehold", Who::Coordinator, Method::POST, "/v1/households/{household}/suspend", "{}"),
    ("reinstateHousehold", Who::Coordinator, Method::POST, "/v1/households/{household}/reinstate", "{}"),
    ("archiveHousehold", Who::Coordinator, Method::POST, "/v1/households/{household}/archive", "{}"),
    (
        "eraseHousehold",
        Who::Coordinator,
        Method::POST,
        "/v1/households/{pending}/erase",
        r#"{"reason": "asked"}"#,
    ),
    (
        "locateHousehold",
        Who::Coordinator,
        Method::POST,
        "/v1/households/{household}/locate",
        r#"{"position": {"lat": 43.24, "lon": 76.9}}"#,
    ),
    ("lockCall", Who::Coordinator, Method::POST, "/v1/calls/{call}/lock", "{}"),
    ("answerCall", Who::Coordinator, Method::POST, "/v1/calls/{call}/outcome", r#"{"outcome": "no_answer"}"#),
    ("verifyRequest", Who::Coordinator, Method::POST, "/v1/requests/{request}/verify", "{}"),
    ("claimRequest", Who::Volunteer, Method::POST, "/v1/requests/{open}/claim", "{}"),
    (
        "assignRequest",
        Who::Coordinator,
        Method::POST,
        "/v1/requests/{open}/assign",
        r#"{"volunteer_id": "{other}"}"#,
    ),
    ("revokeClaim", Who::Coordinator, Method::POST, "/v1/requests/{request}/revoke", "{}"),
    ("cancelRequest", Who::Partner, Method::POST, "/v1/requests/{request}/cancel", "{}"),
    ("issuePhrase", Who::Partner, Method::POST, "/v1/requests/{request}/phrase", "{}"),
    ("acknowledgeRequest", Who::Partner, Method::POST, "/v1/requests/{request}/acknowledge", "{}"),
    ("releaseClaim", Who::Volunteer, Method::POST, "/v1/claims/{claim}/release", r#"{"fence": 1}"#),
    (
        "concludeClaim",
        Who::Volunteer,
        Method::POST,
        "/v1/claims/{claim}/complete",
        r#"{"fence": 1, "outcome": "reached"}"#,
    ),
    ("pickUpDelivery", Who::Volunteer, Method::POST, "/v1/deliveries/{delivery}/pick-up", r#"{"fence": 1}"#),
    ("arriveDelivery", Who::Volunteer, Method::POST, "/v1/deliveries/{delivery}/arrive", r#"{"fence": 1}"#),
    (
        "completeDelivery",
        Who::Volunteer,
        Method::POST,
        "/v1/deliveries/{delivery}/complete",
        r#"{"fence": 1, "outcome": "handed_over", "phrase": "000000"}"#,
    ),
    (
        "failDelivery",
        Who::Volunteer,
        Method::POST,
        "/v1/deliveries/{delivery}/fail",
        r#"{"fence": 1, "outcome": "no_answer"}"#,
    ),
    (
        "joinCampaign",
        Who::Administrator,
        Method::POST,
        "/v1/campaigns/{campaign}/organisations",
        r#"{"organisation_id": "{b}"}"#,
    ),
    ("setPolicy", Who::Administrator, Method::PUT, "/v1/campaigns/{campaign}/policy", r#"{"policy": {}}"#),
    (
        "setAuthenticatorRule",
        Who::Administrator,
        Method::PUT,
        "/v1/organisations/{b}/authenticator-rule",
        r#"{"staff_authenticator": "optional"}"#,
    ),
    ("disableUser", Who::Administrator, Method::POST, "/v1/users/{user_of_b}/disable", "{}"),
    ("revokePartner", Who::Administrator, Method::POST, "/v1/partners/{partner_of_b}/revoke", "{}"),
    (
        "setPartnerKeys",
        Who::Administrator,
        Method::PUT,
        "/v1/partners/{partner_of_b}/keys",
        r#"{"keys": []}"#,
    ),
    ("rotatePartnerSecret", Who::Administrator, Method::POST, "/v1/partners/{partner_of_b}/secret", "{}"),
    (
        "changeWebhookEndpoint",
        Who::Partner,
        Method::PATCH,
        "/v1/webhook-endpoints/{webhook}",
        r#"{"description": "ours"}"#,
    ),
    ("deleteWebhookEndpoint", Who::Partner, Method::DELETE, "/v1/webhook-endpoints/{webhook}", ""),
    (
        "rotateWebhookSecret",
        Who::Partner,
        Method::POST,
        "/v1/webhook-endpoints/{webhook}/rotate-secret",
        "{}",
    ),
    ("testWebhookEndpoint", Who::Partner, Method::POST, "/v1/webhook-endpoints/{webhook}/test", "{}"),
    (
        "replayWebhookEvents",
        Who::Partner,
        Method::POST,
        "/v1/webhook-endpoints/{webhook}/replay",
        r#"{"from": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}"#,
    ),
    ("enableWebhookEndpoint", Who::Partner, Method::POST, "/v1/webhook-endpoints/{webhook}/enable", "{}"),
    ("editVolunteer", Who::Coordinator, Method::PATCH, "/v1/volunteers/{other}", r#"{"radius_m": 100}"#),
    ("approveVolunteer", Who::Coordinator, Method::POST, "/v1/volunteers/{other}/approve", "{}"),
    ("rejectVolunteer", Who::Coordinator, Method::POST, "/v1/volunteers/{other}/reject", "{}"),
    ("suspendVolunteer", Who::Coordinator, Method::POST, "/v1/volunteers/{other}/suspend", "{}"),
    ("reinstateVolunteer", Who::Coordinator, Method::POST, "/v1/volunteers/{other}/reinstate", "{}"),
    (
        "blockHousehold",
        Who::Coordinator,
        Method::POST,
        "/v1/volunteers/{other}/blocks",
        r#"{"household_id": "{household}", "reason": "asked for somebody else"}"#,
    ),
    ("endVolunteerSessions", Who::Coordinator, Method::DELETE, "/v1/volunteers/{other}/sessions", ""),
    ("acceptOffer", Who::Volunteer, Method::POST, "/v1/offers/{offer}/accept", "{}"),
    ("declineOffer", Who::Volunteer, Method::POST, "/v1/offers/{offer}/decline", r#"{"reason": "not_now"}"#),
    ("editMe", Who::Volunteer, Method::PATCH, "/v1/me", r#"{"radius_m": 100}"#),
    ("setDuty", Who::Volunteer, Method::PUT, "/v1/me/duty", r#"{"on": false}"#),
    ("setAvailability", Who::Volunteer, Method::PUT, "/v1/me/availability", r#"{"slots": []}"#),
    ("leaveOrganisation", Who::Volunteer, Method::POST, "/v1/me/leave", "{}"),
];

#[test]
fn every_change_that_says_it_compares_does_so_and_leaves_all_as_it_was() {
    run(async {
        let furnished = Furnished::new().await;
        let world = &furnished.world;
        let mut compared: Vec<String> = CHANGES.iter().map(|change| change.0.to_owned()).collect();
        compared.sort();
        assert_eq!(compared, said_to_compare());
        let names = names(&furnished).await;
        let all = "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM idempotency_keys) \
                        + (SELECT count(*) FROM door_readings)";
        let before = world.database.count(all).await;
        for (operation, who, method, path, body) in &CHANGES {
            let named = |text: &str| {
                names
                    .iter()
                    .fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), id))
            };
            let call = caller(world, *who).call(method.clone(), &named(path));
            let call = match named(body).as_str() {
                "" => call,
                body => call.json(serde_json::from_str::<Value>(body).unwrap()),
            };
            let answer = call.header("if-match", "\"123456-of-nobody\"").await;
            answer.refused(412, "version_mismatch");
            assert!(!answer.header("etag").is_empty(), "{operation}");
        }
        assert_eq!(world.database.count(all).await, before);
    });
}

/// The operations whose documentation has `If-Match`; a photo is taken elsewhere.
fn said_to_compare() -> Vec<String> {
    let document = serde_json::to_value(birgemiz::rest::docs::document()).unwrap();
    let mut all: Vec<String> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
        .filter(|operation| operation["parameters"].to_string().contains("/IfMatch"))
        .map(|operation| operation["operationId"].as_str().unwrap().to_owned())
        .filter(|id| id != "addPhoto")
        .collect();
    all.sort();
    all
}

fn caller(world: &World, who: Who) -> Caller {
    match who {
        Who::Administrator => world.administrator_of_a(),
        Who::Coordinator => world.coordinator_of_a(),
        Who::Volunteer => world.volunteer_of_a(),
        Who::Partner => world.partner_of_a(),
    }
}

async fn names(furnished: &Furnished) -> Vec<(&'static str, String)> {
    let (world, seeded) = (&furnished.world, &furnished.world.seeded);
    let pending = world.partner_of_a().post("/v1/households", world.household()).await.expect(201);
    let (open, _) = world.open_request().await;
    offer_everything(world).await;
    let offer = first_offer(&world.volunteer_of_a()).await;
    let plan = json!({"area_id": seeded.area.to_string()});
    let plan = world.coordinator_of_a().post("/v1/plans", plan).await.expect(201);
    let call = text(
        &world.coordinator_of_a().post("/v1/calls", json!({"request_id": open})).await.expect(201),
        "id",
    );
    // However late it is in Almaty: this call is held already.
    let (id, operator) = (call.parse::<domain::id::CallId>().unwrap(), seeded.a.coordinator.user);
    let held = "now() + interval '1 hour'";
    let (operator, id) = (operator.uuid(), id.uuid());
    let lock = format!("UPDATE calls SET locked_by = '{operator}', locked_until = {held} WHERE id = '{id}'");
    world.database.ask(&lock).await;
    vec![
        ("pending", text(&pending, "id")),
        ("household", furnished.household.clone()),
        ("request", furnished.request.clone()),
        ("open", open),
        ("offer", offer),
        ("plan", text(&plan, "id")),
        ("call", call),
        ("claim", text(&furnished.claim, "id")),
        ("delivery", text(&furnished.claim, "delivery_id")),
        ("webhook", furnished.webhook.clone()),
        ("other", seeded.a.volunteers[1].id.to_string()),
        ("campaign", seeded.campaign.to_string()),
        ("b", seeded.b.id.to_string()),
        ("user_of_b", seeded.b.coordinator.user.to_string()),
        ("partner_of_b", seeded.b.partner.to_string()),
    ]
}
