//! Nothing private is ever pushed, whatever people write wherever they may write.

use serde_json::{Value, json};

use super::receiver::{Arrival, Receiver};
use super::{endpoint, endpoint_of, kinds};
use crate::support::{World, run};

/// In everything that is private, and in nothing else.
const CANARY: &str = "Qanatbek";
const PHONE: &str = "+77019998877";
const LATITUDE: &str = "43.23894913";

/// A household that has the canary in every field that takes text.
fn household(world: &World) -> Value {
    let mut household = world.household();
    for field in ["name", "street", "house", "flat", "notes"] {
        household["door"][field] = json!(format!("{CANARY} {field}"));
    }
    household["door"]["phone"] = json!(PHONE);
    household["door"]["position"]["lat"] = json!(LATITUDE.parse::<f64>().unwrap());
    household
}

/// A request's whole life with private words wherever somebody may say something.
async fn live(world: &World) {
    let (partner, coordinator, volunteer) =
        (world.partner_of_a(), world.coordinator_of_a(), world.volunteer_of_a());
    let made = partner.post("/v1/households", household(world)).await.expect(201);
    let household = made["id"].as_str().unwrap();
    coordinator.post(&format!("/v1/households/{household}/verify"), json!({})).await.expect(200);
    let mut request = world.request(household);
    request["note"] = json!(format!("{CANARY} cannot hear the bell"));
    let filed = partner.post("/v1/requests", request).await.expect(201);
    let request = filed["id"].as_str().unwrap();
    let claim = volunteer.post(&format!("/v1/requests/{request}/claim"), json!({})).await.expect(201);
    let release = format!("/v1/claims/{}/release", claim["id"].as_str().unwrap());
    let reason = format!("{CANARY} is not at home");
    volunteer.post(&release, json!({"fence": claim["fence"], "reason": reason})).await;
    coordinator.post(&format!("/v1/requests/{request}/cancel"), json!({"reason": reason})).await.expect(200);
    let suspend = format!("/v1/households/{household}/suspend");
    coordinator.post(&suspend, json!({"reason": format!("the son of {CANARY} moved in")})).await;
}

#[test]
fn nothing_that_anybody_wrote_is_in_what_is_pushed() {
    run(async {
        let world = World::new().await;
        let (app, organisation) = (Receiver::start(&[]).await, Receiver::start(&[]).await);
        endpoint(&world, &app, &[]).await;
        endpoint_of(&world.coordinator_of_a(), &organisation, &[]).await;
        live(&world).await;
        let database = &world.database;
        for written in ["request_notes", "household_doors"] {
            let holds = format!("SELECT count(*) FROM {written}");
            assert_eq!(database.count(&holds).await, 1, "{written} holds it, sealed");
        }
        let logged = format!("SELECT count(*) FROM events t WHERE t::text LIKE '%{CANARY}%'");
        assert_eq!(database.count(&logged).await, 0, "it does not even come into the log");
        // An action that is careless one day: what it logs is kept back all the same.
        let careless = format!(
            "INSERT INTO events (id, at, kind, organisation_id, subject_kind, subject_id, request_id, actor_kind, reason, changes) \
             SELECT gen_random_uuid(), now(), 'request.escalated', organisation_id, 'request', id, id, 'system', \
               '{CANARY} has fallen', '[]' FROM requests"
        );
        database.ask(&careless).await;
        let careless = |arrived: &[Arrival]| kinds(arrived).iter().any(|kind| kind == "request.escalated");
        for receiver in [&app, &organisation] {
            receiver.until("the careless one came", careless).await;
            for arrival in receiver.arrived() {
                let told = format!("{} {:?}", String::from_utf8_lossy(&arrival.body), arrival.headers);
                for private in [CANARY, PHONE, PHONE.trim_start_matches('+'), LATITUDE, "43.2389"] {
                    assert!(!told.contains(private), "{private}: {told}");
                }
            }
        }
        for table in ["webhook_messages", "webhook_attempts"] {
            let kept = format!("SELECT count(*) FROM {table} t WHERE t::text LIKE '%{CANARY}%'");
            assert_eq!(database.count(&kept).await, 0);
            assert!(database.count(&format!("SELECT count(*) FROM {table}")).await > 0);
        }
    });
}
