//! A decision with all that it was made from, so that anyone can compute it again.

use serde::{Deserialize, Serialize};

use super::{Decision, DispatchPolicy, Snapshot, decide};
use crate::id::{PolicyId, RequestId, SnapshotId};

/// A decision with all that it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What it is about.
    pub request: RequestId,
    /// By which version of the policy it was made.
    pub policy: PolicyId,
    /// Which state of the world it saw.
    pub snapshot_id: SnapshotId,
    /// What it saw: the candidates and their chances among it.
    pub snapshot: Snapshot,
    /// What was decided.
    pub decision: Decision,
}

impl Record {
    /// Decides, and keeps what it was decided from.
    #[must_use]
    pub fn of(
        request: RequestId,
        (policy_id, policy): (PolicyId, &DispatchPolicy),
        snapshot_id: SnapshotId,
        snapshot: Snapshot,
    ) -> Self {
        let decision = decide(policy, &snapshot);
        Self { request, policy: policy_id, snapshot_id, snapshot, decision }
    }

    /// Whether the same policy decides the same again.
    #[must_use]
    pub fn recomputes(&self, policy: &DispatchPolicy) -> bool {
        decide(policy, &self.snapshot) == self.decision
    }
}
