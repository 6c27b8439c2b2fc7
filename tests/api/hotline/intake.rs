//! Who calls is taken in by one call, unless they may be known already.

use serde_json::json;

use super::{another, intake, text};
use crate::support::{World, run};

const HOUSEHOLDS: &str = "SELECT count(*) FROM households";
const REQUESTS: &str = "SELECT count(*) FROM requests";
const INTAKES: &str = "/v1/hotline/intakes";

#[test]
fn who_calls_is_registered_and_their_request_filed_by_one_call_and_a_repeat_does_nothing_more() {
    run(async {
        let world = World::new().await;
        let operator = world.coordinator_of_a();
        let call = || operator.post(INTAKES, intake(&world)).key("one");
        let first = call().await;
        let taken = first.expect(201);
        assert_eq!(taken["alike"], json!([]));
        assert_eq!(taken["phrase"].as_str().map(str::len), Some(6));
        let request = &taken["request"];
        assert_eq!(
            (&request["status"], &request["hold"]),
            (&json!("pending_verification"), &json!("new_household"))
        );
        assert_eq!((&request["urgency"], &request["languages"]), (&json!("high"), &json!(["kk"])));
        assert_eq!(first.header("location"), format!("/v1/requests/{}", text(&request["id"])));
        let again = call().await;
        assert_eq!(again.header("idempotent-replayed"), "true");
        let replayed = again.expect(201);
        assert_eq!((&replayed["request"]["id"], replayed.get("phrase")), (&request["id"], None));
        assert_eq!((world.database.count(HOUSEHOLDS).await, world.database.count(REQUESTS).await), (1, 1));
        let kinds = world.database.ask("SELECT kind FROM events ORDER BY seq").await;
        let kinds: Vec<_> = kinds.iter().map(|row| row[0].as_deref().unwrap()).collect();
        assert_eq!(kinds, ["household.registered", "request.submitted"]);
        let door = format!("/v1/households/{}/door", text(&request["household_id"]));
        let door = operator.get(&door).await.expect(200);
        assert_eq!(door["door"]["phone"], "+77010000001");
        assert_eq!(
            (&door["door"]["landmark"], &door["is_approximate"]),
            (&json!("behind the bakery"), &json!(false))
        );
        let channel = world.database.ask("SELECT channel FROM household_consents").await;
        assert_eq!(channel[0][0].as_deref(), Some("hotline"));
    });
}

#[test]
fn the_same_telephone_in_another_spelling_is_told_of_first_and_filed_once_it_was_seen() {
    run(async {
        let world = World::new().await;
        let operator = world.coordinator_of_a();
        let first = operator.post(INTAKES, intake(&world)).await.expect(201);
        for spelling in ["+7 (701) 000-00-01", "87010000001", "８７０１００００００１", "7 701 0000001"]
        {
            let mut body = another(&world);
            body["door"]["phone"] = json!(spelling);
            let answer = operator.post(INTAKES, body).await;
            let told = answer.expect(200);
            assert_eq!(told["alike"].as_array().map(Vec::len), Some(1), "{spelling}");
            let alike = &told["alike"][0];
            assert_eq!(alike["household_id"], first["request"]["household_id"]);
            assert_eq!(alike["likenesses"], json!(["same_phone"]));
            assert_eq!(alike["requests"][0]["id"], first["request"]["id"]);
            assert!(told.get("request").is_none() && told.get("phrase").is_none());
            // What is told of a household is not its door.
            for secret in ["7010000001", "Raushan", "bakery", "43.238949", "76.889709"] {
                assert!(!answer.text.contains(secret), "{secret}");
            }
        }
        assert_eq!(world.database.count(HOUSEHOLDS).await, 1);
        let mut body = another(&world);
        body["door"]["phone"] = json!("87010000001");
        body["confirm"] = json!([first["request"]["household_id"]]);
        operator.post(INTAKES, body).await.expect(201);
        assert_eq!((world.database.count(HOUSEHOLDS).await, world.database.count(REQUESTS).await), (2, 2));
    });
}

#[test]
fn a_neighbour_who_waits_is_told_of_within_fifty_metres_and_not_beyond_nor_when_nothing_is_waited_for() {
    run(async {
        let world = World::new().await;
        let operator = world.coordinator_of_a();
        let first = operator.post(INTAKES, intake(&world)).await.expect(201);
        // A ten-thousandth of a degree of latitude is 11.1 metres.
        let at = |lat: f64| {
            let mut body = another(&world);
            body["door"]["position"] = json!({"lat": lat, "lon": 76.889709});
            body
        };
        let told = operator.post(INTAKES, at(43.238949 + 0.00044)).await.expect(200);
        assert_eq!(told["alike"][0]["likenesses"], json!(["near_open_request"]));
        operator.post(INTAKES, at(43.238949 + 0.00047)).await.expect(201);
        let mut third = at(43.238949 - 0.0004);
        third["door"]["phone"] = json!("+7 705 555 66 77");
        third["door"]["name"] = json!("Serik Nurlanov");
        assert_eq!(
            operator.post(INTAKES, third.clone()).await.expect(200)["alike"].as_array().unwrap().len(),
            1
        );
        let cancel = format!("/v1/requests/{}/cancel", text(&first["request"]["id"]));
        operator.post(&cancel, json!({})).await.expect(200);
        operator.post(INTAKES, third).await.expect(201);
    });
}

