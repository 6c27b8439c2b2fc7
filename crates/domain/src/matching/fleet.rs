//! The volunteers and the open requests in memory, by their ids.
//!
//! Both are hints, not the truth: a stale entry may cost an offer, never a double claim. They keep
//! the order of their ids, so that the same content always gives the same answers.

use std::collections::BTreeMap;

use super::{Candidate, OpenRequest};
use crate::id::{RequestId, VolunteerId};

/// All volunteers that matching may consider.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fleet {
    candidates: BTreeMap<VolunteerId, Candidate>,
}

impl Fleet {
    /// Puts a volunteer in, or in the place of what was known of them before, which is returned.
    pub fn upsert(&mut self, candidate: Candidate) -> Option<Candidate> {
        self.candidates.insert(candidate.volunteer, candidate)
    }

    /// Takes a volunteer out.
    pub fn remove(&mut self, volunteer: VolunteerId) -> Option<Candidate> {
        self.candidates.remove(&volunteer)
    }

    /// What is known of a volunteer.
    #[must_use]
    pub fn get(&self, volunteer: VolunteerId) -> Option<&Candidate> {
        self.candidates.get(&volunteer)
    }

    /// Everyone, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Candidate> {
        self.candidates.values()
    }

    /// How many volunteers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.candidates.len()
    }

    /// Whether there is no volunteer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.candidates.is_empty()
    }
}

impl FromIterator<Candidate> for Fleet {
    fn from_iter<I: IntoIterator<Item = Candidate>>(candidates: I) -> Self {
        let candidates = candidates.into_iter().map(|candidate| (candidate.volunteer, candidate)).collect();
        Self { candidates }
    }
}

/// All requests that are open.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OpenRequests {
    requests: BTreeMap<RequestId, OpenRequest>,
}

impl OpenRequests {
    /// Puts a request in, or in the place of what was known of it before, which is returned.
    pub fn upsert(&mut self, request: OpenRequest) -> Option<OpenRequest> {
        self.requests.insert(request.request, request)
    }

    /// Takes a request out: it is claimed, cancelled, expired or fulfilled.
    pub fn remove(&mut self, request: RequestId) -> Option<OpenRequest> {
        self.requests.remove(&request)
    }

    /// What is known of a request.
    #[must_use]
    pub fn get(&self, request: RequestId) -> Option<&OpenRequest> {
        self.requests.get(&request)
    }

    /// Every request, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &OpenRequest> {
        self.requests.values()
    }

    /// How many requests are open.
    #[must_use]
    pub fn len(&self) -> usize {
        self.requests.len()
    }

    /// Whether no request is open.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.requests.is_empty()
    }
}

impl FromIterator<OpenRequest> for OpenRequests {
    fn from_iter<I: IntoIterator<Item = OpenRequest>>(requests: I) -> Self {
        Self { requests: requests.into_iter().map(|request| (request.request, request)).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::fixtures::{easy, willing};

    #[test]
    fn a_volunteer_is_kept_once_and_as_last_told() {
        let mut fleet = Fleet::default();
        assert!(fleet.is_empty());
        assert_eq!(fleet.upsert(willing()), None);
        let busier = Candidate { active_claims: 2, ..willing() };
        assert_eq!(fleet.upsert(busier.clone()), Some(willing()));
        assert_eq!((fleet.len(), fleet.get(busier.volunteer)), (1, Some(&busier)));
        assert_eq!(fleet.remove(busier.volunteer), Some(busier.clone()));
        assert_eq!(fleet.remove(busier.volunteer), None);
    }

    #[test]
    fn a_request_taken_out_is_no_longer_open() {
        let mut open: OpenRequests = [easy()].into_iter().collect();
        assert_eq!((open.len(), open.iter().count()), (1, 1));
        assert_eq!(open.upsert(easy()), Some(easy()));
        assert_eq!(open.remove(easy().request), Some(easy()));
        assert!(open.is_empty() && open.get(easy().request).is_none());
    }
}
