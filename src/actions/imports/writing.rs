//! A run's second half: good rows are taken in. Households go part by part, some parts at once, each in a
//! transaction of its own; the other kinds one part after the other.

use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::ahead::judged;
use super::check::FindTwins;
use super::rows::Mode;
use super::run::{Going, Run};
use super::stage::Staged;
use super::step::FindRemaining;
use super::write::EnterHouseholds;
use crate::actions::{Refusal, perform_as_system, perform_for};
use crate::storage::tables::imports::ImportRow;

/// How many parts are taken in at once: what one database process does in one second, two do in little more than
/// a half, and the others are left to whoever else is served.
const AT_ONCE: usize = 2;

impl Run<'_> {
    /// Takes in every part that is not taken in yet. False when the import is not ours any more.
    pub(super) async fn write_all(&mut self) -> Result<bool, Refusal> {
        if self.is_of_households() { self.write_households().await } else { self.write_rows().await }
    }

    async fn write_households(&self) -> Result<bool, Refusal> {
        let import = self.job.import();
        let mut parts = perform_as_system(self.app, FindRemaining { import }).await?.into_iter();
        let mut under_way: FuturesUnordered<_> =
            parts.by_ref().take(AT_ONCE).map(|part| self.take_in(part)).collect();
        while let Some(done) = under_way.next().await {
            let Some(job) = done? else { return Ok(false) };
            self.app.wakeup.ring();
            if (self.tell)(&job) == Going::Stop {
                // What is under way beside it is undone, and taken in by whoever goes on.
                drop(under_way);
                self.leave().await?;
                return Ok(false);
            }
            under_way.extend(parts.next().map(|part| self.take_in(part)));
        }
        Ok(true)
    }

    async fn take_in(&self, part: i32) -> Result<Option<ImportRow>, Refusal> {
        let staged = match self.stage.staged(part) {
            Some(staged) => staged,
            None => self.stage_late(part).await?,
        };
        let enter = EnterHouseholds { runner: self.runner, import: self.job.import(), part, staged };
        perform_for(self.app, &self.call, enter).await
    }

    /// Stages a part that was checked by a run before this one.
    async fn stage_late(&self, part: i32) -> Result<Staged, Refusal> {
        let mut judged = judged(self.app, &self.ground, self.job.import(), part).await?;
        if self.resumed_writing {
            let twins = perform_as_system(self.app, FindTwins::of(&self.job, &judged)).await?;
            judged.refuse(twins);
        }
        self.stage.put(&self.job, part, &judged.good).await?;
        let (rows, households) = (judged.rows, judged.good.len());
        Ok(Staged { rows, households, refused: Arc::new(judged.refused) })
    }

    async fn write_rows(&mut self) -> Result<bool, Refusal> {
        let mut ahead = self.ahead();
        while let Some((part, mut judged)) = ahead.next().await? {
            self.memory.sift(&mut judged);
            let done = self.enter_rows(part, judged, Mode::Enter).await?;
            if !self.told(done).await? {
                return Ok(false);
            }
            self.app.wakeup.ring();
        }
        Ok(true)
    }
}
