//! Every call that could carry something of a household. Whatever changes things is a dry run, or comes with a version
//! that nothing has: then everything is asked that would be asked, and nothing is done.

use reqwest::Method;

use super::cast::Party;
use super::fixture::{FILED, Fixture};
use crate::support::Answer;

/// A call, and how it is made.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// Of the contract.
    template: &'static str,
    /// What is asked, with the fixture's words to be put in.
    path: &'static str,
    body: Option<&'static str>,
    how: How,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// As it is.
    Plainly,
    /// With the version of something else.
    Outdated,
    /// By the key of the call that filed the request; to whoever has not filed it, it is a key like any other, so they
    /// try only.
    Again,
}

const fn get(name: &'static str, template: &'static str, path: &'static str) -> Row {
    Row { name, template, path, body: None, how: How::Plainly }
}

const fn dry(name: &'static str, template: &'static str, path: &'static str, body: &'static str) -> Row {
    Row { name, template, path, body: Some(body), how: How::Plainly }
}

/// An act on the thing that is named, which everybody tries.
const fn act(name: &'static str, template: &'static str, path: &'static str, body: &'static str) -> Row {
    Row { name, template, path, body: Some(body), how: How::Outdated }
}

impl Row {
    /// The operation of the contract.
    pub(crate) fn operation(&self) -> &'static str {
        self.template
    }

    pub(crate) async fn ask(&self, party: &Party, fixture: &Fixture) -> Answer {
        let method: Method = self.template.split(' ').next().unwrap().parse().unwrap();
        let mut path = fixture.fill(self.path);
        if self.how == How::Again && party.name != "filing partner" {
            path += "?dry_run=true";
        }
        let mut call = party.caller.call(method, &path);
        if let Some(body) = self.body {
            call = call.bytes("application/json", fixture.fill(body));
        }
        match self.how {
            How::Plainly => call.await,
            How::Outdated => call.header("if-match", "\"nothing-has-this\"").await,
            How::Again => call.key(fixture.of("state")).await,
        }
    }
}

const FENCED: &str = r#"{"fence": {fence}, "reason": "Never kept"}"#;
const FORMER: &str = r#"{"fence": {former_fence}}"#;
const ALIKE: &str = r#"{"area_id": "{area}", "external_id": "{external}", "members": 1, "categories": ["other"],
    "languages": ["kk"], "consent": {"text_version": "2026-11", "language": "kk", "channel": "partner_app"},
    "door": {"name": "Somebody Else", "phone": "+77011112233", "street": "Elsewhere", "house": "1",
        "position": {"lat": 43.1612, "lon": 77.0114}}}"#;

