//! Whoever has to go somewhere must be known to be somewhere; a call needs no place.

use crate::matching::{At, Candidate, OpenRequest};

pub(super) fn refuses(candidate: &Candidate, request: &OpenRequest, at: At) -> bool {
    request.kind.is_physical() && candidate.position(at.now).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::fixtures::{at, call, easy, place, willing};
    use crate::matching::{LAST_SEEN_HOLDS, Sighting};

    #[test]
    fn a_volunteer_of_unknown_place_is_refused() {
        let stale = Sighting { position: place(43.24, 76.89), seen_at: at().now - LAST_SEEN_HOLDS };
        let nowhere = Candidate { base: None, ..willing() };
        let lost = Candidate { last_seen: Some(stale), ..nowhere.clone() };
        for (candidate, request, refused) in [
            (willing(), easy(), false),
            (nowhere.clone(), easy(), true),
            (lost, easy(), true),
            (nowhere, call(), false),
        ] {
            assert_eq!(refuses(&candidate, &request, at()), refused, "{:?} {}", candidate.base, request.kind);
        }
    }
}
