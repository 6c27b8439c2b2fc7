//! The service is told to end under load: everyone who was told of success was told the truth, and the
//! process ends well.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::city::City;
use crate::dice::Dice;
use crate::load::Load;
use crate::servers::Bugs;
use crate::truth;

/// Tells it that many times.
pub(crate) async fn stop(times: usize) {
    let dice = Dice::new("shutdown");
    let city = Arc::new(City::new(Bugs::NONE).await);
    let mut acknowledged = BTreeSet::new();
    for time in 1..=times {
        let load = Load::start(&city);
        dice.random_moment(500).await;
        let before = load.successes();
        let ended_well = city.terminate_server().await;
        assert!(ended_well, "stop {time}: the process says that it failed");
        // What was acknowledged until now is there, before anybody repeats anything.
        let told = load.acknowledged();
        let mut violations = truth::lost(&city.database, &told).await;
        violations.extend(truth::violations(&city.database).await);
        city.start();
        let outcome = load.settle(&city).await;
        violations.extend(outcome.violations);
        assert!(violations.is_empty(), "stop {time}, {before} successes before: {violations:#?}");
        acknowledged.extend(told);
    }
    println!("shutdown: {times} stops under load, {} acknowledged writes all there", acknowledged.len());
    assert!(acknowledged.len() > times, "there was hardly any load: {}", acknowledged.len());
}
