//! One pass over whatever is due: each request in a transaction of its own, so that one that cannot
//! be dealt with holds up no other.

use domain::id::RequestId;
use uuid::Uuid;

use crate::actions::find_due::{BATCH, Due, find_due};
use crate::actions::{Action, Refusal, perform_as_system};
use crate::app::App;

/// Does `act` to every request of which this is due, and answers how many it changed.
pub(super) async fn sweep<A: Action<Done = bool>>(
    app: &App,
    due: Due,
    act: impl Fn(RequestId) -> A + Send,
) -> usize {
    let (mut after, mut changed) = (Uuid::nil(), 0);
    loop {
        let found = match find_due(app, due, after).await {
            Ok(found) => found,
            Err(refusal) => {
                report(due, &refusal);
                break;
            }
        };
        for request in &found {
            match perform_as_system(app, act(*request)).await {
                Ok(true) => changed += 1,
                // Somebody else was faster, or it is no longer due.
                Ok(false) => {}
                Err(refusal) => report(due, &refusal),
            }
        }
        match found.last() {
            Some(last) if i32::try_from(found.len()).is_ok_and(|count| count >= BATCH) => after = last.uuid(),
            Some(_) | None => break,
        }
    }
    if changed > 0 {
        app.wakeup.ring();
    }
    metrics::counter!("birgemiz_due_total", "due" => word(due)).increment(changed as u64);
    changed
}

/// A counter that was never counted is not there, and an alert on it sees nothing to compare with.
pub(super) fn begin_at_zero() {
    for due in Due::ALL {
        metrics::counter!("birgemiz_due_total", "due" => word(due)).increment(0);
        metrics::counter!("birgemiz_due_failures_total", "due" => word(due)).increment(0);
    }
}

fn report(due: Due, refusal: &Refusal) {
    metrics::counter!("birgemiz_due_failures_total", "due" => word(due)).increment(1);
    tracing::warn!(due = word(due), code = %refusal.code, cause = ?refusal.cause, "will be tried again");
}

const fn word(due: Due) -> &'static str {
    match due {
        Due::Lease => "lease",
        Due::Window => "window",
        Due::Extension => "extension",
        Due::Acknowledgement => "acknowledgement",
        Due::AcknowledgementCall => "acknowledgement_call",
        Due::StillNeededCall => "still_needed_call",
        Due::WelfareCall => "welfare_call",
        Due::SettledCall => "settled_call",
    }
}
