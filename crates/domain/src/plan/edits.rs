//! What a coordinator wants otherwise than the plan: pairs locked or forbidden, requests dropped.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::snapshot::Snapshot;
use crate::id::{RequestId, VolunteerId};

/// One thing that is wanted otherwise, or not any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    /// This volunteer does this request, whatever would be better.
    Lock {
        /// What.
        request: RequestId,
        /// By whom.
        volunteer: VolunteerId,
    },
    /// The request is free again.
    Unlock {
        /// Which.
        request: RequestId,
    },
    /// This volunteer does not do this request.
    Forbid {
        /// What.
        request: RequestId,
        /// Not by whom.
        volunteer: VolunteerId,
    },
    /// They may again.
    Allow {
        /// What.
        request: RequestId,
        /// By whom.
        volunteer: VolunteerId,
    },
    /// The request is no part of this plan.
    Drop {
        /// Which.
        request: RequestId,
    },
    /// It is again.
    Restore {
        /// Which.
        request: RequestId,
    },
}

/// All that is wanted otherwise. Each is among the ways of the snapshot, and nothing contradicts another.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Edits {
    locked: BTreeMap<RequestId, VolunteerId>,
    forbidden: BTreeSet<(RequestId, VolunteerId)>,
    dropped: BTreeSet<RequestId>,
}

/// Why something cannot be wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The plan has no such request.
    #[error("this request is no part of the plan")]
    NoSuchRequest,
    /// The plan has no such volunteer.
    #[error("this volunteer has no room, or is not known")]
    NoSuchVolunteer,
    /// The rules do not let this volunteer, or the plan did not see that they could.
    #[error("this volunteer is no candidate of this request")]
    NoCandidate,
    /// More would be locked to this volunteer than they have room for.
    #[error("more is locked to this volunteer than they have room for")]
    NoRoom,
    /// The request is locked: unlock it first.
    #[error("this request is locked")]
    Locked,
    /// The pair is forbidden: allow it first.
    #[error("this pair is forbidden")]
    Forbidden,
    /// The request is dropped: restore it first.
    #[error("this request is dropped")]
    Dropped,
}

impl Edits {
    /// These and one more. What is wanted already stays wanted; what was never wanted may be taken back.
    ///
    /// # Errors
    /// When it cannot be, or contradicts another.
    pub fn with(&self, snapshot: &Snapshot, edit: Edit) -> Result<Self, EditError> {
        let mut edits = self.clone();
        match edit {
            Edit::Lock { request, volunteer } => edits.lock(snapshot, request, volunteer)?,
            Edit::Forbid { request, volunteer } => edits.forbid(snapshot, request, volunteer)?,
            Edit::Drop { request } => edits.drop_out(snapshot, request)?,
            Edit::Unlock { request } => drop(edits.locked.remove(&request)),
            Edit::Allow { request, volunteer } => drop(edits.forbidden.remove(&(request, volunteer))),
            Edit::Restore { request } => drop(edits.dropped.remove(&request)),
        }
        Ok(edits)
    }

    fn lock(
        &mut self,
        snapshot: &Snapshot,
        request: RequestId,
        volunteer: VolunteerId,
    ) -> Result<(), EditError> {
        let (_, wanted) = snapshot.wanted(request).ok_or(EditError::NoSuchRequest)?;
        let (number, ready) = snapshot.ready(volunteer).ok_or(EditError::NoSuchVolunteer)?;
        if self.dropped.contains(&request) {
            return Err(EditError::Dropped);
        }
        if self.is_forbidden(request, volunteer) {
            return Err(EditError::Forbidden);
        }
        match self.locked.get(&request) {
            Some(other) if *other == volunteer => return Ok(()),
            Some(_) => return Err(EditError::Locked),
            None => {}
        }
        if !wanted.ways.iter().any(|way| way.volunteer == number) {
            return Err(EditError::NoCandidate);
        }
        if self.locked.values().filter(|other| **other == volunteer).count() >= ready.steps.len() {
            return Err(EditError::NoRoom);
        }
        self.locked.insert(request, volunteer);
        Ok(())
    }

    fn forbid(
        &mut self,
        snapshot: &Snapshot,
        request: RequestId,
        volunteer: VolunteerId,
    ) -> Result<(), EditError> {
        snapshot.wanted(request).ok_or(EditError::NoSuchRequest)?;
        snapshot.ready(volunteer).ok_or(EditError::NoSuchVolunteer)?;
        if self.locked.get(&request) == Some(&volunteer) {
            return Err(EditError::Locked);
        }
        self.forbidden.insert((request, volunteer));
        Ok(())
    }

    fn drop_out(&mut self, snapshot: &Snapshot, request: RequestId) -> Result<(), EditError> {
        snapshot.wanted(request).ok_or(EditError::NoSuchRequest)?;
        if self.locked.contains_key(&request) {
            return Err(EditError::Locked);
        }
        self.dropped.insert(request);
        Ok(())
    }

    /// To whom a request is locked.
    #[must_use]
    pub fn locked(&self, request: RequestId) -> Option<VolunteerId> {
        self.locked.get(&request).copied()
    }

    /// Whether this pair is forbidden.
    #[must_use]
    pub fn is_forbidden(&self, request: RequestId, volunteer: VolunteerId) -> bool {
        self.forbidden.contains(&(request, volunteer))
    }

    /// Whether this request is dropped.
    #[must_use]
    pub fn is_dropped(&self, request: RequestId) -> bool {
        self.dropped.contains(&request)
    }

    /// Everything that is wanted otherwise, in an order of its own: all of it, taken up by an empty plan, comes to the same.
    pub fn iter(&self) -> impl Iterator<Item = Edit> {
        let locked = self.locked.iter().map(|(request, volunteer)| (*request, *volunteer));
        let locked = locked.map(|(request, volunteer)| Edit::Lock { request, volunteer });
        let forbidden = self.forbidden.iter().copied();
        let forbidden = forbidden.map(|(request, volunteer)| Edit::Forbid { request, volunteer });
        locked.chain(forbidden).chain(self.dropped.iter().map(|request| Edit::Drop { request: *request }))
    }

    /// Whether nothing is wanted otherwise.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.locked.is_empty() && self.forbidden.is_empty() && self.dropped.is_empty()
    }
}
