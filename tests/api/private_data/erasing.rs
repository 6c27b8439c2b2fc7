//! Who is erased is nowhere any more: no word of theirs, no key, no index, no picture. What was done for them is still
//! counted, and the log still tells it.

use birgemiz::audit::{Asked, verify};
use birgemiz::storage::inspection::Inspection;
use reqwest::Method;
use serde_json::{Value, json};

use super::doors::{dump, household, spellings};
use crate::support::{World, run};

/// What people wrote about a household where nothing is sealed.
const WRITTEN: [&str; 6] = [
    "crm-canary-household",
    "crm-canary-request",
    "verified-canary: her son called",
    "cancelled-canary: she is in hospital",
    "blocked-canary: she asked for a woman",
    "revoked-canary: he was rude",
];

/// A household of the partner's with everything that can be private of one. Its id.
async fn lived_through(world: &World) -> String {
    let (partner, coordinator, volunteer) =
        (world.partner_of_a(), world.coordinator_of_a(), world.volunteer_of_a());
    let mut body = household(world);
    body["external_id"] = json!(WRITTEN[0]);
    let made = partner.post("/v1/households", body).key("registering").await.expect(201);
    let id = made["id"].as_str().unwrap().to_owned();
    let verify = format!("/v1/households/{id}/verify");
    coordinator.post(&verify, json!({"reason": WRITTEN[2]})).key("verifying").await.expect(200);
    delivered(world, &id).await;
    // Revoked from one, then called off.
    let mut request = world.request(&id);
    request["external_id"] = json!(WRITTEN[1]);
    let filed = partner.post("/v1/requests", request).key("filing").await.expect(201);
    let path = |verb: &str| format!("/v1/requests/{}/{verb}", filed["id"].as_str().unwrap());
    volunteer.post(&path("claim"), json!({})).await.expect(201);
    coordinator.post(&path("revoke"), json!({"reason": WRITTEN[5]})).await.expect(200);
    let about = json!({"request_id": filed["id"], "urgency": "normal"});
    coordinator.post("/v1/calls", about).await.expect(201);
    let block = format!("/v1/volunteers/{}/blocks", world.seeded.a.volunteers[1].id);
    coordinator.post(&block, json!({"household_id": id, "reason": WRITTEN[4]})).await.expect(204);
    let early = coordinator.post(&format!("/v1/households/{id}/erase"), json!({"reason": "asked"})).await;
    assert!(
        early.refused(409, "wrong_state")["detail"].as_str().unwrap().contains("archive"),
        "{}",
        early.text
    );
    partner.post(&path("cancel"), json!({"reason": WRITTEN[3]})).await.expect(200);
    id
}

/// One delivery, proven by a picture of the door; the request's id.
pub(super) async fn delivered(world: &World, household: &str) -> String {
    let volunteer = world.volunteer_of_a();
    let filed = world.partner_of_a().post("/v1/requests", world.request(household)).await.expect(201);
    let claim = format!("/v1/requests/{}/claim", filed["id"].as_str().unwrap());
    let claim = volunteer.post(&claim, json!({})).await.expect(201);
    let (delivery, fence) = (claim["delivery_id"].as_str().unwrap(), claim["fence"].clone());
    let path = |verb: &str| format!("/v1/deliveries/{delivery}/{verb}");
    volunteer.post(&path("pick-up"), json!({"fence": fence})).await.expect(200);
    volunteer.post(&path("arrive"), json!({"fence": fence})).await.expect(200);
    let photo = format!("{}?fence={fence}", path("photo"));
    volunteer.call(Method::POST, &photo).bytes("image/png", picture()).await.expect(201);
    let left = json!({"fence": fence, "outcome": "left_at_door"});
    volunteer.post(&path("complete"), left).await.expect(200);
    filed["id"].as_str().unwrap().to_owned()
}

fn picture() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let image = image::RgbImage::from_pixel(64, 48, image::Rgb([12, 34, 56]));
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// What is in the tables only because of this household, as a dump writes it.
async fn traces(world: &World) -> Vec<String> {
    let sql = "SELECT encode(sealed, 'hex') FROM household_doors UNION ALL \
        SELECT encode(data_key, 'hex') FROM household_doors UNION ALL \
        SELECT encode(phone_index, 'hex') FROM household_doors UNION ALL \
        SELECT encode(name_index, 'hex') FROM household_doors UNION ALL \
        SELECT encode(sealed, 'hex') FROM request_notes UNION ALL \
        SELECT encode(phrase_mac, 'hex') FROM request_phrases UNION ALL \
        SELECT encode(bytes, 'hex') FROM photos UNION ALL \
        SELECT encode(fingerprint, 'hex') FROM idempotency_keys WHERE route LIKE '%/households' OR route LIKE '%/requests'";
    let found = world.database.ask(sql).await;
    found.into_iter().map(|mut row| row.remove(0).unwrap()).collect()
}

