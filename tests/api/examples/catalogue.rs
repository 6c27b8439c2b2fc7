//! What administrators enter before anybody is served: organisations, campaigns, areas, hubs and what may be asked for.

use reqwest::Method;
use serde_json::json;

use super::recorder::{Recorder, text};
use crate::support::World;

pub(super) async fn walk(recorder: &mut Recorder, world: &World) {
    let campaign = campaigns(recorder, world).await;
    areas(recorder, world, &campaign).await;
    hubs(recorder, world).await;
    things(recorder, world, &campaign).await;
}

async fn campaigns(recorder: &mut Recorder, world: &World) -> String {
    let administrator = world.administrator_of_a();
    let body = json!({"name": "Food bank of Almaty"});
    let made = recorder.post("createOrganisation", &administrator, "/v1/organisations", body).await;
    let organisation = text(&made, "id");
    recorder.one_of("listOrganisations", &administrator, "/v1/organisations", &organisation).await;
    recorder.get("getOrganisation", &administrator, &format!("/v1/organisations/{organisation}")).await;

    let body = json!({
        "organisation_id": organisation,
        "name": "Winter 2026",
        "starts_on": "2026-11-01",
        "ends_on": "2027-03-31",
        "policy": {"lease_s": 5400, "claim_limit": 2}
    });
    let made = recorder.post("createCampaign", &administrator, "/v1/campaigns", body).await;
    let campaign = text(&made, "id");
    recorder.one_of("listCampaigns", &administrator, "/v1/campaigns", &campaign).await;
    let path = format!("/v1/campaigns/{campaign}");
    recorder.get("getCampaign", &administrator, &path).await;
    let body = json!({"organisation_id": world.seeded.a.id});
    recorder.post("joinCampaign", &administrator, &format!("{path}/organisations"), body).await;
    let body = json!({"policy": {"lease_s": 7200, "claim_limit": 3}, "policy_version": 1});
    recorder.send("setPolicy", &administrator, (Method::PUT, &format!("{path}/policy")), body).await;
    campaign
}

async fn areas(recorder: &mut Recorder, world: &World, campaign: &str) {
    let (administrator, coordinator) = (world.administrator_of_a(), world.coordinator_of_a());
    let corners = json!([[[76.8, 43.1], [77.1, 43.1], [77.1, 43.4], [76.8, 43.4], [76.8, 43.1]]]);
    let body = json!({
        "campaign_id": campaign,
        "name": "Bostandyk district",
        "time_zone": "Asia/Almaty",
        "geometry": {"type": "Polygon", "coordinates": corners}
    });
    let made = recorder.post("createArea", &administrator, "/v1/areas", body).await;
    let area = text(&made, "id");
    recorder.one_of("listAreas", &coordinator, "/v1/areas", &area).await;
    let path = format!("/v1/areas/{area}");
    recorder.get("getArea", &coordinator, &path).await;
    let body = json!({"positions": [{"lat": 43.2389, "lon": 76.8897}, {"lat": 43.2391, "lon": 76.8899}]});
    recorder.post("addBuildings", &administrator, &format!("{path}/buildings"), body).await;
}

async fn hubs(recorder: &mut Recorder, world: &World) {
    let coordinator = world.coordinator_of_a();
    let body = json!({
        "area_id": world.seeded.area,
        "name": "Warehouse on Tole Bi",
        "address": "Tole Bi 286",
        "position": {"lat": 43.2521, "lon": 76.8743},
        "opening_hours": "Mo-Fr 09:00-18:00"
    });
    let made = recorder.post("createHub", &coordinator, "/v1/hubs", body).await;
    let hub = text(&made, "id");
    recorder.one_of("listHubs", &coordinator, "/v1/hubs", &hub).await;
    recorder.get("getHub", &coordinator, &format!("/v1/hubs/{hub}")).await;
}

async fn things(recorder: &mut Recorder, world: &World, campaign: &str) {
    let administrator = world.administrator_of_a();
    let body =
        json!({"campaign_id": campaign, "name": "Flour", "unit": "kg", "weight_kg": 1.0, "volume_l": 1.6});
    let made = recorder.post("createItem", &administrator, "/v1/items", body).await;
    let item = text(&made, "id");
    recorder.one_of("listItems", &administrator, "/v1/items", &item).await;
    recorder.get("getItem", &administrator, &format!("/v1/items/{item}")).await;
    let body =
        json!({"campaign_id": campaign, "name": "Basket", "lines": [{"item_id": item, "quantity": 2}]});
    let made = recorder.post("createKit", &administrator, "/v1/kits", body).await;
    let kit = text(&made, "id");
    recorder.one_of("listKits", &administrator, "/v1/kits", &kit).await;
    recorder.get("getKit", &administrator, &format!("/v1/kits/{kit}")).await;
}
