//! Decisions about whom to ask, with all that they were made from and the policies that made them.

use chrono::{DateTime, Utc};
use domain::dispatch::{DispatchPolicy, Record};
use domain::policy::Policy;
use futures_util::TryStreamExt;
use tokio_postgres::types::{Json, ToSql};
use uuid::Uuid;

use super::{Inspection, column, failed};
use crate::storage::StorageError;

const DECISIONS: &str = "SELECT d.record, p.body FROM dispatch_decisions d \
    JOIN policies p ON p.campaign_id = d.campaign_id AND p.version = d.policy_version \
    WHERE d.made_at >= $1 AND d.made_at < $2 AND ($3::uuid IS NULL OR d.campaign_id = $3) ORDER BY d.made_at, d.id";

impl Inspection {
    /// Tells each decision of a period, with the policy by which it was made, the oldest first.
    ///
    /// # Errors
    /// When the database fails, or holds a record that is none.
    pub async fn decisions(
        &self,
        (since, until): (DateTime<Utc>, DateTime<Utc>),
        campaign: Option<Uuid>,
        mut tell: impl FnMut(&Record, &DispatchPolicy),
    ) -> Result<(), StorageError> {
        let asked: [&(dyn ToSql + Sync); 3] = [&since, &until, &campaign];
        let rows = self.client.query_raw(DECISIONS, asked).await.map_err(failed)?;
        let mut rows = std::pin::pin!(rows);
        while let Some(row) = rows.try_next().await.map_err(failed)? {
            let Json(record): Json<Record> = column(&row, 0)?;
            let Json(policy): Json<Policy> = column(&row, 1)?;
            tell(&record, &policy.dispatch);
        }
        Ok(())
    }
}
