//! Streams that nobody reads, that are silent, or that are too many.

use std::time::Duration;

use super::SOON;
use super::streamed::Listener;
use crate::support::{World, run};
use birgemiz::config::StreamSettings;

/// More than is kept in memory: who is so far behind is told from the log.
const MANY: i64 = 25_000;

/// As often as a sign of life is promised, and some seconds for a busy machine.
const LIFE: Duration = Duration::from_secs(25);

#[test]
fn a_silent_stream_gives_a_sign_of_life_with_a_place_to_go_on_from() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let mut listener = Listener::new(&coordinator, "", None).await;
        let began = birgemiz::clock::instant();
        let ping = tokio::time::timeout(LIFE, listener.block()).await.unwrap().unwrap();
        assert!(began.elapsed() >= Duration::from_secs(14), "nothing else was told");
        let (sign, id) = ping.split_once("\nid: ").unwrap();
        assert_eq!(sign, ": ping");
        drop(listener);
        world.open_request().await;
        let mut again = Listener::new(&coordinator, "", Some(id)).await;
        assert_eq!(again.next().await.unwrap().name, "household.registered");
    });
}

#[test]
fn who_reads_too_slowly_for_what_is_kept_in_memory_misses_nothing_and_need_not_read_anew() {
    run(async {
        let world = World::new().await;
        let mut listener = Listener::new(&world.coordinator_of_a(), "?type=request.*", None).await;
        world.open_request().await;
        // Copies of one event, while nobody reads: more than sockets hold, and more than is kept.
        let copies = format!(
            "INSERT INTO events (id, at, kind, organisation_id, area_id, subject_kind, subject_id, request_id, \
                 actor_kind, policy_version, changes) \
             SELECT gen_random_uuid(), e.at, e.kind, e.organisation_id, e.area_id, e.subject_kind, e.subject_id, \
                 e.request_id, 'system', n, e.changes \
             FROM events e, generate_series(1, {MANY}) n WHERE e.kind = 'request.submitted' ORDER BY n"
        );
        world.database.ask(&copies).await;
        let first = listener.next().await.unwrap();
        assert_eq!(first.name, "request.submitted");
        for number in 1..=MANY {
            let told = tokio::time::timeout(SOON, listener.next()).await.unwrap().unwrap();
            assert_eq!(told.name, "request.submitted", "no resync");
            assert_eq!(told.data["policy_version"], number);
        }
    });
}

#[test]
fn a_caller_and_a_server_have_so_many_streams_and_no_more() {
    run(async {
        let few = StreamSettings { caller_streams: 2, process_streams: 3 };
        let world = World::with(|settings| settings.streams = few).await;
        let (one, two) = (world.coordinator_of_a(), world.partner_of_a());
        let stream = "/v1/events/stream?seconds=1";
        let first = Listener::new(&one, "", None).await;
        let _second = Listener::new(&one, "", None).await;
        let refused = one.get(stream).await;
        refused.refused(429, "too_many_streams");
        assert_eq!(refused.header("retry-after"), "10");
        let _third = Listener::new(&two, "", None).await;
        let refused = two.get(stream).await;
        refused.refused(503, "overloaded");
        assert_eq!(refused.header("retry-after"), "10");
        assert_eq!(world.app().streams.taken(), 3);
        // Who leaves makes room, as soon as that is noticed.
        drop(first);
        let begun = birgemiz::clock::instant();
        while one.get(stream).await.status != 200 {
            assert!(begun.elapsed() < SOON, "the seat of one who left stays taken");
            tokio::task::yield_now().await;
        }
    });
}
