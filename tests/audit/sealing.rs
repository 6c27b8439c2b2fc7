//! Everything is sealed, soon, once, in the order of writing, by however many processes.

use std::time::Duration;

use birgemiz::audit::{self, Asked, Report};
use birgemiz::storage::inspection::Inspection;
use futures_util::future::join_all;
use serde_json::json;

use crate::ledger::{Ledger, connect, seal_all};
use crate::support::{World, run};

/// Longer than a busy machine takes; the promise itself is a second, and is measured by `birgemiz_seal_lag_seconds`.
const PATIENCE: Duration = Duration::from_secs(30);

async fn verified(world: &World) -> Report {
    let inspection = Inspection::begin(&world.database.urls.owner).await.unwrap();
    audit::verify(&inspection, &Asked::default()).await.unwrap()
}

/// Waits until the background sealer has sealed all rows there are.
async fn all_sealed(world: &World) -> Report {
    let began = birgemiz::clock::instant();
    loop {
        let report = verified(world).await;
        assert!(report.is_well, "{:#?}", report.findings);
        if report.unsealed == 0 {
            return report;
        }
        assert!(birgemiz::clock::since(began) < PATIENCE, "{} rows are not sealed", report.unsealed);
    }
}

#[test]
fn what_happens_and_what_is_read_is_sealed_in_the_background_and_nothing_is_sealed_twice() {
    run(async {
        let world = World::new().await;
        let beside = world.beside(|_| {}).await;
        let (request, _) = world.open_request().await;
        let claim = format!("/v1/requests/{request}/claim");
        let claim = world.volunteer_of_a().post(&claim, json!({})).await.expect(201);
        let door = format!("/v1/claims/{}/door?fence=1", claim["id"].as_str().unwrap());
        world.volunteer_of_a().get(&door).await.expect(200);
        let partner = beside.called_by(&world.partner_of_a());
        join_all((0..20).map(|_| partner.post("/v1/households", world.household()).into_future())).await;
        let report = all_sealed(&world).await;
        let rows = world
            .database
            .count("SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM door_readings) + (SELECT count(*) FROM access_records)");
        assert_eq!(i64::try_from(report.rows).unwrap(), rows.await);
        let twice = "SELECT count(*) FROM (SELECT book, n FROM seals, unnest(numbers) n GROUP BY 1, 2 HAVING count(*) > 1) x";
        assert_eq!(world.database.count(twice).await, 0);
        assert!(report.chains >= 2, "events and readings of one organisation: {report:?}");
    });
}

#[test]
fn what_commits_late_is_sealed_too_and_nothing_that_came_after_is_sealed_before_it() {
    run(async {
        let world = World::new().await;
        let late = connect(&world.database).await;
        late.batch_execute(
            "BEGIN; INSERT INTO events (id, at, kind, subject_kind, subject_id, actor_kind, changes)
             VALUES (gen_random_uuid(), now(), 'area.created', 'area', gen_random_uuid(), 'system', '[]')",
        )
        .await
        .unwrap();
        world.verified_household().await;
        for book in birgemiz::actions::seal::Book::ALL {
            let seal = birgemiz::actions::seal::SealNext { book };
            birgemiz::actions::perform_as_system(world.app(), seal).await.unwrap();
        }
        let sealed_now = world.database.count("SELECT count(*) FROM seals WHERE book = 'events'").await;
        assert_eq!(sealed_now, 0, "an older transaction still runs");
        assert_eq!(verified(&world).await.unsealed, 2);
        late.batch_execute("COMMIT").await.unwrap();
        seal_all(&world).await;
        let report = all_sealed(&world).await;
        // Three events, and what was recorded of the key that signs.
        let all = "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM access_records)";
        assert_eq!(world.database.count("SELECT count(*) FROM events").await, 3);
        assert_eq!(i64::try_from(report.rows).unwrap(), world.database.count(all).await);
    });
}

#[test]
fn a_database_that_was_brought_back_keeps_its_chains_and_goes_on_with_them() {
    run(async {
        let ledger = Ledger::of(6).await;
        let heads = ledger.heads().await;
        // As a restoration leaves it, on a server whose transactions have other numbers.
        let unsealed = "INSERT INTO events (seq, id, at, kind, subject_kind, subject_id, actor_kind, changes)
            VALUES (1000001, gen_random_uuid(), now(), 'area.created', 'area', gen_random_uuid(), 'system', '[]')";
        ledger.run(unsealed).await;
        birgemiz::storage::dump::settle(&ledger.world.database.urls.owner).await.unwrap();
        let before = ledger.verified(&heads).await;
        assert!(!before.is_well, "numbers of transactions have changed, and nobody has said why");
        birgemiz::storage::dump::note_restoration(&ledger.world.database.urls.owner).await.unwrap();
        let after = ledger.verified(&heads).await;
        assert!(after.is_well, "{:#?}", after.findings);
        assert_eq!(after.unsealed, 1);
        ledger.run("UPDATE events SET xid = '2' WHERE seq = 1000001").await;
        assert_eq!(ledger.verified(&heads).await.findings.len(), 1, "among what is sealed, and in no seal");
    });
}

/// The most memory that this process has held, in KiB.
fn high_water() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_long_past_is_verified_in_bounded_memory() {
    run(async {
        #[expect(clippy::disallowed_methods, reason = "a test may be told its size")]
        let is_full = std::env::var_os("BIRGEMIZ_SOAK_AUDIT").is_some();
        let rows = if is_full { 1_000_000 } else { 10_000 };
        let world = World::new().await;
        world
            .database
            .ask(&format!(
                "INSERT INTO events (id, at, kind, organisation_id, subject_kind, subject_id, actor_kind, changes)
                 SELECT gen_random_uuid(), now(), 'request.submitted', '{}', 'request', gen_random_uuid(), 'partner',
                        jsonb_build_array(jsonb_build_object('object', 'request', 'id', n, 'to', 'open'))
                 FROM generate_series(1, {rows}) n; SELECT 1",
                world.seeded.a.id.uuid()
            ))
            .await;
        let began = birgemiz::clock::instant();
        seal_all(&world).await;
        let (sealed_in, before) = (birgemiz::clock::since(began), high_water());
        let began = birgemiz::clock::instant();
        let report = verified(&world).await;
        assert!(report.is_well && report.rows >= rows, "{report:?}");
        let (verified_in, held_kib) = (birgemiz::clock::since(began), high_water() - before);
        println!(
            "{rows} rows sealed in {sealed_in:.0?}, verified in {verified_in:.0?}, {held_kib} KiB more held"
        );
        // A million rows are half a gigabyte of text.
        assert!(held_kib < 100_000, "{held_kib} KiB");
    });
}
