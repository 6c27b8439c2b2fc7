//! The parts after the one at hand are read and judged while that one is dealt with.

use std::collections::VecDeque;
use std::sync::Arc;

use domain::id::ImportId;
use domain::refusal::Code;
use tokio::task::JoinHandle;

use super::ground::Ground;
use super::judge::{Judged, judge};
use super::step::ReadPart;
use crate::actions::{Refusal, perform_as_system};
use crate::app::App;

/// How many parts are judged at once: one more than are needed while the database is asked about one. Each is
/// some megabytes.
const AT_ONCE: usize = 2;

/// Parts in their order, judged ahead.
pub(super) struct Ahead {
    app: App,
    ground: Arc<Ground>,
    import: ImportId,
    parts: std::ops::Range<i32>,
    under_way: VecDeque<(i32, JoinHandle<Result<Judged, Refusal>>)>,
}

impl Ahead {
    /// Begins with the first of these parts.
    pub(super) fn through(
        app: &App,
        ground: &Arc<Ground>,
        import: ImportId,
        parts: std::ops::Range<i32>,
    ) -> Self {
        let under_way = VecDeque::with_capacity(AT_ONCE);
        Self { app: app.clone(), ground: Arc::clone(ground), import, parts, under_way }
    }

    /// The next part and its rows that were not found at fault before.
    pub(super) async fn next(&mut self) -> Result<Option<(i32, Judged)>, Refusal> {
        while self.under_way.len() < AT_ONCE
            && let Some(part) = self.parts.next()
        {
            let (app, ground, import) = (self.app.clone(), Arc::clone(&self.ground), self.import);
            let task = async move { judged(&app, &ground, import, part).await };
            self.under_way.push_back((part, self.app.runtime.spawn(task)));
        }
        let Some((part, task)) = self.under_way.pop_front() else { return Ok(None) };
        let judged = task.await.map_err(|_| Refusal::because(Code::Internal, "the judging broke off"))??;
        Ok(Some((part, judged)))
    }
}

/// A part's rows that were not found at fault before.
pub(super) async fn judged(
    app: &App,
    ground: &Arc<Ground>,
    import: ImportId,
    part: i32,
) -> Result<Judged, Refusal> {
    let (part, known) = perform_as_system(app, ReadPart { import, part }).await?;
    Ok(judge(ground, part).await?.without(&known))
}