/// All of them, in the order of the table.
pub(crate) static ROWS: &[Row] = &[
    get("GET household", "GET /v1/households/{id}", "/v1/households/{household}"),
    get("GET household door", "GET /v1/households/{id}/door", "/v1/households/{household}/door"),
    get("LIST households", "GET /v1/households", "/v1/households?limit=200"),
    get("LIST households with requests", "GET /v1/households", "/v1/households?include=requests&limit=200"),
    get("LIST households near", "GET /v1/households", "/v1/households?near={lat},{lon}&radius_m=3000"),
    get("GET request", "GET /v1/requests/{id}", "/v1/requests/{request}"),
    get("LIST requests", "GET /v1/requests", "/v1/requests?limit=200"),
    get("LIST requests with households", "GET /v1/requests", "/v1/requests?include=household&limit=200"),
    get("LIST requests with claims", "GET /v1/requests", "/v1/requests?include=claim&limit=200"),
    get("LIST requests of household", "GET /v1/requests", "/v1/requests?household_id={household}"),
    get("LIST requests in a box", "GET /v1/requests", "/v1/requests?bbox=76.8,43.2,77.0,43.3"),
    get("GET queue", "GET /v1/requests/queue", "/v1/requests/queue?limit=200"),
    get("GET requests summary", "GET /v1/requests/summary", "/v1/requests/summary"),
    get("GET candidates", "GET /v1/requests/{id}/candidates", "/v1/requests/{request}/candidates"),
    get("GET why-not", "GET /v1/requests/{id}/why-not", "/v1/requests/{request}/why-not"),
    get("GET dispatch", "GET /v1/requests/{id}/dispatch", "/v1/requests/{request}/dispatch"),
    get("GET my offers", "GET /v1/me/offers", "/v1/me/offers?limit=200"),
    get("GET claim", "GET /v1/claims/{id}", "/v1/claims/{claim}"),
    get("GET former claim", "GET /v1/claims/{id}", "/v1/claims/{former_claim}"),
    get("GET claim door", "GET /v1/claims/{id}/door", "/v1/claims/{claim}/door?fence={fence}"),
    get(
        "GET former claim door",
        "GET /v1/claims/{id}/door",
        "/v1/claims/{former_claim}/door?fence={former_fence}",
    ),
    get(
        "GET former claim door by new fence",
        "GET /v1/claims/{id}/door",
        "/v1/claims/{former_claim}/door?fence={fence}",
    ),
    get(
        "GET lapsed claim door",
        "GET /v1/claims/{id}/door",
        "/v1/claims/{lapsed_claim}/door?fence={lapsed_fence}",
    ),
    get("GET delivery", "GET /v1/deliveries/{id}", "/v1/deliveries/{delivery}"),
    get("GET delivery photo", "GET /v1/deliveries/{id}/photo", "/v1/deliveries/{delivery}/photo"),
    get("GET nearby requests", "GET /v1/me/nearby-requests", "/v1/me/nearby-requests?limit=200"),
    get("GET my claims", "GET /v1/me/claims", "/v1/me/claims?limit=200"),
    get("GET me", "GET /v1/me", "/v1/me"),
    get("LIST events of household", "GET /v1/events", "/v1/events?object={household}&limit=200"),
    get("LIST events of request", "GET /v1/events", "/v1/events?object={request}&limit=200"),
    get("LIST events of claim", "GET /v1/events", "/v1/events?object={claim}&limit=200"),
    get("LIST calls", "GET /v1/calls", "/v1/calls?status=waiting,done&limit=200"),
    get("LIST plans", "GET /v1/plans", "/v1/plans?area_id={area}"),
    get("GET plan", "GET /v1/plans/{id}", "/v1/plans/{plan}"),
    get("GET area", "GET /v1/areas/{id}", "/v1/areas/{area}"),
    get("GET area summary", "GET /v1/areas/{id}/summary", "/v1/areas/{area}/summary"),
    get("GET area balance", "GET /v1/areas/{id}/balance", "/v1/areas/{area}/balance"),
    get("EXPORT households", "GET /v1/exports/households", "/v1/exports/households"),
    get("EXPORT requests", "GET /v1/exports/requests", "/v1/exports/requests"),
    get("EXPORT volunteers", "GET /v1/exports/volunteers", "/v1/exports/volunteers"),
    get("LIST volunteers", "GET /v1/volunteers", "/v1/volunteers?include=claims&limit=200"),
    get("GET holder", "GET /v1/volunteers/{id}", "/v1/volunteers/{holder}"),
    get("LIST users", "GET /v1/users", "/v1/users?limit=200"),
    Row {
        name: "FILE again by its key",
        template: "POST /v1/requests",
        path: "/v1/requests",
        body: Some(FILED),
        how: How::Again,
    },
    dry("TRY to file for it", "POST /v1/requests", "/v1/requests?dry_run=true", FILED),
    dry(
        "TRY to file many",
        "POST /v1/requests/bulk",
        "/v1/requests/bulk?dry_run=true",
        r#"{"requests": [{"household_id": "{household}", "kind": "call", "note": "?"}]}"#,
    ),
    dry("TRY to register its name again", "POST /v1/households", "/v1/households?dry_run=true", ALIKE),
    dry("TRY to claim", "POST /v1/requests/{id}/claim", "/v1/requests/{request}/claim?dry_run=true", "{}"),
    dry(
        "TRY to assign",
        "POST /v1/requests/{id}/assign",
        "/v1/requests/{request}/assign?dry_run=true",
        r#"{"volunteer_id": "{holder}"}"#,
    ),
    dry(
        "TRY to accept the offer",
        "POST /v1/offers/{id}/accept",
        "/v1/offers/{offer}/accept?dry_run=true",
        "{}",
    ),
    dry(
        "TRY to decline the offer",
        "POST /v1/offers/{id}/decline",
        "/v1/offers/{offer}/decline?dry_run=true",
        r#"{"reason": "not_now"}"#,
    ),
    act("CANCEL", "POST /v1/requests/{id}/cancel", "/v1/requests/{request}/cancel", "{}"),
    act("VERIFY request", "POST /v1/requests/{id}/verify", "/v1/requests/{request}/verify", "{}"),
    act("REVOKE", "POST /v1/requests/{id}/revoke", "/v1/requests/{request}/revoke", "{}"),
    act("ACKNOWLEDGE", "POST /v1/requests/{id}/acknowledge", "/v1/requests/{request}/acknowledge", "{}"),
    act("ANOTHER phrase", "POST /v1/requests/{id}/phrase", "/v1/requests/{request}/phrase", "{}"),
    act("RELEASE", "POST /v1/claims/{id}/release", "/v1/claims/{claim}/release", FENCED),
    act("RELEASE former claim", "POST /v1/claims/{id}/release", "/v1/claims/{former_claim}/release", FORMER),
    act(
        "PICK UP",
        "POST /v1/deliveries/{id}/pick-up",
        "/v1/deliveries/{delivery}/pick-up",
        r#"{"fence": {fence}}"#,
    ),
    act(
        "ARRIVE",
        "POST /v1/deliveries/{id}/arrive",
        "/v1/deliveries/{delivery}/arrive",
        r#"{"fence": {fence}}"#,
    ),
    act(
        "FAIL",
        "POST /v1/deliveries/{id}/fail",
        "/v1/deliveries/{delivery}/fail",
        r#"{"fence": {fence}, "outcome": "no_answer"}"#,
    ),
    act(
        "COMPLETE",
        "POST /v1/deliveries/{id}/complete",
        "/v1/deliveries/{delivery}/complete",
        r#"{"fence": {fence}, "outcome": "left_at_door", "position": {"lat": 43.1612, "lon": 77.0114}}"#,
    ),
    act(
        "CONCLUDE",
        "POST /v1/claims/{id}/complete",
        "/v1/claims/{claim}/complete",
        r#"{"fence": {fence}, "outcome": "reached"}"#,
    ),
    act("VERIFY household", "POST /v1/households/{id}/verify", "/v1/households/{household}/verify", "{}"),
    act("REJECT household", "POST /v1/households/{id}/reject", "/v1/households/{household}/reject", "{}"),
    act("SUSPEND household", "POST /v1/households/{id}/suspend", "/v1/households/{household}/suspend", "{}"),
    act(
        "REINSTATE household",
        "POST /v1/households/{id}/reinstate",
        "/v1/households/{household}/reinstate",
        "{}",
    ),
    act("ARCHIVE household", "POST /v1/households/{id}/archive", "/v1/households/{household}/archive", "{}"),
    act(
        "ERASE household",
        "POST /v1/households/{id}/erase",
        "/v1/households/{household}/erase",
        r#"{"reason": "asked"}"#,
    ),
    act(
        "LOCATE household",
        "POST /v1/households/{id}/locate",
        "/v1/households/{household}/locate",
        r#"{"position": {"lat": 43.1612, "lon": 77.0114}}"#,
    ),
    act("TAKE a call", "POST /v1/calls/{id}/lock", "/v1/calls/{call}/lock", "{}"),
];

