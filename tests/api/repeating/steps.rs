//! The long day: every POST, in an order in which each can be done.

use super::step::Who::{Administrator, Coordinator, Leaving, Nobody, Partner, Sandbox, Volunteer};
use super::step::{Step, step};

/// All of them, in order.
pub(super) fn all() -> Vec<Step> {
    [ORGANISING, PEOPLE, HOUSEHOLDS, HOTLINE, DELIVERING, OTHER_ENDS, TELLING].concat()
}

const ID: &str = "/id";

const ORGANISING: &[Step] = &[
    step(Administrator, "/v1/organisations", r#"{"name": "Third"}"#),
    step(Administrator, "/v1/campaigns", r#"{"organisation_id": "{a}", "name": "Spring"}"#)
        .names(&[("spring", ID)]),
    step(Administrator, "/v1/campaigns/{spring}/organisations", r#"{"organisation_id": "{b}"}"#),
    step(
        Administrator,
        "/v1/areas",
        r#"{"campaign_id": "{spring}", "name": "Talgar", "time_zone": "Asia/Almaty", "geometry": {"type": "Polygon",
            "coordinates": [[[77.1, 43.2], [77.4, 43.2], [77.4, 43.4], [77.1, 43.4], [77.1, 43.2]]]}}"#,
    )
    .names(&[("talgar", ID)]),
    step(Administrator, "/v1/areas/{talgar}/buildings", r#"{"positions": [{"lat": 43.3, "lon": 77.2}]}"#),
    step(
        Administrator,
        "/v1/items",
        r#"{"campaign_id": "{campaign}", "name": "Rice", "unit": "bag", "weight_kg": 1.0, "volume_l": 1.0}"#,
    )
    .names(&[("rice", ID)]),
    step(
        Administrator,
        "/v1/kits",
        r#"{"campaign_id": "{campaign}", "name": "Sack", "lines": [{"item_id": "{rice}", "quantity": 2}]}"#,
    ),
    step(
        Administrator,
        "/v1/hubs",
        r#"{"organisation_id": "{a}", "area_id": "{area}", "name": "Warehouse", "address": "Satpaev 90",
            "position": {"lat": 43.24, "lon": 76.9}}"#,
    ),
    step(
        Administrator,
        "/v1/partners",
        r#"{"organisation_id": "{a}", "campaign_id": "{campaign}", "name": "City app", "scopes": ["requests:write"]}"#,
    )
    .once(&["client_secret"])
    .names(&[("app", "/client_id")]),
    step(Administrator, "/v1/partners/{app}/secret", "{}").once(&["client_secret"]),
    step(Administrator, "/v1/partners/{app}/revoke", "{}"),
];

const PEOPLE: &[Step] = &[
    step(
        Administrator,
        "/v1/users",
        r#"{"organisation_id": "{a}", "role": "coordinator", "name": "Saule", "email": "saule@a.example"}"#,
    )
    .once(&["password_link"])
    .names(&[("saule", ID)]),
    step(Administrator, "/v1/users/{saule}/password-link", "{}").once(&["password_link"]),
    step(Administrator, "/v1/users/{saule}/disable", "{}"),
    step(
        Coordinator,
        "/v1/invitations",
        r#"{"area_id": "{area}", "max_uses": 5, "expires_at": "{tomorrow}"}"#,
    )
    .once(&["code"])
    .names(&[("invitation", ID), ("code", "/code")]),
    step(
        Nobody,
        "/v1/volunteers/register",
        r#"{"invitation_code": "{code}", "name": "Dana Omarova", "email": "dana@example.org",
            "password": "correct horse battery staple", "transport": "foot", "capacity_kg": 8.0,
            "capacity_l": 30.0, "radius_m": 3000}"#,
    )
    .names(&[("dana", ID)]),
    step(Coordinator, "/v1/invitations/{invitation}/revoke", "{}"),
    step(Coordinator, "/v1/volunteers/{dana}/approve", "{}"),
    step(Coordinator, "/v1/volunteers/{dana}/suspend", "{}"),
    step(Coordinator, "/v1/volunteers/{dana}/reinstate", "{}"),
    step(
        Coordinator,
        "/v1/volunteers",
        r#"{"area_id": "{area}", "name": "Timur", "email": "timur@example.org", "transport": "car",
            "capacity_kg": 80.0, "capacity_l": 300.0, "radius_m": 3000}"#,
    )
    .once(&["password_link"])
    .names(&[("timur", ID)]),
    step(Coordinator, "/v1/volunteers/{timur}/reject", "{}"),
];

