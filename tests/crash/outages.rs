//! The database is away for a while, under load: every call is answered soon, the service says that it
//! is not ready, and all is well by itself when the database is there again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use birgemiz::clock;

use crate::city::{City, until};
use crate::load::{Load, Outcome};
use crate::proxy::{End, Proxy};
use crate::servers::Bugs;
use crate::truth;

/// The longest that any call may take while the database is away.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// How the database is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absence {
    /// Its processes are stopped by a signal: connections stay, nothing answers.
    Held,
    /// Its processes are gone.
    Gone,
    /// The wire to it swallows everything.
    Dark,
}

/// Takes the database away for so long.
pub(crate) async fn absent(absence: Absence, lasting: Duration) {
    let city = Arc::new(City::new(Bugs::NONE).await);
    let proxy = Proxy::start(End::Unix(city.engine.socket.clone())).await;
    if absence == Absence::Dark {
        city.kill_server();
        city.lead_to_the_database_by(proxy.port);
        city.start();
    }
    let load = Load::start(&city);
    until(ANSWER_WITHIN, "the load is under way", async || load.successes() > 20).await;

    let away_from = clock::instant();
    take(&city, &proxy, absence);
    let noticed = until(ANSWER_WITHIN, "the service says that it is not ready", async || {
        city.client.look(&city.url(), "/health/ready").await == Some(503)
    })
    .await;
    let mut looks = tokio::time::interval(Duration::from_millis(200));
    while clock::since(away_from) < lasting {
        looks.tick().await;
        let asked = clock::instant();
        assert_eq!(city.client.look(&city.url(), "/health/ready").await, Some(503), "{absence:?}");
        assert_eq!(city.client.look(&city.url(), "/health/live").await, Some(200), "{absence:?}");
        assert!(clock::since(asked) < ANSWER_WITHIN, "{absence:?}: the looks took {:?}", clock::since(asked));
    }
    let away_until = clock::instant();
    give_back(&city, &proxy, absence);
    let back = city.is_back().await;

    let outcome = load.settle(&city).await;
    let mut violations = promptness(&outcome, away_from, away_until);
    violations.extend(outcome.violations.iter().cloned());
    violations.extend(truth::lost(&city.database, &outcome.acknowledged).await);
    violations.extend(truth::violations(&city.database).await);
    assert!(violations.is_empty(), "{absence:?}: {violations:#?}");
    let slowest = during(&outcome, away_from, away_until).map(|one| one.took).max().unwrap_or_default();
    println!(
        "outage {absence:?} for {lasting:?}: not ready after {noticed:?}, {} calls answered meanwhile, the slowest \
         after {slowest:?}; back {back:?} after the database",
        during(&outcome, away_from, away_until).count()
    );
}

fn take(city: &City, proxy: &Proxy, absence: Absence) {
    match absence {
        Absence::Held => city.engine.hold(),
        Absence::Gone => city.engine.kill(),
        Absence::Dark => proxy.go_dark(),
    }
}

fn give_back(city: &City, proxy: &Proxy, absence: Absence) {
    match absence {
        Absence::Held => city.engine.go_on(),
        Absence::Gone => city.engine.revive(),
        Absence::Dark => proxy.heal(),
    }
}

/// Tries that were under way while the database was away.
fn during(outcome: &Outcome, from: Instant, until: Instant) -> impl Iterator<Item = &crate::load::Try> {
    outcome.tries.iter().filter(move |one| one.begun + one.took > from && one.begun < until)
}

/// Calls that were answered late, or otherwise than with what they should have been.
fn promptness(outcome: &Outcome, from: Instant, until: Instant) -> Vec<String> {
    let mut found = Vec::new();
    for one in during(outcome, from, until) {
        let wrong = match &one.reply {
            Err(error) => Some(format!("no answer: {error}")),
            Ok(reply) if reply.status == 503 && !reply.has_retry_after => {
                Some("503 without Retry-After".to_owned())
            }
            Ok(_) if one.took > ANSWER_WITHIN => Some("too late".to_owned()),
            Ok(reply)
                if reply.is_success() && one.begun > from + ANSWER_WITHIN && one.begun + one.took < until =>
            {
                Some("success without a database".to_owned())
            }
            Ok(_) => None,
        };
        found.extend(wrong.map(|wrong| format!("{wrong}, after {:?}", one.took)));
    }
    found
}
