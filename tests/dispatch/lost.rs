//! Notifications that are lost, and positions that no log brings: the other process comes to know all the same.

use std::time::Duration;

use birgemiz::actions::Call;
use birgemiz::actions::Caller;
use birgemiz::actions::report_position::{Place, report_position};
use birgemiz::app::App;
use domain::actor::Role;
use domain::id::{RequestId, UserId, VolunteerId};
use domain::place::Position;

use crate::town::{self, Town};
use crate::{submit, until};

/// As long as a follower waits whose bell is silent, twice, and time for a slow machine.
const PATIENCE: Duration = Duration::from_secs(8);

/// No bell rings, and then no connection listens any more when something is committed: it is found by looking, or
/// as soon as they listen again.
pub(crate) async fn follows_although_nobody_rings(town: &Town, one: &App, other: &App) {
    // Nobody rings at all: the notification is lost before it is sent.
    let silent = submit(one).await;
    until("a request is known although no bell rang", other, |app| knows(app, silent)).await;
    let mut known = vec![silent];
    for _ in 0..3 {
        let cut = town.count(CUT).await;
        assert!(cut > 0, "nobody listened");
        let request = submit(one).await;
        one.wakeup.ring();
        let began = birgemiz::clock::instant();
        until("a request is known although the notification was lost", other, |app| knows(app, request))
            .await;
        let took = birgemiz::clock::since(began);
        println!("known after {took:?}");
        assert!(took < PATIENCE, "{took:?}");
        known.push(request);
        listen_again(town).await;
    }
    assert!(known.into_iter().all(|request| knows(other, request)), "something was forgotten");
}

/// Ends every connection by which the processes hear each other. Answers how many.
const CUT: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
    WHERE application_name = 'birgemiz notifications'";

async fn listen_again(town: &Town) {
    let listening = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'birgemiz notifications'";
    let began = birgemiz::clock::instant();
    while town.count(listening).await < 2 {
        assert!(birgemiz::clock::since(began) < Duration::from_secs(20), "they do not listen again");
        tokio::task::yield_now().await;
    }
}

fn knows(app: &App, request: RequestId) -> bool {
    app.fleet.look(|world| world.open.get(request).is_some())
}

/// Somebody tells one process where they are, and soon is there in the other; then the other way about.
pub(crate) async fn sees_who_moved_elsewhere(one: &App, other: &App) {
    let caller =
        Caller::Person { user: UserId::new(town::VOLUNTEER_USER), role: Role::Volunteer, session: None };
    for (turn, (here, there)) in [(one, other), (other, one), (one, other)].into_iter().enumerate() {
        let position = Position::new(43.3 + f64::from(u32::try_from(turn).unwrap()) / 100.0, 76.9).unwrap();
        let call = Call { caller, ..Call::by_system() };
        report_position(here, &call, Place { position, accuracy_m: None }).await.expect("it is taken in");
        assert!(is_at(here, position), "it did not count at once");
        until("who moved is there in the other process", there, |app| is_at(app, position)).await;
        assert!(is_at(here, position), "they were put back");
    }
}

fn is_at(app: &App, position: Position) -> bool {
    app.fleet.look(|world| {
        let known = world.fleet.get(VolunteerId::new(town::VOLUNTEER));
        known.and_then(|known| known.last_seen).is_some_and(|seen| seen.position == position)
    })
}
