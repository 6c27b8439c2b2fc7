//! Doors are sealed: a copy of the database shows nothing of them, and each opens in its own place alone.

use std::process::Command;

use birgemiz::actions::master_keys::rotate;
use serde_json::{Value, json};

use crate::support::{World, run};

/// What is private of a household, each with a mark that is nowhere else.
pub(super) const MARKS: [(&str, &str); 11] = [
    ("name", "Qanatbek Zhumabaev"),
    ("phone", "+77019998877"),
    ("street", "Tulebaev-canary"),
    ("house", "house-canary"),
    ("entrance", "entr-canary"),
    ("floor", "floor-canary"),
    ("flat", "flat-canary"),
    ("intercom", "intercom-canary"),
    ("landmark", "landmark-canary"),
    ("plus_code", "8MWRFGFR+QJ"),
    ("notes", "notes-canary"),
];

pub(super) fn household(world: &World) -> Value {
    let mut household = world.household();
    for (field, mark) in MARKS {
        household["door"][field] = json!(mark);
    }
    household
}

pub(super) async fn registered(world: &World, body: Value) -> String {
    let made = world.coordinator_of_a().post("/v1/households", body).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

async fn door(world: &World, household: &str) -> Value {
    let read = world.coordinator_of_a().get(&format!("/v1/households/{household}/door")).await.expect(200);
    read["door"].clone()
}

const NOTE: &str = "note-canary: her hearing is bad";

/// A request of that household with a note, claimed: its id and its claim's.
async fn noted(world: &World, household: &str) -> (String, String) {
    let coordinator = world.coordinator_of_a();
    coordinator.post(&format!("/v1/households/{household}/verify"), json!({})).await.expect(200);
    let mut request = world.request(household);
    request["note"] = json!(NOTE);
    let filed = coordinator.post("/v1/requests", request).await.expect(201);
    let request = filed["id"].as_str().unwrap().to_owned();
    let claim = format!("/v1/requests/{request}/claim");
    let claim = world.volunteer_of_a().post(&claim, json!({})).await.expect(201);
    let told = format!("/v1/claims/{}/door?fence={}", claim["id"].as_str().unwrap(), claim["fence"]);
    assert_eq!(world.volunteer_of_a().get(&told).await.expect(200)["note"], NOTE, "who serves it reads it");
    (request, told)
}

/// The whole database as Postgres' own program writes it out.
pub(super) fn dump(world: &World) -> String {
    let program = std::fs::read_dir("/usr/lib/postgresql")
        .unwrap()
        .map(|major| major.unwrap().path().join("bin/pg_dump"))
        .filter(|path| path.is_file())
        .max()
        .unwrap();
    let url = &world.database.urls.owner;
    let taken = Command::new(program).args(["--enable-row-security", "--dbname", url]).output().unwrap();
    assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
    String::from_utf8(taken.stdout).unwrap()
}

/// A text as it is, and as a dump writes the bytes of it.
pub(super) fn spellings(mark: &str) -> [String; 2] {
    [mark.to_owned(), mark.bytes().map(|byte| format!("{byte:02x}")).collect()]
}

#[test]
fn a_copy_of_the_database_shows_nothing_of_a_door() {
    run(async {
        let world = World::new().await;
        let id = registered(&world, household(&world)).await;
        let read = door(&world, &id).await;
        for (field, mark) in MARKS {
            assert_eq!(read[field], mark, "who may read it reads it");
        }
        noted(&world, &id).await;
        let dump = dump(&world);
        assert!(dump.contains("COPY public.household_doors"), "it is a whole one");
        for (field, mark) in MARKS.into_iter().chain([("note", NOTE)]) {
            for spelling in spellings(mark) {
                assert!(!dump.contains(&spelling), "{field} is in the dump as {spelling}");
            }
        }
        // What somebody with the dump could try, number by number: the bare digests.
        let bare = "SELECT count(*) FROM household_doors d CROSS JOIN (VALUES ('+77019998877'), \
            ('telephone' || chr(10) || '+77019998877'), ('77019998877')) v (text) \
            WHERE d.phone_index = sha256(convert_to(v.text, 'UTF8'))";
        assert_eq!(world.database.count(bare).await, 0);
    });
}

#[test]
fn one_number_looks_different_in_each_organisation_and_the_same_in_one() {
    run(async {
        let world = World::new().await;
        for _ in 0..2 {
            registered(&world, household(&world)).await;
        }
        world.coordinator_of_b().post("/v1/households", household(&world)).await.expect(201);
        for index in ["phone_index", "name_index"] {
            let found = format!(
                "SELECT count(DISTINCT {index}) FROM household_doors WHERE octet_length({index}) = 32"
            );
            assert_eq!(world.database.count(&found).await, 2, "{index}");
        }
        let sealed = "SELECT count(DISTINCT sealed) + count(DISTINCT data_key) FROM household_doors";
        assert_eq!(world.database.count(sealed).await, 6, "nothing else shows that doors are alike");
    });
}

#[test]
fn doors_that_were_put_in_each_others_places_do_not_open() {
    run(async {
        let world = World::new().await;
        let first = registered(&world, household(&world)).await;
        let second = registered(&world, world.household()).await;
        let coordinator = world.coordinator_of_a();
        for columns in
            ["sealed = o.sealed", "sealed = o.sealed, data_key = o.data_key, key_version = o.key_version"]
        {
            let swap = format!(
                "UPDATE household_doors d SET {columns} FROM household_doors o \
                 WHERE o.household_id <> d.household_id"
            );
            world.database.ask(&swap).await;
            for id in [&first, &second] {
                let answer = coordinator.get(&format!("/v1/households/{id}/door")).off_contract().await;
                answer.refused(500, "internal");
                assert!(!MARKS.iter().any(|(_, mark)| answer.text.contains(mark)), "{columns}");
            }
            world.database.ask(&swap).await;
            assert_eq!(door(&world, &first).await["name"], MARKS[0].1, "{columns}");
        }
    });
}

#[test]
fn a_note_that_was_put_in_anothers_place_does_not_open() {
    run(async {
        let world = World::new().await;
        let id = registered(&world, household(&world)).await;
        let (_, told) = noted(&world, &id).await;
        // Of the same household, whose key is the same.
        world.coordinator_of_a().post("/v1/requests", world.request(&id)).await.expect(201);
        let swap = "UPDATE request_notes n SET sealed = o.sealed FROM request_notes o WHERE o.request_id <> n.request_id";
        world.database.ask(swap).await;
        world.volunteer_of_a().get(&told).off_contract().await.refused(500, "internal");
        world.database.ask(swap).await;
        assert_eq!(world.volunteer_of_a().get(&told).await.expect(200)["note"], NOTE);
    });
}

#[test]
fn doors_are_read_and_made_while_master_keys_are_rotated() {
    run(async {
        let world = World::new().await;
        let id = registered(&world, household(&world)).await;
        let reading = async {
            for number in 0..60 {
                assert_eq!(door(&world, &id).await["phone"], "+77019998877", "reading {number}");
                if number % 10 == 0 {
                    registered(&world, world.household()).await;
                }
            }
        };
        let rotating = async {
            for _ in 0..5 {
                rotate(world.app()).await.unwrap();
            }
        };
        tokio::join!(reading, rotating);
        let beside = world.beside(|_| {}).await;
        let coordinator = beside.called_by(&world.coordinator_of_a());
        let read = coordinator.get(&format!("/v1/households/{id}/door")).await.expect(200);
        assert_eq!(read["door"]["name"], MARKS[0].1, "who starts afterwards");
    });
}

#[test]
fn a_dry_run_keeps_the_keys_that_it_made_and_no_door() {
    run(async {
        let world = World::new().await;
        let path = "/v1/households?dry_run=true";
        world.coordinator_of_a().post(path, household(&world)).await.expect(201);
        assert_eq!(world.database.count("SELECT count(*) FROM household_doors").await, 0);
        assert_eq!(world.database.count("SELECT count(*) FROM organisation_keys").await, 2);
        let id = registered(&world, household(&world)).await;
        let beside = world.beside(|_| {}).await;
        let coordinator = beside.called_by(&world.coordinator_of_a());
        coordinator.get(&format!("/v1/households/{id}/door")).await.expect(200);
    });
}
