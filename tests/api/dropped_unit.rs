//! A unit of work that is dropped half-way: diesel knows nothing of its transaction, so the connection
//! itself must be given up, or the next borrower would go on inside it.

use std::time::Duration;

use birgemiz::clock;
use birgemiz::storage::Caller;
use birgemiz::storage::unit::Opening;

use crate::support::{World, run};

const UNDER_WAY: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
    AND application_name = 'birgemiz' AND state LIKE 'idle in transaction%'";

fn opening() -> Opening {
    Opening { caller: Caller::System, call_id: "dropped".to_owned(), key: None }
}

#[test]
fn a_unit_that_is_dropped_leaves_no_transaction_behind_and_its_connection_to_nobody() {
    run(async {
        let world = World::new().await;
        let database = &world.app().database;
        for _ in 0..20 {
            let mut transaction = database.begin(Caller::System).await.unwrap();
            let unit = transaction.open(&opening()).await.unwrap();
            assert_eq!(unit.call_id, "dropped");
        }
        let began = clock::instant();
        while world.database.count(UNDER_WAY).await > 0 {
            assert!(clock::since(began) < Duration::from_secs(10), "a transaction is still open");
        }
        let mut transaction = database.begin(Caller::System).await.unwrap();
        transaction.open(&opening()).await.unwrap();
        transaction.commit().await.unwrap();
    });
}
