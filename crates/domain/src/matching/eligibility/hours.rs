//! Offers come only in the hours of the week that the volunteer set, in the area's local time.

use crate::matching::{At, Candidate, OpenRequest};

pub(super) fn refuses(candidate: &Candidate, _request: &OpenRequest, at: At) -> bool {
    !candidate.availability.holds(at.local)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::fixtures::{at, easy, willing};
    use crate::matching::{Availability, WeeklySlot};

    #[test]
    fn a_volunteer_outside_their_hours_is_refused() {
        let slot = |from: u16, until: u16| WeeklySlot::new(from * 60, until * 60).expect("a slot");
        // The moment of these cases is Monday noon.
        for (availability, refused) in [
            (Availability::Always, false),
            (Availability::Weekly(vec![slot(9, 13)]), false),
            (Availability::Weekly(vec![slot(9, 12)]), true),
            (Availability::Weekly(vec![slot(150, 160), slot(12, 13)]), false),
            (Availability::Weekly(vec![slot(13, 168)]), true),
            (Availability::Weekly(Vec::new()), true),
        ] {
            let candidate = Candidate { availability, ..willing() };
            let hours = &candidate.availability;
            assert_eq!(refuses(&candidate, &easy(), at()), refused, "{hours:?}");
        }
    }
}
