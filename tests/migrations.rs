//! The tables: built, taken down and built again with data in them; by five at once; described by
//! `schema.rs` as they are; and out of the service's reach where it must not write.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};

use birgemiz::storage::migrations;
use serde_json::json;

#[path = "api/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "it belongs to the tests of the API, which use all of it")]
mod support;

use support::postgres::{TestDatabase, try_ask};
use support::{World, run};

/// Tables without an organisation's id, each for its reason.
const OF_NO_ORGANISATION: [(&str, &str); 10] = [
    ("__diesel_schema_migrations", "it tells which migrations ran"),
    ("organisations", "its id is the organisation's"),
    ("login_attempts", "they are counted before anybody is known"),
    ("login_codes", "they are asked for by whoever has an address, whether or not anybody has it"),
    ("quota_leases", "they belong to a caller, and are forgotten within hours"),
    ("idempotency_keys", "they belong to a caller, and are read by nothing but the caller's repeat"),
    ("kit_items", "it belongs to a kit, whose campaign it repeats"),
    ("signing_keys", "they are the service's own"),
    ("restorations", "they are the whole database's"),
    ("building_cells", "counts of buildings on a map"),
];

/// Everything that makes up the tables, one line each.
async fn anatomy(database: &TestDatabase) -> Vec<String> {
    let rows = database
        .ask(
            "SELECT format('%s.%s %s %s %s', table_name, column_name, udt_name, is_nullable, column_default)
               FROM information_schema.columns WHERE table_schema = 'public'
             UNION ALL SELECT format('%s %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint
               WHERE connamespace = 'public'::regnamespace
             UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
             UNION ALL SELECT format('%s %s %s', grantee, table_name, privilege_type)
               FROM information_schema.role_table_grants WHERE table_schema = 'public'
             UNION ALL SELECT format('%s %s', objoid::regclass, description) FROM pg_description
               WHERE classoid = 'pg_class'::regclass AND objoid::regclass::text NOT LIKE 'pg_%'
             ORDER BY 1",
        )
        .await;
    rows.into_iter().map(|mut row| row.remove(0).unwrap()).collect()
}

#[test]
fn the_tables_can_be_taken_down_and_built_again_with_data_in_them() {
    run(async {
        let world = World::new().await;
        let (request, _) = world.open_request().await;
        world.volunteer_of_a().post(&format!("/v1/requests/{request}/claim"), json!({})).await.expect(201);
        let database = &world.database;
        let before = anatomy(database).await;
        assert!(database.count("SELECT count(*) FROM events").await > 0);

        migrations::revert_all(&database.urls.owner).await.unwrap();
        let left =
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '\\_\\_%'";
        assert_eq!(database.count(left).await, 0);
        let ran = migrations::migrate(&database.urls.owner).await.unwrap();
        assert!(!ran.is_empty());
        assert_eq!(anatomy(database).await, before);
        assert_eq!(database.count("SELECT count(*) FROM requests").await, 0);
    });
}

#[test]
fn the_version_before_webhooks_can_read_the_log_that_they_leave() {
    run(async {
        let world = World::new().await;
        let body = json!({"url": "https://hook.example.org/"});
        world.partner_of_a().post("/v1/webhook-endpoints", body).await.expect(201);
        world.verified_household().await;
        let database = &world.database;
        let of_webhooks = "SELECT count(*) FROM events WHERE kind LIKE 'webhook.%'";
        assert_eq!(database.count(of_webhooks).await, 1);
        let down = include_str!("../migrations/2026-11-23-040500_create_webhooks/down.sql");
        database.ask(&format!("BEGIN; {down} COMMIT")).await;
        assert_eq!(database.count(of_webhooks).await, 0);
        assert_eq!(database.count("SELECT count(*) FROM events").await, 2, "everything else stays");
        let of_keys = "SELECT count(*) FROM idempotency_keys WHERE route LIKE '%webhook%'";
        assert_eq!(database.count(of_keys).await, 0);
        let of_scopes = "SELECT count(*) FROM partners WHERE 'webhooks:manage' = ANY(scopes)";
        assert_eq!(database.count(of_scopes).await, 0);
    });
}

#[test]
fn the_version_before_the_hotline_can_read_the_log_and_the_policies_that_it_leaves() {
    run(async {
        let world = World::new().await;
        let (request, _) = world.open_request().await;
        world.coordinator_of_a().post("/v1/calls", json!({"request_id": request})).await.expect(201);
        let database = &world.database;
        let rules = "UPDATE policies SET body = jsonb_set(body, '{calls}', '{\"tries\": 2}')";
        database.ask(rules).await;
        let of_calls = "SELECT count(*) FROM events WHERE kind LIKE 'call.%'";
        assert_eq!(database.count(of_calls).await, 1);
        let down = include_str!("../migrations/2026-11-23-062000_create_calls/down.sql");
        database.ask(&format!("BEGIN; {down} COMMIT")).await;
        assert_eq!(database.count(of_calls).await, 0);
        assert_eq!(database.count("SELECT count(*) FROM events").await, 3, "everything else stays");
        assert_eq!(database.count("SELECT count(*) FROM policies WHERE body ? 'calls'").await, 0);
    });
}

#[test]
fn of_five_that_start_on_an_empty_database_one_migrates_and_all_go_on() {
    run(async {
        let database = TestDatabase::empty().await;
        let starts: Vec<_> = (0..5)
            .map(|_| {
                let url = database.urls.owner.clone();
                tokio::spawn(async move { migrations::migrate(&url).await })
            })
            .collect();
        let mut ran = Vec::new();
        for start in starts {
            ran.push(start.await.unwrap().unwrap().len());
        }
        ran.sort_unstable();
        assert_eq!(ran[..4], [0; 4]);
        assert!(ran[4] > 0);
        database.drop_now().await;
    });
}

/// Table, column, type: from `src/storage/schema.rs` as text.
fn told_columns() -> BTreeSet<String> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/storage/schema.rs");
    let mut columns = BTreeSet::new();
    let mut table = String::new();
    for line in std::fs::read_to_string(file).unwrap().lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
            name.clone_into(&mut table);
        } else if let Some((column, kind)) = line.split_once(" -> ").filter(|_| line.ends_with(',')) {
            columns.insert(format!("{table}.{column} {}", kind.trim_end_matches(',')));
        }
    }
    columns
}

