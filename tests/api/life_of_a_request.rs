//! One request from the household's registration to the hand-over, and everybody who may not touch it.

use serde_json::{Value, json};

use crate::support::{Caller, World, run};

fn id_of(body: &Value) -> &str {
    body["id"].as_str().unwrap()
}

#[test]
fn a_request_goes_from_the_partner_to_the_volunteer_who_holds_it() {
    run(async {
        let world = World::new().await;
        let (partner, coordinator) = (world.partner_of_a(), world.coordinator_of_a());

        let registered = partner.post("/v1/households", world.household()).await;
        let household = registered.expect(201);
        assert_eq!(household["status"], "pending_verification");
        assert!(household.get("door").is_none(), "{household}");
        let household = id_of(&household).to_owned();
        assert_eq!(registered.header("location"), format!("/v1/households/{household}"));

        let filed = partner.post("/v1/requests", world.request(&household)).await.expect(201);
        assert_eq!(filed["status"], "pending_verification");
        assert_eq!(filed["hold"], "new_household");
        assert_eq!(filed["weight_kg"], 6.0);
        assert_eq!(filed["phrase"].as_str().unwrap().len(), 6);
        let request = format!("/v1/requests/{}", id_of(&filed));
        assert!(partner.get(&request).await.expect(200).get("phrase").is_none(), "a phrase is shown once");

        let verify = format!("/v1/households/{household}/verify");
        assert_eq!(coordinator.post(&verify, json!({})).await.expect(200)["status"], "verified");
        let open = coordinator.get(&request).await.expect(200);
        assert_eq!(open["status"], "open");
        assert!(open.get("hold").is_none());

        let volunteer = world.volunteer_of_a();
        let claimed = volunteer.post(&format!("{request}/claim"), json!({})).await;
        let claim = claimed.expect(201);
        assert_eq!(claimed.header("location"), format!("/v1/claims/{}", id_of(&claim)));
        assert_eq!((&claim["status"], &claim["fence"]), (&json!("active"), &json!(1)));
        assert_eq!(claim["volunteer_id"], world.seeded.a.volunteers[0].id.to_string());
        assert_eq!(volunteer.get(&request).await.expect(200)["status"], "claimed");
        assert_eq!(coordinator.get(claimed.header("location")).await.expect(200), claim);
    });
}

#[test]
fn the_door_opens_to_the_holder_with_the_claims_number_and_the_reading_is_kept() {
    run(async {
        let world = World::new().await;
        let (request, _) = world.open_request().await;
        let volunteer = world.volunteer_of_a();
        let door = door_of(&claim(&volunteer, &request).await);

        let shown = volunteer.get(&format!("{door}?fence=1")).await;
        let open = shown.expect(200);
        assert_eq!(open["door"]["flat"], "17");
        assert_eq!(open["door"]["phone"], "+77010000001");
        assert_eq!(open["note"], "The lift is broken");
        assert_eq!((shown.header("cache-control"), shown.header("etag")), ("no-store", ""));
        let readings =
            "SELECT count(*) FROM door_readings WHERE actor_kind = 'volunteer' AND claim_id IS NOT NULL";
        assert_eq!(world.database.count(readings).await, 1);

        volunteer.get(&format!("{door}?fence=2")).await.refused(409, "stale_fence");
        volunteer.get(&door).await.refused(400, "invalid_parameter");
        world.second_volunteer_of_a().get(&format!("{door}?fence=1")).await.refused(404, "not_found");
        for stranger in [world.coordinator_of_a(), world.partner_of_a(), world.administrator_of_a()] {
            stranger.get(&format!("{door}?fence=1")).await.refused(403, "forbidden");
        }
        world.nobody().get(&format!("{door}?fence=1")).await.refused(401, "unauthenticated");
        assert_eq!(world.database.count(readings).await, 1, "a refused reading is no reading");
    });
}

