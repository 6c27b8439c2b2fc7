//! An import whose process is killed goes on where it was, in another process, and does nothing twice.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::desk::{HEADER, household};
use crate::support::postgres::{TestDatabase, folder};
use crate::support::run;
use crate::support::seed::Seeded;

/// Four parts and a little more.
const ROWS: u32 = 17_000;

/// A database without a server: its loops would go on with whatever is left behind at once.
struct World {
    database: TestDatabase,
    seeded: Seeded,
    secrets: PathBuf,
}

fn birgemiz(world: &World, file: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_birgemiz"));
    command
        .args(["import", "households"])
        .arg(file)
        .args(["--database-url", &world.database.urls.service])
        .args(["--owner-database-url", &world.database.urls.owner])
        .arg("--secrets-dir")
        .arg(&world.secrets)
        .args(["--organisation", &world.seeded.a.id.to_string()])
        .stdout(Stdio::piped());
    command
}

/// Waits until the import is as far as `sql` says, or its process has ended.
async fn wait_for(world: &World, child: &mut Child, sql: &str) {
    for _ in 0..3_000 {
        if world.database.count(sql).await > 0 || child.try_wait().unwrap().is_some() {
            return;
        }
        // waits for: the killed process's own work, which it tells in the table only
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it never came to: {sql}");
}

#[test]
fn a_killed_import_is_finished_by_the_next_and_doubles_nothing() {
    run(async {
        let database = TestDatabase::migrated().await;
        let seeded = Seeded::plant(&database).await;
        let world = World { database, seeded, secrets: folder("secrets") };
        let path = folder("imports");
        std::fs::create_dir_all(&path).unwrap();
        let file = path.join("households.csv");
        let rows: String = (0..ROWS).map(|number| household(number) + "\n").collect();
        std::fs::write(&file, format!("{HEADER}\n{rows}")).unwrap();

        let moments = [
            "SELECT count(*) FROM imports WHERE status = 'receiving' AND parts > 0",
            "SELECT count(*) FROM imports WHERE status = 'checking' AND parts_done > 1",
            "SELECT count(*) FROM imports WHERE status = 'writing' AND parts_done > 0",
            "SELECT count(*) FROM imports WHERE status = 'writing' AND parts_done > 2",
        ];
        let mut killed_in = Vec::new();
        for moment in moments {
            let mut child = birgemiz(&world, &file).spawn().unwrap();
            wait_for(&world, &mut child, moment).await;
            child.kill().unwrap();
            child.wait().unwrap();
            let state = "SELECT string_agg(status || ' ' || parts_done, ', ' ORDER BY id) FROM imports";
            killed_in.push(world.database.ask(state).await[0][0].clone().unwrap_or_default());
            // Whoever comes next need not wait for the dead to let go.
            world.database.ask("UPDATE imports SET leased_until = now() - interval '1 second'").await;
        }
        let output = birgemiz(&world, &file).output().unwrap();
        assert!(output.status.success(), "{killed_in:?}");
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(
            // None was taken for a repetition of itself: no part was begun again that had been taken in.
            (told["status"].as_str(), told["taken"].as_u64(), told["refused"].as_u64()),
            (Some("done"), Some(u64::from(ROWS)), Some(0)),
            "{killed_in:?} {told}"
        );
        let wanted = i64::from(ROWS);
        for sql in [
            "SELECT count(*) FROM households",
            "SELECT count(DISTINCT external_id) FROM households",
            "SELECT count(*) FROM household_doors",
            "SELECT count(DISTINCT phone_index) FROM household_doors",
            "SELECT count(*) FROM household_consents",
            "SELECT count(DISTINCT subject_id) FROM events WHERE kind = 'household.registered'",
            "SELECT count(*) FROM events WHERE kind = 'household.registered'",
        ] {
            assert_eq!(world.database.count(sql).await, wanted, "{sql}; {killed_in:?}");
        }
        assert!(killed_in.iter().any(|state| state.contains("writing")), "{killed_in:?}");
        assert_eq!(world.database.count("SELECT count(*) FROM imports WHERE status = 'done'").await, 1);
        world.database.drop_now().await;
    });
}