fn diesel_type(postgres: &str) -> String {
    let plain = BTreeMap::from([
        ("uuid", "Uuid"),
        ("text", "Text"),
        ("timestamptz", "Timestamptz"),
        ("int2", "Int2"),
        ("int4", "Int4"),
        ("int8", "Int8"),
        ("float8", "Float8"),
        ("bool", "Bool"),
        ("jsonb", "Jsonb"),
        ("bytea", "Bytea"),
        ("date", "Date"),
        ("xid8", "Xid8"),
    ]);
    match postgres.strip_prefix('_') {
        // Postgres does not say whether an array's elements may be null, so diesel takes it that they may.
        Some(element) => format!("Array<Nullable<{}>>", diesel_type(element)),
        None => (*plain.get(postgres).unwrap_or_else(|| panic!("no diesel type for {postgres}"))).to_owned(),
    }
}

#[test]
fn schema_rs_tells_the_tables_as_they_are() {
    run(async {
        let database = TestDatabase::migrated().await;
        let columns = "SELECT table_name, column_name, udt_name, is_nullable FROM information_schema.columns
                       WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%' AND table_name NOT LIKE '%\\_inlet'";
        let found: BTreeSet<String> = database
            .ask(columns)
            .await
            .into_iter()
            .map(|row| {
                let text = |column: usize| row[column].clone().unwrap();
                let kind = diesel_type(&text(2));
                let kind = if text(3) == "YES" { format!("Nullable<{kind}>") } else { kind };
                format!("{}.{} {kind}", text(0), text(1))
            })
            .collect();
        let told = told_columns();
        assert!(told.len() > 200, "{}", told.len());
        let missing: Vec<_> = found.difference(&told).collect();
        let invented: Vec<_> = told.difference(&found).collect();
        assert!(
            missing.is_empty() && invented.is_empty(),
            "only in the database: {missing:#?}\nonly in schema.rs: {invented:#?}"
        );
        database.drop_now().await;
    });
}

async fn names(database: &TestDatabase, sql: &str) -> BTreeSet<String> {
    database.ask(sql).await.into_iter().map(|mut row| row.remove(0).unwrap()).collect()
}

#[test]
fn every_table_says_what_it_is_and_whose() {
    run(async {
        let database = TestDatabase::migrated().await;
        let silent =
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
                      AND relname NOT LIKE '\\_\\_%' AND obj_description(oid, 'pg_class') IS NULL";
        assert_eq!(names(&database, silent).await, BTreeSet::new(), "tables without a COMMENT");

        let nobodys = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' EXCEPT
                       SELECT table_name FROM information_schema.columns
                       WHERE table_schema = 'public' AND column_name = 'organisation_id'";
        let excepted: BTreeSet<String> = OF_NO_ORGANISATION.map(|(table, _)| table.to_owned()).into();
        assert_eq!(names(&database, nobodys).await, excepted, "tables without organisation_id");
        database.drop_now().await;
    });
}

#[test]
fn the_service_owns_nothing_and_cannot_rewrite_what_happened() {
    run(async {
        let database = TestDatabase::migrated().await;
        let owned = "SELECT relname FROM pg_class WHERE relowner = 'birgemiz_app'::regrole
                     UNION ALL SELECT proname FROM pg_proc WHERE proowner = 'birgemiz_app'::regrole
                     UNION ALL SELECT datname FROM pg_database WHERE datdba = 'birgemiz_app'::regrole";
        assert_eq!(names(&database, owned).await, BTreeSet::new());
        let mighty = "SELECT rolname FROM pg_roles WHERE rolname = 'birgemiz_app' AND
                      (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication OR rolinherit)";
        assert_eq!(names(&database, mighty).await, BTreeSet::new());
        let emptied =
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
                       AND has_table_privilege('birgemiz_app', oid, 'TRUNCATE')";
        assert_eq!(names(&database, emptied).await, BTreeSet::new());
        for sql in [
            "UPDATE events SET kind = 'x'",
            "DELETE FROM events",
            "TRUNCATE events",
            "ALTER TABLE events ADD COLUMN x text",
            "DROP TABLE events",
            "UPDATE door_readings SET actor_id = NULL",
            "DELETE FROM door_readings",
            "DELETE FROM requests",
            "DELETE FROM claims",
            "CREATE TABLE x (x text)",
        ] {
            let refusal = try_ask(&database.urls.service, sql).await.unwrap_err();
            let code = refusal.code().map(tokio_postgres::error::SqlState::code);
            assert_eq!(code, Some("42501"), "{sql}: {refusal:?}");
        }
        database.drop_now().await;
    });
}
