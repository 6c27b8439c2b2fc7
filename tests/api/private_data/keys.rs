//! Keys are durable before they are used, the same for everybody, and open whatever becomes of a rotation.

use std::collections::BTreeSet;
use std::sync::Arc;

use birgemiz::actions::master_keys::{CheckKeys, Checked, RewrapKeys, drop_master, rotate};
use birgemiz::actions::perform_as_system;
use birgemiz::app::App;
use birgemiz::vault::Bound;
use uuid::Uuid;

use crate::support::{World, run};

/// Whether two processes have the same keys of an organisation: what one seals the other opens, and both find alike.
async fn agree(one: &App, other: &App, organisation: Uuid) -> bool {
    let one = one.database.keys_of(organisation).await.unwrap();
    let other = other.database.keys_of(organisation).await.unwrap();
    let bound = Bound::row(organisation, "household_doors.sealed", organisation);
    let sealed = one.newest().unwrap().1.seal(&bound, b"Raushan").unwrap();
    let opened = other.newest().unwrap().1.open(&bound, &sealed);
    opened.is_ok() && one.phone_index("+77010000001") == other.phone_index("+77010000001")
}

async fn check(app: &App) -> Checked {
    perform_as_system(app, CheckKeys { vault: Arc::clone(&app.vault) }).await.unwrap()
}

/// How many keys each master key wraps, by the database's own words.
async fn wrapping(world: &World) -> Vec<(String, String)> {
    let rows = world
        .database
        .ask("SELECT master_id, count(*) FROM organisation_keys GROUP BY 1 ORDER BY count(*), 1")
        .await;
    rows.into_iter().map(|row| (row[0].clone().unwrap(), row[1].clone().unwrap())).collect()
}

#[test]
fn of_many_that_make_an_organisations_keys_at_once_all_end_with_the_same() {
    run(async {
        let world = World::new().await;
        let beside = world.beside(|_| {}).await;
        let organisation = world.seeded.a.id.uuid();
        let asked: Vec<_> = (0..16)
            .map(|number| {
                let database = if number % 2 == 0 { world.app() } else { beside.app() }.database.clone();
                tokio::spawn(async move {
                    database.keys_of(organisation).await.unwrap().phone_index("+77010000001")
                })
            })
            .collect();
        let mut found = BTreeSet::new();
        for asked in asked {
            found.insert(asked.await.unwrap());
        }
        assert_eq!(found.len(), 1);
        assert!(agree(world.app(), beside.app(), organisation).await);
        assert_eq!(world.database.count("SELECT count(*) FROM organisation_keys").await, 2);
        let other = world.seeded.b.id.uuid();
        let theirs = world.app().database.keys_of(other).await.unwrap();
        assert!(!found.contains(&theirs.phone_index("+77010000001")), "another organisation's are others");
    });
}

#[test]
fn a_key_that_was_not_committed_is_handed_to_nobody() {
    run(async {
        let world = World::new().await;
        let organisation = world.seeded.a.id.uuid();
        let database = &world.app().database;
        // What refuses only when the transaction commits, as a full disk would.
        world
            .database
            .ask(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
                     'BEGIN RAISE EXCEPTION ''no room''; END'; \
                 CREATE CONSTRAINT TRIGGER refused AFTER INSERT ON organisation_keys \
                     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()",
            )
            .await;
        assert!(database.keys_of(organisation).await.is_err());
        assert!(world.app().vault.opened(organisation).is_none(), "nothing was kept of it either");
        assert_eq!(world.database.count("SELECT count(*) FROM organisation_keys").await, 0);
        world.database.ask("DROP TRIGGER refused ON organisation_keys").await;
        assert!(database.keys_of(organisation).await.is_ok());
        assert_eq!(world.database.count("SELECT count(*) FROM organisation_keys").await, 2);
    });
}

#[test]
fn a_rotation_wraps_everything_anew_and_everybody_goes_on() {
    run(async {
        let world = World::new().await;
        let (a, b) = (world.seeded.a.id.uuid(), world.seeded.b.id.uuid());
        let before = world.beside(|_| {}).await;
        world.app().database.keys_of(a).await.unwrap();
        let done = rotate(world.app()).await.unwrap();
        assert_eq!((wrapping(&world).await, done.keys), (vec![(done.new.to_string(), "2".to_owned())], 2));
        assert!(agree(world.app(), before.app(), a).await, "who runs already");
        assert!(agree(world.app(), world.beside(|_| {}).await.app(), a).await, "who starts now");
        before.app().database.keys_of(b).await.unwrap();
        assert_eq!(wrapping(&world).await, [(done.new.to_string(), "4".to_owned())], "new keys too");
        assert!(drop_master(world.app(), done.new.clone()).await.is_err(), "it is needed");
        drop_master(world.app(), done.old.clone()).await.unwrap();
        assert_eq!(world.app().vault.masters().all().unwrap(), [done.new]);
        assert!(agree(world.app(), world.beside(|_| {}).await.app(), b).await);
    });
}