const HOUSEHOLD: &str = r#"{"area_id": "{area}", "members": 2, "categories": ["elderly_alone"],
    "languages": ["kk"], "consent": {"text_version": "1", "language": "kk", "channel": "hotline"},
    "door": {"name": "Raushan", "phone": "+77010000001", "street": "Abay Avenue", "house": "150/230",
        "position": {"lat": 43.238949, "lon": 76.889709}, "notes": "Knock twice"}}"#;

const HOUSEHOLDS_TOGETHER: &str = r#"{"households": [{"area_id": "{area}", "members": 2,
    "categories": ["elderly_alone"], "languages": ["kk"],
    "consent": {"text_version": "1", "language": "kk", "channel": "hotline"},
    "door": {"name": "Raushan", "street": "Abay Avenue", "house": "150/230",
        "position": {"lat": 43.238949, "lon": 76.889709}}}]}"#;

const HOUSEHOLDS: &[Step] = &[
    step(Partner, "/v1/households", HOUSEHOLD).names(&[("household", ID)]),
    step(Coordinator, "/v1/households/{household}/verify", "{}"),
    step(
        Coordinator,
        "/v1/volunteers/{dana}/blocks",
        r#"{"household_id": "{household}", "reason": "asked for somebody else"}"#,
    ),
    step(Partner, "/v1/households/bulk", HOUSEHOLDS_TOGETHER).names(&[("second", "/results/0/household/id")]),
    step(Coordinator, "/v1/households/{second}/reject", "{}"),
    step(Coordinator, "/v1/households/{second}/erase", r#"{"reason": "registered_by_mistake"}"#),
];

const HOTLINE: &[Step] = &[
    step(
        Coordinator,
        "/v1/hotline/intakes",
        r#"{"area_id": "{area}", "members": 2, "categories": ["elderly_alone"], "languages": ["kk"],
            "consent": {"text_version": "1", "language": "kk"}, "kind": "delivery",
            "lines": [{"kit_id": "{kit}", "quantity": 1}], "note": "The lift is broken",
            "door": {"name": "Dana Door", "phone": "+77021112233", "landmark": "behind the bakery"}}"#,
    )
    .events(2)
    .once(&["phrase"])
    .names(&[("third", "/request/household_id")]),
    step(Coordinator, "/v1/households/{third}/locate", r#"{"position": {"lat": 43.26, "lon": 76.95}}"#),
    step(Coordinator, "/v1/households/{third}/verify", "{}").events(2),
    step(Partner, "/v1/requests", NEED).once(&["phrase"]).names(&[("called", ID)]),
    step(Coordinator, "/v1/calls", r#"{"request_id": "{called}"}"#).names(&[("call", ID)]),
    step(Coordinator, "/v1/calls/next", "{}").events(0).once(&["name", "phone"]),
    step(Coordinator, "/v1/calls/{call}/lock", "{}").events(0).once(&["name", "phone"]),
    step(Coordinator, "/v1/calls/{call}/outcome", r#"{"outcome": "reached"}"#),
    step(
        Partner,
        "/v1/requests/bulk",
        r#"{"requests": [{"household_id": "{household}", "kind": "delivery", "note": "The lift is broken",
            "lines": [{"kit_id": "{kit}", "quantity": 1}]}]}"#,
    )
    .once(&["phrase"])
    .names(&[("filed", "/results/0/request/id")]),
];

const NEED: &str = r#"{"household_id": "{household}", "kind": "delivery", "note": "The lift is broken",
    "lines": [{"kit_id": "{kit}", "quantity": 1}]}"#;

