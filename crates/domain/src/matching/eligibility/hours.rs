//! Offers come only in the hours of the week that the volunteer set, in the area's local time.

use crate::matching::{At, Candidate, OpenRequest};

pub(super) fn refuses(candidate: &Candidate, _request: &OpenRequest, at: At) -> bool {
    !candidate.availability.contains(at.local)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::fixtures::{at, easy, willing};
    use crate::matching::{Availability, MinuteOfWeek, WeekSpan};

    #[test]
    fn a_volunteer_outside_their_hours_is_refused() {
        let minute = |hour: u16| MinuteOfWeek::new(hour * 60).expect("a minute of the week");
        let span = |from, until| WeekSpan::new(minute(from), minute(until)).expect("a span");
        // The moment of these cases is Monday noon.
        for (availability, refused) in [
            (Availability::Always, false),
            (Availability::Weekly(vec![span(9, 13)]), false),
            (Availability::Weekly(vec![span(9, 12)]), true),
            (Availability::Weekly(vec![span(150, 160), span(12, 13)]), false),
            (Availability::Weekly(vec![span(160, 8)]), true),
            (Availability::Weekly(Vec::new()), true),
        ] {
            let candidate = Candidate { availability, ..willing() };
            let hours = &candidate.availability;
            assert_eq!(refuses(&candidate, &easy(), at()), refused, "{hours:?}");
        }
    }
}
