//! A plan with all that it was made from, so that anyone can make it again.

use serde::{Deserialize, Serialize};

use super::edits::{Edit, EditError, Edits};
use super::made::{Plan, Settled};
use super::snapshot::Snapshot;
use crate::id::PolicyId;

/// A plan with all that it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// By which version of the policy the snapshot was taken.
    pub policy: PolicyId,
    /// What it saw: the candidates and their costs among it.
    pub snapshot: Snapshot,
    /// From where it went on, if there was a plan before.
    pub from: Option<Settled>,
    /// What came of it.
    pub plan: Plan,
}

impl Record {
    /// The first plan of a snapshot.
    #[must_use]
    pub fn of(policy: PolicyId, snapshot: Snapshot) -> Self {
        let plan = Plan::of(&snapshot, Edits::default(), None);
        Self { policy, snapshot, from: None, plan }
    }

    /// The plan after some edits more, made from where this one is.
    ///
    /// # Errors
    /// The first edit that cannot be, or contradicts another; none is made then.
    pub fn after(&self, edits: &[Edit]) -> Result<Self, EditError> {
        let wanted = edits
            .iter()
            .try_fold(self.plan.edits.clone(), |edits, edit| edits.with(&self.snapshot, *edit))?;
        let from = self.plan.settled.clone();
        let plan = Plan::of(&self.snapshot, wanted, Some(&from));
        Ok(Self { policy: self.policy, snapshot: self.snapshot.clone(), from: Some(from), plan })
    }

    /// Whether the same plan comes of it again.
    #[must_use]
    pub fn recomputes(&self) -> bool {
        Plan::of(&self.snapshot, self.plan.edits.clone(), self.from.as_ref()) == self.plan
    }
}
