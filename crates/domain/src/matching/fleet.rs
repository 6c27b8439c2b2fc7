//! The volunteers and the open requests in memory, by their ids and by where they are.
//!
//! Both are hints, not the truth: a stale entry may cost an offer, never a double claim. A clone is
//! cheap and stands still for ever: whoever reads holds one while the original goes on.

use std::sync::Arc;

use super::candidate::Edit;
use super::index::Roll;
use super::{Candidate, Duty, OpenRequest, Sighting, Skills};
use crate::Moment;
use crate::id::{RequestId, VolunteerId};

/// All volunteers that matching may consider.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fleet {
    pub(super) roll: Roll<Candidate>,
}

/// What the memory of a fleet is spent on, in bytes, whom it keeps left aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Footprint {
    /// What a search reads: planes and leaves.
    pub index: usize,
    /// What a change needs besides: from an id to the rows.
    pub cards: usize,
}

impl Fleet {
    /// Puts a volunteer in, or in the place of what was known of them before, which is returned.
    pub fn upsert(&mut self, candidate: Candidate) -> Option<Arc<Candidate>> {
        self.roll.upsert(candidate)
    }

    /// Takes a volunteer out.
    pub fn remove(&mut self, volunteer: VolunteerId) -> Option<Arc<Candidate>> {
        self.roll.remove(volunteer)
    }

    /// A volunteer was seen; whether they are known.
    pub fn see(&mut self, volunteer: VolunteerId, sighting: Sighting) -> bool {
        self.roll.edit(volunteer, Edit::Seen(sighting))
    }

    /// Volunteers were seen, one after the other; whoever is not known is passed over. What [`see`](Self::see) does
    /// to each, in a fraction of the time.
    pub fn see_all(&mut self, sightings: &[(VolunteerId, Sighting)]) {
        self.roll.see_all(sightings);
    }

    /// A volunteer's duty begins or ends; whether they are known.
    pub fn set_duty(&mut self, volunteer: VolunteerId, duty: Duty) -> bool {
        self.roll.edit(volunteer, Edit::Duty(duty))
    }

    /// A volunteer rests until then, or not any more; whether they are known.
    pub fn set_rest(&mut self, volunteer: VolunteerId, until: Option<Moment>) -> bool {
        self.roll.edit(volunteer, Edit::Rest(until))
    }

    /// A volunteer holds so many claims now; whether they are known.
    pub fn set_active_claims(&mut self, volunteer: VolunteerId, claims: u32) -> bool {
        self.roll.edit(volunteer, Edit::Claims(claims))
    }

    /// A volunteer has these skills now; whether they are known.
    pub fn set_skills(&mut self, volunteer: VolunteerId, skills: Skills) -> bool {
        self.roll.edit(volunteer, Edit::Skills(skills))
    }

    /// What is known of a volunteer.
    #[must_use]
    pub fn get(&self, volunteer: VolunteerId) -> Option<&Candidate> {
        self.roll.get(volunteer)
    }

    /// Everyone, in no order that means anything.
    pub fn iter(&self) -> impl Iterator<Item = &Candidate> {
        self.roll.iter()
    }

    /// How many volunteers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.roll.len()
    }

    /// Whether there is no volunteer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Draws the index anew for those who are there now. It happens of itself when it is due; this is for
    /// whoever would rather choose the hour, or measure it.
    pub fn replant(&mut self) {
        self.roll.replant_all();
    }

    /// What the memory is spent on.
    #[must_use]
    pub fn footprint(&self) -> Footprint {
        let (index, cards) = self.roll.bytes();
        Footprint { index, cards }
    }
}

impl Extend<Candidate> for Fleet {
    /// Many at once: what [`upsert`](Self::upsert) does to each, in a fraction of the time.
    fn extend<I: IntoIterator<Item = Candidate>>(&mut self, candidates: I) {
        self.roll.extend(candidates);
    }
}

impl FromIterator<Candidate> for Fleet {
    fn from_iter<I: IntoIterator<Item = Candidate>>(candidates: I) -> Self {
        Self { roll: candidates.into_iter().collect() }
    }
}

/// All requests that are open.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OpenRequests {
    pub(super) roll: Roll<OpenRequest>,
}