#[test]
fn two_rotations_at_once_are_done_one_after_the_other() {
    run(async {
        let world = World::new().await;
        let organisation = world.seeded.a.id.uuid();
        let beside = world.beside(|_| {}).await;
        world.app().database.keys_of(organisation).await.unwrap();
        let (one, other) = tokio::join!(
            tokio::spawn({
                let app = world.app().clone();
                async move { rotate(&app).await }
            }),
            tokio::spawn({
                let app = beside.app().clone();
                async move { rotate(&app).await }
            })
        );
        let (one, other) = (one.unwrap().unwrap(), other.unwrap().unwrap());
        assert!(one.new == other.old || other.new == one.old, "{one:?} {other:?}");
        assert_eq!(world.app().vault.masters().all().unwrap().len(), 3);
        assert!(agree(world.app(), world.beside(|_| {}).await.app(), organisation).await);
        assert!(check(world.app()).await.failures.is_empty());
    });
}

#[test]
fn a_rotation_that_was_killed_anywhere_leaves_everything_open() {
    run(async {
        let world = World::new().await;
        let (a, b) = (world.seeded.a.id.uuid(), world.seeded.b.id.uuid());
        world.app().database.keys_of(a).await.unwrap();
        let masters = world.app().vault.masters();
        let (old, _) = masters.current().unwrap();

        // Killed while the new key was written: what is left behind is a draft.
        std::fs::write(world.secrets().join("master-0123456789abcdef.draft-1"), "half").unwrap();
        // Killed after it was written, and before anything was wrapped by it.
        let new = masters.make().unwrap();
        let started = world.beside(|_| {}).await;
        assert!(agree(world.app(), started.app(), a).await);
        assert_eq!(wrapping(&world).await, [(old.to_string(), "2".to_owned())]);

        // Killed after everything was wrapped by it, and before it was named.
        let rewrap = RewrapKeys { vault: Arc::clone(&world.app().vault), to: new.clone() };
        perform_as_system(world.app(), rewrap).await.unwrap();
        let started = world.beside(|_| {}).await;
        assert!(agree(world.app(), started.app(), a).await);
        started.app().database.keys_of(b).await.unwrap();
        let both = [(new.to_string(), "2".to_owned()), (old.to_string(), "2".to_owned())];
        assert_eq!(wrapping(&world).await.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from(both));
        assert!(check(world.app()).await.failures.is_empty());
        assert!(drop_master(world.app(), old).await.is_err());
        assert!(drop_master(world.app(), new).await.is_err());

        let done = rotate(world.app()).await.unwrap();
        assert_eq!(wrapping(&world).await, [(done.new.to_string(), "4".to_owned())]);
        assert!(agree(world.app(), world.beside(|_| {}).await.app(), b).await);
    });
}

#[test]
fn a_service_without_its_master_key_does_not_start_and_says_what_to_bring_back() {
    run(async {
        let world = World::new().await;
        world.app().database.keys_of(world.seeded.a.id.uuid()).await.unwrap();
        let (id, _) = world.app().vault.masters().current().unwrap();
        let file = world.secrets().join(id.file_name());
        let elsewhere = world.secrets().with_extension("taken");
        std::fs::rename(&file, &elsewhere).unwrap();
        let refused = world.try_beside().await.err().unwrap().to_string();
        assert!(refused.contains(&file.display().to_string()) && refused.contains("restore"), "{refused}");
        std::fs::rename(&elsewhere, &file).unwrap();
        let current = world.secrets().join("master.current");
        std::fs::rename(&current, &elsewhere).unwrap();
        let refused = world.try_beside().await.err().unwrap().to_string();
        assert!(refused.contains(&current.display().to_string()), "{refused}");
        assert!(!current.exists(), "no other was made in its place");
        std::fs::rename(&elsewhere, &current).unwrap();
        assert!(world.try_beside().await.is_ok());
    });
}

#[test]
fn keys_that_were_put_in_each_others_places_do_not_open() {
    run(async {
        let world = World::new().await;
        let database = &world.app().database;
        for organisation in [world.seeded.a.id, world.seeded.b.id] {
            database.keys_of(organisation.uuid()).await.unwrap();
        }
        assert_eq!(check(world.app()).await.failures.len(), 0);
        let swap = "UPDATE organisation_keys k SET wrapped = o.wrapped FROM organisation_keys o \
                    WHERE o.purpose = k.purpose AND o.organisation_id <> k.organisation_id AND k.purpose = 'data'";
        world.database.ask(swap).await;
        assert_eq!(check(world.app()).await.failures.len(), 2, "another organisation's");
        assert!(rotate(world.app()).await.is_err(), "nothing is wrapped anew that does not open");
        world.database.ask(swap).await;
        assert_eq!(check(world.app()).await.failures.len(), 0);
        let swap = "UPDATE organisation_keys k SET wrapped = o.wrapped FROM organisation_keys o \
                    WHERE o.organisation_id = k.organisation_id AND o.purpose <> k.purpose";
        world.database.ask(swap).await;
        assert_eq!(check(world.app()).await.failures.len(), 4, "another purpose");
    });
}
