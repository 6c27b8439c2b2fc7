//! Nobody is given more claims than they may hold at once.

use crate::matching::{At, Candidate, OpenRequest};

pub(super) fn refuses(candidate: &Candidate, _request: &OpenRequest, _at: At) -> bool {
    candidate.active_claims >= candidate.claim_limit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::fixtures::{at, easy, willing};

    #[test]
    fn a_volunteer_with_their_fill_of_claims_is_refused() {
        for (active_claims, claim_limit, refused) in
            [(0, 1, false), (2, 3, false), (3, 3, true), (4, 3, true), (0, 0, true)]
        {
            let candidate = Candidate { active_claims, claim_limit, ..willing() };
            assert_eq!(refuses(&candidate, &easy(), at()), refused, "{active_claims} of {claim_limit}");
        }
    }
}
