//! The two who sit at a desk meanwhile: the coordinator, who looks at what is held and lets it go on; and the
//! partner app, which passes on that households confirm.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::Walk;
use crate::calls::text;

/// How often the queue is looked at.
const EVERY: Duration = Duration::from_millis(300);

/// Acknowledgements under way at once.
const AT_ONCE: usize = 8;

/// Lets go on whatever is held, until told to stop.
pub(crate) async fn coordinate(walk: &Walk) {
    while !walk.is_over() {
        walk.tally.note(work_off(walk).await);
        tokio::time::sleep(EVERY).await;
    }
}

async fn work_off(walk: &Walk) -> Result<(), String> {
    let coordinator = &walk.stage.coordinator;
    let queue = coordinator.get("/v1/requests/queue?limit=200").await?.expect(200)?;
    let waiting = queue.get("data").and_then(Value::as_array).ok_or("a queue without data")?;
    for request in waiting.iter().filter_map(|entry| entry.get("request")) {
        let Some(hold) = request.get("hold").and_then(Value::as_str) else { continue };
        let id = text(request, "id")?;
        let answer =
            coordinator.post(&format!("/v1/requests/{id}/verify"), json!({"reason": "settled"})).await?;
        if answer.status == 200 {
            walk.tally.count_as("held", hold);
        } else {
            walk.tally.fault(answer.unexpected());
        }
    }
    Ok(())
}

/// Acknowledges what was fulfilled, as it comes, some at once.
pub(crate) async fn acknowledge(walk: &Walk, mut fulfilled: UnboundedReceiver<String>) {
    let mut some = Vec::with_capacity(AT_ONCE);
    while !walk.is_over() {
        // Hearing nothing for a while is no fault: then it is asked again whether all is over.
        let heard = tokio::time::timeout(EVERY, fulfilled.recv_many(&mut some, AT_ONCE)).await;
        if heard.is_ok() {
            join_all(some.drain(..).map(|id| acknowledge_one(walk, id))).await;
        }
    }
}

async fn acknowledge_one(walk: &Walk, id: String) {
    let path = format!("/v1/requests/{id}/acknowledge");
    if let Some(answer) = walk.tally.note(walk.stage.partner.post(&path, json!({})).await) {
        if answer.status == 200 {
            walk.book.acknowledged(&id);
        } else {
            walk.tally.fault(answer.unexpected());
        }
    }
}
