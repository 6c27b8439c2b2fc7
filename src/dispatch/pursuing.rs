//! Open requests for which somebody is to be looked for, each in a transaction of its own; and what became of offers,
//! which the estimates take in.

use uuid::Uuid;

use crate::actions::offers::{BATCH, LearnFromOffers, PursueRequest, find_due};
use crate::actions::{Refusal, perform_as_system};
use crate::app::App;

/// Asks, waits or calls a coordinator, wherever it is time to; answers how often anything was decided.
pub(super) async fn pass(app: &App) -> usize {
    // Nobody is asked by a world that was not read yet, and everyone would seem to have been asked already.
    if !app.fleet.is_loaded() {
        return 0;
    }
    let (mut after, mut done) = (Uuid::nil(), 0);
    loop {
        let found = match find_due(app, after).await {
            Ok(found) => found,
            Err(refusal) => {
                report(&refusal);
                break;
            }
        };
        for request in &found {
            let action = PursueRequest { request: *request, fleet: app.fleet.clone() };
            match perform_as_system(app, action).await {
                Ok(true) => done += 1,
                // Another process looks, or it is not open any more.
                Ok(false) => {}
                Err(refusal) => report(&refusal),
            }
        }
        match found.last() {
            Some(last) if i32::try_from(found.len()).is_ok_and(|count| count >= BATCH) => after = last.uuid(),
            Some(_) | None => break,
        }
    }
    if done > 0 {
        app.wakeup.ring();
    }
    metrics::counter!("birgemiz_pursued_total").increment(done as u64);
    done
}

/// Takes in what became of offers; answers of how many.
pub(super) async fn learn(app: &App) -> usize {
    let mut learnt = 0;
    loop {
        match perform_as_system(app, LearnFromOffers).await {
            Ok(0) => break learnt,
            Ok(some) => learnt += some,
            Err(refusal) => {
                report(&refusal);
                break learnt;
            }
        }
    }
}

fn report(refusal: &Refusal) {
    metrics::counter!("birgemiz_pursuit_failures_total").increment(1);
    tracing::warn!(code = %refusal.code, cause = ?refusal.cause, "will be tried again");
}
