//! A run's first half: every part is checked, and good households are staged meanwhile.

use std::sync::Arc;

use super::check::{FindTwins, KeepFaults};
use super::judge::Judged;
use super::rows::Mode;
use super::run::Run;
use crate::actions::{Refusal, perform_as_system};
use crate::storage::tables::imports::ImportRow;

impl Run<'_> {
    /// Checks every part that is not checked yet. False when the import is not ours any more.
    pub(super) async fn check_all(&mut self) -> Result<bool, Refusal> {
        let mut ahead = self.ahead();
        while let Some((part, mut judged)) = ahead.next().await? {
            if self.is_of_households() {
                let twins = perform_as_system(self.app, FindTwins::of(&self.job, &judged)).await?;
                judged.refuse(twins);
            }
            self.memory.sift(&mut judged);
            let done = if self.is_of_households() {
                self.keep_checked(part, judged).await?
            } else {
                self.enter_rows(part, judged, Mode::Rehearse).await?
            };
            if !self.told(done).await? {
                return Ok(false);
            }
        }
        self.stage.settle().await?;
        Ok(true)
    }

    async fn keep_checked(&mut self, part: i32, judged: Judged) -> Result<Option<ImportRow>, Refusal> {
        let Judged { rows, good, refused } = judged;
        if !self.job.dry_run {
            self.stage.begin(&self.job, (part, rows), good).await?;
        }
        let keep = KeepFaults {
            runner: self.runner,
            import: self.job.import(),
            part,
            rows,
            refused: Arc::new(refused),
        };
        perform_as_system(self.app, keep).await
    }
}