impl OpenRequests {
    /// Puts a request in, or in the place of what was known of it before, which is returned.
    pub fn upsert(&mut self, request: OpenRequest) -> Option<Arc<OpenRequest>> {
        self.roll.upsert(request)
    }

    /// Takes a request out: it is claimed, cancelled, expired or fulfilled.
    pub fn remove(&mut self, request: RequestId) -> Option<Arc<OpenRequest>> {
        self.roll.remove(request)
    }

    /// What is known of a request.
    #[must_use]
    pub fn get(&self, request: RequestId) -> Option<&OpenRequest> {
        self.roll.get(request)
    }

    /// Every request, in no order that means anything.
    pub fn iter(&self) -> impl Iterator<Item = &OpenRequest> {
        self.roll.iter()
    }

    /// How many requests are open.
    #[must_use]
    pub fn len(&self) -> usize {
        self.roll.len()
    }

    /// Whether no request is open.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Extend<OpenRequest> for OpenRequests {
    /// Many at once: what [`upsert`](Self::upsert) does to each, in a fraction of the time.
    fn extend<I: IntoIterator<Item = OpenRequest>>(&mut self, requests: I) {
        self.roll.extend(requests);
    }
}

impl FromIterator<OpenRequest> for OpenRequests {
    fn from_iter<I: IntoIterator<Item = OpenRequest>>(requests: I) -> Self {
        Self { roll: requests.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::fixtures::{at, easy, number, willing};
    use crate::matching::{Refusal, nearest, refusals};

    #[test]
    fn a_volunteer_is_kept_once_and_as_last_told() {
        let mut fleet = Fleet::default();
        assert!(fleet.is_empty());
        assert_eq!(fleet.upsert(willing()), None);
        let busier = Candidate { active_claims: 2, ..willing() };
        assert_eq!(fleet.upsert(busier.clone()), Some(Arc::new(willing())));
        assert_eq!((fleet.len(), fleet.get(busier.volunteer)), (1, Some(&busier)));
        assert_eq!(fleet.remove(busier.volunteer), Some(Arc::new(busier.clone())));
        assert_eq!(fleet.remove(busier.volunteer), None);
    }

    #[test]
    fn many_who_come_at_once_are_kept_as_if_they_came_one_by_one() {
        let who = |n, active_claims| Candidate {
            volunteer: VolunteerId::new(number(n)),
            active_claims,
            ..willing()
        };
        let (mut at_once, mut one_by_one) = (Fleet::default(), Fleet::default());
        // Many, few beside many, and some who are known already or come twice.
        for (from, to, claims) in [(0, 300, 0), (250, 310, 1), (305, 2_000, 2)] {
            let coming = || (from..to).chain(from..from + 2).map(|n| who(n, claims));
            at_once.extend(coming());
            coming().for_each(|who| drop(one_by_one.upsert(who)));
            assert_eq!(at_once, one_by_one);
            let refused = |fleet| refusals(fleet, &easy(), at());
            assert_eq!(refused(&at_once), refused(&one_by_one));
            assert_eq!(nearest(&at_once, &easy(), at(), 20), nearest(&one_by_one, &easy(), at(), 20));
        }
        assert_eq!(at_once.len(), 2_000);
    }

    #[test]
    fn a_rest_that_begins_later_is_counted_as_one() {
        // Found by random changes: the row did not say that there was a rest to be looked at.
        let soon = Some(at().now + chrono::TimeDelta::seconds(1));
        let mut fleet: Fleet = [willing()].into_iter().collect();
        assert!(fleet.set_rest(willing().volunteer, soon));
        assert_eq!(refusals(&fleet, &easy(), at()), [(Refusal::Resting, 1)].into());
    }

    #[test]
    fn a_request_taken_out_is_no_longer_open() {
        let mut open: OpenRequests = [easy()].into_iter().collect();
        assert_eq!((open.len(), open.iter().count()), (1, 1));
        assert_eq!(open.upsert(easy()), Some(Arc::new(easy())));
        assert_eq!(open.remove(easy().request), Some(Arc::new(easy())));
        assert!(open.is_empty() && open.get(easy().request).is_none());
    }
}