#[test]
fn a_family_is_known_by_its_name_in_any_order_and_case_within_its_area() {
    run(async {
        let world = World::new().await;
        let operator = world.coordinator_of_a();
        operator.post(INTAKES, intake(&world)).await.expect(201);
        let mut body = another(&world);
        body["door"]["name"] = json!("AKHMETOVA   raushan");
        let told = operator.post(INTAKES, body.clone()).await.expect(200);
        assert_eq!(told["alike"][0]["likenesses"], json!(["same_name"]));
        body["door"]["name"] = json!("Akhmetova Raushana");
        operator.post(INTAKES, body).await.expect(201);
    });
}

#[test]
fn a_household_that_is_known_is_not_asked_for_twice_unless_the_operator_says_so() {
    run(async {
        let world = World::new().await;
        let operator = world.coordinator_of_a();
        let household = world.verified_household().await;
        let mut body = json!({
            "household_id": household,
            "kind": "delivery",
            "lines": [{"kit_id": world.seeded.kit.to_string(), "quantity": 1}]
        });
        let first = operator.post(INTAKES, body.clone()).await.expect(201);
        assert_eq!(first["request"]["status"], "open");
        let told = operator.post(INTAKES, body.clone()).await.expect(200);
        assert_eq!(told["alike"][0]["likenesses"], json!(["same_household"]));
        assert_eq!(told["alike"][0]["requests"][0]["id"], first["request"]["id"]);
        body["confirm"] = json!([household]);
        operator.post(INTAKES, body.clone()).await.expect(201);
        assert_eq!(world.database.count(REQUESTS).await, 2);
        world.coordinator_of_b().post(INTAKES, body).await.refused(404, "not_found");
    });
}

#[test]
fn a_partner_app_is_told_of_its_own_households_and_of_nobody_elses() {
    run(async {
        let world = World::new().await;
        world.coordinator_of_a().post(INTAKES, intake(&world)).await.expect(201);
        let partner = world.partner_of_a();
        let filed = partner.post(INTAKES, intake(&world)).await.expect(201);
        let told = partner.post(INTAKES, intake(&world)).await.expect(200);
        assert_eq!(told["alike"].as_array().map(Vec::len), Some(1));
        assert_eq!(told["alike"][0]["household_id"], filed["request"]["household_id"]);
        // The coordinator knows of both, and another organisation of neither.
        let both = world.coordinator_of_a().post(INTAKES, intake(&world)).await.expect(200);
        assert_eq!(both["alike"].as_array().map(Vec::len), Some(2));
        world.coordinator_of_b().post(INTAKES, intake(&world)).await.expect(201);
    });
}

#[test]
fn of_operators_whom_one_household_calls_at_once_one_files_and_the_others_are_told() {
    run(async {
        let world = World::new().await;
        let calls = (0..6).map(|number| {
            let mut body = intake(&world);
            // Nothing but the telephone is the same.
            body["door"]["name"] = json!(format!("Caller {number}"));
            body["door"]["position"]["lat"] = json!(43.21 + 0.01 * f64::from(number));
            world.coordinator_of_a().post(INTAKES, body).into_future()
        });
        let answers = futures_util::future::join_all(calls).await;
        let filed = answers.iter().filter(|answer| answer.status == 201).count();
        let told = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!((filed, told), (1, 5));
        assert_eq!(world.database.count(HOUSEHOLDS).await, 1);
    });
}

#[test]
fn an_intake_that_says_too_little_or_too_much_is_refused_by_the_field() {
    run(async {
        let world = World::new().await;
        let operator = world.coordinator_of_a();
        let without = |field: &str| {
            let mut body = intake(&world);
            body.as_object_mut().unwrap().remove(field);
            body
        };
        let with = |field: &str, value: serde_json::Value| {
            let mut body = intake(&world);
            body[field] = value;
            body
        };
        let household = "hh_01jd9x0q3vfhz8w2k5m7n6t4ra";
        for (body, pointer) in [
            (without("door"), "/household_id"),
            (with("household_id", json!(household)), "/household_id"),
            (without("area_id"), "/area_id"),
            (without("consent"), "/consent"),
            (with("members", json!(0)), "/members"),
            (with("lines", json!([])), "/lines"),
        ] {
            let refused = operator.post(INTAKES, body).await.refused(422, "invalid_value");
            assert_eq!(refused["errors"][0]["pointer"], pointer);
        }
        let mut body = intake(&world);
        body["door"]["phone"] = json!("112");
        let refused = operator.post(INTAKES, body).await.refused(422, "invalid_value");
        assert_eq!(refused["errors"][0]["pointer"], "/door/phone");
        assert_eq!(world.database.count(HOUSEHOLDS).await, 0);
    });
}