#[test]
fn the_other_organisation_and_other_roles_learn_nothing_of_a_request() {
    run(async {
        let world = World::new().await;
        let (request, _) = world.open_request().await;
        let request = format!("/v1/requests/{request}");
        let household = world.coordinator_of_a().get(&request).await.expect(200)["household_id"].clone();
        let household = format!("/v1/households/{}", household.as_str().unwrap());

        for stranger in [world.coordinator_of_b(), world.partner_of_b()] {
            for path in [&request, &household, &format!("{household}/door")] {
                stranger.get(path).await.refused(404, "not_found");
            }
            stranger.post(&format!("{request}/cancel"), json!({})).await.refused(404, "not_found");
        }
        let verify = format!("{household}/verify");
        world.coordinator_of_b().post(&verify, json!({})).await.refused(404, "not_found");
        for other in [world.partner_of_a(), world.volunteer_of_a(), world.administrator_of_a()] {
            other.post(&verify, json!({})).await.refused(403, "forbidden");
        }
        for other in [world.volunteer_of_a(), world.administrator_of_a()] {
            other.get(&household).await.refused(403, "forbidden");
            other.get(&format!("{household}/door")).await.refused(403, "forbidden");
        }
        for other in [world.partner_of_a(), world.coordinator_of_a(), world.administrator_of_a()] {
            other.post(&format!("{request}/claim"), json!({})).await.refused(403, "forbidden");
        }
    });
}

#[test]
fn a_claimed_request_is_nobody_elses_and_free_again_once_released() {
    run(async {
        let world = World::new().await;
        let (request, _) = world.open_request().await;
        // The campaign is shared: a volunteer of the other organisation may claim.
        let holder = world.volunteer_of_b();
        let first = claim(&holder, &request).await;
        let path = format!("/v1/requests/{request}/claim");
        holder.post(&path, json!({})).await.refused(409, "already_yours");
        let other = world.second_volunteer_of_a();
        other.post(&path, json!({})).await.refused(409, "already_claimed");
        let release = format!("/v1/claims/{}/release", id_of(&first));
        other.post(&release, json!({"fence": 1})).await.refused(404, "not_found");
        holder.post(&release, json!({})).await.refused(422, "invalid_value");
        holder.post(&release, json!({"fence": 2})).await.refused(409, "stale_fence");

        assert_eq!(holder.post(&release, json!({"fence": 1})).await.expect(200)["status"], "open");
        holder.get(&format!("{}?fence=1", door_of(&first))).await.refused(409, "door_closed");
        assert_eq!(claim(&other, &request).await["fence"], 2);
        holder.post(&release, json!({"fence": 1})).await.refused(409, "stale_fence");
    });
}

#[test]
fn a_coordinator_gives_a_request_to_a_volunteer_takes_it_back_and_calls_it_off() {
    run(async {
        let world = World::new().await;
        let (request, _) = world.open_request().await;
        let coordinator = world.coordinator_of_a();
        let act = |act: &str| format!("/v1/requests/{request}/{act}");
        let volunteer = world.seeded.a.volunteers[1].id.to_string();
        let claim = coordinator.post(&act("assign"), json!({"volunteer_id": volunteer})).await.expect(201);
        assert_eq!((&claim["source"], &claim["volunteer_id"]), (&json!("coordinator"), &json!(volunteer)));
        assert_eq!(
            coordinator.post(&act("revoke"), json!({"reason": "ill"})).await.expect(200)["status"],
            "open"
        );
        let door = format!("{}?fence=1", door_of(&claim));
        world.second_volunteer_of_a().get(&door).await.refused(409, "door_closed");
        assert_eq!(
            world.partner_of_a().post(&act("cancel"), json!({})).await.expect(200)["status"],
            "cancelled"
        );
        world.volunteer_of_a().post(&act("claim"), json!({})).await.refused(409, "not_open");
        let events = "SELECT count(*) FROM events WHERE request_id IS NOT NULL";
        assert!(world.database.count(events).await >= 4);
    });
}

