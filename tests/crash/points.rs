//! The server ends, as by `kill -9`, at every named point around a statement, once or more.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use birgemiz::planted::Point;

use crate::city::{City, until};
use crate::dice::Dice;
use crate::load::Load;
use crate::servers::Bugs;
use crate::truth;

/// The longest that a busy server may take until it comes past a point for the chosen time.
const PASSES_WITHIN: Duration = Duration::from_secs(20);

/// Ends it at each point that many times, each when it comes past for another time.
pub(crate) async fn end_at_every_point(times: u64) {
    let dice = Dice::new("points");
    let city = Arc::new(City::new(Bugs::NONE).await);
    let mut acknowledged = BTreeSet::new();
    for point in Point::ALL {
        for _ in 0..times {
            let passage = 1 + dice.below(passages(point));
            let what = format!("{}:{passage}", point.name());
            city.kill_server();
            let serves = city.start_to_end_at(&what);
            let load = Load::start(&city);
            if serves {
                until(PASSES_WITHIN, &what, async || city.server_has_ended()).await;
            }
            city.start();
            city.is_back().await;
            let outcome = load.settle(&city).await;
            acknowledged.extend(outcome.acknowledged);
            let mut violations = outcome.violations;
            violations.extend(truth::violations(&city.database).await);
            violations.extend(truth::lost(&city.database, &acknowledged).await);
            assert!(violations.is_empty(), "{what}: {violations:#?}");
        }
    }
    println!(
        "points: {} named points, {times} ends at each; {} acknowledged writes all there",
        Point::ALL.len(),
        acknowledged.len()
    );
}

/// Within how many passages the end comes. Every unit of work passes the first ones, those of the
/// service's own loops too.
const fn passages(point: Point) -> u64 {
    match point {
        Point::UnitBegun | Point::UnitOpened | Point::KeyLookedUp | Point::Committing | Point::Committed => {
            60
        }
        Point::KeyKeeping
        | Point::KeyKept
        | Point::EventAppending
        | Point::EventAppended
        | Point::RequestInserted
        | Point::ClaimTaking
        | Point::ClaimTaken
        | Point::RequestChanged
        | Point::DeliveryChanged
        | Point::ClaimEnded
        | Point::ProofsWritten => 8,
    }
}
