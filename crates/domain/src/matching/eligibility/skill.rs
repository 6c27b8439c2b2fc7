//! Every skill that a request asks for must be there.

use crate::matching::{At, Candidate, OpenRequest};

pub(super) fn refuses(candidate: &Candidate, request: &OpenRequest, _at: At) -> bool {
    !candidate.skills.contain(request.skills)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::fixtures::{at, easy, willing};
    use crate::words::Skill;

    #[test]
    fn a_missing_skill_is_refused() {
        use Skill::{ColdChain, FirstAid};
        for (has, wanted, refused) in [
            ([].as_slice(), [].as_slice(), false),
            (&[FirstAid], &[], false),
            (&[FirstAid, ColdChain], &[ColdChain], false),
            (&[FirstAid], &[ColdChain], true),
            (&[FirstAid], &[FirstAid, ColdChain], true),
        ] {
            let candidate = Candidate { skills: has.iter().copied().collect(), ..willing() };
            let request = OpenRequest { skills: wanted.iter().copied().collect(), ..easy() };
            assert_eq!(refuses(&candidate, &request, at()), refused, "{has:?} {wanted:?}");
        }
    }
}