async fn is_as_the_log_tells(world: &World) {
    let inspection = Inspection::begin(&world.database.urls.owner).await.unwrap();
    let (mut differing, _) = inspection.disagreements(10).await.unwrap();
    // The volunteers of these tests are there from the beginning, without a word in the log.
    differing.retain(|one| one.object != "volunteer");
    assert!(differing.is_empty(), "{differing:?}");
    let report = verify(&inspection, &Asked::default()).await.unwrap();
    assert!(report.findings.is_empty(), "{:?}", report.findings);
}

#[test]
fn nothing_of_an_erased_household_is_left_but_counts_and_ids() {
    run(async {
        let world = World::new().await;
        let id = lived_through(&world).await;
        let traces = traces(&world).await;
        assert!(traces.len() >= 12, "{}", traces.len());
        let marks: Vec<String> = WRITTEN.iter().flat_map(|mark| spellings(mark)).chain(traces).collect();
        let before = dump(&world);
        let there = marks.iter().filter(|mark| before.contains(*mark)).count();
        assert!(there >= traces_and(WRITTEN.len()), "{there}: they can be found where they are");
        let counts = "SELECT (SELECT count(*) FROM requests) * 100 + (SELECT count(*) FROM claims) * 10 \
            + (SELECT count(*) FROM households)";
        let counted = world.database.count(counts).await;

        let coordinator = world.coordinator_of_a();
        let erase = format!("/v1/households/{id}/erase");
        let erased = coordinator.post(&erase, json!({"reason": "asked"})).await.expect(200);
        assert_eq!((&erased["status"], &erased["categories"]), (&json!("archived"), &json!([])));
        assert!(erased["erased_at"].is_string() && erased["external_id"].is_null(), "{erased}");
        let after = dump(&world);
        for mark in marks {
            assert!(!after.contains(&mark), "{mark} is still in the dump");
        }
        assert_eq!(world.database.count(counts).await, counted, "what was done is still counted");
        coordinator.get(&format!("/v1/households/{id}/door")).await.refused(404, "not_found");
        let told = "SELECT count(*) FROM events WHERE kind = 'household.erased' AND reason = 'asked'";
        assert_eq!(world.database.count(told).await, 1);
        is_as_the_log_tells(&world).await;
        coordinator.post(&erase, json!({"reason": "asked"})).await.refused(409, "wrong_state");
        let exported = coordinator.get("/v1/exports/households").await;
        assert!(exported.status.is_success() && !exported.text.contains(&id), "{}", exported.text);
    });
}

/// Each text at least in one spelling, and what was read from the tables.
const fn traces_and(texts: usize) -> usize {
    texts + 12
}

#[test]
fn what_is_erased_is_told_to_no_retry_and_done_again_by_none() {
    run(async {
        let world = World::new().await;
        let id = lived_through(&world).await;
        let mut body = household(&world);
        body["external_id"] = json!(WRITTEN[0]);
        let again = || world.partner_of_a().post("/v1/households", body.clone()).key("registering");
        assert_eq!(again().await.expect(201)["id"], json!(id), "before");
        let coordinator = world.coordinator_of_a();
        let erase =
            || coordinator.post(&format!("/v1/households/{id}/erase"), json!({"reason": "asked"})).key("e");
        erase().await.expect(200);
        assert_eq!(erase().await.header("idempotent-replayed"), "true", "its own retry is answered");
        again().await.refused(422, "idempotency_key_reused");
        assert_eq!(world.database.count("SELECT count(*) FROM households").await, 1);
        world.partner_of_a().post("/v1/households", body.clone()).await.expect(201);
    });
}

