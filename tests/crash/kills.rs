//! `kill -9` of the server, of one Postgres process, of all of Postgres, at random moments under load.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::city::City;
use crate::dice::Dice;
use crate::follower::Follower;
use crate::load::Load;
use crate::servers::Bugs;
use crate::truth;

/// After how many kills everything is read again, beside what was written since the last.
const READ_WHOLE_EVERY: usize = 10;

/// Who is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Victim {
    Server,
    Backend,
    Engine,
}

/// Kills `victim` that many times, and checks after each that nothing is lost, and of all together that
/// nothing is half done.
pub(crate) async fn strike(victim: Victim, times: usize) {
    let dice = Dice::new(&format!("{victim:?}"));
    let city = Arc::new(City::new(Bugs::NONE).await);
    let follower = Follower::start(&city).await;
    let (mut acknowledged, mut cut_short, mut slowest) = (BTreeSet::new(), 0, Duration::ZERO);
    for time in 1..=times {
        let load = Load::start(&city);
        dice.random_moment(250).await;
        kill(&city, victim, &dice).await;
        slowest = slowest.max(city.is_back().await);
        let outcome = load.settle(&city).await;
        cut_short += outcome.cut_short();
        let mut violations = outcome.violations;
        violations.extend(truth::lost(&city.database, &outcome.acknowledged).await);
        acknowledged.extend(outcome.acknowledged);
        // What all kills together have written is read whole only now and then: its reading grows with it.
        if time % READ_WHOLE_EVERY == 0 || time == times {
            violations.extend(truth::violations(&city.database).await);
            violations.extend(truth::lost(&city.database, &acknowledged).await);
        }
        assert!(violations.is_empty(), "{victim:?}, kill {time}: {violations:#?}");
    }
    let skipped = follower.violations(&city).await;
    assert!(skipped.is_empty(), "{victim:?}: {skipped:?}");
    println!(
        "{victim:?}: {times} kills, {} acknowledged writes all there, {cut_short} tries cut short, \
         slowest to come back: {slowest:?}",
        acknowledged.len()
    );
    assert!(cut_short >= times / 2, "hardly anything was struck: {cut_short} tries");
    assert!(acknowledged.len() > times, "there was hardly any load: {}", acknowledged.len());
}

async fn kill(city: &City, victim: Victim, dice: &Dice) {
    match victim {
        Victim::Server => {
            city.kill_server();
            city.start();
        }
        Victim::Backend => {
            let sql = "SELECT pid FROM pg_stat_activity WHERE application_name = 'birgemiz' ORDER BY pid";
            let all = city.database.ask(sql).await;
            let chosen = usize::try_from(dice.below(all.len() as u64)).unwrap();
            city.engine.kill_backend(all[chosen][0].as_deref().unwrap().parse().unwrap());
        }
        Victim::Engine => {
            city.engine.kill();
            city.engine.revive();
        }
    }
}