#[test]
fn what_a_request_weighs_is_summed_from_the_catalogue_of_its_campaign() {
    run(async {
        let world = World::new().await;
        let (seeded, household) = (world.seeded, world.verified_household().await);
        let mut body = world.request(&household);
        body["lines"] = json!([
            {"item_id": seeded.bread.to_string(), "quantity": 3},
            {"item_id": seeded.water.to_string(), "quantity": 2},
            {"kit_id": seeded.kit.to_string(), "quantity": 1}
        ]);
        let filed = world.partner_of_a().post("/v1/requests", body).await.expect(201);
        assert_eq!((&filed["weight_kg"], &filed["volume_l"]), (&json!(17.5), &json!(25.0)));
        assert_eq!(filed["organisation_id"], seeded.a.id.to_string());
        assert_eq!(filed["campaign_id"], seeded.campaign.to_string());
        assert_eq!(filed["area_id"], seeded.area.to_string());
        // The household is organisation A's partner's own: nobody of B may file for it.
        for stranger in [world.partner_of_b(), world.coordinator_of_b()] {
            stranger.post("/v1/requests", world.request(&household)).await.refused(404, "not_found");
        }
    });
}

#[test]
fn a_delivery_is_picked_up_brought_to_the_door_and_proven_by_the_phrase() {
    run(async {
        let world = World::new().await;
        let (request, phrase) = world.open_request().await;
        let volunteer = world.volunteer_of_a();
        let claim = claim(&volunteer, &request).await;
        let delivery = format!("/v1/deliveries/{}", claim["delivery_id"].as_str().unwrap());
        let act = |act: &str| format!("{delivery}/{act}");
        let fence = json!({"fence": 1});
        let other = world.second_volunteer_of_a();

        other.post(&act("pick-up"), fence.clone()).await.refused(404, "not_found");
        volunteer.post(&act("pick-up"), json!({"fence": 2})).await.refused(409, "stale_fence");
        let picked_up = volunteer.post(&act("pick-up"), fence.clone()).await.expect(200);
        assert_eq!(picked_up["status"], "in_delivery");
        volunteer.post(&act("arrive"), fence).await.expect(200);

        let complete = |phrase: &str| json!({"fence": 1, "outcome": "handed_over", "phrase": phrase});
        let wrong = if phrase == "000000" { "111111" } else { "000000" };
        volunteer.post(&act("complete"), complete(wrong)).await.refused(422, "phrase_wrong");
        other.post(&act("complete"), complete(&phrase)).await.refused(404, "not_found");
        let done = volunteer.post(&act("complete"), complete(&phrase)).await.expect(200);
        assert_eq!(done["status"], "fulfilled");
        let acknowledge = format!("/v1/requests/{request}/acknowledge");
        let done = world.partner_of_a().post(&acknowledge, json!({})).await.expect(200);
        assert!(done["acknowledged_at"].is_string());
        // The holder may still see the door for the policy's grace.
        volunteer.get(&format!("{}?fence=1", door_of(&claim))).await.expect(200);
    });
}

#[test]
fn a_delivery_that_failed_at_the_door_leaves_the_request_open() {
    run(async {
        let world = World::new().await;
        let (request, _) = world.open_request().await;
        let volunteer = world.volunteer_of_a();
        let claim = claim(&volunteer, &request).await;
        let delivery = format!("/v1/deliveries/{}", claim["delivery_id"].as_str().unwrap());
        volunteer.post(&format!("{delivery}/pick-up"), json!({"fence": 1})).await.expect(200);
        volunteer.post(&format!("{delivery}/arrive"), json!({"fence": 1})).await.expect(200);
        let failed = json!({"fence": 1, "outcome": "no_answer"});
        let after = volunteer.post(&format!("{delivery}/fail"), failed).await.expect(200);
        assert_eq!(after["status"], "open", "{after}");
        assert_eq!(after["failures"], 1);
        assert_eq!(
            after["goods_out"], false,
            "the next volunteer picks up anew; only a claim given back is out"
        );
    });
}

async fn claim(volunteer: &Caller, request: &str) -> Value {
    volunteer.post(&format!("/v1/requests/{request}/claim"), json!({})).await.expect(201)
}

fn door_of(claim: &Value) -> String {
    format!("/v1/claims/{}/door", id_of(claim))
}
