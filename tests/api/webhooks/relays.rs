//! Two server processes on one database: no receiver is sent anything twice while both are well, and one goes on
//! where the other was killed.

use std::collections::BTreeSet;
use std::time::Duration;

use super::receiver::{Arrival, Receiver};
use super::{endpoint, register};
use crate::servers::{Bugs, Orders, ServerProcess};
use crate::support::{World, run};

fn another(world: &World) -> ServerProcess {
    let orders = Orders {
        urls: &world.database.urls,
        secrets: world.secrets(),
        pool: 8,
        pool_wait_ms: 30_000,
        bugs: Bugs::NONE,
        crash_point: String::new(),
        log: None,
    };
    ServerProcess::start_with(&orders).unwrap()
}

fn ids(arrived: &[Arrival]) -> BTreeSet<String> {
    arrived.iter().map(|arrival| arrival.id().to_owned()).collect()
}

#[test]
fn two_processes_send_each_event_once_and_hand_over_what_they_do_not_finish() {
    run(async {
        let world = World::new().await;
        let _other = another(&world);
        let mut receivers = Vec::new();
        for _ in 0..6 {
            let receiver = Receiver::start(&[]).await;
            endpoint(&world, &receiver, &["household.*"]).await;
            receivers.push(receiver);
        }
        register(&world, 15).await;
        for receiver in &receivers {
            receiver.has_taken(15).await;
        }
        // Everything was written down, so whoever is going to send something twice has had the time for it.
        let waiting = "SELECT count(*) FROM webhook_messages WHERE state <> 'delivered'";
        while world.database.count(waiting).await > 0 {
            // waits for: the last attempts to be written down
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        for receiver in &receivers {
            let arrived = receiver.arrived();
            assert_eq!((arrived.len(), ids(&arrived).len()), (15, 15));
        }
        let attempts = world.database.count("SELECT count(*) FROM webhook_attempts").await;
        assert_eq!(attempts, 6 * 15);
    });
}
