//! A volunteer and a household that were parted never meet again, not even by telephone.

use crate::matching::{At, Candidate, OpenRequest};

pub(super) fn refuses(candidate: &Candidate, request: &OpenRequest, _at: At) -> bool {
    candidate.blocks.contains(&request.household)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::HouseholdId;
    use crate::matching::fixtures::{at, call, easy, number, willing};

    #[test]
    fn a_blocked_volunteer_is_refused() {
        let household = |n| HouseholdId::new(number(n));
        for (blocks, theirs, refused) in [([].as_slice(), 1, false), (&[2, 3], 1, false), (&[2, 1], 1, true)]
        {
            let candidate =
                Candidate { blocks: blocks.iter().copied().map(household).collect(), ..willing() };
            for request in [easy(), call()] {
                let request = OpenRequest { household: household(theirs), ..request };
                assert_eq!(refuses(&candidate, &request, at()), refused, "{blocks:?} {theirs}");
            }
        }
    }
}
