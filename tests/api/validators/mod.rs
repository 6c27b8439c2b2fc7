//! Entity tags: who holds what they would be shown is told so, and who has not seen the latest changes nothing.

mod changing;
mod everywhere;
mod reading;

use serde_json::{Value, json};

use crate::support::meanwhile::all_is_told;
use crate::support::{Answer, Caller, World};

fn text(body: &Value, field: &str) -> String {
    body[field].as_str().unwrap().to_owned()
}

async fn read(caller: &Caller, path: &str) -> (String, Answer) {
    let answer = caller.get(path).await;
    answer.expect(200);
    let tag = answer.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() > 10, "{path}: a strong tag, not {tag}");
    (tag, answer)
}

/// A world in which there is one of everything that can be read.
struct Furnished {
    world: World,
    household: String,
    request: String,
    claim: Value,
    webhook: String,
}

impl Furnished {
    async fn new() -> Self {
        let world = World::new().await;
        let household = world.verified_household().await;
        let filed = world.partner_of_a().post("/v1/requests", world.request(&household)).await.expect(201);
        let request = text(&filed, "id");
        let claim = world.volunteer_of_a().post(&format!("/v1/requests/{request}/claim"), json!({})).await;
        let claim = claim.expect(201);
        let hub = json!({"organisation_id": world.seeded.a.id.to_string(), "area_id": world.seeded.area.to_string(),
            "name": "Warehouse", "address": "Satpaev 90", "position": {"lat": 43.24, "lon": 76.9}});
        world.administrator_of_a().post("/v1/hubs", hub).await.expect(201);
        let made = json!({"url": "https://partner.example/hooks", "events": ["volunteer.left"]});
        let webhook = world.partner_of_a().post("/v1/webhook-endpoints", made).await.expect(201);
        all_is_told(&world).await;
        Self { household, request, claim, webhook: text(&webhook, "id"), world }
    }

    /// Paths that everybody here may read, by who reads them.
    fn readings(&self) -> Vec<(Caller, String)> {
        let (world, claim) = (&self.world, &self.claim);
        let seeded = &world.seeded;
        let coordinator = || world.coordinator_of_a();
        let administrator = || world.administrator_of_a();
        vec![
            (coordinator(), format!("/v1/requests/{}", self.request)),
            (world.partner_of_a(), "/v1/requests?status=claimed".to_owned()),
            (coordinator(), "/v1/requests/summary".to_owned()),
            (coordinator(), format!("/v1/households/{}", self.household)),
            (world.partner_of_a(), "/v1/households".to_owned()),
            (coordinator(), format!("/v1/claims/{}", text(claim, "id"))),
            (world.volunteer_of_a(), format!("/v1/deliveries/{}", text(claim, "delivery_id"))),
            (world.volunteer_of_a(), "/v1/me".to_owned()),
            (coordinator(), "/v1/me".to_owned()),
            (world.volunteer_of_a(), "/v1/me/claims".to_owned()),
            (coordinator(), format!("/v1/volunteers/{}", seeded.a.volunteers[0].id)),
            (coordinator(), "/v1/volunteers".to_owned()),
            (coordinator(), "/v1/hubs".to_owned()),
            (coordinator(), format!("/v1/areas/{}", seeded.area)),
            (coordinator(), "/v1/areas".to_owned()),
            (coordinator(), format!("/v1/areas/{}/summary", seeded.area)),
            (coordinator(), format!("/v1/campaigns/{}", seeded.campaign)),
            (coordinator(), "/v1/campaigns".to_owned()),
            (coordinator(), "/v1/items".to_owned()),
            (coordinator(), format!("/v1/kits/{}", seeded.kit)),
            (coordinator(), "/v1/calls".to_owned()),
            (coordinator(), "/v1/events".to_owned()),
            (administrator(), format!("/v1/organisations/{}", seeded.a.id)),
            (administrator(), "/v1/users".to_owned()),
            (administrator(), "/v1/partners".to_owned()),
            (administrator(), "/v1/invitations".to_owned()),
            (world.partner_of_a(), format!("/v1/webhook-endpoints/{}", self.webhook)),
            (world.partner_of_a(), "/v1/webhook-endpoints".to_owned()),
        ]
    }
}
