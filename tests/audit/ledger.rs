//! A database with a past: rows of several organisations in both books, under many seals, and no server on it.

use birgemiz::actions::perform_as_system;
use birgemiz::actions::seal::{Book, SealNext};
use birgemiz::audit::{self, Asked, Report};
use birgemiz::storage::inspection::{Head, Inspection};
use serde_json::json;
use tokio_postgres::{Client, NoTls};

use crate::support::World;
use crate::support::postgres::TestDatabase;

/// A database whose past may be tampered with, by whoever owns it.
pub(crate) struct Ledger {
    /// Keeps the database.
    pub(crate) world: World,
    /// The owner.
    pub(crate) owner: Client,
}

/// What a batch adds: events of the organisation and of none, a reading, each by a transaction of its own.
const BATCH: &str = "
INSERT INTO events (id, at, kind, organisation_id, subject_kind, subject_id, actor_kind, reason, changes)
SELECT gen_random_uuid(), clock_timestamp(), 'request.created', $org, 'request', gen_random_uuid(), 'partner', 'word ' || n,
       jsonb_build_array(jsonb_build_object('object', 'request', 'id', gen_random_uuid(), 'to', 'open'))
FROM generate_series(1, 3) n;
INSERT INTO events (id, at, kind, subject_kind, subject_id, actor_kind, changes)
VALUES (gen_random_uuid(), clock_timestamp(), 'area.created', 'area', gen_random_uuid(), 'system', '[]');
INSERT INTO door_readings (at, organisation_id, household_id, actor_kind, actor_id, call_id)
SELECT clock_timestamp(), $org, gen_random_uuid(), 'coordinator', gen_random_uuid(), 'call ' || n FROM generate_series(1, 2) n;
INSERT INTO access_records (at, organisation_id, what, code, user_id, route)
VALUES (clock_timestamp(), $org, 'call_refused', 'forbidden', gen_random_uuid(), 'GET /v1/users');";

impl Ledger {
    /// So many batches after one another, each sealed before the next.
    pub(crate) async fn of(batches: usize) -> Self {
        let mut world = World::new().await;
        let (request, _) = world.open_request().await;
        let claim = world
            .volunteer_of_a()
            .post(&format!("/v1/requests/{request}/claim"), json!({}))
            .await
            .expect(201);
        let door = format!("/v1/claims/{}/door?fence=1", claim["id"].as_str().unwrap());
        world.volunteer_of_a().get(&door).await.expect(200);
        let organisations = [world.seeded.a.id.uuid(), world.seeded.b.id.uuid()];
        for batch in 0..batches {
            let organisation = organisations[batch % 2];
            for statement in BATCH.split_inclusive(';') {
                world.database.ask(&statement.replace("$org", &format!("'{organisation}'"))).await;
            }
            seal_all(&world).await;
        }
        world.stop().await;
        let owner = connect(&world.database).await;
        // Whoever owns a table can number its rows as they please.
        owner
            .batch_execute(
                "ALTER TABLE events ALTER seq DROP IDENTITY; ALTER TABLE door_readings ALTER id DROP IDENTITY; \
                 ALTER TABLE access_records ALTER id DROP IDENTITY; CREATE SCHEMA kept; \
                 CREATE TABLE kept.access_records AS TABLE access_records; \
                 CREATE TABLE kept.events AS TABLE events; CREATE TABLE kept.door_readings AS TABLE door_readings; \
                 CREATE TABLE kept.seals AS TABLE seals",
            )
            .await
            .unwrap();
        Self { world, owner }
    }

    /// What the verifier says now, knowing these heads.
    pub(crate) async fn verified(&self, heads: &[Head]) -> Report {
        let inspection = Inspection::begin(&self.world.database.urls.owner).await.unwrap();
        audit::verify(&inspection, &Asked { organisation: None, heads: heads.to_vec() }).await.unwrap()
    }

    /// Where all chains end now.
    pub(crate) async fn heads(&self) -> Vec<Head> {
        Inspection::begin(&self.world.database.urls.owner).await.unwrap().heads().await.unwrap()
    }

    pub(crate) async fn run(&self, sql: &str) {
        if let Err(error) = self.owner.batch_execute(sql).await {
            panic!("{sql}: {error:?}");
        }
    }
}

pub(crate) async fn connect(database: &TestDatabase) -> Client {
    let (client, connection) = tokio_postgres::connect(&database.urls.owner, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Seals until nothing is left that is not sealed.
pub(crate) async fn seal_all(world: &World) {
    let unsealed = "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM door_readings)
        + (SELECT count(*) FROM access_records) - (SELECT coalesce(sum(cardinality(numbers)), 0) FROM seals)";
    while world.database.count(unsealed).await > 0 {
        for book in Book::ALL {
            perform_as_system(world.app(), SealNext { book }).await.unwrap();
        }
    }
}
