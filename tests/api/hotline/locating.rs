//! Who knows no more than a landmark or a Plus code is taken in too, and found before anybody is sent.

use domain::place::{Position, great_circle};
use serde_json::{Value, json};

use super::{intake, text};
use crate::support::{World, run};

const INTAKES: &str = "/v1/hotline/intakes";

fn told_by(world: &World, code: Option<&str>) -> Value {
    let mut body = intake(world);
    body["door"].as_object_mut().unwrap().remove("position");
    if let Some(code) = code {
        body["door"]["plus_code"] = json!(code);
    }
    body
}

#[test]
fn a_household_known_by_its_district_is_not_verified_before_it_is_located_and_its_coarse_point_is_drawn_then()
{
    run(async {
        let world = World::new().await;
        let operator = world.coordinator_of_a();
        let taken = operator.post(INTAKES, told_by(&world, None)).await.expect(201);
        let household = text(&taken["request"]["household_id"]);
        let path = |act: &str| format!("/v1/households/{household}/{act}");
        let door = operator.get(&path("door")).await.expect(200);
        assert_eq!(door["is_approximate"], true);
        assert_eq!(taken["request"]["coarse_point"], json!({"lat": 43.25, "lon": 76.9}), "the area's");
        operator.post(&path("verify"), json!({})).await.refused(409, "household_not_located");

        let outside = json!({"position": {"lat": 42.0, "lon": 76.9}});
        operator.post(&path("locate"), outside).await.refused(422, "outside_area");
        operator.post(&path("locate"), json!({"plus_code": "8JMR0000+"})).await.refused(422, "invalid_value");
        let place = json!({"position": {"lat": 43.238949, "lon": 76.889709, "accuracy_m": 5.0}});
        world.coordinator_of_b().post(&path("locate"), place.clone()).await.refused(404, "not_found");
        // Five households live around there, so the cell is a small one.
        for number in 0..5 {
            let mut neighbour = world.household();
            neighbour["door"]["phone"] = json!(format!("+7701000010{number}"));
            operator.post("/v1/households", neighbour).await.expect(201);
        }
        let located = operator.post(&path("locate"), place.clone()).await.expect(200);
        let coarse = &located["coarse_point"];
        assert_ne!(coarse, &taken["request"]["coarse_point"]);
        let request = format!("/v1/requests/{}", text(&taken["request"]["id"]));
        let request = operator.get(&request).await.expect(200);
        assert_eq!(&request["coarse_point"], coarse, "its request is seen there too");
        let door = operator.get(&path("door")).await.expect(200);
        assert_eq!(
            (&door["is_approximate"], &door["door"]["position"]["lat"]),
            (&json!(false), &json!(43.238949))
        );
        operator.post(&path("verify"), json!({})).await.expect(200);
        operator.post(&path("locate"), place).await.refused(409, "wrong_state");
        let located = "SELECT count(*) FROM events WHERE kind = 'household.located'";
        assert_eq!(world.database.count(located).await, 1);
    });
}

#[test]
fn a_plus_code_whole_or_short_is_a_place_and_one_of_eight_letters_is_a_district() {
    run(async {
        let world = World::new().await;
        let operator = world.coordinator_of_a();
        // Both are the same fourteen metres by fourteen; the short one is meant near the middle of the area.
        let door = Position::new(43.238949, 76.889709).unwrap();
        for (number, (code, exact)) in
            [("8JMR6VQQ+HV", true), ("6VQQ+HV Almaty", true), ("8JMR6VQQ+", false)].into_iter().enumerate()
        {
            let mut body = told_by(&world, Some(code));
            body["door"]["phone"] = json!(format!("+7701000000{number}"));
            body["door"]["name"] = json!(format!("Caller {number}"));
            body["confirm"] = world
                .database
                .ask("SELECT id FROM households")
                .await
                .iter()
                .map(|row| wire_id(row))
                .collect();
            let taken = operator.post(INTAKES, body).await.expect(201);
            let path = format!("/v1/households/{}/door", text(&taken["request"]["household_id"]));
            let read = operator.get(&path).await.expect(200);
            assert_eq!(read["is_approximate"], !exact, "{code}");
            let place = &read["door"]["position"];
            let found =
                Position::new(place["lat"].as_f64().unwrap(), place["lon"].as_f64().unwrap()).unwrap();
            let off = great_circle(found, door).get();
            assert_eq!(off <= 12, exact, "{code}: {off} m off");
        }
        let mut wrong = told_by(&world, Some("AAAA+AA"));
        wrong["door"]["phone"] = json!("+77770000000");
        let refused = operator.post(INTAKES, wrong).await.refused(422, "invalid_value");
        assert_eq!(refused["errors"][0]["pointer"], "/door/plus_code");
    });
}

fn wire_id(row: &[Option<String>]) -> Value {
    let uuid = row[0].as_deref().unwrap().parse().unwrap();
    json!(domain::id::HouseholdId::new(uuid).to_string())
}
