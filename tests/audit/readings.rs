//! Who read which door: each way to one is told with its right, nobody is left out, and a million rows take seconds (R56,
//! R64). `scripts/soak audit` has a million; `scripts/test` fewer.

use birgemiz::audit::readings::{Right, Shown, ToldReading, ToldReadings, right_of};
use birgemiz::clock;
use birgemiz::storage::inspection::{Inspection, Period, Reading, Readings};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{World, run};

fn always() -> Period {
    let now = clock::now();
    Period { since: now - TimeDelta::days(1), until: now + TimeDelta::days(1), organisation: None }
}

async fn of(world: &World, household: Uuid, period: &Period) -> Vec<Reading> {
    let inspection = Inspection::begin(&world.database.urls.owner).await.unwrap();
    let mut told = Vec::new();
    inspection.readings_of(household, period, |one| told.push(one)).await.unwrap();
    told
}

async fn within(world: &World, period: &Period) -> Vec<Readings> {
    let inspection = Inspection::begin(&world.database.urls.owner).await.unwrap();
    let mut told = Vec::new();
    inspection.readings_in(period, |one| told.push(one)).await.unwrap();
    told
}

fn uuid_of(household: &str) -> Uuid {
    let id: domain::id::HouseholdId = household.parse().unwrap();
    id.uuid()
}

/// Every way to a door there is, one after the other.
async fn everybody_reads(world: &World) -> String {
    let household = world.verified_household().await;
    let request = world.partner_of_a().post("/v1/requests", world.request(&household)).await.expect(201);
    let request = request["id"].as_str().unwrap().to_owned();
    let claim =
        world.volunteer_of_b().post(&format!("/v1/requests/{request}/claim"), json!({})).await.expect(201);
    let door = format!("/v1/claims/{}/door?fence=1", claim["id"].as_str().unwrap());
    world.volunteer_of_b().get(&door).await.expect(200);
    let door = format!("/v1/households/{household}/door");
    world.coordinator_of_a().get(&door).await.expect(200);
    world.partner_of_a().get(&door).await.expect(200);
    // Those who may not are told nothing, and read nothing.
    world.coordinator_of_b().get(&door).await.refused(404, "not_found");
    world.partner_of_b().get(&door).await.refused(404, "not_found");
    // Nobody sleeps, whatever the hour at which this runs.
    let awake = "UPDATE policies SET body = jsonb_set(body, '{calls}',
        '{\"quiet_from_minute\": 0, \"quiet_until_minute\": 0}'::jsonb)";
    world.database.ask(awake).await;
    let call = world.coordinator_of_a().post("/v1/calls", json!({"request_id": request})).await.expect(201);
    let lock = format!("/v1/calls/{}/lock", call["id"].as_str().unwrap());
    world.coordinator_of_a().post(&lock, json!({})).await.expect(200);
    world.coordinator_of_a().get("/v1/exports/households").await;
    household
}

#[test]
fn each_way_to_a_door_is_told_with_its_reader_and_their_right() {
    run(async {
        let world = World::new().await;
        let household = everybody_reads(&world).await;
        let told = of(&world, uuid_of(&household), &always()).await;
        let rights: Vec<_> = told.iter().map(right_of).collect();
        let expected = [
            (Shown::Door, Right::Claim),
            (Shown::Door, Right::Organisation),
            (Shown::Door, Right::Filed),
            (Shown::Telephone, Right::Call),
            (Shown::Export, Right::Organisation),
        ];
        assert_eq!(rights, expected, "{told:#?}");
        let (a, b) = (world.seeded.a.id.uuid(), world.seeded.b.id.uuid());
        let whose: Vec<_> = told.iter().map(|one| one.reader.organisation.unwrap()).collect();
        assert_eq!(whose, [b, a, a, a, a]);
        assert!(told.iter().all(|one| one.organisation == a && one.call_id.is_some()));

        let lines: Vec<Value> =
            told.into_iter().map(|one| serde_json::to_value(ToldReading::from(one)).unwrap()).collect();
        assert_eq!(lines[0]["reader"]["id"], world.seeded.b.volunteers[0].id.to_string());
        assert_eq!(lines[0]["household"], household.as_str());
        let all = serde_json::to_string(&lines).unwrap();
        for private in ["Raushan", "Abay", "7701"] {
            assert!(!all.contains(private), "{private} in {all}");
        }
    });
}

#[test]
fn whoever_read_in_a_period_is_told_and_nobody_who_read_before_or_after() {
    run(async {
        let world = World::new().await;
        let household = everybody_reads(&world).await;
        let told = within(&world, &always()).await;
        let coordinator = told.iter().find(|one| one.reader.kind == "coordinator").unwrap();
        assert_eq!((coordinator.times, coordinator.exported), (3, 1), "{told:#?}");
        assert_eq!(told.len(), 3, "a volunteer, a coordinator, a partner app: {told:#?}");
        assert!(told.iter().all(|one| one.household == uuid_of(&household)));
        let line = ToldReadings::from(told[0].clone()).to_string();
        assert!(line.contains("times") && line.contains(&household), "{line}");

        let b = Period { organisation: Some(world.seeded.b.id.uuid()), ..always() };
        assert_eq!(within(&world, &b).await, []);
        let yesterday = Period { until: clock::now() - TimeDelta::hours(1), ..always() };
        assert_eq!(within(&world, &yesterday).await, []);
        assert_eq!(of(&world, uuid_of(&household), &yesterday).await, []);
    });
}

#[test]
fn a_million_readings_are_searched_within_seconds() {
    run(async {
        #[expect(clippy::disallowed_methods, reason = "a test may be told its size")]
        let is_full = std::env::var_os("BIRGEMIZ_SOAK_AUDIT").is_some();
        let rows: i64 = if is_full { 1_000_000 } else { 20_000 };
        let world = World::new().await;
        let household = everybody_reads(&world).await;
        // A thousand households' doors, over thirty days, by five hundred coordinators.
        world
            .database
            .ask(&format!(
                "INSERT INTO door_readings (at, organisation_id, household_id, actor_kind, actor_id)
                 SELECT now() - n * interval '2.5 seconds', '{}', md5('household ' || n % 1000)::uuid, 'coordinator',
                        md5('reader ' || n % 500)::uuid FROM generate_series(1, {rows}) n; ANALYZE door_readings",
                world.seeded.a.id.uuid()
            ))
            .await;
        let one: Uuid = world.database.ask("SELECT md5('household 7')::uuid").await[0][0]
            .as_deref()
            .unwrap()
            .parse()
            .unwrap();
        let month = Period { since: clock::now() - TimeDelta::days(40), ..always() };
        let began = clock::instant();
        assert_eq!(of(&world, one, &month).await.len() as i64, rows / 1000);
        assert_eq!(of(&world, uuid_of(&household), &month).await.len(), 5);
        let of_one = clock::since(began);
        let began = clock::instant();
        let all = within(&world, &month).await;
        assert_eq!(all.iter().map(|one| one.times).sum::<i64>(), rows + 5);
        println!(
            "{rows} readings: two households' told in {of_one:.0?}, all of a month in {:.0?}",
            clock::since(began)
        );
        // R64 allows a minute; a busy machine gets it whole.
        assert!(clock::since(began) < std::time::Duration::from_secs(60));
    });
}
