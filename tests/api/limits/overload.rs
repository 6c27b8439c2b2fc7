//! More calls than can be served: some are served soon, the others turned away at once, and it passes.

use std::time::Duration;

use birgemiz::clock;
use futures_util::future::join_all;

use crate::support::{World, run};

#[test]
fn who_cannot_be_served_soon_is_turned_away_at_once_and_it_passes() {
    run(async {
        let world = World::with(|settings| {
            settings.database.pool_size = 2;
            settings.database.pool_wait_ms = 500;
        })
        .await;
        let coordinator = world.coordinator_of_a();
        let crowd = join_all((0..600).map(|_| async {
            let answer = coordinator.get("/v1/campaigns").await;
            if answer.status == 503 {
                answer.refused(503, "overloaded");
                assert_eq!(answer.header("retry-after"), "1");
            }
            answer.status.as_u16()
        }));
        let live = async { world.nobody().get("/health/live").off_contract().await.status.as_u16() };
        let (statuses, live) = tokio::join!(crowd, live);
        assert_eq!(live, 200);
        assert!(statuses.iter().all(|status| [200, 503].contains(status)), "{statuses:?}");
        assert!(statuses.contains(&200) && statuses.contains(&503), "{statuses:?}");

        let began = clock::instant();
        while coordinator.get("/v1/campaigns").await.status != 200 {
            assert!(clock::since(began) < Duration::from_secs(5), "it does not pass");
        }
    });
}
