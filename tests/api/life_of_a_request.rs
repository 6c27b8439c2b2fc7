//! One request from the household's registration to the hand-over, and everybody who may not touch it.

use serde_json::json;

use crate::support::{World, run};

#[test]
fn a_request_goes_from_the_partner_to_the_volunteer_at_the_door() {
    run(async {
        let world = World::new().await;
        let (partner, coordinator) = (world.partner_of_a(), world.coordinator_of_a());

        let registered = partner.post("/v1/households", world.household()).key("household-1").await;
        let household = registered.expect(201);
        assert_eq!(household["status"], "pending_verification");
        let id = household["id"].as_str().unwrap();
        assert_eq!(registered.header("location"), format!("/v1/households/{id}"));

        let filed = partner.post("/v1/requests", world.request(id)).key("request-1").await.expect(201);
        assert_eq!(
            (&filed["status"], &filed["hold"]),
            (&json!("pending_verification"), &json!("new_household"))
        );
        assert_eq!(filed["phrase"].as_str().unwrap().len(), 6);
        assert_eq!(filed["weight_kg"], 6.0);
        let request = format!("/v1/requests/{}", filed["id"].as_str().unwrap());
        assert!(partner.get(&request).await.expect(200).get("phrase").is_none(), "a phrase is shown once");

        coordinator.post(&format!("/v1/households/{id}/verify"), json!({})).await.expect(200);
        let open = coordinator.get(&request).await.expect(200);
        assert_eq!(open["status"], "open");
        assert!(open.get("hold").is_none());

        let volunteer = world.volunteer_of_a();
        let claimed = volunteer.post(&format!("{request}/claim"), json!({})).await;
        let claim = claimed.expect(201);
        assert_eq!(claimed.header("location"), format!("/v1/claims/{}", claim["id"].as_str().unwrap()));
        assert_eq!((&claim["status"], &claim["fence"]), (&json!("active"), &json!(1)));

        let door = format!("/v1/claims/{}/door", claim["id"].as_str().unwrap());
        let shown = volunteer.get(&format!("{door}?fence=1")).await;
        let open = shown.expect(200);
        assert_eq!(open["door"]["flat"], "17");
        assert_eq!(open["note"], "The lift is broken");
        assert_eq!(shown.header("cache-control"), "no-store");
        assert_eq!(shown.header("etag"), "");
        assert_eq!(world.database.count("SELECT count(*) FROM door_readings").await, 1);
    });
}