#[test]
fn without_its_data_key_an_old_copy_of_a_door_opens_for_nobody() {
    run(async {
        let world = World::new().await;
        let id = lived_through(&world).await;
        let other = world.verified_household().await;
        let door = format!("/v1/households/{id}/door");
        let coordinator = world.coordinator_of_a();
        world.database.ask("CREATE TABLE stolen AS SELECT * FROM household_doors").await;
        coordinator.post(&format!("/v1/households/{id}/erase"), json!({"reason": "asked"})).await.expect(200);
        // The thief even brings the row back; all that is missing is the key.
        world.database.ask("UPDATE households SET erased_at = NULL").await;
        let columns = "household_id, organisation_id, area_id, sealed, data_key, key_version, phone_index, \
            name_index, lat, lon, accuracy_m, cells, is_approximate";
        let back = &format!(
            "INSERT INTO household_doors ({columns}) SELECT {columns} FROM stolen s WHERE NOT EXISTS \
            (SELECT FROM household_doors d WHERE d.household_id = s.household_id)"
        );
        world.database.ask(back).await;
        let anothers = "UPDATE household_doors d SET data_key = o.data_key FROM household_doors o \
            WHERE o.household_id <> d.household_id";
        world.database.ask(anothers).await;
        coordinator.get(&door).off_contract().await.refused(500, "internal");
        let own = "UPDATE household_doors d SET data_key = s.data_key FROM stolen s WHERE s.household_id = d.household_id";
        world.database.ask(own).await;
        let read: Value = coordinator.get(&door).await.expect(200);
        assert_eq!(read["door"]["name"], "Qanatbek Zhumabaev", "by its own it would open");
        coordinator.get(&format!("/v1/households/{other}/door")).await.expect(200);
    });
}

#[test]
fn only_coordinators_of_its_own_organisation_erase_a_household() {
    run(async {
        let world = World::new().await;
        let id = world.verified_household().await;
        let erase = format!("/v1/households/{id}/erase");
        let body = json!({"reason": "asked"});
        world.coordinator_of_b().post(&erase, body.clone()).await.refused(404, "not_found");
        for other in [world.partner_of_a(), world.volunteer_of_a(), world.administrator_of_a()] {
            other.post(&erase, body.clone()).await.refused(403, "forbidden");
        }
        let words = json!({"reason": "because of her neighbour"});
        world.coordinator_of_a().post(&erase, words).await.refused(422, "invalid_value");
        assert_eq!(world.database.count("SELECT count(*) FROM household_doors").await, 1);
    });
}

#[test]
fn who_was_erased_is_erased_again_when_a_backup_of_before_is_restored() {
    run(async {
        let folder = crate::support::postgres::folder("erased");
        let world = World::with(|settings| settings.audit_folder = Some(folder.clone())).await;
        let (id, kept) = (world.verified_household().await, world.verified_household().await);
        let coordinator = world.coordinator_of_a();
        let save = "CREATE TABLE doors_of_before AS SELECT * FROM household_doors; \
            CREATE TABLE households_of_before AS SELECT * FROM households";
        world.database.ask(save).await;
        coordinator.post(&format!("/v1/households/{id}/erase"), json!({"reason": "asked"})).await.expect(200);
        birgemiz::dispatch::drain(world.app()).await;
        let listed = std::fs::read_to_string(folder.join("erased.list")).unwrap();
        assert_eq!(listed, format!("{id}\n"));
        // What a backup of before brings back, with a request that was under way then.
        let columns = "household_id, organisation_id, area_id, sealed, data_key, key_version, phone_index, \
            name_index, lat, lon, accuracy_m, cells, is_approximate";
        let restore = format!(
            "INSERT INTO household_doors ({columns}) SELECT {columns} FROM doors_of_before b \
            WHERE NOT EXISTS (SELECT FROM household_doors d WHERE d.household_id = b.household_id); \
            UPDATE households h SET erased_at = NULL, status = b.status, categories = b.categories, \
            languages = b.languages FROM households_of_before b WHERE b.id = h.id"
        );
        world.database.ask(&restore).await;
        coordinator.post("/v1/requests", world.request(&id)).await.expect(201);
        let beside = world.beside(|settings| settings.audit_folder = Some(folder.clone())).await;
        let beside = beside.called_by(&coordinator);
        beside.get(&format!("/v1/households/{id}/door")).await.refused(404, "not_found");
        beside.get(&format!("/v1/households/{kept}/door")).await.expect(200);
        let told = "SELECT count(*) FROM events WHERE kind = 'household.erased' AND reason = 'restored'";
        assert_eq!(world.database.count(told).await, 1);
        assert_eq!(world.database.count("SELECT count(*) FROM requests WHERE status = 'cancelled'").await, 1);
    });
}
