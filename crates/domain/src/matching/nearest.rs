//! The nearest volunteers for one request, by the great circle and nothing else.

use super::index::{Closest, Nearness, Question};
use super::{At, Fleet, OpenRequest};
use crate::id::VolunteerId;
use crate::place::Metres;

/// The longest list of the nearest.
pub const MAX_NEAREST: usize = 100;

/// A volunteer and how far they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Near {
    /// Who.
    pub volunteer: VolunteerId,
    /// From the volunteer to the coarse point.
    pub distance: Metres,
}

/// Memory for many questions one after the other.
#[derive(Debug, Clone, Default)]
pub struct Seeker {
    closest: Closest,
    found: Vec<Near>,
}

impl Seeker {
    /// As [`nearest`], without asking for memory each time.
    pub fn nearest(&mut self, fleet: &Fleet, request: &OpenRequest, at: At, k: usize) -> &[Near] {
        self.found.clear();
        if request.kind.is_physical() {
            let roll = &fleet.roll;
            let question = Question::of_request(request, at, roll.alphabet());
            let (truth, anywhere) = (Nearness { request, at }, Metres::new(u32::MAX));
            let offers =
                roll.closest_around(&question, &truth, anywhere, k.min(MAX_NEAREST), &mut self.closest);
            self.found.extend(offers.iter().filter_map(|offer| {
                let distance = Metres::new(u32::try_from(offer.cost()).ok()?);
                Some(Near { volunteer: roll.id_of(offer)?, distance })
            }));
        }
        &self.found
    }
}

/// The `k` volunteers nearest to the request among those who may be offered it, the nearest first; of
/// equal distance in whole metres, the smaller id first. At most [`MAX_NEAREST`]; none for a call.
#[must_use]
pub fn nearest(fleet: &Fleet, request: &OpenRequest, at: At, k: usize) -> Vec<Near> {
    Seeker::default().nearest(fleet, request, at, k).to_vec()
}
