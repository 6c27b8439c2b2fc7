//! Many who are seen somewhere: each step is taken for several of them before the next one, so that
//! their memory is waited for at once and not one after the other.

use std::sync::Arc;

use super::super::row::{PLAY, Seen};
use super::super::tree::Seat;
use super::{Card, Change, Entry, Roll};
use crate::id::VolunteerId;
use crate::matching::candidate::Edit;
use crate::matching::{Candidate, Sighting};

/// So many are waited for at once.
const AT_ONCE: usize = 16;

/// Somebody whose place last seen has a row already, and where that belongs now.
#[derive(Debug, Clone, Copy)]
struct Arrival {
    handle: u32,
    sighting: Sighting,
    seen: Seen,
    leaf: u32,
}

impl Roll<Candidate> {
    /// They were seen there, one after the other; whoever is not known is passed over.
    pub(in crate::matching) fn see_all(&mut self, sightings: &[(VolunteerId, Sighting)]) {
        for few in sightings.chunks(AT_ONCE) {
            self.see_few(few);
            self.replant_when_due();
        }
    }

    fn see_few(&mut self, few: &[(VolunteerId, Sighting)]) {
        let handles: [Option<u32>; AT_ONCE] =
            std::array::from_fn(|n| self.register.get(few.get(n)?.0).copied());
        self.touch_entries(&handles);
        let arrivals: [Option<Arrival>; AT_ONCE] = std::array::from_fn(|n| {
            let ((_, sighting), handle) = (few.get(n)?, handles.get(n).copied().flatten()?);
            self.arrival(handle, *sighting)
        });
        self.touch_places(&arrivals);
        for ((id, sighting), arrival) in few.iter().zip(arrivals) {
            match arrival {
                Some(arrival) => self.arrive(*id, &arrival),
                None => drop(self.edit_only(*id, Edit::Seen(*sighting))),
            }
        }
    }

    /// Reads what will be read of those who are kept.
    fn touch_entries(&self, handles: &[Option<u32>; AT_ONCE]) {
        let mut read = 0;
        for handle in handles.iter().flatten() {
            let Some(Entry { card, kept: Some(kept) }) = self.entries.get(*handle) else { continue };
            let ends = [kept.last_seen.is_some(), kept.rest_until.is_some(), kept.approved];
            let ends = ends.into_iter().map(u32::from).sum::<u32>();
            read ^= card.written_for ^ kept.radius.get() ^ kept.capacity.grams ^ kept.claim_limit ^ ends;
        }
        std::hint::black_box(read);
    }

    /// None when there is more to be done than to move a row.
    fn arrival(&self, handle: u32, sighting: Sighting) -> Option<Arrival> {
        let Entry { card, kept } = self.entries.get(handle)?;
        let [sighted, _] = card.seats;
        if sighted == Seat::NONE {
            return None;
        }
        let seen = Seen::at(kept.as_deref()?, sighting, card.traits, card.alike, handle);
        let leaf = self.tree.leaf_for(&seen.row);
        std::hint::black_box(self.tree.touch_heads(sighted, leaf));
        Some(Arrival { handle, sighting, seen, leaf })
    }

    /// Reads the lines that will be written.
    fn touch_places(&self, arrivals: &[Option<Arrival>; AT_ONCE]) {
        let mut read = 0;
        for arrival in arrivals.iter().flatten() {
            read ^= self.tree.touch_place(arrival.leaf);
        }
        std::hint::black_box(read);
    }

    fn arrive(&mut self, id: VolunteerId, arrival: &Arrival) {
        let Arrival { handle, sighting, seen, leaf } = *arrival;
        let Some(Entry { card, kept: Some(kept) }) = self.entries.get_mut(handle) else { return };
        self.journal.note(|| Change::Edit(id, Edit::Seen(sighting)));
        Arc::make_mut(kept).last_seen = Some(sighting);
        let Card { seats: [sighted, usual], written_for, .. } = card;
        *sighted = self.tree.replace_in(leaf, *sighted, &seen.row);
        if written_for.abs_diff(seen.holds_until) > PLAY / 2 {
            *written_for = seen.holds_until;
            self.tree.put_from(*usual, handle, seen.usual_from);
        }
        self.changes += 1;
    }
}
