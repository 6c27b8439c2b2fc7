//! Only volunteers whom a coordinator has approved are trusted with a request.

use crate::matching::{At, Candidate, OpenRequest};

pub(super) fn refuses(candidate: &Candidate, _request: &OpenRequest, _at: At) -> bool {
    !candidate.approved
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::fixtures::{at, easy, willing};

    #[test]
    fn an_unapproved_volunteer_is_refused() {
        for (approved, refused) in [(true, false), (false, true)] {
            let candidate = Candidate { approved, ..willing() };
            assert_eq!(refuses(&candidate, &easy(), at()), refused, "{approved}");
        }
    }
}