const DELIVERING: &[Step] = &[
    step(Volunteer, "/v1/requests/{called}/claim", "{}").names(&[
        ("claim", ID),
        ("delivery", "/delivery_id"),
        ("fence", "/fence"),
    ]),
    step(Volunteer, "/v1/deliveries/{delivery}/pick-up", r#"{"fence": {fence}}"#),
    step(Volunteer, "/v1/deliveries/{delivery}/arrive", r#"{"fence": {fence}}"#),
    step(Volunteer, "/v1/deliveries/{delivery}/photo?fence={fence}", "").of_type("image/png"),
    step(Partner, "/v1/requests/{called}/phrase", "{}").once(&["phrase"]).names(&[("phrase", "/phrase")]),
    step(
        Volunteer,
        "/v1/deliveries/{delivery}/complete",
        r#"{"fence": {fence}, "outcome": "handed_over", "phrase": "{phrase}"}"#,
    ),
    step(Partner, "/v1/requests/{called}/acknowledge", "{}"),
];

const OTHER_ENDS: &[Step] = &[
    step(Coordinator, "/v1/plans", r#"{"area_id": "{area}", "due_until": "2026-01-01T00:00:00Z"}"#)
        .names(&[("plan", ID)]),
    step(Coordinator, "/v1/plans/{plan}/edits", r#"{"edits": []}"#),
    step(Coordinator, "/v1/plans/{plan}/commit", "{}"),
    step(Coordinator, "/v1/requests/{filed}/assign", r#"{"volunteer_id": "{volunteer}"}"#)
        .names(&[("assigned", "/delivery_id"), ("its_fence", "/fence")]),
    step(Volunteer, "/v1/deliveries/{assigned}/fail", r#"{"fence": {its_fence}, "outcome": "bad_address"}"#),
    step(Coordinator, "/v1/requests/{filed}/verify", "{}"),
    step(Leaving, "/v1/requests/{filed}/claim", "{}"),
    step(Coordinator, "/v1/requests/{filed}/revoke", "{}"),
    step(Volunteer, "/v1/requests/{filed}/claim", "{}").names(&[("released", ID), ("third_fence", "/fence")]),
    step(Volunteer, "/v1/claims/{released}/release", r#"{"fence": {third_fence}}"#),
    step(Partner, "/v1/requests/{filed}/cancel", "{}"),
    step(Coordinator, "/v1/requests", r#"{"household_id": "{household}", "kind": "call"}"#)
        .names(&[("talk", ID)]),
    step(Volunteer, "/v1/offers/{offer}/decline", r#"{"reason": "too_far"}"#),
    step(Leaving, "/v1/offers/{second_offer}/accept", "{}")
        .names(&[("talking", ID), ("last_fence", "/fence")]),
    step(Leaving, "/v1/claims/{talking}/complete", r#"{"fence": {last_fence}, "outcome": "reached"}"#),
    step(Coordinator, "/v1/households/{household}/suspend", "{}"),
    step(Coordinator, "/v1/households/{household}/reinstate", "{}"),
    step(Coordinator, "/v1/households/{household}/archive", "{}"),
    step(Leaving, "/v1/me/leave", "{}"),
];

const TELLING: &[Step] = &[
    step(
        Partner,
        "/v1/webhook-endpoints",
        r#"{"url": "https://receiver.invalid/hooks", "events": ["volunteer.left"]}"#,
    )
    .once(&["secret"])
    .names(&[("webhook", ID)]),
    step(Partner, "/v1/webhook-endpoints/{webhook}/rotate-secret", "{}").once(&["secret"]),
    step(Partner, "/v1/webhook-endpoints/{webhook}/test", "{}"),
    step(Partner, "/v1/webhook-endpoints/{webhook}/replay", r#"{"from": "{yesterday}", "until": "{now}"}"#),
    step(Partner, "/v1/webhook-endpoints/{webhook}/enable", "{}"),
    step(
        Coordinator,
        "/v1/imports?kind=hubs&dry_run=true",
        "name;address;lat;lon\nDepot;Satpaev 91;43.24;76.91\n",
    )
    .events(0)
    .of_type("text/csv"),
    step(Sandbox, "/v1/sandbox/clock", r#"{"advance_s": 60}"#),
];