/// Operations that no household's data comes near, or that other tests ask in the same way; each with its reason.
const LEFT_OUT: &[(&str, &[&str])] = &[
    (
        "catalogue, organising and staff: nothing in them is a household's, and no id of one is taken",
        &[
            "/v1/areas",
            "POST /v1/areas/{id}/buildings",
            "/v1/campaigns",
            "/v1/hubs",
            "/v1/items",
            "/v1/kits",
            "/v1/organisations",
            "/v1/partners",
            "/v1/invitations",
            "/v1/sandbox",
            "/v1/users",
            "/v1/auth",
            "/v1/me/sessions",
            "/v1/me/authenticator",
            "GET /v1/imports/templates/{id}",
        ],
    ),
    (
        "a volunteer's own state: what was sent comes back",
        &[
            "PATCH /v1/me",
            "PUT /v1/me",
            "POST /v1/me/leave",
            "POST /v1/volunteers",
            "PATCH /v1/volunteers",
            "DELETE /v1/volunteers",
            "POST /v1/positions",
        ],
    ),
    ("what is pushed is asked by tests/api/webhooks/privacy.rs", &["/v1/webhook-endpoints"]),
    (
        "a stream tells what the list of events tells; tests/api/events holds them against each other",
        &["GET /v1/events/stream"],
    ),
    ("files are asked by tests/imports/privacy.rs, which are whoever's who brought them", &["/v1/imports"]),
    ("a photo is sent, and its delivery comes back", &["POST /v1/deliveries/{id}/photo"]),
    ("many at once are each the single call", &["POST /v1/households/bulk"]),
    (
        "the hotline's conversations are asked by tests/api/hotline",
        &["POST /v1/hotline/intakes", "POST /v1/calls", "POST /v1/calls/next", "POST /v1/calls/{id}/outcome"],
    ),
    ("plans are shown as GET plan shows them", &["POST /v1/plans"]),
];

/// Whether an operation is left out for a reason that is told.
pub(crate) fn left_out(operation: &str) -> bool {
    let path = operation.split(' ').nth(1).unwrap();
    LEFT_OUT
        .iter()
        .flat_map(|(_, all)| *all)
        .any(|one| if one.contains(' ') { operation.starts_with(one) } else { path.starts_with(one) })
}
