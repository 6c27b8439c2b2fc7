//! Events are pushed to receivers: each receiver is served by a task of its own, in one process at a time, so that
//! one that hangs holds up no other.

use std::collections::HashMap;
use std::time::Duration;

use domain::id::WebhookId;
use tokio::sync::watch;
use tokio::task::{Id, JoinSet};
use uuid::Uuid;

use crate::actions::webhooks::{Attempted, RecordAttempts, Release, Step, Take, Work, post};
use crate::actions::{Refusal, perform_as_system};
use crate::app::App;
use crate::clock;
use crate::storage::views::feed::Cursor;

/// How often receivers are looked for that nobody serves, and not more often, however often the bell rings.
const TAKE_EVERY: Duration = Duration::from_secs(1);

/// The longest that nobody looks at a receiver for which nothing was found a while ago. Bells can be lost, and what a
/// long transaction hid rings none when it is seen. Shorter than a third of a lease, so that no lease runs out.
const LONGEST_PATIENCE: Duration = Duration::from_secs(10);

/// How long nobody looks at a receiver after the first time that nothing was found.
const FIRST_PATIENCE: Duration = Duration::from_secs(1);

/// However often the bell rings, a receiver rests this long between two looks.
const REST: Duration = Duration::from_millis(100);

/// Serves receivers until the process is to stop.
pub(super) async fn serve_all(app: App, mut stop: watch::Receiver<bool>) {
    let mut couriers = JoinSet::new();
    while !*stop.borrow() {
        while couriers.try_join_next().is_some() {}
        let runner = clock::new_id();
        match perform_as_system(&app, Take { runner }).await {
            Ok(Some(endpoint)) => {
                couriers.spawn(Serving::new(app.clone(), endpoint, runner).until(stop.clone()));
                continue;
            }
            Ok(None) => {}
            Err(refusal) => report(&refusal, "no webhook endpoint was taken"),
        }
        tokio::select! {
            () = tokio::time::sleep(TAKE_EVERY) => {}
            told = stop.changed() => if told.is_err() { break },
        }
    }
    while couriers.join_next().await.is_some() {}
}

/// One receiver, served by this process.
struct Serving {
    app: App,
    endpoint: WebhookId,
    runner: Uuid,
    /// How far in the log it has looked.
    looked: Option<Cursor>,
    under_way: JoinSet<Result<Attempted, Refusal>>,
    /// What each attempt under way is about: nothing else about that is sent meanwhile.
    busy: HashMap<Id, Uuid>,
    patience: Patience,
}

/// How long a receiver is left alone while no bell rings: twice as long each time that nothing was found for it, up to a
/// bound, and never past the moment at which something comes due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Patience(Duration);

impl Patience {
    const fn new() -> Self {
        Self(FIRST_PATIENCE)
    }

    /// How long to wait now, and from now on.
    fn wait(&mut self, due_in: Option<Duration>) -> Duration {
        let patience = self.0;
        self.0 = (patience * 2).min(LONGEST_PATIENCE);
        due_in.map_or(patience, |due_in| due_in.min(patience))
    }
}

/// Whether to go on.
enum Next {
    /// At once.
    On,
    /// When something happens, or when something comes due.
    Wait(Option<Duration>),
    /// It is another's, or disabled.
    Lost,
}

impl Serving {
    fn new(app: App, endpoint: WebhookId, runner: Uuid) -> Self {
        let (under_way, busy) = (JoinSet::new(), HashMap::new());
        Self { app, endpoint, runner, looked: None, under_way, busy, patience: Patience::new() }
    }

    async fn until(mut self, mut stop: watch::Receiver<bool>) {
        let mut bell = self.app.wakeup.listen();
        while !*stop.borrow() {
            let due_in = match self.step().await {
                Ok(Next::On) => continue,
                Ok(Next::Lost) => break,
                Ok(Next::Wait(due_in)) => due_in,
                Err(refusal) => {
                    report(&refusal, "a webhook endpoint will be looked at again");
                    None
                }
            };
            let patience = self.patience.wait(due_in);
            let rest = async {
                tokio::time::sleep(REST).await;
                bell.wait(patience).await
            };
            tokio::select! {
                Some(ended) = self.under_way.join_next_with_id() => {
                    self.record(ended).await;
                    self.patience = Patience::new();
                }
                rang = rest => if rang { self.patience = Patience::new() },
                told = stop.changed() => if told.is_err() { break },
            }
        }
        // What is cut off here was not recorded, and is sent again by whoever comes next.
        self.under_way.shutdown().await;
        let release = Release { endpoint: self.endpoint, runner: self.runner };
        if let Err(refusal) = perform_as_system(&self.app, release).await {
            report(&refusal, "a webhook endpoint is kept until its lease runs out");
        }
    }

    async fn step(&mut self) -> Result<Next, Refusal> {
        let busy = self.busy.values().copied().collect();
        let step = Step { endpoint: self.endpoint, runner: self.runner, looked: self.looked, busy };
        let Some(work) = perform_as_system(&self.app, step).await? else {
            return Ok(Next::Lost);
        };
        let (is_behind, due_in) = (work.is_behind, work.due_in());
        self.looked = Some(work.looked);
        self.send(work);
        Ok(if is_behind && self.under_way.is_empty() { Next::On } else { Next::Wait(due_in) })
    }

    fn send(&mut self, mut work: Work) {
        for due in std::mem::take(&mut work.due) {
            let (app, work, about) = (self.app.clone(), work.clone(), due.row.object_key);
            let task = self.under_way.spawn(async move { post(&app, &work, due).await });
            self.busy.insert(task.id(), about);
        }
    }

    /// Writes down an attempt that ended, with all others that have ended by now.
    async fn record(&mut self, first: Result<(Id, Result<Attempted, Refusal>), tokio::task::JoinError>) {
        let (mut attempts, mut ended) = (Vec::new(), Vec::new());
        let mut next = Some(first);
        while let Some(one) = next {
            match one {
                Ok((id, Ok(attempt))) => {
                    ended.push(id);
                    count(&attempt);
                    attempts.push(attempt);
                }
                Ok((id, Err(refusal))) => {
                    ended.push(id);
                    report(&refusal, "a webhook was not sent");
                }
                Err(error) => {
                    ended.push(error.id());
                    tracing::error!(%error, "an attempt at a webhook broke off");
                }
            }
            next = self.under_way.try_join_next_with_id();
        }
        let record = RecordAttempts { endpoint: self.endpoint, attempts };
        if !record.attempts.is_empty()
            && let Err(refusal) = perform_as_system(&self.app, record).await
        {
            report(&refusal, "attempts at webhooks were not recorded, and are made again");
        }
        for id in ended {
            self.busy.remove(&id);
        }
    }
}

fn count(attempt: &Attempted) {
    metrics::counter!("birgemiz_webhook_attempts_total", "outcome" => attempt.posted.word).increment(1);
}

fn report(refusal: &Refusal, what: &'static str) {
    tracing::warn!(code = %refusal.code, cause = ?refusal.cause, "{what}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_nothing_to_send_looks_ever_more_rarely_and_is_there_when_something_comes_due() {
        let mut patience = Patience::new();
        let waits: Vec<u64> = (0..6).map(|_| patience.wait(None).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 10, 10]);
        assert_eq!(patience.wait(Some(Duration::from_secs(3))).as_secs(), 3);
        assert_eq!(patience.wait(Some(Duration::from_secs(3_600))).as_secs(), 10);
    }
}
