//! Starts the loops and ends them cleanly: a pass that has begun is finished first.

use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{
    calling, drain, erased, expiry, forgetting, heads, imports, mail, positions, pursuing, refusals,
    retention, rewrapping, sealing, silence, webhooks,
};
use crate::app::App;
use crate::clock;
use crate::wakeup::Bell;

/// How often what runs out is looked for. A lease is hours long; a second late harms nobody.
const EXPIRY_EVERY: Duration = Duration::from_secs(1);

/// How often silence is looked for: every household that never confirmed is looked at again.
const SILENCE_EVERY: Duration = Duration::from_secs(5);

/// How often calls are looked for that should be made: households wait hours for one.
const CALLING_EVERY: Duration = Duration::from_secs(10);

/// Looking for calls is dearer than they are urgent.
const CALLING_REST: Duration = Duration::from_secs(5);

/// How often old rows are forgotten. They are kept for days.
const FORGETTING_EVERY: Duration = Duration::from_secs(600);

/// How often it is listed who was erased. Who loses the database within that time of an erasure has to repeat it.
const ERASED_EVERY: Duration = Duration::from_secs(60);

/// How often it is looked for what was kept for long enough. It is counted in days.
const RETENTION_EVERY: Duration = Duration::from_secs(600);

/// How often imports are looked for that another process left behind; new ones ring the bell.
const IMPORTS_EVERY: Duration = Duration::from_secs(2);

/// How often positions are kept: a second after they were told, at most.
const POSITIONS_EVERY: Duration = Duration::from_millis(500);

/// How often data keys are looked for that an older key has wrapped: a rotation takes as long as it takes.
const REWRAPPING_EVERY: Duration = Duration::from_secs(60);

/// However often the bell rings, imports are not looked for more often than this.
const IMPORTS_REST: Duration = Duration::from_millis(500);

/// How often it is recorded what was refused to whom.
const REFUSALS_EVERY: Duration = Duration::from_millis(500);

/// However often the bell rings, letters are not looked for more often than this.
const MAIL_REST: Duration = Duration::from_millis(250);

/// How often letters are looked for that are to be tried again.
const MAIL_EVERY: Duration = Duration::from_secs(2);

/// However often the bell rings, nothing is sealed more often than this.
const SEALING_REST: Duration = Duration::from_millis(400);

/// How often it is looked for what is to be sealed when no bell rings: a second after it was written, at most.
const SEALING_EVERY: Duration = Duration::from_millis(800);

/// How often it is looked whether the heads of today are written. It is a file a day.
const HEADS_EVERY: Duration = Duration::from_secs(300);

/// How often it is looked whom to ask next when no bell rings: answers are waited for by the minute.
const PURSUING_EVERY: Duration = Duration::from_secs(1);

/// However often the bell rings, it is not looked more often than this: what is new is found by looking at all that is open.
const PURSUING_REST: Duration = Duration::from_millis(400);

/// How often estimates take in what became of offers. They are wrong by more than a few seconds' worth.
const LEARNING_EVERY: Duration = Duration::from_secs(5);

/// When a loop makes its next pass.
#[derive(Debug, Clone, Copy)]
enum Pace {
    /// After so long. What the loop looks for comes with time, and no bell tells of it.
    Every(Duration),
    /// When the bell rings, though not before `rest` is over, and after `at_most` without one.
    Woken { rest: Duration, at_most: Duration },
}

/// The loops of this process.
pub struct Loops {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Loops {
    /// Starts all loops on the runtime this is called from.
    #[must_use]
    pub fn start(app: &App) -> Self {
        let (stop, _) = watch::channel(false);
        let mut loops = Self { stop, tasks: JoinSet::new() };
        loops.add(app, Pace::Every(EXPIRY_EVERY), |app| async move {
            expiry::pass(&app).await;
        });
        loops.add(app, Pace::Every(SILENCE_EVERY), |app| async move {
            silence::pass(&app).await;
        });
        let pace = Pace::Woken { rest: CALLING_REST, at_most: CALLING_EVERY };
        loops.add(app, pace, |app| async move {
            calling::pass(&app).await;
        });
        let pace = Pace::Woken { rest: PURSUING_REST, at_most: PURSUING_EVERY };
        loops.add(app, pace, |app| async move {
            pursuing::pass(&app).await;
        });
        loops.add(app, Pace::Every(LEARNING_EVERY), |app| async move {
            pursuing::learn(&app).await;
        });
        loops.add(app, Pace::Every(POSITIONS_EVERY), |app| async move {
            positions::pass(&app).await;
        });
        loops.add(app, Pace::Every(REFUSALS_EVERY), |app| async move {
            refusals::pass(&app).await;
        });
        loops.add(app, Pace::Every(REWRAPPING_EVERY), |app| async move {
            rewrapping::pass(&app).await;
        });
        let pace = Pace::Woken { rest: SEALING_REST, at_most: SEALING_EVERY };
        loops.add(app, pace, |app| async move {
            sealing::pass(&app).await;
        });
        let pace = Pace::Woken { rest: MAIL_REST, at_most: MAIL_EVERY };
        loops.add(app, pace, |app| async move {
            mail::pass(&app).await;
        });
        loops.add(app, Pace::Every(HEADS_EVERY), |app| async move {
            heads::pass(&app).await;
        });
        let (runner, stop) = (clock::new_id(), loops.stop.subscribe());
        let pace = Pace::Woken { rest: IMPORTS_REST, at_most: IMPORTS_EVERY };
        loops.add(app, pace, move |app| {
            let stop = stop.clone();
            async move {
                imports::pass(&app, runner, &stop).await;
            }
        });
        loops.add_forgetting(app);
        loops.tasks.spawn(drain::follow_clocks(app.clone(), loops.stop.subscribe()));
        loops.tasks.spawn(webhooks::serve_all(app.clone(), loops.stop.subscribe()));
        loops
    }

    /// What is kept for a while only.
    fn add_forgetting(&mut self, app: &App) {
        self.add(app, Pace::Every(FORGETTING_EVERY), |app| async move {
            forgetting::pass(&app).await;
        });
        self.add(app, Pace::Every(ERASED_EVERY), |app| async move {
            erased::pass(&app).await;
        });
        self.add(app, Pace::Every(RETENTION_EVERY), |app| async move {
            retention::pass(&app).await;
        });
    }

    /// Ends all loops, and returns when the passes under way are finished.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a loop did not end cleanly");
            }
        }
    }

    fn add<F>(&mut self, app: &App, pace: Pace, pass: impl Fn(App) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send,
    {
        let (app, mut stop, mut bell) = (app.clone(), self.stop.subscribe(), app.wakeup.listen());
        self.tasks.spawn(async move {
            while !*stop.borrow() {
                pass(app.clone()).await;
                tokio::select! {
                    () = pace.rest(&mut bell) => {}
                    // An error means that nobody is left to tell: the end as well.
                    told = stop.changed() => if told.is_err() { return },
                }
            }
        });
    }
}

impl Pace {
    async fn rest(self, bell: &mut Bell) {
        match self {
            Self::Every(time) => tokio::time::sleep(time).await,
            Self::Woken { rest, at_most } => {
                tokio::time::sleep(rest).await;
                bell.wait(at_most.saturating_sub(rest)).await;
            }
        }
    }
}
