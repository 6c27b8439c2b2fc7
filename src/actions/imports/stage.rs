//! Good households of a part are staged while the next parts are judged. What is staged is not durable: whoever
//! goes on after an interruption stages again.

use std::collections::HashMap;
use std::sync::Arc;

use domain::id::AreaId;
use domain::place::{Cell, CoarsePoint};
use domain::refusal::Code;
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::judge::Good;
use super::write::to_be_staged;
use crate::actions::Refusal;
use crate::app::App;
use crate::storage::staging::Staging;
use crate::storage::tables::import_faults::Refused;
use crate::storage::tables::imports::ImportRow;

/// A part that is staged.
#[derive(Clone, Default)]
pub(super) struct Staged {
    /// How many rows it has, empty ones included.
    pub(super) rows: i64,
    /// How many households were staged of them.
    pub(super) households: usize,
    /// Rows found at fault after the file was checked.
    pub(super) refused: Arc<Vec<Refused>>,
}

/// What one run has staged.
pub(super) struct Stage {
    runtime: Handle,
    staging: Arc<Mutex<Staging>>,
    under_way: Option<JoinHandle<Result<(), Refusal>>>,
    staged: HashMap<i32, Staged>,
}

impl Stage {
    /// Opens a connection to stage on.
    pub(super) async fn open(app: &App) -> Result<Self, Refusal> {
        let staging = Arc::new(Mutex::new(app.database.staging().await?));
        Ok(Self { runtime: app.runtime.clone(), staging, under_way: None, staged: HashMap::new() })
    }

    /// Begins to stage a part, once the one before is staged.
    pub(super) async fn begin(
        &mut self,
        job: &ImportRow,
        (part, rows): (i32, i64),
        good: Vec<Good>,
    ) -> Result<(), Refusal> {
        self.settle().await?;
        let refused = Arc::default();
        self.staged.insert(part, Staged { rows, households: good.len(), refused });
        let (job, staging) = (job.clone(), Arc::clone(&self.staging));
        self.under_way = Some(self.runtime.spawn(async move { put(&staging, &job, part, &good).await }));
        Ok(())
    }

    /// Waits until everything that was begun is staged.
    pub(super) async fn settle(&mut self) -> Result<(), Refusal> {
        if let Some(task) = self.under_way.take() {
            task.await.map_err(|_| Refusal::because(Code::Internal, "the staging broke off"))??;
        }
        Ok(())
    }

    /// What this run has staged of a part.
    pub(super) fn staged(&self, part: i32) -> Option<Staged> {
        self.staged.get(&part).cloned()
    }

    /// Stages a part now.
    pub(super) async fn put(&self, job: &ImportRow, part: i32, good: &[Good]) -> Result<(), Refusal> {
        put(&self.staging, job, part, good).await
    }

    /// Tells where households are seen from afar.
    pub(super) async fn tell_coarse_points(
        &self,
        job: &ImportRow,
        points: &[(AreaId, Cell, CoarsePoint)],
    ) -> Result<(), Refusal> {
        let of = (job.organisation(), job.import());
        Ok(self.staging.lock().await.tell_coarse_points(of, points).await?)
    }
}

async fn put(staging: &Mutex<Staging>, job: &ImportRow, part: i32, good: &[Good]) -> Result<(), Refusal> {
    let households = to_be_staged(job, good)?;
    Ok(staging.lock().await.stage((job.organisation(), job.import(), part), &households).await?)
}
