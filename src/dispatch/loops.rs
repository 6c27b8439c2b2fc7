//! Starts the loops and ends them cleanly: a pass that has begun is finished first.

use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{calling, expiry, forgetting, imports, positions, silence, webhooks};
use crate::app::App;
use crate::clock;

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

/// How often imports are looked for that another process left behind; new ones ring the bell.
const IMPORTS_EVERY: Duration = Duration::from_secs(2);

/// How often positions are kept: a second after they were told, at most.
const POSITIONS_EVERY: Duration = Duration::from_millis(500);

/// However often the bell rings, a loop rests this long between two passes.
const REST: Duration = Duration::from_millis(200);

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
        loops.add(app, EXPIRY_EVERY, |app| async move {
            expiry::pass(&app).await;
        });
        loops.add(app, SILENCE_EVERY, |app| async move {
            silence::pass(&app).await;
        });
        loops.add_resting(app, CALLING_REST, CALLING_EVERY, |app| async move {
            calling::pass(&app).await;
        });
        loops.add(app, FORGETTING_EVERY, |app| async move {
            forgetting::pass(&app).await;
        });
        loops.add(app, POSITIONS_EVERY, |app| async move {
            positions::pass(&app).await;
        });
        let (runner, stop) = (clock::new_id(), loops.stop.subscribe());
        loops.add(app, IMPORTS_EVERY, move |app| {
            let stop = stop.clone();
            async move {
                imports::pass(&app, runner, &stop).await;
            }
        });
        loops.tasks.spawn(webhooks::serve_all(app.clone(), loops.stop.subscribe()));
        loops
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

    fn add<F>(&mut self, app: &App, every: Duration, pass: impl Fn(App) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send,
    {
        self.add_resting(app, REST, every, pass);
    }

    fn add_resting<F>(
        &mut self,
        app: &App,
        least: Duration,
        every: Duration,
        pass: impl Fn(App) -> F + Send + 'static,
    ) where
        F: Future<Output = ()> + Send,
    {
        let (app, mut stop, mut bell) = (app.clone(), self.stop.subscribe(), app.wakeup.listen());
        self.tasks.spawn(async move {
            while !*stop.borrow() {
                pass(app.clone()).await;
                let rest = async {
                    tokio::time::sleep(least).await;
                    bell.wait(every.saturating_sub(least)).await;
                };
                tokio::select! {
                    () = rest => {}
                    // An error means that nobody is left to tell: the end as well.
                    told = stop.changed() => if told.is_err() { return },
                }
            }
        });
    }
}
